"""A block on real cores: tasks run wherever the executor runs them, and what they bring is merged in block order.

A task executes its transactions on the state before the block and what the same task has written so far. It sends back
what each did, and which version of each location it read. The merge is that of every parallel backend here
(`simulation.ledger`): an outcome is taken if all that it read still has that version, and otherwise the transaction
runs again, on the true state. So a plan that tears transactions apart which need each other costs time, never safety.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, replace
from time import perf_counter
from typing import NamedTuple

from toyevm.backends.base import compare_results
from toyevm.backends.processes import usable_cores
from toyevm.bench.cores.kept import SharedBlock, find_kept
from toyevm.bench.cores.plans import Plan, check_plan
from toyevm.bench.sweep.processes import WorkerDied
from toyevm.errors import InvalidTransaction
from toyevm.results import BlockResult, TxResult
from toyevm.simulation.conversation import Conclusion
from toyevm.simulation.ledger import Ledger
from toyevm.state import BlockView, StateView
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Location, Read, Version
from toyevm.vm.frame import BlockEnv

RAN_AGAIN = 1  # in place of an incarnation: whoever has read what the first run wrote has read something else


class Shipped(NamedTuple):
    """What a task sends of a transaction: its result without the values it read, and who wrote them (-1: nobody)."""

    result: TxResult
    writers: dict[Location, int]


@dataclass(frozen=True)
class RealBlockRun:
    """A block that was run by tasks, and where the time went, in seconds.

    Attributes:
        ran_again: the transactions that had read what was not final, or could not run: done again in the merge.
        execute: until the last task had answered; `merge` is after that.
        state_sent: bytes of state and block, to processes that had not inherited them.
        returned: bytes that the tasks sent back.
    """

    result: BlockResult
    ran_again: tuple[int, ...]
    execute: float
    merge: float
    state_sent: int
    returned: int

    @property
    def seconds(self) -> float:
        return self.execute + self.merge

    def differences(self, right: BlockResult, kept: SharedBlock) -> list[str]:
        """Return in words what differs from the right result, results, diff and state root; nothing if it is equal."""
        found = compare_results(self.result, right)
        same_root = kept.pre.apply(self.result.diff).root == kept.pre.apply(right.diff).root
        return found if same_root else [*found, "state root"]


def run_block_on(executor: Executor, kept: SharedBlock, plan: Plan, cores: int | None = None) -> RealBlockRun:
    """Run a block by `plan` and merge it; transactions that the plan leaves out run in the merge.

    Args:
        cores: how many tasks the executor runs at once; all that this computer offers unless told otherwise.

    Raises:
        InputError: a plan with a transaction twice, or one that is not in the block.
        InvalidBlock: as of any backend.
    """
    check_plan(plan, len(kept.block.transactions))
    begun = perf_counter()
    answers, copies = _ask_all(executor, kept, plan, cores or usable_cores())
    answered = perf_counter()
    shipped: dict[int, Shipped] = {}
    for task, answer in zip(plan, answers, strict=True):
        shipped |= {i: each for i, each in zip(task, pickle.loads(answer), strict=True) if each is not None}
    result, ran_again = merge(kept, shipped)
    merged = perf_counter()
    state_sent = copies * len(kept.as_sent) if copies else 0
    return RealBlockRun(
        result, ran_again, answered - begun, merged - answered, state_sent, sum(len(answer) for answer in answers)
    )


def _ask_all(executor: Executor, kept: SharedBlock, plan: Plan, cores: int) -> tuple[list[bytes], int]:
    """Return each task's answer, and how often the state was sent.

    At first to nobody; then along with one task for each core, so that a process that lacks it is sent it about once.
    """
    answers: dict[int, bytes] = {}
    copies, asked_before = 0, False
    while waiting := [number for number in range(len(plan)) if number not in answers]:
        carriers = waiting[:cores] if asked_before else []
        copies += len(carriers)
        states = [kept.as_sent if number in carriers else None for number in waiting]
        futures = [
            executor.submit(execute_task, kept.token, plan[number], state)
            for number, state in zip(waiting, states, strict=True)
        ]
        found = zip(
            waiting, [_answer(future, plan[n]) for n, future in zip(waiting, futures, strict=True)], strict=True
        )
        answers |= {number: answer for number, answer in found if answer is not None}
        asked_before = True
    return [answers[number] for number in range(len(plan))], copies


def _answer(future: Future[bytes | None], task: tuple[int, ...]) -> bytes | None:
    """Return what a task answered; if its process died, that none of its transactions could run there."""
    try:
        return future.result()
    except (WorkerDied, BrokenExecutor):
        return pickle.dumps([None] * len(task))


def execute_task(token: str, tx_indexes: tuple[int, ...], state: bytes | None) -> bytes | None:
    """Return what the transactions of a task do, pickled; None where the block of this token is not known.

    In the place of one that cannot run on what this task knows there is None.
    """
    kept = find_kept(token, state)
    if kept is None:
        return None
    env, base = kept.opened
    view = BlockView(base)
    shipped = []
    for tx_index in tx_indexes:
        result = _attempt(view, env, kept, tx_index)
        if result is not None:
            view.commit(Version(tx_index), result.diff)
        shipped.append(_ship(result))
    return pickle.dumps(shipped, pickle.HIGHEST_PROTOCOL)


def _attempt(view: StateView, env: BlockEnv, kept: SharedBlock, tx_index: int) -> TxResult | None:
    try:
        return execute_transaction(view, env, check_transaction(view, env, kept.block.transactions[tx_index]))
    except Exception:  # of any type: on a state that there never was, it proves nothing
        return None


def _ship(result: TxResult | None) -> Shipped | None:
    if result is None:
        return None
    writers = {location: read.version.tx_index for location, read in result.read_set.items()}
    return Shipped(replace(result, read_set={}), writers)


def merge(kept: SharedBlock, shipped: Mapping[int, Shipped]) -> tuple[BlockResult, tuple[int, ...]]:
    """Make outcomes final in block order, and run again what is stale or missing; return the result, and which."""
    ledger = Ledger(kept.pre, kept.block, kept.chain)
    ran_again = []
    while not ledger.is_complete:
        tx_index = ledger.head
        result = _still_valid(ledger.view, shipped.get(tx_index))
        if result is not None:
            ledger.commit(Version(tx_index), Conclusion({}, result))
        else:
            ran_again.append(tx_index)
            ledger.commit(Version(tx_index, RAN_AGAIN), _run_again(ledger))
    requests = ledger.close()
    return BlockResult(tuple(ledger.results), ledger.view.diff(), requests), tuple(ran_again)


def _still_valid(view: BlockView, shipped: Shipped | None) -> TxResult | None:
    """Return the result with the values it read, if every one of them still has the version that was read."""
    if shipped is None:
        return None
    reads: dict[Location, Read] = {}
    for location, writer in shipped.writers.items():
        read = view.read(location)
        if read.version != Version(writer):
            return None
        reads[location] = read
    return replace(shipped.result, read_set=reads)


def _run_again(ledger: Ledger) -> Conclusion:
    tx = ledger.block.transactions[ledger.head]
    try:
        checked = check_transaction(ledger.view, ledger.env, tx)
    except InvalidTransaction as refusal:
        return Conclusion({}, refusal=refusal)
    return Conclusion({}, execute_transaction(ledger.view, ledger.env, checked))
