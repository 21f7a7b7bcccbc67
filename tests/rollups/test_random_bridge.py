"""A sample of the random operations on a bridge, and bridges with a fault, each of which they find."""

from __future__ import annotations

import pytest

from tests.rollups.planted import changed
from tests.rollups.random_bridge import Life, run

FAULTS = {
    "paid as often as one asks": ("    self.finalized[message] = True", "    pass"),
    "paid without a proof": ('    assert self.proven[message].time != 0, "not proven"\n', ""),
    "proven without having been sent": ('    assert convert(value, uint256) == 1, "not sent on L2"\n', ""),
    "paid twice the amount": ("value=amount)", "value=2 * amount)"),
    "a deposit credited twice": ("amount=msg.value // UNIT)", "amount=2 * (msg.value // UNIT))"),
    "less than a gwei swallowed": ('    assert msg.value % UNIT == 0, "not in whole gwei"\n', ""),
    "what is paid stays locked": ("    self.locked -= amount\n", ""),
}


def test_books_are_balanced_after_every_block() -> None:
    counts, wrong = run(1_000, seed=1)
    assert wrong == []
    assert counts["operations"] == 1_000
    assert counts["books"] > 150
    assert counts["books with something in flight both ways"] > 25
    for outcome in ("done", "finalized already", "proven already", "not proven", "too early", "not sent on L2"):
        assert counts[f"bridge: {outcome}"] > 2, outcome
    assert counts["reorg"] > 3


def test_the_same_number_gives_the_same_life() -> None:
    one, other = Life(3).live(120), Life(3).live(120)
    assert one.l1.head.hash == other.l1.head.hash
    assert one.layer.chain.hashes == other.layer.chain.hashes


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found(fault: str) -> None:
    _, wrong = run(5_000, contract=changed("l1_bridge", (FAULTS[fault],)))
    assert wrong
