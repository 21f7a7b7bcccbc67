"""The optimistic rollup as a settlement: a block is final when nobody has shown a wrong step of it in time.

Somebody proposes the state after the block, as the producer has it. A challenger, who reads the block on L1 and
executes it again in order, disputes it if it is not what they find; the producer defends it as well as they can. What
the block credits was deposited on L1 before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from toyevm.errors import NotProvable
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.items import Item, items_of
from toyevm.rollups.optimistic.block_input import encode_block_input
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import play_out
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.convictions import convict
from toyevm.rollups.optimistic.dispute_contract import DisputeContract, DisputeTerms, L1Board, Taken, found_layer
from toyevm.rollups.optimistic.posted_trace import PostedTrace
from toyevm.rollups.optimistic.precompiles import MOST_INPUT, MOST_PRECOMPILE_GAS, provable_chain
from toyevm.types import Hash32
from toyevm.units import GWEI
from toyevm.workloads.wallets import wallet

PROPOSER, CHALLENGER, DEPOSITOR = "proposer", "challenger", "depositor"
MAX_DATA = 100_000  # bytes of a block, as the contract has it


@dataclass(frozen=True)
class ProposedBlock:
    """A proposal on L1, with what its proposer holds to be true and the block it is about."""

    contract: DisputeContract
    executed: ExecutedBlock
    data: bytes
    posted: PostedTrace = field(repr=False)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return self.posted.items

    @cached_property
    def truth(self) -> BlockTrace:
        """What a challenger finds who executes the block in order."""
        return BlockTrace(self.executed.pre, self.posted.env, self.items)

    @property
    def is_of_other_rules(self) -> bool:
        """Whether it is right on the chain whose block it is, and not on the layer, where precompiles do less."""
        ends = self.truth.states[-1].hash, self.posted.states[-1].hash
        env = self.executed.chain.env(self.executed.block)
        return ends[0] != ends[1] == BlockTrace(self.executed.pre, env, self.items).states[-1].hash

    @property
    def board(self) -> L1Board:
        return L1Board(self.contract, 0, self.data)


class OptimisticSettlement:
    """A rollup whose first block is the one that is submitted, with an honest challenger who watches."""

    name = "optimistic_rollup"
    summary = "a proposal with a bond: L1 believes it unless somebody shows one wrong micro-step in time"

    def submit(self, executed: ExecutedBlock) -> ProposedBlock:
        """Deposit what the block credits, and propose the state after it as its producer has it.

        Raises:
            NotProvable: the block cannot be one of this layer.
        """
        chain, data = provable_chain(executed.chain), encode_block_input(executed.block)
        if len(data) > MAX_DATA:
            raise NotProvable(None, f"a block of {len(data):,} bytes: L1 takes {MAX_DATA:,}")
        env = chain.env(executed.block)
        posted = PostedTrace(executed.pre, env, tuple(items_of(env, executed.block)), executed.result.results)
        terms = DisputeTerms(posted.states[0].hash, first=executed.block.header.number)
        people = tuple(map(wallet, (PROPOSER, CHALLENGER, DEPOSITOR)))
        contract = found_layer(chain, terms, people)
        proposed = ProposedBlock(contract, executed, data, posted)
        if proposed.is_of_other_rules:
            limits = f"{MOST_INPUT:,} bytes or costs more than {MOST_PRECOMPILE_GAS:,} gas"
            raise NotProvable(None, f"a precompile is given more than {limits}: on this layer it fails")
        self._deposit(contract, executed)
        claim = BlockStates(posted).after(len(posted.items))
        answer = contract.propose(people[0], claim, data, Taken(len(executed.block.withdrawals)))
        if not answer.accepted:
            raise NotProvable(None, answer.reason)
        return proposed

    def _deposit(self, contract: DisputeContract, executed: ExecutedBlock) -> None:
        """Lock what the block credits, by somebody to whom L1 has given as much."""
        credits, depositor = executed.block.withdrawals, wallet(DEPOSITOR)
        contract.l1.mine(withdrawals=[replace(one, address=depositor.address) for one in credits])
        for one in credits:
            answer = contract.deposit(depositor, one.amount * GWEI, one.address)
            if not answer.accepted:
                raise NotProvable(None, f"what the block credits cannot be locked on L1: {answer.reason}")

    def finalize(self, submission: ProposedBlock) -> Hash32:
        """Let the challenger look, the clocks run out, and return the root of the world that L1 now takes for final.

        Raises:
            NotProvable: the proposal has fallen.
        """
        truth, posted, board = submission.truth, submission.posted, submission.board
        players = {CHALLENGER: Challenger(BlockStates(truth)), PROPOSER: Challenger(BlockStates(posted))}
        play_out(board, players)
        accepted = submission.contract.accepted_state(submission.contract.terms.first)
        if accepted == truth.states[-1].hash:
            return truth.worlds[-1].root
        found = convict(truth, posted)
        if found is None:
            raise NotProvable(None, "the proposal is not resolved")
        raise NotProvable(found.tx_index, found.fault())
