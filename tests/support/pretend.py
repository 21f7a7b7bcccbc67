"""A fork that does not exist, with an instruction that no table knows but the machine's own, and a price of its own.

Registered where a real one would be, before anybody has made anything of the tables, it shows what of the project takes
the forks as they come. `pytest -p tests.support.pretend` runs any suite with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from toyevm import forks
from toyevm.types import WORD_MASK
from toyevm.vm import opcodes
from toyevm.vm.frame import Frame, prepare
from toyevm.vm.gas import charge

YOUNGEST = max(forks.FORKS.values(), key=lambda fork: fork.rank)
PRETEND = replace(
    YOUNGEST, rank=YOUNGEST.rank + 1, name="Pretend", gas=replace(YOUNGEST.gas, warm_access=150, copy_word=4)
)


def blend(frame: Frame) -> None:
    """Replace a, b, c by two words: a + b xor c, and b. Costs 5 for each byte of a, besides the fixed price."""
    a, b, c = frame.stack[-1], frame.stack[-2], frame.stack[-3]
    charge(frame, 5 * ((a.bit_length() + 7) // 8))
    frame.stack[-3:] = [b, (a + b ^ c) & WORD_MASK]


BLEND = opcodes.Opcode(0xB5, "BLEND", 3, 2, 7, blend, since=PRETEND.name)


@contextmanager
def registered() -> Iterator[None]:
    """Let the fork and its instruction be there for a while."""
    with pytest.MonkeyPatch.context() as patch:
        _register(patch)
        try:
            yield
        finally:
            patch.undo()
            _forget()


def _register(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(forks.FORKS, PRETEND.name, PRETEND)
    patch.setattr(opcodes, "OPCODES", (*opcodes.OPCODES, BLEND))
    patch.setitem(opcodes.BY_NAME, BLEND.name, BLEND)
    patch.setitem(opcodes.BY_CODE, BLEND.code, BLEND)
    _forget()


def _forget() -> None:
    """Forget what was made of the tables."""
    opcodes.opcodes_of.cache_clear()
    opcodes._dispatch_of.cache_clear()
    prepare.cache_clear()


def pytest_configure() -> None:
    """Register for the whole session, when this module is given to pytest as a plugin."""
    _register(pytest.MonkeyPatch())
