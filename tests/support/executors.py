"""Executors whose every move a test decides."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import cache
from threading import Thread
from typing import Any


class Here(Executor):
    """Does the work at once, in this process, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked.append(args[0])
        future: Future[Any] = Future()
        _complete(future, fn, args)
        return future


class InOrder(Executor):
    """Waits until as many pieces are there as `order` has numbers, then completes them in this order."""

    def __init__(self, order: Sequence[int]) -> None:
        self.order = order
        self.pieces: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.pieces.append((future, fn, args))
        if len(self.pieces) == len(self.order):
            Thread(target=self._complete_all).start()
        return future

    def _complete_all(self) -> None:
        for number in self.order:
            if not self.pieces[number][0].cancelled():
                _complete(*self.pieces[number])


def _complete(future: Future[Any], fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(_call(fn, args))
    except Exception as error:
        future.set_exception(error)


@cache
def _call(fn: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Call a function whose answer hangs on its arguments alone: once in a run of tests."""
    return fn(*args)


def die(point: object) -> None:
    """End the process that is asked for a point."""
    os._exit(7)
