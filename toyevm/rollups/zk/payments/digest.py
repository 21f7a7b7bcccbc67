"""The digest of a batch: a chain of hashes over its payments, which binds a proof to the data on L1."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.rollups.zk.payments.values import PADDING, AccountDigest, ProvenPayment, padded_count, record
from toyevm.rollups.zk.poseidon2 import RATE, compress_one


def chain_start(count: int) -> AccountDigest:
    """Return what the chain begins with, the number of payments: a batch and the same one with padding differ."""
    return (count, *(0,) * (RATE - 1))


def padded(payments: Sequence[ProvenPayment]) -> list[ProvenPayment]:
    """Return the payments, and as many of the bridge to itself as fill a power of two."""
    return [*payments, *[PADDING] * (padded_count(len(payments)) - len(payments))]


def digest_chain(payments: Sequence[ProvenPayment]) -> list[AccountDigest]:
    """Return the digest before the first payment, and after each; padding, too."""
    chain = [chain_start(len(payments))]
    for payment in padded(payments):
        chain.append(compress_one(chain[-1], record(payment)))
    return chain


def batch_digest(payments: Sequence[ProvenPayment]) -> AccountDigest:
    """Return the digest of a batch, padded."""
    return digest_chain(payments)[-1]
