"""Where a student's code runs: it can answer, and nothing it answers is believed to be more than an answer.

This process is the student's as soon as the first cell runs: the code may patch anything in here, write to the channel
we report on, or end us. That wins nothing. No expected value was ever in this process; what arrives at the other end is
canonical data, read with suspicion, and compared there. So the cells run with a plain `exec`: there is no IPython whose
input transformers could rewrite them, and no check that could be persuaded.

A job is a list of steps: run a cell, or take an answer (a variable; of a function, its results). What a step has to say
is one line of JSON, written at once, so that a cell which ends the process costs only what comes after it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Mapping
from typing import Any

from toyevm.deadline import OutOfTime, Strikes
from toyevm.errors import InputError
from toyevm.teaching.grading.weak import give_up
from toyevm.teaching.lab.items import Case
from toyevm.teaching.lab.judge_functions import call_cases
from toyevm.teaching.lab.values import canonical, from_text, to_text

LONGEST_MESSAGE = 300
_LOOK = 0.1  # seconds, between looks at the clocks


class Child:
    """One notebook's namespace, and the channel to the marker."""

    def __init__(self, channel: int, limits: Mapping[str, float]) -> None:
        self._channel, self._late = channel, ""
        self._cell_seconds, self._wall_seconds = limits["cell_seconds"], limits["cell_wall_seconds"]
        self._module = types.ModuleType("__main__")
        sys.modules["__main__"] = self._module

    def report(self, **fields: Any) -> None:
        """Write one line."""
        data = (json.dumps(fields) + "\n").encode()
        while data:
            data = data[os.write(self._channel, data) :]

    def run(self, name: str, source: str) -> None:
        """Run a cell; report when it fails."""
        _, error = self.guarded(lambda: exec(compile(source, f"<{name}>", "exec"), vars(self._module)))
        if error:
            self.report(cell=name, error=error)

    def take(self, item: str, answer: str, calls: list[str] | None) -> None:
        """Report the answer to an item: its value, or what it does with each list of arguments."""
        namespace = vars(self._module)
        if answer not in namespace:
            self.report(item=item, error=f"there is no {answer}")
        elif calls is None:
            self.report(item=item, **self.shown(lambda: namespace[answer]))
        else:
            self.report(item=item, results=self.results(namespace[answer], calls))

    def results(self, function: Any, calls: list[str]) -> list[dict[str, str]]:
        """Call a function with each list of arguments; once it has taken too long, no more."""
        results: list[dict[str, str]] = []
        for arguments in calls:
            late = bool(results) and bool(self._late)
            results.append(results[-1] if late else self.shown(_outcome(function, arguments)))
        return results

    def shown(self, value_of: Callable[[], object]) -> dict[str, str]:
        """Return {"value": canonical data as text} or {"error": message}."""
        text, error = self.guarded(lambda: to_text(canonical(value_of())))
        return {"error": error} if error else {"value": text}

    def guarded(self, work: Callable[[], Any]) -> tuple[Any, str]:
        """Return what `work` returns, and a message: empty, when all went well in time.

        Its time is that of the processor, all threads together: neighbours cannot take it. One that sleeps is told so
        to the marker, which may run it again alone.
        """
        used, began, self._late = time.process_time(), time.monotonic(), ""

        def is_over() -> bool:
            if time.process_time() - used > self._cell_seconds:
                self._late = f"took longer than {self._cell_seconds:g} s"
            elif time.monotonic() - began > self._wall_seconds:
                self._late = f"took longer than {self._wall_seconds:g} s"
                self.report(waited=True)
            return bool(self._late)

        try:
            try:
                with Strikes((signal.ITIMER_REAL, signal.SIGALRM), _LOOK, _LOOK, is_over):
                    return work(), ""
            except BaseException as error:
                return None, self._message(error)
        except OutOfTime:  # it came while we were on our way out
            return None, self._late

    def _message(self, error: BaseException) -> str:
        if isinstance(error, OutOfTime):
            return self._late
        try:
            where = f" (line {error.lineno})" if isinstance(error, SyntaxError) else _line(error)
            words = str(error.what if isinstance(error, InputError) else error)
            return f"{type(error).__name__}: {words}{where}"[:LONGEST_MESSAGE]
        except BaseException:  # its own words can fail too, in any way they like
            return type(error).__name__[:LONGEST_MESSAGE]


def _line(error: BaseException) -> str:
    """Return where in a cell an error arose, the innermost line."""
    found, traceback = "", error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename.startswith("<"):
            found = f" (line {traceback.tb_lineno})"
        traceback = traceback.tb_next
    return found


def _outcome(function: Any, arguments: str) -> Callable[[], object]:
    """Return a call with arguments of its own, so that one call cannot spoil those of the next."""
    return lambda: call_cases(function, [Case("", {"args": from_text(arguments)})])[0]


def main() -> None:
    """Read a job from stdin, do it, and vanish: nothing registered for the end of the process is run."""
    job, channel = begin()
    child = Child(channel, job["limits"])
    for step in job["steps"]:
        if "source" in step:
            child.run(step["cell"], step["source"])
        else:
            child.take(step["item"], step["answer"], step["calls"])
    child.report(done=True)
    os._exit(0)


def begin(read: Callable[[], Any] = lambda: json.load(sys.stdin)) -> tuple[dict[str, Any], int]:
    """Return the job, and the channel to the marker, with all rights given up."""
    job = read()
    channel = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what the code prints is nobody's business and fills nobody's disk
        os.dup2(null, stream)
    os.chdir(job["folder"])
    give_up(job["limits"], job["user"], job["core"])
    if job["parent"] not in (None, os.getppid()):  # it was killed before we were bound to die with it
        os._exit(1)
    _humour_matplotlib(job["folder"])
    return job, channel


def _humour_matplotlib(folder: str) -> None:
    """Say that it may write to a folder: it will not be imported before, and does without when it cannot after all."""
    access, os.environ["MPLCONFIGDIR"] = os.access, folder

    def claimed(path: Any, mode: int, **more: Any) -> bool:
        return (mode == os.W_OK and str(path) == folder) or access(path, mode, **more)

    os.access = claimed
