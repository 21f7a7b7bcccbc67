"""A second computation of a proof's bits, from the formulas of the Ethereum Foundation's soundcalc, in its own terms.

Read from github.com/ethereum/soundcalc in 2026: `proxgaps/unique_decoding.py`, `proxgaps/johnson_bound.py`,
`pcs/fri.py`, `circuits/deep_ali.py`. Exact where it can be; it shares no code with toyevm. It floors each round,
as soundcalc does: a figure of ours agrees if its floor does.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isqrt, log2

PRIME = 2**31 - 2**24 + 1
ROOT_DIGITS = 10**30  # of a square root, so that the rest is exact


@dataclass(frozen=True)
class Circuit:
    """What soundcalc asks for: rows, the inverse of the rate, the AIR's degree and constraints, FRI's numbers."""

    rows: int
    blowup: int
    queries: int
    extension: int
    folds: tuple[int, ...]
    degree: int = 3
    constraints: int = 500
    grinding: int = 16
    opened_at: int = 2  # "max combo": rows of a column that one constraint reads

    @property
    def field(self) -> int:
        return PRIME**self.extension

    @property
    def root(self) -> Fraction:
        return Fraction(isqrt(ROOT_DIGITS**2 // self.blowup), ROOT_DIGITS)


Regime = tuple[Fraction, Fraction, Fraction, Fraction]
"""Radius, list size, and the error of a sum of words of n points as (times n, constant), over the field's size."""


def unique(circuit: Circuit) -> Regime:
    """Corollary 1.4 of eprint 2025/2055."""
    radius = (1 - Fraction(1, circuit.blowup)) / 2
    return radius, Fraction(1), radius, Fraction(1)


def johnson(circuit: Circuit, gap: Fraction | None = None) -> Regime:
    """Theorem 4.2 of eprint 2025/2055; by default at soundcalc's own gap to Johnson's radius."""
    rate, root = Fraction(1, circuit.blowup), circuit.root
    if gap is None:
        gap = root / 100 if circuit.field > 2**150 else max(rate / 20, root / 100)
    radius, m = 1 - root - gap, max(3, ceil(root / gap)) + Fraction(1, 2)
    return radius, 1 / (2 * gap * root), (2 * m**5 + 3 * m * radius * rate) / (3 * rate * root), m / root


def floors(circuit: Circuit, regime: Regime, powers: int | None = None) -> dict[str, int]:
    """Return the bits of each round and the total; `powers`: so many words are batched by the powers of one factor."""
    radius, list_size, slope, constant = regime
    size, field = circuit.rows * circuit.blowup, circuit.field
    errors = {"batching": (slope * size + constant) * ((powers or 2) - 1) / field}
    at = size
    for k, order in enumerate(circuit.folds):
        at //= order
        errors[f"commit round {k + 1}"] = (slope * at + constant) * (order - 1) / field
    errors["ALI"] = list_size * circuit.constraints / field
    excess = circuit.degree * (circuit.rows + circuit.opened_at - 1) + circuit.rows - 1
    errors["DEEP"] = list_size * excess / (field - circuit.rows - size)
    bits = {name: floor(-log2(error)) for name, error in errors.items()}
    bits["query phase"] = floor(circuit.grinding - circuit.queries * log2(1 - radius))
    return bits | {"total": min(bits.values())}
