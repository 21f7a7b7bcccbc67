"""A trace, read off its own proof: the rows that queries open are points of polynomials with few coefficients."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.rollups.zk.field import GENERATOR, Elements, P, elements, root_of_unity
from toyevm.rollups.zk.stark import opened_rows
from toyevm.teaching.kit.stark.tampering import Proven


def rebuilt(proven: Proven) -> Elements | None:
    """Return the trace, from nothing but what the verifier knows; None, if the proof opens too few rows."""
    size, blowup = proven.size, proven.parameters.blowup
    rows = opened_rows(proven.air, size, proven.proof, proven.parameters)
    if len(rows) < size:
        return None
    places = list(rows)[:size]
    long = root_of_unity(size * blowup)
    at = [GENERATOR * pow(long, place, P) % P for place in places]
    weights = [lagrange(at, pow(root_of_unity(size), row, P)) for row in range(size)]
    known = [rows[place].tolist() for place in places]
    columns = list(zip(*known, strict=True))
    return elements([[sum(map(int.__mul__, line, column)) % P for column in columns] for line in weights])


def lagrange(at: Sequence[int], x: int) -> list[int]:
    """Return how much each value at the points `at` counts for the value at x, of the polynomial through them."""
    above = 1
    for point in at:
        above = above * (x - point) % P
    found = []
    for j, point in enumerate(at):
        below = x - point
        for k, other in enumerate(at):
            if k != j:
                below = below * (point - other) % P
        found.append(above * pow(below, -1, P) % P)
    return found
