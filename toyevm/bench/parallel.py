"""`toyevm bench parallel`: every backend on several workloads and numbers of virtual cores, in simulated time.

The backends that follow hints appear twice: with those of an honest producer, and alone, when they have to find out
in a dry run. A row whose results differ from the sequential backend's is worth nothing, so each is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from toyevm.backends import BACKENDS, Backend, CostModel, Hints, RunConfig, hints_for
from toyevm.backends.base import compare_results
from toyevm.bench.machine import garbage_collector_off
from toyevm.bench.replay import describe
from toyevm.errors import InputError
from toyevm.simulation.metrics import measure
from toyevm.simulation.transcripts import Transcripts
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import to_many, to_one_shop
from toyevm.workloads.workload import Workload

CORES = (1, 2, 4, 16, 64)
WORKLOADS: Mapping[str, Callable[[], Workload]] = {
    "payments-to-many": to_many,
    "payments-to-one-shop": to_one_shop,
    **APPLICATIONS,
}
DEFAULT = ("payments-to-many", "payments-to-one-shop", "erc20-uniform", "erc20-zipf", "amm-swap", "nft", "nft-counter")

Report = dict[str, Any]
Runs = Iterator[tuple[str, Backend, RunConfig]]


def run_bench_parallel(
    cores: Sequence[int] = CORES, names: Sequence[str] = DEFAULT, progress: Callable[[str], None] = lambda name: None
) -> Report:
    """Run everything and return one row for each workload, backend and number of cores.

    Args:
        progress: is told the workload and the backend before each run.

    Raises:
        InputError: an unknown workload, or no cores.
    """
    for name in names:
        if name not in WORKLOADS:
            raise InputError(f"unknown workload {name!r}", "bench parallel", " | ".join(WORKLOADS))
    if min(cores) < 1:
        raise InputError(f"{min(cores)} cores", "bench parallel", "at least 1")
    rows: list[Report] = []
    for name in names:
        with garbage_collector_off():  # it would go through all transcripts of a workload again and again
            rows += _rows(name, cores, progress)
    environment = {"time": "simulated, in the time of a unit of gas", "costs": asdict(CostModel())}
    return {"environment": environment, "rows": rows}


def count_runs(cores: Sequence[int], names: Sequence[str]) -> int:
    """Return how many rows there will be."""
    return len(names) * sum(len(_ways(backend, None)) * len(_counts(backend, cores)) for backend in BACKENDS)


def _ways(backend: Backend, hints: Hints | None) -> Sequence[Hints | None]:
    """Return the hints of each run: those of an honest producer and none, where a backend follows hints at all."""
    return (hints, None) if backend.hint_kind else (None,)


def _counts(backend: Backend, cores: Sequence[int]) -> Sequence[int]:
    return cores if backend.kind != "sequential" else (1,)


def _rows(name: str, cores: Sequence[int], progress: Callable[[str], None]) -> Iterator[Report]:
    workload = WORKLOADS[name]()
    pre, block, coinbase = workload.pre, workload.block, workload.block.header.coinbase
    oracle = BACKENDS.named("sequential").execute_block(pre, block, RunConfig(workload.chain)).result
    hints = hints_for(pre, block, workload.chain, oracle.results)
    transcripts = Transcripts()
    for backend in BACKENDS:
        kind = backend.hint_kind
        for given in _ways(backend, hints):
            size = given.byte_sizes[kind] if given and kind else 0
            for count in _counts(backend, cores):
                progress(f"{name} {backend.name}")
                config = RunConfig(workload.chain, cores=count, hints=given, transcripts=transcripts)
                run = backend.execute_block(pre, block, config)
                yield {
                    "workload": name,
                    "backend": backend.name,
                    "hints": ("honest" if given else "dry run") if kind else None,
                    "equal": not compare_results(run.result, oracle),
                    **describe(measure(run, count, coinbase, costs=CostModel(), hint_bytes=size)),
                }
