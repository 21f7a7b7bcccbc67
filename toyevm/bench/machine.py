"""Compare machines fairly: the same work in one process, turn by turn, in CPU time, and no number unless all agree.

A busy or throttled computer slows down whoever happens to be running. So the machines take turns within every repeat,
and what counts is the ratio of their medians; the spread of a row tells how far to trust it.
"""

from __future__ import annotations

import gc
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import geometric_mean, median
from time import process_time
from typing import Any

from toyevm.bench.compile_memory import measure_compile_cache
from toyevm.bench.eels import Eels
from toyevm.bench.peers import CallOutcome, Peer, ToyEvm, version_of
from toyevm.bench.py_evm import PyEvm
from toyevm.errors import InputError, ToyevmError
from toyevm.workloads.programs import FORK, PROGRAMS, Program, SignedBlock

PEERS: tuple[Callable[[], Peer], ...] = (ToyEvm, PyEvm, Eels)
REFERENCE = "py-evm"
KECCAK_PACKAGES = ("tiny-keccak", "safe-pysha3", "pycryptodome")  # what machines hash with is part of their speed

Work = Program | SignedBlock
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


def select(names: Sequence[str], programs: Sequence[Callable[[], Work]] = PROGRAMS) -> list[Callable[[], Work]]:
    """Return the programs of these names, or all of them if there are none; raise InputError for an unknown one."""
    by_name = {make().name: make for make in programs} if names else {}
    for name in names:
        if name not in by_name:
            raise InputError(f"no row {name!r}", "--only", ", ".join(by_name))
    return [by_name[name] for name in by_name if name in names] if names else list(programs)


def run_bench_vm(
    repeats: int = 7,
    warmup: int = 2,
    programs: Sequence[Callable[[], Work]] = PROGRAMS,
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
    works, rows = [make() for make in programs], []
    for work in works:
        progress(work.name)
        rows.append(_measure(work, present, repeats, warmup))
    environment = describe_computer() | {
        "fork": FORK.name,
        "repeats": repeats,
        "machines": {peer.name: version_of(peer.package) or "from source" for peer in present},
        "signatures": {peer.name: peer.signatures for peer in present},
        "missing": missing,
    }
    return {
        "environment": environment,
        "rows": rows,
        "geometricMean": mean_speedups(rows),
        "compileCache": measure_compile_cache([work for work in works if isinstance(work, Program)]),
    }


def mean_speedups(rows: Sequence[Report]) -> dict[str, float]:
    """Return the geometric mean of each machine's speedups, over the message calls: a transaction is more than one."""
    messages = [row["speedup"] for row in rows if row["level"] == "message"]
    return {name: geometric_mean(row[name] for row in messages) for name in (messages[0] if messages else ())}


def _find(peers: Sequence[Callable[[], Peer]]) -> tuple[list[Peer], list[str]]:
    """Return the machines that can be had, and in words those that cannot."""
    present, missing = [], []
    for make_peer in peers:
        try:
            present.append(make_peer())
        except ImportError as error:
            missing.append(f"{getattr(make_peer, 'name', make_peer)} ({error})")
    return present, missing


def _measure(work: Work, peers: Sequence[Peer], repeats: int, warmup: int) -> Report:
    """Return the row of one program: seconds for one call, or for one block, machine by machine."""
    times: Times = {peer.name: [] for peer in peers}
    for turn in range(-warmup, repeats):
        variant = work.variant(warmup + turn)
        outcomes = {}
        first = turn % len(peers)  # whoever comes first finds the processor's caches full of something else
        for peer in (*peers[first:], *peers[:first]):
            seconds, outcomes[peer.name] = _time(peer, variant)
            if turn >= 0:
                times[peer.name].append(seconds)
        if len(set(outcomes.values())) > 1:
            raise Disagreement(work.name, outcomes)
    medians = {name: median(seconds) for name, seconds in times.items()}
    reference = medians.get(REFERENCE)
    size = {"transactions": len(work.transactions)} if isinstance(work, SignedBlock) else {"calls": work.messages}
    return {
        "program": work.name,
        "level": "transaction" if isinstance(work, SignedBlock) else "message",
        "gasUsed": next(iter(outcomes.values())).gas_used,
        **size,
        "seconds": medians,
        "spread": {name: (max(seconds) - min(seconds)) / medians[name] for name, seconds in times.items()},
        "speedup": {name: reference / seconds for name, seconds in medians.items()} if reference else {},
    }


def _time(peer: Peer, work: Work) -> tuple[float, CallOutcome]:
    """Return the CPU seconds of one call or block, and its outcome."""
    if isinstance(work, SignedBlock):
        seconds, answer = cpu_time([peer.load_block(work)])
        return seconds, peer.block_outcome(work, answer)
    seconds, answer = cpu_time([peer.load(work) for _ in range(work.messages)])
    return seconds / work.messages, peer.outcome(answer)


def cpu_time(functions: Sequence[Callable[[], Any]]) -> tuple[float, Any]:
    """Return the CPU seconds that these functions take together, and what the last one returns."""
    with garbage_collector_off():
        begin = process_time()
        for function in functions:
            answer = function()
        return process_time() - begin, answer


@contextmanager
def garbage_collector_off() -> Iterator[None]:
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
