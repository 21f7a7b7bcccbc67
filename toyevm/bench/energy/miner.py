"""Proof of work in ten lines: try numbers until a hash begins with enough zero bits. Each bit more doubles the work."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

from toyevm.crypto import keccak256
from toyevm.errors import InputError

MOST_BITS = 24  # some seconds in Python


class Mined(NamedTuple):
    """A number that was found, and how many hashes that took: 2**bits on average."""

    nonce: int
    hashes: int
    hash: bytes


def mine(header: bytes, bits: int) -> Mined:
    """Return the first number, from 0, with which the hash of the header begins with so many zero bits.

    >>> mine(b"block 1", 8).hash[0]
    0

    Raises:
        InputError: a difficulty that there cannot be, or that takes too long here.
    """
    if type(bits) is not int or not 0 <= bits <= MOST_BITS:
        raise InputError(f"{bits!r} bits", "mine", f"a whole number, 0 to {MOST_BITS}")
    limit = 2 ** (256 - bits)
    for nonce in count():
        found = keccak256(header + nonce.to_bytes(8, "big"))
        if int.from_bytes(found, "big") < limit:
            return Mined(nonce, nonce + 1, found)
    raise AssertionError
