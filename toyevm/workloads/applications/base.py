"""What an application is: a way to fill a block with calls to a contract, and how parallel it should be.

The ideal figures are those of the design of toyevm: 200 transactions, 1,000 users, only reads of earlier writes to
storage counted, as many cores as one likes. They are upper bounds from a sketch, there to be compared with what the
contracts do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from inspect import signature
from random import Random
from typing import Any

from toyevm.errors import InputError
from toyevm.types import Address
from toyevm.workloads.planned_blocks import PlannedBlock, mix_blocks, sign_block
from toyevm.workloads.workload import Workload


@dataclass(frozen=True)
class Ideal:
    """What the design's sketch gave: the share of pairs that conflict (None: not given), and the speedup.

    Where the contract is more than a fifth away from it, over the median of many seeds, `deviation` says why.
    """

    conflicting_pairs: float | None
    speedup: float
    deviation: str = ""
    source: str = "the design of toyevm, a sketch"


@dataclass(frozen=True)
class Application:
    """A way to fill a block; calling it does so."""

    name: str
    summary: str
    hot: str  # what its transactions are expected to meet at
    plan: Callable[..., PlannedBlock] = field(repr=False)
    shape: Mapping[str, Any] = field(default_factory=dict)
    ideal: Ideal | None = None

    def __call__(self, count: int = 200, *, users: int = 1_000, seed: int = 0, **shape: Any) -> Workload:
        """Return a block of `count` transactions; the last few blocks are kept.

        Args:
            users: how many people there are to draw from; more where everybody can call only once.
            shape: other values for what the planning function describes.

        Raises:
            InputError: no transactions, or fewer than two users.
        """
        if count < 1 or users < 2:
            raise InputError(f"{count} transactions of {users} users", self.name, "at least 1, and 2")
        return _workload(self.plan, count, users, seed, tuple(sorted((dict(self.shape) | shape).items())))

    def draw(self, random: Random, count: int, users: int, zipf: float | None = None) -> PlannedBlock:
        """Plan a block; `zipf` is for its plan's `skew`, who is popular, if it has one (None: as the shape says)."""
        skewed = zipf is not None and "skew" in signature(self.plan).parameters
        return self.plan(random, count, users, **(dict(self.shape) | ({"skew": zipf} if skewed else {})))


def plan_together(
    random: Random, parts: Iterable[tuple[Application, int]], users: int, zipf: float | None = None
) -> PlannedBlock:
    """Return one block of several applications, so many calls of each, in any order.

    Raises:
        InputError: two of them have contracts at one address, each with a past of its own.
    """
    plans: list[PlannedBlock] = []
    owners: dict[Address, Application] = {}
    for application, calls in parts:
        if calls:  # a plan without calls would still leave its contracts there
            plans.append(application.draw(random, calls, users, zipf))
            for address, _ in plans[-1].contracts.values():
                if (other := owners.setdefault(address, application)) is not application:
                    raise InputError(f"{other.name!r} and {application.name!r} share an address", "mix", "one of them")
    return mix_blocks(random, plans)


@lru_cache(maxsize=16)
def _workload(
    plan: Callable[..., PlannedBlock], count: int, users: int, seed: int, shape: tuple[tuple[str, Any], ...]
) -> Workload:
    return sign_block(plan(Random(seed), count, users, **dict(shape)))
