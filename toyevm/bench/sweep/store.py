"""The results of a sweep in a file: one JSON line for the grid, then one for each point as soon as it is computed.

A line is on disk before the next point is taken for done. So whatever ends a sweep, the file holds all that was
finished; a line that was only half written is dropped, and its point runs again. When all points are there, the lines
are put in the order of the grid: the same grid gives the same file, bit by bit.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from toyevm.bench.peers import version_of
from toyevm.bench.sweep.grid import Grid, Point
from toyevm.bench.sweep.point import COLUMNS, Row
from toyevm.errors import InputError
from toyevm.files import GrowingFile, write_whole

FORMAT = "toyevm sweep 1"
_BUSY = ("another sweep is writing to it", "one sweep at a time")
POINT_FIELDS = tuple(field.name for field in fields(Point))


class Stored(NamedTuple):
    """What a file holds; `length` is that of its whole lines, in bytes."""

    grid: Grid
    rows: dict[Point, Row]
    length: int

    def in_order(self) -> list[Row]:
        """Return the rows in the order of the grid."""
        return [self.rows[point] for point in self.grid.points() if point in self.rows]


def read_store(path: Path) -> Stored:
    """Return the results in a file, of a sweep that is complete or not.

    Raises:
        InputError: it cannot be read, or is no such file, or of another version of toyevm.
    """
    try:
        if path.exists() and not path.is_file():  # a folder, or a device that has no end
            raise InputError("it is no file", str(path), "the results of a sweep")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror}", str(path), "the results of a sweep") from error
    return _parse(data, str(path))


class Store:
    """The file of a sweep, open for more rows, and locked against a second sweep; use it with `with`.

    Raises:
        InputError: the file cannot be written, is of another grid or no file of a sweep, or is being written to.
    """

    def __init__(self, path: Path, grid: Grid) -> None:
        self.path, self.grid = path, grid
        self.rows: dict[Point, Row] = {}
        if path.exists() and not path.is_file():
            raise InputError("it is no file", str(path), "a file to write results to")
        self._file = GrowingFile(path, "a file to write results to", _BUSY)
        try:
            self._take_up()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, point: Point, row: Row) -> None:
        """Keep a row: it is on disk when this returns.

        Raises:
            InputError: it cannot be written.
        """
        self._file.append(_line(row))
        self.rows[point] = row

    def finish(self) -> None:
        """Put the rows in the order of the grid, and close the file."""
        lines = [_first_line(self.grid), *(_line(self.rows[point]) for point in self.grid.points())]
        self._file.close()
        try:
            write_whole(self.path, b"".join(lines), durable=True)
        except OSError as error:
            raise self._file.cannot_write(error) from error

    def _take_up(self) -> None:
        """Read what is there; an empty file, or one with half a first line, is a new one."""
        data = self._file.read()
        first = _first_line(self.grid)
        if data != first and first.startswith(data):
            self._file.cut(0)
            self._file.append(first)
            return
        stored = _parse(data, str(self.path))
        if difference := self.grid.difference(stored.grid):
            raise InputError(f"it holds another grid, which differs in: {difference}", str(self.path), "the same grid")
        self.rows = stored.rows
        if stored.length < len(data):
            self._file.cut(stored.length)


def _line(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _first_line(grid: Grid) -> bytes:
    return _line({"format": FORMAT, "toyevm": version_of("toyevm"), "grid": grid.to_json()})


def _parse(data: bytes, where: str) -> Stored:
    *lines, _half = data.split(b"\n")  # the last line that was written whole ends with a newline
    grid = _read_first(lines[0] if lines else b"", where)
    points = set(grid.points())
    rows: dict[Point, Row] = {}
    length = len(lines[0]) + 1
    for number, line in enumerate(lines[1:], 2):
        row = _read_row(line)
        point = Point(**{name: row[name] for name in POINT_FIELDS}) if row else None
        if row is None or point not in points:
            if number == len(lines):  # the end of a file that the system did not write to the end
                break
            raise InputError(f"line {number} is damaged", where, "a row of this grid")
        rows.setdefault(point, row)
        length += len(line) + 1
    return Stored(grid, rows, length)


def _read_first(line: bytes, where: str) -> Grid:
    first = _read_json(line)
    if not isinstance(first, dict) or first.get("format") != FORMAT:
        raise InputError("it is not the results of a sweep", where, "a file that `toyevm sweep` wrote")
    if first.get("toyevm") != (here := version_of("toyevm")):
        raise InputError(f"it comes from toyevm {first.get('toyevm')}, this is {here}", where, "the same version")
    try:
        return Grid.from_json(first.get("grid"))
    except InputError as error:
        raise InputError(f"its grid cannot be read: {error.what}", where, error.expected) from error


def _read_row(line: bytes) -> Row | None:
    row = _read_json(line)
    if not isinstance(row, dict) or list(row) != list(COLUMNS):
        return None
    return row if all(type(row[name]) is kind for name, kind in COLUMNS.items()) else None


def _read_json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):  # of JSON or of UTF-8; brackets in brackets without end
        return None
