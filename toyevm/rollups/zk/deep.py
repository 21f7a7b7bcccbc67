"""DEEP: what was claimed about the columns at a point outside the domain, as one word that is of low degree if true.

Sum of g * (column(x) - column(z)) / (x - z), each column with a random factor g of its own, and as much for z times
omega. Independent factors: powers of a single one would cost security with each column. Source: eprint 2019/336.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toyevm.rollups.zk.extension import DEGREE, Inverter, embed, inverse_extended, multiply_extended, scale
from toyevm.rollups.zk.field import Elements, Rows, add, linear, split, subtract
from toyevm.rollups.zk.parallel import ALONE, Team

DEEP_ROWS = 2048  # of a block: the word has five columns only


@dataclass(frozen=True)
class Opened:
    """A point, which columns are opened there, and their values; `factors` has one row a column."""

    point: Elements
    columns: list[int]
    values: Elements
    factors: Elements


def deep_word_slowly(rows: tuple[Rows, Rows], at: Elements, opened: list[Opened]) -> Elements:
    """Return the word as the formula has it, a column after the other: the clear twin of `deep_word`."""
    columns = np.concatenate(rows, axis=1).astype(np.uint64)
    word = np.zeros((len(at), DEGREE), dtype=np.uint64)
    for one in opened:
        below = inverse_extended(subtract(embed(at), one.point))
        for column, value, factor in zip(one.columns, one.values, one.factors, strict=True):
            difference = subtract(embed(columns[:, column]), value)
            word = add(word, multiply_extended(factor, multiply_extended(difference, below)))
    return word


def deep_word(rows: tuple[Rows, Rows], at: Elements, opened: list[Opened], team: Team = ALONE) -> Elements:
    """Return the word at the points `at`, from the trace's and the quotient's rows there."""
    trace_width, chunk_width = (part.shape[1] for part in rows)
    mixing = _mixing(trace_width + chunk_width, opened)
    of_trace, of_chunks = split(mixing[:, :trace_width]), split(mixing[:, trace_width:])
    points = [(_claim(one), Inverter(one.point)) for one in opened]
    word = team.array((len(at), DEGREE), np.uint64)

    def fill(some: slice) -> None:
        for start in range(some.start, some.stop, DEEP_ROWS):
            block = slice(start, min(start + DEEP_ROWS, some.stop))
            mixed = add(linear(of_trace, rows[0][block].T), linear(of_chunks, rows[1][block].T))
            word[block] = _deep_block(mixed, at[block], points)

    team.share(fill, len(at))
    return word


def _mixing(width: int, opened: list[Opened]) -> Elements:
    """Return the matrix of all factors, five rows for each point: what is not opened there counts zero times."""
    matrix = np.zeros((len(opened), DEGREE, width), dtype=np.uint64)
    for part, one in zip(matrix, opened, strict=True):
        part[:, one.columns] = one.factors.T
    return matrix.reshape(-1, width)


def _claim(one: Opened) -> Elements:
    """Return the sum of the claimed values, each times its factor."""
    claimed = multiply_extended(one.values, one.factors)
    return linear(np.ones((1, len(claimed)), dtype=np.uint64), claimed)


def _deep_block(mixed: Elements, at: Elements, points: list[tuple[Elements, Inverter]]) -> Elements:
    total = np.zeros((len(at), DEGREE), dtype=np.uint64)
    for part, (claim, inverter) in zip(mixed.reshape(len(points), DEGREE, -1), points, strict=True):
        total = add(total, multiply_extended(subtract(part.T, claim), inverter.inverse_differences(at)))
    return total


def values_at(coefficients: Elements | Rows, rising: Elements) -> Elements:
    """Return the values of polynomials (one a column) at a point of the extension, by its powers: one row a column."""
    return linear(rising.T, coefficients).T


def next_point(z: Elements, root: int) -> Elements:
    """Return z times the generator of the trace's domain: there, a column has its next row's value."""
    return scale(z, np.array(root, dtype=np.uint64))
