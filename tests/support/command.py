"""The `toyevm` command, called as a user calls it, and what it may say."""

from __future__ import annotations

import json
import sys
from typing import Any, NamedTuple

import pytest

from toyevm.cli import run_command


class Answer(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Command:
    """Calls the command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: Any) -> Answer:
        self.capsys.readouterr()
        code = run_command([str(argument) for argument in arguments])
        return Answer(code, *self.capsys.readouterr())

    def on_terminal(self, *arguments: Any, columns: int = 80) -> Answer:
        """Call it as somebody at a terminal does, who gets sentences and tables."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys.stdout, "isatty", lambda: True)
            patch.setenv("COLUMNS", str(columns))
            patch.setenv("TERM", "dumb")  # no colours
            answer = self(*arguments)
        too_long = [line for line in answer.out.splitlines() if len(line) > columns]
        assert too_long == []
        return answer

    def succeeds(self, *arguments: Any) -> Any:
        """Return the JSON on stdout; nothing but JSON is there, and nobody complains."""
        answer = self(*arguments)
        assert (answer.code, answer.err) == (0, "")
        return answer.json

    def refuses(self, *arguments: Any) -> str:
        """Return the one line on stderr; nothing is on stdout, and the exit code is 2."""
        answer = self(*arguments)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith("toyevm: ")
        assert answer.err.endswith("\n")
        assert answer.err.count("\n") == 1
        return answer.err.removeprefix("toyevm: ").rstrip("\n")
