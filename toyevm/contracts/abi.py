"""The ABI, the encoding in which contracts take their arguments: one word of 32 bytes for each.

A string does not fit into a word, nor do bytes or arrays of any length. Their word says where, behind all the words,
their length and what they hold begin. Only what the contracts of this repository take is encoded; the ABI knows more.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.errors import InputError
from toyevm.results import TxResult

Argument = int | bytes | str | Sequence[int | bytes]
OF_ANY_LENGTH = ("bytes", "string")


def encode_word(value: Argument) -> bytes:
    """Return an integer, or bytes such as an address, as a word.

    >>> encode_word(b"\\xbb" * 20) == encode_word(int.from_bytes(b"\\xbb" * 20))
    True

    Raises:
        InputError: it does not fit into a word, or is neither.
    """
    if isinstance(value, int) and 0 <= value < 2**256:
        return value.to_bytes(32, "big")
    if isinstance(value, bytes) and len(value) <= 32:
        return value.rjust(32, b"\0")
    raise InputError(f"{value!r:.80} for a word", expected="a number below 2**256, or 32 bytes at most")


def encode_arguments(*arguments: int | bytes | str) -> bytes:
    """Return the ABI encoding of words and strings.

    >>> encode_arguments("TOY", 5).hex(" ", 32).split()[0][-2:]  # the string begins at byte 0x40
    '40'
    """
    return encode_as(["string" if isinstance(argument, str) else "word" for argument in arguments], arguments)


def encode_as(types: Sequence[str], arguments: Sequence[Argument]) -> bytes:
    """Return the ABI encoding of arguments of these types: words, what is `OF_ANY_LENGTH`, and arrays of words (`T[]`).

    Raises:
        InputError: an argument is not of its type.

    >>> encode_as(["bytes"], [b"\\xbb" * 20]).hex(" ", 32).split()[1][-2:]  # its length, in front of the bytes
    '14'
    """
    heads, tails = b"", b""
    for type_, argument in zip(types, arguments, strict=True):
        if type_ in OF_ANY_LENGTH and isinstance(argument, bytes | str):
            heads += encode_word(32 * len(types) + len(tails))
            tails += _encode_bytes(argument.encode() if isinstance(argument, str) else argument)
        elif _is_array_of_words(type_) and isinstance(argument, list | tuple):
            heads += encode_word(32 * len(types) + len(tails))
            tails += encode_word(len(argument)) + b"".join(map(encode_word, argument))
        elif type_ not in OF_ANY_LENGTH and not type_.endswith("]") and not isinstance(argument, str | list | tuple):
            heads += encode_word(argument)
        else:
            raise InputError(f"{argument!r:.80} for {type_}")
    return heads + tails


def _encode_bytes(data: bytes) -> bytes:
    return encode_word(len(data)) + data + bytes(-len(data) % 32)


def _is_array_of_words(type_: str) -> bool:
    element = type_.removesuffix("[]")
    return element != type_ and element not in OF_ANY_LENGTH and not element.endswith("]")


def revert_reason(output: bytes) -> str:
    """Return the words with which a contract reverts: `Error(string)`, as compilers encode it; empty if there are none.

    >>> revert_reason(bytes.fromhex("08c379a0") + (32).to_bytes(32, "big") + (2).to_bytes(32, "big") + b"no")
    'no'
    """
    if output[:4] != bytes.fromhex("08c379a0"):
        return ""
    size = int.from_bytes(output[36:68], "big")
    return output[68 : 68 + size].decode("utf-8", "replace")


def reason_of(result: TxResult) -> str | None:
    """Return why a transaction failed, in the words of the contract where it gave any; None if it did not fail."""
    return None if result.succeeded else revert_reason(result.output) or result.error
