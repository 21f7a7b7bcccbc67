"""Two disputes on the real machine: a million steps, and the mixed block with a read that came too early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from toyevm.assembler import assemble
from toyevm.forks import SHANGHAI
from toyevm.results import TxResult
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.items import item_of, items_of
from toyevm.rollups.optimistic.block_states import BlockStates, StateTrace
from toyevm.rollups.optimistic.board import PlainBoard, play_out, returns
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.convictions import Conviction, convict
from toyevm.rollups.optimistic.game import DisputeGame, GameTerms, new_game
from toyevm.rollups.optimistic.lying_states import LiePlace, LyingStates
from toyevm.rollups.optimistic.posted_trace import PostedTrace
from toyevm.rollups.optimistic.verifier import verifier_of
from toyevm.state import Account, WorldState
from toyevm.tracer import StepRecord, record_steps
from toyevm.transition import CheckedTransaction, begin_transaction, check_sender, execute_transaction
from toyevm.types import Location, Word
from toyevm.units import ETHER
from toyevm.vm.frame import BlockEnv
from toyevm.vm.precompiles import precompiles_of
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import Workload

PROPOSER, CHALLENGER = "proposer", "challenger"
LOOP = "PUSH 149000 loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI"  # 7 steps a turn
BEFORE = 2  # items before transaction 0: two calls of the system


@dataclass(frozen=True)
class Dispute:
    """A game that is over.

    Attributes:
        rounds: how many states both sides have named together, after the first claim.
        witness: the bytes by which L1 has run its one step.
        won: what each has won, in wei.
    """

    game: DisputeGame
    rounds: int
    witness: int
    won: dict[str, int]


def disputed(trace: BlockTrace, posted: StateTrace) -> Dispute:
    """Let an honest challenger dispute what was posted, to the end."""
    root = posted.after(posted.items)
    game = new_game(GameTerms(posted.items), trace.states[0].hash, root, PROPOSER, now=0)
    board = PlainBoard(game, verifier_of(trace))
    made = play_out(board, {CHALLENGER: Challenger(BlockStates(trace)), PROPOSER: Challenger(posted)})
    rounds = max(claim.depth for claim in board.game.claims)
    witness = max(len(move.witness) for _, move, refused in made if not refused)
    return Dispute(board.game, rounds, witness, returns(board.game, (PROPOSER, CHALLENGER)))


@cache
def million() -> tuple[int, Dispute]:
    """Return how many micro-steps a loop has, and the dispute about a proposer who lies about its end."""
    code, ann = b"\xcc" * 20, wallet("Ann")
    env = BlockEnv(SHANGHAI, precompiles_of(SHANGHAI), number=1, gas_limit=100_000_000)
    world = WorldState({code: Account(nonce=1, code=assemble(LOOP)), ann.address: Account(balance=ETHER)})
    tx = ann.sign(
        nonce=0, to=code, data=b"", value=0, gas_limit=60_000_000, max_fee_per_gas=0, max_priority_fee_per_gas=0
    )
    trace = BlockTrace(world, env, [item_of(env, tx)])
    truth = BlockStates(trace)
    return truth.steps(0).count, disputed(trace, LyingStates(truth, LiePlace(0, 777_777), None, 11))


@dataclass(frozen=True)
class Race:
    """The mixed block, run by a backend that starts some transactions together and validates none of them.

    Attributes:
        together: how many start at the same time; each sees what was there before the first of them.
    """

    workload: Workload
    together: int

    @cached_property
    def trace(self) -> BlockTrace:
        """The block in order."""
        env = self.workload.chain.env(self.workload.block)
        return BlockTrace(self.workload.pre, env, tuple(items_of(env, self.workload.block)))

    @cached_property
    def posted(self) -> PostedTrace:
        """The block as this backend has it."""
        trace, results, world = self.trace, list[TxResult](), self.trace.worlds[BEFORE]
        for at in range(0, len(self.workload.block.transactions), self.together):
            together = [self.result(at + more, world) for more in range(self.together)]
            for result in together:
                world = world.apply(result.diff)
            results += together
        return PostedTrace(self.workload.pre, trace.env, trace.items, results)

    def checked(self, tx: int) -> CheckedTransaction:
        item = self.trace.items[tx + BEFORE]
        assert isinstance(item, CheckedTransaction)
        return item

    def result(self, tx: int, world: WorldState) -> TxResult:
        """Return what a transaction does in a world; `trace.worlds[tx + BEFORE]` is the one it should see."""
        return execute_transaction(world, self.trace.env, check_sender(world, self.trace.env, self.checked(tx)))

    @cached_property
    def conviction(self) -> Conviction:
        """The first step at which both differ."""
        found = convict(self.trace, self.posted)
        assert found is not None
        return found

    @property
    def tx(self) -> int:
        """Who read too early."""
        assert self.conviction.tx_index is not None
        return self.conviction.tx_index

    @property
    def location(self) -> Location:
        """What was read too early."""
        assert self.conviction.location is not None
        return self.conviction.location

    @cached_property
    def steps(self) -> list[StepRecord]:
        """The transaction's true opcodes, for the stepper."""
        world, env = self.trace.worlds[self.tx + BEFORE], self.trace.env
        checked = check_sender(world, env, self.checked(self.tx))
        return list(record_steps(begin_transaction(world, env, checked).machine))

    @property
    def at(self) -> int:
        """The opcode at which both differ."""
        return next(at for at, record in enumerate(self.steps) if self.location in record.reads)

    @cached_property
    def values(self) -> list[tuple[int | None, Word]]:
        """What this location holds: at first, and after each transaction that changes it."""
        found: list[tuple[int | None, Word]] = []
        for item, world in enumerate(self.trace.worlds):
            value = world.accounts[self.location.address].storage.get(self.location.key, 0)
            if not found or found[-1][1] != value:
                found.append((item - 1 - BEFORE if item else None, value))
        return found

    @cached_property
    def dispute(self) -> Dispute:
        """Let a challenger who runs the block in order dispute what the backend has posted."""
        return disputed(self.trace, BlockStates(self.posted))


@cache
def race() -> Race:
    """Return the lesson's race: eight transactions at a time."""
    return Race(APPLICATIONS["mixed"](40), together=8)


def tokens(word: Word) -> str:
    """Return an amount of a token with 18 decimals, in whole tokens.

    >>> tokens(10**25)
    '10,000,000'
    """
    return f"{word // ETHER:,}"


def lines_of_race() -> Iterator[str]:
    """Yield what L1 has seen of the dispute, and what the challenger knows."""
    case = race()
    last = max(case.dispute.game.claims, key=lambda claim: claim.depth)
    items, steps = len(case.trace.items), BlockStates(case.trace).steps(case.tx + BEFORE).count
    upper = (items - 1).bit_length()
    yield f"{items} items (40 transactions, 4 system calls): {upper} rounds, transaction {case.tx} is left"
    yield f"{steps} micro-steps of it: {case.dispute.rounds - upper} rounds, micro-step {last.at - 1} is left"
    yield f"in the stepper below, micro-step {last.at - 1} is step {case.at + 1}"
    record = case.steps[case.at]
    name = case.workload.location_name(case.location)
    yield f"L1 runs it, with a witness of {case.dispute.witness:,} bytes: {record.opcode.name} of {name} (tokens)"
    early, there = case.conviction.was_read, record.stack_after[-1]
    assert isinstance(early, int)
    yield f"the backend: slot 3 (tokens) = {tokens(early)}, L1: slot 3 (tokens) = {tokens(there)}"
    won = case.dispute.won[CHALLENGER] / ETHER
    yield f"the challenger wins {won:.2f} ether of the proposer's bonds"


def race_convicted() -> str:
    """Return the dispute about the mixed block, in words."""
    return "\n".join(lines_of_race())
