"""Contracts with something else in their sources than is written there: a mistake, or a defence taken out."""

from __future__ import annotations

from difflib import ndiff
from types import ModuleType

import pytest

from toyevm.contracts import Contract, contract_source, load_contract
from toyevm.contracts.compile import compile_vyper


def planted(name: str, old: str, new: str, *, everywhere: bool = False) -> Contract:
    """Return a contract with `new` for `old`, which is there once, or somewhere; skip where Vyper is not installed."""
    pytest.importorskip("vyper")
    source = contract_source(name)
    assert old in source, (name, old)
    assert everywhere or source.count(old) == 1, (name, old)
    return compile_vyper(source.replace(old, new), name)


def plant(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, old: str, new: str) -> None:
    """Let a module meet a contract in which something else stands."""
    changed = planted(name, old, new)
    monkeypatch.setattr(module, "load_contract", lambda wanted: changed if wanted == name else load_contract(wanted))


def differences(one: str, other: str) -> list[str]:
    """Return the lines in which two sources differ, the words at their tops aside."""
    codes = ["".join(contract_source(name).split('"""')[::2]).splitlines() for name in (one, other)]
    return [line for line in ndiff(*codes) if line[0] in "+-"]
