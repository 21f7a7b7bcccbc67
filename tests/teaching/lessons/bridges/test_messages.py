"""The story of four messages: what falls in each reorg, as a figure, and by buttons."""

from __future__ import annotations

import pytest

from toyevm.errors import InputError
from toyevm.teaching.lessons.bridges import MessagesPlayer, after_the_reorg, before_the_reorg, show_messages
from toyevm.teaching.lessons.bridges.story import COLUMNS, REPLACEABLE, _played

FALLEN = {"S1": 9, "S2": 6, "V2": 3, "V3": 3}  # of other layers; all other reorgs take nothing along


@pytest.mark.parametrize("first", REPLACEABLE)
def test_a_reorg_takes_along_what_executed_its_messages_and_nothing_else(first: str) -> None:
    story = after_the_reorg(first)
    assert story.lost[0] == first
    assert len(story.lost) == COLUMNS + 1 - int(first[1:])
    assert len(story.fallen) == FALLEN.get(first, 0)
    assert not {name for name, _ in story.fallen} & set(story.lost)
    assert ("no block of another layer falls" in story.lines) == (not story.fallen)


@pytest.mark.parametrize("first", ["V1", "R3", "S7", "S0", "", "s2 "])
def test_a_block_that_cannot_be_replaced_is_refused(first: str) -> None:
    with pytest.raises(InputError):
        after_the_reorg(first)


def test_the_one_block_of_the_validium_without_a_button_is_final() -> None:
    cluster, _ = _played()
    with pytest.raises(InputError, match="the others are final"):
        cluster.reorg("validium", COLUMNS)
    assert "V1" in before_the_reorg().blocks
    assert "V1" not in REPLACEABLE


def test_a_button_does_what_the_call_does_and_shows_the_story() -> None:
    layers = MessagesPlayer()
    assert layers.text == show_messages(before_the_reorg()).text
    buttons = {each.description: each for row in layers.widget.children[:3] for each in row.children}
    assert len([name for name in buttons if name.startswith("reorg")]) == len(REPLACEABLE)
    buttons["reorg S2"].click()
    assert layers.text == show_messages(after_the_reorg("S2")).text
    called = MessagesPlayer()
    called.take_back("S2")
    assert called.text == layers.text
    buttons["no reorg"].click()
    assert layers.story == before_the_reorg()


def test_a_reorg_that_there_is_not_leaves_the_figure_as_it_was() -> None:
    layers = MessagesPlayer()
    layers.take_back("V3")
    with pytest.raises(InputError):
        layers.take_back("V1")
    assert layers.story == after_the_reorg("V3")
