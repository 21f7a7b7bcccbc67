"""How much memory a piece of work takes at its worst, in this process and its helpers together.

The system keeps the high-water mark of this process. Helpers share pages with it, which must not count twice: so while
there are any, what this process has and what each helper has for itself are added up again and again. What lies between
two looks is missed, and so is what helpers share with each other alone. Without /proc it is the two high-water marks
together: more than the truth, as shared pages count twice.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import thread_time

PERIOD = 0.02  # seconds between two looks
SHARE = 20  # looking takes at most one part in so many of the time of a core
PROCESSES = Path("/proc")


class PeakMemory:
    """What `peak_memory` measures: `bytes` is None before the end, and where the system does not say."""

    def __init__(self) -> None:
        self.bytes: int | None = None


@contextmanager
def peak_memory() -> Iterator[PeakMemory]:
    """Measure the block under it: the memory that was in use at the worst moment, what was there before included."""
    found, ended, looks = PeakMemory(), Event(), [0]
    with suppress(OSError):  # a system that does not let us begin anew says what was most since the process began
        (PROCESSES / "self/clear_refs").write_text("5")
    watcher = Thread(target=_watch, args=(ended, looks), daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()
        own = _high_water_mark()
        found.bytes = None if own is None else max(own, *looks)


def _watch(ended: Event, looks: list[int]) -> None:
    pause = PERIOD
    while not ended.wait(pause):
        begun = thread_time()
        if helpers := _helpers():
            now = _reported("self/status", "VmRSS:") + sum(map(_own_pages, helpers))
            looks[:] = [max(now, *looks)]
        pause = max(PERIOD, SHARE * (thread_time() - begun))


def _helpers() -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in (PROCESSES / "self/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _own_pages(process: int) -> int:
    return _reported(f"{process}/smaps_rollup", "Private_Clean:", "Private_Dirty:")


def _high_water_mark() -> int | None:
    return _reported("self/status", "VmHWM:") or _marks_of_all()


def _marks_of_all() -> int | None:
    try:
        from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * sum(getrusage(who).ru_maxrss for who in (RUSAGE_SELF, RUSAGE_CHILDREN))


def _reported(file: str, *fields: str) -> int:
    """Return some fields of one of the system's reports, together and in bytes; 0 where there is no such report."""
    with suppress(OSError):  # a helper may have ended meanwhile
        lines = (PROCESSES / file).read_text().splitlines()
        return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(fields))
    return 0
