"""What running something leaves behind, as plain values: of one transaction, and of one block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toyevm.blocks import Header, Log, Receipt
from toyevm.state import StateDiff
from toyevm.transactions import Transaction
from toyevm.types import Address, Hash32, Location, Read, Value


@dataclass(frozen=True)
class TxResult:
    """A transaction as a function from what it read to what it wrote.

    Args:
        succeeded: the status of the receipt; a failed transaction still pays and still has a read set.
        error: what went wrong, in words, or None.
        gas_used: after refunds: what is paid for.
        gas_refunded: what the refund counter took off.
        fee: wei that goes to the fee recipient. It is kept apart from the write set on purpose: added to a balance, it
            would make every transaction of a block depend on the one before.
        read_set: every location the outcome depended on, with the version and value seen.
        write_set: every location that changed, with its new value; a subset of the read set, but for cleared storage.
        touched: accounts to remove if they are empty now (EIP-161).
        created_address: where the contract went, for a creation.
    """

    succeeded: bool
    gas_used: int
    fee: int
    read_set: Mapping[Location, Read]
    write_set: Mapping[Location, Value]
    output: bytes = b""
    error: str | None = None
    gas_refunded: int = 0
    logs: tuple[Log, ...] = ()
    touched: frozenset[Address] = frozenset()
    created_address: Address | None = None

    @property
    def diff(self) -> StateDiff:
        return StateDiff(self.write_set, self.touched)


@dataclass(frozen=True, slots=True)
class TaskSpan:
    """One piece of work on one virtual core, in the cost model's unit of time; an aborted one had to be done again."""

    core: int
    tx_index: int
    incarnation: int
    start: int
    end: int
    kind: str = "execute"
    aborted: bool = False


@dataclass(frozen=True)
class BlockResult:
    """What executing a block gives, whichever backend did it.

    Args:
        results: one for each transaction, in block order.
        diff: everything the block changed, fees, withdrawals and system calls included.
        requests: what contracts ask of the consensus layer (EIP-7685): type byte and data, in order of type.
        spans: who did what when; empty if the backend does not simulate time.
        attempts: executions of transactions, repeated ones included.
        aborts: executions that were thrown away.
    """

    results: tuple[TxResult, ...]
    diff: StateDiff
    requests: tuple[bytes, ...] = ()
    spans: tuple[TaskSpan, ...] = field(default=(), repr=False)
    attempts: int = 0
    aborts: int = 0

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
