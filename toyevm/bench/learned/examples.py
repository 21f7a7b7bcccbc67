"""Blocks to learn from and to be judged on: what could be seen of each transaction, and what it then did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from toyevm.analysis.dependencies import Hazard
from toyevm.analysis.meetings import meetings, visitors_of
from toyevm.bench.judged_block import JudgedBlock
from toyevm.bench.learned.features import TxFeatures, features_of
from toyevm.types import Location
from toyevm.workloads.mainnet import load_block
from toyevm.workloads.workload import Workload

Pair = tuple[int, int]  # (before, after), numbers of transactions


@dataclass(frozen=True)
class Example:
    """A block that has been executed.

    Attributes:
        features: of each transaction, in the order of the block.
        reads, writes: the locations that each read and wrote.
    """

    name: str
    judged: JudgedBlock

    @cached_property
    def features(self) -> tuple[TxFeatures, ...]:
        return tuple(map(features_of, self.judged.workload.block.transactions))

    @cached_property
    def reads(self) -> tuple[frozenset[Location], ...]:
        return tuple(frozenset(result.read_set) for result in self.judged.right.results)

    @cached_property
    def writes(self) -> tuple[frozenset[Location], ...]:
        return tuple(frozenset(result.write_set) for result in self.judged.right.results)

    @cached_property
    def pairs(self) -> frozenset[Pair]:
        """Every pair of which the later one reads something that the earlier one writes; fees do not count."""
        found = meetings(visitors_of(self.judged.right.results), Hazard.READ_AFTER_WRITE)
        return frozenset((before, after) for after, every in enumerate(found.every) for before in _members(every))


def _members(numbers: int) -> Iterable[int]:
    return (at for at in range(numbers.bit_length()) if numbers >> at & 1)


def examples_of(workloads: Iterable[tuple[str, Workload]]) -> list[Example]:
    """Execute blocks, to learn from them or to be judged on them."""
    return [Example(name, JudgedBlock.of(workload)) for name, workload in workloads]


def read_examples(paths: Sequence[Path]) -> list[Example]:
    """Read real blocks, the oldest first.

    Raises:
        InputError: a file is no block.
    """
    found = [(path, load_block(path)) for path in paths]
    found.sort(key=lambda each: each[1].block.header.number)
    return examples_of(
        (f"block {real.block.header.number:,}", Workload(real.chain, real.pre, real.block, {})) for _, real in found
    )
