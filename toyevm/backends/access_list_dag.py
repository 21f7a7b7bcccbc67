"""Draw the graph of who waits for whom from access lists, and start what the longest chain hangs on.

An access list names addresses and slots that a transaction will touch. Together with what anybody can see in the
transaction itself (it uses its sender's nonce and balance, and its receiver's balance if it carries a value), it tells
who may meet. The list does not say what is read and what is written, so any two transactions that share a place are
kept in order. Whenever a core is free, it takes that transaction from which the longest path leads on to the end of
the block: first the critical path, fillers later (list scheduling). Lengths are gas limits.

Known limits: lists are voluntary on Ethereum, rarely complete, and cannot name balances. Keeping readers in order
costs much where all read the same slot and none writes it. Without lists, a dry run on the state before the block
gives read and write sets, and gas in place of gas limits; that doubles the work, and is wrong where one transaction
decides what a later one touches.

Source: EIP-2930; Graham 1969 for the scheduling. No figure has been published for such a scheduler on mainnet; the
bound to compare with is Graham's, at most 2 - 1/p times the best schedule when the graph is right.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from toyevm.analysis.dependencies import dependency_graph
from toyevm.backends.declared_locks import lock_order
from toyevm.backends.guided import GuidedExecution, Plan, dry_run
from toyevm.backends.hints import Hints, Locks, sender_of
from toyevm.backends.simulated import SimulatedBackend
from toyevm.simulation.virtual_cores import Process, Simulation
from toyevm.transactions import AccessList, Transaction
from toyevm.types import Field, Location


def schedule_list(simulation: Simulation, hints: Hints | None) -> Process[None]:
    """Plan by the access lists that came with the block, or by a dry run; then execute."""
    transactions = simulation.block.transactions
    predecessors: Sequence[Collection[int]]
    if hints is None or hints.access_lists is None:
        results = yield from dry_run(simulation)
        predecessors = dependency_graph(results, simulation.ledger.env.coinbase).predecessors
        costs = [result.gas_used for result in results]
    else:
        missing: tuple[AccessList, ...] = ((),) * (len(transactions) - len(hints.access_lists))
        lists = (*hints.access_lists, *missing)
        predecessors = lock_order([locks_of(tx, lists[i]) for i, tx in enumerate(transactions)])
        costs = [tx.gas_limit for tx in transactions]
    priorities = [-length for length in remaining_paths(predecessors, costs)]
    yield from GuidedExecution(simulation, Plan(predecessors, priorities)).run()


def locks_of(tx: Transaction, access_list: AccessList) -> Locks:
    """Return what a transaction must be taken to write, going by its list and by what is plain to see."""
    places = {Location(address, slot) for address, slots in access_list for slot in slots}
    sender = sender_of(tx)
    if sender is None:
        return Locks(writes=frozenset(places))  # it will be refused when its turn comes
    places |= {Location(sender, Field.NONCE), Location(sender, Field.BALANCE)}
    if tx.to is not None and tx.value:
        places.add(Location(tx.to, Field.BALANCE))
    return Locks(writes=frozenset(places))


def remaining_paths(predecessors: Sequence[Collection[int]], costs: Sequence[int]) -> list[int]:
    """Return for each transaction the length of the longest path that starts with it.

    >>> remaining_paths([(), (0,), (0,)], [5, 1, 9])
    [14, 1, 9]
    """
    lengths = list(costs)
    for after in reversed(range(len(costs))):
        for before in predecessors[after]:
            lengths[before] = max(lengths[before], costs[before] + lengths[after])
    return lengths


ACCESS_LIST_DAG = SimulatedBackend(
    "access_list_dag", "a graph from access lists or a dry run, list-scheduled", schedule_list, "access_lists"
)
