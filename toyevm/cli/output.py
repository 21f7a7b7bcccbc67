"""What the command says: JSON that every reader reads alike, and two streams that may break."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO, cast

from toyevm.errors import InputError

LARGEST_NUMBER = 2**53  # readers that take every number for a double are exact up to here


def to_json(value: Any) -> str:
    """Return JSON text with decimal strings for the integers that are too large for a double.

    >>> to_json({"gasUsed": 2**53 + 1, "refund": -5})
    '{"gasUsed": "9007199254740993", "refund": -5}'
    """
    return json.dumps(_exact(value))


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_exact(item) for item in value]
    return str(value) if isinstance(value, int) and abs(value) > LARGEST_NUMBER else value


def complain(message: str) -> int:
    """Say in one line what is wrong with the input; return the exit code for that."""
    print("toyevm:", " ".join(message.split()), file=sys.stderr)
    return 2


@contextmanager
def standard_streams() -> Iterator[None]:
    """Let the two streams break in an orderly way while the command runs.

    If nobody reads stdout any more, the rest is thrown away, and the command ends as it would have; what would go on
    for long can ask for `sys.stdout.unread`. If stdout is closed or cannot be written, that is an InputError. If stderr
    cannot be written, what is said there is lost.
    """
    with redirect_stdout(cast(TextIO, _Stream(sys.stdout))), redirect_stderr(cast(TextIO, _Complaints(sys.stderr))):
        try:
            yield
        finally:
            sys.stderr.flush()


class _Stream:
    """Stdout. Libraries may swallow what goes wrong at one write: it goes wrong again at the next, and at the end."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file or open(os.devnull)  # noqa: SIM115  (closed by who started us: cannot be written either)
        self._error = ""
        self.unread = False  # whoever read it has gone

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> int:
        """Write as a file does; see `standard_streams` for what happens if that fails."""
        self._try(lambda: self._file.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush as a file does."""
        self._try(self._file.flush)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                self.unread = True
            else:
                self._error = error.strerror or str(error)
            # Throw away what is to come, and what Python would write when it ends.
            with suppress(OSError), open(os.devnull, "wb") as nothing:
                os.dup2(nothing.fileno(), self._file.fileno())
        self._complain()

    def _complain(self) -> None:
        if self._error:
            raise InputError(self._error, "stdout", "an output that can be written")


class _Complaints(_Stream):
    """Stderr: there is no other place to complain that it is broken."""

    def _complain(self) -> None:
        pass
