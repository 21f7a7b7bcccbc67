"""The column of the validium: the same contract, but a committee may vouch for payments that are not on L1.

What a committee hides is lost to all, the thief as well: the roots are still proven. But signatures are no part of the
proof. Whoever sees the payments has to check them, and here that is the committee, so two of three who lie steal. L1
could not check them instead: a signature has 65 of the 77 bytes of a posted payment, and says nothing without the other
twelve. A validium that proves its signatures, as StarkEx did, has "frozen" in that row.
"""

from __future__ import annotations

from functools import partial

from toyevm.rollups.matrix import proven_payments as attacks
from toyevm.rollups.matrix.values import Damage, MatrixCell

SYSTEM = "validium"
COMMITTEE = ("Pia", "Quinn", "Ravi")  # two of them are enough


def show_nobody(defended: bool) -> Damage:
    """Let the committee vouch for a true batch, and keep its payments secret: there is no defence."""
    return attacks.lose_payments(COMMITTEE, on_l1=False)


def vouch_falsely(defended: bool) -> Damage:
    """Let two of the committee vouch for what Ann has not signed: there is no defence."""
    return attacks.pay_unsigned(COMMITTEE, on_l1=False)


CELLS = (
    MatrixCell(
        "invalid root",
        SYSTEM,
        "operator and committee post a false root that gives all to Mallory, with the proof of another, honest batch",
        "L1 checks the proof against that very root, whoever vouches for it",
        partial(attacks.invent_root, COMMITTEE),
    ),
    MatrixCell(
        "withheld data",
        SYSTEM,
        "operator and committee keep the payments of a true batch secret",
        None,
        show_nobody,
    ),
    MatrixCell(
        "censorship",
        SYSTEM,
        "the operator leaves Ann out of every batch",
        "anybody who knows the accounts may bring a batch, with its payments: Ann brings hers, or asks L1 and leaves",
        partial(attacks.leave_out, COMMITTEE),
    ),
    MatrixCell(
        "2/3 collusion",
        SYSTEM,
        "two of the committee sign for a payment of all that Ann has to Mallory; Ann has not signed it",
        None,
        vouch_falsely,
    ),
    MatrixCell(
        "L1 reorg",
        SYSTEM,
        "L1 loses Mallory's deposit after a batch has credited it; the batch is brought again",
        "a batch takes deposits from a queue on L1, which goes back with it",
        partial(attacks.take_deposit_back, COMMITTEE),
    ),
    MatrixCell(
        "replay",
        SYSTEM,
        "when nobody serves the queue any more, Mallory leaves three times with one leaf",
        "the contract remembers who has left",
        partial(attacks.leave_twice, COMMITTEE),
    ),
    MatrixCell(
        "forged proof",
        SYSTEM,
        "Mallory proves a payment on accounts of her own making, in which all is hers",
        "the old root is L1's own, never the prover's",
        partial(attacks.prove_elsewhere, COMMITTEE),
    ),
)
