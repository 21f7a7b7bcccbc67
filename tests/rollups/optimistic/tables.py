"""A small block with a dispute about it, in memory and on L1 at once."""

from __future__ import annotations

from toyevm.chain import ChainConfig
from toyevm.forks import SHANGHAI
from toyevm.rollups.optimistic.block_input import encode_block_input
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import PlainBoard
from toyevm.rollups.optimistic.claims import ItemClaim
from toyevm.rollups.optimistic.dispute_contract import DisputeContract, DisputeTerms, L1Board, found_layer
from toyevm.rollups.optimistic.game import DisputeGame, GameTerms, new_game
from toyevm.rollups.optimistic.many_games import token_block
from toyevm.rollups.optimistic.moves import GameMove
from toyevm.rollups.optimistic.verifier import verifier_of
from toyevm.workloads.transfers import to_many
from toyevm.workloads.wallets import wallet

LAYER = ChainConfig(fork=SHANGHAI)
PLAYERS = tuple(map(wallet, ("honest", "liar")))


def name_of(player: str) -> str:
    return "0x" + wallet(player).address.hex()


class EarlyEnd(BlockStates):
    """Says of a block of one item that its true state after 64 micro-steps is its end."""

    def after(self, count: int) -> ItemClaim:
        return ItemClaim(self.state(0, 64), 6) if count else super().after(0)


class BothBoards:
    """The model and the contract side by side: they must say the same to each move, and have the same claims."""

    def __init__(self, count: int, seed: int, root: ItemClaim, proposer: str) -> None:
        self.trace = token_block(count, seed)
        data = encode_block_input(to_many(count, seed, token=True).block)
        self.contract: DisputeContract = found_layer(LAYER, DisputeTerms(self.trace.states[0].hash), PLAYERS)
        answer = self.contract.propose(wallet(proposer), root, data)
        assert answer.accepted, answer.reason
        terms, now = GameTerms(len(self.trace.items)), self.contract.l1.now
        game = new_game(terms, self.trace.states[0].hash, root, name_of(proposer), now)
        self.model = PlainBoard(game, verifier_of(self.trace), now)
        self.l1 = L1Board(self.contract, 0, data)
        self.compare()

    @property
    def game(self) -> DisputeGame:
        return self.model.game

    @property
    def now(self) -> int:
        return self.model.now

    def move(self, player: str, move: GameMove) -> str:
        self.model.now = self.l1.now + 12  # the block that has the move
        said = self.model.move(name_of(player), move), self.l1.move(player, move)
        assert said[0] == said[1], (move, said)
        self.compare()
        return said[0]

    def wait(self, seconds: int) -> None:
        self.l1.wait(seconds)
        self.model.now = self.l1.now

    def compare(self) -> None:
        on_l1 = self.l1.game
        for number, (one, other) in enumerate(zip(self.model.game.claims, on_l1.claims, strict=True)):
            if number:
                assert one == other, number
        assert {key: value for key, value in self.model.game.children.items() if value} == on_l1.children
        for player in PLAYERS:
            assert self.contract.credit(player.address) == self.model.game.credits.get(name_of(player.name), 0)
