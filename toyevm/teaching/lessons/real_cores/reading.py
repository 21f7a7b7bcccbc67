"""What turns of lesson 08 read: numbers that need not be whole, and what known mistakes lead to."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any, NamedTuple

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, read_pair, repeat, wrong


class Mistake(NamedTuple):
    """A value that is wrong, the belief that leads to it, and what to say."""

    value: float
    belief: str
    text: str


def read_decimal(answer: Any, what: str) -> float:
    """Return a number, whole or not, Python's or another library's, from minus a million to a million.

    Raises:
        InputError: anything else.
    """
    is_number = isinstance(answer, Real) and not isinstance(answer, bool)
    if not is_number or not -1e6 <= answer <= 1e6:
        raise InputError(repeat(answer), expected=f"a number: {what}")
    return float(answer)


def read_two(answer: Any, what: str, example: str) -> tuple[float, float]:
    """Return a pair of numbers."""
    first, second = read_pair(answer, f"a pair of numbers, such as {example}")
    return read_decimal(first, what), read_decimal(second, what)


def known_mistake(mine: float, mistakes: Iterable[Mistake], within: float, shown: str = "") -> Reply | None:
    """Return what to say to a value that a known belief leads to, or None."""
    for value, belief, text in mistakes:
        if abs(mine - value) <= within:
            return wrong(belief, text, shown)
    return None
