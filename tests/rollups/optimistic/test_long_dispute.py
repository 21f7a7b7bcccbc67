"""A dispute about one long transaction; 2**20 micro-steps are `python -m tests.rollups.optimistic.long_dispute`."""

from __future__ import annotations

from tests.rollups.optimistic.long_dispute import dispute


def test_a_transaction_of_two_to_the_twelve_micro_steps_is_disputed_in_exactly_twelve_rounds() -> None:
    found = dispute(12)
    assert (found["microSteps"], found["rounds"]) == (2**12, 12)
    assert found["honestWins"]
    assert found["statesComputed"] <= 12
