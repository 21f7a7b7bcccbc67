"""Byte strings known by length and root: what code sees of input, return data, memory and code of any size.

A string is a node whose value is its length and whose child is an array of words. Code is one too, but in chunks: a
byte that says how many bytes in front are still data of a PUSH, then 31 bytes of code. So whether a byte is a JUMPDEST
shows in one chunk, and nobody needs the code from its beginning.

A `Window` is a range of either, with zeros behind it where somebody asked for more. It behaves as `bytes` as far as the
instructions need that, and reads no more than it is asked for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from toyevm.rollups.one_step import arrays
from toyevm.rollups.one_step.arrays import WORD_SIZE
from toyevm.rollups.one_step.nodes import Malformed, Node

CHUNK_SIZE = 31  # bytes of code in a word, behind the byte that says what they are
MOST_AT_ONCE = 192  # bytes that one read may ask for: a block of a hash, with room


def number(value: bytes) -> int:
    """Read an integer as nodes hold it: without zeros in front."""
    if value[:1] == b"\0":
        raise Malformed("a number with zeros in front")
    return int.from_bytes(value, "big")


def as_number(value: int) -> bytes:
    """Return an integer as nodes hold it."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


class Source(NamedTuple):
    """A whole byte string: its node, and whether it is cut into words or, being code, into chunks."""

    node: Node | None
    is_code: bool = False

    @property
    def length(self) -> int:
        return number(self.node.value) if self.node is not None else 0

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes, few; zeros where the string has ended."""
        if not 0 <= size <= MOST_AT_ONCE:
            raise Malformed("too much to read at once")
        if self.node is None or size == 0 or start >= (length := self.length):
            return bytes(size)
        unit = CHUNK_SIZE if self.is_code else WORD_SIZE
        height, root = arrays.height_of(-(-length // unit)), self.node.child(0, 1)
        first, last = start // unit, (min(start + size, length) - 1) // unit
        data = b"".join(arrays.get(root, height, index)[-unit:] for index in range(first, last + 1))
        return data[start - first * unit :][:size].ljust(size, b"\0")

    def chunk(self, index: int) -> bytes:
        """Return a chunk of code with the byte in front of it."""
        height = arrays.height_of(-(-self.length // CHUNK_SIZE))
        return arrays.get(self.node and self.node.child(0, 1), height, index)


class Window:
    """Part of a string, `size` bytes from `start`, as long as `length` by the zeros behind it."""

    __slots__ = ("length", "size", "source", "start")

    def __init__(self, source: Source, start: int, size: int, length: int) -> None:
        self.source, self.start, self.size, self.length = source, start, size, length

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes of the window, few; zeros behind its end."""
        here = max(0, min(size, self.size - offset))
        return self.source.read(self.start + offset, here).ljust(size, b"\0")

    def __len__(self) -> int:
        return self.length

    def __bytes__(self) -> bytes:
        return self.read(0, self.length)

    def __getitem__(self, part: slice) -> Window | bytes:
        start, stop, _ = part.indices(self.length)
        length = max(0, stop - start)
        if length <= WORD_SIZE:
            return self.read(start, length)
        return Window(self.source, self.start + start, max(0, min(self.size - start, length)), length)

    def ljust(self, length: int, fill: bytes) -> Window:
        return Window(self.source, self.start, self.size, max(length, self.length))

    def startswith(self, prefix: bytes) -> bool:
        return self.length >= len(prefix) and self.read(0, len(prefix)) == prefix


class Whole(Window):
    """All of a string that is committed as one already, and so need not be taken out of anything."""

    __slots__ = ()


AnyBytes = Window | bytes


def whole(node: Node | None, is_code: bool = False) -> Window | bytes:
    """Return all of a string; the empty one is `b""`."""
    source = Source(node, is_code)
    return Whole(source, 0, source.length, source.length) if node is not None else b""


def string_of(data: bytes) -> Node | None:
    """Return the node of a byte string."""
    words = [data[i : i + WORD_SIZE].ljust(WORD_SIZE, b"\0") for i in range(0, len(data), WORD_SIZE)]
    return Node(as_number(len(data)), (arrays.bulk(words),)) if data else None


@lru_cache(maxsize=256)
def code_of(code: bytes) -> Node | None:
    """Return the node of a code."""
    chunks, carry = [], 0
    for i in range(0, len(code), CHUNK_SIZE):
        chunk = code[i : i + CHUNK_SIZE].ljust(CHUNK_SIZE, b"\0")
        chunks.append(bytes([carry]) + chunk)
        carry = carry_after(chunk, carry)
    return Node(as_number(len(code)), (arrays.bulk(chunks),)) if code else None


def carry_after(chunk: bytes, carry: int) -> int:
    """Return how many bytes of the next chunk are data of a PUSH that begins in this one, or before it.

    >>> carry_after(bytes(30) + bytes([0x7F]), 0), carry_after(bytes(31), 32)
    (32, 1)
    """
    position = carry
    while position < CHUNK_SIZE:
        position += chunk[position] - 0x5E if 0x60 <= chunk[position] <= 0x7F else 1
    return position - CHUNK_SIZE


class PartialCode:
    """A frame's code: one opcode, the data behind it, one jump target at a time."""

    def __init__(self, node: Node | None) -> None:
        self.node, self._source = node, Source(node, is_code=True)
        self.padded = self.jump_targets = self

    @property
    def raw(self) -> Window | bytes:
        return whole(self.node, is_code=True)

    def __getitem__(self, place: int | slice) -> int | bytes:
        if isinstance(place, slice):
            return self._source.read(place.start, place.stop - place.start)
        return self._source.read(place, 1)[0]

    def __contains__(self, target: int) -> bool:
        """Tell whether `target` is a JUMPDEST that is no data of a PUSH."""
        if target >= self._source.length:
            return False
        index, place = divmod(target, CHUNK_SIZE)
        chunk = self._source.chunk(index)
        position, code = chunk[0], chunk[1:]
        while position < place:
            position += code[position] - 0x5E if 0x60 <= code[position] <= 0x7F else 1
        return position == place and code[place] == 0x5B
