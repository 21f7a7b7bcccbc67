"""Bytes of a proof, read strictly: exact lengths, canonical elements, nothing left over. What is wrong has a name."""

from __future__ import annotations

import numpy as np

from toyevm.rollups.zk.extension import DEGREE
from toyevm.rollups.zk.field import Elements, P
from toyevm.rollups.zk.merkle import DIGEST, pack

ELEMENT = 4  # bytes


class Rejected(Exception):
    """A proof is refused. It never leaves the verifier, which answers with the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def encode(values: Elements) -> bytes:
    """Return elements as bytes, four each, little-endian."""
    return pack(values).tobytes()


class Reader:
    """The bytes of a proof and how far they have been read.

    Attributes:
        parts: what has been read so far, and how many bytes of it.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self.parts: list[tuple[str, int]] = []

    def take(self, count: int, what: str) -> bytes:
        """Return the next bytes."""
        part = self._data[self._place : self._place + count]
        if len(part) != count:
            raise Rejected(f"{what}: the proof ends too early")
        self._place += count
        self.parts.append((what, count))
        return part

    def elements(self, count: int, what: str) -> Elements:
        """Return the next elements of the field."""
        values = np.frombuffer(self.take(ELEMENT * count, what), dtype="<u4").astype(np.uint64)
        if (values >= P).any():
            raise Rejected(f"{what}: an element is not below p")
        return values

    def extended(self, count: int, what: str) -> Elements:
        """Return the next elements of the extension."""
        return self.elements(count * DEGREE, what).reshape(count, DEGREE)

    def digests(self, count: int, what: str) -> list[bytes]:
        """Return the next hashes."""
        data = self.take(DIGEST * count, what)
        return [data[start : start + DIGEST] for start in range(0, len(data), DIGEST)]

    def end(self) -> None:
        """Refuse bytes that nobody has read."""
        if self._place != len(self._data):
            raise Rejected(f"end: {len(self._data) - self._place} bytes are left over")
