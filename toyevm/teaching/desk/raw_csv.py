"""A CSV file of somebody else's, in which single cells change: every other byte stays, quotes and line ends and all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.desk.roster import fold
from toyevm.teaching.desk.separator import find_header

MOST_BYTES = 64 << 20
_ENCODINGS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell: what it says, and where in the text it stands, with its quotes."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row, and the line of the file it begins at."""

    line: int
    cells: tuple[RawCell, ...]

    def get(self, column: int | None) -> str:
        """Return what a cell says, without spaces around it; "" where there is none."""
        return self.cells[column].value.strip() if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A file as it is: its first row is the header."""

    where: str
    text: str
    encoding: str
    separator: str
    header: RawRow
    rows: tuple[RawRow, ...]

    @property
    def columns(self) -> Mapping[str, int]:
        """Where each column stands, by its folded name; of two that are called the same, the first."""
        names = [fold(cell.value) for cell in self.header.cells]
        return {name: place for place, name in reversed(list(enumerate(names)))}

    def with_cells(self, values: Mapping[tuple[RawRow, int], str]) -> bytes:
        """Return the file with other values in some cells.

        Raises:
            InputError: a row has no such cell.
        """
        pieces, done = list[str](), 0
        for (row, column), value in sorted(values.items(), key=lambda each: (each[0][0].line, each[0][1])):
            if column >= len(row.cells):
                raise InputError(f"{len(row.cells)} cells", f"{self.where} line {row.line}", "as many as in the header")
            cell = row.cells[column]
            pieces += [self.text[done : cell.start], self._written(cell, value)]
            done = cell.end
        return ("".join(pieces) + self.text[done:]).encode(self.encoding)

    def _written(self, cell: RawCell, value: str) -> str:
        """Return a value as it is written in a cell, quoted where the old one was or it has to be."""
        was_quoted = self.text[cell.start : cell.start + 1] == '"'
        if was_quoted or any(sign in value for sign in (self.separator, '"', "\r", "\n")):
            return '"' + value.replace('"', '""') + '"'
        return value


def read_table(path: Path) -> RawTable:
    """Read a CSV file, in UTF-8 or UTF-16, whatever separates its cells.

    Raises:
        InputError: it cannot be read, or is no CSV file.
    """
    where = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        encoding = _ENCODINGS.get(data[:2], "utf-8")
        text = data.decode(encoding)
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror}", where, "a gradebook as it was exported") from error
    except UnicodeDecodeError:
        raise InputError("not in UTF-8", where, "the gradebook as it was exported") from None
    if len(data) > MOST_BYTES:
        raise InputError("too large", where, f"a CSV file of at most {MOST_BYTES:,} bytes")
    begin, separator = find_header(text, 1 if text.startswith("\ufeff") else 0)
    rows = _rows(text, begin, separator, where)
    if len(rows) < 2 or len(rows[0].cells) < 2:
        raise InputError("no rows of students", where, "a gradebook as it was exported, with a header")
    return RawTable(where, text, encoding, separator, rows[0], tuple(rows[1:]))


def _rows(text: str, begin: int, separator: str, where: str) -> list[RawRow]:
    """Return the rows from `begin` on; an empty line is none."""
    cell = re.compile(rf'"((?:[^"]|"")*)"|([^{separator}\r\n"][^{separator}\r\n]*|)')
    end = re.compile(rf"{separator}|\r\n|\n|\r|\Z")
    rows, cells, at, line, first_line = list[RawRow](), list[RawCell](), begin, text.count("\n", 0, begin) + 1, 0
    while at < len(text) or cells:
        found = cell.match(text, at)
        stop = end.match(text, found.end()) if found else None
        if found is None or stop is None:
            raise InputError("a quote is out of place", f"{where} line {line}", "a CSV file as it was exported")
        quoted, plain = found.groups()
        value = plain if quoted is None else quoted.replace('""', '"')
        first_line = first_line if cells else line
        cells.append(RawCell(value, found.start(), found.end()))
        line += text.count("\n", found.start(), stop.end())
        at = stop.end()
        if stop[0] != separator:
            if len(cells) > 1 or value:
                rows.append(RawRow(first_line, tuple(cells)))
            cells = []
            if not stop[0]:
                break
    return rows
