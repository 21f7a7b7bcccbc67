"""The whole rollup: what is locked comes in, what is burnt goes out after a week, and nobody is left out or robbed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.rollups.calling_back import send_calling_back
from tests.support.full_block import transactions
from toyevm.chain import ChainConfig
from toyevm.contracts import mapping_slot
from toyevm.forks import CANCUN
from toyevm.rollups.bridge import GATEWAY, WithdrawalMessage
from toyevm.rollups.matrix.scenes import overwrite
from toyevm.rollups.one_step.describe import next_step
from toyevm.rollups.optimistic import dispute_contract, precompiles
from toyevm.rollups.optimistic import rollup as rollup_module
from toyevm.rollups.optimistic.block_input import encode_block_input
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.claims import MAX_HEIGHT, ROOT
from toyevm.rollups.optimistic.corruptions import Corruption, corrupt_gas
from toyevm.rollups.optimistic.dispute_contract import KEEPER, L2_END, PORTAL, Parent, Taken
from toyevm.rollups.optimistic.lying_states import LiePlace, LyingStates
from toyevm.rollups.optimistic.moves import GameMove, MoveKind
from toyevm.rollups.optimistic.precompiles import MOST_INPUT, MOST_PRECOMPILE_GAS, provable_chain
from toyevm.rollups.optimistic.reader import final_blocks, posted_blocks
from toyevm.rollups.optimistic.rollup import CHALLENGER, LAYER, PROPOSER, L2Proposal, OptimisticRollup
from toyevm.rollups.optimistic.state_proofs import next_block_witness
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction, encode_transaction
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

DAY = 86_400


def opened(**rules: int) -> OptimisticRollup:
    """Return a rollup on which Ann has ten ether, after its first block."""
    rollup = OptimisticRollup(["Ann", "Bob"], **rules)
    rollup.deposit("Ann", 10 * ETHER)
    assert rollup.wait_out(rollup.propose())
    return rollup


def test_a_withdrawal_takes_a_week_two_steps_and_is_paid_once() -> None:
    rollup = opened()
    message, start = rollup.withdraw("Ann", 2 * ETHER), rollup.l1.now
    before = rollup.l1_balance("Ann")
    proposal = rollup.propose()
    assert rollup.prove(message).reason == "no accepted root"
    assert rollup.wait_out(proposal)
    assert rollup.finalize(message).reason == "not proven"
    assert rollup.prove(message).accepted
    assert rollup.finalize(message).reason == "too early"
    rollup.l1.wait(rollup.contract.terms.gap)
    assert rollup.finalize(message).accepted
    assert rollup.finalize(message).reason == rollup.prove(message).reason == "finalized already"
    assert rollup.l1_balance("Ann") == before + 2 * ETHER
    assert rollup.locked == rollup.bridge.slot("locked") == 8 * ETHER
    assert 7 * DAY <= rollup.l1.now - start < 7.1 * DAY


def test_what_was_not_burnt_cannot_be_proven() -> None:
    rollup = opened()
    message = rollup.withdraw("Ann", ETHER)
    rollup.wait_out(rollup.propose())
    assert rollup.prove(message._replace(amount=2 * ETHER)).reason == "not sent on L2"
    assert rollup.prove_with(message, 2, b"").reason == "proof does not hold"


def test_who_proves_again_does_not_start_the_delay_again() -> None:
    rollup = opened()
    message = rollup.withdraw("Ann", ETHER)
    rollup.wait_out(rollup.propose())
    assert rollup.prove(message).accepted
    rollup.l1.wait(rollup.contract.terms.gap - 36)
    assert rollup.prove(message).reason == "proven already"
    rollup.l1.wait(24)
    assert rollup.finalize(message).accepted


def test_a_receiver_that_asks_again_while_it_is_paid_is_paid_once() -> None:
    rollup, ann = opened(), wallet("Ann").address

    def finalize(receiver: Address) -> bytes:
        return PORTAL.call_data("finalize_withdrawal", 0, ann, receiver, 2 * ETHER)

    greedy = send_calling_back(rollup.l1, rollup.contract.portal, finalize)
    message = WithdrawalMessage(0, ann, greedy, 2 * ETHER)
    rollup.pool.append(rollup.sign("Ann", GATEWAY, L2_END.call_data("withdraw", greedy), 2 * ETHER))
    assert rollup.wait_out(rollup.propose())
    assert rollup.prove(message).accepted
    rollup.l1.wait(rollup.contract.terms.gap)
    assert rollup.finalize(message).accepted
    assert (rollup.l1.account(greedy).balance, rollup.locked) == (2 * ETHER, 8 * ETHER)


def test_a_winner_that_collects_again_while_it_is_paid_has_what_it_won() -> None:
    rollup = opened()
    game, held = rollup.contract.address, bond_at(0)
    greedy = send_calling_back(rollup.l1, game, lambda winner: dispute_contract.GAME.call_data("collect", winner))
    overwrite(rollup.l1, game, mapping_slot(dispute_contract.GAME.slots["credits"], greedy), held // 4)
    assert rollup.contract.ask(KEEPER, dispute_contract.GAME.call_data("collect", greedy)).accepted
    assert (rollup.l1.account(greedy).balance, rollup.l1.account(game).balance) == (held // 4, held - held // 4)


def test_nothing_is_paid_under_a_state_that_is_not_accepted_any_more() -> None:
    """A game never takes back what it has accepted; the portal does not count on it."""
    rollup = opened()
    message = rollup.withdraw("Ann", ETHER)
    rollup.wait_out(rollup.propose())
    slot, state = mapping_slot(dispute_contract.GAME.slots["accepted_root"], 2), int.from_bytes(rollup.final_state())
    assert rollup.prove(message).accepted
    rollup.l1.wait(rollup.contract.terms.gap)
    overwrite(rollup.l1, rollup.contract.address, slot, state ^ 1)
    assert rollup.finalize(message).reason == "root taken back"
    assert rollup.prove(message).reason == "proof does not hold"  # not "proven already": it may be proven anew
    overwrite(rollup.l1, rollup.contract.address, slot, state)
    assert rollup.finalize(message).accepted


@pytest.mark.parametrize("amount", [1, 10**9 - 1, 10**18 + 1])
def test_parts_of_a_gwei_are_not_locked(amount: int) -> None:
    rollup = OptimisticRollup(["Ann"])
    assert rollup.deposit("Ann", amount).reason == "not in whole gwei"
    assert rollup.locked == 0


def test_the_portal_is_named_once_and_by_who_made_the_contract() -> None:
    rollup = OptimisticRollup(["Ann"])
    for who in (wallet("Ann"), KEEPER):
        call = dispute_contract.GAME.call_data("connect", who.address)
        assert rollup.contract.ask(who, call).reason == "not the owner"


def test_a_proposal_builds_on_a_game_and_shows_its_world() -> None:
    rollup = opened()
    block, taken = rollup.next_block()
    claim, data = BlockStates(rollup.run(block)).after(0), encode_block_input(block)
    good = next_block_witness(rollup.proposals[-1].trace.states[-1])
    for after, reason in (
        (Parent(1, good), "no such parent"),
        (Parent(2**255, good), "no such parent"),
        (Parent(0, b""), "not the state after a block"),
        (Parent(0, good[:-1]), "not the state after a block"),
        (Parent(0, good), ""),
    ):
        assert rollup.contract.propose(wallet(PROPOSER), claim, data, taken, after).reason == reason


def test_a_proposal_has_its_bond_and_no_more_steps_than_a_dispute_can_halve() -> None:
    rollup = OptimisticRollup(["Ann"])
    block, _ = rollup.next_block()
    claim, data = BlockStates(rollup.run(block)).after(0), encode_block_input(block)
    who = wallet(PROPOSER)
    assert rollup.contract.propose(who, claim._replace(height=MAX_HEIGHT + 1), data).reason == "too high"
    assert rollup.contract.propose(who, claim, b"").reason == "not a block"
    call = dispute_contract.GAME.call_data("propose", 0, 0, 0, *claim, b"", data)
    for value in (0, bond_at(0) - 1, bond_at(0) + 1):
        answer = rollup.contract.ask(who, call, value=value)
        assert answer.reason == "not the bond", value
    assert rollup.contract.propose(who, claim._replace(height=MAX_HEIGHT), data).accepted


def test_a_deposit_must_be_taken_and_cannot_be_invented() -> None:
    rollup = opened()
    rollup.deposit("Bob", ETHER)
    block, taken = rollup.next_block()
    twice = replace(block, withdrawals=(replace(block.withdrawals[0], amount=2 * 10**9),))
    for wrong, count in ((twice, taken), (replace(block, withdrawals=()), taken), (block, Taken(1, 0))):
        assert rollup.propose_trace(PROPOSER, wrong, count, rollup.run(wrong)).answer.reason == "other deposits"
    assert (
        rollup.propose_trace(PROPOSER, block, Taken(9, 0), rollup.run(block)).answer.reason
        == "more deposits than there are"
    )
    rollup.l1.wait(DAY)
    assert rollup.propose(skips=True).answer.reason == "something is overdue"
    assert rollup.propose().answer.accepted
    assert rollup.balance("Bob") == ETHER


def test_a_transaction_that_is_forced_comes_first_and_in_time() -> None:
    rollup = opened()
    rollup.withdraw("Ann", ETHER, is_forced=True)
    forced = rollup.sent[0]
    rollup.pay("Ann", "Bob", ETHER)
    block, taken = rollup.next_block()
    assert block.transactions[0] == forced
    late = replace(block, transactions=block.transactions[::-1])
    assert rollup.propose_trace(PROPOSER, late, taken, rollup.run(late)).answer.reason == "other forced transactions"
    rollup.l1.wait(DAY)
    assert rollup.propose(skips=True).answer.reason == "something is overdue"
    assert rollup.propose().answer.accepted
    assert rollup.balance("Bob") == ETHER


def test_a_forced_transaction_that_is_nonsense_changes_nothing_and_holds_up_nobody() -> None:
    rollup = opened()
    tx = rollup.sign("Bob", wallet("Ann").address, b"", 5 * ETHER)  # Bob has nothing
    rollup.contract.force(wallet("Bob"), encode_transaction(tx))
    rollup.sent.append(tx)
    assert rollup.wait_out(rollup.propose())
    assert (rollup.balance("Ann"), rollup.balance("Bob")) == (10 * ETHER, 0)


def test_what_no_block_could_take_is_not_queued() -> None:
    rollup = opened()
    greedy = wallet("Ann").sign(to=bytes(20), nonce=0, gas_limit=2**25, chain_id=LAYER.chain_id)
    (blobs,) = (tx for tx in transactions(CANCUN) if tx.blob_hashes)
    raws = map(encode_transaction, (greedy, blobs))
    for raw in (b"", b"no transaction", *raws, encode_transaction(greedy)[:-1]):
        assert rollup.contract.force(wallet("Bob"), raw).reason == "not a transaction of L2"
    rollup.l1.wait(2 * DAY)
    assert rollup.propose().answer.accepted


@pytest.mark.parametrize("header", [{"gas_limit": 149_999}, {"base_fee_per_gas": 1}])
def test_a_header_cannot_shut_out_what_is_forced(header: dict[str, int]) -> None:
    rollup = opened()
    rollup.withdraw("Ann", ETHER, is_forced=True)
    block, taken = rollup.next_block()
    tight = replace(block, header=replace(block.header, **header))
    assert rollup.propose_trace(PROPOSER, tight, taken, rollup.run(tight)).answer.reason == "not a block"
    assert rollup.propose().answer.accepted


def test_a_queue_that_no_block_can_take_at_once_stops_nobody() -> None:
    rollup = opened()
    raws = [wallet("Bob").sign(to=bytes(20), data=bytes(16_000), nonce=at, gas_limit=2**20) for at in range(8)]
    for tx in raws:
        assert rollup.contract.force(wallet("Bob"), encode_transaction(tx)).accepted
    rollup.l1.wait(2 * DAY)
    rollup.sent = raws[:4]
    assert rollup.propose(skips=True).answer.reason == "something is overdue"
    assert rollup.propose().answer.accepted
    assert rollup.propose().answer.reason == "something is overdue"
    rollup.sent = raws[4:]
    assert rollup.propose().answer.accepted


@pytest.mark.parametrize("ahead", [0, 2])
def test_who_fills_queue_and_blocks_keeps_out_what_is_forced_for_a_block_an_entry(ahead: int) -> None:
    rollup, sequencer = opened(sequencer=wallet(PROPOSER).address), wallet(PROPOSER)

    def own(nonce: int, gas: int) -> Transaction:
        return sequencer.sign(to=bytes(20), nonce=nonce, gas_limit=gas, chain_id=LAYER.chain_id)

    for place in range(ahead):
        rollup.sent.append(own(place, 21_000))
        assert rollup.contract.force(sequencer, encode_transaction(rollup.sent[-1])).accepted
    rollup.withdraw("Ann", 4 * ETHER, is_forced=True)
    rollup.l1.wait(DAY)
    queue, filler = list(rollup.sent), own(ahead, rollup_module.GAS_LIMIT)
    for place in range(ahead + 1):
        assert rollup.balance("Ann") == 10 * ETHER
        rollup.sent, rollup.pool = [], [filler]
        assert rollup.propose().answer.reason == "something is overdue"
        rollup.sent = queue[place : place + 1]
        block, taken = rollup.next_block()
        late = replace(block, transactions=block.transactions[::-1])
        refused = rollup.propose_trace(PROPOSER, late, taken, rollup.run(late))
        assert refused.answer.reason == "other forced transactions"
        assert rollup.propose().answer.accepted
    assert rollup.balance("Ann") == 6 * ETHER


def test_nobody_takes_deposits_that_there_are_not() -> None:
    rollup = OptimisticRollup(["Ann"])
    block, _ = rollup.next_block()
    assert rollup.propose().answer.accepted
    rollup.proposals.clear()
    for deposits, reason in ((9, "more deposits than there are"), (0, "")):
        trace = rollup.run(block)
        assert rollup.propose_trace(CHALLENGER, block, Taken(deposits), trace).answer.reason == reason


def test_a_state_proposed_twice_has_one_next_block_and_strands_nobody() -> None:
    rollup = opened()
    first, start = rollup.propose(), rollup.world
    rollup.proposals.pop()
    again = rollup.propose_trace(CHALLENGER, first.block, first.taken, first.trace)
    assert again.answer.accepted
    rollup.adopt(again)
    rollup.deposit("Bob", ETHER)
    child = rollup.propose()
    rollup.proposals[:] = [rollup.proposals[0], first]
    other = replace(child.block, header=replace(child.block.header, timestamp=99))
    stranger = rollup.propose_trace(CHALLENGER, other, child.taken, rollup.run(other, start))
    assert stranger.answer.reason == "another block comes next"
    for proposal in (again, first, child):
        assert rollup.wait_out(proposal)
        assert rollup.contract.is_accepted(proposal.game)
    assert [block.header.number for block in final_blocks(rollup.contract)] == [1, 2, 3]


def test_the_sequencer_alone_brings_blocks_until_something_is_overdue() -> None:
    rollup = opened(sequencer=wallet(PROPOSER).address)
    rollup.withdraw("Ann", ETHER, is_forced=True)
    assert rollup.propose(CHALLENGER).answer.reason == "not the sequencer"
    rollup.l1.wait(DAY)
    assert rollup.propose(CHALLENGER).answer.accepted


def test_a_deposit_waits_for_the_sequencer_half_a_day_and_no_longer() -> None:
    rollup = opened(sequencer=wallet(PROPOSER).address)
    rollup.deposit("Bob", ETHER)
    assert rollup.propose(skips=True).answer.accepted
    assert rollup.propose(CHALLENGER).answer.reason == "not the sequencer"
    rollup.l1.wait(DAY)
    assert rollup.propose(skips=True).answer.reason == "something is overdue"
    assert rollup.propose(CHALLENGER).answer.accepted


def test_the_same_block_behind_two_states_is_two_places() -> None:
    """Or who brings it behind a lie could say which block comes next behind the truth."""
    rollup = opened()
    rich = WorldState(dict(rollup.world.accounts) | {wallet("Bob").address: Account(balance=ETHER)})
    block, taken = rollup.next_block()
    truth, lie = (rollup.propose_trace(PROPOSER, block, taken, rollup.run(block, world)) for world in (None, rich))
    rollup.adopt(truth)
    block, taken = rollup.next_block()
    trace, behind = rollup.run(block), []
    for parent in (truth, lie):
        rollup.proposals[-1] = parent
        behind.append(rollup.propose_trace(PROPOSER, block, taken, trace))
    rollup.adopt(behind[0])
    next_block, _ = rollup.next_block()
    for seconds, parent in enumerate(behind):
        rollup.proposals[-1] = parent
        header = replace(next_block.header, timestamp=next_block.header.timestamp + seconds)
        other = replace(next_block, header=header)
        assert rollup.propose_trace(PROPOSER, other, taken, rollup.run(other)).answer.reason == ""


def test_there_are_no_two_blocks_in_one_place() -> None:
    """Two blocks that are both right would pay the same money twice."""
    rollup = opened()
    rollup.withdraw("Ann", 10 * ETHER)
    first, taken = rollup.next_block()
    rollup.pool.clear()
    rollup.pay("Ann", "Bob", 10 * ETHER)
    second, _ = rollup.next_block()
    assert rollup.propose_trace(PROPOSER, first, taken, rollup.run(first)).answer.accepted
    other = rollup.propose_trace(CHALLENGER, second, taken, rollup.run(second))
    assert other.answer.reason == "another block comes next"
    assert rollup.propose_trace(CHALLENGER, first, taken, rollup.run(first)).answer.accepted  # the same is no harm


def test_who_builds_on_what_falls_falls_too() -> None:
    rollup = opened()
    rich = WorldState(dict(rollup.world.accounts) | {wallet("Bob").address: Account(balance=ETHER)})
    block, taken = rollup.next_block()
    lie = rollup.propose_trace(PROPOSER, block, taken, rollup.run(block, rich))
    truth = rollup.run(block)
    rollup.adopt(lie)
    on_top = rollup.propose()
    assert on_top.answer.accepted
    assert not rollup.dispute(lie, {CHALLENGER: Challenger(BlockStates(truth))})
    rollup.resolve(on_top)
    assert not rollup.contract.is_accepted(on_top.game)
    rollup.proposals.remove(on_top)
    assert rollup.propose().answer.reason == "the parent has fallen"


def test_a_reader_of_l1_finds_the_blocks_and_which_are_final() -> None:
    rollup = opened()
    rollup.pay("Ann", "Bob", ETHER)
    proposal = rollup.propose()
    assert list(posted_blocks(rollup.contract)) == [each.block for each in rollup.proposals]
    assert final_blocks(rollup.contract) == [rollup.proposals[0].block]
    rollup.wait_out(proposal)
    assert final_blocks(rollup.contract) == [each.block for each in rollup.proposals]


@pytest.mark.parametrize("fields", [{"number": 7}, {"number": 0}])
def test_a_block_that_is_not_the_next_is_refused(fields: dict[str, int]) -> None:
    rollup = opened()
    block, taken = rollup.next_block()
    wrong = replace(block, header=replace(block.header, **fields))
    assert rollup.propose_trace(PROPOSER, wrong, taken, rollup.run(wrong)).answer.reason == "not the next block"


@pytest.mark.parametrize("corruption", [None, corrupt_gas])
def test_a_lie_about_a_transaction_with_many_long_inputs_falls(corruption: Corruption | None) -> None:
    """Of what its precompiles were given, a proof brings what its step needs: all of it L1 would not take."""
    assert not lie_stands(calling(2, 40_000) + calling(2, 40_032), lambda truth: LiePlace(0, 6), corruption)


def calling(precompile: int, size: int) -> bytes:
    """Return code that gives a precompile so many bytes of memory; 2 is sha256."""
    return bytes.fromhex(f"5f5f62{size:06x}5f60{precompile:02x}5afa50")


def raising(exponent: int, size: int = 96) -> bytes:
    """Return code that has modexp raise 1,024 bytes to an exponent of so many: for 43,690 gas a byte above 32."""
    return bytes.fromhex(f"6104005f5261{exponent:04x}602052610400604052") + calling(5, size)


def lie_stands(
    code: bytes, place_in: Callable[[BlockStates], LiePlace], corruption: Corruption | None = None, rest: int = 0
) -> bool:
    """Propose a lie about a transaction that runs this code, in a block with so many bytes besides, and play."""
    rollup = opened()
    rollup.pool.append(wallet("Ann").sign(to=None, data=code, nonce=0, gas_limit=15_000_000, chain_id=LAYER.chain_id))
    block, taken = rollup.next_block()
    block = replace(block, header=replace(block.header, extra_data=b"\1" * rest))
    truth = BlockStates(rollup.run(block))
    lie = LyingStates(truth, place_in(truth), corruption, seed=5)
    game, data = rollup.contract.count, encode_block_input(block)
    after = Parent(rollup.proposals[-1].game, next_block_witness(rollup.proposals[-1].trace.states[-1]))
    answer = rollup.contract.propose(wallet(PROPOSER), lie.after(1), data, taken, after)
    assert answer.accepted
    proposal = L2Proposal(block, truth.trace, taken, lie.after(1), answer, game)
    return rollup.dispute(proposal, {CHALLENGER: Challenger(truth), PROPOSER: Challenger(lie)})


def behind_the_call(truth: BlockStates) -> LiePlace:
    """Return the place behind the micro-step that gives a precompile its input, or that refuses to."""
    steps = truth.steps(0)
    names = ((at, next_step(steps.state(at), steps.context).name) for at in reversed(range(steps.count)))
    return LiePlace(0, 1 + next(at for at, name in names if name == "STATICCALL"))


@pytest.mark.parametrize("size", [MOST_INPUT, MOST_INPUT + 1])
def test_a_lie_about_the_longest_input_falls_and_so_does_one_about_a_longer_one(size: int) -> None:
    assert not lie_stands(calling(2, size), behind_the_call)


@pytest.mark.parametrize("exponent", [32 + 137, 32 + 138])
def test_a_lie_about_the_dearest_call_falls_and_so_does_one_about_a_dearer_one(exponent: int) -> None:
    """Also with the longest input, and in the longest block: L1 has the gas for it."""
    price = 1024**2 // 64 * 8 * (exponent - 32) // 3
    assert (price > MOST_PRECOMPILE_GAS) == (exponent == 32 + 138)
    assert not lie_stands(raising(exponent, MOST_INPUT), behind_the_call, rest=99_000)


def test_a_lie_about_a_longer_input_would_stand_if_the_layer_took_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bound_otherwise(monkeypatch, "MOST_INPUT", None)
    assert not lie_stands(calling(2, MOST_INPUT), behind_the_call)
    assert lie_stands(calling(2, MOST_INPUT + 1), behind_the_call)


def test_a_lie_about_a_dearer_call_would_stand_if_the_layer_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bound_otherwise(monkeypatch, "MOST_PRECOMPILE_GAS", 2**24)
    assert not lie_stands(raising(32 + 137, MOST_INPUT), behind_the_call, rest=99_000)
    assert lie_stands(raising(32 + 300, MOST_INPUT), behind_the_call, rest=99_000)


def bound_otherwise(monkeypatch: pytest.MonkeyPatch, bound: str, value: int | None) -> None:
    monkeypatch.setattr(precompiles, bound, value)
    monkeypatch.setattr(rollup_module, "LAYER", provable_chain(ChainConfig(LAYER.chain_id, LAYER.fork)))


def test_deposits_are_not_given_back() -> None:
    rollup = opened()
    block, _ = rollup.next_block()
    assert rollup.propose_trace(PROPOSER, block, Taken(0), rollup.run(block)).answer.reason == "deposits given back"


def test_an_overdue_deposit_is_as_good_as_an_overdue_transaction() -> None:
    rollup = opened()
    rollup.deposit("Bob", ETHER)
    rollup.deposit("Bob", ETHER)
    late, rollup.waiting = rollup.waiting[1:], rollup.waiting[:1]
    rollup.l1.wait(2 * DAY)
    assert rollup.propose().answer.accepted
    assert rollup.propose().answer.reason == "something is overdue"
    rollup.waiting = late
    assert rollup.propose().answer.accepted


def test_of_two_states_that_nobody_disputes_the_first_is_final() -> None:
    rollup = opened()
    rich = WorldState(dict(rollup.world.accounts) | {wallet("Bob").address: Account(balance=ETHER)})
    block, taken = rollup.next_block()
    truth, lie = (rollup.propose_trace(PROPOSER, block, taken, rollup.run(block, world)) for world in (None, rich))
    rollup.adopt(lie)
    child = rollup.propose()  # a state of its own has blocks of its own behind it
    rollup.proposals[-2:] = [truth]
    other = replace(child.block, header=replace(child.block.header, timestamp=99))
    assert rollup.propose_trace(PROPOSER, other, child.taken, rollup.run(other)).answer.accepted
    rollup.wait_out(truth)
    rollup.resolve(lie)
    assert [rollup.contract.is_accepted(each.game) for each in (truth, lie)] == [True, False]
    assert rollup.final_state() == truth.claim.state


def test_a_block_with_other_counts_of_what_it_takes_is_another_block() -> None:
    rollup = opened()
    rollup.withdraw("Ann", ETHER, is_forced=True)
    block, taken = rollup.next_block()
    assert rollup.propose_trace(PROPOSER, block, taken, rollup.run(block)).answer.accepted
    fewer = rollup.propose_trace(CHALLENGER, block, taken._replace(forced=0), rollup.run(block))
    assert fewer.answer.reason == "another block comes next"


def test_a_block_is_not_resolved_before_the_one_it_builds_on() -> None:
    rollup = opened()
    parent, child = rollup.propose(), rollup.propose()
    rollup.l1.wait(rollup.contract.terms.clock)
    move = GameMove(MoveKind.RESOLVE, ROOT)
    assert rollup.contract.move(KEEPER, child.game, move).reason == "the parent is not resolved"
    for proposal in (parent, child):
        assert rollup.contract.move(KEEPER, proposal.game, move).accepted
        assert rollup.contract.is_accepted(proposal.game)
