"""Whatever is changed in a trace of payments, a constraint notices it, but for cells that nobody reads."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from tests.rollups.zk.payments.batches import random_accounts
from toyevm.rollups.zk.air import Air, broken_constraints
from toyevm.rollups.zk.field import Elements, P, elements, multiply, subtract
from toyevm.rollups.zk.payments.air import PaymentStatement, family_sizes, payments_air
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.layout import (
    AMOUNT_BITS,
    BALANCE_BITS,
    BIT,
    BUMP,
    COLUMNS,
    DIGEST,
    DIGEST_ROW,
    HALF,
    NEW,
    OLD,
    PAYMENT_ROWS,
    ROOT,
)
from toyevm.rollups.zk.payments.trace import payments_trace
from toyevm.rollups.zk.payments.values import BRIDGE, ProvenPayment
from toyevm.rollups.zk.poseidon2 import WIDTH
from toyevm.rollups.zk.poseidon2_trace import permutation_columns

TREE = random_accounts(Random(8))
PAYMENTS = [
    ProvenPayment(1, 2, 5, TREE.leaf(1).nonce),
    ProvenPayment(BRIDGE, 4, 9, None),
    ProvenPayment(7, 7, 3, TREE.leaf(7).nonce),
    ProvenPayment(2**13, 3, 0, 0),
]
STATEMENT = PaymentStatement(TREE.root, TREE.after(PAYMENTS).root, batch_digest(PAYMENTS), len(PAYMENTS))
AIR = payments_air(STATEMENT)
TRACE = payments_trace(TREE, PAYMENTS)
LAST = len(TRACE) - 1
PERMUTATIONS = [range(where.start, where.stop) for where in (OLD, NEW)]
INPUTS = {column for where in PERMUTATIONS for column in where[:WIDTH]}
ARE_BITS = {BIT, BUMP, *range(BALANCE_BITS.start, AMOUNT_BITS.stop)}

# Where no digit stands: beside the leaves, the digest and the rest.
DIGITS = {(row, column) for row in (0, DIGEST_ROW, HALF, 2 * HALF - 1) for column in range(BIT, COLUMNS)}
# Permutations that nobody reads: a right one may be another right one.
UNREAD = {(row, column) for row, where in ((DIGEST_ROW, NEW), (2 * HALF - 1, OLD), (2 * HALF - 1, NEW))
          for column in range(where.start, where.stop)}  # fmt: skip


def unnoticed(row: int, again: bool) -> set[tuple[int, int]]:
    """Return the cells of a row whose change breaks nothing, each tried alone; `again`: its row is hashed again."""
    changed = np.repeat(TRACE[row][None], COLUMNS, axis=0)
    for column in range(COLUMNS):
        old = int(TRACE[row, column])
        changed[column, column] = 1 - old if column in ARE_BITS and old < 2 else (old + 12_345) % P
    for where in PERMUTATIONS if again else ():
        inputs = list(where[:WIDTH])
        changed[inputs, where.start : where.stop] = permutation_columns(changed[inputs][:, inputs].T)[0].T
    before, after = TRACE[row - 1], TRACE[(row + 1) % len(TRACE)]
    breaks = broken_between(before, changed, row - 1) | broken_between(changed, after, row)
    public = {cell.column for cell in AIR.boundary if cell.row == row}
    return {(row % PAYMENT_ROWS, column) for column in range(COLUMNS) if not breaks[column] and column not in public}


def broken_between(now: Elements, following: Elements, row: int) -> Elements:
    """Return for which of many pairs of rows a constraint is not zero; none counts from the last row to the first."""
    if row in (-1, LAST):
        return np.zeros(COLUMNS, dtype=np.bool_)
    now, following = (np.broadcast_to(rows, (COLUMNS, COLUMNS)).T for rows in (now, following))
    periodic = elements([[values[row % PAYMENT_ROWS]] * COLUMNS for values in AIR.periodic])
    found: Elements = AIR.evaluate(now, following[list(AIR.looks_ahead)], periodic).any(axis=0)
    return found


@pytest.mark.parametrize("payment", range(len(PAYMENTS)))
def test_cells_whose_change_nobody_notices_are_those_that_nobody_reads(payment: int) -> None:
    rows = range(payment * PAYMENT_ROWS, (payment + 1) * PAYMENT_ROWS)
    in_the_last = {cell for cell in UNREAD if cell[0] == PAYMENT_ROWS - 1} if rows[-1] == LAST else set()
    assert set().union(*(unnoticed(row, again=False) for row in rows)) == DIGITS | in_the_last
    inputs = {cell for cell in UNREAD if cell[1] in INPUTS}
    assert set().union(*(unnoticed(row, again=True) for row in rows)) == DIGITS | in_the_last | inputs


def test_all_of_them_at_once_change_nothing_that_is_proven() -> None:
    trace, random = TRACE.copy(), np.random.default_rng(1)
    cells = trace.reshape(-1, PAYMENT_ROWS, COLUMNS)
    for row, column in DIGITS:
        cells[:, row, column] = random.integers(2 if column in ARE_BITS else P, size=len(cells), dtype=np.uint64)
    for row, where in ((DIGEST_ROW, NEW), (PAYMENT_ROWS - 1, OLD), (PAYMENT_ROWS - 1, NEW)):
        states = random.integers(P, size=(WIDTH, len(cells)), dtype=np.uint64)
        cells[:, row, where] = permutation_columns(states)[0].T
    assert np.count_nonzero(trace != TRACE) > 2_000
    assert broken_constraints(AIR, trace) == []


@pytest.mark.whole
@pytest.mark.parametrize("without", [(), *((name,) for name in family_sizes() if name != "balances")])
def test_no_cells_are_free_together_given_what_is_paid_and_the_tree_before(without: tuple[str, ...]) -> None:
    """As many linear combinations of small changes go unnoticed as there are idle cells that are no bits.

    Row by row, the derivatives of the constraints are solved for the row; what is left of them is about the next row.
    Without a family there is more; without "balances" it would be bits, which have no small changes.
    """
    unread = 3 * WIDTH + 3 * 4  # what goes into idle permutations, and the three countdowns where no digit stands
    left, free, air = np.zeros((0, len(AIR.looks_ahead)), dtype=np.uint64), 0, payments_air(STATEMENT, without)
    for row in range(PAYMENT_ROWS):
        here, ahead = derivatives(air, row)
        before = np.zeros((len(left), COLUMNS), dtype=np.uint64)
        before[:, AIR.looks_ahead] = left
        now = np.delete(np.concatenate([before, here]), given(row), axis=1)
        following = np.concatenate([np.zeros((len(left), ahead.shape[1]), dtype=np.uint64), ahead])
        rank, left = solved_for(np.concatenate([now, following], axis=1), now.shape[1])
        free += now.shape[1] - rank
    chains = [AIR.looks_ahead.index(column) for column in range(ROOT.start, DIGEST.stop)]  # after the payment
    free += len(chains) - solved_for(left[:, chains], len(chains))[0]
    assert (free > unread) if without else (free == unread)


def given(row: int) -> list[int]:
    """Return the columns of a row that are public, or follow from the tree before."""
    found = list(range(OLD.start, OLD.start + WIDTH)) if row not in (DIGEST_ROW, PAYMENT_ROWS - 1) else []
    return [*found, *range(ROOT.start, BUMP + 1)] if row == 0 else found


def derivatives(air: Air, row: int) -> tuple[Elements, Elements]:
    """Return those of all constraints by each cell of a row, and by each of the next row that is looked at."""
    now, ahead = TRACE[row], TRACE[row + 1, list(AIR.looks_ahead)]
    both = np.concatenate([now, ahead])
    periodic = elements([[values[row]] * len(both) for values in AIR.periodic])
    at = [np.array(both[:, None] + np.uint64(t) * np.eye(len(both), dtype=np.uint64)) % np.uint64(P) for t in (1, 2, 3)]
    one, two, three = (air.evaluate(cells[:COLUMNS], cells[COLUMNS:], periodic) for cells in at)
    total = elements(18 * one.astype(np.int64) - 9 * two.astype(np.int64) + 2 * three.astype(np.int64))
    slopes = multiply(total, elements(pow(6, -1, P)))  # of a polynomial of degree 3 that is 0 at 0
    return slopes[:, :COLUMNS], slopes[:, COLUMNS:]


def solved_for(matrix: Elements, columns: int) -> tuple[int, Elements]:
    """Return how many of the first columns are determined, and the equations that are left for the others."""
    rank = 0
    for column in range(columns):
        rows = rank + np.flatnonzero(matrix[rank:, column])
        if not len(rows):
            continue
        matrix[[rank, rows[0]]] = matrix[[rows[0], rank]]
        line = multiply(matrix[rank], elements(pow(int(matrix[rank, column]), -1, P)))
        others = rank + 1 + np.flatnonzero(matrix[rank + 1 :, column])
        matrix[others] = subtract(matrix[others], multiply(matrix[others, column][:, None], line[None]))
        rank += 1
    rest = matrix[rank:, columns:]
    return rank, rest[rest.any(axis=1)]
