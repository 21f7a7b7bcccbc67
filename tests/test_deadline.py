"""What takes too long is ended, by the clock and by the processor's time, also when it catches what ends it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.support.cpu_time import cpu_limit
from toyevm.deadline import AGAIN, DEEPEST, OutOfTime, depth_limit, time_limit

Limit = Callable[[float], AbstractContextManager[None]]
both = pytest.mark.parametrize("limit", [time_limit, cpu_limit])


def for_ever() -> None:
    while True:
        pass


def deaf() -> None:
    """Run for ever, and catch the first thing that would end it."""
    try:
        for_ever()
    except BaseException:
        for_ever()


class Stubborn:
    """Its destructor takes for ever; Python prints what is raised in one, and goes on."""

    def __del__(self) -> None:
        for_ever()


def with_destructor() -> None:
    Stubborn()
    for_ever()


@both
@pytest.mark.parametrize("work", [for_ever, deaf, with_destructor])
def test_what_takes_too_long_is_ended(limit: Limit, work: Callable[[], None]) -> None:
    with pytest.raises(OutOfTime), limit(0.05):
        work()


@both
def test_only_faults_of_a_destructor_itself_are_reported(limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of a strike that was dropped is slow, and would be struck itself."""
    reported: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: reported.append(dropped.exc_type))
    hook = sys.unraisablehook

    class Broken:
        def __del__(self) -> None:
            raise LookupError

    def work() -> None:
        Broken()
        with_destructor()

    with pytest.raises(OutOfTime), limit(0.05):
        work()
    assert reported == [LookupError]
    assert sys.unraisablehook is hook


@both
def test_what_ends_in_time_hears_nothing_later(limit: Limit) -> None:
    before = signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGPROF)
    with limit(0.05):
        pass
    assert (signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGPROF)) == before
    begun = time.process_time()
    while time.process_time() - begun < 0.05 + AGAIN:
        pass


def test_the_outer_of_two_clocks_counts() -> None:
    with pytest.raises(OutOfTime), time_limit(0.05), time_limit(60):
        for_ever()


def test_what_the_system_does_for_it_counts() -> None:
    """A loop that fills memory spends its time there."""

    def draw_for_ever() -> None:
        while True:
            os.urandom(2**20)

    begun = time.process_time()
    with pytest.raises(OutOfTime), cpu_limit(0.05):
        draw_for_ever()
    assert time.process_time() - begun < 1


def test_who_fills_memory_is_ended_before_their_time() -> None:
    def fill() -> None:
        pieces = []
        while True:
            pieces.append(bytearray(2**20))

    begun = time.process_time()
    with pytest.raises(OutOfTime), cpu_limit(60):
        fill()
    assert time.process_time() - begun < 30


@both
def test_nothing_strikes_on_the_way_out(limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A strike there would leave the timer running for whoever comes next: memory given back takes its time."""
    stop, number = signal.setitimer, signal.SIGALRM if limit is time_limit else signal.SIGPROF
    before = signal.getsignal(number)

    def stop_late(timer: int, *times: float) -> None:
        if times == (0,):
            signal.raise_signal(number)
        stop(timer, *times)

    monkeypatch.setattr(signal, "setitimer", stop_late)
    with pytest.raises(OutOfTime), limit(0.05):
        for_ever()
    assert signal.getitimer(signal.ITIMER_REAL) == signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(number) == before


def test_an_endless_recursion_ends_whatever_limit_a_library_has_raised() -> None:
    """py_ecc raises it to 100,000 when it is imported: an endless recursion through C then ends the process."""

    def deeper(depth: int) -> bool:
        return any(deeper(depth + 1) for _ in range(1))

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        with pytest.raises(RecursionError), depth_limit():
            deeper(0)
        assert sys.getrecursionlimit() == 100_000
        sys.setrecursionlimit(DEEPEST // 2)
        with depth_limit():
            assert sys.getrecursionlimit() == DEEPEST // 2
    finally:
        sys.setrecursionlimit(limit)
