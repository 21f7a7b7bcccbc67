"""Blocks of several applications: who uses which how often, and what becomes of it when calls come at a certain rate.

`mix` draws calls into one block, however large; `blocks_at_rate` lets the same calls arrive evenly spread over time,
and fills one block after the other with them. First come, first served: here no one pays for a better place, and the
base fee stays as it is. (`mempool` is about what both do.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from math import isfinite
from random import Random

from toyevm.blocks import Block
from toyevm.errors import InputError
from toyevm.state import WorldState
from toyevm.transactions import Transaction
from toyevm.workloads.applications import APPLICATIONS, mixed
from toyevm.workloads.applications.base import plan_together
from toyevm.workloads.block_building import BlockBuilder
from toyevm.workloads.planned_blocks import sign_block
from toyevm.workloads.workload import BLOCK_GAS, SLOT_SECONDS, Workload

MIXABLE = {one.name: one for one in (mixed.ETHER_PAYMENTS, *APPLICATIONS.values()) if one.name != "mixed"}


def mix(
    shares: Mapping[str, float],
    transactions: int = 200,
    *,
    users: int = 1_000,
    zipf: float | None = None,
    seed: int = 0,
) -> Workload:
    """Return a block with so many transactions, in any order, of applications by their shares.

    Args:
        shares: numbers by names of `MIXABLE`; only their ratio counts.
        users: how many people there are to draw from, the same for all applications.
        zipf: exponent of who is popular (0: all alike), for those that have a choice; None: what each has for itself.

    Raises:
        InputError: an unknown name, shares of which nothing can be drawn, no transactions, fewer than two users, a
            negative exponent, or two applications that keep contracts at one address (such as two designs of one).
    """
    _check(shares, transactions, users, zipf)
    counts = apportion(shares, transactions)
    parts = [(MIXABLE[name], calls) for name, calls in counts.items()]
    return sign_block(plan_together(Random(seed), parts, users, zipf))


def apportion(shares: Mapping[str, float], transactions: int) -> dict[str, int]:
    """Divide transactions by shares: each its whole part, then one more where most of one is missing (Hamilton).

    >>> apportion({"nft": 1, "payments": 1, "dao-vote": 2.5}, 10)
    {'nft': 2, 'payments': 2, 'dao-vote': 6}
    """
    total = sum(map(Fraction, shares.values()))
    exact = {name: Fraction(share) * transactions / total for name, share in shares.items()}
    counts = {name: int(part) for name, part in exact.items()}
    largest = sorted(exact, key=lambda name: counts[name] - exact[name])  # of equals, the first stays first
    for name in largest[: transactions - sum(counts.values())]:
        counts[name] += 1
    return counts


@dataclass(frozen=True)
class FilledBlock:
    """A block with the state it finds, how many transactions came before it, and how many it leaves waiting."""

    workload: Workload
    arrived: int
    waiting: int


def blocks_at_rate(crowd: Workload, arrival_rate: float, gas_limit: int = BLOCK_GAS) -> Iterator[FilledBlock]:
    """Yield blocks, twelve seconds apart, until all of a block's transactions have come and none waits any more.

    A block takes those that wait, oldest first, until the next might use more gas than is left.

    Args:
        crowd: who comes, in this order.
        arrival_rate: transactions a second, evenly spread.
        gas_limit: of each block.

    Raises:
        InputError: no rate, or a gas limit that some transaction would never fit in.
    """
    most = max((tx.gas_limit for tx in crowd.block.transactions), default=0)
    per_slot = Fraction(arrival_rate * SLOT_SECONDS if isfinite(arrival_rate) else 0).limit_denominator(10**6)
    if per_slot <= 0:
        raise InputError(f"{arrival_rate} transactions a second", "blocks_at_rate", "a number above 0")
    if gas_limit < most:
        raise InputError(f"a gas limit of {gas_limit:,}", "blocks_at_rate", f"at least {most:,}, of the largest call")
    return _blocks(crowd, per_slot, gas_limit)


def _blocks(crowd: Workload, per_slot: Fraction, gas_limit: int) -> Iterator[FilledBlock]:
    transactions, waiting = crowd.block.transactions, deque[Transaction]()
    world, come = crowd.pre, 0
    for number in count(1):
        so_far = min(int(number * per_slot), len(transactions))
        waiting.extend(transactions[come:so_far])
        header = replace(crowd.block.header, number=number, timestamp=number * SLOT_SECONDS, gas_limit=gas_limit)
        filled, after = _fill(replace(crowd, pre=world, block=Block(header, ())), waiting)
        yield FilledBlock(filled, so_far - come, len(waiting))
        world, come = after, so_far
        if come == len(transactions) and not waiting:
            return


def _fill(empty: Workload, waiting: deque[Transaction]) -> tuple[Workload, WorldState]:
    """Execute what waits while it fits; return the block, and the state after it."""
    builder, taken = BlockBuilder(empty.chain, empty.pre, empty.block), list[Transaction]()
    while waiting and waiting[0].gas_limit <= builder.room.gas:
        builder.add(waiting[0])
        taken.append(waiting.popleft())
    return replace(empty, block=replace(empty.block, transactions=tuple(taken))), builder.end()


def _check(shares: Mapping[str, float], transactions: int, users: int, zipf: float | None) -> None:
    for name, share in shares.items():
        if name not in MIXABLE:
            raise InputError(f"unknown application {name!r}", "mix", " | ".join(MIXABLE))
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not (isfinite(share) and share >= 0):
            raise InputError(f"a share of {share!r} for {name!r}", "mix", "a number from 0")
    if not any(shares.values()):
        raise InputError("no share above 0", "mix", "a number for some application")
    if transactions < 1 or users < 2:
        raise InputError(f"{transactions} transactions of {users} users", "mix", "at least 1, and 2")
    if zipf is not None and not (isfinite(zipf) and zipf >= 0):
        raise InputError(f"a Zipf exponent of {zipf!r}", "mix", "a number from 0")
