"""Storage, transient storage and logs: what outlives the frame, and what it costs to change it."""

from __future__ import annotations

from collections.abc import Callable

from toyevm.blocks import Log
from toyevm.errors import ExceptionalHalt, Halt
from toyevm.forks import GasSchedule
from toyevm.types import Word, make
from toyevm.vm.frame import Frame
from toyevm.vm.gas import charge, charge_memory


def forbid_in_static_call(frame: Frame) -> None:
    """Halt inside a STATICCALL (EIP-214)."""
    if frame.message.is_static:
        raise ExceptionalHalt(Halt.WRITE_IN_STATIC_CALL)


def sload(frame: Frame) -> None:
    frame.stack[-1] = load(frame, frame.stack[-1])


def sstore(frame: Frame) -> None:
    store(frame, frame.stack[-1], frame.stack[-2])
    frame.stack.pop()
    frame.stack.pop()


def load(frame: Frame, slot: Word) -> Word:
    """Charge for looking at a slot and return what it holds."""
    gas, journal, address = frame.env.fork.gas, frame.journal, frame.address
    if slot in journal.warm_slots[address]:
        charge(frame, gas.warm_access)
        return journal.slot(address, slot)
    charge(frame, gas.cold_slot)
    value = journal.slot(address, slot)
    journal.warm_slot(address, slot)
    return value


def store(frame: Frame, slot: Word, new: Word) -> None:
    """Write a slot. It reads first: the price depends on what is there and on what was there before the transaction."""
    forbid_in_static_call(frame)
    gas, journal, address = frame.env.fork.gas, frame.journal, frame.address
    if frame.gas_left <= gas.storage_stipend_guard:
        raise ExceptionalHalt(Halt.OUT_OF_GAS)  # a call's stipend must not be enough to change state (EIP-2200)
    is_cold = slot not in journal.warm_slots[address]
    if is_cold:
        charge(frame, gas.cold_slot)
    current = journal.slot(address, slot)
    original = journal.original_storage[address][slot]  # known, since the slot was read
    charge(frame, store_cost(gas, original, current, new))
    if is_cold:
        journal.warm_slot(address, slot)
    if new != current:
        if new == original or (original and 0 in (new, current)):  # undone, cleared or filled again
            journal.add_refund(store_refund(gas, original, current, new))
        journal.set_slot(address, slot, new)


def store_cost(gas: GasSchedule, original: int, current: int, new: int) -> int:
    """Return what SSTORE costs on a warm slot (EIP-2200): only the first change of a slot is dear.

    >>> schedule = GasSchedule()
    >>> store_cost(schedule, 0, 0, 7), store_cost(schedule, 5, 5, 7), store_cost(schedule, 5, 7, 8)
    (20000, 2900, 100)
    """
    if new == current or current != original:
        return gas.warm_access
    return gas.storage_set if original == 0 else gas.storage_reset


def store_refund(gas: GasSchedule, original: int, current: int, new: int) -> int:
    """Return what changing a slot adds to the refund counter (EIP-3529).

    Clearing pays, un-clearing pays back, undoing is made good.

    >>> store_refund(GasSchedule(), 5, 5, 0), store_refund(GasSchedule(), 5, 0, 7), store_refund(GasSchedule(), 0, 7, 0)
    (4800, -4800, 19900)
    """
    refund = 0
    if original:
        refund += gas.storage_clear_refund * ((new == 0) - (current == 0))
    if new == original:
        refund += (gas.storage_reset if original else gas.storage_set) - gas.warm_access
    return refund


def tload(frame: Frame) -> None:
    frame.stack[-1] = frame.journal.transient[frame.address].get(frame.stack[-1], 0)


def tstore(frame: Frame) -> None:
    """Write a slot that lives until the transaction ends (EIP-1153)."""
    forbid_in_static_call(frame)
    frame.journal.set_transient(frame.address, frame.stack.pop(), frame.stack.pop())


def log(topic_count: int) -> Callable[[Frame], None]:
    """Make LOG`topic_count`."""

    def instruction(frame: Frame) -> None:
        stack, gas = frame.stack, frame.env.fork.gas
        offset, size = stack.pop(), stack.pop()
        charge_memory(frame, offset, size, gas.log_byte * size)
        topics = tuple([stack.pop() for _ in range(topic_count)])
        emit(frame, topics, frame.read_memory(offset, size))

    return instruction


def emit(frame: Frame, topics: tuple[Word, ...], data: bytes) -> None:
    """Log something that has been paid for."""
    forbid_in_static_call(frame)
    frame.journal.add_log(make(Log, (frame.address, topics, data)))
