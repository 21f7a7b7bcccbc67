"""Reentrancy: a pool that pays first is emptied; one that is guarded everywhere, or writes first, pays each once."""

from __future__ import annotations

import pytest

from tests.support.planted import plant
from toyevm.contracts import contract_source
from toyevm.units import ETHER
from toyevm.workloads.attacks import ATTACKS, BalanceSheet, play
from toyevm.workloads.attacks.reentrancy import attack

REENTRANCY = ATTACKS["reentrancy"]
NOTHING = dict.fromkeys(("Eve", "Ann", "Bob", "pool", "drainer"), 0)


def changes(sheet: BalanceSheet) -> dict[str, int]:
    return {row.owner: row.change for row in sheet.rows}


def test_a_pool_that_pays_first_is_emptied() -> None:
    sheet = REENTRANCY()
    assert changes(sheet) == NOTHING | {"Eve": 5 * ETHER, "Ann": -3 * ETHER, "Bob": -2 * ETHER}
    assert list(sheet.failures) == [4, 5]  # Ann and Bob want their ether back
    assert sheet.calls[3].result.succeeded  # Eve is owed nothing: she had it all


@pytest.mark.parametrize("name", ["ether_pool_guarded", "ether_pool_ordered"])
def test_a_guarded_pool_and_one_that_writes_first_pay_everybody_once(name: str) -> None:
    sheet = play(attack.visit_pool(name))
    assert changes(sheet) == NOTHING
    assert sheet.failures == {}


def test_the_attack_is_defended_by_the_guard() -> None:
    assert REENTRANCY(defended=True).calls == play(attack.visit_pool("ether_pool_guarded")).calls


WITHDRAW = "@nonreentrant\ndef withdraw", "def withdraw"
GIVE = "@nonreentrant\ndef give", "def give"
WRITE, PAY = "    self.owed[msg.sender] = 0\n", '    raw_call(msg.sender, b"", value=amount)\n'


@pytest.mark.parametrize(
    ("name", "old", "new", "loot"),
    [
        ("ether_pool_guarded", *WITHDRAW, 5 * ETHER),
        ("ether_pool_guarded", *GIVE, ETHER),  # by another door: her contract gives her what it is just being paid
        ("ether_pool_ordered", WRITE + PAY, PAY + WRITE, 5 * ETHER),
    ],
)
def test_without_a_line_of_its_defence_a_pool_is_robbed(
    monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str, loot: int
) -> None:
    plant(monkeypatch, attack, name, old, new)
    sheet = play(attack.visit_pool(name))
    assert sheet.change("Eve", "ether") == loot
    assert sum(changes(sheet).values()) == 0


def test_the_three_pools_are_the_same_but_for_the_defence() -> None:
    """Without the guard, and with the two lines of `withdraw` the other way round, they are the vulnerable one."""

    def code(name: str) -> str:
        return contract_source(name).split('"""')[2].replace("  # with nearly all of the gas", "")

    assert code("ether_pool_guarded").replace("@nonreentrant\n", "") == code("ether_pool")
    assert code("ether_pool_ordered").replace(WRITE + PAY, PAY + WRITE) == code("ether_pool")
