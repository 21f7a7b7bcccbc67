"""A sensor's signature, sent again: paid for each time without the number of the batch in it, and never with it."""

from __future__ import annotations

import pytest

from tests.support.planted import differences, plant
from toyevm.workloads.applications.supply_chain.workload import FEE
from toyevm.workloads.attacks import ATTACKS
from toyevm.workloads.attacks.replayed_signature import attack

REPLAY = ATTACKS["replayed_signature"]


def test_nine_copies_of_a_batch_earn_nine_fees() -> None:
    sheet = REPLAY()
    changes = {row.owner: row.change for row in sheet.rows}
    assert changes == {"maker": -10 * FEE, "gateway": FEE, "Eve": 9 * FEE, "supply chain": 0}
    assert sheet.failures == {}


def test_a_signature_with_a_number_is_paid_once() -> None:
    sheet = REPLAY(defended=True)
    changes = {row.owner: row.change for row in sheet.rows}
    assert changes == {"maker": -10 * FEE, "gateway": FEE, "Eve": 0, "supply chain": 9 * FEE}
    assert sheet.failures == dict.fromkeys(range(2, 11), "not signed by the device")


def test_the_two_contracts_differ_in_what_is_signed_alone() -> None:
    changed = differences("supply_chain", "supply_chain_replayable")
    assert [line.strip(" +-") for line in changed] == [
        "message: bytes32 = keccak256(abi_encode(self, item, batch, root))",
        "message: bytes32 = keccak256(abi_encode(self, item, root))",
    ]


def test_who_does_not_count_pays_for_each_copy_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number in the message is no defence if the contract stays at the same number."""
    plant(monkeypatch, attack, "supply_chain", "self.batches[item] = batch + 1", "pass")
    assert REPLAY(defended=True).change("Eve", "ether") == 9 * FEE
