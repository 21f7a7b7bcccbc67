"""All constraints of an AIR in one polynomial: each divided by what vanishes where it holds, times a random factor.

A trace that breaks one has a quotient that is no polynomial. The prover computes quotients on a domain, the verifier at
one point; the formula is the same.
"""

from __future__ import annotations

import numpy as np

from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.extension import (
    DEGREE,
    ONE,
    embed,
    inverse_extended,
    multiply_extended,
    power_extended,
    powers_extended,
)
from toyevm.rollups.zk.field import (
    BLOCK_ROWS,
    GENERATOR,
    Elements,
    P,
    Rows,
    add,
    apply,
    elements,
    inverse,
    linear,
    multiply,
    power,
    powers_of,
    reduce,
    root_of_unity,
    split,
    subtract,
)
from toyevm.rollups.zk.ntt import domain, interpolate
from toyevm.rollups.zk.parallel import ALONE, Team


def chunk_count(air: Air) -> int:
    """Return into how many polynomials of the trace's length the quotient is cut."""
    return max(1, air.degree - 1)


def quotient_chunks(air: Air, extended: Rows, size: int, factors: Elements, team: Team = ALONE) -> Elements:
    """Return the coefficients of the quotient, cut: five columns a chunk, one for each coefficient of the extension."""
    spread = 1 << (chunk_count(air) - 1).bit_length()  # a power of two of trace lengths holds the quotient
    step = len(extended) // (size * spread)
    if not step:
        raise ValueError(f"constraints of degree {air.degree} need a blowup of {spread}")
    on = _QuotientDomain(air, extended[::step], size, spread)
    quotient = team.array((len(on.rows), DEGREE), np.uint64)
    team.share(lambda some: _fill_quotient(quotient, on, factors, some), len(quotient))
    coefficients = interpolate(quotient, GENERATOR)[: chunk_count(air) * size]
    return coefficients.reshape(-1, size, DEGREE).transpose(1, 0, 2).reshape(size, -1)


def _fill_quotient(quotient: Elements, on: _QuotientDomain, factors: Elements, some: slice) -> None:
    """Write the quotient of some rows, a block at a time.

    What divides the transitions is the same for all of them: the sum of them is divided.
    """
    count = on.air.transition_count
    of_transitions, of_boundary = split(factors[:count].T), split(factors[count:].T)
    for start in range(some.start, some.stop, BLOCK_ROWS):
        block = slice(start, min(start + BLOCK_ROWS, some.stop))
        now, following = on.columns(block)
        residues = on.air.evaluate(now, following, on.periodic[:, block])
        above = multiply(on.above[block], apply(of_transitions, residues))
        boundary = _boundary_on_domain(on.air, now, on.at[block], on.size)
        quotient[block] = add(above, apply(of_boundary, boundary).astype(np.uint64)).T


class _QuotientDomain:
    """The points that the quotient is computed at, and what is known there before its factors are."""

    def __init__(self, air: Air, rows: Rows, size: int, spread: int) -> None:
        self.air, self.rows, self.size, self._spread = air, rows, size, spread
        self.at, self.periodic = domain(len(rows), GENERATOR), _periodic_on_domain(air, size, spread)
        zeros = np.resize(inverse(subtract(power(self.at[:spread], size), elements([1]))), len(rows))
        self.above = multiply(zeros, subtract(self.at, elements([_point(size, -1)])))

    def columns(self, block: slice) -> tuple[Elements, Elements]:
        """Return all columns of some rows, and those that look ahead of the rows that follow in the trace."""
        ahead = np.arange(block.start, block.stop) + self._spread
        following = self.rows[(ahead % len(self.rows))[:, None], list(self.air.looks_ahead)]
        return self.rows[block].T.astype(np.uint64), following.T.astype(np.uint64)


def _boundary_on_domain(air: Air, now: Elements, at: Elements, size: int) -> Elements:
    rows = {cell.row for cell in air.boundary}
    below = {row: inverse(subtract(at, elements([_point(size, row)]))) for row in rows}
    found = [multiply(subtract(now[c.column], elements([c.value])), below[c.row]) for c in air.boundary]
    return np.array(found, dtype=np.uint64).reshape(len(found), len(at))


def _point(size: int, row: int) -> int:
    """Return the point of the trace's domain that a row belongs to; row -1 is the last."""
    return pow(root_of_unity(size), row, P)


def _periodic_on_domain(air: Air, size: int, spread: int) -> Elements:
    """Return the periodic columns on the quotient's domain: polynomials in x^(size / period), so they repeat."""
    columns = [np.zeros((0, size * spread), dtype=np.uint64)]
    for values in air.periodic:
        at = domain(len(values) * spread, pow(GENERATOR, size // len(values), P))
        short = linear(powers_of(at, len(values)).T, interpolate(elements(values)[:, None]))[:, 0]
        columns.append(np.resize(short, (1, size * spread)))
    return np.concatenate(columns)


def composition_at(air: Air, size: int, z: Elements, now: Elements, ahead: Elements, factors: Elements) -> Elements:
    """Return the quotient at a point of the extension, from the columns' values there and at the next point."""
    residues = air.evaluate(now[:, None], ahead[:, None], _periodic_at(air, size, z)[:, None])[:, 0]
    last = subtract(z, embed(elements(_point(size, -1))))
    above = multiply_extended(last, inverse_extended(subtract(power_extended(z, size), ONE)))
    found = np.concatenate([multiply_extended(residues, above), _boundary_at(air, size, z, now)])
    return _sum(multiply_extended(found, factors))


def _boundary_at(air: Air, size: int, z: Elements, now: Elements) -> Elements:
    rows = sorted({cell.row for cell in air.boundary})
    below = inverse_extended(subtract(z, embed(elements([_point(size, row) for row in rows]))))
    above = subtract(now[[cell.column for cell in air.boundary]], embed(elements([c.value for c in air.boundary])))
    return multiply_extended(above, below[[rows.index(cell.row) for cell in air.boundary]])


def _periodic_at(air: Air, size: int, z: Elements) -> Elements:
    periods = {len(values) for values in air.periodic}
    powers = {period: powers_extended(power_extended(z, size // period), period) for period in periods}
    found = [linear(interpolate(elements(values)[:, None]).T, powers[len(values)]) for values in air.periodic]
    return np.concatenate([np.zeros((0, DEGREE), dtype=np.uint64), *found])


def joined_chunks(air: Air, size: int, z: Elements, chunks: Elements) -> Elements:
    """Return the quotient at z from its chunks' columns there: the sum of u^j * z^(size * k) * column (k, j)."""
    weights = powers_extended(power_extended(z, size), chunk_count(air))[:, None]
    of_columns = multiply_extended(weights, np.eye(DEGREE, dtype=np.uint64)).reshape(-1, DEGREE)
    return _sum(multiply_extended(of_columns, chunks))


def _sum(terms: Elements) -> Elements:
    return reduce(terms.sum(axis=0, dtype=np.uint64))
