"""Words in, words out: the instructions that need nothing but the stack.

All words are unsigned, from 0 to 2**256 - 1. Signed instructions read them as two's complement. Python evaluates from
left to right, so `stack[-1] = stack.pop() - stack[-1]` takes the top and puts the difference where the second word was.
What fits in one expression stands in the opcode table itself.
"""

from __future__ import annotations

from collections.abc import Callable

from toyevm.types import WORD_MASK, Word, to_signed
from toyevm.vm.frame import Frame
from toyevm.vm.gas import charge

Instruction = Callable[[Frame], None]


def unary(function: Callable[[Word], Word]) -> Instruction:
    """Turn a function of one word into an instruction."""

    def instruction(frame: Frame) -> None:
        frame.stack[-1] = function(frame.stack[-1])

    return instruction


def binary(function: Callable[[Word, Word], Word]) -> Instruction:
    """Turn a function of two words into an instruction; its first argument is the top of the stack."""

    def instruction(frame: Frame) -> None:
        stack = frame.stack
        stack[-1] = function(stack.pop(), stack[-1])

    return instruction


def ternary(function: Callable[[Word, Word, Word], Word]) -> Instruction:
    """Turn a function of three words into an instruction; its first argument is the top of the stack."""

    def instruction(frame: Frame) -> None:
        stack = frame.stack
        stack[-1] = function(stack.pop(), stack.pop(), stack[-1])

    return instruction


def add(frame: Frame) -> None:
    """Spelt out, like the next few, because programs do little else: a call saved is a fifth of the time."""
    stack = frame.stack
    stack[-1] = (stack.pop() + stack[-1]) & WORD_MASK


def mul(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = (stack.pop() * stack[-1]) & WORD_MASK


def sub(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = (stack.pop() - stack[-1]) & WORD_MASK


def lt(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = 1 if stack.pop() < stack[-1] else 0


def gt(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = 1 if stack.pop() > stack[-1] else 0


def eq(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = 1 if stack.pop() == stack[-1] else 0


def iszero(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = 0 if stack[-1] else 1


def and_(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = stack.pop() & stack[-1]


def or_(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = stack.pop() | stack[-1]


def xor(frame: Frame) -> None:
    stack = frame.stack
    stack[-1] = stack.pop() ^ stack[-1]


def sdiv(a: Word, b: Word) -> Word:
    """Divide and round towards zero, as processors do; Python rounds down.

    >>> to_signed(sdiv(-7 & WORD_MASK, 2))
    -3
    """
    x, y = to_signed(a), to_signed(b)
    if y == 0:
        return 0
    quotient = abs(x) // abs(y)
    return (quotient if (x < 0) == (y < 0) else -quotient) & WORD_MASK


def smod(a: Word, b: Word) -> Word:
    """Return the remainder with the sign of the dividend.

    >>> to_signed(smod(-7 & WORD_MASK, 2))
    -1
    """
    x, y = to_signed(a), to_signed(b)
    if y == 0:
        return 0
    remainder = abs(x) % abs(y)
    return (-remainder if x < 0 else remainder) & WORD_MASK


def exp(frame: Frame) -> None:
    base, exponent = frame.stack[-1], frame.stack[-2]
    charge(frame, frame.env.fork.gas.exp_byte * ((exponent.bit_length() + 7) // 8))
    frame.stack.pop()
    frame.stack[-1] = pow(base, exponent, 2**256)


def signextend(size: Word, value: Word) -> Word:
    """Widen a signed number of `size + 1` bytes to a word.

    >>> to_signed(signextend(0, 0xFF)), signextend(0, 0x7F)
    (-1, 127)
    """
    if size >= 31:
        return value
    bits = 8 * (size + 1)
    value &= (1 << bits) - 1
    return value | (WORD_MASK ^ ((1 << bits) - 1)) if value >> (bits - 1) else value


def byte(index: Word, word: Word) -> Word:
    """Pick a byte, counted from the most significant."""
    return word >> (8 * (31 - index)) & 0xFF if index < 32 else 0


def sar(shift: Word, value: Word) -> Word:
    """Shift right and keep the sign."""
    return (to_signed(value) >> min(shift, 256)) & WORD_MASK
