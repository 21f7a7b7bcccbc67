"""The contract on L1 is the model: move by move, refusal by refusal, wei by wei."""

from __future__ import annotations

from random import Random

import pytest

from tests.rollups.optimistic.tables import PLAYERS, BothBoards
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import play_out
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.claims import ItemClaim
from toyevm.rollups.optimistic.liars import liar_of
from toyevm.rollups.optimistic.many_games import token_block
from toyevm.rollups.optimistic.moves import GameMove, MoveKind


@pytest.mark.parametrize("is_proposer", [True, False])
@pytest.mark.parametrize("kind", ["storage", "crash", "freeloader"])
def test_a_game_on_l1_goes_as_in_the_model(kind: str, is_proposer: bool) -> None:
    trace = token_block(4, 1)
    truth, own = BlockStates(trace), BlockStates(trace)
    liar = liar_of(kind, truth, Random(3))
    root = (liar.states if is_proposer else own).after(4)
    boards = BothBoards(4, 1, root, "liar" if is_proposer else "honest")
    play_out(boards, {"honest": Challenger(own), "liar": liar.player})
    assert boards.game.is_over
    assert boards.game.is_defended != is_proposer
    for player in PLAYERS:
        boards.contract.collect(player)
    assert boards.contract.l1.account(boards.contract.address).balance == 0


def random_move(rng: Random, truth: BlockStates, count: int) -> GameMove:
    """Return a move that may be anything: right, wrong, or against what is not there."""
    against = rng.randrange(count + 1)
    made_up = ItemClaim(rng.randbytes(32), rng.choice((0, 1, 3, 41)))
    claim = rng.choice((truth.after(rng.randrange(5)), made_up))
    item, at = rng.randrange(truth.items), rng.randrange(4)
    witness, posted = rng.choice((truth.evidence(item, at), (b"", b""), (rng.randbytes(9), b"\1")))
    kind = rng.choice((*MoveKind, MoveKind.ATTACK, MoveKind.DEFEND, MoveKind.ATTACK))
    return GameMove(kind, against, claim, witness, posted)


@pytest.mark.parametrize("seed", range(6))
def test_random_moves_are_taken_and_refused_alike(seed: int) -> None:
    rng, truth = Random(seed), BlockStates(token_block(3, 1))
    root = rng.choice((truth.after(3), ItemClaim(rng.randbytes(32), rng.choice((0, 2)))))
    boards = BothBoards(3, 1, root, "liar")
    refusals = set()
    for _ in range(50):
        player = rng.choice(("honest", "liar"))
        refusals.add(boards.move(player, random_move(rng, truth, len(boards.game.claims))))
        if rng.random() < 0.1:
            boards.wait(rng.choice((600, 86_400)))
    boards.wait(7 * 86_400)
    for number in reversed(range(len(boards.game.claims))):
        refusals.add(boards.move("honest", GameMove(MoveKind.RESOLVE, number)))
    assert boards.game.is_over
    assert len(refusals) > 3
