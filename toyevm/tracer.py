"""Watch the machine at work, one `step` at a time.

Tracing is not a mode of the machine: a tracer looks before a step, lets the step happen, and looks again.
`record_steps` keeps all a reader could ask about a step; `trace_rows` what EIP-3155 prescribes, for other tools.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from toyevm.forks import Fork
from toyevm.types import Address, Location, Word
from toyevm.vm.frame import Frame, Machine
from toyevm.vm.interpreter import step
from toyevm.vm.opcodes import Opcode, opcodes_of


@dataclass(frozen=True, slots=True)
class StorageChange:
    """A slot, its value before the step and after it."""

    address: Address
    slot: int
    before: Word
    after: Word


@dataclass(frozen=True)
class StepRecord:
    """One instruction, with the frame it ran in as it was before and after."""

    index: int
    depth: int  # 1 for the outermost frame
    address: Address
    code: bytes  # all of the frame's
    fork: Fork
    pc: int
    opcode: Opcode
    immediate: bytes
    gas_before: int
    gas_cost: int  # what left the frame, gas sent along with a call included; all of it, if the step halted the frame
    gas_charged: int  # the same in EIP-3155: all that was sent along with a call, and nothing of what a creation got
    stack_before: tuple[Word, ...]  # bottom first
    stack_after: tuple[Word, ...]
    memory_before: bytes
    memory_after: bytes
    storage_changes: tuple[StorageChange, ...]
    reads: tuple[Location, ...]  # the locations this step was the first to read
    return_data: bytes
    refund_before: int
    refund_after: int
    error: str | None  # why the frame failed at this step

    @property
    def operands(self) -> tuple[Word, ...]:
        """The words the instruction took, the top first."""
        return self.stack_before[::-1][: self.opcode.pops]

    @property
    def results(self) -> tuple[Word, ...]:
        """The words it left, the top first."""
        kept = len(self.stack_before) - self.opcode.pops
        return self.stack_after[kept:][::-1] if self.error is None else ()

    @property
    def gas_after(self) -> int:
        return self.gas_before - self.gas_cost


def record_steps(machine: Machine) -> Iterator[StepRecord]:
    """Run the machine to its end and yield every step. Copies the stack and memory each time."""
    rows = opcodes_of(machine.env.fork.rank)
    index = 0
    while machine.frames:
        frame, journal = machine.frames[-1], machine.journal
        pc, opcode = frame.pc, rows[frame.code.padded[frame.pc]]
        depth, gas_before, stack, memory = len(machine.frames), frame.gas_left, tuple(frame.stack), bytes(frame.memory)
        storage, reads_before = dict(journal.storage[frame.address]), len(journal.reads)
        return_data, refund = frame.return_data, journal.refund
        immediate = frame.code.padded[pc + 1 : pc + 1 + opcode.immediate_size]
        gas_charged = step(machine)
        failure = None if frame.failure is None else frame.failure.name
        is_halted = failure not in (None, "revert")
        yield StepRecord(
            index=index,
            depth=depth,
            address=frame.address,
            code=frame.code.raw,
            fork=machine.env.fork,
            pc=pc,
            opcode=opcode,
            immediate=immediate,
            gas_before=gas_before,
            gas_cost=gas_before if is_halted else gas_before - frame.gas_left,
            gas_charged=gas_before if is_halted else gas_charged,
            stack_before=stack,
            stack_after=tuple(frame.stack),
            memory_before=memory,
            memory_after=bytes(frame.memory),
            storage_changes=_changes(frame, storage),
            reads=tuple(journal.reads)[reads_before:],
            return_data=return_data,
            refund_before=refund,
            refund_after=journal.refund,
            error=failure,
        )
        index += 1


def _changes(frame: Frame, before: dict[int, Word]) -> tuple[StorageChange, ...]:
    address, journal = frame.address, frame.journal
    original = journal.original_storage[address]
    pairs = ((slot, before.get(slot, original[slot]), after) for slot, after in journal.storage[address].items())
    return tuple(StorageChange(address, slot, old, new) for slot, old, new in pairs if old != new)


def trace_rows(machine: Machine) -> Iterator[dict[str, Any]]:
    """Run the machine to its end and yield one EIP-3155 row a step: numbers in hex, as that format has them.

    The STOP with which our machine leaves an account without code is no step to others.
    """
    for record in record_steps(machine):
        if not record.code:
            continue
        row = {
            "pc": record.pc,
            "op": record.opcode.code,
            "gas": hex(record.gas_before),
            "gasCost": hex(record.gas_charged),
            "memSize": len(record.memory_before),
            "stack": [hex(word) for word in record.stack_before],
            "depth": record.depth,
            "returnData": "0x" + record.return_data.hex(),
            "refund": hex(record.refund_before),
            "opName": record.opcode.name,
        }
        yield row if record.error is None else row | {"error": record.error}
