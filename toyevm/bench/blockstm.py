"""`toyevm bench blockstm`: Block-STM on virtual cores, beside what was published of it.

One number is fitted, to one point: how much each further core slows all others (`contention`), so that 16 cores on
10,000 accounts come out as published. Everything else is predicted with it, and the error of each prediction is
printed. The published figures are of payments in Diem, on real threads; ours are payments of ether, on cores whose
costs are guesses. What can agree is the shape: how the speedup falls with contention.

*The whole*: a block is not done before its state root is known. On one thread, Erigon spent 54.5 % of its time in the
EVM and 45.5 % on the root. As long as the root is no faster, it bounds what parallel execution can bring, and a run
that loses makes the whole block slower. The bound is a kind one: in Erigon's own parallel run, the root was 0.63 times
as fast as before, and took 47.4 % of the time. Three more tables: what it costs to keep the fee recipient's balance in
one of three ways, what the switches of Block-STM buy, and how long the simulation itself takes.

Where all wait for each other's values (2 accounts), who waits gets no further than 1 / (1 + contention x (threads -
1)): a core that waits slows the others here, as one that spins does. With what is fitted that is 0.64 on 32 threads,
below the published 0.70; the report says so (`chain`).

Sources: Block-STM, arXiv 2203.06871 (2022), evaluation on Diem; a rerun by others on 8 threads; the parts of EVM and
state root in Erigon, serial and parallel, at the chain's tip: github.com/erigontech/erigon/issues/19589 (March 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import product
from random import Random
from time import process_time
from typing import Any, NamedTuple

from toyevm.backends import Backend, CostModel, RunConfig
from toyevm.backends.block_stm import (
    BLOCK_STM,
    BLOCK_STM_LAZY,
    BLOCK_STM_NAIVE,
    BLOCK_STM_PUSH,
    BLOCK_STM_PUSH_STALL,
    BLOCK_STM_STALL,
)
from toyevm.bench.machine import garbage_collector_off
from toyevm.simulation.costs import DEFAULT_COSTS
from toyevm.simulation.metrics import measure
from toyevm.simulation.run import Run
from toyevm.simulation.transcripts import Transcripts
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.planned_blocks import TRANSFER_GAS
from toyevm.workloads.transfers import Payment, block_of
from toyevm.workloads.workload import Workload

Report = dict[str, Any]

ROOT_PART = 0.455  # of the time of a block that is executed on one core, its state root included
WORDS = {"is": "", "at least": ">=", "at most": "<="}


class Setting(NamedTuple):
    """What was published of one setting.

    Attributes:
        published: the speedup, in the middle of the range that was given.
        meant: how it was said: "is" about so much, "at least", "at most".
        transactions: of our block; contended ones are shorter, since they take more executions.
    """

    threads: int
    accounts: int
    published: float
    meant: str
    transactions: int
    source: str = "Block-STM"


FITTED = Setting(16, 10_000, 12.5, "is", 10_000)
PREDICTED = (
    Setting(32, 10_000, 19.0, "is", 10_000),
    Setting(32, 100, 8.0, "at most", 1_000),
    Setting(32, 10, 1.0, "at least", 500),
    Setting(32, 2, 0.70, "at least", 200),
    Setting(8, 1_000, 7.2, "is", 10_000, "a rerun"),
)
MOST_THREADS = 32
FEES: Sequence[Backend] = (BLOCK_STM_NAIVE, BLOCK_STM, BLOCK_STM_LAZY)
FEE_BLOCK = 300  # transactions
SWITCHED: Sequence[Backend] = (BLOCK_STM, BLOCK_STM_PUSH, BLOCK_STM_STALL, BLOCK_STM_PUSH_STALL)
SWITCH_BLOCKS: Mapping[str, Callable[[int], Workload]] = {
    "independent": lambda count: random_transfers(count, 100 * count),
    "zipf": APPLICATIONS["erc20-zipf"],
    "hot slot": APPLICATIONS["amm-swap"],
}
SWITCH_CORES = (8, 16, 32)
SIZES = (1_000, 3_000, 10_000)


def run_bench_blockstm(progress: Callable[[str], None] = lambda name: None, scale: int = 1) -> Report:
    """Fit one point, predict the others, and measure what the fees cost and how the simulation's own time grows.

    Args:
        progress: is told what begins.
        scale: blocks are shorter by this factor, for a quick look.
    """
    with garbage_collector_off():
        progress("the fitted point")
        free = _speedup(FITTED, DEFAULT_COSTS, scale)
        slowdown = (free / FITTED.published - 1) / (FITTED.threads - 1)
        costs = replace(DEFAULT_COSTS, contention=max(0, round(1_000 * slowdown)))
        rows = [_row(point, costs, scale, progress) for point in (FITTED, *PREDICTED)]
        fees = list(_fees(FEE_BLOCK // scale, 16, progress))
        switches = list(_switches(FEE_BLOCK // scale, progress))
        growth = list(_growth(scale, progress))
    environment = {"time": "simulated, in the time of a unit of gas", "costs": asdict(costs), "rootPart": ROOT_PART}
    environment["chain"] = 1_000 / (1_000 + costs.contention * (MOST_THREADS - 1))
    return {"environment": environment, "rows": rows, "fees": fees, "switches": switches, "growth": growth}


def count_pieces() -> int:
    """Return how often `progress` is told something."""
    return 2 + len(PREDICTED) + len(FEES) + len(SWITCH_BLOCKS) + len(SIZES)


def random_transfers(count: int, accounts: int, seed: int = 1) -> Workload:
    """Return a block of payments between random accounts, two different ones each time, with room for all."""
    random, names = Random(seed), [f"account {number}" for number in range(accounts)]
    pairs = (random.sample(names, 2) for _ in range(count))
    payments = [Payment(payer, payee, 1) for payer, payee in pairs]
    workload = block_of(payments, seed=seed)
    header = replace(workload.block.header, gas_limit=TRANSFER_GAS * max(count, 1_000))
    return replace(workload, block=replace(workload.block, header=header))


def whole(speedup: float, root_part: float = ROOT_PART) -> float:
    """Return the speedup of a block whose state root, a part of its time on one core, takes as long as before.

    >>> whole(1.0), round(whole(1e9), 2), round(whole(0.7), 2)
    (1.0, 2.2, 0.81)
    """
    return 1 / (root_part + (1 - root_part) / speedup)


def _row(point: Setting, costs: CostModel, scale: int, progress: Callable[[str], None]) -> Report:
    progress(f"{point.threads} threads, {point.accounts:,} accounts")
    speedup = _speedup(point, costs, scale)
    return {
        "threads": point.threads,
        "accounts": point.accounts,
        "transactions": point.transactions // scale,
        "speedup": speedup,
        "published": point.published,
        "meant": point.meant,
        "error": speedup / point.published - 1,
        "fitted": point is FITTED,
        "source": point.source,
        "whole": whole(speedup),
    }


def _speedup(point: Setting, costs: CostModel, scale: int) -> float:
    workload = random_transfers(point.transactions // scale, point.accounts)
    run = _run(BLOCK_STM, workload, point.threads, costs)
    return measure(run, point.threads, workload.block.header.coinbase, costs=costs).speedup


def _run(backend: Backend, workload: Workload, cores: int, costs: CostModel) -> Run:
    config = RunConfig(workload.chain, cores, costs=costs, transcripts=Transcripts())
    return backend.execute_block(workload.pre, workload.block, config)


def _fees(count: int, cores: int, progress: Callable[[str], None]) -> Iterator[Report]:
    """Yield what independent payments take with each way to keep the fees."""
    workload = random_transfers(count, 100 * count)
    for backend in FEES:
        progress(f"fees, {backend.name}")
        run = _run(backend, workload, cores, DEFAULT_COSTS)
        found = measure(run, cores, workload.block.header.coinbase, costs=DEFAULT_COSTS)
        yield {"backend": backend.name, "cores": cores, "speedup": found.speedup, "executions": run.attempts}


def _switches(count: int, progress: Callable[[str], None]) -> Iterator[Report]:
    """Yield what each switch of Block-STM buys: executions, validations, time."""
    for name, make in SWITCH_BLOCKS.items():
        progress(f"switches, {name}")
        workload = make(count)
        for cores, backend in product(SWITCH_CORES, SWITCHED):
            run = _run(backend, workload, cores, DEFAULT_COSTS)
            found = measure(run, cores, workload.block.header.coinbase, costs=DEFAULT_COSTS)
            yield {
                "block": name,
                "cores": cores,
                "backend": backend.name,
                "executionsPerTransaction": found.executions_per_transaction,
                "validations": found.validations,
                "makespan": found.makespan,
                "speedup": found.speedup,
            }


def _growth(scale: int, progress: Callable[[str], None]) -> Iterator[Report]:
    """Yield what it takes to simulate blocks of growing length; this alone is real time."""
    for size in SIZES:
        progress(f"{size // scale:,} transfers")
        workload = random_transfers(size // scale, 10_000)
        begun = process_time()
        run = _run(BLOCK_STM, workload, 32, DEFAULT_COSTS)
        seconds = process_time() - begun
        yield {"transactions": size // scale, "executions": run.attempts, "cpuSeconds": seconds}
