"""`toyevm bench parallel`: every backend on several workloads and numbers of virtual cores, in simulated time.

The backends that follow hints appear twice: with those of an honest producer, and alone, when they have to find out
in a dry run. A row whose results differ from the sequential backend's is worth nothing, so each is compared.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from toyevm.analysis.metrics import measure
from toyevm.backends import BACKENDS, Backend, CostModel, RunConfig, hints_of
from toyevm.backends.base import compare_results
from toyevm.bench.replay import describe
from toyevm.errors import InputError
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import Workload, to_many, to_one_shop

CORES = (1, 2, 4, 16, 64)
WORKLOADS: Mapping[str, Callable[[], Workload]] = {
    "payments-to-many": to_many,
    "payments-to-one-shop": to_one_shop,
    **APPLICATIONS,
}
DEFAULT = ("payments-to-many", "payments-to-one-shop", "erc20-uniform", "erc20-zipf", "amm-swap", "nft", "nft-counter")

Report = dict[str, Any]
Runs = Iterator[tuple[str, Backend, RunConfig]]


def bench_parallel(as_json: bool, cores: Sequence[int], only: Sequence[str] = ()) -> bool:
    """Print the report; return whether every run equals the sequential one."""
    report = run_bench_parallel(cores or CORES, only or [name for name in DEFAULT if name in WORKLOADS])
    if as_json:
        print(json.dumps(report))
    else:
        print_bench_parallel(report)
    return all(row["equal"] for row in report["rows"])


def run_bench_parallel(cores: Sequence[int], names: Sequence[str]) -> Report:
    """Run everything and return one row for each workload, backend and number of cores.

    Raises:
        InputError: an unknown workload, or no cores.
    """
    for name in names:
        if name not in WORKLOADS:
            raise InputError(f"unknown workload {name!r}", "bench parallel", " | ".join(WORKLOADS))
    if min(cores) < 1:
        raise InputError(f"{min(cores)} cores", "bench parallel", "at least 1")
    rows = [row for name in names for row in _rows(name, WORKLOADS[name](), cores)]
    costs = {name: getattr(CostModel(), name) for name in CostModel.__dataclass_fields__}
    return {"environment": {"time": "simulated, in the time of a unit of gas", "costs": costs}, "rows": rows}


def _rows(name: str, workload: Workload, cores: Sequence[int]) -> Iterator[Report]:
    if sys.stderr.isatty():
        print(f"simulating {name} ...", file=sys.stderr)
    pre, block, coinbase = workload.pre, workload.block, workload.block.header.coinbase
    oracle = BACKENDS.named("sequential").execute_block(pre, block, RunConfig(workload.chain))
    hints = hints_of(oracle.results, coinbase)
    for backend in BACKENDS:
        kind = getattr(backend, "hint_kind", None)
        for given in (hints, None) if kind else (None,):
            size = given.byte_sizes[kind] if given and kind else 0
            for count in cores if backend.kind != "sequential" else (1,):
                result = backend.execute_block(pre, block, RunConfig(workload.chain, cores=count, hints=given))
                yield {
                    "workload": name,
                    "backend": backend.name,
                    "hints": ("honest" if given else "dry run") if kind else None,
                    "equal": not compare_results(result, oracle),
                    **describe(measure(result, count, coinbase, costs=CostModel(), hint_bytes=size)),
                }


def print_bench_parallel(report: Report) -> None:
    """Print one table for each workload: how many times faster than one core, and what it took."""
    from rich.console import Console

    console = Console(highlight=False)
    workloads = dict.fromkeys(row["workload"] for row in report["rows"])
    for name in workloads:
        console.print(_table(name, [row for row in report["rows"] if row["workload"] == name]))
    console.print("Simulated time: real executions on virtual cores; a unit of gas takes 1, the rest is", end=" ")
    console.print(", ".join(f"{name} {value}" for name, value in report["environment"]["costs"].items()), markup=False)


def _table(name: str, rows: Sequence[Report]) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    cores = list(dict.fromkeys(row["cores"] for row in rows if row["backend"] != "sequential"))
    bound = rows[0]["work"] / min(row["spanByAccess"] for row in rows)
    table = Table(title=f"{name}: speedup (at most {bound:.1f}x)", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in (*map(str, cores), "runs each", "wasted", "hint bytes"):
        table.add_column(heading, justify="right", no_wrap=True)
    for label in dict.fromkeys(map(_label, rows)):
        own = {row["cores"]: row for row in rows if _label(row) == label}
        last = own[max(own)]
        speedups = (f"{own[count]['speedup']:.2f}" if count in own else "" for count in cores)
        runs = f"{last['executionsPerTransaction']:.2f}" + (" + dry" if last["dryRuns"] else "")
        table.add_row(label, *speedups, runs, f"{last['wasted']:.0%}", str(last["hintBytes"] or ""))
    return table


def _label(row: Report) -> str:
    return f"{row['backend']} ({row['hints']})" if row["hints"] else str(row["backend"])
