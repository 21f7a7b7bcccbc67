"""What submissions that run at the same time do to each other: next to nothing.

Each keeps to one core, so that its threads take nobody else's. One that ran out of time on the wall, not of its own,
may run once more while no other does: the others wait until it has ended.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Neighbours:
    """Those of one process of ours."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        cores: set[int | None] = {*os.sched_getaffinity(0)} if hasattr(os, "sched_getaffinity") else {None}
        self._runs = dict.fromkeys(cores, 0)
        self._wish_alone = 0

    @contextmanager
    def beside(self) -> Iterator[int | None]:
        """Run beside others, on the core that is lent here, if a process can be kept on one."""
        with self._changed:
            self._changed.wait_for(lambda: not self._wish_alone)
            core = min(self._runs, key=self._runs.__getitem__)
            self._runs[core] += 1
        try:
            yield core
        finally:
            self._leave(core)

    @contextmanager
    def alone(self) -> Iterator[int | None]:
        """Run when no other does, and keep the others waiting for as long."""
        with self._changed:
            self._wish_alone += 1
            self._changed.wait_for(lambda: not any(self._runs.values()))
            core = next(iter(self._runs))
            self._runs[core] += 1
        try:
            yield core
        finally:
            with self._changed:
                self._wish_alone -= 1
            self._leave(core)

    def _leave(self, core: int | None) -> None:
        with self._changed:
            self._runs[core] -= 1
            self._changed.notify_all()
