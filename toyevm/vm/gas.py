"""Gas that depends on what an opcode does: memory growth, copies, cold accesses, the share a call may take along."""

from __future__ import annotations

from functools import lru_cache

from toyevm.errors import ExceptionalHalt, Halt
from toyevm.types import Address
from toyevm.vm.frame import MAX_FRAME_MEMORY, Frame


def charge(frame: Frame, amount: int) -> None:
    """Take `amount` from the gas that is left, or halt when there is less."""
    left = frame.gas_left - amount
    if left < 0:
        raise ExceptionalHalt(Halt.OUT_OF_GAS)
    frame.gas_left = left


def words(size: int) -> int:
    """Return how many 32-byte words `size` bytes need."""
    return (size + 31) // 32


def memory_cost(word_count: int) -> int:
    """Return the price of that many words of memory: linear at first, quadratic in the end (yellow paper, H.1).

    >>> memory_cost(1), memory_cost(32), memory_cost(32_768)
    (3, 98, 2195456)
    """
    return 3 * word_count + word_count * word_count // 512


@lru_cache(maxsize=1024)
def growth_cost(before: int, end: int) -> int:
    """Return the price of having memory up to byte `end` when there are `before` bytes, a multiple of 32."""
    return memory_cost(words(end)) - memory_cost(before // 32)


def expansion(frame: Frame, offset: int, size: int) -> int:
    """Return the price of having memory up to `offset + size`; an empty range needs none, wherever it lies."""
    end, before = offset + size, len(frame.raw_memory)
    if end <= before or size == 0:
        return 0
    if end > frame.memory_room or end > MAX_FRAME_MEMORY:
        raise ExceptionalHalt(Halt.OUT_OF_GAS)
    return growth_cost(before, end)


def grow(frame: Frame, offset: int, size: int) -> None:
    """Make memory reach `offset + size`, in whole words; it has been paid for."""
    end, memory = offset + size, frame.raw_memory
    if end > len(memory) and size:
        memory += bytes(words(end) * 32 - len(memory))


def charge_memory(frame: Frame, offset: int, size: int, extra: int = 0) -> None:
    """Pay for the memory range, and `extra`, and make it available."""
    charge(frame, extra + expansion(frame, offset, size))
    grow(frame, offset, size)


def access_cost(frame: Frame, address: Address) -> int:
    """Return the price of looking at an account: less when this transaction has looked before (EIP-2929)."""
    gas = frame.env.fork.gas
    return gas.warm_access if address in frame.journal.warm_addresses else gas.cold_account


def all_but_one_64th(gas: int) -> int:
    """Return the most a call may take along (EIP-150): the caller keeps enough to react."""
    return gas - gas // 64
