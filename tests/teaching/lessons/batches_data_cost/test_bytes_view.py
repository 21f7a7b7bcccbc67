"""Bytes of a transfer as bars: no byte is left out, and the table says the same."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.teaching.kit.svg import WIDTH
from toyevm.teaching.lessons.batches_data_cost.bytes_view import NAMES, PAINTS, gathered, show_byte_parts

SIZES = {
    "signed": {"signatures": 67.0, "to": 21, "fees": 12, "value": 9, "gas": 3, "framing": 3.5, "data": 1, "list": 2},
    "records": {"to": 4.0, "value": 8},
}


@given(st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("klmnopqrstuv"), st.integers(0, 99)),
                       min_size=1))  # fmt: skip
def test_gathering_keeps_every_byte(sizes: dict[str, dict[str, float]]) -> None:
    rows = gathered(sizes)
    assert {name: sum(row.values()) for name, row in rows.items()} == {n: sum(p.values()) for n, p in sizes.items()}
    assert all(len(row) <= len(PAINTS) for row in rows.values())
    assert len({tuple(row) for row in rows.values()}) == 1


def test_the_table_has_a_column_for_each_part_and_one_for_all() -> None:
    head, signed, records = show_byte_parts(SIZES, {"signed": 83.25}).text.split("\n")
    assert head.split()[3:] == ["signatures", "to", "fees", "value", "framing", "gas", "other", "all", "compressed"]
    assert signed.split()[-2:] == ["118.5", "83.2"]
    assert records.split()[-2:] == ["12.0", "–"]
    assert len(head) == len(signed) == len(records)


@pytest.mark.parametrize("compressed", [None, {"signed": 83.0, "records": 5.8}])
def test_bars_are_as_long_as_what_they_stand_for(compressed: dict[str, float] | None) -> None:
    picture = show_byte_parts(SIZES, compressed)
    root = ElementTree.fromstring(picture.svg)
    assert root.get("aria-label") == "; ".join(picture.text.split("\n"))
    bars = [element for element in root.iter() if element.tag.endswith("rect") and element.get("height") == "26"]
    lengths: dict[str, float] = {}
    for bar in bars:
        lengths[bar.get("y", "")] = lengths.get(bar.get("y", ""), 0) + float(bar.get("width", ""))
    signed, records = lengths.values()
    assert records / signed == pytest.approx(12 / 118.5, rel=1e-3)
    assert NAMES + signed < WIDTH - 200
    assert ("thick line" in picture.svg) is bool(compressed)


@pytest.mark.parametrize("sizes", [{}, {"one": {}}, {"one": {"to": 0}}])
def test_without_bytes_there_is_nothing_to_show(sizes: dict[str, dict[str, float]]) -> None:
    with pytest.raises(InputError, match="no bytes"):
        show_byte_parts(sizes)
