"""What surrounds the code is steps too: a block's items, from the first system call to the last withdrawal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.chains import block_of, run_block
from tests.support.forks import FORKS_WITH_RULES
from tests.support.full_block import accounts, transactions, withdrawals
from tests.support.worlds import (
    BOB,
    COINBASE,
    CONTRACT,
    NOBODY,
    OTHER,
    authorize,
    call,
    contract,
    environment,
    signed,
    world,
)
from toyevm.chain import ChainConfig
from toyevm.forks import LONDON, OSAKA, PRAGUE, Fork
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.commitment import world_node
from toyevm.rollups.one_step.items import Credit, InvalidItem, Item, SystemCall, item_of, items_of
from toyevm.rollups.one_step.journal_tree import JournalTree
from toyevm.rollups.one_step.layout import open_state
from toyevm.rollups.one_step.nodes import Node
from toyevm.rollups.one_step.witness import check_step, make_witness
from toyevm.state import Account, WorldState
from toyevm.types import Address
from toyevm.vm.frame import BlockEnv


def follow(trace: BlockTrace, index: int) -> Node:
    """Show every micro-step of an item by its witness, and return the last state."""
    steps = trace.steps(index)
    state = steps.before
    for i in range(steps.count):
        witness, after = make_witness(state, steps.context), steps.state(i + 1)
        assert check_step(state.hash, witness, steps.context) == after.hash, f"item {index}, micro-step {i}"
        state = after
    assert check_step(state.hash, make_witness(state, steps.context), steps.context) == state.hash
    return state


@pytest.mark.parametrize("fork", FORKS_WITH_RULES, ids=lambda fork: fork.name)
def test_a_block_leads_where_the_sequential_backend_goes(fork: Fork) -> None:
    pre = world(accounts(fork))
    block = block_of(fork, *transactions(fork), withdrawals=withdrawals(fork))
    env = ChainConfig(fork=fork).env(block)
    trace = BlockTrace(pre, env, tuple(items_of(env, block)))
    for index in range(len(trace.items)):
        assert follow(trace, index).hash == trace.states[index + 1].hash
    last, _, journal, _ = open_state(trace.states[-1])
    expected, outcome = world_node(run_block(fork, pre, block).post), JournalTree.of(journal).world
    assert outcome is not None
    assert expected is not None
    assert outcome.hash == expected.hash
    assert last.gas == run_block(fork, pre, block).result.gas_used


def outcome_of(item: Item, pre: WorldState, env: BlockEnv | None = None) -> str:
    trace = BlockTrace(pre, env or environment(PRAGUE), [item])
    after = follow(trace, 0)
    assert after.hash == trace.states[1].hash
    _, _, _, outcome = open_state(after)
    return outcome.value[2:].decode(errors="replace") if outcome else ""


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"nonce": 1}, "nonce-too-high"),
        ({"value": 10**30}, "insufficient-funds"),
        ({"gas_limit": 20_000}, "intrinsic-gas"),
        ({"chain_id": 7}, "wrong-chain"),
    ],
)
def test_a_transaction_that_may_not_enter_is_passed_over(fields: dict[str, int], reason: str) -> None:
    env = environment(PRAGUE)
    assert reason in outcome_of(item_of(env, signed(**fields)), world(), env)


def test_a_transaction_for_which_the_block_has_no_room_is_passed_over() -> None:
    env = environment(OSAKA, gas_limit=300_000)
    item = item_of(env, signed(gas_limit=200_000, to=CONTRACT))
    later = item_of(env, signed(gas_limit=200_000, to=CONTRACT, nonce=1))
    trace = BlockTrace(world(source="PUSH 0 PUSH 0 REVERT"), replace(env, gas_limit=220_000), [item, later])
    assert follow(trace, 1).hash == trace.states[2].hash
    assert b"gas-limit-above-block" in trace.states[2].children[2].value  # type: ignore[union-attr]


def test_a_transaction_that_just_fits_into_the_block_enters() -> None:
    env = environment(OSAKA, gas_limit=200_000)
    trace = BlockTrace(world(), env, [item_of(env, signed(gas_limit=200_000))])
    assert follow(trace, 0).hash == trace.states[1].hash
    assert open_state(trace.states[1])[0].gas == 21_000


def test_an_invalid_item_changes_nothing() -> None:
    assert "no reason" in outcome_of(InvalidItem("no reason"), world())


def test_authorizations_are_followed_one_by_one() -> None:
    ways = (
        authorize(),
        authorize(nonce=1),
        authorize(nonce=9),
        authorize(chain_id=7),
        authorize(nonce=2, address=bytes(20)),
    )
    tx = signed(type=4, to=BOB, authorizations=ways, access_list=((CONTRACT, (0, 1)),))
    outcome_of(item_of(environment(PRAGUE), tx), world(source="PUSH 1 PUSH 0 SSTORE"))


def test_an_empty_account_with_storage_is_gone_once_it_is_touched() -> None:
    odd = Account(storage={1: 2})
    for item in (Credit(NOBODY, 0), item_of(environment(LONDON), signed(to=NOBODY))):
        trace = BlockTrace(world({NOBODY: odd}), environment(LONDON), [item])
        assert follow(trace, 0).hash == trace.states[1].hash
        assert NOBODY not in trace.worlds[1].accounts


@pytest.mark.parametrize("source", ["PUSH 0 PUSH 0 REVERT", "INVALID", "POP"])
def test_a_system_call_that_fails_touches_nobody_and_still_ends(source: str) -> None:
    trace = BlockTrace(world(source=source), environment(PRAGUE), [SystemCall(CONTRACT)])
    assert follow(trace, 0).hash == trace.states[1].hash
    assert trace.worlds[1] == trace.worlds[0]


@pytest.mark.parametrize("fork", [LONDON, PRAGUE], ids=lambda fork: fork.name)
@pytest.mark.parametrize("heir", ["ADDRESS", "COINBASE", "CALLER", "PUSH 3"])
@pytest.mark.parametrize("producer", [COINBASE, CONTRACT])
def test_who_destroys_itself_is_gone_as_the_fork_has_it(fork: Fork, heir: str, producer: Address) -> None:
    env = environment(fork, coinbase=producer)
    dies = contract(f"{heir} SELFDESTRUCT", balance=5, storage={1: 1})
    trace = BlockTrace(world({CONTRACT: dies}), env, [item_of(env, signed())])
    assert follow(trace, 0).hash == trace.states[1].hash


@pytest.mark.parametrize("size", [99, 100])
@pytest.mark.parametrize("is_direct", [True, False])
def test_a_precompile_that_is_given_more_than_the_chain_takes_fails(size: int, is_direct: bool) -> None:
    plain = environment(PRAGUE)
    identity = {bytes(19) + b"\4": replace(plain.precompiles[bytes(19) + b"\4"], most_input=99)}
    env = replace(plain, precompiles={**plain.precompiles, **identity})
    tx = signed(to=bytes(19) + b"\4", data=bytes(size)) if is_direct else signed(gas_limit=90_000)
    asks = f"PUSH 0 PUSH 0 PUSH {size} PUSH 0 PUSH 4 PUSH 9000 STATICCALL PUSH 0 SSTORE"
    trace = BlockTrace(world(source=asks), env, [item_of(env, tx)])
    assert follow(trace, 0).hash == trace.states[1].hash
    if is_direct:
        _, _, _, outcome = open_state(trace.states[1])
        assert outcome is not None
        assert (b"precompile" in outcome.value) == (size > 99)
    else:
        assert trace.worlds[1].accounts[CONTRACT].storage == ({0: 1} if size <= 99 else {})


@pytest.mark.parametrize("number", [2, 3])
def test_a_touch_of_ripemd_stays_though_the_call_has_failed(number: int) -> None:
    """What touches stays touched of this one precompile alone; empty but for storage, it is gone in the end."""
    address = number.to_bytes(20, "big")
    fails = f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH {number} PUSH 1 CALL PUSH 0 PUSH 0 REVERT"
    pre = world({address: Account(storage={1: 1}), OTHER: contract(fails), CONTRACT: contract(call(OTHER))})
    env = environment(PRAGUE)
    trace = BlockTrace(pre, env, [item_of(env, signed())])
    assert follow(trace, 0).hash == trace.states[1].hash
    assert (address in trace.worlds[1].accounts) == (number != 3)


def test_a_creation_where_there_is_something_fails() -> None:
    env = environment(PRAGUE)
    probe = BlockTrace(world(), env, [item_of(env, signed(to=None, data=b""))])
    (created,) = set(probe.worlds[1].accounts) - set(probe.worlds[0].accounts) - {env.coinbase}
    pre = world({created: Account(nonce=1)})
    assert "address collision" in outcome_of(item_of(env, signed(to=None, data=b"")), pre, env)
