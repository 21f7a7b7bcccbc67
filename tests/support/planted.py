"""Contracts with something else in their sources than is written there: a mistake, or a defence taken out."""

from __future__ import annotations

from difflib import ndiff
from types import ModuleType

import pytest

from toyevm.contracts import Contract, contract_source, load_contract
from toyevm.contracts.compile import compile_vyper

Changes = tuple[tuple[str, str], ...]  # pieces of a source, and what stands there instead


def changed(name: str, changes: Changes, *, everywhere: bool = False) -> Contract:
    """Return a contract with these pieces of its source replaced; each must be in it once, or once at least."""
    pytest.importorskip("vyper")
    source = contract_source(name)
    for old, new in changes:
        found = source.count(old)
        assert found == 1 or (everywhere and found > 1), (name, found, old)
        source = source.replace(old, new)
    return compile_vyper(source, name)


def plant(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, old: str, new: str) -> None:
    """Let a module meet a contract in which something else stands."""
    other = changed(name, ((old, new),))
    monkeypatch.setattr(module, "load_contract", lambda wanted: other if wanted == name else load_contract(wanted))


def differences(one: str, other: str) -> list[str]:
    """Return the lines in which two sources differ, the words at their tops aside."""
    codes = ["".join(contract_source(name).split('"""')[::2]).splitlines() for name in (one, other)]
    return [line for line in ndiff(*codes) if line[0] in "+-"]
