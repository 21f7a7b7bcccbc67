"""`toyevm bench`: what may be asked for, and of which suite."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from toyevm.bench.machine import Disagreement, bench_vm
from toyevm.bench.parallel import bench_parallel
from toyevm.bench.replay_times import bench_replay
from toyevm.errors import InputError

SUITES = ("vm", "replay", "parallel")


def run(
    suite: str,
    files: Sequence[Path],
    as_json: bool,
    repeats: int | None,
    only: Sequence[str],
    plot: Path | None,
    cores: Sequence[int] = (),
) -> int:
    """Run a suite and return the exit code: 1 if machines or backends disagree, or a block with its header.

    Raises:
        InputError: for an unknown suite, and for words that belong to another one.
    """
    if suite not in SUITES:
        raise InputError(f"unknown suite {suite!r}", "bench", " or ".join(SUITES))
    if suite == "parallel":
        if files or repeats or plot:
            raise InputError("only --cores, --only and --json are for parallel", "bench parallel", "options only")
        return 0 if bench_parallel(as_json, cores, only) else 1
    if cores:
        raise InputError("--cores is for parallel", f"bench {suite}", "parallel")
    if suite == "replay":
        if only or plot:
            raise InputError("--only and --plot are for vm", "bench replay", "FILE...")
        return 0 if bench_replay(files, as_json, repeats or 3) else 1
    if files:
        raise InputError(f"what is {str(files[0])!r}?", "bench vm", "options only")
    try:
        bench_vm(as_json, repeats or 7, only, plot)
    except Disagreement as error:
        print("toyevm:", error, file=sys.stderr)
        return 1
    return 0
