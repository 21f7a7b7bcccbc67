"""What anybody can see of a transaction before it runs: who calls which function of whom, with which words."""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.backends.hints import sender_of
from toyevm.transactions import Transaction
from toyevm.types import Address

MOST_WORDS = 8  # of call data, after the selector
SELECTOR, WORD = 4, 32  # bytes


@dataclass(frozen=True)
class TxFeatures:
    """A transaction as its sender has signed it.

    Attributes:
        sender: None if the signature is nobody's.
        to: None if it creates a contract.
        selector: the first four bytes of its data: which function of a contract is called; empty without data.
        words: the next words of the data, as numbers; at most eight.
    """

    sender: Address | None
    to: Address | None
    selector: bytes
    words: tuple[int, ...]
    value: int

    @property
    def call(self) -> tuple[Address | None, bytes]:
        """Which function of which contract: the key of a table of hints."""
        return self.to, self.selector

    @property
    def terms(self) -> dict[str, int]:
        """The numbers by name from which a contract may compute where it reads and writes.

        >>> TxFeatures(bytes(19) + b"\\1", bytes(19) + b"\\2", b"abcd", (7,), 0).terms
        {'sender': 1, 'to': 2, 'word 0': 7}
        """
        named = {"sender": self.sender, "to": self.to}
        found = {name: int.from_bytes(address, "big") for name, address in named.items() if address is not None}
        return found | {f"word {place}": word for place, word in enumerate(self.words)}


def features_of(tx: Transaction) -> TxFeatures:
    """Return what can be seen of a transaction; nothing is executed."""
    data = tx.data[SELECTOR:]
    words = tuple(
        int.from_bytes(data[at : at + WORD], "big") for at in range(0, min(len(data), MOST_WORDS * WORD), WORD)
    )
    return TxFeatures(sender_of(tx), tx.to, tx.data[:SELECTOR], words, tx.value)
