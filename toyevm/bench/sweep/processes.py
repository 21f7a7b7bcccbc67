"""An executor of local processes that knows which work a process was at when it died.

The one of the standard library declares all of its work lost when one process dies. Here a thread hands one piece of
work to one process and waits for the answer: if there is none, that piece failed, and a new process takes the next.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from pickle import dumps, loads
from types import TracebackType
from typing import Any, Literal, ParamSpec, TypeVar

from toyevm.backends.processes import end_with_parent, usable_cores

P = ParamSpec("P")
T = TypeVar("T")
PATIENCE = 5.0  # seconds that a process gets to end by itself


class WorkerDied(Exception):
    """A process ended before it answered."""


class LocalProcesses(ThreadPoolExecutor):
    """Processes on this computer, one for each core that it offers unless told otherwise; use it with `with`.

    What they are asked for must be importable, as with any process that is not forked. A `with` block that ends in an
    error, or by Ctrl-C, ends them at once.

    Args:
        inherit: fork all of them now, so that they know what this process knows. Only where `can_fork` says so; one
            that takes the place of a process that died is spawned, and knows nothing.
    """

    def __init__(self, count: int | None = None, inherit: bool = False) -> None:
        count = count or usable_cores()
        super().__init__(count, thread_name_prefix="sweep")
        self._all: list[_Worker] = []
        self._idle: list[_Worker] = []
        if inherit:
            self._idle = [self._hire("fork") for _ in range(count)]  # the threads of this executor come later

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a process call `fn`; see `concurrent.futures.Executor`."""
        return super().submit(self._ask, fn, args, kwargs)

    def _ask(self, function: Callable[..., T], args: tuple[Any, ...], named: dict[str, Any]) -> T:
        worker = self._idle.pop() if self._idle else self._hire()
        try:
            succeeded, answer = worker.ask(function, args, named)
        except (EOFError, OSError):
            worker.kill()
            raise WorkerDied(f"the process at work on it died (exit code {worker.process.exitcode})") from None
        self._idle.append(worker)
        if not succeeded:
            raise answer
        result: T = answer
        return result

    def _hire(self, method: Literal["spawn", "fork"] = "spawn") -> _Worker:
        worker = _Worker(method)
        self._all.append(worker)
        return worker

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes when they have done their work; see `concurrent.futures.Executor`."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            for worker in self._all:
                worker.dismiss()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            super().shutdown(wait=False, cancel_futures=True)  # first, so that nobody asks for a new process
            for worker in self._all:
                worker.kill()
        self.shutdown()


class _Worker:
    """A process, and the line on which it is asked and answers."""

    def __init__(self, method: Literal["spawn", "fork"]) -> None:
        context: Any = get_context(method)
        self._line, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with _without_interrupts():
            self.process.start()
        theirs.close()  # theirs alone: so the line breaks when the process ends

    def ask(self, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> tuple[bool, Any]:
        self._line.send((function, args, named))
        answer: tuple[bool, Any] = self._line.recv()
        return answer

    def dismiss(self) -> None:
        with suppress(OSError):
            self._line.send(None)  # a forked process may hold our end of another one's line open
        self._line.close()
        self.process.join(PATIENCE)
        self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: not even while they load, before they can say that they ignore it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # or starting the process would start it, and let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(line: Any) -> None:
    """Answer in a new process until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal; the parent decides
    end_with_parent()
    with suppress(EOFError, OSError):
        while (request := line.recv()) is not None:
            function, args, named = request
            try:
                answer = (True, function(*args, **named))
            except Exception as error:
                answer = (False, _portable(error))
            line.send(answer)


def _portable(error: Exception) -> Exception:
    """Return the error, or one that says the same if it cannot be sent and rebuilt."""
    try:
        loads(dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
