"""The ABI, the encoding in which contracts take their arguments: one word of 32 bytes for each.

A string does not fit into a word. Its word says where, behind all the words, its length and its bytes begin. Only what
the contracts of this repository take is encoded: words and strings; the ABI knows more.
"""

from __future__ import annotations


def encode_word(value: int | bytes) -> bytes:
    """Return an integer, or bytes such as an address, as a word.

    >>> encode_word(b"\\xbb" * 20) == encode_word(int.from_bytes(b"\\xbb" * 20))
    True
    """
    return value.to_bytes(32, "big") if isinstance(value, int) else value.rjust(32, b"\0")


def encode_arguments(*arguments: int | bytes | str) -> bytes:
    """Return the ABI encoding of words and strings.

    >>> encode_arguments("TOY", 5).hex(" ", 32).split()[0][-2:]  # the string begins at byte 0x40
    '40'
    """
    heads, tails = b"", b""
    for argument in arguments:
        if isinstance(argument, str):
            data = argument.encode()
            heads += encode_word(32 * len(arguments) + len(tails))
            tails += encode_word(len(data)) + data + bytes(-len(data) % 32)
        else:
            heads += encode_word(argument)
    return heads + tails
