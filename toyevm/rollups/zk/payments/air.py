"""The AIR of a batch of payments: from one root to another, with this digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from toyevm.rollups.zk.air import Air, BoundaryConstraint, Columns
from toyevm.rollups.zk.payments.constraints import LOOKS_AHEAD, PERIODIC, transitions
from toyevm.rollups.zk.payments.digest import chain_start
from toyevm.rollups.zk.payments.layout import COLUMNS, DIGEST, PAYMENT_ROWS, ROOT
from toyevm.rollups.zk.payments.values import AccountDigest, padded_count


@dataclass(frozen=True)
class PaymentStatement:
    """What is proven: `count` payments with this digest turn accounts with the old root into accounts with the new."""

    old_root: AccountDigest
    new_root: AccountDigest
    digest: AccountDigest
    count: int

    @property
    def rows(self) -> int:
        """Of how many rows the trace is: those of the payments, padded to a power of two."""
        return PAYMENT_ROWS * padded_count(self.count)


def payments_air(statement: PaymentStatement, without: Sequence[str] = ()) -> Air:
    """Return what makes a trace right for a statement.

    Args:
        without: families of constraints that are left out, to see what they are there for.
    """
    last = statement.rows - 1
    cells = (
        (0, ROOT, statement.old_root),
        (0, DIGEST, chain_start(statement.count)),
        (last, ROOT, statement.new_root),
        (last, DIGEST, statement.digest),
    )
    left_out = tuple(without)
    return Air(
        name=" without ".join(["toyevm payments", *left_out]),
        width=COLUMNS,
        degree=3,
        transition_count=sum(family_sizes(left_out).values()),
        transitions=lambda now, following, periodic: [
            part for parts in transitions(now, following, periodic, left_out).values() for part in parts
        ],
        boundary=tuple(
            BoundaryConstraint(row, where.start + k, value)
            for row, where, digest in cells
            for k, value in enumerate(digest)
        ),
        looks_ahead=LOOKS_AHEAD,
        periodic=tuple(PERIODIC.values()),
    )


@cache
def family_sizes(without: tuple[str, ...] = ()) -> dict[str, int]:
    """Return how many constraints each family has, in their order."""
    now, following, periodic = (
        Columns(np.zeros((width, 1), dtype=np.uint64)) for width in (COLUMNS, len(LOOKS_AHEAD), len(PERIODIC))
    )
    found = transitions(now, following, periodic, without)
    return {name: sum(len(part.values) for part in parts) for name, parts in found.items()}
