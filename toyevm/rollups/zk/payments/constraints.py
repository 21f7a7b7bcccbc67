"""What makes a trace of payments right, family by family. Leave one out, and somebody can steal.

Each function returns columns that are zero between any row and the next. A periodic column says in which rows of a
payment a constraint counts: it is 1 there and 0 elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from toyevm.rollups.zk.air import Columns
from toyevm.rollups.zk.payments.layout import (
    AMOUNT,
    AMOUNT_BITS,
    AMOUNT_REST,
    BALANCE_BITS,
    BALANCE_REST,
    BIT,
    BUMP,
    DIGEST,
    HALF,
    NEW,
    NEW_INPUT,
    NONCE,
    NUMBER_REST,
    OLD,
    OLD_INPUT,
    PAYEE,
    PAYER,
    PAYMENT,
    PAYMENT_ROWS,
    ROOT,
)
from toyevm.rollups.zk.poseidon2 import RATE
from toyevm.rollups.zk.poseidon2_trace import compression

LOOKS_AHEAD = tuple(
    column
    for where in (OLD_INPUT, NEW_INPUT, slice(ROOT.start, AMOUNT_REST + 1))
    for column in range(where.start, where.stop)
)


def _rows(*chosen: int) -> tuple[int, ...]:
    return tuple(int(row in chosen) for row in range(PAYMENT_ROWS))


def _both(*chosen: int) -> tuple[int, ...]:
    return _rows(*chosen, *(HALF + row for row in chosen))


PERIODIC = {
    "payer's leaf": _rows(0),
    "payee's leaf": _rows(HALF),
    "inner": _both(*range(1, HALF - 2)),
    "top": _both(HALF - 2),
    "digest": _rows(HALF - 1),
    "not last": _rows(*range(PAYMENT_ROWS - 1)),
}


class PaymentRow(NamedTuple):
    """A row, the next one, the periodic columns, and the digests of both permutations in the row."""

    now: Columns
    following: Columns
    periodic: Columns
    old_digest: Columns
    new_digest: Columns

    def ahead(self, column: int | slice) -> Columns:
        """Return columns of the next row."""
        first = column if isinstance(column, int) else column.start
        place = LOOKS_AHEAD.index(first)
        return self.following[place : place + (1 if isinstance(column, int) else column.stop - first)]

    def where(self, *names: str) -> Columns:
        """Return the periodic column that is 1 in all rows with one of these names."""
        places = [list(PERIODIC).index(name) for name in names]
        total = self.periodic[places[0]]
        for place in places[1:]:
            total = total + self.periodic[place]
        return total

    @property
    def leaf(self) -> Columns:
        return self.where("payer's leaf", "payee's leaf")


def climbs(row: PaymentRow) -> list[Columns]:
    """A digest is a child in the next row: the left one, or the right one if the bit there is set."""
    found, bit = [], row.ahead(BIT)
    for inputs, digest in ((OLD_INPUT, row.old_digest), (NEW_INPUT, row.new_digest)):
        left = row.ahead(slice(inputs.start, inputs.start + RATE))
        right = row.ahead(slice(inputs.start, inputs.stop))[RATE:]
        found.append((left + bit * (right - left) - digest) * row.where("payer's leaf", "payee's leaf", "inner"))
    return found


def same_siblings(row: PaymentRow) -> list[Columns]:
    """The other child is the same before and after."""
    difference = row.now[OLD_INPUT] - row.now[NEW_INPUT]
    left, right = difference[:RATE], difference[RATE:]
    return [(right + row.now[BIT] * (left - right)) * row.where("inner", "top")]


def root_moves(row: PaymentRow) -> list[Columns]:
    """The path before leads to the root; the path after leads to the next one."""
    root, top = row.now[ROOT], row.where("top")
    return [(root - row.old_digest) * top, row.ahead(ROOT) - root - (row.new_digest - root) * top]


def balances(row: PaymentRow) -> list[Columns]:
    """The payer's balance falls by the amount, the payee's rises by it."""
    change = row.now[NEW_INPUT.start] - row.now[OLD_INPUT.start]
    amount = row.now[AMOUNT]
    return [(change + amount) * row.where("payer's leaf") + (change - amount) * row.where("payee's leaf")]


def nonces(row: PaymentRow) -> list[Columns]:
    """The payer's nonce is the payment's and rises by one, or by none for the bridge; the payee's stays."""
    old, new = row.now[OLD_INPUT.start + 1], row.now[NEW_INPUT.start + 1]
    bump, payer = row.now[BUMP], row.where("payer's leaf")
    return [(new - old) * row.leaf - bump * payer, (row.now[NONCE] - old) * bump * payer]


def empty_rest(row: PaymentRow) -> list[Columns]:
    """There is nothing else in a leaf."""
    return [row.now[NEW_INPUT][2:] * row.leaf]


def payment_stays(row: PaymentRow) -> list[Columns]:
    """All rows of a payment are about the same one."""
    return [(row.ahead(PAYMENT) - row.now[PAYMENT]) * row.where("not last")]


def digest_moves(row: PaymentRow) -> list[Columns]:
    """The digest takes in the payment, once."""
    digest, here = row.now[DIGEST], row.where("digest")
    absorbed = row.now[OLD_INPUT]
    return [
        (absorbed[:RATE] - digest) * here,
        (absorbed[RATE : RATE + 5] - row.now[PAYMENT]) * here,
        absorbed[RATE + 5 :] * here,
        row.ahead(DIGEST) - digest - (row.old_digest - digest) * here,
    ]


def path_is_the_accounts(row: PaymentRow) -> list[Columns]:
    """The path's bits are the digits of the account's number."""
    now, bit = row.now[NUMBER_REST], row.now[BIT]
    payer, payee = (row.ahead(NUMBER_REST) - row.now[who] for who in (PAYER, PAYEE))
    return [
        payer * row.where("payer's leaf") + payee * row.where("payee's leaf"),
        (now - bit - row.ahead(NUMBER_REST) * 2) * row.where("inner") + (now - bit) * row.where("top"),
    ]


def balance_is_small(row: PaymentRow) -> list[Columns]:
    """The new balance has 28 bits: so the payer had enough."""
    return _countdown(row, BALANCE_REST, BALANCE_BITS, row.now[NEW_INPUT.start])


def amount_is_small(row: PaymentRow) -> list[Columns]:
    """The amount has 28 bits: so it is not below zero."""
    return _countdown(row, AMOUNT_REST, AMOUNT_BITS, row.now[AMOUNT])


def _countdown(row: PaymentRow, column: int, bits: slice, number: Columns) -> list[Columns]:
    low, high = row.now[bits.start], row.now[bits.start + 1]
    now, ahead = row.now[column] - low - high * 2, row.ahead(column)
    return [(ahead - number) * row.leaf, (now - ahead * 4) * row.where("inner") + now * row.where("top")]


def bits(row: PaymentRow) -> list[Columns]:
    """A bit is 0 or 1."""
    every = row.now[BIT].joined(row.now[BUMP], row.now[BALANCE_BITS], row.now[AMOUNT_BITS])
    return [every * every - every]


FAMILIES: dict[str, Callable[[PaymentRow], list[Columns]]] = {
    "climbs": climbs,
    "same siblings": same_siblings,
    "root moves": root_moves,
    "balances": balances,
    "nonces": nonces,
    "empty rest": empty_rest,
    "payment stays": payment_stays,
    "digest moves": digest_moves,
    "path is the account's": path_is_the_accounts,
    "balance is small": balance_is_small,
    "amount is small": amount_is_small,
    "bits": bits,
}


def transitions(
    now: Columns, following: Columns, periodic: Columns, without: tuple[str, ...] = ()
) -> dict[str, list[Columns]]:
    """Return the constraints by family, but for those that are left out."""
    old, old_digest = compression(now[OLD])
    new, new_digest = compression(now[NEW])
    row = PaymentRow(now, following, periodic, old_digest, new_digest)
    found = {"hash before": old, "hash after": new} | {name: family(row) for name, family in FAMILIES.items()}
    return {name: columns for name, columns in found.items() if name not in without}
