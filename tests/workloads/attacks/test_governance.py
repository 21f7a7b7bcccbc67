"""A DAO captured by borrowed votes, or before anybody can leave; a bank taken over after a careless upgrade."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.support.planted import differences, plant
from toyevm.units import ETHER
from toyevm.workloads.applications.proxy import workload as proxy
from toyevm.workloads.applications.proxy.workload import BANK, IMPLEMENTATION_SLOT, PROXY
from toyevm.workloads.attacks import ATTACKS, BalanceSheet
from toyevm.workloads.attacks.borrowed_vote import attack as borrowed_vote
from toyevm.workloads.attacks.no_timelock import attack as no_timelock


def changes(sheet: BalanceSheet, asset: str = "ether") -> dict[str, Fraction]:
    """Return who has more or less than before; a unit is 10**18 of the smallest."""
    return {one.owner: Fraction(one.change, ETHER) for one in sheet.rows if one.change and one.asset == asset}


# Votes that are borrowed


def test_borrowed_votes_take_the_whole_treasury_and_are_paid_back() -> None:
    sheet = ATTACKS["borrowed_vote"]()
    assert changes(sheet) == {"Mallory": 100, "DAO": -100}
    assert changes(sheet, "shares") == {}
    assert sheet.failures == {}


def test_a_vote_counts_nothing_that_came_after_the_snapshot() -> None:
    sheet = ATTACKS["borrowed_vote"](defended=True)
    assert changes(sheet) == changes(sheet, "shares") == {}
    assert sheet.failures == {3: "no shares at the snapshot", 4: "not passed", 5: "not queued"}


def test_a_loan_that_is_not_paid_back_has_never_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(
        monkeypatch,
        borrowed_vote,
        "vote_borrower",
        "transfer(self.lender, amount)",
        "transfer(self.lender, amount - 1)",
    )
    sheet = ATTACKS["borrowed_vote"]()
    assert changes(sheet) == changes(sheet, "shares") == {}
    assert sheet.failures[3] == "not paid back"


def test_without_the_snapshot_the_dao_falls_too(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, borrowed_vote, "dao", "self._sharesAt(msg.sender, snapshot)", "self._sharesOf(msg.sender)")
    assert changes(ATTACKS["borrowed_vote"](defended=True)) == {"Mallory": 100, "DAO": -100}


def test_the_two_daos_differ_in_whose_shares_count_alone() -> None:
    assert differences("dao", "dao_by_balance") == [
        "-     shares: uint256 = self._sharesAt(msg.sender, snapshot)",
        "+     shares: uint256 = self._sharesOf(msg.sender)",
    ]


# No timelock


def test_without_a_timelock_all_deposits_are_gone_before_anybody_can_withdraw() -> None:
    sheet = ATTACKS["no_timelock"]()
    assert changes(sheet) == {"Mallory": 100, "bank": -100}
    assert sheet.failures == {4: "the bank is empty", 5: "the bank is empty", 6: "closed"}


def test_with_a_timelock_everybody_leaves_and_the_majority_gets_what_is_left() -> None:
    sheet = ATTACKS["no_timelock"](defended=True)
    assert changes(sheet) == {"Ann": 60, "Bob": 40, "bank": -100}
    assert sheet.failures == {3: "in the timelock"}  # after two days it is executed, for nothing


def test_without_the_line_the_delay_is_no_defence(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, no_timelock, "dao", 'assert block.timestamp >= eta, "in the timelock"', "pass")
    assert changes(ATTACKS["no_timelock"](defended=True)) == {"Mallory": 100, "bank": -100}


# A storage clash


def test_an_upgrade_that_moves_the_owners_slot_gives_the_bank_away() -> None:
    sheet = ATTACKS["storage_clash"]()
    assert changes(sheet) == {"Mallory": 100, "bank": -100}
    assert sheet.failures == {}
    before, after = (world.accounts[PROXY].storage for world in (sheet.worlds[0], sheet.worlds[-1]))
    assert before.items() - after.items() == {(IMPLEMENTATION_SLOT, int.from_bytes(BANK))}  # all deposits are there yet


def test_an_upgrade_that_appends_changes_nothing() -> None:
    sheet = ATTACKS["storage_clash"](defended=True)
    assert changes(sheet) == {}
    assert sheet.failures == {1: "has an owner", 2: "not the owner"}


def test_one_new_variable_in_front_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = "owner: public(address)"
    plant(monkeypatch, proxy, "bank_guarded", owner, f"version: uint256\n{owner}")
    assert changes(ATTACKS["storage_clash"](defended=True)) == {"Mallory": 100, "bank": -100}


def test_the_two_upgrades_differ_in_the_order_of_variables_alone() -> None:
    lines = differences("bank_guarded", "bank_reordered")
    removed, added = ({line[2:] for line in lines if line[0] == sign} for sign in "-+")
    assert removed == added
    assert len(removed) == 2
