"""Forged batches: for each rule of the payments' AIR, traces that break this rule alone, and what a thief has of it.

Where a forger says nothing else, the thief pays a friend, and the friend's half of the payment, the last, is false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from tests.rollups.zk.payments.forging import (
    FRIEND,
    THIEF,
    TREE,
    VICTIM,
    climb,
    digest_of,
    end_with,
    false_permutation,
    filled,
    moved,
    siblings_of,
    state_of,
    statement_of,
)
from toyevm.rollups.zk.field import Elements, P, add, elements, multiply, subtract
from toyevm.rollups.zk.payments.air import PaymentStatement
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.layout import (
    AMOUNT_BITS,
    AMOUNT_REST,
    BALANCE_BITS,
    BALANCE_REST,
    BIT,
    BUMP,
    DIGEST,
    DIGEST_ROW,
    HALF,
    NEW,
    NEW_INPUT,
    NUMBER_REST,
    OLD,
    OLD_INPUT,
    PAYEE,
    PAYER,
    PAYMENT,
    ROOT,
)
from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import BRIDGE, CAPACITY, AccountLeaf, ProvenPayment, record
from toyevm.rollups.zk.poseidon2 import RATE
from toyevm.rollups.zk.poseidon2_trace import compressed_columns

PAY = ProvenPayment(THIEF, FRIEND, 10, 1)
RICH = AccountLeaf(1_000_000, 8)  # what the friend would like to have: 1,000,000 units
FALSE_TREE = AccountTree({**TREE.leaves, FRIEND: RICH})
TOP = HALF - 2


class Forgery(NamedTuple):
    """Which rule is broken (a family, or a group of public cells), by what trace, to prove what."""

    rule: str
    trace: Elements
    statement: PaymentStatement


Forger = Callable[[], Elements | tuple[Elements, PaymentStatement]]
FORGERS: dict[str, tuple[str, Forger]] = {}


def breaks(rule: str, name: str = "") -> Callable[[Forger], Forger]:
    """Note who forges a trace that breaks this rule."""

    def note(forger: Forger) -> Forger:
        FORGERS[name or forger.__name__.replace("_", " ")] = rule, forger
        return forger

    return note


def forged(name: str) -> Forgery:
    """Return a forgery; where its forger names no statement, it is what the trace says of itself."""
    rule, forger = FORGERS[name]
    made = forger()
    trace, statement = made if isinstance(made, tuple) else (made, statement_of(made))
    return Forgery(rule, trace, statement)


# Hashes and paths


@breaks("hash before")
def the_friends_false_balance_has_the_true_hash() -> Elements:
    trace = rich_before()
    trace[HALF, OLD] = false_permutation(RICH, digest_of(filled([PAY]), HALF, OLD))
    return trace


@breaks("climbs")
def the_friends_balance_before_is_not_in_the_tree() -> Elements:
    return rich_before()


def rich_before() -> Elements:
    """Return a trace in which the friend is rich; above their leaf, the path before is the true one."""
    payer, payee = moved(PAY)
    trace = filled([PAY], [payer, payee._replace(old=RICH, new=RICH._replace(balance=RICH.balance + PAY.amount))])
    honest = filled([PAY])
    trace[HALF + 1 :, OLD], trace[:-1, ROOT] = honest[HALF + 1 :, OLD], honest[:-1, ROOT]
    return trace


@breaks("hash after")
def the_friends_new_balance_has_the_hash_of_a_million() -> Elements:
    trace, (_, payee) = end_with(filled([PAY]), state_of(RICH)), moved(PAY)
    trace[HALF, NEW] = false_permutation(payee.new, digest_of(trace, HALF, NEW))
    return trace


@breaks("climbs")
def the_friends_balance_after_is_not_what_gets_into_the_tree() -> Elements:
    honest = filled([PAY])
    trace = end_with(honest.copy(), state_of(RICH))
    trace[HALF, NEW] = honest[HALF, NEW]
    return trace


@breaks("climbs")
def a_whole_branch_of_the_tree_is_another_one() -> Elements:
    honest = filled([PAY])
    trace = end_with(honest.copy(), state_of(RICH))
    trace[HALF : HALF + 9, NEW] = honest[HALF : HALF + 9, NEW]
    return trace


@breaks("same siblings")
def the_neighbour_loses_all_in_passing() -> Elements:
    trace = filled([pay := ProvenPayment(BRIDGE, THIEF, 10, None)])
    empty = digest_of_leaf(AccountLeaf())
    return end_with(trace, state_of(moved(pay)[1].new), [empty, *siblings_of(trace, HALF)[1:]])


def digest_of_leaf(leaf: AccountLeaf) -> Elements:
    return compressed_columns(state_of(leaf)[:, None])[1][:, 0]


@breaks("root moves")
def the_path_before_is_in_a_tree_of_the_thiefs_own() -> Elements:
    trace = in_a_false_tree()
    trace[:DIGEST_ROW, ROOT] = elements(TREE.root)
    return trace


def in_a_false_tree() -> Elements:
    payer, payee = moved(PAY)
    richer = RICH._replace(balance=RICH.balance + PAY.amount)
    return filled([PAY], [payer, payee._replace(old=RICH, new=richer)], tree=FALSE_TREE)


@breaks("root moves")
def the_batch_ends_with_a_tree_of_the_thiefs_own() -> Elements:
    trace = filled([PAY])
    trace[-1, ROOT] = elements(FALSE_TREE.root)
    return trace


@breaks("path is the account's")
def the_thief_signs_and_the_victim_pays() -> Elements:
    return renamed(PAYER, THIEF, filled([PAY._replace(payer=VICTIM, nonce=3)]))


@breaks("path is the account's")
def the_friend_is_paid_and_the_thief_has_it() -> Elements:
    return renamed(PAYEE, FRIEND, filled([PAY._replace(payer=VICTIM, payee=THIEF, nonce=3)]))


@breaks("path is the account's")
def the_thief_has_a_second_number_past_the_last_account() -> Elements:
    trace = filled([PAY])
    for row in range(1, TOP + 1):
        trace[row, NUMBER_REST] = (CAPACITY + THIEF) >> (row - 1)
    return renamed(PAYER, CAPACITY + THIEF, trace)


@breaks("path is the account's")
def the_victims_path_is_half_the_thiefs_number() -> Elements:
    trace = filled([PAY._replace(payer=VICTIM, nonce=3)])
    trace[1, NUMBER_REST] = THIEF  # and the bit there is 0: half of 7 is 3
    return renamed(PAYER, THIEF, trace)


def renamed(column: int, number: int, trace: Elements) -> Elements:
    """Return a trace with another number in all of the payment, and in what the digest takes in."""
    trace[:, column] = number
    return absorbing(trace, trace[DIGEST_ROW, PAYMENT])


def absorbing(trace: Elements, numbers: Elements, before: Elements | None = None) -> Elements:
    """Return the trace of one payment, of which the digest takes in these numbers."""
    state = trace[DIGEST_ROW, OLD_INPUT].copy()
    state[:RATE] = trace[0, DIGEST] if before is None else before
    state[RATE : RATE + len(numbers)] = numbers
    trace[DIGEST_ROW, OLD] = compressed_columns(state[:, None])[0][:, 0]
    trace[HALF:, DIGEST] = digest_of(trace, DIGEST_ROW, OLD)
    return trace


# Leaves


@breaks("balances")
def the_payee_has_more_than_the_payer_gives() -> Elements:
    payer, payee = moved(PAY)
    return filled([PAY], [payer, payee._replace(new=RICH)])


@breaks("balances")
def the_payer_gives_nothing() -> Elements:
    payer, payee = moved(PAY)
    return filled([PAY], [payer._replace(new=payer.new._replace(balance=payer.old.balance)), payee])


@breaks("nonces")
def a_payment_is_made_twice_as_its_nonce_is_not_used_up() -> Elements:
    pay = PAY._replace(payer=VICTIM, nonce=3)
    made = moved(pay, pay)
    for place in (0, 2):
        before, after = made[place][1:]
        made[place] = made[place]._replace(old=before._replace(nonce=3), new=after._replace(nonce=3))
    return filled([pay, pay], made)


@breaks("nonces")
def a_payment_of_last_week_is_made_again() -> Elements:
    return filled([PAY._replace(payer=VICTIM, nonce=0)])


@breaks("nonces")
def who_is_paid_begins_again_at_nonce_zero() -> Elements:
    pay = PAY._replace(payee=VICTIM)
    payer, payee = moved(pay)
    return filled([pay], [payer, payee._replace(new=payee.new._replace(nonce=0))])


def leaf_with_more(place: int) -> Elements:
    """Return a trace with a leaf that nobody can show: it has a number more than balance and nonce."""
    state = state_of(moved(PAY)[1].new)
    state[place] = 1
    return end_with(filled([PAY]), state)


for _place in range(2, 2 * RATE):
    breaks("empty rest", f"a leaf has another number, at {_place}")(lambda place=_place: leaf_with_more(place))


# The payment and the digest


def data_that_differ(column: int) -> Elements:
    """Return a trace in which another payment is made than the data say: all by a number in one row."""
    trace = filled([PAY])
    trace[DIGEST_ROW, column] = 0
    return absorbing(trace, trace[DIGEST_ROW, PAYMENT])


for _place, _name in enumerate(("payer", "payee", "amount", "nonce", "kind of payer")):
    breaks("payment stays", f"the data say another {_name}")(lambda column=PAYER + _place: data_that_differ(column))


@breaks("payment stays")
def the_victim_pays_a_friend_and_the_thief_has_it() -> Elements:
    trace = filled([PAY._replace(payer=VICTIM, payee=THIEF, nonce=3)])
    trace[:HALF, PAYEE] = FRIEND
    return absorbing(trace, trace[0, PAYMENT])


@breaks("digest moves")
def the_digest_forgets_the_first_payment() -> Elements:
    theft = PAY._replace(payer=VICTIM, nonce=3)
    trace = filled([theft, PAY])
    absorbing(trace[2 * HALF :], trace[-1, PAYMENT], trace[0, DIGEST])
    return trace


def record_that_differs(place: int) -> Elements:
    """Return a trace that absorbs another number than the payment has."""
    numbers = elements(record(PAY))
    numbers[place] += 1
    return absorbing(filled([PAY]), numbers)


for _place in range(RATE):
    breaks("digest moves", f"the digest takes in another number, at {_place}")(
        lambda place=_place: record_that_differs(place)
    )


@breaks("digest moves")
def the_batch_ends_with_the_digest_of_another_one() -> Elements:
    trace = filled([PAY._replace(payer=VICTIM, nonce=3)])
    trace[-1, DIGEST] = elements(batch_digest([PAY]))
    return trace


# Digits


@breaks("balance is small")
def the_thief_pays_more_than_they_have() -> Elements:
    return filled([PAY._replace(amount=1_000)])


@breaks("balance is small")
def the_digits_are_those_of_another_balance() -> Elements:
    made = moved(pay := PAY._replace(amount=1_000))
    return filled([pay], made, counted=[made[0]._replace(new=AccountLeaf()), made[1]])


@breaks("amount is small")
def the_thief_pays_less_than_nothing() -> Elements:
    return filled([PAY._replace(payee=VICTIM, amount=-5_000)])


@breaks("amount is small")
def the_digits_are_those_of_another_amount() -> Elements:
    trace = filled([PAY._replace(payee=VICTIM, amount=-5_000)])
    for half in (trace[:HALF], trace[HALF:]):
        half[:, [AMOUNT_REST, *range(AMOUNT_BITS.start, AMOUNT_BITS.stop)]] = 0
    return trace


def last_digit(column: int, bits: slice, place: int, pay: ProvenPayment) -> Elements:
    """Return a trace in which what is left of a number below zero is all in its last digit."""
    trace = filled([pay])
    for first in (0, HALF):
        rest, row = int(trace[first + TOP, column]), trace[first + TOP]
        if rest > 3:
            row[bits] = 0
            row[bits.start + place] = rest * pow(2, -place, P) % P
    return trace


for _place in range(2):
    breaks("bits", f"the new balance is below zero, with a last digit too large: bit {_place}")(
        lambda place=_place: last_digit(BALANCE_REST, BALANCE_BITS, place, PAY._replace(amount=1_000))
    )
    breaks("bits", f"the amount is below zero, with a last digit too large: bit {_place}")(
        lambda place=_place: last_digit(AMOUNT_REST, AMOUNT_BITS, place, PAY._replace(payee=VICTIM, amount=-5_000))
    )


@breaks("bits")
def the_nonce_falls_and_old_payments_can_be_made_again() -> Elements:
    payer, payee = moved(PAY)
    trace = filled([PAY], [payer._replace(new=payer.new._replace(nonce=0)), payee])
    return renamed(BUMP, P - 1, trace)


@breaks("bits")
def the_victims_deposit_lands_where_nobody_is() -> Elements:
    """Where both children are empty, a bit of any size leads there: one that makes the victim's number of 9,000."""
    nowhere, amount = 9_000, 10
    trace = filled([ProvenPayment(BRIDGE, nowhere, amount, None)])
    bit = (VICTIM - nowhere) % P
    trace[HALF + 1, [NUMBER_REST, BIT]] = VICTIM, bit
    empty, after = digest_of_leaf(AccountLeaf()), digest_of_leaf(AccountLeaf(amount))
    left = multiply(subtract(after, empty), elements((1 - bit) * pow(1 - 2 * bit, -1, P) % P))
    right = multiply(left, elements(-bit * pow(1 - bit, -1, P) % P))
    trace[HALF + 1, NEW_INPUT] = elements([*add(empty, left), *add(empty, right)])
    trace[-1, ROOT] = climb(trace, HALF + 1, NEW, trace[HALF + 1, NEW_INPUT], siblings_of(trace, HALF)[1:])
    return renamed(PAYEE, VICTIM, trace)


# What everybody knows


@breaks("old root")
def the_batch_begins_with_a_tree_of_the_thiefs_own() -> tuple[Elements, PaymentStatement]:
    trace = in_a_false_tree()
    return trace, replace(statement_of(trace), old_root=TREE.root)


@breaks("digest start")
def three_payments_prove_four() -> tuple[Elements, PaymentStatement]:
    """The fourth is padding."""
    trace = filled([PAY, PAY._replace(nonce=2), PAY._replace(nonce=3)])
    return trace, replace(statement_of(trace, 3), count=4)


@breaks("new root")
def another_tree_is_said_to_be_the_new_one() -> tuple[Elements, PaymentStatement]:
    trace = filled([PAY])
    return trace, replace(statement_of(trace), new_root=FALSE_TREE.root)


@breaks("digest end")
def another_batch_is_said_to_be_the_one_that_was_made() -> tuple[Elements, PaymentStatement]:
    trace = filled([PAY._replace(payer=VICTIM, nonce=3)])
    return trace, replace(statement_of(trace), digest=batch_digest([PAY]))
