"""How many bits of security a proof has: a table of the rounds, and its minimum, under a named assumption.

A cheater wins a round with some probability; its bits are minus the logarithm. Three assumptions say how far from a
code a cheater's word may be without that showing:

- *unique decoding*, half the distance: proven (eprint 2025/2055, corollary 1.4);
- *Johnson*, where few codewords are as near: proven (2025/2055, theorem 4.2). Its m is a choice: a larger one lets a
  query count for more, and a sum of words for less;
- *random words*: a conjecture, that only the capacity of list decoding limits a query, as if words were random.

A fourth, the "toy problem" (up to 1 - rate), is false: Diamond and Gruen (2025/2010) and Crites and Stewart (2025/2046)
disproved it in November 2025. `query_bits` has it to compare; no table does.

The formulas, with 2022/1216, theorem 8, for the point outside the domain, are those of the Ethereum Foundation's
soundcalc (github.com/ethereum/soundcalc); `tests/rollups/zk/soundcalc.py` computes them a second time. As there, work
counts for queries only, and each constraint counts, although with independent factors all could count as one; that a
quotient may have a coefficient more, and the last three points of a radius, are left out: from 2,048 rows on less
than a tenth of a bit. Ours differs in two ways: it takes the m that gives the most bits, where soundcalc takes 100 or
less, and it counts the hash: two equal digests are found in 2^128 tries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log2, sqrt

from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.extension import DEGREE
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.fri import fri_shape
from toyevm.rollups.zk.merkle import DIGEST
from toyevm.rollups.zk.stark import StarkParameters

MULTIPLICITIES = range(3, 200)
UNIQUE, JOHNSON, RANDOM, TOY = "unique decoding", "Johnson", "random words", "toy problem"
PROVEN = (UNIQUE, JOHNSON)


@dataclass(frozen=True)
class SecuritySet:
    """Parameters that have their name, and the assumption that their level rests on."""

    parameters: StarkParameters
    assumption: str


SECURITY_SETS = {
    "proven": SecuritySet(StarkParameters(blowup=4, queries=87), JOHNSON),
    "small": SecuritySet(StarkParameters(blowup=8, queries=58), JOHNSON),
    "unique": SecuritySet(StarkParameters(blowup=8, queries=102), UNIQUE),
    "conjectured": SecuritySet(StarkParameters(blowup=8, queries=29), RANDOM),
}


@dataclass(frozen=True)
class Assumption:
    """How far from the code a word may be (`radius`), how many codewords are as near, and the error of a random sum."""

    name: str
    radius: float
    list_size: float
    sum_error: Callable[[float], float]


def unique_decoding(rate: float, field_size: int = P**DEGREE) -> Assumption:
    """Return the assumption that holds by theorem up to half the distance."""
    radius = (1 - rate) / 2
    return Assumption(UNIQUE, radius, 1, lambda size: (radius * size + 1) / field_size)


def johnson(rate: float, field_size: int = P**DEGREE, m: int = 40) -> Assumption:
    """Return the assumption that holds by theorem up to Johnson's bound, less the m-th part of a root of the rate.

    Theorem 1.5 of the same paper has half this m, but for two words only: a fold has eight.
    """
    root = sqrt(rate)
    radius, list_size, shifted = 1 - root - root / m, m / (2 * rate), m + 0.5

    def sum_error(size: float) -> float:
        first = (2 * shifted**5 + 3 * shifted * radius * rate) * size / (3 * rate * root)
        return (first + shifted / root) / field_size

    return Assumption(f"{JOHNSON}, m = {m}", radius, list_size, sum_error)


def random_words(rate: float, field_size: int = P**DEGREE) -> Assumption:
    """Return the conjecture: queries up to the capacity of list decoding, where 1 - rate = radius + entropy / log q."""
    radius = 1 - rate
    for _ in range(60):  # a fixed point, near at once: the entropy of a bit, over more than a hundred
        radius = 1 - rate - entropy(radius) / log2(field_size)
    return Assumption(f"{RANDOM} (conjecture)", radius, 1, lambda size: size / field_size)


def query_bits(queries: int, rate: float, assumption: str) -> float:
    """Return the bits of queries alone, with no work: a word at the radius escapes each with 1 - radius.

    Args:
        assumption: one of UNIQUE, JOHNSON (with m = 40), RANDOM and TOY, which is disproved.

    >>> [round(query_bits(50, 1 / 4, one), 1) for one in (UNIQUE, JOHNSON, RANDOM, TOY)]
    [33.9, 48.2, 98.5, 100.0]
    """
    radius = {
        UNIQUE: unique_decoding(rate).radius,
        JOHNSON: johnson(rate).radius,
        RANDOM: random_words(rate).radius,
        TOY: 1 - rate,
    }[assumption]
    return -queries * log2(1 - radius)


def entropy(x: float) -> float:
    """Return the entropy, in bits, of a coin that shows heads with probability x."""
    return -x * log2(x) - (1 - x) * log2(1 - x)


def rounds(
    air: Air, rows: int, parameters: StarkParameters, assumption: Assumption, field_size: int = P**DEGREE
) -> dict[str, float]:
    """Return the bits of each round; the level of a proof is the least of them.

    Work counts for the queries only: it is done after all commitments. Batching has independent factors; each fold
    has the powers of one challenge.
    """
    shape = fri_shape(rows, parameters.blowup, parameters.arity, parameters.final)
    combined = air.transition_count + len(air.boundary)
    outside = air.degree * (rows + 1) + rows - 1
    found = {
        "constraints": _bits(assumption.list_size * combined / field_size),
        "outside the domain": _bits(assumption.list_size * outside / (field_size - rows - shape.size)),
        "batching": _bits(assumption.sum_error(shape.size)),
    }
    for k, (order, size) in enumerate(zip(shape.folds, shape.sizes()[1:], strict=True)):
        found[f"fold {k}"] = by_powers(_bits(assumption.sum_error(size)), order)
    found["queries"] = -parameters.queries * log2(1 - assumption.radius) + parameters.grinding
    return found | {"hash": DIGEST * 8 / 2}


def by_powers(bits: float, words: int) -> float:
    """Return what a sum of words has, if its factors are the powers of one challenge and not independent."""
    return bits - log2(words - 1)


def best_johnson(air: Air, rows: int, parameters: StarkParameters, field_size: int = P**DEGREE) -> Assumption:
    """Return Johnson's assumption at the multiplicity that gives the most bits."""
    every = [johnson(1 / parameters.blowup, field_size, m) for m in MULTIPLICITIES]
    return max(every, key=lambda one: min(rounds(air, rows, parameters, one, field_size).values()))


def security_table(
    air: Air, rows: int, parameters: StarkParameters, field_size: int = P**DEGREE
) -> dict[str, dict[str, float]]:
    """Return the bits of each round under each assumption, with the "minimum"."""
    rate = 1 / parameters.blowup
    assumptions = [
        unique_decoding(rate, field_size),
        best_johnson(air, rows, parameters, field_size),
        random_words(rate, field_size),
    ]
    table = {one.name: rounds(air, rows, parameters, one, field_size) for one in assumptions}
    return {name: bits | {"minimum": min(bits.values())} for name, bits in table.items()}


def proven_bits(air: Air, rows: int, parameters: StarkParameters) -> tuple[float, str]:
    """Return the bits that are proven, and the assumption that they rest on."""
    table = security_table(air, rows, parameters)
    return max((bits["minimum"], name) for name, bits in table.items() if name.startswith(PROVEN))


def security_level(air: Air, rows: int, chosen: SecuritySet) -> tuple[float, str]:
    """Return the bits of a set, the minimum over all rounds, and the assumption that they rest on."""
    table = security_table(air, rows, chosen.parameters)
    return next((bits["minimum"], name) for name, bits in table.items() if name.startswith(chosen.assumption))


def security_text(air: Air, rows: int, parameters: StarkParameters) -> str:
    """Return the table as text: a row for each round, a column for each assumption, the minimum last."""
    table = security_table(air, rows, parameters)
    labels = {"queries": f"queries, work of {parameters.grinding}", "minimum": "minimum: the level"}
    names = list(next(iter(table.values())))
    cells = [[labels.get(name, name), *(f"{bits[name]:.1f}" for bits in table.values())] for name in names]
    lines = [["bits", *table], *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    spaced = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines]
    return "\n".join([*spaced[:-1], "-" * len(spaced[0]), spaced[-1]])


def _bits(error: float) -> float:
    return -log2(error)
