"""Reading bytes from left to right that may come from anybody: every way they can be wrong is a DecodingError.

Besides whole bytes there are three kinds of content: integers in as few bytes as they need (`uvarint`: 7 bits a byte,
the lowest first, the top bit says that more follow), yes-or-no answers as the bits of one number, and RLP items.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm import rlp
from toyevm.errors import DecodingError


def uvarint(number: int) -> bytes:
    """Return an integer, not negative, 7 bits a byte.

    >>> uvarint(21_000).hex(" ")
    '88 a4 01'
    """
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def bitlist(bits: Sequence[bool | int]) -> bytes:
    """Return bits as one big-endian number, the first bit lowest, in as many bytes as it takes."""
    number = sum(1 << place for place, bit in enumerate(bits) if bit)
    return number.to_bytes(-(-len(bits) // 8), "big")


class Cursor:
    """A place in some bytes, which moves to the right with everything that is read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    @property
    def left(self) -> int:
        """How many bytes are still to come."""
        return len(self.data) - self.position

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        if size > self.left:
            raise DecodingError(f"{self.left} bytes left at byte {self.position}", expected=f"{size}")
        self.position += size
        return self.data[self.position - size : self.position]

    def integer(self, size: int) -> int:
        """Return the next `size` bytes as a number, the highest byte first."""
        return int.from_bytes(self.take(size), "big")

    def uvarint(self, max_bits: int = 64) -> int:
        """Return the next integer; one that is too large, or longer than it need be, is refused."""
        number = shift = 0
        while True:
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            if number >> max_bits or shift > max_bits:
                raise DecodingError(f"an integer of more than {max_bits} bits at byte {self.position}")
            if not byte & 0x80:
                break
            shift += 7
        if shift and not byte:
            raise DecodingError(f"a needlessly long integer at byte {self.position}")
        return number

    def bits(self, count: int) -> list[bool]:
        """Return the next `count` bits; what fills up the first byte must be zero."""
        number = self.integer(-(-count // 8))
        if number >> count:
            raise DecodingError(f"bits after the last of {count} at byte {self.position}")
        digits = f"{number:0{count}b}"[::-1] if count else ""
        return [digit == "1" for digit in digits]

    def rlp_item(self) -> rlp.Decoded:
        """Return the next RLP item."""
        start = self.position
        first = self.take(1)[0]
        if first >= rlp.STRING:
            length = first - (rlp.LIST if first >= rlp.LIST else rlp.STRING)
            if length > rlp.SHORT:
                length = self.integer(length - rlp.SHORT)
            self.take(length)
        return rlp.decode(self.data[start : self.position])

    def rlp_string(self) -> bytes:
        """Return the content of the next RLP item, a string; a list is refused before anybody has counted its items."""
        if self.left and self.data[self.position] >= rlp.LIST:
            raise DecodingError(f"a list at byte {self.position}", expected="a string")
        item = self.rlp_item()
        assert isinstance(item, bytes)
        return item

    def rlp_list(self) -> Cursor:
        """Return a place at the first item of the next RLP item, a list: what is in it is read one by one."""
        start = self.position
        length = self.integer(1) - rlp.LIST
        if length < 0:
            raise DecodingError(f"a string at byte {start}", expected="a list")
        if length > rlp.SHORT:
            length = self.integer(length - rlp.SHORT)
        if self.data[start : self.position] != rlp.header(rlp.LIST, length):
            raise DecodingError(f"a needlessly long length at byte {start}")
        return Cursor(self.take(length))

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self.left:
            raise DecodingError(f"{self.left} bytes after the end")
