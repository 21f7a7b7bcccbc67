"""FRI by hand: fold a word in halves, follow a query through the folds, and try to guess which one comes.

`fold` is that of `toyevm.rollups.zk.fri`, by two: f(x) and f(-x) become one value, at x^2.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import combinations
from random import Random

from toyevm.teaching.lessons.polynomials.field import GENERATOR, P, domain, extend, inverse, through
from toyevm.teaching.lessons.polynomials.machine import BLOWUP, COUNT, POINTS, ROWS, extended, quotient_word

BETAS = (7, 31, 60)  # the challenges of the lesson, drawn once
PAIRS = COUNT * BLOWUP // 2


def fold_pair(left: int, right: int, x: int, beta: int) -> int:
    """Return (f(x) + f(-x)) / 2 + beta * (f(x) - f(-x)) / (2x).

    >>> fold_pair(5 + 2 * 3, 5 - 2 * 3, 3, 10)
    25
    """
    return ((left + right) * inverse(2) + beta * (left - right) * inverse(2 * x)) % P


def fold(values: Sequence[Sequence[int]], at: Sequence[int], beta: int) -> list[int]:
    """Return the folded word, from values[0][i] = f(at[i]) and values[1][i] = f(-at[i])."""
    return [fold_pair(left, right, x, beta) for left, right, x in zip(*values, at, strict=True)]


def fold_down(word: Sequence[int], betas: Sequence[int] = BETAS) -> list[list[int]]:
    """Return a word on the coset of the generator and what each fold makes of it."""
    words, shift = [list(word)], GENERATOR
    for beta in betas:
        last, half = words[-1], len(words[-1]) // 2
        words.append(fold([last[:half], last[half:]], domain(len(last), shift)[:half], beta))
        shift = shift * shift % P
    return words


def places(index: int, size: int = COUNT * BLOWUP, folds: int = len(BETAS)) -> list[tuple[int, int]]:
    """Return which two places of each word a query opens.

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


def tries_to_guess(queries: int, seed: int = 0) -> int:
    """Return how many proofs of the false rows a liar makes until one is accepted; all 1,820 of them, if none is.

    In each, the first folded word is that of a polynomial which agrees with the false quotient on four pairs of points.
    The pairs that are looked at come from a hash of that word.
    """
    word, beta, half = quotient_word(extended(FALSE_ROWS)), BETAS[0], PAIRS
    folded = fold([word[:half], word[half:]], POINTS[:half], beta)
    choices = list(combinations(range(half), 4))
    Random(seed).shuffle(choices)
    for tried, kept in enumerate(choices, 1):
        near = extend(through({POINTS[i]: word[i] for k in kept for i in (k, k + half)}), BLOWUP, GENERATOR)
        claimed = fold([near[:half], near[half:]], POINTS[:half], beta)
        drawn = blake2b(bytes(claimed)).digest()[:queries]
        if all(claimed[each % half] == folded[each % half] for each in drawn):
            return tried
    return len(choices)
