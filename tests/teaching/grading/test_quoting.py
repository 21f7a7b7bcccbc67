"""A submission's words stay words: one line, in quotes, and no formula in any spreadsheet."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toyevm.teaching.grading.quoting import LONGEST_LINE, LONGEST_QUOTE, inert, one_line, quoted

HOSTILE = st.text(st.sampled_from("=+-@\t\r\n;,|\"'“”0 1aA(\x1b\u202e＝"), max_size=40)
NUMBER = re.compile(r"[+-]?[\d.,]+[])}\s;,\"]*(bob)?\Z")


def cells(text: str, separator: str) -> list[str]:
    """Return the cells that a spreadsheet makes of a CSV file with this text in it, split at its own separator."""
    made = io.StringIO()
    csv.writer(made).writerow(["ann", text, "bob"])
    rows = csv.reader(io.StringIO(made.getvalue(), newline=""), delimiter=separator)
    return [cell for row in rows for cell in row]


def is_formula(cell: str) -> bool:
    """Tell what a spreadsheet computes: spaces and the quotes of a file that is split wrongly may stand before it."""
    bare = cell.strip().lstrip('"“‘ ')
    return bare[:1] in tuple("=+-@＝＋－＠") and not NUMBER.match(bare)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@given(text=HOSTILE)
@example(text=";=1+1;")
@example(text='";=1+1;"')
@example(text='a\n=HYPERLINK("http://x";"y")')
@example(text="a;\t@SUM(1)")
@example(text="x;-1+cmd|' /C calc'!A0")
def test_no_cell_is_a_formula_whatever_it_is_split_at(text: str, separator: str) -> None:
    assert [cell for cell in cells(inert(text), separator) if is_formula(cell)] == []


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", ";-1,234+cmd", "@a", "\t=a", "\r=a", "＝1", ' "=1', ";=1+1;", "x;-1+cmd|' /C calc'!A0"]
)
def test_a_text_that_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert "'" in inert(text)[:3]


@pytest.mark.parametrize("text", ["[1, -2, 3]", "[1, -2,345, 3]", "yours: -5", "a-b = c", "", "x@y.z", "0 of 2 cases agree."])
def test_plain_words_and_numbers_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@given(st.text(max_size=400))
def test_nothing_in_quotes_ends_them(text: str) -> None:
    shown = quoted(text)
    assert shown[0] == "“"
    assert shown.index("”") == len(shown) - 1
    assert shown.isprintable()
    assert len(shown) <= LONGEST_QUOTE + 2


@given(st.text(max_size=2_000))
def test_a_line_is_one_line_of_bounded_length(text: str) -> None:
    assert one_line(text).isprintable()
    assert len(one_line(text)) <= LONGEST_LINE
    assert one_line(one_line(text)) == one_line(text)
