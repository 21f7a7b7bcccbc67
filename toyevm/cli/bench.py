"""Compare machines fairly: the same calls in one process, turn by turn, in CPU time, and no number unless all agree.

A busy or throttled computer slows down whoever happens to be running. So the machines take turns within every repeat,
and what counts is the ratio of their medians; the spread of a row tells how far to trust it.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import geometric_mean, median
from time import process_time
from typing import Any

from toyevm.cli.peers import PEERS, CallOutcome, Peer, version_of
from toyevm.errors import ToyevmError
from toyevm.workloads.programs import FORK, PROGRAMS, Program

REFERENCE = "py-evm"
KECCAK_PACKAGES = ("tiny-keccak", "safe-pysha3", "pycryptodome")  # what machines hash with is part of their speed

Report = dict[str, Any]
Times = dict[str, list[float]]


class Disagreement(ToyevmError):
    """Two machines answered the same call differently, so comparing their speed would mean nothing."""

    def __init__(self, program: str, outcomes: dict[str, CallOutcome]) -> None:
        self.program, self.outcomes = program, outcomes
        answers = (
            f"{name}: {'success' if outcome.succeeded else 'failure'}, {outcome.gas_used} gas, 0x{outcome.output.hex()}"
            for name, outcome in outcomes.items()
        )
        super().__init__(f"the machines disagree about {program!r}: {'; '.join(answers)}")


def bench_vm(as_json: bool = False, repeats: int = 7) -> None:
    """Run `toyevm bench vm`: print the report as JSON, or as a table."""

    def progress(name: str) -> None:
        if sys.stderr.isatty():
            print(f"measuring {name} ...", file=sys.stderr)

    report = run_bench_vm(repeats=repeats, progress=progress)
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        print_bench_vm(report)


def run_bench_vm(
    repeats: int = 7,
    warmup: int = 1,
    programs: Sequence[Callable[[], Program]] = PROGRAMS,
    peers: Sequence[Callable[[], Peer]] = PEERS,
    progress: Callable[[str], None] = lambda name: None,
) -> Report:
    """Time every program on every machine that is installed.

    Args:
        repeats, warmup: how many turns are timed, and how many come before that are not.
        progress: is told the name of each program before its turn.

    Raises:
        Disagreement: when machines differ in status, gas or output.
    """
    present, missing = _find(peers)
    rows = []
    for make_program in programs:
        program = make_program()
        progress(program.name)
        rows.append(_measure(program, present, repeats, warmup))
    environment = describe_computer() | {
        "fork": FORK.name,
        "repeats": repeats,
        "machines": {peer.name: version_of(peer.package) or "from source" for peer in present},
        "missing": missing,
    }
    return {"environment": environment, "rows": rows}


def _find(peers: Sequence[Callable[[], Peer]]) -> tuple[list[Peer], list[str]]:
    """Return the machines that can be had, and in words those that cannot."""
    present, missing = [], []
    for make_peer in peers:
        try:
            present.append(make_peer())
        except ImportError as error:
            missing.append(f"{getattr(make_peer, 'name', make_peer)} ({error})")
    return present, missing


def _measure(program: Program, peers: Sequence[Peer], repeats: int, warmup: int) -> Report:
    """Return the row of one program: seconds for one call, machine by machine."""
    times: Times = {peer.name: [] for peer in peers}
    for turn in range(-warmup, repeats):
        variant = program.variant(warmup + turn)
        outcomes = {}
        for peer in peers:
            seconds, outcomes[peer.name] = _time(peer, variant)
            if turn >= 0:
                times[peer.name].append(seconds)
        if len(set(outcomes.values())) > 1:
            raise Disagreement(program.name, outcomes)
    medians = {name: median(seconds) for name, seconds in times.items()}
    reference = medians.get(REFERENCE)
    return {
        "program": program.name,
        "gasUsed": next(iter(outcomes.values())).gas_used,
        "calls": program.messages,
        "seconds": medians,
        "spread": {name: (max(seconds) - min(seconds)) / medians[name] for name, seconds in times.items()},
        "speedup": {name: reference / seconds for name, seconds in medians.items()} if reference else {},
    }


def _time(peer: Peer, program: Program) -> tuple[float, CallOutcome]:
    """Return the CPU seconds of one call, and its outcome."""
    calls = [peer.load(program) for _ in range(program.messages)]
    with _garbage_collector_off():
        begin = process_time()
        for call in calls:
            answer = call()
        end = process_time()
    return (end - begin) / len(calls), peer.outcome(answer)


@contextmanager
def _garbage_collector_off() -> Iterator[None]:
    """Keep the collector from running in one machine's time because of another's garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def describe_computer() -> Report:
    """Return what a measured number depends on beside the program."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "keccak": {package: found for package in KECCAK_PACKAGES if (found := version_of(package))},
    }


def _cpu_name() -> str:
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def print_bench_vm(report: Report) -> None:
    """Print a report of `run_bench_vm` as a table; "x" is how many times as fast as py-evm."""
    from rich.console import Console

    environment = report["environment"]
    packages = (environment["machines"] | environment["keccak"]).items()
    console = Console(highlight=False)
    console.print(_table(report))
    console.print(f"{environment['python']}, {environment['cpu']}, {environment['cores']} cores, {environment['fork']}")
    console.print(", ".join(f"{name} {found}" for name, found in packages), markup=False)
    for name in environment["missing"]:
        console.print(f"not measured: {name}", markup=False)


def _table(report: Report) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    names, compared, rows = list(report["environment"]["machines"]), _compared(report), report["rows"]
    title = f"One message call (measured: CPU time, median of {report['environment']['repeats']})"
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in (*names, "spread", *(f"{name} x" for name in compared)):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        times = (_duration(row["seconds"][name]) for name in names)
        ratios = (f"{row['speedup'][name]:.2f}" for name in compared)
        table.add_row(row["program"], *times, f"{max(row['spread'].values()):.0%}", *ratios)
    if compared:
        means = (f"{geometric_mean(row['speedup'][name] for row in rows):.2f}" for name in compared)
        table.add_section()
        table.add_row("geometric mean", *("" for _ in names), "", *means)
    return table


def _compared(report: Report) -> list[str]:
    """Return the machines that have a ratio to py-evm: all others, if it ran."""
    names = report["environment"]["machines"]
    return [name for name in names if name != REFERENCE] if REFERENCE in names else []


def _duration(seconds: float) -> str:
    """Return a time for people.

    >>> _duration(0.01234), _duration(0.000056)
    ('12.3 ms', '56 µs')
    """
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"
