"""The rules of the game: rounds, clocks, bonds, who wins them; and what a move cannot do."""

from __future__ import annotations

import pytest

from tests.rollups.optimistic.tables import EarlyEnd
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import PlainBoard, play_out, resolve_all, returns
from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.claims import ROOT, ItemClaim
from toyevm.rollups.optimistic.corruptions import corrupt_gas, corrupt_log
from toyevm.rollups.optimistic.game import CLOCK, EXTENSION, GameTerms, new_game
from toyevm.rollups.optimistic.lying_states import LiePlace, LyingStates
from toyevm.rollups.optimistic.many_games import token_block
from toyevm.rollups.optimistic.moves import GameMove, MoveKind
from toyevm.rollups.optimistic.state_proofs import start_of_next
from toyevm.rollups.optimistic.verifier import verifier_of

WRONG = ItemClaim(b"\2" * 32, 3)


def board_about(root: ItemClaim, count: int = 4) -> PlainBoard:
    trace = token_block(count, 0)
    return PlainBoard(new_game(GameTerms(count), trace.states[0].hash, root, "proposer", 0), verifier_of(trace))


def states(count: int = 4) -> BlockStates:
    return BlockStates(token_block(count, 0))


@pytest.mark.parametrize(("count", "outer"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (64, 6)])
def test_a_dispute_has_exactly_as_many_rounds_as_logarithms_say(count: int, outer: int) -> None:
    truth = states(count)
    item = count // 2
    inner = (truth.steps(item).count - 1).bit_length()
    lie = LyingStates(truth, LiePlace(item, 40), corrupt_gas, 1)
    board = board_about(lie.after(count), count)
    play_out(board, {"honest": Challenger(states(count)), "proposer": Challenger(lie)})
    assert not board.game.is_defended
    assert max(claim.depth for claim in board.game.claims) == outer + inner


def test_a_lie_that_leaves_no_trace_in_the_world_is_found() -> None:
    """The commitments are chained: a log of an early transaction is in the last of them."""
    truth = states()
    lie = LyingStates(truth, LiePlace(0, 30), corrupt_log, 1)
    assert start_of_next(lie.node_after(4)).hash == start_of_next(truth.trace.states[4]).hash  # the same world
    board = board_about(lie.after(4))
    play_out(board, {"honest": Challenger(states()), "proposer": Challenger(lie)})
    assert not board.game.is_defended


def test_without_an_answer_a_root_stands_after_its_clock_and_not_before() -> None:
    board = board_about(states().after(4))
    board.wait(CLOCK - 1)
    assert board.move("x", GameMove(MoveKind.RESOLVE, ROOT)) == "there is still time"
    board.wait(1)
    assert board.move("x", GameMove(MoveKind.ATTACK, ROOT, WRONG)) == "time is up"
    assert board.move("x", GameMove(MoveKind.RESOLVE, ROOT)) == ""
    assert board.game.is_defended
    assert returns(board.game, ["proposer"]) == {"proposer": 0}


def test_each_side_has_one_clock_for_all_its_moves() -> None:
    board, truth = board_about(WRONG), states()
    board.wait(CLOCK - 10)
    board.move("one", GameMove(MoveKind.ATTACK, ROOT, truth.after(2)))
    assert board.game.claims[2].used == CLOCK - EXTENSION  # who answers late leaves themselves this much
    board.wait(100)
    board.move("proposer", GameMove(MoveKind.ATTACK, 2, ItemClaim(b"\3" * 32, 9)))
    assert board.game.claims[3].used == 100
    board.wait(EXTENSION)
    assert board.move("one", GameMove(MoveKind.ATTACK, 3, WRONG)) == "time is up"


def test_a_claim_waits_for_the_answers_to_it() -> None:
    board = board_about(WRONG)
    board.move("one", GameMove(MoveKind.ATTACK, ROOT, states().after(2)))
    board.wait(2 * CLOCK)
    assert board.move("one", GameMove(MoveKind.RESOLVE, ROOT)) == "an answer is not resolved"
    resolve_all(board, "one")
    assert returns(board.game, ["one", "proposer"]) == {"one": bond_at(0), "proposer": -bond_at(0)}


def test_the_leftmost_counter_wins_the_bond() -> None:
    board, truth = board_about(WRONG), states()
    board.move("first", GameMove(MoveKind.ATTACK, ROOT, truth.after(2)))
    board.move("second", GameMove(MoveKind.ATTACK, ROOT, WRONG._replace(height=2)))
    board.wait(2 * CLOCK)
    resolve_all(board, "x")
    assert returns(board.game, ["first", "second"]) == {"first": bond_at(0), "second": 0}


def test_a_freeloader_who_comes_first_with_nonsense_wins_nothing() -> None:
    board = board_about(WRONG)
    board.move("freeloader", GameMove(MoveKind.ATTACK, ROOT, WRONG._replace(height=2)))
    play_out(board, {"honest": Challenger(states())})
    assert not board.game.is_defended
    gains = returns(board.game, ["honest", "freeloader", "proposer"])
    assert gains["honest"] == bond_at(0) + bond_at(1)
    assert gains["freeloader"] == -bond_at(1)


def test_moves_that_the_table_does_not_have_are_refused() -> None:
    board, truth = board_about(WRONG), states()
    assert board.move("x", GameMove(MoveKind.DEFEND, ROOT, WRONG)) == "nothing lies behind the root"
    assert board.move("x", GameMove(MoveKind.PROVE_ATTACK, ROOT)) == "not at this depth"
    assert board.move("x", GameMove(MoveKind.ATTACK, 7, WRONG)) == "no such claim"
    assert board.move("x", GameMove(MoveKind.ATTACK, 0, WRONG)) == "no such claim"
    assert board.move("x", GameMove(MoveKind.ATTACK, ROOT, WRONG._replace(height=41))) == "too high"
    assert board.move("x", GameMove(MoveKind.ATTACK, ROOT, truth.after(2))) == ""
    assert board.move("y", GameMove(MoveKind.ATTACK, ROOT, truth.after(2))) == "claimed already"


def test_a_height_that_is_too_low_is_a_lie_like_any_other() -> None:
    board = board_about(states().after(4)._replace(height=3))
    play_out(board, {"honest": Challenger(states()), "proposer": Challenger(states())})
    assert not board.game.is_defended


def test_a_claim_that_an_item_is_done_before_it_is_falls_at_its_last_step() -> None:
    """The state is a true one, from the midst of the item: only that it is not the end tells."""
    early = EarlyEnd(token_block(1, 0))
    board = board_about(early.after(1), 1)
    play_out(board, {"honest": Challenger(states(1)), "proposer": Challenger(early)})
    assert not board.game.is_defended
    assert max(claim.depth for claim in board.game.claims) == 6


def test_an_honest_player_computes_only_what_it_is_asked_for() -> None:
    own = states(8)
    lie = LyingStates(states(8), LiePlace(5, 70), corrupt_gas, 1)
    play_out(board_about(lie.after(8), 8), {"honest": Challenger(own), "proposer": Challenger(lie)})
    assert 0 < len(own.hashes) <= own.height(5) + 1
