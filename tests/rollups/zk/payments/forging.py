"""Tools of a forger: traces of payments that cannot be made and of trees that are not there, all else in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toyevm.rollups.zk.air import broken_constraints
from toyevm.rollups.zk.field import Elements, P, elements, subtract
from toyevm.rollups.zk.payments import trace as honest
from toyevm.rollups.zk.payments.air import PaymentStatement, family_sizes, payments_air
from toyevm.rollups.zk.payments.digest import digest_chain, padded
from toyevm.rollups.zk.payments.layout import BIT, COLUMNS, DIGEST, HALF, NEW, NEW_INPUT, PAYMENT_ROWS, ROOT
from toyevm.rollups.zk.payments.moves import AccountMove
from toyevm.rollups.zk.payments.tree import AccountTree, leaf_states
from toyevm.rollups.zk.payments.values import DEPTH, AccountDigest, AccountLeaf, ProvenPayment
from toyevm.rollups.zk.poseidon2 import RATE, WIDTH, full_matrix
from toyevm.rollups.zk.poseidon2_trace import compressed_columns

VICTIM, THIEF, FRIEND = 6, 7, 2  # victim and thief are neighbours in the tree
TREE = AccountTree({VICTIM: AccountLeaf(5_000, 3), THIEF: AccountLeaf(40, 1), FRIEND: AccountLeaf(0, 8)})
BOUNDARY = ("old root", "digest start", "new root", "digest end")


def moved(*payments: ProvenPayment) -> list[AccountMove]:
    """Return what payments would do to the accounts, whether they can be made or not."""
    now, found = dict(TREE.leaves), []
    for payer, payee, amount, nonce in payments:
        for account, change, used in ((payer, -amount, nonce is not None), (payee, amount, False)):
            old = now.get(account, AccountLeaf())
            now[account] = AccountLeaf(old.balance + change, old.nonce + used)
            found.append(AccountMove(account, old, now[account]))
    return found


def filled(
    payments: Sequence[ProvenPayment],
    made: Sequence[AccountMove] | None = None,
    counted: Sequence[AccountMove] | None = None,
    tree: AccountTree = TREE,
) -> Elements:
    """Return the trace of payments that are not checked.

    Args:
        made: what is done to the accounts, if it is not what the payments say.
        counted: of which numbers the digits are, if not of these.
    """
    batch = padded(payments)
    made = made or moved(*batch)
    trace = np.zeros((len(made) * HALF, COLUMNS), dtype=np.uint64)
    halves = trace.reshape(len(made), HALF, COLUMNS)
    honest._fill_paths(halves, tree, made)
    honest._fill_payments(halves, batch, elements(digest_chain(payments)))
    honest._fill_digits(halves, batch, counted or made)
    return trace


def climb(trace: Elements, first: int, side: slice, state: Elements, siblings: Sequence[Elements]) -> Elements:
    """Fill in a path from this state upwards, left and right by the bits that stand there; return its root."""
    row = first
    for sibling in siblings:
        trace[row, side] = compressed_columns(state[:, None])[0][:, 0]
        pair, row = [digest_of(trace, row, side), sibling], row + 1
        state = np.concatenate(pair[::-1] if trace[row, BIT] else pair)
    trace[row, side] = compressed_columns(state[:, None])[0][:, 0]
    return digest_of(trace, row, side)


def siblings_of(trace: Elements, first: int) -> list[Elements]:
    """Return the siblings on a path."""
    rows = trace[first + 1 : first + 1 + DEPTH]
    return [row[NEW_INPUT][:RATE] if row[BIT] else row[NEW_INPUT][RATE:] for row in rows]


def end_with(trace: Elements, state: Elements, siblings: Sequence[Elements] | None = None) -> Elements:
    """Let the last path after the payment begin with another leaf, and the batch end with its root."""
    trace[-1, ROOT] = climb(trace, len(trace) - HALF, NEW, state, siblings or siblings_of(trace, len(trace) - HALF))
    return trace


def state_of(leaf: AccountLeaf) -> Elements:
    """Return what is hashed to a leaf's digest."""
    return leaf_states([leaf])[0]


def false_permutation(leaf: AccountLeaf, digest: Elements) -> Elements:
    """Return the columns of a permutation that leads from a leaf to any digest: its last cubes are none."""
    columns = compressed_columns(state_of(leaf)[:, None])[0][:, 0]
    wanted = np.concatenate([subtract(digest, columns[:RATE]), columns[:RATE]])
    columns[-WIDTH:] = elements(solved(full_matrix().tolist(), wanted.tolist()))
    return columns


def solved(matrix: list[list[int]], right: list[int]) -> list[int]:
    """Return x with matrix * x = right, by Gauss and Jordan."""
    lines = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for k in range(len(lines)):
        pivot = next(j for j in range(k, len(lines)) if lines[j][k])
        lines[k], lines[pivot] = lines[pivot], lines[k]
        factor = pow(lines[k][k], -1, P)
        lines[k] = [value * factor % P for value in lines[k]]
        for j, line in enumerate(lines):
            if j != k:
                lines[j] = [(a - line[k] * b) % P for a, b in zip(line, lines[k], strict=True)]
    return [line[-1] for line in lines]


def digest_of(trace: Elements, row: int, side: slice) -> Elements:
    """Return the digest that a row's permutation leads to."""
    start = side.start
    return compressed_columns(trace[row, start : start + WIDTH][:, None])[1][:, 0]


def statement_of(trace: Elements, count: int | None = None) -> PaymentStatement:
    """Return what a trace says of itself; without a count, it has no padding."""
    ends: list[AccountDigest] = [
        tuple(cells.tolist()) for cells in (trace[0, ROOT], trace[-1, ROOT], trace[-1, DIGEST])
    ]
    return PaymentStatement(*ends, count or len(trace) // PAYMENT_ROWS)


def broken_names(statement: PaymentStatement, trace: Elements) -> set[tuple[str, int]]:
    """Return which constraints a trace breaks: a family, or a group of public cells, and the number in it."""
    numbered = [(name, k) for name, size in family_sizes().items() for k in range(size)]
    cells = [(name, k) for name in BOUNDARY for k in range(RATE)]
    found = broken_constraints(payments_air(statement), trace)
    return {(cells if kind == "boundary" else numbered)[which] for kind, _, which in found}
