"""A batch with its proof, as it is brought before L1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toyevm.rollups.zk.payments.proofs import prove_payments
from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import ProvenPayment, digest_bytes
from toyevm.rollups.zk_rollup.signed_batch import SignedPayment, encode_payments
from toyevm.rollups.zk_rollup.statements import PARAMETERS
from toyevm.types import Hash32


@dataclass(frozen=True)
class ProvenBatch:
    """What L1 is asked to believe, and why.

    Attributes:
        new_root: of the accounts, when the batch is in it.
        digest: of the payments, and of those from L1's queue after them.
        count: how many there are of both.
        data: the payments with their signatures.
        taken: how many of L1's queue come after them.
    """

    new_root: Hash32
    digest: Hash32
    count: int
    data: bytes
    taken: int
    proof: bytes


def prove_batch(
    tree: AccountTree, payments: Sequence[SignedPayment], queued: Sequence[ProvenPayment] = (), parameters: int = 1
) -> ProvenBatch:
    """Return the batch that makes these payments, then those from L1's queue, on the accounts of a tree.

    Raises:
        InputError: one of them cannot be made.
    """
    made = [*(payment.proven for payment in payments), *queued]
    statement, proof = prove_payments(tree, made, PARAMETERS[parameters])
    roots = digest_bytes(statement.new_root), digest_bytes(statement.digest)
    return ProvenBatch(*roots, statement.count, encode_payments(payments), len(queued), proof)
