"""All constraints of an AIR in one polynomial: each divided by what vanishes where it holds, times a random factor.

A trace that breaks one has a quotient that is no polynomial. The prover computes quotients on a domain, the verifier at
one point; the formula is the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.extension import (
    DEGREE,
    embed,
    inverse_extended,
    multiply_extended,
    power_extended,
    powers_extended,
    scale,
)
from toyevm.rollups.zk.field import (
    BLOCK_ROWS,
    GENERATOR,
    Elements,
    P,
    Rows,
    add,
    elements,
    inverse,
    linear,
    multiply,
    power,
    root_of_unity,
    subtract,
)
from toyevm.rollups.zk.ntt import domain, interpolate


def chunk_count(air: Air) -> int:
    """Return into how many polynomials of the trace's length the quotient is cut."""
    return max(1, air.degree - 1)


def quotient_chunks(air: Air, extended: Rows, size: int, factors: Elements) -> Elements:
    """Return the coefficients of the quotient, cut: five columns a chunk, one for each coefficient of the extension."""
    spread = 1 << (chunk_count(air) - 1).bit_length()  # a power of two of trace lengths holds the quotient
    step = len(extended) // (size * spread)
    if not step:
        raise ValueError(f"constraints of degree {air.degree} need a blowup of {spread}")
    rows = extended[::step]
    at, periodic = domain(len(rows), GENERATOR), _periodic_on_domain(air, size, spread)
    above = np.resize(inverse(subtract(power(at[:spread], size), elements([1]))), len(rows))
    above = multiply(above, subtract(at, elements([_last(size)])))
    quotient = np.empty((len(rows), DEGREE), dtype=np.uint64)
    for start in range(0, len(rows), BLOCK_ROWS):
        some = slice(start, start + BLOCK_ROWS)
        ahead = rows[np.arange(start + spread, start + spread + len(at[some])) % len(rows)]
        now = rows[some].T.astype(np.uint64)
        following = ahead[:, list(air.looks_ahead)].T.astype(np.uint64)
        residues = multiply(air.evaluate(now, following, periodic[:, some]), above[None, some])
        boundary = _boundary_on_domain(air, now, at[some], size)
        quotient[some] = linear(factors.T, np.concatenate([residues, boundary])).T
    coefficients = interpolate(quotient, GENERATOR)[: chunk_count(air) * size]
    return coefficients.reshape(-1, size, DEGREE).transpose(1, 0, 2).reshape(size, -1)


def _last(size: int) -> int:
    return pow(root_of_unity(size), -1, P)


def _boundary_on_domain(air: Air, now: Elements, at: Elements, size: int) -> Elements:
    below = {cell.row: inverse(subtract(at, elements([_point(size, cell.row)]))) for cell in air.boundary}
    found = [multiply(subtract(now[c.column], elements([c.value])), below[c.row]) for c in air.boundary]
    return np.array(found, dtype=np.uint64).reshape(len(found), len(at))


def _point(size: int, row: int) -> int:
    return pow(root_of_unity(size), row, P)


def _periodic_on_domain(air: Air, size: int, spread: int) -> Elements:
    """Return the periodic columns on the quotient's domain: polynomials in x^(size / period), so they repeat."""
    columns = [np.zeros((0, size * spread), dtype=np.uint64)]
    for values in air.periodic:
        at = domain(len(values) * spread, pow(GENERATOR, size // len(values), P))
        rising = np.stack([power(at, k) for k in range(len(values))], axis=-1)
        short = linear(rising, interpolate(elements(values)[:, None]))[:, 0]
        columns.append(np.resize(short, (1, size * spread)))
    return np.concatenate(columns)


def composition_at(air: Air, size: int, z: Elements, now: Elements, ahead: Elements, factors: Elements) -> Elements:
    """Return the quotient at a point of the extension, from the columns' values there and at the next point."""
    periodic = np.stack([_periodic_at(values, size, z) for values in air.periodic] or [z])[: len(air.periodic), None]
    residues = air.evaluate(now[:, None], ahead[:, None], periodic)[:, 0]
    last = subtract(z, embed(elements(_last(size))))
    above = multiply_extended(last, inverse_extended(subtract(power_extended(z, size), _one())))
    found = list(multiply_extended(residues, above))
    for cell in air.boundary:
        below = inverse_extended(subtract(z, embed(elements(_point(size, cell.row)))))
        found.append(multiply_extended(subtract(now[cell.column], embed(elements(cell.value))), below))
    return _sum(multiply_extended(np.stack(found), factors))


def _periodic_at(values: Sequence[int], size: int, z: Elements) -> Elements:
    coefficients = interpolate(elements(values)[:, None])[:, 0]
    rising = powers_extended(power_extended(z, size // len(values)), len(values))
    return _sum(scale(rising, coefficients))


def joined_chunks(air: Air, size: int, z: Elements, chunks: Elements) -> Elements:
    """Return the quotient at z from its chunks' columns there: the sum of u^j * z^(size * k) * column (k, j)."""
    weights = powers_extended(power_extended(z, size), chunk_count(air))[:, None]
    return _sum(multiply_extended(multiply_extended(weights, np.eye(DEGREE, dtype=np.uint64)).reshape(-1, 5), chunks))


def _one() -> Elements:
    return embed(elements(1))


def _sum(terms: Elements) -> Elements:
    total = np.zeros(DEGREE, dtype=np.uint64)
    for term in terms:
        total = add(total, term)
    return total
