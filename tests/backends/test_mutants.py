"""The suite finds nothing in the backends, and something in each backend with a seeded bug."""

from __future__ import annotations

import pytest

from tests.backends.mutants import MUTANTS, Mutant
from tests.backends.suite import faults

LEAST = 12  # seeded bugs


def test_the_suite_finds_faults_where_there_are_none() -> None:
    assert list(faults()) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_seeded_bug_lives(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mutant(monkeypatch)
    fault = next(faults(), None)
    assert fault is not None
    with capsys.disabled():
        print(f"\n  {MUTANTS.index(mutant) + 1} of {len(MUTANTS)}, {mutant.__name__}: {fault[:160]}", end="")


def test_there_are_few_seeded_bugs() -> None:
    assert len(MUTANTS) >= LEAST
