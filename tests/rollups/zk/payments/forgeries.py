"""Forged batches, by name: a trace that breaks one rule of the payments' AIR alone, for what a thief has of it.

Where a forger says nothing else, the thief pays a friend, and the friend's half of the payment, the last, is false.
The forgers are in `false_paths` and `false_payments`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.rollups.zk.payments.forging import (
    FRIEND,
    THIEF,
    TREE,
    digest_of,
    state_of,
    statement_of,
)
from toyevm.rollups.zk.field import Elements
from toyevm.rollups.zk.payments.air import PaymentStatement
from toyevm.rollups.zk.payments.layout import (
    DIGEST,
    DIGEST_ROW,
    HALF,
    OLD,
    OLD_INPUT,
    PAYMENT,
)
from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import AccountLeaf, ProvenPayment
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


def digest_of_leaf(leaf: AccountLeaf) -> Elements:
    return compressed_columns(state_of(leaf)[:, None])[1][:, 0]
