"""A whole rollup: money goes in, round and out, the books balance, and whoever reads L1 has everything."""

from __future__ import annotations

from random import Random

import pytest

from tests.rollups.zk_rollup.contract_faults import TRUSTING, bring, bring_without_queue, credit, unproven
from toyevm.chain import MAINNET
from toyevm.errors import InputError
from toyevm.rollups.bridge import WEEK
from toyevm.rollups.l1 import L1_CHAIN
from toyevm.rollups.l2 import L2_CHAIN
from toyevm.rollups.sidechain.chain import SIDE_CHAIN
from toyevm.rollups.zk.payments.values import BRIDGE
from toyevm.rollups.zk_rollup.accounts import leaf_of
from toyevm.rollups.zk_rollup.rollup import ZkRollup
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

UNIT = 10**15
NAMES = ("Ann", "Bob", "Cem")


def books(rollup: ZkRollup) -> tuple[int, int]:
    """Return what the contract holds, and what it owes, has in its queue, and has on L2, together: in wei."""
    owed = sum(rollup.contract.owed(wallet(name).address) for name in NAMES)
    waiting = sum(one.amount for one in rollup.contract.waiting if one.payer == BRIDGE) * UNIT
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


def test_a_request_on_l1_is_proven_without_a_signature() -> None:
    rollup = ZkRollup(["Ann", "Bob"])
    rollup.deposit("Ann", 10 * ETHER)
    rollup.ask_to_leave("Ann", 4 * ETHER)
    assert rollup.batch().accepted
    assert rollup.contract.owed(wallet("Ann").address) == 4 * ETHER
    rollup.pay("Ann", "Bob", ETHER)  # her nonce is as it was
    assert rollup.batch().accepted
    assert rollup.rebuilt() == rollup.world


def test_the_books_balance_whatever_people_do() -> None:
    """On an L1 whose verifier says yes: the books are the contract's."""
    random = Random(7)
    rollup = ZkRollup(NAMES, l1_chain=TRUSTING)
    for _ in range(15):
        for _ in range(random.randrange(4)):
            name, other = random.choice(NAMES), random.choice(NAMES)
            spent = sum(one.amount for one in rollup.pool if one.payer == rollup.number(name)) * UNIT
            left = max(rollup.balance(name) - spent, 0) // UNIT
            amount = random.randrange(left + 1) * UNIT
            what = random.choice(("deposit", "pay", "withdraw", "ask"))
            if what == "deposit":
                rollup.deposit(name, 7 * UNIT)
            elif what == "pay":
                rollup.pay(name, other, amount)
            elif what == "withdraw":
                rollup.withdraw(name, amount)
            else:
                rollup.ask_to_leave(name, random.choice((1, 3, 20)) * UNIT)
        serve(rollup)
        rollup.collect(random.choice(NAMES))
        locked, claims = books(rollup)
        assert locked == claims
        assert rollup.rebuilt() == rollup.world
    assert rollup.contract.locked > 0


def serve(rollup: ZkRollup) -> None:
    """Do what an honest operator does: bring what is signed, then serve the queue, one after the other."""
    if rollup.pool:
        assert bring_without_queue(rollup).accepted
    while waiting := rollup.contract.waiting:
        first = waiting[0]
        if first.payer != BRIDGE and first.amount > leaf_of(rollup.world, rollup.contract.owners[first.payer]).balance:
            assert rollup.dismiss().accepted
        else:
            answer = rollup.contract.submit(unproven(rollup, [first]))
            assert answer.accepted
            rollup._note(answer, [first])


@pytest.mark.parametrize("seed", range(2))
def test_who_serves_the_queue_is_never_closed_and_who_is_silent_always(seed: int) -> None:
    """Whatever Mallory asks for: that cannot be paid, tiny deposits, or nothing for weeks."""
    random = Random(seed)
    rollup = ZkRollup([*NAMES, "Mallory"], operator="keeper", l1_chain=TRUSTING)
    for name in NAMES:
        rollup.deposit(name, 5 * ETHER)
    for _ in range(6):
        for _ in range(random.randrange(4)):
            amount = random.choice((1, 4_000, 6_000, 2**28 - 1)) * UNIT
            rollup.ask_to_leave(random.choice((*NAMES, "Mallory")), amount)
            if random.random() < 0.4:
                rollup.deposit("Mallory", UNIT)
        rollup.l1.wait(random.choice((60, WEEK // 2)))
        serve(rollup)
        rollup.l1.wait(random.choice((60, WEEK, 9 * WEEK)))
        assert rollup.leave("Mallory").reason == "nobody waits"
        assert rollup.contract.take_back(0).reason == "nobody waits"
    rollup.ask_to_leave("Cem", UNIT)
    rollup.l1.wait(WEEK)
    for name in (*NAMES, "Mallory"):
        assert rollup.leave(name).accepted
        rollup.collect(name)
    assert rollup.contract.locked == 0


def test_whom_the_only_operator_leaves_out_asks_l1_and_gets_out() -> None:
    rollup = ZkRollup(["Ann", "Bob"], operator="keeper", l1_chain=TRUSTING)
    rollup.deposit("Ann", 10 * ETHER)
    bring(rollup)
    rollup.ask_to_leave("Ann", 10 * ETHER)
    for _ in range(3):  # batches come, and leave her request out
        rollup.l1.wait(WEEK // 3)
        rollup.pay("Ann", "Ann", 0)
        assert bring_without_queue(rollup).accepted
    assert rollup.leave("Ann").accepted
    assert rollup.contract.owed(wallet("Ann").address) == 10 * ETHER


def test_a_request_is_of_no_use_to_whom_a_validium_shows_nothing() -> None:
    rollup = ZkRollup(["Ann", "Bob"], committee=["Pia"], quorum=1, l1_chain=TRUSTING)
    rollup.deposit("Ann", 10 * ETHER)
    bring(rollup)
    known = rollup.tree
    rollup.pay("Ann", "Bob", ETHER)
    assert rollup.contract.submit_attested(unproven(rollup, ()), [wallet("Pia")]).accepted
    rollup.ask_to_leave("Ann", 9 * ETHER)
    rollup.l1.wait(WEEK)
    assert rollup.leave("Ann", known).reason == "no such leaf under the root"


def test_after_a_week_in_the_queue_all_leave_and_nothing_is_left() -> None:
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
    assert rollup.contract.waiting == [credit(2, 1_000)]


def test_no_other_chain_of_the_courses_could_replay_a_payment() -> None:
    rollup = ZkRollup(["Ann"], l1_chain=TRUSTING)
    others = [chain.chain_id for chain in (MAINNET, L1_CHAIN, L2_CHAIN, SIDE_CHAIN)]
    assert rollup.contract.terms.l2_chain not in others
