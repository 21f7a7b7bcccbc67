"""FRI by hand: fold a list of values in halves, and follow a query through the folds.

`fold` is that of `toyevm.rollups.zk.fri`, by two: f(x) and f(-x) become one value, at x^2.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.teaching.lessons.polynomials.field import GENERATOR, P, domain, inverse
from toyevm.teaching.lessons.polynomials.machine import BLOWUP, COUNT, ROWS

BETAS = (7, 31, 60)  # the challenges of the lesson, drawn once


def fold_pair(left: int, right: int, x: int, beta: int) -> int:
    """Return (f(x) + f(-x)) / 2 + beta * (f(x) - f(-x)) / (2x).

    >>> fold_pair(5 + 2 * 3, 5 - 2 * 3, 3, 10)
    25
    """
    return ((left + right) * inverse(2) + beta * (left - right) * inverse(2 * x)) % P


def fold(values: Sequence[int], shift: int, beta: int) -> list[int]:
    """Return what a fold makes of the values of a polynomial on a coset."""
    half, at = len(values) // 2, domain(len(values), shift)
    return [fold_pair(values[k], values[k + half], at[k], beta) for k in range(half)]


def fold_down(values: Sequence[int], betas: Sequence[int] = BETAS) -> list[list[int]]:
    """Return values on the coset of the generator, and what each fold makes of them."""
    lists, shift = [list(values)], GENERATOR
    for beta in betas:
        lists.append(fold(lists[-1], shift, beta))
        shift = shift * shift % P
    return lists


def places(index: int, size: int = COUNT * BLOWUP, folds: int = len(BETAS)) -> list[tuple[int, int]]:
    """Return which two places of each list a query opens.

    >>> places(21)
    [(5, 21), (5, 13), (1, 5)]
    """
    found = []
    for _ in range(folds):
        size //= 2
        index %= size
        found.append((index, index + size))
    return found


FALSE_ROWS = (*ROWS[:-1], 77)
