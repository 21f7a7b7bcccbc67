"""Poseidon2 as columns of a trace: the state that goes in, and each cube; all else is linear in these.

    input 16    first rounds 4 x 16    partial rounds 20    last rounds 4 x 16

A constraint of degree 3 says that a cube is one. In a partial round only one element is cubed, and so the inputs of all
20 cubes, and the state after them, are linear in the state before and the cubes: one product of matrices.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from toyevm.rollups.zk.air import Columns
from toyevm.rollups.zk.field import Elements, add, elements, linear
from toyevm.rollups.zk.poseidon2 import (
    FIRST_CONSTANTS,
    LAST_CONSTANTS,
    PARTIAL_CONSTANTS,
    RATE,
    WIDTH,
    cube,
    full_matrix,
    partial_matrix,
)

FULL, PARTIAL = len(FIRST_CONSTANTS), len(PARTIAL_CONSTANTS)
CUBES = 2 * FULL * WIDTH + PARTIAL
PERMUTATION_WIDTH = WIDTH + CUBES


@cache
def _partial_rounds() -> tuple[Elements, Elements]:
    """Return what goes into each partial cube, and the state after all, over the state before and the cubes."""
    state = np.eye(WIDTH, WIDTH + PARTIAL, dtype=np.uint64)
    cubed = []
    for k in range(PARTIAL):
        cubed.append(state[0].copy())
        state[0] = np.eye(1, WIDTH + PARTIAL, WIDTH + k, dtype=np.uint64)
        state = linear(partial_matrix(), state)
    return np.stack(cubed), state


def permutation_columns_slowly(states: Elements) -> tuple[Elements, Elements]:
    """Return the columns and the permuted states, round by round: the clear twin of `permutation_columns`."""
    found = [states]
    s = linear(full_matrix(), states)
    for constants in FIRST_CONSTANTS:
        found.append(cube(add(s, _upright(constants))))
        s = linear(full_matrix(), found[-1])
    for constant in PARTIAL_CONSTANTS:
        found.append(cube(add(s[:1], _upright([constant]))))
        s = linear(partial_matrix(), np.concatenate([found[-1], s[1:]]))
    for constants in LAST_CONSTANTS:
        found.append(cube(add(s, _upright(constants))))
        s = linear(full_matrix(), found[-1])
    return np.concatenate(found), s


def permutation_columns(states: Elements) -> tuple[Elements, Elements]:
    """Return the columns for many input states (16 rows, one state a column), and the permuted states."""
    found = [states]
    s = linear(full_matrix(), states)
    for constants in FIRST_CONSTANTS:
        found.append(cube(add(s, _upright(constants))))
        s = linear(full_matrix(), found[-1])
    cubed, after = _partial_rounds()
    known = np.concatenate([s, np.empty((PARTIAL, s.shape[1]), dtype=np.uint64)])
    for k, constant in enumerate(PARTIAL_CONSTANTS):
        end = WIDTH + k
        known[end : end + 1] = cube(add(linear(cubed[k : k + 1, :end], known[:end]), _upright([constant])))
    found.append(known[WIDTH:])
    s = linear(after, known)
    for constants in LAST_CONSTANTS:
        found.append(cube(add(s, _upright(constants))))
        s = linear(full_matrix(), found[-1])
    return np.concatenate(found), s


def permutation_constraints(columns: Columns) -> tuple[list[Columns], Columns]:
    """Return what is zero if the cubes are right, and the permuted state."""
    found = []
    s = columns[:WIDTH].mixed(full_matrix())
    place = WIDTH
    for constants in FIRST_CONSTANTS:
        cubes = columns[place : place + WIDTH]
        found.append(cubes - _cubed(s.plus(elements(constants))))
        s, place = cubes.mixed(full_matrix()), place + WIDTH
    cubed, after = _partial_rounds()
    cubes = columns[place : place + PARTIAL]
    both = s.joined(cubes).mixed(np.concatenate([cubed, after]))
    found.append(cubes - _cubed(both[:PARTIAL].plus(elements(PARTIAL_CONSTANTS))))
    s, place = both[PARTIAL:], place + PARTIAL
    for constants in LAST_CONSTANTS:
        cubes = columns[place : place + WIDTH]
        found.append(cubes - _cubed(s.plus(elements(constants))))
        s, place = cubes.mixed(full_matrix()), place + WIDTH
    return found, s


def compression(columns: Columns) -> tuple[list[Columns], Columns]:
    """Return the constraints of `poseidon2.compress`, and the digest of the two digests that are the input."""
    found, permuted = permutation_constraints(columns)
    return found, permuted[:RATE] + columns[:RATE]


def _cubed(columns: Columns) -> Columns:
    return columns * columns * columns


def _upright(constants: list[int]) -> Elements:
    return elements(constants)[:, None]


def compressed_columns(states: Elements) -> tuple[Elements, Elements]:
    """Return the columns for pairs of digests (16 rows, one pair a column), and their digests (8 rows)."""
    columns, permuted = permutation_columns(states)
    return columns, add(permuted[:RATE], states[:RATE])
