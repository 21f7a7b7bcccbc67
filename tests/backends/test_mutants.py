"""The suite finds nothing in the backends, and something in each backend with a seeded bug."""

from __future__ import annotations

import pytest

from tests.backends import mutants_at_the_edge, mutants_of_one
from tests.backends.block_stm import test_interleaved
from tests.backends.mutants import MUTANTS, Mutant
from tests.backends.suite import faults

LEAST = 80  # bugs planted by hand, those of the interleaver among them


@pytest.fixture(scope="module")
def unprovoked() -> list[str]:
    """What the suite finds in the backends as they are."""
    return list(faults())


def test_the_suite_finds_no_fault_in_the_unchanged_backends(unprovoked: list[str]) -> None:
    assert unprovoked == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_every_seeded_bug_is_found(
    mutant: Mutant,
    unprovoked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert unprovoked == [], "what is found without the bug says nothing about it"
    mutant(monkeypatch)
    fault = next(faults(), None)
    assert fault is not None
    with capsys.disabled():
        print(f"\n  {MUTANTS.index(mutant) + 1} of {len(MUTANTS)}, {mutant.__name__}: {fault[:160]}", end="")


def test_there_are_enough_seeded_bugs() -> None:
    assert len(MUTANTS) + len(test_interleaved.BUGS) + len(test_interleaved.PAYING) >= LEAST
    assert {each.__module__ for each in MUTANTS} >= {mutants_at_the_edge.__name__, mutants_of_one.__name__}
