"""Limits of time and depth for code that may never come back: a test case, a student's function."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Any

AGAIN = 0.5  # seconds
DEEPEST = 3_000  # calls inside each other, as in a notebook


class OutOfTime(BaseException):
    """Time is over. No `except Exception` in the code that takes too long catches it."""


class Strikes:
    """A timer that raises OutOfTime in the block, and again until that is heard, but never on the way out of it.

    Python drops what is raised in a destructor, and code under test may catch everything: so it strikes again. What was
    dropped is nobody's fault, and is not reported: the report takes time too, in which the next strike would be
    dropped. On the way out, a strike would leave the timer running for whoever comes next.

    Args:
        timer: which of `signal`'s timers, and with which signal.
        first: seconds until its first strike; then one every `again` seconds.
        is_over: asked at each strike: raise?
    """

    def __init__(
        self, timer: tuple[int, signal.Signals], first: float, again: float, is_over: Callable[[], bool] = lambda: True
    ) -> None:
        self._timer, self._signal = timer
        self._first, self._again, self._is_over = first, again, is_over

    def __enter__(self) -> None:
        self._report, sys.unraisablehook = sys.unraisablehook, self._report_others
        self._before = signal.signal(self._signal, self._strike)
        signal.setitimer(self._timer, self._first, self._again)

    def __exit__(self, *_: Any) -> None:
        signal.setitimer(self._timer, 0)
        signal.signal(self._signal, self._before)
        sys.unraisablehook = self._report

    def _report_others(self, dropped: sys.UnraisableHookArgs) -> None:
        if not isinstance(dropped.exc_value, OutOfTime):
            self._report(dropped)

    def _strike(self, signum: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code is Strikes.__exit__.__code__:
                return
            frame = frame.f_back
        if self._is_over():
            raise OutOfTime


def time_limit(seconds: float) -> AbstractContextManager[None]:
    """Raise OutOfTime in the block when it takes too long.

    That can be done in the main thread of a system with interval timers, and if nobody keeps the time already;
    elsewhere there is no limit.
    """
    can = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not can or signal.getitimer(signal.ITIMER_REAL)[0]:
        return nullcontext()
    return Strikes((signal.ITIMER_REAL, signal.SIGALRM), seconds, AGAIN)


@contextmanager
def depth_limit() -> Iterator[None]:
    """Let the block call no deeper than so, whatever limit a library has raised: past the C stack the process dies."""
    limit, depth, frame = sys.getrecursionlimit(), 0, sys._getframe()
    while (outer := frame.f_back) is not None:
        depth, frame = depth + 1, outer
    sys.setrecursionlimit(min(limit, depth + DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
