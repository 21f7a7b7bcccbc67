"""False places of a word, from fold to fold, and what a query sees of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from random import Random

from toyevm.errors import InputError


@dataclass(frozen=True)
class Folding:
    """A word that differs from the nearest polynomial at some places, folded honestly.

    A false value spoils what it is folded into (but for one challenge in billions), so false places never vanish: they
    fall onto places of a shorter word. The prover ends with the true polynomial, so a query says no exactly if the
    place that it reaches in the last word is false.

    Args:
        size: of the word.
        folds: by how much each fold shortens it.
        false: the false places of the word.

    Raises:
        InputError: a false place that the word does not have.
    """

    size: int
    folds: tuple[int, ...]
    false: frozenset[int]

    def __post_init__(self) -> None:
        if wrong := sorted(place for place in self.false if not 0 <= place < self.size):
            raise InputError(f"no place {wrong[0]}", expected=f"0 to {self.size - 1}")

    @property
    def sizes(self) -> list[int]:
        """The size of each word."""
        return [self.size // prod(self.folds[:k]) for k in range(len(self.folds) + 1)]

    @property
    def levels(self) -> list[frozenset[int]]:
        """The false places of each word."""
        return [frozenset(place % size for place in self.false) for size in self.sizes]

    def opened(self, query: int) -> list[list[int]]:
        """Return the places that a query opens in each word but the last, and where it arrives there."""
        places = [[query % (size // order) + k * (size // order) for k in range(order)]
                  for size, order in zip(self.sizes, self.folds, strict=False)]  # fmt: skip
        return [*places, [query % self.sizes[-1]]]

    def says_no(self, query: int) -> bool:
        """Return whether a query at this place notices."""
        return query % self.sizes[-1] in self.levels[-1]

    @property
    def caught(self) -> int:
        """How many of the places notice."""
        return sum(map(self.says_no, range(self.size)))


def false_word(count: int, size: int = 32, folds: Sequence[int] = (2, 2, 2), seed: int = 13) -> Folding:
    """Return a word with so many false places, drawn at random."""
    return Folding(size, tuple(folds), frozenset(Random(seed).sample(range(size), count)))


def at_places(places: Iterable[int], size: int = 32, folds: Sequence[int] = (2, 2, 2)) -> Folding:
    """Return a word that is false at these places."""
    return Folding(size, tuple(folds), frozenset(places))
