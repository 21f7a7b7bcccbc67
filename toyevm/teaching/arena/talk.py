"""A conversation with a scheduler in its sandbox: a line out, a line back, in bounded time and bytes."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.arena.moves import LONGEST, CoreMove, Foul, read_move
from toyevm.teaching.grading.plainjson import read_json
from toyevm.teaching.grading.quoting import quoted
from toyevm.teaching.grading.sandbox import Limits, Sandbox

CHILD = "toyevm.teaching.arena.child"
LIMITS = Limits(seconds=60, wall_seconds=300, memory=1 << 30)
ANSWER_SECONDS = 10.0  # on the wall, for one move: who sleeps longer has said nothing


class Talk:
    """Questions to a process, and its answers."""

    def __init__(self, process: subprocess.Popen[bytes], transactions: int, seconds: float) -> None:
        self._process, self._transactions = process, transactions
        self._deadline, self._left = time.monotonic() + seconds, b""

    def ask(self, question: dict[str, Any]) -> CoreMove:
        """Return the move that answers a question.

        Raises:
            Foul: there is none.
        """
        self.tell(question)
        return read_move(self._line(), self._transactions)

    def tell(self, something: dict[str, Any]) -> None:
        """Send a line; who does not read any more will not answer either."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(something).encode() + b"\n")
            self._process.stdin.flush()

    def expect_ready(self) -> None:
        """Wait until the team's file is loaded.

        Raises:
            Foul: it cannot be.
        """
        line = self._line()
        try:
            found: Any = read_json(line)
        except InputError:
            found = None
        if found != {"ready": True}:
            raise Foul("it did not begin as it should")

    def _line(self) -> bytes:
        """Return the next line; one with an error is the team's own words, shown in quotes."""
        assert self._process.stdout is not None
        until = min(self._deadline, time.monotonic() + ANSWER_SECONDS)
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._left:
                if len(self._left) > LONGEST:
                    raise Foul(f"a line of more than {LONGEST} bytes")
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise Foul("it did not answer in time")
                chunk = os.read(self._process.stdout.fileno(), 1 << 16)
                if not chunk:
                    raise Foul("it has ended, or used up its time")
                self._left += chunk
        line, _, self._left = self._left.partition(b"\n")
        if len(line) > LONGEST:
            raise Foul(f"a line of more than {LONGEST} bytes")
        with suppress(InputError):
            match read_json(line):
                case {"error": str(words)}:
                    raise Foul(f"it failed: {quoted(words)}")
        return line


@contextmanager
def talk_to(sandbox: Sandbox, source: bytes, block: list[dict[str, Any]], cores: int) -> Iterator[Talk]:
    """Start a scheduler in a sandbox of its own, and end it afterwards, whatever it does."""
    with sandbox.conversation(CHILD, {"scheduler.py": source}, {"block": block, "cores": cores}) as (command, job):
        process = subprocess.Popen(
            command.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
            env=command.environment, pass_fds=[file.fileno() for file in command.files], start_new_session=True,
        )  # fmt: skip
        try:
            talk = Talk(process, len(block), sandbox.limits.wall_seconds)
            talk.tell(job)
            talk.expect_ready()
            yield talk
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            with suppress(OSError):
                process.communicate()
            if command.at_end:
                subprocess.run(command.at_end, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
