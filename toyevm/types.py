"""The words everything else is written in: addresses, words, and *locations*.

The state of Ethereum is one big map from locations to values. A location is a single field of a single account: its
balance, its nonce, its code, or one slot of its storage. Two transactions conflict when they meet at a location, and
nowhere else, so this small type is the base of everything else.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

Address: TypeAlias = bytes  # 20 bytes
Hash32: TypeAlias = bytes  # 32 bytes
Word: TypeAlias = int  # 0 <= word < 2**256
Value: TypeAlias = int | bytes  # what a location holds: bytes for code, an integer for everything else

WORD_MASK = 2**256 - 1
ZERO_ADDRESS: Address = bytes(20)
ZERO_HASH: Hash32 = bytes(32)

# What a NamedTuple's constructor, a Python function, calls in the end: for those that are made at every read or log.
make = tuple.__new__


class Field(IntEnum):
    """Name the fields of an account that are not storage slots; being negative, they sort before the slots.

    STORAGE answers one yes-or-no question, "does this account have any storage at all?": a contract may not be
    created over old storage (EIP-7610), and before Cancun a SELFDESTRUCT clears it (writes 0).
    """

    BALANCE = -4
    NONCE = -3
    CODE = -2
    STORAGE = -1

    __hash__ = int.__hash__  # that of Enum hashes the name, and is slow


class Location(NamedTuple):
    """Point at one value of the state: a field of an account, or a storage slot when `key` is not negative.

    >>> str(Location(bytes(20), 5))
    '(0x0000000000000000000000000000000000000000, slot 5)'
    """

    address: Address
    key: int

    @property
    def is_slot(self) -> bool:
        return self.key >= 0

    def __str__(self) -> str:
        name = f"slot {self.key}" if self.is_slot else Field(self.key).name.lower()
        return f"(0x{self.address.hex()}, {name})"


class Version(NamedTuple):
    """Say which run of which transaction wrote a value: speculative backends run some more than once."""

    tx_index: int
    incarnation: int = 0


BEFORE_BLOCK = Version(-1)  # the version of everything that was there when the block began


class Read(NamedTuple):
    """A value together with the version that wrote it. Validation compares versions; of sums and claims, values too."""

    version: Version
    value: Value


@lru_cache(maxsize=1024)
def to_address(word: Word) -> Address:
    """Return the low 20 bytes of a stack word."""
    return (word & (2**160 - 1)).to_bytes(20, "big")


def to_signed(word: Word) -> int:
    """Read a word as two's complement.

    >>> to_signed(2**256 - 1), to_signed(7)
    (-1, 7)
    """
    return word - 2**256 if word >> 255 else word
