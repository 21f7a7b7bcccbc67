"""Bytes in the form in which L1 takes them beside its blocks: a blob, 4,096 numbers below the order of a curve.

Such a number fills 32 bytes but for a little more than a bit, so 31 bytes of data go into each, behind one spare byte.
The spare bytes of the first three numbers hold the length of the data, as digits to the base of 64; all others are 0.
The form is canonical: two blobs that differ hold different data, or one of them is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from toyevm.errors import DecodingError, InputError
from toyevm.rollups.costs import BLOB_BYTES, USABLE_BYTES
from toyevm.types import Hash32

ELEMENT = 32  # bytes of a number, one of them spare
LENGTH_DIGITS, DIGIT = 3, 64
VERSION = b"\x01"  # of versioned hashes: a KZG commitment


def encode_blob(data: bytes) -> bytes:
    """Return the blob that holds the data, at most 126,976 bytes."""
    if len(data) > USABLE_BYTES:
        raise InputError(f"{len(data):,} bytes for one blob", expected=f"at most {USABLE_BYTES:,}")
    blob, padded = bytearray(BLOB_BYTES), data.ljust(USABLE_BYTES, b"\0")
    for place in range(1, ELEMENT):
        blob[place::ELEMENT] = padded[place - 1 :: ELEMENT - 1]
    for digit in range(LENGTH_DIGITS):
        blob[digit * ELEMENT] = len(data) // DIGIT ** (LENGTH_DIGITS - 1 - digit) % DIGIT
    return bytes(blob)


def decode_blob(blob: bytes) -> bytes:
    """Return the data that a blob holds.

    Raises:
        DecodingError: the blob has another size, a spare byte that should be 0 is not, the length is impossible, or
            something stands behind the data.
    """
    if len(blob) != BLOB_BYTES:
        raise DecodingError(f"{len(blob):,} bytes", "blob", f"{BLOB_BYTES:,}")
    spare, data = blob[::ELEMENT], bytearray(blob)
    del data[::ELEMENT]
    size = 0
    for digit in spare[:LENGTH_DIGITS]:
        if digit >= DIGIT:
            raise DecodingError(f"{digit} in the length", "blob", f"digits below {DIGIT}")
        size = size * DIGIT + digit
    if size > USABLE_BYTES:
        raise DecodingError(f"a length of {size:,}", "blob", f"at most {USABLE_BYTES:,}")
    if any(spare[LENGTH_DIGITS:]):
        raise DecodingError("a spare byte that is used", "blob", "0 before every 31 bytes")
    if data.count(0, size) != USABLE_BYTES - size:
        raise DecodingError("bytes behind the data", "blob", "zeros")
    return bytes(data[:size])


def to_blobs(data: bytes) -> tuple[bytes, ...]:
    """Return the blobs that hold the data one after the other; one at least."""
    starts = range(0, max(len(data), 1), USABLE_BYTES)
    return tuple(encode_blob(data[start : start + USABLE_BYTES]) for start in starts)


def from_blobs(blobs: Sequence[bytes]) -> bytes:
    """Return the data of blobs that follow each other; raise DecodingError as `decode_blob` does."""
    return b"".join(map(decode_blob, blobs))


def versioned_hash(commitment: bytes) -> Hash32:
    """Return what a transaction carries in place of a blob: a hash of the blob's commitment (EIP-4844)."""
    return VERSION + sha256(commitment).digest()[1:]
