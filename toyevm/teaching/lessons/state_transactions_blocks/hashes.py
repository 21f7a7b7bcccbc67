"""Hashes as people compare them: by their beginning, or bit for bit."""

from __future__ import annotations


def short_hash(value: bytes) -> str:
    """Return a hash as people compare it: its beginning.

    >>> short_hash(bytes.fromhex("56e81f171bcc55a6") + bytes(24))
    '0x56e81f17…'
    """
    return f"0x{value[:4].hex()}…"


def changed_bits(before: bytes, after: bytes) -> list[int]:
    """Return the positions, from the left, at which two strings of equal length differ.

    >>> changed_bits(b"\\x01", b"\\x82")
    [0, 6, 7]
    """
    difference, size = int.from_bytes(before, "big") ^ int.from_bytes(after, "big"), 8 * len(before)
    return [bit for bit in range(size) if difference >> (size - 1 - bit) & 1]
