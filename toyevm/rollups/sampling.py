"""Whether data is there, found out by asking for a few cells of it: Reed–Solomon code, samplers, and their odds.

64 cells of data become 128, and any 64 of those give back the rest. So whoever wants to withhold the data must hide
more than half of the cells, and who asks for a few at random will very likely hit one that is hidden.

The code here is slow and small, to be read: a cell has one byte of every stripe of 64 bytes, and the field has 257
elements. On Ethereum a blob is one polynomial over a field of 255 bits, a cell is 64 of its values, and every cell
comes with a proof: see `toyevm.rollups.kzg`. The numbers 64 and 128 are the same, and so are the odds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, inf, prod, sqrt
from random import Random

from toyevm.errors import InputError

PRIME = 257  # the least prime field in which every byte is an element
CELLS = 128  # of an extended blob
ENOUGH = 64  # of them to recover the others
SAMPLES = 8  # that a node asks for (EIP-7594)

Stripe = tuple[int, ...]  # the values of one polynomial
Column = tuple[int, ...]  # what a cell holds: the value of every stripe's polynomial at one point


# The code: a polynomial of degree below 64 is known from any 64 of its values


def lagrange_weights(points: Sequence[int], x: int) -> list[int]:
    """Return by what to multiply the values at `points`, so that the sum is the value at `x`.

    >>> lagrange_weights([0, 1], 2)  # on a line: f(2) = 2 f(1) - f(0)
    [256, 2]
    """

    def weight(point: int) -> int:
        others = [other for other in points if other != point]
        above, below = prod(x - other for other in others), prod(point - other for other in others)
        return above * pow(below, -1, PRIME) % PRIME

    return [weight(point) for point in points]


def evaluate(values: Mapping[int, Column], x: int) -> Column:
    """Return the values at `x` of the polynomials that have `values` at their points."""
    if x in values:
        return values[x]
    weights = lagrange_weights(list(values), x)
    return tuple(
        sum(weight * value for weight, value in zip(weights, stripe, strict=True)) % PRIME
        for stripe in zip(*values.values(), strict=True)
    )


def extend(data: bytes) -> tuple[Column, ...]:
    """Return the 128 cells of some data: its bytes, 64 in a stripe, are in the first 64, the rest is redundancy.

    The last stripe is filled up with zeros.
    """
    stripes = -(-len(data) // ENOUGH)
    padded = data.ljust(stripes * ENOUGH, b"\0")
    systematic = {x: tuple(padded[x::ENOUGH]) for x in range(ENOUGH)}
    return tuple(evaluate(systematic, x) for x in range(CELLS))


def recover(cells: Mapping[int, Column]) -> tuple[Column, ...]:
    """Return all 128 cells from any 64 or more, by their place.

    Raises:
        InputError: fewer than 64, a place or a value that there is not, or cells that are not of one blob: a
            polynomial through 64 of them misses another.
    """
    _check_cells(cells)
    known = dict(sorted(cells.items())[:ENOUGH])
    recovered = tuple(evaluate(known, x) for x in range(CELLS))
    for place, cell in cells.items():
        if recovered[place] != cell:
            raise InputError(f"cell {place} does not fit the others", expected="cells of one extended blob")
    return recovered


def data_of(cells: Sequence[Column], size: int) -> bytes:
    """Return the first `size` bytes of the data in the 128 cells; raise InputError if they hold no such data."""
    _check_cells(dict(enumerate(cells)))
    values = [value for stripe in zip(*cells[:ENOUGH], strict=True) for value in stripe]
    if not 0 <= size <= len(values) or max(values, default=0) > 255:
        raise InputError("no data in these cells", expected=f"{size} values below 256")
    return bytes(values[:size])


def _check_cells(cells: Mapping[int, Column]) -> None:
    if len(cells) < ENOUGH:
        raise InputError(f"{len(cells)} cells", expected=f"{ENOUGH} or more of {CELLS}")
    wrong = [place for place in cells if not 0 <= place < CELLS]
    if wrong:
        raise InputError(f"no cell {wrong[0]}", expected=f"a place from 0 to {CELLS - 1}")
    if len({len(cell) for cell in cells.values()}) > 1:
        raise InputError("cells of several lengths", expected="one value of every stripe in each")
    for place, cell in cells.items():
        if not all(0 <= value < PRIME for value in cell):
            raise InputError(f"cell {place} is out of the field", expected=f"values below {PRIME}")


def _check_counts(cells: int, hidden: int, samples: int) -> None:
    if not (0 <= hidden <= cells and 0 <= samples <= cells and cells):
        raise InputError(f"{hidden} hidden and {samples} samples of {cells} cells", expected="at most all of them")


# The odds of one sampler


def miss_probability(cells: int = CELLS, hidden: int = ENOUGH + 1, samples: int = SAMPLES) -> Fraction:
    """Return how likely all samples are cells that are not hidden: nobody asks for one cell twice (hypergeometric).

    >>> f"{float(miss_probability(128, 65, 8)):.2%} {float(Fraction(1, 2) ** 8):.2%}"
    '0.27% 0.39%'
    """
    _check_counts(cells, hidden, samples)
    return Fraction(comb(cells - hidden, samples), comb(cells, samples))


def miss_bound(cells: int = CELLS, hidden: int = ENOUGH + 1, samples: int = SAMPLES) -> Fraction:
    """Return the same for who may ask for a cell again: never less; at most 2**-samples if half or more is hidden."""
    _check_counts(cells, hidden, samples)
    return Fraction(cells - hidden, cells) ** samples


def least_samples(risk: float | Fraction, cells: int = CELLS, hidden: int = ENOUGH + 1) -> int:
    """Return the smallest number of samples that all miss with a probability of `risk` at most.

    >>> [least_samples(risk) for risk in (0.01, 1e-6, 1e-9)]
    [7, 18, 25]
    """
    if not risk >= 0 or not 0 < hidden <= cells:
        raise InputError(f"no number of samples for a risk of {risk}", expected="0 or more, with a cell hidden")
    return next(samples for samples in range(cells + 1) if miss_probability(cells, hidden, samples) <= risk)


@dataclass(frozen=True)
class MissCount:
    """How often samplers were fooled, in `trials` trials (simulated); `probability` is the exact one of each."""

    misses: int
    trials: int
    probability: Fraction

    @property
    def rate(self) -> float:
        return self.misses / self.trials

    @property
    def sigmas(self) -> float:
        """How many standard deviations of the binomial the count is away from what is expected.

        Where every trial has to end alike, there is no deviation: 0 as expected, and infinitely many otherwise.
        """
        p = float(self.probability)
        away = self.misses - self.trials * p
        return away / sqrt(self.trials * p * (1 - p)) if 0 < p < 1 else away and inf


def count_misses(
    trials: int, random: Random, *, cells: int = CELLS, hidden: int = ENOUGH + 1, samples: int = SAMPLES
) -> MissCount:  # fmt: skip
    """Let so many nodes ask for random cells, and count those that meet none of the hidden ones.

    Which cells are hidden does not matter to who asks at random: it is the first ones.
    """
    if trials < 1:
        raise InputError(f"{trials} trials", expected="at least one")
    probability, places = miss_probability(cells, hidden, samples), range(cells)
    misses = sum(min(random.sample(places, samples), default=cells) >= hidden for _ in range(trials))
    return MissCount(misses, trials, probability)


# Many samplers together: what they hold is the data again


def recovery_probability(nodes: int, *, cells: int = CELLS, hidden: int = 0, samples: int = SAMPLES) -> Fraction:
    """Return how likely so many nodes together hold half of the cells, and so can rebuild all of them.

    Exact, node by node: of the cells not held yet, a node draws a hypergeometric number. It is 0 if more than half is
    hidden. With nothing hidden it also says how many nodes a withholder can fool who answers whatever is asked: none
    of them misses a cell, and then together they have the data.

    >>> [f"{float(recovery_probability(nodes)):.3f}" for nodes in (8, 11, 14)]
    ['0.000', '0.697', '1.000']
    """
    _check_counts(cells, hidden, samples)
    there, draws, enough = cells - hidden, comb(cells, samples), cells // 2
    odds = {0: Fraction(1)}
    for _ in range(nodes):
        after: dict[int, Fraction] = {}
        for held, chance in odds.items():
            for new in range(min(samples, there - held) + 1):
                ways = comb(there - held, new) * comb(cells - there + held, samples - new)
                after[held + new] = after.get(held + new, Fraction(0)) + chance * Fraction(ways, draws)
        odds = after
    return sum((chance for held, chance in odds.items() if held >= enough), Fraction(0))


def nodes_to_recover(random: Random, *, cells: int = CELLS, samples: int = SAMPLES) -> int:
    """Return after how many nodes, each with its own random cells, half of them are held by somebody (simulated)."""
    _check_counts(cells, 0, samples)
    if not samples:
        raise InputError("nodes without samples", expected="at least one sample each")
    held: set[int] = set()
    nodes = 0
    while len(held) < cells // 2:
        held.update(random.sample(range(cells), samples))
        nodes += 1
    return nodes
