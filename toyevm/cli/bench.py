"""`toyevm bench`: what may be asked for, and of which suite."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from toyevm.bench import blockstm, machine, parallel, replay_times
from toyevm.bench.peers import version_of
from toyevm.bench.ratios_chart import speedup_chart
from toyevm.charts import check_plot
from toyevm.cli.bench_tables import print_blockstm, print_machines, print_parallel, print_replays
from toyevm.cli.screen import progress, show
from toyevm.errors import InputError
from toyevm.rollups.zk_rollup.needs import need_numpy
from toyevm.workloads.json_input import parse_int

SUITES = ("vm", "replay", "parallel", "blockstm", "stark", "cores", "hints")


def run(
    suite: str,
    files: Sequence[Path],
    as_json: bool,
    repeats: int | None,
    only: Sequence[str],
    plot: Path | None,
    cores: Sequence[int] = (),
    dask: str | None = None,
) -> int:
    """Run a suite and return the exit code: 1 if machines or backends disagree, or a block with its header.

    Raises:
        InputError: for an unknown suite, and for words that belong to another one.
    """
    if suite not in SUITES:
        raise InputError(f"unknown suite {suite!r}", "bench", " or ".join(SUITES))
    if suite == "cores":
        if only or len(cores) > 1:
            raise InputError("no --only, and --cores once, for cores", "bench cores", "other options, and FILE...")
        return _cores(files, as_json, repeats or 11, plot, dask, cores[0] if cores else None)
    if dask is not None:
        raise InputError("--dask is for cores", f"bench {suite}", "cores")
    if suite == "blockstm":
        if files or repeats or only or plot or cores:
            raise InputError("only --json is for blockstm", "bench blockstm", "no other option")
        return _blockstm(as_json)
    if suite == "parallel":
        if files or repeats or plot:
            raise InputError("only --cores, --only and --json are for parallel", "bench parallel", "options only")
        return _parallel(as_json, cores or parallel.CORES, only or parallel.DEFAULT)
    if suite == "stark":
        if files or cores:
            raise InputError("--only, --repeats, --plot and --json are for stark", "bench stark", "options only")
        return _stark(as_json, repeats or 3, only, plot)
    if suite == "hints":
        if only or repeats or plot or len(cores) > 1:
            raise InputError("FILE..., one --cores and --json are for hints", "bench hints", "no other option")
        return _hints(files, as_json, *cores)
    if cores:
        raise InputError("--cores is for parallel and cores", f"bench {suite}", "parallel or cores")
    if suite == "replay":
        if only or plot:
            raise InputError("--only and --plot are for vm", "bench replay", "FILE...")
        return _replay(files, as_json, repeats or 3)
    if files:
        raise InputError(f"bench vm takes no files, got {str(files[0])!r}")
    return _machines(as_json, repeats or 7, only, plot)


def _machines(as_json: bool, repeats: int, only: Sequence[str], plot: Path | None) -> int:
    programs = machine.select(only)
    if plot is not None:
        check_plot(plot)
        if version_of(machine.REFERENCE) is None:
            raise InputError(f"{machine.REFERENCE} is not installed, so there is nothing to compare with", "--plot")
    try:
        with progress("programs", len(programs)) as begin:
            report = machine.run_bench_vm(repeats=repeats, programs=programs, progress=begin)
    except machine.Disagreement as error:
        print("toyevm:", error, file=sys.stderr)
        return 1
    if plot is not None:
        chart = speedup_chart(report)
        chart.save(plot)
        print(f"{plot}: {chart.text}", file=sys.stderr)
    show(report, as_json, print_machines)
    return 0


def _parallel(as_json: bool, cores: Sequence[int], names: Sequence[str]) -> int:
    with progress("runs", parallel.count_runs(cores, names)) as begin:
        report = parallel.run_bench_parallel(cores, names, begin)
    show(report, as_json, print_parallel)
    return 0 if all(row["equal"] for row in report["rows"]) else 1


def _blockstm(as_json: bool) -> int:
    with progress("points", blockstm.count_pieces()) as begin:
        report = blockstm.run_bench_blockstm(begin)
    show(report, as_json, print_blockstm)
    return 0


def _stark(as_json: bool, repeats: int, only: Sequence[str], plot: Path | None) -> int:
    need_numpy("bench stark")
    from toyevm.bench import stark
    from toyevm.bench.stark_chart import stark_chart
    from toyevm.cli.stark_tables import print_stark

    sizes = [parse_int(size, "--only", bits=32) for size in only] or stark.SIZES
    if plot is not None:
        check_plot(plot)
    with progress("rows", stark.count_rows(sizes)) as begin:
        report = stark.run_bench_stark(sizes, repeats, progress=begin)
    if plot is not None:
        chart = stark_chart(report["rows"])
        chart.save(plot)
        print(f"{plot}: {chart.text}", file=sys.stderr)
    show(report, as_json, print_stark)
    return 0 if all(map(stark.is_right, report["rows"])) else 1


def _cores(
    files: Sequence[Path], as_json: bool, repeats: int, plot: Path | None, dask: str | None, cores: int | None
) -> int:
    from toyevm.bench.cores.chart import cores_chart
    from toyevm.bench.cores.report import is_right, open_bench
    from toyevm.cli.cores_tables import print_cores

    with open_bench(files, dask, cores) as bench:
        if plot is not None:
            check_plot(plot)  # not before: libraries that draw start threads, and beside threads nothing is forked
        with progress("rows", bench.count(repeats)) as begin:
            report = bench.measure(repeats, begin)
    if plot is not None:
        chart = cores_chart(report)
        chart.save(plot)
        print(f"{plot}: {chart.text}", file=sys.stderr)
    show(report, as_json, print_cores)
    return 0 if all(map(is_right, report["rows"])) else 1


def _replay(files: Sequence[Path], as_json: bool, repeats: int) -> int:
    with progress("blocks", len(files)) as begin:
        report = replay_times.run_bench_replay(files, repeats, begin)
    show(report, as_json, print_replays)
    return 0 if all(map(replay_times.is_right, report["rows"])) else 1


def _hints(files: Sequence[Path], as_json: bool, cores: int = 16) -> int:
    from toyevm.bench.learned.report import count_pieces, is_right, run_bench_hints
    from toyevm.cli.bench_tables import print_hints

    need_numpy("bench hints")
    with progress("blocks", count_pieces(files)) as begin:
        report = run_bench_hints(files, cores, begin)
    show(report, as_json, print_hints)
    return 0 if is_right(report) else 1
