"""A limit of processor time, for what is judged by whether it ends: the machine may be as busy as it likes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from toyevm.deadline import AGAIN, OutOfTime


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block when it has computed for so long, however busy the machine is.

    What the system does for it counts: who fills memory spends most of the time there, and would fill it all.
    """

    def out_of_time(signum: int, frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, out_of_time)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
