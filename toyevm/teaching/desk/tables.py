"""Marks out as tables: long, a row for each student and item; wide, a row for each student; Parquet, the long one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.desk.marks import COLUMNS, WHOLE, MarkRow, by_student, points_of
from toyevm.teaching.desk.safe_csv import csv_table

_NUMBERS = ("points", "max", "late", "override")


def to_wide(rows: Sequence[MarkRow], items: Sequence[str]) -> bytes:
    """Return a row for each student: the points of each item, the sum, and what is to be known about it."""
    head = ("late penalty", "total", "max", "attempt", "late", "by hand", "faults", "comments")
    return csv_table(("student", *items, *head), [_wide(own, items) for own in by_student(rows).values()])


def _wide(own: Sequence[MarkRow], items: Sequence[str]) -> tuple[object, ...]:
    points = {row.item: row.points for row in own}
    by_hand = " ".join(row.item for row in own if row.override is not None)
    faults = "; ".join(sorted({row.fault for row in own if row.fault}))
    comments = "; ".join(f"{row.item}: {row.comment}" for row in own if row.comment)
    return (
        own[0].student, *(points.get(item) for item in items), points.get(WHOLE, 0), points_of(own),
        sum(row.max for row in own), own[0].attempt, own[0].late, by_hand, faults, comments,
    )  # fmt: skip


def to_parquet(rows: Sequence[MarkRow]) -> bytes:
    """Return the long table as Parquet; where there is no value there is a null.

    Raises:
        InputError: pyarrow is not installed.
    """
    arrow = _pyarrow()
    types = {name: arrow.float64() if name in _NUMBERS else arrow.string() for name in COLUMNS}
    schema = arrow.schema(types | {"attempt": arrow.int64()})
    table = arrow.Table.from_pylist([asdict(row) for row in rows], schema=schema)
    sink = io.BytesIO()
    arrow.parquet.write_table(table, sink)
    return sink.getvalue()


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError("pyarrow is not installed", "--to parquet", "pip install 'toyevm[parquet]', or long") from None
    return pyarrow
