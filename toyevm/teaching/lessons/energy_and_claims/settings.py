"""The blocks and the ways to run them that lesson 17 compares, by the words that students read."""

from __future__ import annotations

from functools import cache

from toyevm.bench.energy import RunEnergy, energy_of
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import repeat
from toyevm.workloads.applications import APPLICATIONS

BLOCKS = {
    "strangers": "erc20-uniform",
    "course block": "mixed",
    "one bargain": "amm-arbitrage",
    "one counter": "nft-counter",
}
WAYS = {"in order": "sequential", "optimistic": "optimistic", "Block-STM": "block_stm"}
CORES = (1, 2, 4, 8, 16)
TRANSACTIONS = 40
WAITING = 0.3  # of what a busy core draws: assumed


def energy_in(block: str, way: str, cores: int) -> RunEnergy:
    """Run a block of 40 transactions (simulated) and return its energy.

    Raises:
        InputError: a block, a way or a number of cores that the lesson does not have.
    """
    for given, known in ((block, tuple(BLOCKS)), (way, tuple(WAYS)), (cores, CORES)):
        if not any(type(given) is type(each) and given == each for each in known):
            raise InputError(repeat(given), expected=" | ".join(map(str, known)))
    return _energy(block, way, cores)


@cache
def _energy(block: str, way: str, cores: int) -> RunEnergy:
    return energy_of(APPLICATIONS[BLOCKS[block]](TRANSACTIONS), WAYS[way], cores, WAITING)


def in_order(block: str, cores: int) -> RunEnergy:
    """Return the energy of a block in order with so many cores switched on: one works, and the others wait."""
    return energy_in(block, "in order", cores)


def in_words(block: str, way: str, cores: int) -> list[str]:
    """Return a run in words, in units of what one core takes that runs the block in order."""
    run, beside = energy_in(block, way, cores), in_order(block, cores)
    on = "1 core" if cores == 1 else f"{cores} cores"
    return [
        f"{block}, {way}, {on} (simulated)",
        f"working {run.busy:.2f}, waiting {run.idle:.2f}, together {run.total:.2f} times the energy of one core",
        f"in order with {on} switched on: working 1.00, waiting {beside.idle:.2f}, together {beside.total:.2f}",
        f"{run.speedup:.1f} times as fast as one core",
    ]
