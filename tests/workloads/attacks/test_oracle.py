"""The manipulated oracle: what is stolen, to the unit, and what is not with an average."""

from __future__ import annotations

from tests.support.paper_pool import PaperPool
from tests.support.planted import changed
from toyevm.units import ETHER
from toyevm.workloads.attacks import ATTACKS, BalanceSheet, play
from toyevm.workloads.attacks.oracle.attack import attack_oracle

MILLION = 10**6 * ETHER


def changes(sheet: BalanceSheet) -> dict[tuple[str, str], int]:
    return {(row.owner, row.asset): row.change for row in sheet.rows if row.change}


def test_a_flash_loan_takes_all_that_was_lent_out() -> None:
    pool = PaperPool((2 * MILLION, 1_000 * ETHER))
    back = pool.sell(1, pool.sell(0, 8 * MILLION))
    fee = 8 * MILLION * 5 // 10_000
    assert changes(ATTACKS["oracle"]()) == {
        ("attacker", "DAI"): MILLION - (8 * MILLION - back) - fee,
        ("attacker", "ether"): -30 * ETHER,
        ("lending pool", "DAI"): -MILLION,
        ("lending pool", "ether"): 30 * ETHER,
        ("pool", "DAI"): 8 * MILLION - back,
        ("flash lender", "DAI"): fee,
    }
    assert round(ATTACKS["oracle"]().change("attacker", "DAI") / ETHER) == 986_368


def test_an_average_over_half_an_hour_gives_nothing_away() -> None:
    sheet = ATTACKS["oracle"](defended=True)
    assert changes(sheet) == {}
    assert sheet.failures == {2: "too little collateral"}


def test_without_the_line_that_takes_the_average_all_is_stolen_again() -> None:
    defence = "    if passed >= PERIOD:\n        self.price = self.sum // passed\n"
    naive = changed("average_price", ((defence, "    if True:\n        self.price = self.spot\n"),))
    assert changes(play(attack_oracle(naive))) == changes(ATTACKS["oracle"]())
