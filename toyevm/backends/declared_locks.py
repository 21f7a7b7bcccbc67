"""Let every transaction say beforehand what it will read and write, and hand them to lanes by that.

A lane is the queue of one core. The scheduler goes through the block once, before anything runs. A transaction has to
wait for the earlier ones whose locks stand against its own: a write lock against any other, a read lock against a
write lock. If all of those are in one lane, it joins that lane, where it comes after them by itself; otherwise it
joins the lane with the least work, counted by gas limits, which are declared too. It starts when those it waits for
have finished.

Known limits: locks are taken for what *might* be touched, so the declaration must be wide to be safe, and here also
for things that are merely read. A lane may stand empty while another has a long queue. On a chain whose transactions
declare nothing, as ours, a dry run on the state before the block has to guess, which doubles the work. As everywhere,
a declaration that leaves something out costs time: the transaction is found to be invalid and runs again.

Source: the schedulers of Solana (account locks, one thread a lane) and Fuel (inputs and outputs). Neither publishes a
speedup on blocks like ours, so there is nothing to compare with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from toyevm.backends.guided import GuidedExecution, Plan, dry_run
from toyevm.backends.hints import Hints, Locks, hints_of
from toyevm.backends.simulated import SimulatedBackend
from toyevm.simulation.virtual_cores import Process, Simulation
from toyevm.types import Location


def lock_and_run(simulation: Simulation, hints: Hints | None) -> Process[None]:
    """Plan by the locks that were declared, or by those of a dry run; then execute."""
    block = simulation.block
    locks = hints.locks if hints else None
    if locks is None:
        locks = hints_of((yield from dry_run(simulation))).locks or ()
    gas_limits = [tx.gas_limit for tx in block.transactions]
    missing = (Locks(),) * (len(gas_limits) - len(locks))
    plan = assign_lanes((*locks, *missing)[: len(gas_limits)], gas_limits, len(simulation.cores))
    yield from GuidedExecution(simulation, plan).run()


def assign_lanes(locks: Sequence[Locks], gas_limits: Sequence[int], cores: int) -> Plan:
    """Return who waits for whom, and who runs on which core.

    >>> spot = Location(bytes(20), 0)
    >>> assign_lanes([Locks(), Locks(writes=frozenset([spot])), Locks(reads=frozenset([spot]))], [9, 5, 5], cores=2)
    Plan(predecessors=((), (), (1,)), priorities=None, lanes=(0, 1, 1))
    """
    predecessors = lock_order(locks)
    lanes: list[int] = []
    loads = [0] * cores
    for waits_for, gas_limit in zip(predecessors, gas_limits, strict=True):
        holders = {lanes[before] for before in waits_for}
        lane = holders.pop() if len(holders) == 1 else loads.index(min(loads))
        loads[lane] += gas_limit
        lanes.append(lane)
    return Plan(predecessors, lanes=tuple(lanes))


def lock_order(locks: Sequence[Locks]) -> tuple[tuple[int, ...], ...]:
    """Return for each transaction the nearest earlier ones whose locks stand against its own."""
    writer: dict[Location, int] = {}
    readers: defaultdict[Location, list[int]] = defaultdict(list)  # since the last write
    predecessors = []
    for tx_index, (reads, writes) in enumerate(locks):
        against = {writer[location] for location in reads | writes if location in writer}
        against.update(reader for location in writes for reader in readers.pop(location, ()))
        predecessors.append(tuple(sorted(against)))
        for location in reads - writes:
            readers[location].append(tx_index)
        writer.update(dict.fromkeys(writes, tx_index))
    return tuple(predecessors)


DECLARED_LOCKS = SimulatedBackend(
    "declared_locks", "declared read and write locks, greedy lanes", lock_and_run, "locks"
)
