"""A stack as a chain of hashes: each link covers a word, and all that lies below it."""

from __future__ import annotations

from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.types import Hash32

WORD = 2**256


def link(word: int, below: Hash32) -> Hash32:
    """Return the hash of a stack with `word` on top of another stack, of which only the hash is known.

    A number that is no word of 256 bits gives a hash, too: one that no stack has.

    Raises:
        InputError: no whole number, or no hash.
    """
    if type(word) is not int:
        raise InputError(f"link was given {word!r:.40}", expected="a word: a whole number")
    if not isinstance(below, bytes) or len(below) != 32:
        raise InputError(f"link was given {below!r:.40}", expected="the hash of what lies below: 32 bytes")
    if not 0 <= word < WORD:
        return keccak256(b"no word: %x" % word + below)
    return keccak256(word.to_bytes(32, "big") + below)
