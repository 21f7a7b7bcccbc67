"""Mistakes in contracts: sources with another line or without one, and the questions by which they are found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pytest

from toyevm.contracts import Contract, contract_source
from toyevm.contracts.compile import compile_vyper
from toyevm.rollups.l1 import L1Answer

Changes = tuple[tuple[str, str], ...]  # pieces of a source, and what stands there instead
REFUSAL = re.compile(r'assert (?P<that>.+?), (?P<words>"[^"]+")$', re.DOTALL | re.MULTILINE)
Question = Callable[[], None]  # a test
Asked = TypeVar("Asked")  # a contract, or several


def faults_of(checks: Sequence[Callable[[Asked], Iterator[str]]], asked: Asked) -> Iterator[str]:
    """Yield what is wrong, by the names of the checks."""
    for check in checks:
        try:
            yield from (f"{check.__name__}: {fault}" for fault in check(asked))
        except Exception as error:  # a bug may show in any way
            yield f"{check.__name__}: {error!r}"


def expect(what: str, answer: L1Answer, reason: str) -> Iterator[str]:
    """Yield a fault if L1 has refused for another reason; an empty one: if it has refused at all."""
    if answer.reason != reason:
        yield f"{what}: {answer.reason or 'accepted'!r} instead of {reason!r}"


def changed(name: str, changes: Changes) -> Contract:
    """Return a contract with these pieces of its source replaced; each must be in it exactly once."""
    pytest.importorskip("vyper")
    source = contract_source(name)
    for old, new in changes:
        assert source.count(old) == 1, (source.count(old), old)
        source = source.replace(old, new)
    return compile_vyper(source, name)


def sampled(rows: Sequence[tuple[Any, ...]], every: int) -> list[Any]:
    """Return parameters of a test, named by the first two: one row of so many, and for `make whole` the others.

    The compiler takes some seconds for each.
    """
    marks = [[pytest.mark.whole] if at % every else [] for at in range(len(rows))]
    return [pytest.param(*row, marks=marks[at], id=f"{at} {row[0]}, {row[1]}") for at, row in enumerate(rows)]


def without_refusals(source: str) -> Iterator[tuple[str, str]]:
    """Yield, for each assertion of a source in Vyper, its words, and the source without it."""
    found = list(REFUSAL.finditer(source))
    assert len(found) == source.count("assert "), "each has words of its own"
    for each in found:
        kept = f"assert True, {each['words']}"
        yield each["words"].strip('"'), source[: each.start()] + kept + source[each.end() :]


def taken_away(contracts: Iterable[str], every: int) -> list[Any]:
    """Return parameters of a test, `sampled`: contract, words, changed source, for each assertion of the contracts."""
    rows = [(name, *each) for name in contracts for each in without_refusals(contract_source(name))]
    return sampled(rows, every)


def unasked(found_by: Mapping[str, Mapping[str, object]]) -> list[tuple[str, str]]:
    """Return which assertions of contracts have no question, and which questions no assertion."""
    in_sources = {(name, words) for name in found_by for words, _ in without_refusals(contract_source(name))}
    return sorted(in_sources ^ {(name, words) for name, questions in found_by.items() for words in questions})


def fails(question: Question) -> bool:
    """Tell whether a test fails."""
    try:
        question()
    except (Exception, pytest.fail.Exception):  # what is missing may show in any way
        return True
    return False
