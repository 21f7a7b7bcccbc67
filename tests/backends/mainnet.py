"""Real blocks on every backend: `python -m tests.backends.mainnet --cores 1 2 4 16 64`.

Needs the public test data (TOYEVM_DATA). Prints how many times faster each block was than on one core, with each number
of cores, and exits with 1 if one run differs from the sequential backend. With `--json`: a row for each run, at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.backends.cases import Case
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.support.whole_backends import WHOLE_BACKENDS
from toyevm.backends import CostModel, Hints, RunConfig, hints_for
from toyevm.simulation.metrics import measure
from toyevm.simulation.run import Run
from toyevm.workloads.mainnet import load_block


def blocks(data: Path) -> list[Path]:
    return sorted((data / "mainnet").glob("*.json.xz"))


def compare(
    path: Path, cores: Sequence[int], honest: bool = True, seed: int = 1, names: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Run a block on parallel backends, all if not named; those that follow hints have honest ones, or a dry run."""
    return list(_compare(path, cores, honest, seed, names))


def _compare(
    path: Path, cores: Sequence[int], honest: bool, seed: int, names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    real = load_block(path)
    case = Case(path.name.partition(".")[0], real.pre, real.block, real.chain)
    oracle = oracle_of(case)
    assert isinstance(oracle, Run)
    coinbase = real.block.header.coinbase
    truth = hints_for(real.pre, real.block, real.chain, oracle.result.results)
    for backend in WHOLE_BACKENDS:
        if backend.kind == "sequential" or (names and backend.name not in names):
            continue
        choices: list[Hints | None] = [None, truth] if honest and backend.hint_kind else [None]
        for hints in choices:
            for count in cores:
                begin = time.process_time()
                outcome = outcome_of(backend, case, RunConfig(real.chain, count, seed, hints=hints))
                seconds = time.process_time() - begin
                row = {"block": case.name, "backend": backend.name, "honest": hints is not None, "cores": count}
                row |= {"differences": differences(case, outcome, oracle)[:5], "seconds": round(seconds, 2)}
                if isinstance(outcome, Run):
                    metrics = measure(outcome, count, coinbase, costs=CostModel())
                    row |= {"speedup": round(metrics.speedup, 2), "efficiency": round(metrics.efficiency, 2)}
                    row |= {"aborts": metrics.aborts, "attempts": outcome.attempts}
                yield row


def table(rows: Sequence[dict[str, Any]], cores: Sequence[int]) -> Iterator[str]:
    """Yield a line for each backend, with and without honest hints: in each column a block, on so many cores."""
    names = list(dict.fromkeys(row["block"] for row in rows))
    cells: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        name = row["backend"] + " with hints" * row["honest"]
        cells.setdefault(name, {}).setdefault(row["block"], []).append(f"{row.get('speedup', '-')}")
    width = 3 + 5 * len(cores)
    yield f"times faster on {', '.join(map(str, cores))} cores"
    yield f"{'block':<30}" + "".join(f"{block:>{width}}" for block in names)
    for name, by_block in cells.items():
        yield f"{name:<30}" + "".join(f"{'/'.join(by_block.get(block, ['-'])):>{width}}" for block in names)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2, 4, 16, 64])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="a row of JSON for each run instead of the table")
    options = parser.parse_args()
    folder = os.environ.get("TOYEVM_DATA")
    if not folder or not Path(folder).is_dir():
        parser.error("TOYEVM_DATA names no folder: see README.md, public test data")
    paths = blocks(Path(folder))
    found: list[dict[str, Any]] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for rows in pool.map(compare, paths, [options.cores] * len(paths)):
            found += rows
            if options.json:
                print(*map(json.dumps, rows), sep="\n", flush=True)
    wrong = [row for row in found if row["differences"]]
    if not options.json:
        print(*table(found, options.cores), *map(json.dumps, wrong), sep="\n")
        print(f"{len(paths)} blocks, {len(found)} runs, {len(wrong)} of them differ from the sequential backend")
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main())
