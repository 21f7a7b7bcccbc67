"""Two disputes on the real machine: a million steps, and the mixed block with a read that came too early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from random import Random

from toyevm.assembler import assemble
from toyevm.forks import SHANGHAI
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.byte_strings import as_number, number
from toyevm.rollups.one_step.items import item_of, items_of
from toyevm.rollups.one_step.journal_tree import strings
from toyevm.rollups.one_step.layout import open_state, state_node
from toyevm.rollups.one_step.nodes import Node, link
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import PlainBoard, play_out, returns
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.game import DisputeGame, GameTerms, new_game
from toyevm.rollups.optimistic.lying_states import LyingStates, Place
from toyevm.rollups.optimistic.verifier import verifier_of
from toyevm.state import Account, WorldState
from toyevm.tracer import StepRecord, record_steps
from toyevm.transition import CheckedTransaction, begin_transaction, check_sender
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


def disputed(trace: BlockTrace, lie: LyingStates) -> Dispute:
    """Let an honest challenger dispute a lie, to the end."""
    root = lie.after(lie.items)
    game = new_game(GameTerms(lie.items), trace.states[0].hash, root, PROPOSER, now=0)
    board = PlainBoard(game, verifier_of(trace))
    made = play_out(board, {CHALLENGER: Challenger(BlockStates(trace)), PROPOSER: Challenger(lie)})
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
    return truth.steps(0).count, disputed(trace, LyingStates(truth, Place(0, 777_777), None, 11))


@dataclass(frozen=True)
class Race:
    """The mixed block, and a backend in which one transaction read one slot before an earlier one had written it.

    Attributes:
        workload: the block of all lessons.
        tx: who read too early.
        at: which of its opcodes.
    """

    workload: Workload
    tx: int
    at: int

    @cached_property
    def trace(self) -> BlockTrace:
        env = self.workload.chain.env(self.workload.block)
        return BlockTrace(self.workload.pre, env, tuple(items_of(env, self.workload.block)))

    @cached_property
    def steps(self) -> list[StepRecord]:
        """The transaction's true opcodes, for the stepper."""
        item = self.tx + BEFORE
        checked = self.trace.items[item]
        assert isinstance(checked, CheckedTransaction)
        world, env = self.trace.worlds[item], self.trace.env
        return list(record_steps(begin_transaction(world, env, check_sender(world, env, checked)).machine))

    @property
    def location(self) -> Location:
        """What was read too early."""
        return self.steps[self.at].reads[0]

    @cached_property
    def values(self) -> list[tuple[int | None, Word]]:
        """What this location holds: at first, and after each transaction that changes it."""
        found: list[tuple[int | None, Word]] = []
        for item, world in enumerate(self.trace.worlds):
            value = world.accounts[self.location.address].storage.get(self.location.key, 0)
            if not found or found[-1][1] != value:
                found.append((item - 1 - BEFORE if item else None, value))
        return found

    @property
    def stale(self) -> Word:
        """The value that was read."""
        return self.values[0][1]

    @cached_property
    def writers(self) -> frozenset[int]:
        """Who writes this location before the transaction does."""
        return frozenset(tx for tx, _ in self.values if tx is not None and tx < self.tx)

    @cached_property
    def dispute(self) -> Dispute:
        """Let a challenger who runs the block in order dispute what the backend has posted."""
        return disputed(self.trace, self.lie(BlockStates(self.trace)))

    def lie(self, truth: BlockStates) -> LyingStates:
        """Return the states as the backend has them."""
        return LyingStates(truth, Place(self.tx + BEFORE, self._micro_step(truth) + 1), self._read_early, 0)

    def _micro_step(self, truth: BlockStates) -> int:
        """Return the micro-step with which the opcode begins: gas only ever falls, so it is found by its gas."""
        record, item = self.steps[self.at], self.tx + BEFORE

        def stands_there(at: int) -> bool:
            frame = open_state(truth.node(item, at))[1]
            return frame is not None and number(strings(frame.value, 4)[1]) == record.gas_before

        return next(at for at in range(truth.steps(item).count) if stands_there(at))

    def _read_early(self, state: Node, rng: Random) -> Node:
        phase, frame, journal, extra = open_state(state)
        assert frame is not None
        assert frame.children[0] is not None
        stack = link(as_number(self.stale), frame.children[0].children[0])
        return state_node(phase, Node(frame.value, (stack, *frame.children[1:])), journal, extra)


@cache
def race() -> Race:
    """Return the lesson's race: transaction 5 swaps in the pool in which transaction 1 has swapped."""
    return Race(APPLICATIONS["mixed"](40), tx=5, at=59)


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
    yield f"{items} items (40 transactions, 4 calls of the system): {upper} rounds, transaction {case.tx} is left"
    yield f"{steps} micro-steps of it: {case.dispute.rounds - upper} rounds, micro-step {last.at - 1} is left"
    record = case.steps[case.at]
    name = case.workload.location_name(case.location)
    yield f"L1 runs it, with a witness of {case.dispute.witness:,} bytes: {record.opcode.name} of {name}"
    yield f"the backend's value: {tokens(case.stale)} tokens, L1's value: {tokens(record.stack_after[-1])} tokens"
    won = case.dispute.won[CHALLENGER] / ETHER
    yield f"the challenger wins {won:.2f} ether of bonds"


def race_convicted() -> str:
    """Return the dispute about the mixed block, in words."""
    return "\n".join(lines_of_race())
