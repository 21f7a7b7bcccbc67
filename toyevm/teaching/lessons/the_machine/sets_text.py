"""What each transaction of a block read and wrote, a line for every location; and a table of receipts.

A location that was read and written shows both values; one that was only read lies under the others. Where a value came
from an earlier transaction of the same block, the line says so: there one waited for the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from toyevm.blocks import Receipt
from toyevm.results import TxResult
from toyevm.teaching.kit.stepper.scene import number
from toyevm.types import Address, Field, Location, Read
from toyevm.units import ETHER


class Named(Protocol):
    """Something that knows whose an account is, as a workload does."""

    def name(self, address: Address) -> str: ...


def name_of(names: Named, location: Location) -> str:
    """Return a location in words, such as "Ann's balance" or "counter's slot 0"."""
    field = f"slot {number(location.key)}" if location.is_slot else Field(location.key).name.lower()
    return f"{names.name(location.address)}'s {field}"


def describe_sets(names: Named, results: Sequence[TxResult], titles: Sequence[str] = ()) -> str:
    """Return the read and write sets of all results, in words.

    Args:
        titles: what to call each transaction, instead of by its index.
    """
    lines = []
    for tx_index, result in enumerate(results):
        title = titles[tx_index] if tx_index < len(titles) else f"transaction {tx_index}"
        lines += [title, *_rows(names, result.read_set, result.write_set)]
    return "\n".join(lines)


def describe_receipts(results: Sequence[TxResult], receipts: Sequence[Receipt]) -> str:
    """Return a line for each transaction: what its receipt says, and what only a run can tell, gas and error."""
    lines = ["transaction  status   gas used  cumulative  logs  error"]
    for tx_index, (result, receipt) in enumerate(zip(results, receipts, strict=True)):
        status = "success" if receipt.succeeded else "failure"
        numbers = f"{result.gas_used:>8,}  {receipt.cumulative_gas:>10,}  {len(receipt.logs):>4}"
        lines.append(f"{tx_index:>11}  {status}  {numbers}  {result.error or ''}".rstrip())
    return "\n".join(lines)


def ether(wei: int) -> str:
    """Return an amount in ether, exactly.

    >>> ether(2_499_756_685 * 10**9), ether(3 * 10**18), ether(0)
    ('2.499756685', '3', '0')
    """
    whole, rest = divmod(wei, ETHER)
    return f"{whole:,}.{rest:018}".rstrip("0").rstrip(".")


def waits_for(result: TxResult) -> tuple[int, ...]:
    """Return the earlier transactions of its block whose writes a transaction read."""
    return tuple(sorted({read.version.tx_index for read in result.read_set.values() if read.version.tx_index >= 0}))


def _rows(names: Named, reads: Mapping[Location, Read], writes: Mapping[Location, object]) -> list[str]:
    rows = []
    for location, value in writes.items():
        before = _shown(location, reads[location].value) if location in reads else "(not read)"
        after = _shown(location, value) + (" ether" if location.key == Field.BALANCE else "")
        rows.append(f"  {name_of(names, location):<19}{before} -> {after}{_source(reads.get(location))}")
    unwritten = ((location, read) for location, read in reads.items() if location not in writes)
    only = [f"{name_of(names, location)}{_source(read)}" for location, read in unwritten]
    return [*rows, *([f"  only read: {', '.join(only)}"] if only else [])]


def _source(read: Read | None) -> str:
    return f"   <- from transaction {read.version.tx_index}" if read and read.version.tx_index >= 0 else ""


def _shown(location: Location, value: object) -> str:
    if location.key == Field.BALANCE and isinstance(value, int):
        return ether(value)
    return f"{value:,}" if isinstance(value, int) else f"{len(value)} bytes" if isinstance(value, bytes) else str(value)
