"""A machine with one register, its eight rows, and what makes them right: a constraint and its quotient.

In each step the register is squared, and 1 is added, modulo 97. Lists of 32 are values at `POINTS`, where x times w is
four places further: w has order 8.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.teaching.lessons.polynomials.field import GENERATOR, P, domain, extend, interpolate, inverse

COUNT, BLOWUP, START = 8, 4, 3
H = domain(COUNT)  # row k stands at H[k]
POINTS = domain(COUNT * BLOWUP, GENERATOR)


def run(start: int = START, count: int = COUNT) -> list[int]:
    """Return the rows of the machine.

    >>> run()
    [3, 10, 4, 17, 96, 2, 5, 26]
    """
    rows = [start % P]
    while len(rows) < count:
        rows.append((rows[-1] ** 2 + 1) % P)
    return rows


ROWS = run()


def transitions(now: int, following: int) -> int:
    """Return what is 0 if a step is right."""
    return (following - now * now - 1) % P


def broken_steps(rows: Sequence[int]) -> list[int]:
    """Return from which rows a step is wrong."""
    return [k for k in range(len(rows) - 1) if transitions(rows[k], rows[k + 1])]


def extended(rows: Sequence[int]) -> list[int]:
    """Return the values of some rows' polynomial at the 32 points: a codeword of the Reed-Solomon code."""
    return extend(interpolate(rows), BLOWUP, GENERATOR)


def constraint_values(trace: Sequence[int]) -> list[int]:
    """Return the constraint at each of the 32 points, from the extended rows."""
    return [transitions(trace[i], trace[(i + BLOWUP) % len(trace)]) for i in range(len(trace))]


def zeros_at(x: int) -> int:
    """Return the polynomial at x that is zero on rows 0 to 6, where a step begins, and nowhere else."""
    product = 1
    for point in H[:-1]:
        product = product * (x - point) % P
    return product


ZEROS = [zeros_at(x) for x in POINTS]


def quotient_values(trace: Sequence[int]) -> list[int]:
    """Return the constraint divided by the zeros, point by point."""
    return [c * inverse(z) % P for c, z in zip(constraint_values(trace), ZEROS, strict=True)]
