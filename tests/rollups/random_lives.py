"""Random lives: operations drawn by weight, up to the first after which something is wrong; many lives, one command."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from random import Random
from typing import ClassVar, Self

OPERATIONS_A_LIFE = 500
Lived = tuple[Counter[str], list[str]]
"""What the operations came to, and what was wrong."""


class RandomLife:
    """Something to which operations are done. Each is a method: `_pay` is the operation "pay".

    Attributes:
        weights: how often each operation comes, compared with the others.
        counts: what the operations came to.
        wrong: what must not be, in words.
    """

    weights: ClassVar[Mapping[str, int]]

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def live(self, operations: int = OPERATIONS_A_LIFE) -> Self:
        """Do so many operations, and stop where something is wrong."""
        for _ in range(operations):
            (name,) = self.random.choices(list(self.weights), list(self.weights.values()))
            self.counts["operations"] += 1
            self.counts[name] += 1
            self.do(name)
            if self.wrong:
                break
        return self

    def do(self, name: str) -> None:
        """Do one operation."""
        getattr(self, "_" + name.replace(" ", "_"))()


def live(begin: Callable[[int], RandomLife], operations: int, seed: int) -> Lived:
    """Live one life, whose number is the seed."""
    life = begin(seed).live(operations)
    return life.counts, [f"life {seed}: {words}" for words in life.wrong]


def run_lives(begin: Callable[[int], RandomLife], operations: int, seed: int, jobs: int) -> Lived:
    """Live as many lives as the operations need, in several processes, up to the first in which something is wrong."""
    lives = -(-operations // OPERATIONS_A_LIFE)
    one = partial(live, begin, min(operations, OPERATIONS_A_LIFE))
    counts: Counter[str] = Counter()
    with ProcessPoolExecutor(jobs) as pool:
        seeds = range(seed, seed + lives)
        for found, wrong in pool.map(one, seeds) if jobs > 1 else map(one, seeds):
            counts += found
            if wrong:
                pool.shutdown(cancel_futures=True)
                return counts, wrong
    return counts, []


def main(description: str, run: Callable[[int, int, int], Lived]) -> int:
    """Do what the command line says: `run` takes operations, seed and jobs."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="number of the first life")
    options = parser.parse_args()
    if options.operations < 1 or options.jobs < 1:
        parser.error("--operations and --jobs: expected 1 or more")
    counts, wrong = run(options.operations, options.seed, options.jobs)
    print(json.dumps({"wrong": wrong, **dict(sorted(counts.items()))}, indent=2))
    return 1 if wrong else 0
