"""`toyevm compare`: what every strategy and every settlement does to one block.

Strategies execute it, on so many virtual cores; settlements make it final on an L1 of their own, executed by the
backend that their producer has. A settlement that cannot bring the block there says why, and settles as many plain
payments, in the form that it knows, instead: the row says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench.compare.executing import OneCore, executing_rows, strategies
from toyevm.bench.compare.figures import simulated, weakest
from toyevm.bench.compare.pricing import FINAL, SCENARIO_NAMES, SLOT, as_calldata, in_full_blobs, on_l1, price_of
from toyevm.bench.compare.settling import Settled, disputed, settle, settling_figures
from toyevm.bench.compare.trust import ON_L1, TRUST, attacks_on, count_attacks
from toyevm.bench.machine import describe_computer
from toyevm.bench.payment_batches import payment_batch
from toyevm.errors import InputError, NotProvable
from toyevm.rollups.base import ExecutedBlock, SettlementBackend
from toyevm.rollups.costs import SCENARIOS
from toyevm.rollups.settlements import SETTLEMENTS
from toyevm.rollups.sidechain.chain import BLOCK_SECONDS
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.mixer import MIXABLE
from toyevm.workloads.workload import Workload

COURSE_BLOCK, TRANSACTIONS, CORES = "mixed", 40, 16
WORKLOADS = APPLICATIONS | MIXABLE

Report = dict[str, Any]
Progress = Callable[[str], None]


def _silently(name: str) -> None:
    pass


def compare(
    workload: str = COURSE_BLOCK, transactions: int = TRANSACTIONS, cores: int = CORES, seed: int = 0,
    progress: Progress = _silently,
) -> Report:  # fmt: skip
    """Run everything on one block and return the table.

    Args:
        workload: the name of an application; by default the block of all lessons.
        cores: virtual ones, for every strategy that can use them.

    Raises:
        InputError: an unknown workload, or a block that there cannot be.
    """
    if workload not in WORKLOADS:
        raise InputError(f"unknown workload {workload!r}", "--workload", " | ".join(WORKLOADS))
    block = WORKLOADS[workload](transactions, seed=seed)
    one, rows = executing_rows(block, cores, progress)
    rates = {row["system"]: row["rate"] for row in rows}
    gas = executed_alone(block).result.gas_used
    costs = on_l1(gas, len(block.block.transactions))
    for row in rows:
        row |= {"costs": costs, "soft": SLOT, "hard": FINAL, "trust": ON_L1}
    settling = [_settling_row(one_of, block, one, rates, progress) for one_of in SETTLEMENTS]
    return {
        "environment": describe_computer() | {"workload": workload, "seed": seed, "virtualCores": cores},
        "block": {"transactions": len(block.block.transactions), "gas": gas},
        "scenarios": {name: price_of(SCENARIOS[name]) for name in SCENARIO_NAMES},
        "executing": rows,
        "settling": settling,
    }


def count_pieces() -> int:
    """Return how often `progress` is told something."""
    return len(strategies()) + len(SETTLEMENTS) + count_attacks()


def is_right(report: Report) -> bool:
    """Tell whether every result was that of the sequential backend."""
    return all(row["equal"] for row in (*report["executing"], *report["settling"]))


def executed_alone(workload: Workload) -> ExecutedBlock:
    """Return a block as its producer has it who executes one transaction after the other."""
    run = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain))
    return ExecutedBlock(workload.chain, workload.pre, workload.block, run.result)


@dataclass(frozen=True)
class _Brought:
    """What a settlement could bring to L1: the block, or payments in its place, and why."""

    executed: ExecutedBlock
    settled: Settled
    instead: str = ""


def _bring(backend: SettlementBackend, workload: Workload) -> _Brought:
    executed, why = executed_alone(workload), ""
    count = len(workload.block.transactions)
    while True:
        try:
            return _Brought(executed, settle(backend.found(), executed), why)
        except NotProvable as error:
            count = count // 2 if why else count  # as many payments may still be too long
            if not count:
                raise
            executed, why = executed_alone(payment_batch(count).workload), why or str(error)


def _settling_row(
    backend: SettlementBackend, workload: Workload, one: OneCore, rates: dict[str, Any], progress: Progress
) -> Report:
    progress(backend.name)
    brought = _bring(backend, workload)
    count = len(brought.executed.block.transactions)
    figures = settling_figures(brought.settled, count)
    traffic = brought.settled.traffic
    delay = simulated(traffic.seconds, "s", "the clock of L1")
    is_optimistic = backend.name == "optimistic_rollup"
    return {
        "system": backend.name,
        "equal": brought.settled.right,
        "instead": f"{count} plain payments, since the block is refused: {brought.instead}" if brought.instead else "",
        "rate": rates[backend.inner],
        **figures,
        "costs": as_calldata(traffic, count),
        "costsInFullBlobs": in_full_blobs(traffic, count),
        "soft": simulated(BLOCK_SECONDS, "s", "a block of the layer: the sequencer's word"),
        "hard": weakest(delay.value + FINAL.value, "s", delay, FINAL),
        "dispute": disputed(brought.executed) if is_optimistic else None,
        "attacks": attacks_on(backend.name, progress),
        "trust": TRUST[backend.name],
    }
