"""What a proven payment is made of. Amounts and balances are whole *units*, a thousandth of an ether, below 2^28.

28 bits and not 30: an amount is shown to be small bit by bit, and a difference below zero must not look small too.
p - 2^28 is far above 2^28, whereas p - 2^30 lies below 2^30.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from toyevm.errors import DecodingError, InputError
from toyevm.rollups.zk.field import P

UNIT = 10**15  # wei
AMOUNT_BITS = 28
LIMIT = 1 << AMOUNT_BITS
DEPTH = 14  # levels of the accounts' tree
CAPACITY = 1 << DEPTH
BRIDGE = 0  # the account that has what nobody else has: who deposits is paid by it, who withdraws pays it
DIGEST_BYTES = 32

AccountDigest = tuple[int, ...]  # eight elements


class AccountLeaf(NamedTuple):
    """What the tree says about an account; the balance is in units."""

    balance: int = 0
    nonce: int = 0


class ProvenPayment(NamedTuple):
    """One payment, by the numbers of the accounts.

    A nonce of None is one that needs no signature and uses up no nonce. Whoever takes the batch has to see to it that
    only the bridge pays so, or who has asked for it on L1 (see `zk_rollup`).
    """

    payer: int
    payee: int
    amount: int
    nonce: int | None


PADDING = ProvenPayment(BRIDGE, BRIDGE, 0, None)


def record(payment: ProvenPayment) -> list[int]:
    """Return the eight elements that stand for a payment in the batch's digest."""
    payer, payee, amount, nonce = payment
    return [payer, payee, amount, *((0, 0) if nonce is None else (nonce, 1)), 0, 0, 0]


def check_payment(payment: ProvenPayment, place: int) -> None:
    """Refuse numbers that no record can hold.

    Raises:
        InputError: an account, amount or nonce is out of its range; `place` says where.
    """
    payer, payee, amount, nonce = payment
    limits = (("payer", payer, CAPACITY), ("payee", payee, CAPACITY), ("amount", amount, LIMIT), ("nonce", nonce, P))
    for name, value, limit in limits:
        if value is not None and not 0 <= value < limit:
            raise InputError(f"{name} {value}", f"payment {place}", f"0 to {limit - 1}")


def digest_bytes(digest: AccountDigest) -> bytes:
    """Return a digest as 32 bytes: each element in four, little-endian."""
    return struct.pack("<8I", *digest)


def read_digest(data: bytes) -> AccountDigest:
    """Return the digest in 32 bytes.

    Raises:
        DecodingError: there are more or fewer, or an element is not below p.
    """
    if len(data) != DIGEST_BYTES:
        raise DecodingError(f"{len(data)} bytes", expected=f"{DIGEST_BYTES}")
    digest = struct.unpack("<8I", data)
    if any(element >= P for element in digest):
        raise DecodingError(f"0x{data.hex()}: an element is not below p", expected="eight elements of four bytes")
    return digest


def padded_count(count: int) -> int:
    """Return of how many payments the trace of a batch is: the next power of two."""
    return 1 << max(count - 1, 0).bit_length()
