"""One piece of work for several processes: each writes its own part of arrays that all of them see.

Python's threads take turns at the small steps between numpy's. A *forked* process begins as a copy of this one: nothing
is sent to it, and nothing comes back but what it wrote to shared memory. It does its part, once, and ends.

Forking beside other threads (a notebook has some) is safe if the copy never waits for what one of them held. So a
helper computes and hashes, takes no lock, prints nothing and leaves without Python's farewells; one that hangs
all the same is ended and its part done here. Fork only inside `one_blas_thread`: a fork stops OpenBLAS's threads, and
another Python thread whose product they were at would wait for them for ever (so no large product may be under way in
one when a proof begins). Windows has no fork, and macOS's libraries do not survive one.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import prod
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from toyevm.backends.processes import usable_cores
from toyevm.errors import InputError, ToyevmError

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

FEWEST_CELLS = 1 << 21  # of a trace that a second process is worth starting for: they take about a second
PATIENCE = 10.0  # a helper may take so many times as long as the same work here, and so many seconds


class HelperDied(ToyevmError):
    """A process that did a part of the work was ended from outside, by its system or its user."""


@dataclass(frozen=True)
class Team:
    """This process and its helpers, `size` in all."""

    size: int = 1

    def array(self, shape: tuple[int, ...], dtype: npt.DTypeLike = np.uint32) -> npt.NDArray[Any]:
        """Return an array that all can write to; its memory is freed with it."""
        if self.size == 1:
            return np.empty(shape, dtype=dtype)
        memory = mmap.mmap(-1, max(1, prod(shape) * np.dtype(dtype).itemsize))
        return np.frombuffer(memory, dtype=dtype, count=prod(shape)).reshape(shape)

    def share(self, work: Callable[[slice], object], count: int) -> None:
        """Do the work on `count` things, each process on as many: the first part here, the others in helpers.

        Raises:
            HelperDied: a helper was killed. What fails in a helper by itself fails here too, and is raised here.
        """
        size = max(1, min(self.size, count))
        first, *others = [slice(*pair) for pair in pairwise(count * k // size for k in range(size + 1))]
        helpers: list[_Helper] = []
        try:
            for part in others:
                helpers.append(_Helper(work, part))  # noqa: PERF401 - one that was started is ended if the next fails
            begun = perf_counter()
            work(first)
            limit = PATIENCE + PATIENCE * (perf_counter() - begun)
            for helper in helpers:
                helper.finish(limit)
        finally:
            for helper in helpers:
                helper.end()


ALONE = Team()


class _Helper:
    def __init__(self, work: Callable[[slice], object], part: slice) -> None:
        self._work, self._part = work, part
        self._process = multiprocessing.get_context("fork").Process(target=_do_and_leave, args=(work, part))
        with warnings.catch_warnings():  # Python 3.12 and later warn of forks beside threads: see above
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()

    def finish(self, limit: float) -> None:
        self._process.join(limit)
        code = self._process.exitcode
        if code is not None and code < 0:
            raise HelperDied(f"a helper process was killed by signal {-code}: perhaps there was not enough memory")
        if code != 0:
            self.end()
            self._work(self._part)

    def end(self) -> None:
        self._process.kill()
        self._process.join()


def _do_and_leave(work: Callable[[slice], object], part: slice) -> None:
    code = 1
    try:
        work(part)
        code = 0
    finally:
        os._exit(code)


def team_for(cells: int, processes: int | None = None) -> Team:
    """Return a team for a trace of so many cells; by default two processes, if it is large, where fork is safe.

    Raises:
        InputError: there can be no such team here.
    """
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    is_helper = multiprocessing.current_process().daemon  # such a process may start no others
    if processes is None:
        worth_it = sys.platform == "linux" and not is_helper and cells >= FEWEST_CELLS
        return Team(min(2, usable_cores()) if worth_it else 1)
    if processes < 1 or (processes > 1 and (is_helper or not can_fork)):
        expected = "1 or more" if can_fork and not is_helper else "1, as no process can be forked here"
        raise InputError(f"{processes} processes cannot prove", where="processes", expected=expected)
    return Team(processes)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS on one thread: for products as small as these, several wait for each other and for the team.

    Raises:
        InputError: threadpoolctl is not installed. (An environment variable would come too late in a notebook.)
    """
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        raise InputError("threadpoolctl is not installed", expected="pip install 'toyevm[course]'") from None
    return ThreadpoolController()
