"""`toyevm bench parallel`: every backend on several workloads and numbers of virtual cores, in simulated time.

The backends that follow hints appear twice: with those of an honest producer, and alone, when they have to find out
in a dry run. A row whose results differ from the sequential backend's is worth nothing, so each is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from toyevm.backends import BACKENDS, Backend, CostModel
from toyevm.bench.judged_block import JudgedBlock
from toyevm.bench.machine import garbage_collector_off
from toyevm.errors import InputError
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
    return len(names) * sum(len(_ways(backend)) * len(_counts(backend, cores)) for backend in BACKENDS.strategies)


def _ways(backend: Backend) -> Sequence[bool]:
    """Return for each run whether it has hints: with and without, where a backend follows hints at all."""
    return (True, False) if backend.hint_kind else (False,)


def _counts(backend: Backend, cores: Sequence[int]) -> Sequence[int]:
    return cores if backend.kind != "sequential" else (1,)


def _rows(name: str, cores: Sequence[int], progress: Callable[[str], None]) -> Iterator[Report]:
    judged = JudgedBlock.of(WORKLOADS[name]())
    for backend in BACKENDS.strategies:
        for with_hints in _ways(backend):
            for count in _counts(backend, cores):
                progress(f"{name} {backend.name}")
                hints = ("honest" if with_hints else "dry run") if backend.hint_kind else None
                row = {"workload": name, "backend": backend.name, "hints": hints}
                yield row | judged.figures(backend, count, with_hints)
