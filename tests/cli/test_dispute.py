"""`toyevm dispute` plays games and reports them by its contract; what cannot be gets one clear line."""

from __future__ import annotations

import json

import pytest

from tests.support.command import Command
from toyevm.cli import dispute
from toyevm.rollups.optimistic.liars import LIARS

KEYS = ["games", "honestWins", "falseConvictions", "maxRounds", "witnessMedian", "witnessMax", "worstStep", "kinds"]


def test_a_report_has_the_keys_of_the_contract(toyevm: Command) -> None:
    found = toyevm("dispute", "--transactions", 8, "--games", 24, "--seed", 3)
    report = json.loads(found.out)
    assert found.code == 0
    assert list(report) == KEYS
    assert (report["games"], report["honestWins"], report["falseConvictions"]) == (24, 24, 0)
    assert report["maxRounds"] == 3 + 8
    assert report["kinds"] == dict.fromkeys(LIARS, 2)
    assert 300 < report["witnessMedian"] <= 700
    assert report["witnessMedian"] < report["witnessMax"] <= 4_096


def test_the_same_seed_gives_the_same_games(toyevm: Command) -> None:
    one, other = (toyevm("dispute", "--transactions", 3, "--games", 5, "--seed", 1).out for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--transactions", 0), "toyevm: --transactions: 0 (expected 1 to 2,000)\n"),
        (("--games", 0), "toyevm: --games: 0 (expected 1 to 1,000,000)\n"),
        (("--seed", -1), "toyevm: --seed: -1 (expected 0 or more)\n"),
    ],
)
def test_numbers_that_cannot_be_are_refused(toyevm: Command, arguments: tuple[str, int], message: str) -> None:
    found = toyevm("dispute", *arguments)
    assert (found.code, found.err) == (2, message)


def test_a_lost_game_is_a_failed_check(toyevm: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispute.PlayedGame, "honest_wins", property(lambda self: False))
    assert toyevm("dispute", "--transactions", 2, "--games", 1).code == 1


def test_on_a_terminal_it_is_a_table(toyevm: Command) -> None:
    answer = toyevm.on_terminal("dispute", "--transactions", 2, "--games", 12)
    assert "early halt" in answer.out
    assert "The honest won 12 of 12 games." in answer.out
