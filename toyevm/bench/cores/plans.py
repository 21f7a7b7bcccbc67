"""Which transactions of a block run in one task: cut by number, or so that who needs a value runs with who makes it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from toyevm.analysis.dependencies import dependency_graph
from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.types import Address

Plan: TypeAlias = tuple[tuple[int, ...], ...]  # transactions by index, a tuple for each task


def plan_batches(transactions: int, tasks: int) -> Plan:
    """Cut a block into batches of neighbours, whatever they need of each other.

    >>> plan_batches(5, 2)
    ((0, 1, 2), (3, 4))
    """
    size, larger = divmod(transactions, tasks)
    ends = [0]
    for task in range(min(tasks, transactions)):
        ends.append(ends[-1] + size + (task < larger))
    return tuple(tuple(range(begin, end)) for begin, end in pairwise(ends))


def plan_by_conflicts(results: Sequence[TxResult], tasks: int, fee_recipient: Address | None = None) -> Plan:
    """Put transactions that need values of each other into one task, and make the tasks about equal in gas.

    It takes the results of a run to know this, as the producer of a block has them. Whoever waits for nobody, and
    nobody for them, is a group of one; the largest group goes first, to the task with the least gas so far.
    """
    gas = [result.gas_before_refund for result in results]
    groups = sorted(_groups(results, fee_recipient), key=lambda group: -sum(gas[i] for i in group))
    loads: list[list[int]] = [[] for _ in range(min(tasks, len(groups)))]
    for group in groups:
        min(loads, key=lambda load: sum(gas[i] for i in load)).extend(group)
    return tuple(tuple(sorted(load)) for load in loads)


def check_plan(plan: Plan, transactions: int) -> None:
    """Raise InputError for a plan that names a transaction twice, or one that is not in the block."""
    planned = [tx_index for task in plan for tx_index in task]
    for tx_index in planned:
        if not 0 <= tx_index < transactions:
            raise InputError(f"no transaction {tx_index}", "plan", f"0 to {transactions - 1}")
    if len(set(planned)) < len(planned):
        twice = next(tx_index for tx_index in planned if planned.count(tx_index) > 1)
        raise InputError(f"transaction {twice} twice", "plan", "each transaction in one task")


def _groups(results: Sequence[TxResult], fee_recipient: Address | None) -> list[list[int]]:
    group_of: list[int] = []
    members: dict[int, list[int]] = {}
    for tx_index, waits_for in enumerate(dependency_graph(results, fee_recipient=fee_recipient).predecessors):
        joined = sorted({group_of[before] for before in waits_for})
        together = [each for group in joined for each in members.pop(group)] + [tx_index]
        members[tx_index] = together
        group_of.append(tx_index)
        for each in together:
            group_of[each] = tx_index
    return [sorted(group) for group in members.values()]
