"""The column of the zk-rollup: seven attacks on a contract that believes a root only with a proof, and has payments.

Whoever works together, the proof is the same, and L1 asks for the same signatures. What the verifier itself is trusted
with is in the rows of the invalid root and of the forged proof, where it is replaced.
"""

from __future__ import annotations

from functools import partial

from toyevm.rollups.matrix import proven_payments as attacks
from toyevm.rollups.matrix.values import Damage, MatrixCell

SYSTEM = "zk"
NOBODY: tuple[str, ...] = ()
ONE_S_OWN = (attacks.OPERATOR,)  # a committee of the operator alone
PROVERS = (attacks.OPERATOR, "Pia", "Quinn")


def lose_payments(defended: bool) -> Damage:
    """Let the operator's machines burn: with the payments on L1, or with the operator's word that it has them."""
    return attacks.lose_payments(NOBODY if defended else ONE_S_OWN, on_l1=defended)


def collude(defended: bool) -> Damage:
    """Let two of three provers bring what Ann has not signed: to a contract that checks it, or that believes them."""
    return attacks.pay_unsigned(NOBODY if defended else PROVERS, on_l1=defended)


CELLS = (
    MatrixCell(
        "invalid root",
        SYSTEM,
        "the operator posts a false root that gives all to Mallory, with the proof of another, honest batch",
        "L1 checks the proof against that very root",
        partial(attacks.invent_root, NOBODY),
    ),
    MatrixCell(
        "withheld data",
        SYSTEM,
        "the operator's machines burn after a batch",
        "a batch's payments are on L1, so anybody rebuilds the accounts",
        lose_payments,
    ),
    MatrixCell(
        "censorship",
        SYSTEM,
        "the operator leaves Ann out of every batch",
        "anybody may bring a batch: Ann brings hers, or asks L1 and leaves",
        partial(attacks.leave_out, NOBODY),
    ),
    MatrixCell(
        "2/3 collusion",
        SYSTEM,
        "two of the three who prove batches bring a payment of all that Ann has to Mallory; Ann has not signed it",
        "L1 has each payment and checks its signature: nobody's word counts, however many they are",
        collude,
    ),
    MatrixCell(
        "L1 reorg",
        SYSTEM,
        "L1 loses Mallory's deposit after a batch has credited it; the batch is brought again",
        "a batch takes deposits from a queue on L1, which goes back with it",
        partial(attacks.take_deposit_back, NOBODY),
    ),
    MatrixCell(
        "replay",
        SYSTEM,
        "when nobody serves the queue any more, Mallory leaves three times with one leaf",
        "the contract remembers who has left",
        partial(attacks.leave_twice, NOBODY),
    ),
    MatrixCell(
        "forged proof",
        SYSTEM,
        "Mallory proves a payment on accounts of her own making, in which all is hers",
        "the old root is L1's own, never the prover's",
        partial(attacks.prove_elsewhere, NOBODY),
    ),
)
