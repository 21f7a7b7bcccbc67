"""DEEP: what was claimed about the columns at a point outside the domain, as one word that is of low degree if true.

Sum of g * (column(x) - column(z)) / (x - z), each column with a random factor g of its own, and as much for z times
omega. Independent factors: powers of a single one would cost security with each column. Source: eprint 2019/336.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toyevm.rollups.zk.extension import DEGREE, inverse_differences, multiply_extended, scale
from toyevm.rollups.zk.field import BLOCK_ROWS, Elements, Rows, add, linear, subtract


@dataclass(frozen=True)
class Opened:
    """A point, which columns are opened there, and their values; `factors` has one row a column."""

    point: Elements
    columns: list[int]
    values: Elements
    factors: Elements


def deep_word(rows: tuple[Rows, Rows], at: Elements, opened: list[Opened]) -> Elements:
    """Return the word at the points `at`, from the trace's and the quotient's rows there."""
    word = np.empty((len(at), DEGREE), dtype=np.uint64)
    for start in range(0, len(at), BLOCK_ROWS):
        some = slice(start, start + BLOCK_ROWS)
        columns = np.concatenate([rows[0][some].T, rows[1][some].T]).astype(np.uint64)
        word[some] = _deep_block(columns, at[some], opened)
    return word


def _deep_block(columns: Elements, at: Elements, opened: list[Opened]) -> Elements:
    total = np.zeros((len(at), DEGREE), dtype=np.uint64)
    for one in opened:
        claimed = multiply_extended(one.values, one.factors)
        claim = linear(np.ones((1, len(claimed)), dtype=np.uint64), claimed)
        mixed = linear(one.factors.T, columns[one.columns]).T
        total = add(total, multiply_extended(subtract(mixed, claim), inverse_differences(at, one.point)))
    return total


def values_at(coefficients: Elements, rising: Elements) -> Elements:
    """Return the values of polynomials (one a column) at a point of the extension, by its powers: one row a column."""
    return linear(rising.T, coefficients).T


def next_point(z: Elements, root: int) -> Elements:
    """Return z times the generator of the trace's domain: there, a column has its next row's value."""
    return scale(z, np.array(root, dtype=np.uint64))
