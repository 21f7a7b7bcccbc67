"""The column of the optimistic rollup: seven attacks on a contract that believes what nobody disputes in time.

Ann has 100 ether on L2, and Mallory, the thief, ten. Each attack ends with both getting out with what is theirs, if
they can: anybody may propose and prove. A stranger pays for the gas; bonds are everybody's own.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.contracts import mapping_slot
from toyevm.errors import InputError
from toyevm.rollups.bridge import GATEWAY, WithdrawalMessage
from toyevm.rollups.matrix.values import Damage, MatrixCell
from toyevm.rollups.one_step.witness import decode_witness
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.dispute_contract import PORTAL
from toyevm.rollups.optimistic.precompiles import optimistic_l1_chain
from toyevm.rollups.optimistic.reader import posted_blocks
from toyevm.rollups.optimistic.rollup import CHALLENGER, GENESIS, LAYER, PROPOSER, OptimisticRollup
from toyevm.rollups.optimistic.state_proofs import slot_witness
from toyevm.rollups.precompiles import SLOT_PROOF, proof_gas
from toyevm.state import Account, StateDiff, WorldState
from toyevm.types import Location
from toyevm.units import ETHER
from toyevm.vm.precompiles import Precompile
from toyevm.workloads.wallets import wallet

SYSTEM = "optimistic"
VICTIM, THIEF, OPERATOR, STRANGER = "Ann", "Mallory", PROPOSER, CHALLENGER
LOCKED, OWN = 100 * ETHER, 10 * ETHER
NEVER = 10**9  # seconds
WATCHERS = ("Wim", "Wendy", "Walt")


def set_scene(**rules: Any) -> OptimisticRollup:
    """Return a rollup on which Ann and Mallory have what they locked."""
    rollup = OptimisticRollup([VICTIM, THIEF, *WATCHERS], **rules)
    rollup.deposit(VICTIM, LOCKED)
    rollup.deposit(THIEF, OWN)
    assert rollup.wait_out(rollup.propose())
    return rollup


def lie_about_state(honest: tuple[str, ...]) -> Damage:
    """Let Mallory propose a state after her own withdrawal of everything, before these people's eyes."""
    rollup = set_scene()
    before = _wealth(rollup)
    rich = dict(rollup.world.accounts) | {wallet(THIEF).address: Account(balance=LOCKED + OWN)}
    message = rollup.withdraw(THIEF, LOCKED + OWN)
    block, taken = rollup.next_block()
    lie = rollup.propose_trace(THIEF, block, taken, rollup.run(block, WorldState(rich)))
    truth = rollup.run(block)
    if rollup.dispute(lie, {name: Challenger(BlockStates(truth)) for name in honest} or {THIEF: _Idle()}):
        rollup.adopt(lie)
        _cash(rollup, message)
    else:
        rollup.wait_out(rollup.propose())
    return _afterwards(rollup, before)


class _Idle:
    """Somebody who only has things resolved."""

    def moves(self, game: object, now: int) -> tuple[()]:
        return ()


def invent_state(defended: bool) -> Damage:
    """Let Mallory lie, with a challenger who watches or without anybody."""
    return lie_about_state((STRANGER,) if defended else ())


def collude(defended: bool) -> Damage:
    """Let the operator and two of three watchers look away."""
    return lie_about_state(WATCHERS[2:] if defended else ())


def lose_blocks(defended: bool) -> Damage:
    """Let everything that the operator has burn: the blocks are on L1, or only their hashes are."""
    rollup = set_scene()
    before = _wealth(rollup)
    rollup.proposals[0] = replace(rollup.proposals[0], trace=rollup.run(Block(rollup.proposals[0].block.header)))
    if defended:
        (block,) = posted_blocks(rollup.contract)
        rollup.proposals[0] = replace(rollup.proposals[0], trace=rollup.run(block, GENESIS))
    return _afterwards(rollup, before)


def leave_out(defended: bool) -> Damage:
    """Let the operator, who alone brings blocks, leave Ann's way out out of every block."""
    operator = wallet(OPERATOR).address
    rollup = set_scene(sequencer=operator, window=86_400 // 2 if defended else NEVER)
    before, start = _wealth(rollup), rollup.l1.now
    message = rollup.withdraw(VICTIM, LOCKED, is_forced=True)
    for _ in range(3):
        rollup.propose(skips=True)  # the third comes too late: the portal says that something is overdue
        rollup.l1.wait(86_400 // 4)
    if rollup.propose(STRANGER).answer.accepted:
        rollup.l1.wait(rollup.contract.terms.clock)
        for proposal in rollup.proposals[1:]:
            rollup.resolve(proposal)
        _cash(rollup, message)
    usual = rollup.contract.terms.clock + rollup.contract.terms.gap
    delay = rollup.l1.now - start - usual
    after = {name: rollup.l1_balance(name) + (rollup.balance(name) if name == THIEF else 0) for name in before}
    return Damage(before, after, (THIEF,), delay if after[VICTIM] >= before[VICTIM] else 0)


def take_deposit_back(defended: bool) -> Damage:
    """Let L1 lose Mallory's deposit and the block that credits it, and bring the block again."""
    rollup = set_scene()
    before, portal = _wealth(rollup), rollup.contract.portal
    rollup.deposit(THIEF, LOCKED)
    digest = rollup.l1.account(portal).storage[mapping_slot(PORTAL.slots["deposit_digest"], 3)]
    credited = rollup.propose()
    rollup.l1.reorg(2, keep=False)
    rollup.proposals.pop()
    if not defended:  # a contract that believes somebody else about deposits: they do not go back with L1
        _overwrite(rollup, PORTAL.slots["nonce"], 3)
        _overwrite(rollup, mapping_slot(PORTAL.slots["deposit_digest"], 3), digest)
    again = rollup.propose_trace(THIEF, credited.block, credited.taken, credited.trace)
    if again.answer.accepted:
        rollup.adopt(again)
        rollup.wait_out(again)
        _get_out(rollup, THIEF)
    return _afterwards(rollup, before)


def leave_twice(defended: bool) -> Damage:
    """Let Mallory have one withdrawal paid three times."""
    rollup = set_scene()
    before = _wealth(rollup)
    message = rollup.withdraw(THIEF, OWN)
    rollup.wait_out(rollup.propose())
    rollup.prove(message)
    rollup.l1.wait(rollup.contract.terms.gap)
    for _ in range(3):
        rollup.finalize(message)
        if not defended:
            _overwrite(rollup, mapping_slot(PORTAL.slots["finalized"], message.hash), 0)
    return _afterwards(rollup, before)


def prove_elsewhere(defended: bool) -> Damage:
    """Let Mallory prove a withdrawal under a state of her own making."""
    rollup = set_scene(l1_chain=optimistic_l1_chain(LAYER) if defended else _gullible())
    before = _wealth(rollup)
    message = WithdrawalMessage(7, wallet(THIEF).address, wallet(THIEF).address, LOCKED + OWN)
    gateway = replace(rollup.world.accounts[GATEWAY], storage={message.slot: 1})
    block = rollup.proposals[-1].block
    own = rollup.run(replace(block, withdrawals=()), WorldState({GATEWAY: gateway})).states[-1]
    if rollup.prove_with(message, block.header.number, slot_witness(own, GATEWAY, message.slot)).accepted:
        rollup.l1.wait(rollup.contract.terms.gap)
        rollup.finalize(message)
    return _afterwards(rollup, before)


def _wealth(rollup: OptimisticRollup) -> dict[str, int]:
    """Return what each has on L1 and on L2, in wei."""
    return {name: rollup.l1_balance(name) + rollup.balance(name) for name in (VICTIM, THIEF)}


def _afterwards(rollup: OptimisticRollup, before: dict[str, int]) -> Damage:
    """Let both get out with what is theirs, and count what they have on L1."""
    for name in (VICTIM, THIEF):
        _get_out(rollup, name)
    return Damage(before, {name: rollup.l1_balance(name) for name in before}, thieves=(THIEF,))


def _get_out(rollup: OptimisticRollup, name: str) -> None:
    """Let somebody burn what they have on L2 in a block of their own making, and be paid."""
    amount = rollup.balance(name)
    if not amount:
        return
    rollup.pool.clear()
    message = rollup.withdraw(name, amount)
    proposal = rollup.propose()
    if proposal.answer.accepted and rollup.watch(proposal, rollup.proposals[-2].world):
        _cash(rollup, message)


def _cash(rollup: OptimisticRollup, message: WithdrawalMessage) -> None:
    with suppress(InputError):
        rollup.prove(message)
        rollup.l1.wait(rollup.contract.terms.gap)
        rollup.finalize(message)


def _overwrite(rollup: OptimisticRollup, slot: int, value: int) -> None:
    """Set a variable of the portal: what a contract without one of its lines would have there."""
    l1, location = rollup.l1, Location(rollup.contract.portal, slot)
    l1.entries[-1] = replace(l1.entries[-1], world=l1.world.apply(StateDiff({location: value})))


def _gullible() -> ChainConfig:
    """Return an L1 whose check of slots takes whatever state the witness is of: one without that comparison."""
    chain = optimistic_l1_chain(LAYER)
    checks = dict(chain.extra_precompiles or {})
    check = checks[SLOT_PROOF].run

    def believe(data: bytes) -> bytes:
        return bytes(check(decode_witness(data[96:]).hash + data[32:]))

    checks[SLOT_PROOF] = Precompile("slot_proof", proof_gas, believe)
    return replace(chain, extra_precompiles=checks)


CELLS = (
    MatrixCell(
        "invalid root",
        SYSTEM,
        "Mallory proposes a state after a withdrawal of all there is, which she has not",
        "somebody executes each block again and disputes a wrong state",
        invent_state,
    ),
    MatrixCell(
        "withheld data",
        SYSTEM,
        "the operator's machines burn after a block",
        "a block is on L1 when its state is proposed, so anybody rebuilds L2",
        lose_blocks,
    ),
    MatrixCell(
        "censorship",
        SYSTEM,
        "the operator, who alone brings blocks, leaves Ann's way out out of each",
        "what is sent through L1 must be taken within twelve hours, or anybody may bring the block",
        leave_out,
    ),
    MatrixCell(
        "2/3 collusion",
        SYSTEM,
        "the operator and two of three watchers look away while Mallory proposes a wrong state",
        "one honest watcher is enough, whoever works together",
        collude,
    ),
    MatrixCell(
        "L1 reorg",
        SYSTEM,
        "L1 loses Mallory's deposit after a block has credited it; the block is brought again",
        "a block takes deposits from a queue on L1, which goes back with it",
        take_deposit_back,
    ),
    MatrixCell(
        "replay",
        SYSTEM,
        "Mallory asks three times for one withdrawal",
        "the portal remembers each withdrawal that it has paid",
        leave_twice,
    ),
    MatrixCell(
        "forged proof",
        SYSTEM,
        "Mallory proves a withdrawal under a state of her own making",
        "the hash of what is shown is compared with the state that was proposed",
        prove_elsewhere,
    ),
)
