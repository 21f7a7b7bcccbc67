"""Random blocks under random schedules; `python -m tests.backends.random_pairs` tries as many as one likes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backends.random_pairs import Tally, try_block, try_blocks
from toyevm.backends import BACKENDS


def test_random_blocks_equal_sequential_and_provoke_conflicts_and_aborts() -> None:
    tally = try_blocks(range(40))
    pairs = tally.counts["pairs"]
    print(dict(sorted(tally.counts.items())))
    assert tally.differences == []
    assert tally.counts["with a conflict"] >= pairs / 2
    assert tally.counts["with an abort"] >= pairs / 5
    for backend in (one.name for one in BACKENDS if one.kind == "parallel"):
        assert tally.counts[f"with an abort in {backend}"] >= pairs / 10
    assert tally.counts["invalid block"] > 0


@given(st.integers(10**6, 2**40))
@settings(max_examples=25)
def test_every_backend_equals_sequential_on_a_random_block(seed: int) -> None:
    found: Tally = try_block(seed, schedules=1)
    assert found.differences == []
