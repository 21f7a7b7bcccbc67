"""How many bits of security a proof has: a table of the rounds, and its minimum, under a named assumption.

A cheater wins a round with some probability; its bits are minus the logarithm. Unique decoding and Johnson are proven
(eprint 2025/2055, theorems 1.3 and 4.2; 2022/1216, theorem 8, for the point outside the domain). Random words is a
conjecture: that only the capacity of list decoding limits a query. The formulas are those of the Ethereum Foundation's
soundcalc (github.com/ethereum/soundcalc), which counts no hash.
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
PROVEN = ("unique decoding", "Johnson")


@dataclass(frozen=True)
class Assumption:
    """How far from the code a word may be (`radius`), how many codewords are as near, and the error of a random sum."""

    name: str
    radius: float
    list_size: float
    sum_error: Callable[[float], float]


def unique_decoding(rate: float, field_size: int) -> Assumption:
    """Return the assumption that holds by theorem up to half the distance."""
    radius = (1 - rate) / 2
    return Assumption("unique decoding", radius, 1, lambda size: (radius * size + 1) / field_size)


def johnson(rate: float, field_size: int, m: int) -> Assumption:
    """Return the assumption that holds by theorem up to Johnson's bound, less 1 / 2m of it."""
    root = sqrt(rate)
    radius, list_size, shifted = 1 - root - root / (2 * m), (m + 0.5) / root, m + 0.5

    def sum_error(size: float) -> float:
        first = (2 * shifted**5 + 3 * shifted * radius * rate) * size / (3 * rate * root)
        return (first + shifted / root) / field_size

    return Assumption(f"Johnson, m = {m}", radius, list_size, sum_error)


def random_words(rate: float, field_size: int) -> Assumption:
    """Return the conjecture: queries up to the capacity of list decoding, where 1 - rate = radius + entropy / log q."""
    radius = 1 - rate
    for _ in range(60):  # a fixed point, near at once: the entropy of a bit, over more than a hundred
        radius = 1 - rate - entropy(radius) / log2(field_size)
    return Assumption("random words (conjecture)", radius, 1, lambda size: size / field_size)


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
        found[f"fold {k}"] = _bits((order - 1) * assumption.sum_error(size))
    found["queries"] = -parameters.queries * log2(1 - assumption.radius) + parameters.grinding
    return found | {"hash": DIGEST * 8 / 2}


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


def _bits(error: float) -> float:
    return -log2(error)
