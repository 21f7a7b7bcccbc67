"""A search in k parts finds the same step in fewer rounds and more bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from toyevm.rollups.optimistic.sections import play_sections, rounds_needed


@given(st.integers(1, 5_000), st.data(), st.integers(2, 40))
def test_a_step_is_found_behind_which_the_two_differ(steps: int, data: st.DataObject, parts: int) -> None:
    first = data.draw(st.integers(1, steps))
    found = play_sections(lambda at: b"a", lambda at: b"a" if at < first else b"b", steps, parts)
    assert found.step == first - 1
    assert found.rounds == rounds_needed(steps, parts)
    assert found.size == 32 * (parts - 1) * found.rounds


@given(st.lists(st.booleans(), min_size=1, max_size=200), st.integers(2, 9))
def test_a_story_that_changes_is_pinned_down_too(differs: list[bool], parts: int) -> None:
    """Only "agreed at the first, not at the last" is needed."""
    differs = [False, *differs, True]
    steps = len(differs) - 1
    found = play_sections(lambda at: b"a", lambda at: b"b" if differs[at] else b"a", steps, parts)
    assert not differs[found.step]
    assert differs[found.step + 1]


def test_more_parts_take_fewer_rounds_and_more_bytes() -> None:
    found = [play_sections(lambda at: b"a", lambda at: bytes([at > 77]), 2**20, parts) for parts in (2, 4, 8, 16, 32)]
    assert [one.rounds for one in found] == [20, 10, 7, 5, 4]
    assert [one.size for one in found] == [640, 960, 1_568, 2_400, 3_968]
