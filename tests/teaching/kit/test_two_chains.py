"""Two chains: credits follow the wait, and only a deeper reorg leaves ether with nothing behind it."""

from __future__ import annotations

import re

import pytest

from toyevm.errors import InputError
from toyevm.teaching.kit.two_chains import TwoChains, read_moves
from toyevm.teaching.kit.two_chains_player import TwoChainsPlayer


@pytest.mark.parametrize("wait", [0, 1, 2, 3])
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_reorg_takes_back_a_credited_deposit_if_it_is_deeper_than_the_wait(wait: int, depth: int) -> None:
    moves = ["deposit", *["block"] * wait, "credit", *["block"] * max(depth - wait - 1, 0)]
    before = TwoChains(tuple(moves), wait)
    assert (before.escrow, before.supply) == (5, 5)
    blocks_on_top = len(moves) - 2
    after = TwoChains((*moves, f"reorg{min(depth, blocks_on_top + 1)}"), wait)
    assert (after.supply > after.escrow) == (depth > blocks_on_top)


def test_a_deposit_that_is_not_deep_enough_is_not_credited() -> None:
    assert TwoChains(read_moves("deposit block credit")).supply == 0
    assert TwoChains(read_moves("deposit block credit block credit")).supply == 5


@pytest.mark.parametrize("moves", ["reorg1", "deposit reorg2", "mint", "reorg7", "block " * 13])
def test_moves_that_cannot_be_made_are_refused_and_change_nothing(moves: str) -> None:
    player = TwoChainsPlayer()
    player.play("deposit block")
    before = player.text
    with pytest.raises(InputError):
        player.play(moves)
    assert player.text == before


def test_every_number_of_the_picture_is_in_its_words() -> None:
    player = TwoChainsPlayer()
    player.play("deposit block block credit reorg3")
    assert "✗ 5 ether on the sidechain have nothing behind them" in player.text
    drawn = re.findall(r"\d+", " ".join(re.findall(r">([^<]+)</text>", player.picture.svg)))
    assert set(drawn) <= set(re.findall(r"\d+", player.text))
