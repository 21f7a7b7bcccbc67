"""What an optimistic rollup has on L1: the games about its proposals and its portal, and what L1 answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from toyevm.chain import ChainConfig
from toyevm.contracts import Contract, load_contract
from toyevm.rollups.bridge import GATEWAY
from toyevm.rollups.l1 import L1, L1Answer
from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.claims import ROOT, DisputeClaim, ItemClaim
from toyevm.rollups.optimistic.game import CLOCK, EXTENSION, DisputeGame, GameTerms
from toyevm.rollups.optimistic.moves import GameMove, MoveKind
from toyevm.rollups.optimistic.precompiles import optimistic_l1_chain
from toyevm.types import Address, Hash32, to_address
from toyevm.workloads.wallets import Wallet, wallet

GAME, PORTAL = load_contract("dispute_game"), load_contract("optimistic_portal")
L2_END = load_contract("l2_gateway")
KEEPER = wallet("keeper")
MOVE_GAS, PROPOSE_GAS = 16_000_000, 16_000_000
AIR_GAP = CLOCK  # between a withdrawal's proof and its payment: with the clock, seven days
WINDOW = 86_400 // 2  # in which what waits in the portal must be taken


class Taken(NamedTuple):
    """How many deposits and forced transactions a block and those before it have taken."""

    deposits: int = 0
    forced: int = 0


NOTHING_TAKEN = Taken()


class Parent(NamedTuple):
    """The game about the block before, and what shows the world in the state that it is about."""

    game: int
    opening: bytes


@dataclass(frozen=True)
class DisputeTerms:
    """What is agreed on when the contracts are made; times in seconds.

    Attributes:
        before: the state before the first block.
        first: that block's number.
        gap: between the proof of a withdrawal and its payment.
        window: after which a block must take some of what waits in the portal.
        sequencer: who alone brings blocks while nothing is overdue; None: anybody.
    """

    before: Hash32
    first: int = 1
    clock: int = CLOCK
    extension: int = EXTENSION
    gap: int = AIR_GAP
    window: int = WINDOW
    sequencer: Address | None = None


class DisputeContract:
    """The contracts of one optimistic rollup, on its L1. Whoever acts pays for the gas.

    Args:
        game, portal: others in place of the standing ones, called in the same way; with a fault, to learn from.
    """

    def __init__(
        self, l1: L1, terms: DisputeTerms, game: Contract | None = None, portal: Contract | None = None
    ) -> None:
        self.l1, self.terms = l1, terms
        times = terms.clock, terms.extension
        self.address = l1.deploy(KEEPER, game or GAME, terms.before, terms.first, *times, terms.sequencer or b"")
        arguments = self.address, GATEWAY, L2_END.slots["sent"], terms.gap, terms.window
        self.portal = l1.deploy(KEEPER, portal or PORTAL, *arguments)
        self.ask(KEEPER, GAME.call_data("connect", self.portal))

    # What anybody may do

    def propose(
        self,
        who: Wallet,
        claim: ItemClaim,
        data: bytes,
        taken: Taken = NOTHING_TAKEN,
        after: Parent | None = None,
        bond: int = bond_at(0),
    ) -> L1Answer:
        """Propose the state after a block, with a bond."""
        parent, opening = (after.game + 1, after.opening) if after else (0, b"")
        call = GAME.call_data("propose", parent, *taken, *claim, opening, data)
        return self.ask(who, call, value=bond, gas_limit=PROPOSE_GAS)

    def move(self, who: Wallet, game: int, move: GameMove, data: bytes = b"") -> L1Answer:
        """Make a move in a game; `data` is its block, for a proof."""
        is_attack = move.kind in (MoveKind.ATTACK, MoveKind.PROVE_ATTACK)
        match move.kind:
            case MoveKind.ATTACK | MoveKind.DEFEND:
                depth = self.claim(game, move.against).depth + 1 if move.against < self.claim_count(game) else 0
                call = GAME.call_data("answer", game, move.against, is_attack, *move.claim)
                return self.ask(who, call, value=bond_at(depth))
            case MoveKind.RESOLVE:
                return self.ask(who, GAME.call_data("resolve", game, move.against))
            case _:
                arguments = (game, move.against, is_attack, move.witness, move.posted, data)
                return self.ask(who, GAME.call_data("prove", *arguments))

    def collect(self, who: Wallet) -> L1Answer:
        """Have the bonds paid out that somebody has won or got back."""
        return self.ask(who, GAME.call_data("collect", who.address))

    def deposit(self, who: Wallet, amount: int, to: Address | None = None) -> L1Answer:
        """Lock `amount` wei for an account of L2; whole gwei only."""
        return self.ask(who, PORTAL.call_data("deposit", to or who.address), value=amount, to=self.portal)

    def force(self, who: Wallet, raw: bytes) -> L1Answer:
        """Send a transaction of L2 past the sequencer."""
        return self.ask(who, PORTAL.call_data("force", raw), to=self.portal)

    def ask(
        self, who: Wallet, data: bytes, value: int = 0, gas_limit: int = MOVE_GAS, to: Address | None = None
    ) -> L1Answer:
        """Send a transaction, by default to the contract of the games, in a block of its own."""
        return self.l1.ask(who, to or self.address, data, gas_limit=gas_limit, value=value)

    # What anybody can look up

    @property
    def count(self) -> int:
        """How many games there are."""
        return self._words("count")[0]

    def accepted_state(self, number: int) -> Hash32:
        """Return the state after an L2 block that L1 takes for final; zeros while there is none."""
        return self._words("accepted_root", number)[0].to_bytes(32, "big")

    def is_accepted(self, game: int) -> bool:
        """Tell whether the state that a game is about is final."""
        return bool(self._words("games", game)[8])

    def credit(self, who: Address) -> int:
        """Return what somebody can collect, in wei."""
        return self._words("credits", who)[0]

    def claim_count(self, game: int) -> int:
        return self._words("games", game)[5]

    def claim(self, game: int, number: int) -> DisputeClaim:
        """Return a claim as the model has it."""
        words = self._words("claims", game, number)
        parent, is_attack, lo, hi, item, at, state = words[:7]
        height, depth, claimant, bond, used, since, counter, is_resolved = words[7:15]
        return DisputeClaim(
            parent=parent,
            is_attack=bool(is_attack),
            lo=lo,
            hi=hi,
            item=item - 1 if item else None,
            at=at,
            state=state.to_bytes(32, "big"),
            height=height,
            depth=depth,
            claimant=_name(claimant),
            bond=bond,
            used=used,
            since=since,
            countered_by=_name(counter) if counter else None,
            is_resolved=bool(is_resolved),
        )

    def game(self, number: int) -> DisputeGame:
        """Return a game as the model has it; those who play are named by their addresses."""
        items = self._words("games", number)[2]
        terms = GameTerms(items, self.terms.clock, self.terms.extension)
        claims = tuple(self.claim(number, each) for each in range(self.claim_count(number)))
        children: dict[int, tuple[int, ...]] = {}
        for each, claim in enumerate(claims[ROOT + 1 :], ROOT + 1):
            children[claim.parent] = (*children.get(claim.parent, ()), each)
        return DisputeGame(terms, claims, children)

    def _words(self, function: str, *arguments: int | bytes) -> list[int]:
        output = self.l1.call(self.address, GAME.call_data(function, *arguments)).output
        return [int.from_bytes(output[at : at + 32], "big") for at in range(0, len(output), 32)]


def _name(address: int) -> str:
    return "0x" + to_address(address).hex()


class L1Board:
    """A game on L1 as a place to play: each move is a transaction of its player's wallet."""

    def __init__(self, contract: DisputeContract, number: int, data: bytes) -> None:
        self.contract, self.number, self.data = contract, number, data

    @property
    def game(self) -> DisputeGame:
        return self.contract.game(self.number)

    @property
    def now(self) -> int:
        return self.contract.l1.now

    def move(self, player: str, move: GameMove) -> str:
        return self.contract.move(wallet(player), self.number, move, self.data).reason

    def wait(self, seconds: int) -> None:
        self.contract.l1.wait(seconds)


def found_layer(layer: ChainConfig, terms: DisputeTerms, people: tuple[Wallet, ...]) -> DisputeContract:
    """Return the contracts of a rollup with these rules, on an L1 of its own."""
    return DisputeContract(L1([KEEPER, *people], optimistic_l1_chain(layer)), terms)
