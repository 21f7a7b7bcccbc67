"""The rows of a sweep as a table for other programs: CSV, or Parquet by pyarrow."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toyevm.bench.sweep.point import COLUMNS, Row
from toyevm.errors import InputError
from toyevm.files import write_whole


def check_table(path: Path) -> None:
    """Raise InputError when a table could not be written there, before anything is worked out."""
    if path.suffix.lower() not in WRITERS:
        raise InputError(f"cannot write {str(path)!r}", "--out", f"a file name that ends in {' or '.join(WRITERS)}")
    if not path.parent.is_dir():
        raise InputError(f"no folder {str(path.parent)!r}", "--out")
    if path.is_dir():
        raise InputError(f"{str(path)!r} is a folder", "--out", "a file")
    if path.suffix.lower() == ".parquet":
        _pyarrow()


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as what the end of the file's name says, whole or not at all.

    Raises:
        InputError: `check_table` refuses the path, or the file cannot be written.
    """
    check_table(path)
    try:
        write_whole(path, WRITERS[path.suffix.lower()](rows))
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror}", "--out") from error


def to_csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def to_parquet(rows: Sequence[Row]) -> bytes:
    """Return rows as a Parquet file, each column with the type that `COLUMNS` says, whatever the rows are."""
    arrow = _pyarrow()
    from pyarrow import parquet

    kinds = {str: arrow.string(), float: arrow.float64(), int: arrow.int64(), bool: arrow.bool_()}
    schema = arrow.schema([arrow.field(name, kinds[kind], nullable=False) for name, kind in COLUMNS.items()])
    target = io.BytesIO()
    parquet.write_table(arrow.Table.from_pylist(list(rows), schema=schema), target)
    return target.getvalue()


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError("pyarrow is not installed", "--out", "pip install 'toyevm[parquet]', or a .csv") from None
    return pyarrow


WRITERS = {".csv": to_csv, ".parquet": to_parquet}
