"""What the precompiles answer to strangers: a failed call, never a broken machine, at a price that the input shows."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from tests.rollups.optimistic.tables import LAYER
from tests.support.chains import block_of
from tests.support.full_block import transactions, withdrawals
from tests.support.worlds import signed, world
from toyevm.blocks import Block, Header
from toyevm.chain import ChainConfig
from toyevm.errors import DecodingError, PrecompileFailure
from toyevm.forks import CANCUN, LONDON, PRAGUE, SHANGHAI, Fork
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.describe import next_step
from toyevm.rollups.one_step.items import items_of
from toyevm.rollups.one_step.witness import StepRefused
from toyevm.rollups.optimistic.block_input import MOST_BLOB_EXCESS, decode_block_input, encode_block_input
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.many_games import token_block
from toyevm.rollups.optimistic.posted_input import COVERED_GAS, PostedInput, decode_posted, encode_posted
from toyevm.rollups.optimistic.precompiles import BLOCK_INPUT, NEXT_BLOCK, ONE_STEP, dispute_checks, provable_chain
from toyevm.rollups.optimistic.state_proofs import next_block_witness
from toyevm.rollups.optimistic.verifier import step_once
from toyevm.rollups.precompiles import SLOT_PROOF
from toyevm.workloads.transfers import to_many

CHECKS = dispute_checks(LAYER)
STATES = BlockStates(token_block(3, 0))
DATA = encode_block_input(to_many(3, 0, token=True).block)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def step_input(item: int = 1, at: int = 40, data: bytes = DATA) -> bytes:
    witness, posted = STATES.evidence(item, at)
    return word(item) + STATES.state(item, at) + word(len(witness)) + word(len(posted)) + witness + posted + data


def test_a_step_leads_to_the_next_state_and_the_last_one_ends_its_item() -> None:
    last = STATES.steps(1).count - 1
    assert CHECKS[ONE_STEP].run(step_input()) == STATES.state(1, 41) + word(0)
    assert CHECKS[ONE_STEP].run(step_input(1, last)) == STATES.after(2).state + word(1)


def test_a_step_is_that_of_the_item_asked_for() -> None:
    with pytest.raises(PrecompileFailure):
        CHECKS[ONE_STEP].run(word(2) + step_input(1, 1)[32:])
    with pytest.raises(PrecompileFailure):
        CHECKS[ONE_STEP].run(word(9) + step_input()[32:])


def test_a_step_is_that_of_the_block_asked_for() -> None:
    other = encode_block_input(to_many(3, 1, token=True).block)
    with pytest.raises(PrecompileFailure):
        CHECKS[ONE_STEP].run(step_input(1, 1, other))


def honest_inputs() -> dict[bytes, bytes]:
    state = STATES.trace.states[-1]
    return {
        ONE_STEP: step_input(),
        BLOCK_INPUT: bytes(64) + word(0) + DATA,
        NEXT_BLOCK: state.hash + next_block_witness(state),
        SLOT_PROOF: state.hash + bytes(64) + next_block_witness(state),
    }


@pytest.mark.parametrize("address", [ONE_STEP, BLOCK_INPUT, NEXT_BLOCK, SLOT_PROOF], ids=bytes.hex)
def test_hostile_bytes_are_a_failed_call(address: bytes) -> None:
    rng, good, check = Random(1), honest_inputs()[address], CHECKS[address]
    assert check.gas(good) == check.gas(bytes(len(good)))
    failed = 0
    for _ in range(150):
        data = bytearray(good)
        for _ in range(rng.choice((1, 1, 3))):
            data[rng.choice((rng.randrange(len(data)), rng.randrange(128))) % len(data)] = rng.randrange(256)
        size = rng.choice((len(data), len(data), rng.randrange(len(data))))
        try:
            check.run(bytes(data[:size]))
        except PrecompileFailure:
            failed += 1
    assert failed > 50


def rounds(count: int) -> tuple[BlockStates, int, bytes]:
    """Return a block that asks BLAKE2 for so many rounds, the micro-step that does, and the block as it is posted."""
    code = bytes.fromhex(f"63{count:08x}60e01b5f52600160d4535f5f60d55f60095afa50")
    block = block_of(SHANGHAI, signed(to=None, data=code, gas_limit=2_000_000))
    env = provable_chain(LAYER).env(block)
    states = BlockStates(BlockTrace(world(), env, tuple(items_of(env, block))))
    steps = states.steps(0)
    at = next(at for at in range(steps.count) if next_step(steps.state(at), steps.context).name == "STATICCALL")
    return states, at, encode_block_input(block)


def test_a_step_that_runs_a_dear_precompile_pays_for_it() -> None:
    states, at, data = rounds(200_000)
    witness, posted = states.evidence(0, at)
    assert decode_posted(posted) == PostedInput(200_000 - COVERED_GAS)
    paid = word(0) + states.state(0, at) + word(len(witness)) + word(8) + witness + posted + data
    assert CHECKS[ONE_STEP].gas(paid) == CHECKS[ONE_STEP].gas(bytes(len(paid))) + 200_000 - COVERED_GAS
    assert CHECKS[ONE_STEP].run(paid) == states.state(0, at + 1) + word(0)


def test_a_step_whose_precompile_is_not_paid_for_is_refused() -> None:
    states, at, _ = rounds(200_000)
    context, root, (witness, _) = states.trace.context(0), states.state(0, at), states.evidence(0, at)
    for posted in (b"", encode_posted(PostedInput(200_000 - COVERED_GAS - 1))):
        answer = step_once(context, root, witness, posted)
        assert isinstance(answer, StepRefused)
        assert (answer.reason, answer.detail) == ("unpaid-precompile", "a precompile that costs 200,000 gas")
    answer = step_once(context, root, witness, bytes(7))
    assert isinstance(answer, StepRefused)
    assert answer.reason == "malformed-input"


def test_a_step_whose_precompile_is_cheap_needs_nothing_more_and_one_that_cannot_afford_it_neither() -> None:
    for count in (COVERED_GAS, 1_990_000):
        states, at, _ = rounds(count)
        assert states.evidence(0, at)[1] == b""


def test_sizes_that_do_not_fit_are_refused() -> None:
    for size in (2**255, 2**64, len(DATA) + 10_000):
        with pytest.raises(PrecompileFailure, match="lengths that do not fit"):
            CHECKS[ONE_STEP].run(word(0) + bytes(32) + word(size) + word(0) + DATA)


@pytest.mark.parametrize("fork", [LONDON, PRAGUE], ids=str)
def test_a_block_is_posted_and_read_back_as_it_was(fork: Fork) -> None:
    block = block_of(fork, *transactions(fork), withdrawals=withdrawals(fork))
    block = replace(block, ancestor_hashes={7: b"\7" * 32, 3: b"\3" * 32}, ommers=(Header(number=4),))
    assert decode_block_input(encode_block_input(block)) == block


def test_a_block_whose_blobs_have_no_price_or_one_that_is_no_word_is_refused() -> None:
    for excess in (2**40, MOST_BLOB_EXCESS + 1):
        with pytest.raises(DecodingError, match="no price for blobs"):
            decode_block_input(encode_block_input(Block(Header(excess_blob_gas=excess))))
    for fork in (CANCUN, PRAGUE):
        assert ChainConfig(fork=fork).env(Block(Header(excess_blob_gas=MOST_BLOB_EXCESS))).blob_base_fee < 2**256


def test_a_block_with_more_gas_than_anybody_can_run_through_is_refused() -> None:
    checks = dispute_checks(ChainConfig())
    with pytest.raises(PrecompileFailure, match="more gas than a block has"):
        checks[BLOCK_INPUT].run(bytes(96) + encode_block_input(Block(Header(gas_limit=2**40))))


@pytest.mark.parametrize("fork", [LONDON, SHANGHAI], ids=str)
def test_a_block_with_ommers_is_refused(fork: Fork) -> None:
    """Before Paris, this one would be paid a thousand ether."""
    check, block = dispute_checks(ChainConfig(fork=fork))[BLOCK_INPUT], Block(Header(number=9, gas_limit=30_000_000))
    assert check.run(bytes(96) + encode_block_input(block))[32:64] == word(9)
    rich = replace(block, ommers=(Header(number=4_001, coinbase=b"\1" * 20),))
    with pytest.raises(PrecompileFailure, match="a block with ommers"):
        check.run(bytes(96) + encode_block_input(rich))


@pytest.mark.parametrize(
    "fields",
    [{"coinbase": bytes(33)}, {"coinbase": b""}, {"prev_randao": bytes(33)}, {"parent_beacon_root": bytes(31)}],
    ids=str,
)
def test_a_header_with_fields_of_other_sizes_is_refused(fields: dict[str, bytes]) -> None:
    """COINBASE would push more than a word, and no witness could show the state after it."""
    with pytest.raises(DecodingError, match="bytes"):
        decode_block_input(encode_block_input(Block(Header(**fields))))  # type: ignore[arg-type]


def test_an_ancestor_without_a_whole_hash_is_refused() -> None:
    with pytest.raises(DecodingError, match="33 bytes"):
        decode_block_input(encode_block_input(Block(Header(), ancestor_hashes={1: bytes(33)})))
