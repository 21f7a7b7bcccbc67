"""The trace of a batch of payments: what `constraints` asks for, filled in.

Each move of an account changes 15 hashes, and the next move's path may need them. But a hash depends on the level
below alone, so the tree's levels come one after the other, each with all moves at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from toyevm.rollups.zk.field import Elements, elements
from toyevm.rollups.zk.parallel import ALONE, Team
from toyevm.rollups.zk.payments.digest import digest_chain, padded
from toyevm.rollups.zk.payments.layout import (
    AMOUNT_BITS,
    AMOUNT_REST,
    BALANCE_BITS,
    BALANCE_REST,
    BIT,
    COLUMNS,
    DIGEST,
    DIGEST_ROW,
    HALF,
    NEW,
    NUMBER_REST,
    OLD,
    PAYMENT,
    ROOT,
)
from toyevm.rollups.zk.payments.moves import AccountMove, moves
from toyevm.rollups.zk.payments.tree import AccountTree, leaf_states
from toyevm.rollups.zk.payments.values import DEPTH, ProvenPayment, record
from toyevm.rollups.zk.poseidon2 import RATE, WIDTH
from toyevm.rollups.zk.poseidon2_trace import compressed_columns

Numbers = npt.NDArray[np.int64]


def payments_trace(tree: AccountTree, payments: Sequence[ProvenPayment], team: Team = ALONE) -> Elements:
    """Return the trace of the payments, padded: 32 rows for each, 357 columns.

    The paths take as long as the chain of digests, of which each needs the one before: two processes do one each.

    Raises:
        InputError: one of the payments cannot be made.
    """
    batch = padded(payments)
    made = moves(tree.leaves, batch)
    trace = np.zeros((len(made) * HALF, COLUMNS), dtype=np.uint64)
    halves = trace.reshape(len(made), HALF, COLUMNS)
    chain = team.array((len(batch) + 1, RATE), np.uint64)

    def fill_chain() -> None:
        chain[:] = digest_chain(payments)

    jobs = [lambda: _fill_paths(halves, tree, made), fill_chain]
    team.share(lambda some: [job() for job in jobs[some]], len(jobs))
    _fill_payments(halves, batch, chain)
    _fill_digits(halves, batch, made)
    return trace


def _fill_paths(halves: Elements, tree: AccountTree, made: Sequence[AccountMove]) -> None:
    """Fill in the permutations from the leaf to the root, before and after each move, and the roots."""
    states = np.concatenate([leaf_states([move.old for move in made]), leaf_states([move.new for move in made])]).T
    accounts = np.array([move.account for move in made])
    for k in range(DEPTH + 1):
        columns, digests = compressed_columns(states)
        halves[:, k, OLD], halves[:, k, NEW] = np.split(columns.T, 2)
        if k < DEPTH:
            siblings = _siblings(tree.levels[k], accounts >> k, digests[:, len(made) :].T).T
            states = _pairs(digests, np.tile(siblings, 2), np.tile(accounts >> k & 1, 2))
    before, after = np.split(digests.T, 2)
    halves[:, :DIGEST_ROW, ROOT] = before[:, None]
    halves[:, DIGEST_ROW, ROOT] = after


def _siblings(level: Elements, nodes: Numbers, changed: Elements) -> Elements:
    """Return each node's sibling, as the last move before left it; `changed` has what each move makes of its node."""
    found: Elements = level[nodes ^ 1]
    latest: dict[int, int] = {}
    for place, node in enumerate(nodes.tolist()):
        if node ^ 1 in latest:
            found[place] = changed[latest[node ^ 1]]
        latest[node] = place
    return found


def _pairs(nodes: Elements, siblings: Elements, bits: Numbers) -> Elements:
    """Return the two children, the node on the right where its bit is set."""
    pairs: Elements = np.where(bits == 1, np.concatenate([siblings, nodes]), np.concatenate([nodes, siblings]))
    return pairs


def _fill_payments(halves: Elements, batch: Sequence[ProvenPayment], chain: Elements) -> None:
    """Fill in what is the same in all rows of a payment, the digest, and its permutations."""
    records = elements([record(payment) for payment in batch])
    payers, payees = halves[::2], halves[1::2]
    for half in (payers, payees):
        half[:, :, PAYMENT] = records[:, None, : PAYMENT.stop - PAYMENT.start]
    payers[:, :, DIGEST], payees[:, :, DIGEST] = chain[:-1, None], chain[1:, None]
    absorbed = np.concatenate([chain[:-1], records], axis=1)
    payers[:, DIGEST_ROW, OLD] = compressed_columns(absorbed.T)[0].T
    idle = compressed_columns(np.zeros((WIDTH, 1), dtype=np.uint64))[0][:, 0]
    payers[:, DIGEST_ROW, NEW] = payees[:, DIGEST_ROW, OLD] = payees[:, DIGEST_ROW, NEW] = idle


def _fill_digits(halves: Elements, batch: Sequence[ProvenPayment], made: Sequence[AccountMove]) -> None:
    """Fill in the digits of account number, new balance and amount, and what is left of them before each."""
    amounts = [payment.amount for payment in batch for _ in range(2)]
    countdowns = (
        (NUMBER_REST, [move.account for move in made], slice(BIT, BIT + 1)),
        (BALANCE_REST, [move.new.balance for move in made], BALANCE_BITS),
        (AMOUNT_REST, amounts, AMOUNT_BITS),
    )
    for column, numbers, bits in countdowns:
        width = bits.stop - bits.start
        for k in range(DEPTH):
            rest = elements(numbers) >> np.uint64(width * k)
            halves[:, k + 1, column] = rest
            halves[:, k + 1, bits] = rest[:, None] >> np.arange(width, dtype=np.uint64) & np.uint64(1)
