"""The blocks and runs of lesson 05, for its cells and for what judges the turns."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.backends import BACKENDS, Hints, Locks, RunConfig
from toyevm.simulation.interleaver import Rules
from toyevm.simulation.run import Run
from toyevm.teaching.kit.interleaving.player import InterleavingPlayer
from toyevm.teaching.kit.interleaving.view import balances
from toyevm.types import Address, Location
from toyevm.workloads.transfers import block_of, read_payments
from toyevm.workloads.workload import Workload

SHOP = "Ann>Shop 5, Bob>Shop 7"


def run(workload: Workload, cores: int, backend: str = "optimistic", hints: Hints | None = None) -> Run:
    """Return a block as a backend executes it on virtual cores."""
    config = RunConfig(workload.chain, cores=cores, hints=hints)
    return BACKENDS.named(backend).execute_block(workload.pre, workload.block, config)


def run_locked(workload: Workload, cores: int, locks: Sequence[Locks]) -> Run:
    """Return a block as `declared_locks` executes it, with these locks for a hint."""
    return run(workload, cores, "declared_locks", Hints(locks=tuple(locks)))


def root_after(workload: Workload, result: Run) -> str:
    """Return the state root after a run, in hexadecimal."""
    return workload.pre.apply(result.result.diff).root.hex()


def free_of_gas(payments: str, tip: int = 0) -> Workload:
    """Return a block of payments without a base fee, so that sums come out even; the tip is wei a unit of gas."""
    return block_of(read_payments(payments), base_fee=0, tip=tip)


def watched(workload: Workload, producer: bool = False) -> dict[Location, str]:
    """Return whose balances to follow: everyone's, the block producer's only if asked for."""
    left_out: list[Address] = [] if producer else [workload.block.header.coinbase]
    return balances(workload.names, without=left_out)


def player_of(
    payments: str, rules: Rules, schedule: str = "", tip: int = 0, *, to_the_end: bool = False
) -> InterleavingPlayer:
    """Return a player of payments, in halves and single steps; with a tip (wei a unit of gas), the producer is shown.

    Args:
        to_the_end: whether to play the moves that the schedule leaves out, in the order of the block.

    Raises:
        InputError: payments or a schedule that cannot be read, or ipywidgets is not installed.
    """
    workload = free_of_gas(payments, tip)
    titles, people = [str(payment) for payment in read_payments(payments)], watched(workload, producer=tip > 0)
    player = InterleavingPlayer(workload.pre, workload.block, titles, people, schedule, rules=rules, single_steps=True)
    while to_the_end and player.result.missing:
        player.play(" ".join([player.schedule, *map(str, player.result.missing)]))
    return player
