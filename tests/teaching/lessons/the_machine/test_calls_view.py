"""The figures of lesson 01 say what the machine did, and their words carry every number that is drawn."""

from __future__ import annotations

import re

import pytest

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.lessons.the_machine import call_in_turn, show_budget, show_calls, steps_of

COUNTER = "PUSH0 SLOAD PUSH1 1 ADD PUSH0 SSTORE"
BOTH = """
    PUSH0 MLOAD  PUSH1 1 ADD  PUSH0 MSTORE  PUSH0 SLOAD  PUSH1 1 ADD  PUSH0 SSTORE
    PUSH0 SLOAD  PUSH1 32 MSTORE  PUSH1 64 PUSH0 RETURN
"""


def drawn(picture: Picture) -> list[str]:
    """Return the numbers that stand in a picture, without those of its title."""
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg)[1:])
    return sorted(re.findall(r"\d[\d,]*", words.replace("&gt;", ">")))


@pytest.mark.parametrize("picture", [show_budget(COUNTER, 10_000), show_calls(call_in_turn(BOTH, 3))])
def test_every_number_of_a_picture_stands_in_its_words(picture: Picture) -> None:
    assert sorted(re.findall(r"\d[\d,]*", picture.text.replace("step ", ""))) == drawn(picture)


def test_memory_is_new_in_each_call_and_storage_is_not() -> None:
    assert [(call.memory, call.storage) for call in call_in_turn(BOTH, 4)] == [(1, 1), (1, 2), (1, 3), (1, 4)]


def test_what_is_lost_is_what_was_left() -> None:
    text = show_budget(COUNTER, 10_000).text
    left = 10_000 - sum(step.gas_cost for step in steps_of(COUNTER)[:5])
    assert (
        text.splitlines()[-1].split()
        == f"step 6 SSTORE {left:,} left asks for 20,000 out of gas, {left:,} lost".split()
    )


def test_a_budget_that_suffices_loses_nothing() -> None:
    assert "lost" not in show_budget(COUNTER, 22_110).text
