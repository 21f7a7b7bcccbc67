"""The stack itself, memory, jumps, and the ways a frame ends."""

from __future__ import annotations

from collections.abc import Callable

from toyevm.errors import ExceptionalHalt, Halt, Revert
from toyevm.vm.frame import Frame, Return
from toyevm.vm.gas import charge_memory, words
from toyevm.vm.instructions.context import as_word


def pop(frame: Frame) -> None:
    frame.stack.pop()


def push(size: int) -> Callable[[Frame], None]:
    """Make PUSH`size`: the bytes behind the opcode, as one word."""

    def instruction(frame: Frame) -> None:
        start = frame.pc
        frame.pc = end = start + size
        frame.stack.append(as_word(frame.code.padded[start:end]))

    return instruction


def push1(frame: Frame) -> None:
    """Push the next byte. Spelt out, because every third instruction is a PUSH1, and a byte is a number already."""
    frame.stack.append(frame.code.padded[frame.pc])
    frame.pc += 1


def dup(depth: int) -> Callable[[Frame], None]:
    """Make DUP`depth`: copy the word that lies `depth` from the top, counting from 1."""

    place = -depth

    def instruction(frame: Frame) -> None:
        stack = frame.stack
        stack.append(stack[place])

    return instruction


def swap(depth: int) -> Callable[[Frame], None]:
    """Make SWAP`depth`: exchange the top with the word `depth` below it."""
    below = -depth - 1

    def instruction(frame: Frame) -> None:
        stack = frame.stack
        stack[-1], stack[below] = stack[below], stack[-1]

    return instruction


def mload(frame: Frame) -> None:
    stack, memory = frame.stack, frame.memory
    offset = stack[-1]
    if offset + 32 > len(memory):
        charge_memory(frame, offset, 32)
    stack[-1] = as_word(memory[offset : offset + 32])


def mstore(frame: Frame) -> None:
    stack, memory = frame.stack, frame.memory
    offset, value = stack.pop(), stack.pop()
    if offset + 32 > len(memory):
        charge_memory(frame, offset, 32)
    memory[offset : offset + 32] = value.to_bytes(32, "big")


def mstore8(frame: Frame) -> None:
    offset, value = frame.stack.pop(), frame.stack.pop()
    charge_memory(frame, offset, 1)
    frame.memory[offset : offset + 1] = bytes([value & 0xFF])


def mcopy(frame: Frame) -> None:
    """Copy within memory; the ranges may overlap (EIP-5656)."""
    target, source, size = frame.stack.pop(), frame.stack.pop(), frame.stack.pop()
    charge_memory(frame, max(target, source), size, frame.env.fork.gas.copy_word * words(size))
    frame.write_memory(target, frame.read_memory(source, size))


def jumpdest(frame: Frame) -> None:
    """Do nothing: a JUMPDEST only marks where a jump may land."""


def jump(frame: Frame) -> None:
    target = frame.stack.pop()
    if target not in frame.code.jump_targets:
        raise ExceptionalHalt(Halt.INVALID_JUMP)
    frame.pc = target


def jumpi(frame: Frame) -> None:
    stack = frame.stack
    target = stack.pop()
    if stack.pop():
        if target not in frame.code.jump_targets:
            raise ExceptionalHalt(Halt.INVALID_JUMP)
        frame.pc = target


def stop(frame: Frame) -> Return:
    return Return()


def take_memory(frame: Frame) -> bytes:
    """Pop offset and size, pay for the range, and return a copy of it."""
    offset, size = frame.stack.pop(), frame.stack.pop()
    charge_memory(frame, offset, size)
    return frame.read_memory(offset, size)


def return_(frame: Frame) -> Return:
    return Return(take_memory(frame))


def revert(frame: Frame) -> None:
    raise Revert(take_memory(frame))


def invalid(frame: Frame) -> None:
    raise ExceptionalHalt(Halt.INVALID_OPCODE)
