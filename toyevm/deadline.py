"""A limit of time for code that may never come back: a test case, a student's function."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 0.5  # seconds


class OutOfTime(BaseException):
    """Time is over. No `except Exception` in the code that takes too long catches it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block when it takes too long.

    That can be done in the main thread of a system with interval timers, and if nobody keeps the time already;
    elsewhere there is no limit. It is raised again every `AGAIN` seconds, since Python drops what is raised in a
    destructor, and code under test may catch everything.
    """
    can = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not can or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def out_of_time(signum: int, frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, out_of_time)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
