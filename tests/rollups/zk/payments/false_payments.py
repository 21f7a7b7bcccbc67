"""Forgeries of what a payment does to its two accounts, of the batch's digest, and of digits."""

from __future__ import annotations

from tests.rollups.zk.payments.forgeries import PAY, RICH, TOP, absorbing, breaks, digest_of_leaf, renamed
from tests.rollups.zk.payments.forging import (
    FRIEND,
    THIEF,
    VICTIM,
    climb,
    end_with,
    filled,
    moved,
    siblings_of,
    state_of,
)
from toyevm.rollups.zk.field import Elements, P, add, elements, multiply, subtract
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
    PAYEE,
    PAYER,
    PAYMENT,
    ROOT,
)
from toyevm.rollups.zk.payments.values import BRIDGE, AccountLeaf, ProvenPayment, record
from toyevm.rollups.zk.poseidon2 import RATE

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
