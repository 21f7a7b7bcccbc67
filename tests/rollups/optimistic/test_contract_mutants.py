"""A mistake in the portal, in proposals or in the resolution of games is found by the tests of the whole rollup."""

from __future__ import annotations

from inspect import signature
from typing import Any

import pytest

from tests.rollups.optimistic import test_planted_bugs as both
from tests.rollups.optimistic import test_rollup as rollups
from tests.rollups.optimistic.contract_mutants import GAME_MUTANTS, PORTAL_MUTANTS
from tests.rollups.planted import Changes, changed, fails, sampled
from toyevm.rollups.optimistic import dispute_contract

MUTANTS = [("optimistic_portal", name, changes) for name, changes in PORTAL_MUTANTS.items()]
MUTANTS += [("dispute_game", name, changes) for name, changes in GAME_MUTANTS.items()]
PLACES = {"optimistic_portal": "PORTAL", "dispute_game": "GAME"}


def is_question(name: str, value: Any) -> bool:
    return name.startswith("test_") and callable(value) and not signature(value).parameters


QUESTIONS = [value for name, value in vars(rollups).items() if is_question(name, value)]
QUESTIONS += [both.another_block, both.padding, both.competition, both.whole_games]


@pytest.mark.parametrize(("contract", "name", "changes"), sampled(MUTANTS, every=12))
def test_a_planted_mistake_is_found(
    contract: str, name: str, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispute_contract, PLACES[contract], changed(contract, changes))
    assert any(map(fails, QUESTIONS))
