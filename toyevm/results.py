"""What running something leaves behind, as plain values: of one transaction, and of one block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toyevm.blocks import Header, Log, Receipt
from toyevm.state import StateDiff
from toyevm.transactions import Transaction
from toyevm.types import Address, Hash32, Location, Read, Value


@dataclass(frozen=True)
class TxResult:
    """A transaction as a function from what it read to what it wrote.

    `fee` is what the fee recipient gets, in wei. It is kept apart from the write set on purpose: added to a balance, it
    would make every transaction of a block depend on the one before.
    """

    succeeded: bool  # the status of the receipt; a failed transaction still pays and still has a read set
    gas_used: int  # after refunds: what is paid for
    fee: int
    read_set: Mapping[Location, Read]  # every location the outcome depended on, with the version and value seen
    write_set: Mapping[Location, Value]  # every location that changed; it was read, but for cleared storage
    output: bytes = b""
    error: str | None = None  # what went wrong, in words
    gas_refunded: int = 0
    logs: tuple[Log, ...] = ()
    touched: frozenset[Address] = frozenset()  # accounts to remove if they are empty now (EIP-161)
    accessed: frozenset[Address] = frozenset()  # looked at without a read: precompiles, and heirs to nothing
    created_address: Address | None = None

    @property
    def gas_before_refund(self) -> int:
        """How much the machine worked: a refund pays for work, it does not undo it."""
        return self.gas_used + self.gas_refunded

    @property
    def diff(self) -> StateDiff:
        return StateDiff(self.write_set, self.touched)


@dataclass(frozen=True)
class BlockResult:
    """What executing a block gives, whichever backend did it."""

    results: tuple[TxResult, ...]  # in block order
    diff: StateDiff  # everything the block changed, fees, withdrawals and system calls included
    requests: tuple[bytes, ...] = ()  # to the consensus layer (EIP-7685): type byte and data, in order of type

    @property
    def gas_used(self) -> int:
        return sum(result.gas_used for result in self.results)


@dataclass(frozen=True)
class SealedBlock:
    """An executed block with its complete header and the receipts the header commits to."""

    header: Header
    transactions: tuple[Transaction, ...]
    receipts: tuple[Receipt, ...]

    @property
    def hash(self) -> Hash32:
        return self.header.hash
