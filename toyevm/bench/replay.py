"""`toyevm replay`: hold the execution of a real block to its header, and every backend to the sequential one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from toyevm.backends import BACKENDS, Backend, RunConfig
from toyevm.backends.base import compare_results
from toyevm.blocks import Header
from toyevm.errors import InputError, InvalidBlock, InvalidSignature, NotProvable
from toyevm.results import BlockResult
from toyevm.sealing import header_after, receipts_of
from toyevm.simulation.metrics import Metrics, measure
from toyevm.simulation.run import Run
from toyevm.transactions import Transaction
from toyevm.workloads.mainnet import RealBlock, load_block

ALWAYS_CHECKED = {
    "gasUsed": "gas_used",
    "receiptsRoot": "receipts_root",
    "logsBloom": "logs_bloom",
    "transactionsRoot": "transactions_root",
}
CHECKED_WHERE_PRESENT = {"withdrawalsRoot": "withdrawals_root", "blobGasUsed": "blob_gas_used"}
MOST_LOCATIONS = 5  # in a report; there may be hundreds


def named_backends(name: str) -> list[Backend]:
    """Return the backend of that name, or every one for "all"; raise InputError for an unknown name."""
    return list(BACKENDS) if name == "all" else [BACKENDS.named(name)]


def replay_block(
    path: Path, chosen: Sequence[Backend], cores: int, progress: Callable[[str], None] = lambda name: None
) -> dict[str, Any]:
    """Execute the block in `path` and return the report that the command prints.

    Args:
        progress: is told the name of each backend before its turn.

    Raises:
        InputError: for an unreadable file or an invalid block.
    """

    def row(backend: Backend) -> dict[str, Any]:
        progress(backend.name)
        try:
            timed = right if backend is sequential else _timed(backend, real, config)
        except NotProvable as error:
            return {"equal": None, "refused": str(error)}
        return _row(timed, right.run.result, real, config)

    real = load_block(path)
    config = RunConfig(real.chain, cores=cores)
    start = time.process_time()
    recover_senders(real.block.transactions)
    shared = {"signatureSeconds": round(time.process_time() - start, 4)}  # not in cpuSeconds: senders are remembered
    sequential = BACKENDS.named("sequential")
    try:
        right = _timed(sequential, real, config)
        checks = check_result(real, right.run.result)
    except InvalidBlock as error:
        raise InputError(str(error), str(path), "a valid block") from error
    return {
        "block": real.expected.number,
        "fork": real.chain.fork.name,
        "transactions": len(real.block.transactions),
        "gasUsed": right.run.result.gas_used,
        "checks": checks,
        "backends": {one.name: row(one) | shared for one in chosen},
    }


def recover_senders(transactions: Iterable[Transaction]) -> None:
    """Recover the senders, which are then remembered: paid for once, by nobody's backend."""
    for tx in transactions:
        with suppress(InvalidSignature):  # the backend will say which transaction it was
            _ = tx.sender


def execute(real: RealBlock) -> BlockResult:
    """Execute the block one transaction after the other, on one core; raise InvalidBlock if it is not valid."""
    return BACKENDS.named("sequential").execute_block(real.pre, real.block, RunConfig(real.chain)).result


def check_result(real: RealBlock, result: BlockResult) -> dict[str, bool]:
    """Return which commitments of the block's header agree with the result."""
    # The state root is left out: the file has only part of the state.
    header = header_after(real.chain, real.block, result, receipts_of(real.block, result))
    return compare_headers(real.expected, header)


def compare_headers(expected: Header, computed: Header) -> dict[str, bool]:
    """Return which commitments agree; those the block's fork does not know are left out."""
    fields = dict(ALWAYS_CHECKED)
    fields |= {key: name for key, name in CHECKED_WHERE_PRESENT.items() if getattr(expected, name) is not None}
    return {key: getattr(expected, name) == getattr(computed, name) for key, name in fields.items()}


class _Timed(NamedTuple):
    run: Run
    seconds: float


def _timed(backend: Backend, real: RealBlock, config: RunConfig) -> _Timed:
    start = time.process_time()
    run = backend.execute_block(real.pre, real.block, config)
    return _Timed(run, time.process_time() - start)


def _row(timed: _Timed, right: BlockResult, real: RealBlock, config: RunConfig) -> dict[str, Any]:
    run, seconds = timed
    cores = config.cores if run.spans else 1
    return {
        "equal": not compare_results(run.result, right),
        **describe(measure(run, cores, real.block.header.coinbase, costs=config.costs)),
        "attempts": run.attempts,
        "cpuSeconds": round(seconds, 4),
        "kgasPerSecond": round(run.result.gas_used / 1000 / seconds) if seconds else None,
    }


def describe(metrics: Metrics) -> dict[str, Any]:
    """Return metrics as JSON: virtual time is that of a unit of gas, refunds not deducted."""
    hottest = [{"location": str(place), "aborts": count} for place, count in metrics.aborts_by_location.items()]
    return {
        "cores": metrics.cores,
        "makespan": metrics.makespan,
        "speedup": round(metrics.speedup, 4),
        "work": metrics.work,
        "span": metrics.span,
        "spanByAccess": metrics.span_by_access,
        "efficiency": round(metrics.efficiency, 4),
        "executions": metrics.executions,
        "dryRuns": metrics.dry_runs,
        "executionsPerTransaction": round(metrics.executions_per_transaction, 4),
        "aborts": metrics.aborts,
        "abortsByLocation": hottest[:MOST_LOCATIONS],
        "cascadeDepth": metrics.cascade_depth,
        "wasted": round(metrics.wasted, 4),
        "validations": metrics.validations,
        "utilisation": round(metrics.utilisation, 4),
        "dependencyDistances": {str(distance): count for distance, count in metrics.dependency_distances.items()},
        "commitLatency": {"p50": metrics.commit_latency[0], "p99": metrics.commit_latency[1]},
        "hintBytes": metrics.hint_bytes,
    }
