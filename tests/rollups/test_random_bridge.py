"""A sample of the random operations on a bridge, and bridges with a fault, each of which they find."""

from __future__ import annotations

import pytest

from tests.rollups.random_bridge import Life, run
from toyevm.contracts import Contract, contract_source
from toyevm.contracts.compile import compile_vyper

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


def faulty(fault: str) -> Contract:
    right, wrong = FAULTS[fault]
    source = contract_source("l1_bridge")
    assert source.count(right) == 1
    return compile_vyper(source.replace(right, wrong), "l1_bridge")


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found(fault: str) -> None:
    pytest.importorskip("vyper")
    _, wrong = run(5_000, contract=faulty(fault))
    assert wrong
