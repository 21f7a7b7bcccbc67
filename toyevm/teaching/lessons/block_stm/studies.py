"""The blocks and runs of lesson 06, for its cells and for what judges the turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from toyevm.backends import RunConfig
from toyevm.backends.block_stm import run_block_stm
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.backends.simulated import SimulatedBackend
from toyevm.simulation.run import Run
from toyevm.simulation.steps import Action
from toyevm.state import StateDiff
from toyevm.teaching.kit.interleaving.scene import free_of_gas, watched
from toyevm.teaching.kit.runs import run_on
from toyevm.teaching.kit.threads.lanes import MakeSTM
from toyevm.teaching.kit.threads.model import Threads
from toyevm.teaching.kit.threads.words import describe_threads
from toyevm.teaching.lessons.block_stm.variants import complete, without_new_locations
from toyevm.types import Location, Version
from toyevm.workloads.transfers import read_payments
from toyevm.workloads.workload import Workload

FOUR = "Ann>Shop 5, Bob>Shop 7, Cleo>Shop 2, Dan>Shop 1"
SIZE = 4  # transactions of it
CORES = 2


@cache
def four_payments() -> tuple[Workload, Location]:
    """Return the block of this lesson, and the shop's balance."""
    workload = free_of_gas(read_payments(FOUR))
    return workload, next(place for place, name in watched(workload).items() if name == "Shop")


def by_hand(stm: MakeSTM = complete, choices: Iterable[int] = ()) -> Threads:
    """Return four payments to one shop on two cores, moved by hand; the shop's balance is watched."""
    workload, shop = four_payments()
    return Threads(workload.pre, workload.block, CORES, {shop: "Shop"}, stm, choices)


def in_turn(stm: MakeSTM, moves: str) -> Threads:
    """Return a run that begins with these moves; then the cores that can go on take turns, to the end."""
    model = by_hand(stm, map(int, moves.split()))
    turn = 0
    while model.going:
        model.advance(model.going[turn % len(model.going)])
        turn += 1
    return model


def by_chance(stm: MakeSTM, seed: int) -> Threads:
    """Return a run in which a seeded choice says who moves."""
    model = by_hand(stm)
    model.run_on(seed)
    return model


def executions(model: Threads) -> Counter[int]:
    """Return how often each transaction has begun to run."""
    return Counter(event.version.tx_index for event in model.events if event.action is Action.EXECUTE)


def run_machine(workload: Workload, cores: int, stm: type[BlockSTM]) -> Run:
    """Return a block as a machine executes it on virtual cores, the ledger behind it."""
    backend = SimulatedBackend("by_lesson", "a machine of lesson 06", run_block_stm(stm=stm))
    return backend.execute_block(workload.pre, workload.block, RunConfig(workload.chain, cores=cores))


def root_of(model: Threads) -> str:
    """Return the state root of the last value at each location in the memory: no ledger has repaired anything."""
    memory = model.stm.memory
    written = {location for tx_index in range(model.size) for location in memory.written_by(tx_index)}
    diff = StateDiff({location: memory.read(location, model.size).value for location in written})
    return model.pre.apply(diff).root.hex()


def list_events(model: Threads) -> str:
    """Return all events of a run, in words, and how it ended."""
    return describe_threads(model, len(model.events))


def run(workload: Workload, cores: int, backend: str = "block_stm") -> Run:
    """Return a block as a backend executes it on virtual cores."""
    return run_on(backend, workload, cores)


MISLEADING = 3  # a seed: C.0 and D.0 meet an estimate, and D.1 passes before C.1 has written


@cache
def misleading_run() -> Threads:
    """Return a run without the second rule that ends wrong."""
    return by_chance(without_new_locations, MISLEADING)


def outdated(model: Threads) -> set[Version]:
    """Return the incarnations that are final in a run, and have read another version than the one below them."""
    last = {event.version.tx_index: event for event in model.events if event.action is Action.READ}
    shop, memory = next(iter(model.watched)), model.stm.memory
    return {
        event.version
        for event in last.values()
        if event.read is not None and event.read.version != memory.read(shop, event.version.tx_index).version
    }
