"""An AIR of the payments' shape that says nothing: two Poseidon2 permutations a row, and columns of bits beside them.

357 columns of degree 3, with 296 cubes of linear combinations, 56 columns opened at the next row too: for measuring the
engine alone.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from toyevm.rollups.zk import poseidon2
from toyevm.rollups.zk.air import Air, BoundaryConstraint, Columns
from toyevm.rollups.zk.field import Elements, add, elements, linear, multiply

PERMUTATION = 164  # columns: 16 inputs, eight full rounds of 16 cubes, 20 partial rounds of one
BITS = 29
AHEAD = (*range(27), *range(2 * PERMUTATION, 2 * PERMUTATION + BITS))


@cache
def cubed() -> tuple[Elements, Elements]:
    """Return the matrix and the constants that make the arguments of the 148 cubes of the 164 columns."""
    state = np.zeros((16, PERMUTATION + 1), dtype=np.uint64)  # the last one is the constant
    state[:, :16] = np.eye(16, dtype=np.uint64)
    arguments, used, state = [], 16, linear(poseidon2.full_matrix(), state)
    first, last = (
        [(row, poseidon2.full_matrix()) for row in c] for c in (poseidon2.FIRST_CONSTANTS, poseidon2.LAST_CONSTANTS)
    )
    for constants, matrix in [*first, *(([c], poseidon2.partial_matrix()) for c in poseidon2.PARTIAL_CONSTANTS), *last]:
        width = len(constants)
        argument = state[:width].copy()
        argument[:, -1] = add(argument[:, -1], elements(constants))
        arguments.append(argument)
        state[:width] = np.eye(PERMUTATION + 1, dtype=np.uint64)[used : used + width]
        used, state = used + width, linear(matrix, state)
    joined = np.concatenate(arguments)
    return joined[:, :-1].copy(), joined[:, -1:].copy()


def wide_trace(rows: int, seed: int = 0) -> Elements:
    """Return a right trace: random inputs, and bits that change with each row."""
    inputs = np.random.default_rng(seed).integers(0, 2**30, (2, 16, rows)).astype(np.uint64)
    bits = np.resize(elements([0, 1]), (BITS, rows))
    return np.concatenate([*(_permutation(part) for part in inputs), bits]).T.copy()


def _permutation(inputs: Elements) -> Elements:
    (matrix, constants), columns = cubed(), [inputs]
    widths = [16] * 4 + [1] * 20 + [16] * 4
    for k, width in enumerate(widths):
        start = sum(widths[:k])
        known = np.concatenate(columns)
        argument = add(linear(matrix[start : start + width, : len(known)], known), constants[start : start + width])
        columns.append(multiply(multiply(argument, argument), argument))
    return np.concatenate(columns)


def wide(trace: Elements) -> Air:
    """Return the AIR."""
    matrix, constants = cubed()

    def cubes(columns: Columns) -> Columns:
        mixed = columns.mixed(matrix)
        argument = mixed + Columns(constants if mixed.values.ndim == 2 else _extended(constants))
        return argument * argument * argument - columns[16:]

    def transitions(now: Columns, following: Columns, _: Columns) -> list[Columns]:
        bits, then = now[2 * PERMUTATION :], following[27:]
        change = then - bits
        return [
            cubes(now[:PERMUTATION]),
            cubes(now[PERMUTATION : 2 * PERMUTATION]),
            bits * bits - bits,
            then + bits - 1,
            change * change * bits - bits,
        ]

    boundary = tuple(BoundaryConstraint(0, k, int(trace[0, k])) for k in range(16))
    width = 2 * PERMUTATION + BITS
    return Air("wide", width, 3, 2 * 148 + 3 * BITS, transitions, boundary, AHEAD)


def _extended(constants: Elements) -> Elements:
    return np.pad(constants[..., None], ((0, 0), (0, 0), (0, 4)))
