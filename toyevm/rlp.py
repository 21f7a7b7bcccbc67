"""RLP writes a tree of byte strings as one byte string, in exactly one way.

Whatever Ethereum hashes or signs goes through it first (yellow paper, appendix B). An item is a byte string or a list
of items; its first byte says which, and how long it is:

    00..7f   the byte itself              80..b7   a string of 0..55 bytes      b8..bf   a longer one, with its length
                                          c0..f7   a list of 0..55 bytes        f8..ff   a longer one, with its length

There is no third kind: integers are strings, big-endian, without leading zeros. One way only means that `decode` must
refuse every other way, or two different messages would have one meaning and two hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from toyevm.errors import DecodingError

Item: TypeAlias = "bytes | int | Sequence[Item]"
Decoded: TypeAlias = "bytes | list[Decoded]"

STRING, LIST = 0x80, 0xC0  # the first byte of the empty string and of the empty list
SHORT = 55  # up to this length, the first byte alone says it
MAX_DEPTH = 64  # nothing in Ethereum nests deeper than a handful


def encode(item: Item) -> bytes:
    """Return the encoding of a byte string, an integer (not negative), or a sequence of items.

    >>> encode(b"dog").hex(" "), encode([b"dog", 0]).hex(" ")
    ('83 64 6f 67', 'c5 83 64 6f 67 80')
    """
    if isinstance(item, int):
        item = item.to_bytes((item.bit_length() + 7) // 8, "big")
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < STRING else header(STRING, len(item)) + item
    payload = b"".join([encode(part) for part in item])
    return header(LIST, len(payload)) + payload


def header(kind: int, length: int) -> bytes:
    """Return what stands before `length` bytes of content: of a STRING, or of a LIST."""
    if length <= SHORT:
        return bytes((kind + length,))
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((kind + SHORT + len(size),)) + size


def decode(data: bytes) -> Decoded:
    """Return the one item that `data` encodes, or raise DecodingError when it is not exactly that.

    >>> decode(bytes.fromhex("c88363617483646f67"))
    [b'cat', b'dog']
    """
    item, end = _decode_at(data, 0, len(data), MAX_DEPTH)
    if end != len(data):
        raise DecodingError(f"{len(data) - end} bytes after the end of the item")
    return item


def decode_int(data: Decoded, max_bytes: int = 32) -> int:
    """Return the integer a decoded string stands for; a list, a leading zero, too many bytes are a DecodingError.

    >>> decode_int(b""), decode_int(bytes([4, 0]))
    (0, 1024)
    """
    if not isinstance(data, bytes):
        raise DecodingError("a list", expected="an integer")
    if len(data) > max_bytes:
        raise DecodingError(f"an integer of {len(data)} bytes", expected=f"at most {max_bytes}")
    if data[:1] == b"\0":
        raise DecodingError("an integer with a leading zero")
    return int.from_bytes(data, "big")


def _decode_at(data: bytes, start: int, limit: int, depth: int) -> tuple[Decoded, int]:
    """Return the item at `start`, and where it ends: at `limit` at the latest."""
    if start >= limit:
        raise DecodingError("nothing left where an item should begin")
    first = data[start]
    if first < STRING:
        return data[start : start + 1], start + 1
    kind = LIST if first >= LIST else STRING
    begin, length = start + 1, first - kind
    if length > SHORT:
        begin += length - SHORT
        length = decode_int(data[start + 1 : begin], max_bytes=8)
        if length <= SHORT:
            raise DecodingError("a short length in the long form")
    end = begin + length
    if end > limit:
        raise DecodingError(f"an item of {length} bytes", expected=f"at most {max(limit - begin, 0)}")
    if kind == STRING:
        if length == 1 and data[begin] < STRING:
            raise DecodingError("a single byte with a needless prefix")
        return data[begin:end], end
    if depth == 0:
        raise DecodingError(f"lists nested more than {MAX_DEPTH} deep")
    items = []
    while begin < end:
        item, begin = _decode_at(data, begin, end, depth - 1)
        items.append(item)
    return items, end
