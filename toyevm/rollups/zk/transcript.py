"""The transcript of Fiat and Shamir: the verifier's coins, drawn from a hash of everything said so far.

Each message is absorbed with its label and length into a chained state, so that no two conversations share one.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from toyevm.rollups.zk.extension import DEGREE
from toyevm.rollups.zk.field import Elements, P

NONCE_BYTES = 8


class Transcript:
    """A conversation in which one side is a hash. Prover and verifier each hold one and must feed it the same."""

    def __init__(self, protocol: bytes) -> None:
        self._state = bytes(32)
        self._drawn = 0
        self.absorb(b"protocol", protocol)

    def absorb(self, label: bytes, message: bytes) -> None:
        """Take in what the prover says, or what both sides know."""
        parts = (self._state, len(label).to_bytes(8, "little"), label, len(message).to_bytes(8, "little"), message)
        self._state = blake2b(b"".join(parts), digest_size=32, person=b"toyevm absorb").digest()
        self._drawn = 0

    def challenges(self, count: int) -> Elements:
        """Return `count` elements of the extension, each coefficient uniform: what is p or more is drawn again."""
        numbers: list[int] = []
        while len(numbers) < count * DEGREE:
            words = np.frombuffer(self._block(), dtype="<u4") >> 1
            numbers += words[words < P].tolist()
        return np.array(numbers[: count * DEGREE], dtype=np.uint64).reshape(count, DEGREE)

    def indices(self, count: int, size: int) -> list[int]:
        """Return `count` indices below a power of two, repetitions included: a mask, so each is as likely."""
        words: list[int] = []
        while len(words) < count:
            words += np.frombuffer(self._block(), dtype="<u4").tolist()
        return [word & (size - 1) for word in words[:count]]

    def grind(self, bits: int) -> int:
        """Find and absorb the least nonce whose hash ends in so many zero bits: each try at cheating costs that."""
        begun, nonce = self._begin_grinding(), 0
        while not _is_ground(begun, nonce, bits):
            nonce += 1
        self.absorb(b"nonce", nonce.to_bytes(NONCE_BYTES, "little"))
        return nonce

    def check_grinding(self, nonce: int, bits: int) -> bool:
        """Absorb a nonce and say whether its hash ends in so many zero bits."""
        ground = _is_ground(self._begin_grinding(), nonce, bits)
        self.absorb(b"nonce", nonce.to_bytes(NONCE_BYTES, "little"))
        return ground

    def _begin_grinding(self) -> blake2b:
        return blake2b(self._state, digest_size=32, person=b"toyevm grind")

    def _block(self) -> bytes:
        message = self._state + self._drawn.to_bytes(8, "little")
        self._drawn += 1
        return blake2b(message, digest_size=64, person=b"toyevm draw").digest()


def _is_ground(begun: blake2b, nonce: int, bits: int) -> bool:
    tried = begun.copy()
    tried.update(nonce.to_bytes(NONCE_BYTES, "little"))
    return int.from_bytes(tried.digest(), "big") & ((1 << bits) - 1) == 0
