"""The honest win against liars of every kind, on both sides; a thousand games are `toyevm dispute --games 1000`."""

from __future__ import annotations

import pytest

from toyevm.rollups.optimistic.claims import MAX_HEIGHT
from toyevm.rollups.optimistic.liars import LIARS, Flooder
from toyevm.rollups.optimistic.many_games import HONEST, LIAR, play_game, play_games, token_block
from toyevm.units import ETHER


def test_there_are_liars_of_many_kinds() -> None:
    assert len(LIARS) >= 8


@pytest.mark.parametrize("is_proposer", [True, False])
@pytest.mark.parametrize("kind", LIARS)
def test_a_liar_loses_and_pays(kind: str, is_proposer: bool) -> None:
    played = play_game(token_block(8, 1), kind, is_proposer, seed=11)
    assert played.honest_wins
    assert played.returns[LIAR] < 0
    assert played.returns[HONEST] == -played.returns[LIAR]


def test_a_seeded_sample_of_the_thousand_games() -> None:
    for played in play_games(8, 24, seed=7):
        assert played.honest_wins, played.seed
        assert played.returns[LIAR] < 0, played.seed
        assert not [reason for who, _, reason in played.moves if who == HONEST and reason], played.seed


def test_who_claims_more_micro_steps_than_there_are_makes_the_game_longer_and_pays_for_each_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How high an item is, only those know who have run it: up to MAX_HEIGHT, a claim is taken as it comes."""
    monkeypatch.setattr(Flooder, "height", MAX_HEIGHT)
    played = play_game(token_block(4, 1), "denial of service", is_proposer=True, seed=5)
    assert played.honest_wins
    assert 2 + 8 < played.rounds <= 2 + MAX_HEIGHT
    assert played.returns[LIAR] < -10 * ETHER
