"""The command, for every test of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.support.command import Command


@pytest.fixture
def toyevm(capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """The command, in the surroundings it has as a process: EELS raises the recursion limit of whoever imports it."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield Command(capsys)
    sys.setrecursionlimit(limit)
