"""Bytes to be moved before an opcode can end: cut into units, so that each is a micro-step of its own.

One rule. A step is tried. Where it needs more bytes moved than one unit, it stops there and nothing has happened, as
with a read that a view cannot answer yet; only that this work is `pending` is noted. Each micro-step that follows does
one unit. Then the step is tried again, with the answer. What fits into one unit is done on the spot.

    take     bytes become a string: call input, return data, log data     a word
    copy     bytes go into memory                                         a word
    hash     keccak256                                                    a block of 136 bytes
    chunks   bytes become code: init code, deposited code                 31 bytes
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from toyevm import rlp
from toyevm.crypto import KECCAK_RATE, absorb
from toyevm.errors import ToyevmError
from toyevm.rollups.one_step import arrays
from toyevm.rollups.one_step.arrays import WORD_SIZE
from toyevm.rollups.one_step.byte_strings import CHUNK_SIZE, Source, Window, as_number, carry_after, number
from toyevm.rollups.one_step.journal_tree import strings
from toyevm.rollups.one_step.nodes import Malformed, Node


class Kind(IntEnum):
    """What is done with the bytes."""

    TAKE = 1
    COPY = 2
    HASH = 3
    CHUNKS = 4


def units_of(kind: Kind, length: int) -> int:
    """Return how many units `length` bytes are.

    >>> units_of(Kind.COPY, 64), units_of(Kind.HASH, 135), units_of(Kind.HASH, 136), units_of(Kind.CHUNKS, 32)
    (2, 1, 2, 2)
    """
    if kind == Kind.HASH:
        return length // KECCAK_RATE + 1
    unit = CHUNK_SIZE if kind == Kind.CHUNKS else WORD_SIZE
    return -(-length // unit)


def micro_steps_of(kind: Kind, length: int) -> int:
    """Return how many micro-steps a step has more because of this work: its units, and the try that found it out."""
    units = units_of(kind, length)
    return units + 1 if units > 1 else 0


@dataclass(frozen=True)
class Work:
    """Work in progress. `result` is what there is so far: an array, or the sponge's state of 200 bytes.

    `target` and `capacity` (in words) are those of the memory that is copied into; `carry` belongs to code.
    """

    kind: Kind
    source: Source
    start: int
    size: int
    length: int
    result: Node | None = None
    progress: int = 0
    target: int = 0
    capacity: int = 0
    carry: int = 0

    @property
    def units(self) -> int:
        return units_of(self.kind, self.length)

    @property
    def is_done(self) -> bool:
        return self.progress >= self.units

    def advanced(self) -> Work:
        """Return the work with one unit more done."""
        result, carry = self.result, self.carry
        if self.kind == Kind.HASH:
            result = self._absorbed(result)
        elif self.kind == Kind.CHUNKS:
            chunk = self._unit(CHUNK_SIZE).ljust(CHUNK_SIZE, b"\0")
            result = arrays.put(result, arrays.height_of(self.units), self.progress, bytes([carry]) + chunk)
            carry = carry_after(chunk, carry)
        elif self.kind == Kind.TAKE:
            word = self._unit(WORD_SIZE).ljust(WORD_SIZE, b"\0")
            result = arrays.put(result, arrays.height_of(self.units), self.progress, word)
        else:
            place = self.target + WORD_SIZE * self.progress
            result = write_bytes(result, self.capacity, place, self._unit(WORD_SIZE))
        return replace(self, result=result, carry=carry, progress=self.progress + 1)

    def _unit(self, unit: int) -> bytes:
        offset = unit * self.progress
        window = Window(self.source, self.start, self.size, self.length)
        return window.read(offset, min(unit, self.length - offset))

    def _absorbed(self, state: Node | None) -> Node:
        lanes = [0] * 25
        if state is not None:
            lanes = [int.from_bytes(state.value[8 * i : 8 * i + 8], "little") for i in range(25)]
        block = bytearray(self._unit(KECCAK_RATE))
        if len(block) < KECCAK_RATE:  # the last one: padded with 0x01 ... 0x80
            block += b"\x01" + bytes(KECCAK_RATE - len(block) - 1)
            block[-1] |= 0x80
        absorb(lanes, block)
        return Node(b"".join(lane.to_bytes(8, "little") for lane in lanes))

    @property
    def answer(self) -> Node:
        """Return what the opcode gets when all is done: a hash, a string, code, or an array below a node."""
        if self.kind == Kind.HASH:
            return Node(self.result.value[:32] if self.result is not None else b"")
        return Node(as_number(self.length) if self.kind != Kind.COPY else b"", (self.result,))

    def node(self) -> Node:
        """Return the commitment to the work."""
        numbers = [self.kind, self.source.is_code, self.start, self.size, self.length]
        numbers += [self.progress, self.target, self.capacity, self.carry]
        return Node(rlp.encode([int(item) for item in numbers]), (self.source.node, self.result))

    @classmethod
    def of(cls, node: Node) -> Work:
        """Open committed work."""
        kind, is_code, start, size, length, progress, target, capacity, carry = map(number, strings(node.value, 9))
        if kind not in list(Kind) or is_code > 1 or carry > WORD_SIZE:
            raise Malformed("not work")
        source = Source(node.child(0, 2), bool(is_code))
        result = node.child(1, 2)
        return cls(Kind(kind), source, start, size, length, result, progress, target, capacity, carry)


def write_bytes(root: Node | None, capacity: int, offset: int, data: bytes) -> Node | None:
    """Return a memory of `capacity` words with `data`, a word at most, at a byte offset."""
    height = arrays.height_of(capacity)
    while data:
        index, place = divmod(offset, WORD_SIZE)
        if index >= capacity:
            raise Malformed("a write behind the end of memory")
        part = data[: WORD_SIZE - place]
        word = arrays.get(root, height, index) if len(part) < WORD_SIZE else bytes(WORD_SIZE)
        root = arrays.put(root, height, index, word[:place] + part + word[place + len(part) :])
        offset, data = offset + len(part), data[len(part) :]
    return root


class Unfinished(ToyevmError):
    """A step needs this work done first; nothing has happened yet."""

    def __init__(self, work: Work) -> None:
        self.work = work


class Desk:
    """Where a step asks for work. It gets the answers that the pending work has led to, in the order of asking."""

    def __init__(self, answers: list[Node]) -> None:
        self._answers = answers[::-1]

    def ask(self, work: Work) -> Node:
        if work.units <= 1:
            return (work if work.is_done else work.advanced()).answer
        if self._answers:
            return self._answers.pop()
        raise Unfinished(work)

    def ask_about(
        self, kind: Kind, window: Window, result: Node | None = None, target: int = 0, capacity: int = 0
    ) -> Node:
        """Ask for something to be done with the bytes of a window."""
        source, start, size, length = window.source, window.start, window.size, window.length
        return self.ask(Work(kind, source, start, size, length, result, 0, target, capacity))
