"""Measure the STARK on this machine: `python -m tests.rollups.zk.measure [rows] [processes]`, the median of five.

The statement has the shape of the payments (`wide`): 2,048 rows are those of 64, 32,768 of 1,024. Peak memory is that
of all processes together, shared pages counted once, with the trace that the prover is given; only Linux tells.
"""

import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.rollups.zk.wide import wide, wide_trace
from toyevm.rollups.zk.security import proven_bits
from toyevm.rollups.zk.stark import StarkParameters, prove, verify


def measure(rows: int, processes: int | None = None, runs: int = 5) -> dict[str, object]:
    """Return seconds (medians of some runs), megabytes, bytes and bits."""
    trace = wide_trace(rows)
    statement, seconds = wide(trace), []
    for _ in range(runs):
        times = [(time.perf_counter(), os.times())]
        proof = prove(statement, trace, processes=processes)
        times.append((time.perf_counter(), os.times()))
        valid = verify(statement, rows, proof).valid
        times.append((time.perf_counter(), os.times()))
        (a, cpu), (b, cpu_after), (c, _) = times
        seconds.append((b - a, sum(cpu_after[:2]) - sum(cpu[:2]), sum(cpu_after[2:4]) - sum(cpu[2:4]), c - b))
    names = ("proveSeconds", "ownProcessorSeconds", "helpersProcessorSeconds", "verifySeconds")
    return {
        "rows": rows,
        "processes": processes or "default",
        "valid": valid,
        **{name: round(statistics.median(column), 4) for name, column in zip(names, zip(*seconds))},
        "proofBytes": len(proof),
        "provenBits": proven_bits(statement, rows, StarkParameters()),
        "peakMegabytes": peak_megabytes(lambda: prove(statement, trace, processes=processes)),
    }


def peak_megabytes(work: Callable[[], object]) -> int | None:
    """Return the most memory that this process and its children have while working; None where nobody tells."""
    seen, done = [], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            seen.append(sum(map(_kilobytes, [os.getpid(), *_children()])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return max(seen) // 1024 if any(seen) else None


def _children() -> list[int]:
    lists = Path("/proc/self/task").glob("*/children")
    return [int(pid) for path in lists for pid in path.read_text().split()]


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:])) if len(sys.argv) > 1 else measure(2048))
