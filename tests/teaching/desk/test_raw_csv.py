"""Single cells of a file change, and nothing else: told by what Python's own csv module reads."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.teaching.desk.raw_csv import read_table

CELLS = st.text(st.sampled_from("ab \",;\t\n'é=0"), max_size=6)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=5)
)


def written(rows: list[list[str]], **style: object) -> bytes:
    text = io.StringIO()
    csv.writer(text, **style).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode()


@given(rows=TABLES, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), end=st.sampled_from(["\n", "\r\n"]))
def test_cells_are_read_as_python_reads_them_and_an_unchanged_file_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], quoting: int, end: str
) -> None:
    rows = [["first", "second", "third", "fourth"][: len(rows[0])], *rows]
    path = tmp_path_factory.mktemp("csv") / "book.csv"
    path.write_bytes(written(rows, quoting=quoting, lineterminator=end))
    table = read_table(path)
    read = [[cell.value for cell in row.cells] for row in (table.header, *table.rows)]
    assert read == list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
    assert table.with_cells({}) == path.read_bytes()


@given(rows=TABLES, value=CELLS, data=st.data())
def test_a_changed_cell_says_the_new_value_and_all_others_what_they_said(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], value: str, data: st.DataObject
) -> None:
    rows = [["first", "second", "third", "fourth"][: len(rows[0])], *rows]
    path = tmp_path_factory.mktemp("csv") / "book.csv"
    path.write_bytes(written(rows))
    table = read_table(path)
    line, column = data.draw(st.integers(1, len(rows) - 1)), data.draw(st.integers(0, len(rows[0]) - 1))
    made = table.with_cells({(table.rows[line - 1], column): value})
    rows[line][column] = value
    assert list(csv.reader(io.StringIO(made.decode(), newline=""))) == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_separators_and_marks_of_order_stay(tmp_path: Path, encoding: str, separator: str) -> None:
    text = f'name{separator}grade\r\n"Zoë, A"{separator}1\r\n\r\n"b"{separator}\r\n'
    path = tmp_path / "book.csv"
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert table.columns == {"name": 0, "grade": 1}
    assert [row.get(0) for row in table.rows] == ["Zoë, A", "b"]
    assert table.with_cells({}) == path.read_bytes()
    changed = table.with_cells({(table.rows[1], 1): "2"})
    assert changed == text.replace(f'"b"{separator}', f'"b"{separator}2').encode(encoding)


def test_what_excel_says_about_separators_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_bytes(b"sep=;\nname;grade\na,b,c;1\n")
    table = read_table(path)
    assert [row.get(0) for row in table.rows] == ["a,b,c"]
    assert table.rows[0].line == 3


@pytest.mark.parametrize("data", [b"", b"a,b\n", b'a,b\n"x"y,1\n', b'a,b\n"x,1\n', b"\xff\xfea", b"a,b\n\x80,1\n"])
def test_what_is_no_table_is_refused_with_its_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "book.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"book\.csv"):
        read_table(path)
