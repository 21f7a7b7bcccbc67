"""A whole rollup: money goes in, round and out, the books balance, and whoever reads L1 has everything."""

from __future__ import annotations

from random import Random

import pytest

from tests.rollups.zk_rollup.contract_faults import TRUSTING, bring
from toyevm.chain import MAINNET
from toyevm.errors import InputError
from toyevm.rollups.l1 import L1_CHAIN
from toyevm.rollups.l2 import L2_CHAIN
from toyevm.rollups.sidechain.chain import SIDE_CHAIN
from toyevm.rollups.zk_rollup.rollup import ZkRollup
from toyevm.rollups.zk_rollup.root_contract import WEEK
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

UNIT = 10**15
NAMES = ("Ann", "Bob", "Cem")


def books(rollup: ZkRollup) -> tuple[int, int]:
    """Return what the contract holds, and what it owes, has in its queue, and has on L2, together: in wei."""
    owed = sum(rollup.contract.owed(wallet(name).address) for name in NAMES)
    waiting = sum(amount for _, amount in rollup.contract.waiting) * UNIT
    return rollup.contract.locked, owed + waiting + sum(map(rollup.balance, NAMES))


def test_money_goes_in_round_and_out() -> None:
    rollup = ZkRollup(["Ann", "Bob"])
    rollup.deposit("Ann", 10 * ETHER)
    assert (rollup.batch().accepted, rollup.balance("Ann")) == (True, 10 * ETHER)
    rollup.pay("Ann", "Bob", 3 * ETHER)
    rollup.withdraw("Bob", ETHER)
    answer = rollup.batch()
    assert answer.accepted
    assert answer.result.gas_used < 6_000_000
    assert (rollup.balance("Ann"), rollup.balance("Bob")) == (7 * ETHER, 2 * ETHER)
    before = rollup.l1_balance("Bob")
    assert rollup.collect("Bob").accepted
    assert rollup.l1_balance("Bob") == before + ETHER
    assert rollup.rebuilt() == rollup.world


def test_the_books_balance_whatever_people_do() -> None:
    """On an L1 whose verifier says yes: the books are the contract's."""
    random = Random(7)
    rollup = ZkRollup(NAMES, l1_chain=TRUSTING)
    for _ in range(25):
        for _ in range(random.randrange(4)):
            name, other = random.choice(NAMES), random.choice(NAMES)
            spent = sum(one.amount for one in rollup.pool if one.payer == rollup.number(name)) * UNIT
            left = max(rollup.balance(name) - spent, 0) // UNIT
            amount = random.randrange(left + 1) * UNIT
            what = random.choice(("deposit", "pay", "withdraw"))
            if what == "deposit":
                rollup.deposit(name, 7 * UNIT)
            elif what == "pay":
                rollup.pay(name, other, amount)
            else:
                rollup.withdraw(name, amount)
        bring(rollup)
        rollup.collect(random.choice(NAMES))
        locked, claims = books(rollup)
        assert locked == claims
        assert rollup.rebuilt() == rollup.world
    assert rollup.contract.locked > 0


def test_after_a_week_without_batches_all_leave_and_nothing_is_left() -> None:
    rollup = ZkRollup(NAMES, l1_chain=TRUSTING)
    for name in NAMES:
        rollup.deposit(name, 5 * ETHER)
    bring(rollup)
    rollup.pay("Ann", "Bob", 2 * ETHER)
    bring(rollup)
    rollup.deposit("Cem", ETHER)  # nobody takes it in
    rollup.l1.wait(WEEK)
    for name in NAMES:
        assert rollup.leave(name).accepted
    assert rollup.contract.take_back(3).accepted
    gains = {}
    for name in NAMES:
        before = rollup.l1_balance(name)
        rollup.collect(name)
        gains[name] = (rollup.l1_balance(name) - before) // ETHER
    assert gains == {"Ann": 3, "Bob": 7, "Cem": 6}
    assert rollup.contract.locked == 0


def test_a_validiums_payments_are_not_on_l1() -> None:
    rollup = ZkRollup(["Ann", "Bob"], committee=["Pia", "Quinn", "Ravi"], quorum=2)
    rollup.deposit("Ann", 10 * ETHER)
    rollup.batch()
    signed = rollup.pay("Ann", "Bob", 3 * ETHER)
    answer = rollup.attested_batch(["Pia", "Ravi"])
    assert answer.accepted
    assert signed.signature not in answer.tx.data
    with pytest.raises(InputError, match="the payments of 1 batches are not on L1"):
        rollup.rebuilt()
    rollup.withdraw("Bob", ETHER)  # who has the accounts goes on, with payments on L1 or without
    assert rollup.batch().accepted


def test_a_way_out_that_l1_would_not_see_is_not_brought() -> None:
    rollup = ZkRollup(["Ann"], committee=["Pia"], quorum=1, l1_chain=TRUSTING)
    rollup.deposit("Ann", 10 * ETHER)
    bring(rollup)
    rollup.withdraw("Ann", ETHER)
    with pytest.raises(InputError, match="a payment to the bridge"):
        rollup.attested_batch(["Pia"])
    assert bring(rollup).accepted
    assert rollup.contract.owed(wallet("Ann").address) == ETHER


@pytest.mark.parametrize("amount", [1, UNIT + 1, -UNIT])
def test_parts_of_units_cannot_be_paid(amount: int) -> None:
    rollup = ZkRollup(["Ann", "Bob"], l1_chain=TRUSTING)
    with pytest.raises(InputError, match="whole units of"):
        rollup.pay("Ann", "Bob", amount)


def test_who_has_no_account_is_named() -> None:
    rollup = ZkRollup(["Ann"], l1_chain=TRUSTING)
    with pytest.raises(InputError, match="'Eve' has no account"):
        rollup.pay("Ann", "Eve", UNIT)


def test_more_than_one_has_cannot_be_proven() -> None:
    rollup = ZkRollup(["Ann", "Bob"], l1_chain=TRUSTING)
    rollup.pay("Ann", "Bob", UNIT)
    with pytest.raises(InputError, match="at most 0, the balance"):
        rollup.batch()


def test_a_reorg_of_l1_takes_batches_back_with_their_deposits() -> None:
    rollup = ZkRollup(["Ann", "Bob"], l1_chain=TRUSTING)
    rollup.deposit("Ann", 10 * ETHER)
    bring(rollup)
    first = rollup.rebuilt()
    rollup.deposit("Bob", ETHER)
    bring(rollup)
    rollup.l1.reorg(1, keep=False)
    assert rollup.rebuilt() == first
    assert rollup.contract.waiting == [(2, 1_000)]


def test_no_other_chain_of_the_courses_could_replay_a_payment() -> None:
    rollup = ZkRollup(["Ann"], l1_chain=TRUSTING)
    others = [chain.chain_id for chain in (MAINNET, L1_CHAIN, L2_CHAIN, SIDE_CHAIN)]
    assert rollup.contract.terms.l2_chain not in others
