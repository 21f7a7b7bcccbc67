"""Each line of the game's contract is needed: with a bug in it, the contract and the model do not agree any more."""

from __future__ import annotations

from random import Random

import pytest

from tests.rollups.optimistic.tables import BothBoards, EarlyEnd
from tests.rollups.optimistic.test_contract import random_move
from tests.rollups.planted import Question, changed, fails
from toyevm.rollups.optimistic import dispute_contract
from toyevm.rollups.optimistic.block_input import encode_block_input
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import play_out, resolve_all
from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.claims import ROOT, ItemClaim
from toyevm.rollups.optimistic.game import CLOCK
from toyevm.rollups.optimistic.liars import liar_of
from toyevm.rollups.optimistic.lying_states import LiePlace, LyingStates
from toyevm.rollups.optimistic.many_games import token_block
from toyevm.rollups.optimistic.moves import GameMove, MoveKind
from toyevm.workloads.transfers import to_many
from toyevm.workloads.wallets import wallet

PLANTED = [
    ("min(used, clock - extension)", "used"),
    ("assert used < clock", "assert used <= clock"),
    ("begin.at >= self.games[game].items or end.height == 0", "end.height == 0"),
    ("assert is_own != holds", "assert is_own == holds"),
    ("== end.state and (is_done or end.item > 0)", "== end.state"),
    ("    self.made[key] = True", "    self.made[key] = False"),
    ("bond * 1095 // 1000", "bond * 1094 // 1000"),
    ("claim.unresolved == 0", "claim.unresolved < 9"),
    ("number < other if", "number > other if"),
    ("is_attack else claim.is_attack", "is_attack else rival.is_attack"),
    ('>= clock, "there is still time"', '> clock, "there is still time"'),
    ("at=2 ** end.height // 2", "at=2 ** end.height // 4"),
    ("else 2 ** end.height\n", "else 2 ** end.height // 2\n"),
    ("begin.at if begin.item > 0 else 0", "begin.at"),
    ("self.claims[game][hi].height", "self.claims[game][lo].height"),
    ("assert keccak256(data) == self.games[game].data_hash", "assert keccak256(data) != empty(bytes32)"),
    ("        claim.height = height", "        claim.height = 0"),
    ("winner: address = claim.countered_by", "winner: address = empty(address)"),
    ("self.credits[winner] += claim.bond", "self.credits[claim.claimant] += claim.bond"),
    ('assert claim.countered_by == empty(address), "countered already"', "assert True"),
    ('assert not claim.is_resolved, "resolved already"', "assert True"),
    ("        return claim.lo, number", "        return number, claim.hi"),
    ("item=begin.at + 1", "item=end.at + 1"),
    ("self.claims[game][claim.parent].used + block", "claim.used + block"),
    ("assert not is_item or self._is_decided(game, lo, hi)", "assert True"),
    ('        assert not self._is_decided(game, lo, hi), "nothing to halve"', "        pass"),
    ("assert msg.value == claim.bond", "assert msg.value <= claim.bond"),
    ("self.credits[who] = 0 ", "self.credits[who] = amount "),
]


def whole_games() -> None:
    trace = token_block(4, 1)
    for kind, is_proposer in (("storage", True), ("freeloader", False), ("crash", False)):
        truth, own = BlockStates(trace), BlockStates(trace)
        liar = liar_of(kind, truth, Random(3))
        root = (liar.states if is_proposer else own).after(4)
        boards = BothBoards(4, 1, root, "liar" if is_proposer else "honest")
        play_out(boards, {"honest": Challenger(own), "liar": liar.player})
        for player in ("honest", "liar"):
            boards.contract.collect(wallet(player))
            assert boards.contract.credit(wallet(player).address) == 0
        assert boards.contract.l1.account(boards.contract.address).balance == 0
        assert not boards.contract.collect(wallet("honest")).accepted
    lie = LyingStates(BlockStates(trace), LiePlace(3, 1), None, 1)  # the dispute stays left, down to the first step
    play_out(
        BothBoards(4, 1, lie.after(4), "liar"), {"honest": Challenger(BlockStates(trace)), "liar": Challenger(lie)}
    )
    early = EarlyEnd(token_block(1, 1))
    boards = BothBoards(1, 1, early.after(1), "liar")
    play_out(boards, {"honest": Challenger(BlockStates(token_block(1, 1))), "liar": Challenger(early)})
    assert not boards.game.is_defended


def random_games() -> None:
    for seed in range(2):
        rng, truth = Random(seed), BlockStates(token_block(3, 1))
        boards = BothBoards(3, 1, rng.choice((truth.after(3), ItemClaim(rng.randbytes(32), 2))), "liar")
        for _ in range(45):
            boards.move(rng.choice(("honest", "liar")), random_move(rng, truth, len(boards.game.claims)))
        boards.wait(CLOCK - boards.l1.now % 600)
        resolve_all(boards, "honest")
        boards.wait(CLOCK)
        resolve_all(boards, "honest")
        boards.move("honest", GameMove(MoveKind.RESOLVE, ROOT))


def competition() -> None:
    """Let answers to one claim compete, on both sides of it, in both orders, until the last second."""
    truth = BlockStates(token_block(4, 1))
    for order in (1, -1):
        boards = BothBoards(4, 1, truth.after(4), "honest")
        boards.move("liar", GameMove(MoveKind.ATTACK, ROOT, ItemClaim(bytes([1]) * 32, 3)))
        kinds = [MoveKind.DEFEND, MoveKind.ATTACK, MoveKind.ATTACK][::order]
        for name, (place, kind) in zip(("honest", "liar", "honest"), enumerate(kinds), strict=True):
            boards.move(name, GameMove(kind, 2, ItemClaim(bytes([7 + place]) * 32, 3)))
        boards.wait(CLOCK - (boards.l1.now + 12 - boards.game.claims[2].since) - boards.game.claims[1].used)
        boards.move("liar", GameMove(MoveKind.ATTACK, 2, ItemClaim(bytes([99]) * 32, 3)))
        boards.wait(2 * CLOCK)
        resolve_all(boards, "honest")
        assert boards.game.is_over
    boards = BothBoards(4, 1, truth.after(4), "honest")
    boards.wait(CLOCK - 12 - (boards.l1.now - boards.game.claims[ROOT].since))
    boards.move("honest", GameMove(MoveKind.RESOLVE, ROOT))
    assert boards.game.is_over


def padding() -> None:
    """Dispute what lies behind the last of three items."""
    truth = BlockStates(token_block(3, 1))
    boards = BothBoards(3, 1, ItemClaim(b"\1" * 32, 3), "liar")
    boards.move("honest", GameMove(MoveKind.ATTACK, ROOT, truth.after(2)))
    boards.wait(CLOCK - 100)
    boards.move("liar", GameMove(MoveKind.DEFEND, 2, truth.after(3)))
    assert boards.move("honest", GameMove(MoveKind.DEFEND, 3, truth.after(3))) == "nothing to halve"
    assert boards.move("honest", GameMove(MoveKind.PROVE_ATTACK, 3)) == "more than one step"
    assert boards.move("honest", GameMove(MoveKind.PROVE_DEFENCE, 3)) == ""


def another_block() -> None:
    truth = BlockStates(token_block(1, 1))
    boards = BothBoards(1, 1, ItemClaim(b"\1" * 32, 0), "liar")
    witness, posted = truth.evidence(0, 0)
    move = GameMove(MoveKind.PROVE_ATTACK, ROOT, ItemClaim(), witness, posted)
    other = encode_block_input(to_many(1, 2, token=True).block)
    for data in (b"", other):
        assert boards.contract.move(wallet("honest"), 0, move, data).reason == "another block"
    for reason in ("", "countered already"):
        assert boards.move("honest", move) == reason


def wrong_bonds() -> None:
    boards = BothBoards(4, 1, BlockStates(token_block(4, 1)).after(4), "honest")
    call = dispute_contract.GAME.call_data("answer", 0, ROOT, 1, b"\1" * 32, 3)
    for value in (0, bond_at(1) - 1, bond_at(1) + 1):
        answer = boards.contract.ask(wallet("liar"), call, value=value)
        assert answer.reason == "not the bond", value


CHECKS = (whole_games, random_games, competition, padding, another_block, wrong_bonds)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract_and_model_agree(check: Question) -> None:
    check()


@pytest.mark.whole
@pytest.mark.parametrize(("old", "new"), PLANTED, ids=range(len(PLANTED)))
def test_a_bug_in_the_contract_is_found(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispute_contract, "GAME", changed("dispute_game", ((old, new),)))
    assert any(map(fails, CHECKS))
