"""Measure the proof of payments on this machine: `python -m tests.rollups.zk.measure [payments] [processes]`.

Medians of five runs. On a busy machine the processor's time says more than the clock's. Peak memory is that of all
processes together, shared pages counted once; only Linux tells.
"""

import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.rollups.zk.payments.batches import random_accounts, random_payments
from toyevm.rollups.zk.payments.air import payments_air
from toyevm.rollups.zk.payments.proofs import check_payments, prove_payments
from toyevm.rollups.zk.security import proven_bits
from toyevm.rollups.zk.stark import StarkParameters


class Clock:
    """What time it is, by the wall, by this process and by its children; and how long each phase took, by the first."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._phase, self._begun = "", self.now()

    @staticmethod
    def now() -> tuple[float, float, float]:
        """Return three times in seconds."""
        cpu = os.times()
        return time.perf_counter(), cpu.user + cpu.system, cpu.children_user + cpu.children_system

    def tell(self, phase: str) -> None:
        """End a phase and begin another."""
        now = self.now()
        for what, before, after in zip(("wall", "own", "helpers"), self._begun, now):
            for name in (what, f"{self._phase}: {what}"):
                self.seconds[name] = self.seconds.get(name, 0.0) + after - before
        self._phase, self._begun = phase, now


def measure(count: int, processes: int | None = None, runs: int = 5) -> dict[str, object]:
    """Return seconds (medians of some runs), megabytes, bytes and bits."""
    random = Random(1)
    tree = random_accounts(random)
    payments = random_payments(random, tree, count)
    seconds: dict[str, list[float]] = {}
    for _ in range(runs):
        clock = Clock()
        statement, proof = prove_payments(tree, payments, processes=processes, progress=clock.tell)
        clock.tell("")
        checking = Clock()
        valid = check_payments(statement, proof).valid
        checking.tell("")
        times = clock.seconds | {f"check: {name}": checking.seconds[name] for name in ("wall", "own")}
        for name, value in times.items():
            seconds.setdefault(name, []).append(value)
    return {
        "payments": count,
        "processes": processes or "default",
        "valid": valid,
        "seconds": {name: round(statistics.median(some), 3) for name, some in seconds.items() if name[0] != ":"},
        "proofBytes": len(proof),
        "provenBits": proven_bits(payments_air(statement), statement.rows, StarkParameters()),
        "peakMegabytes": peak_megabytes(lambda: prove_payments(tree, payments, processes=processes)),
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
    print(json.dumps(measure(*map(int, sys.argv[1:])) if len(sys.argv) > 1 else measure(64), indent=1))
