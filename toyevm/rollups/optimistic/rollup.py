"""A whole optimistic rollup: its contracts on L1, its blocks, its people, behind one object.

    rollup = OptimisticRollup(["Ann", "Bob"])
    rollup.deposit("Ann", 10 * ETHER)        L1 locks it, in a queue
    game = rollup.propose()                  a block that takes it, and the state after it, with a bond
    rollup.wait_out(game)                    nobody disputes it for three days and a half: L1 takes it for final
    message = rollup.withdraw("Ann", ETHER)  burnt on L2, by the next block
    rollup.wait_out(rollup.propose())
    rollup.prove(message)                    and after another three days and a half:
    rollup.finalize(message)                 paid on L1

Fees on L2 are zero here, so that balances tell what people won or lost. Amounts are in wei; the answers are L1's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toyevm.blocks import Block, Header, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.contracts import Contract
from toyevm.errors import InputError
from toyevm.forks import SHANGHAI
from toyevm.rollups.bridge import GATEWAY, Bridge, WithdrawalMessage
from toyevm.rollups.l1 import L1, L1Answer
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.commitment import world_node
from toyevm.rollups.one_step.items import items_of
from toyevm.rollups.one_step.trace import state_between
from toyevm.rollups.optimistic.block_input import encode_block_input
from toyevm.rollups.optimistic.block_states import BlockStates, ItemTrace
from toyevm.rollups.optimistic.board import GamePlayer, play_out, resolve_all
from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.claims import ROOT, ItemClaim
from toyevm.rollups.optimistic.dispute_contract import (
    KEEPER,
    L2_END,
    PORTAL,
    DisputeContract,
    DisputeTerms,
    L1Board,
    Parent,
    Taken,
)
from toyevm.rollups.optimistic.precompiles import optimistic_l1_chain, provable_chain
from toyevm.rollups.optimistic.state_proofs import next_block_witness, slot_witness
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction, encode_transaction
from toyevm.types import Address, Hash32
from toyevm.units import GWEI
from toyevm.workloads.wallets import wallet

LAYER = provable_chain(ChainConfig(chain_id=902, fork=SHANGHAI))
GENESIS = WorldState({GATEWAY: Account(nonce=1, code=L2_END.code)})
PROPOSER, CHALLENGER = "proposer", "challenger"
GAS_LIMIT = 30_000_000
BLOCK_SECONDS = 2


@dataclass(frozen=True)
class L2Proposal:
    """A block of the rollup, as its producer has run it, and what was proposed about it."""

    block: Block
    trace: ItemTrace = field(repr=False)
    taken: Taken
    claim: ItemClaim
    answer: L1Answer
    game: int

    @property
    def data(self) -> bytes:
        return encode_block_input(self.block)

    @property
    def world(self) -> WorldState:
        return self.trace.worlds[-1]


class OptimisticRollup:
    """An optimistic rollup and its L1.

    Args:
        users: who has savings on L1.
        l1_chain: the rules of its L1; by default those that settle `LAYER`.
        game, portal: contracts in place of the standing ones, see `DisputeContract`.
        rules: of the contracts, see `DisputeTerms`.

    Attributes:
        proposals: those that L1 has taken, in order: each about the block after the one before.
        pool: transactions of L2 that are in no block yet.
        waiting: deposits that no block has taken yet, and `sent`, transactions that were forced.
    """

    def __init__(
        self,
        users: Sequence[str] = ("Ann", "Bob"),
        l1_chain: ChainConfig | None = None,
        game: Contract | None = None,
        portal: Contract | None = None,
        **rules: Any,
    ) -> None:
        people = [KEEPER, *(wallet(name) for name in (*users, PROPOSER, CHALLENGER))]
        self.l1 = L1(people, l1_chain or optimistic_l1_chain(LAYER))
        self.genesis = state_between(world_node(GENESIS))
        self.contract = DisputeContract(self.l1, DisputeTerms(self.genesis.hash, **rules), game, portal)
        self.bridge = Bridge(self.l1, self.contract.portal, self.contract.address, PORTAL)
        self.proposals: list[L2Proposal] = []
        self.pool: list[Transaction] = []
        self.waiting: list[Withdrawal] = []
        self.sent: list[Transaction] = []

    # What users do

    def deposit(self, name: str, amount: int) -> L1Answer:
        """Lock `amount` wei on L1; the next block credits it."""
        answer = self.contract.deposit(wallet(name), amount)
        if answer.accepted:
            place = self.taken.deposits + len(self.waiting)
            self.waiting.append(Withdrawal(place, 0, wallet(name).address, amount // GWEI))
        return answer

    def pay(self, payer: str, payee: str, amount: int) -> Transaction:
        """Sign a payment on L2, and give it to the producer."""
        tx = self.sign(payer, wallet(payee).address, b"", amount)
        self.pool.append(tx)
        return tx

    def withdraw(self, name: str, amount: int, is_forced: bool = False, to: Address | None = None) -> WithdrawalMessage:
        """Burn `amount` wei on L2, for L1 to pay, by default to the same account.

        With `is_forced`, the transaction goes past the producer, through the portal.
        """
        who = wallet(name)
        receiver = to or who.address
        tx = self.sign(name, GATEWAY, L2_END.call_data("withdraw", receiver), amount)
        nonce = self.world.accounts[GATEWAY].storage.get(L2_END.slots["nonce"], 0)
        nonce += sum(each.to == GATEWAY for each in (*self.sent, *self.pool))
        if is_forced:
            self.contract.force(KEEPER, encode_transaction(tx))
            self.sent.append(tx)
        else:
            self.pool.append(tx)
        return WithdrawalMessage(nonce, who.address, receiver, amount)

    def sign(self, name: str, to: bytes, data: bytes, value: int) -> Transaction:
        """Return the next transaction of somebody on L2."""
        who = wallet(name)
        account = self.world.accounts.get(who.address, Account())
        nonce = account.nonce + sum(each.sender == who.address for each in (*self.sent, *self.pool))
        return who.sign(to=to, data=data, value=value, nonce=nonce, gas_limit=150_000, chain_id=LAYER.chain_id)

    def prove(self, message: WithdrawalMessage, number: int = -1) -> L1Answer:
        """Prove on L1 that a message was sent, under the state after a block: by default the last."""
        proposal = self.proposals[number]
        proof = slot_witness(proposal.trace.states[-1], GATEWAY, message.slot)
        return self.prove_with(message, proposal.block.header.number, proof)

    def prove_with(self, message: WithdrawalMessage, number: int, proof: bytes) -> L1Answer:
        """Bring a proof of a message before the portal."""
        call = PORTAL.call_data("prove_withdrawal", *message, number, proof)
        return self.contract.ask(KEEPER, call, to=self.contract.portal)

    def finalize(self, message: WithdrawalMessage) -> L1Answer:
        """Have a proven message paid."""
        call = PORTAL.call_data("finalize_withdrawal", *message)
        return self.contract.ask(KEEPER, call, to=self.contract.portal)

    # What the producer does, or anybody who has the blocks

    def next_block(self, skips: bool = False) -> tuple[Block, Taken]:
        """Return the next block: what waits on L1, unless it skips that, and then the pool."""
        credits = () if skips else tuple(self.waiting)
        forced = () if skips else tuple(self.sent)
        number = len(self.proposals) + self.contract.terms.first
        header = Header(number=number, timestamp=number * BLOCK_SECONDS, gas_limit=GAS_LIMIT)
        taken = Taken(self.taken.deposits + len(credits), self.taken.forced + len(forced))
        return Block(header, (*forced, *self.pool), credits), taken

    def run(self, block: Block, world: WorldState | None = None) -> BlockTrace:
        """Execute a block on the last world, or another one."""
        env = LAYER.env(block)
        return BlockTrace(self.world if world is None else world, env, tuple(items_of(env, block)))

    def propose(self, who: str = PROPOSER, skips: bool = False) -> L2Proposal:
        """Produce the next block and propose the state after it. If L1 refuses, everything stays as it is."""
        block, taken = self.next_block(skips)
        proposal = self.propose_trace(who, block, taken, self.run(block))
        if proposal.answer.accepted:
            self.adopt(proposal)
        return proposal

    def propose_trace(
        self, who: str, block: Block, taken: Taken, trace: ItemTrace, bond: int = bond_at(0)
    ) -> L2Proposal:
        """Propose the state after the next block as somebody's trace has it, true or not."""
        claim, data = BlockStates(trace).after(len(trace.items)), encode_block_input(block)
        game = self.contract.count
        answer = self.contract.propose(wallet(who), claim, data, taken, self._parent(), bond)
        return L2Proposal(block, trace, taken, claim, answer, game)

    def adopt(self, proposal: L2Proposal) -> None:
        """Build on a proposal from now on."""
        self.waiting = self.waiting[proposal.taken.deposits - self.taken.deposits :]
        self.sent = self.sent[proposal.taken.forced - self.taken.forced :]
        self.pool = [tx for tx in self.pool if tx not in proposal.block.transactions]
        self.proposals.append(proposal)

    def _parent(self) -> Parent | None:
        if not self.proposals:
            return None
        last = self.proposals[-1]
        return Parent(last.game, next_block_witness(last.trace.states[-1]))

    # What those do who watch, and time

    def dispute(self, proposal: L2Proposal, players: Mapping[str, GamePlayer]) -> bool:
        """Let these people play about a proposal until it is resolved; return whether it stands."""
        play_out(L1Board(self.contract, proposal.game, proposal.data), players)
        return self.contract.claim(proposal.game, ROOT).countered_by is None

    def watch(self, proposal: L2Proposal, world: WorldState) -> bool:
        """Let an honest challenger check a proposal against the world before it, and the clocks run out."""
        truth = self.run(proposal.block, world)
        return self.dispute(proposal, {CHALLENGER: Challenger(BlockStates(truth))})

    def wait_out(self, proposal: L2Proposal) -> bool:
        """Let the clock of a proposal run out that nobody disputes."""
        if not proposal.answer.accepted:
            raise InputError(f"a proposal that L1 refused: {proposal.answer.reason}", "wait_out")
        return self.dispute(proposal, {PROPOSER: Challenger(BlockStates(proposal.trace))})

    def resolve(self, proposal: L2Proposal) -> None:
        """Have all claims about a proposal resolved whose time is up."""
        resolve_all(L1Board(self.contract, proposal.game, proposal.data), KEEPER.name)

    # What anybody can look up

    @property
    def world(self) -> WorldState:
        """L2 after the last proposal."""
        return self.proposals[-1].world if self.proposals else GENESIS

    @property
    def taken(self) -> Taken:
        """What all blocks together have taken from L1."""
        return self.proposals[-1].taken if self.proposals else Taken()

    @property
    def locked(self) -> int:
        """What the portal holds, in wei."""
        return self.l1.account(self.contract.portal).balance

    def balance(self, name: str) -> int:
        """Return what somebody has on L2, in wei."""
        return self.world.accounts.get(wallet(name).address, Account()).balance

    def l1_balance(self, name: str) -> int:
        """Return what somebody has on L1, in wei."""
        return self.l1.account(wallet(name).address).balance

    def final_state(self) -> Hash32:
        """Return the state after the last block that L1 takes for final."""
        return self.contract.accepted_state(self.proposals[-1].block.header.number)
