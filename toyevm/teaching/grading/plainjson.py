"""JSON from a stranger: bounded in size, depth, parts and the length of its numbers before Python's parser sees it."""

from __future__ import annotations

import json
import re
from typing import Any

from toyevm.errors import InputError

DEEPEST = 100
MOST_PARTS = 1 << 19  # lists and objects: three bytes of text can become a hundred of memory
# Possessive, and never failing once begun: on hostile input a plain pattern would take quadratic time.
_LITERALS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_LONG_NUMBER = re.compile(rb"[0-9]{2000}")


def read_json(data: bytes, most: int = 1 << 24) -> Any:
    """Return the document in `data`.

    Raises:
        InputError: it is not JSON in UTF-8, or larger than `most` bytes, or nested deeper than anything we write.

    >>> read_json(b'{"a": [1, "["]}')
    {'a': [1, '[']}
    >>> read_json(b"[" * 1_000)
    Traceback (most recent call last):
    toyevm.errors.InputError: too deep (expected at most 100 levels)
    """
    check_json(data, most)
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)  # of bytes it would guess the encoding
    except (ValueError, RecursionError):
        raise InputError("not JSON") from None


def check_json(data: bytes, most: int) -> None:
    """Raise InputError when a parser should not see this."""
    if len(data) > most:
        raise InputError("too large", expected=f"at most {most:,} bytes")
    bare = _LITERALS.sub(b"", data)
    if bare.count(b"[") + bare.count(b"{") > MOST_PARTS:
        raise InputError("too many parts", expected=f"at most {MOST_PARTS:,} lists and objects")
    if _depth(bare) > DEEPEST:
        raise InputError("too deep", expected=f"at most {DEEPEST} levels")
    if _LONG_NUMBER.search(bare):
        raise InputError("a number is too long", expected="fewer than 2,000 digits")


def _depth(text: bytes) -> int:
    """Return how deep brackets are nested."""
    deepest = depth = 0
    for bracket in re.findall(rb"[][{}]", text):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
