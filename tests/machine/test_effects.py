"""What a transaction says it read and wrote: the sets on which every parallel backend will rely.

Each rule is checked by a function that first passes on the machine as it is, then must fail on one that breaks it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings

from tests.support.drivers import replace_instruction
from tests.support.oracles import state_trie
from tests.support.programs import Scene, scenes
from tests.support.worlds import (
    ALICE,
    BASE_FEE,
    BOB,
    BOB_KEY,
    COINBASE,
    CONTRACT,
    NOBODY,
    OTHER,
    after,
    call,
    contract,
    environment,
    execute,
    signed,
    store_top,
    world,
)
from toyevm.assembler import assemble
from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block, Header
from toyevm.chain import ChainConfig
from toyevm.errors import InvalidTransaction
from toyevm.forks import CANCUN, DEFAULT_FORK, FORKS, LONDON, PRAGUE, SHANGHAI
from toyevm.journal import Journal
from toyevm.results import TxResult
from toyevm.state import Account, BlockView
from toyevm.types import Field, Location, Version
from toyevm.vm.frame import Frame
from toyevm.vm.instructions.calls import contract_address
from toyevm.vm.instructions.storage import store_refund
from toyevm.vm.message import execute_message, world_with_code

Patch = pytest.MonkeyPatch
GAS_MEASURED = "GAS {} POP GAS SWAP1 SUB"


def must_bite(check: Callable[[], None], patch: Patch, break_it: Callable[[Patch], None]) -> None:
    check()
    break_it(patch)
    with pytest.raises(AssertionError):
        check()


# Reads survive a rollback, warmth does not


def reads_of_a_failed_call_count() -> None:
    pre = world({OTHER: contract("PUSH 5 SLOAD PUSH 0 PUSH 0 REVERT")}, source=call(OTHER))
    result = execute(pre, signed())
    assert result.succeeded
    assert Location(OTHER, 5) in result.read_set


def reads_of_a_failed_transaction_count() -> None:
    result = execute(world(source="PUSH 5 SLOAD INVALID"), signed())
    assert not result.succeeded
    assert Location(CONTRACT, 5) in result.read_set
    assert set(result.write_set) == {Location(ALICE, Field.BALANCE), Location(ALICE, Field.NONCE)}


def forget_reads_on_rollback(patch: Patch) -> None:
    honest = Journal.rollback

    def rollback(journal: Journal, mark: int) -> None:
        honest(journal, mark)
        for location in [location for location in journal.reads if location.is_slot]:
            del journal.reads[location]

    patch.setattr(Journal, "rollback", rollback)


@pytest.mark.parametrize("check", [reads_of_a_failed_call_count, reads_of_a_failed_transaction_count])
def test_a_rollback_keeps_what_was_read(monkeypatch: Patch, check: Callable[[], None]) -> None:
    must_bite(check, monkeypatch, forget_reads_on_rollback)


def warmth_of_a_failed_call_is_lost() -> None:
    look = f"PUSH 0x{NOBODY.hex()} BALANCE"
    source = f"{call(OTHER)} POP {GAS_MEASURED.format(look)} {store_top(0)} {GAS_MEASURED.format(look)} {store_top(1)}"
    pre = world({OTHER: contract(f"{look} PUSH 0 PUSH 0 REVERT")}, source=source)
    result = execute(pre, signed())
    cold, warm = (result.write_set[Location(CONTRACT, slot)] for slot in (0, 1))
    assert isinstance(cold, int)
    assert isinstance(warm, int)
    assert cold - warm == 2_500


def warmth_of_a_slot_in_a_failed_call_is_lost() -> None:
    source = f"{call(OTHER)} POP GAS {call(OTHER)} POP GAS SWAP1 SUB {store_top(0)}"
    pre = world({OTHER: contract("PUSH 5 SLOAD PUSH 0 PUSH 0 REVERT")}, source=source)
    spent = execute(pre, signed()).write_set[Location(CONTRACT, 0)]
    assert isinstance(spent, int)
    assert spent > 2_100


def keep_warmth(patch: Patch) -> None:
    patch.setattr(Journal, "warm_address", lambda journal, address: journal.warm_addresses.update({address: True}))
    patch.setattr(Journal, "warm_slot", lambda journal, address, slot: journal.warm_slots[address].update({slot: True}))


@pytest.mark.parametrize("check", [warmth_of_a_failed_call_is_lost, warmth_of_a_slot_in_a_failed_call_is_lost])
def test_a_rollback_takes_back_what_a_failed_call_has_warmed(monkeypatch: Patch, check: Callable[[], None]) -> None:
    must_bite(check, monkeypatch, keep_warmth)


# A store reads


def a_store_reads_its_slot() -> None:
    read_set = execute(world(source="PUSH 9 PUSH 5 SSTORE"), signed()).read_set
    assert Location(CONTRACT, 5) in read_set


def test_a_store_reads_its_slot(monkeypatch: Patch) -> None:
    def blind(frame: Frame) -> None:
        frame.journal.set_slot(frame.address, frame.stack.pop(), frame.stack.pop())

    must_bite(a_store_reads_its_slot, monkeypatch, lambda patch: replace_instruction(patch, "SSTORE", blind, 22_100))


@pytest.mark.parametrize(
    ("source", "gas_limit", "reads"),
    [
        ("PUSH 0 PUSH 5 SSTORE", 200_000, True),  # changes nothing, and still depends
        ("PUSH 9 PUSH 5 SSTORE", 21_006 + 22_099, True),  # cannot pay: the price was only known after the read
        ("PUSH 9 PUSH 5 SSTORE", 21_006 + 2_301, True),
        ("PUSH 9 PUSH 5 SSTORE", 21_006 + 2_300, False),  # stopped by the stipend's guard, before the read
    ],
)
def test_a_store_that_writes_nothing_reads_its_slot_once_past_the_stipend_guard(
    source: str, gas_limit: int, reads: bool
) -> None:
    result = execute(world(source=source), signed(gas_limit=gas_limit))
    assert (Location(CONTRACT, 5) in result.read_set) is reads
    assert Location(CONTRACT, 5) not in result.write_set


@pytest.mark.parametrize("values", list(product((0, 5, 7), repeat=3)), ids=str)
def test_the_refund_of_two_stores_equals_the_rule(values: tuple[int, int, int]) -> None:
    original, current, new = values
    source = f"PUSH {current} PUSH 9 SSTORE  PUSH {new} PUSH 9 SSTORE"
    result = execute_message(world_with_code(assemble(source), storage={9: original}))
    gas = DEFAULT_FORK.gas
    first = store_refund(gas, original, original, current) if current != original else 0
    second = store_refund(gas, original, current, new) if new != current else 0
    assert result.refund == first + second


def test_an_account_check_reads_balance_nonce_and_code() -> None:
    read_set = execute(world(source=f"{call(NOBODY, value=1)}", accounts={}), signed(value=1)).read_set
    fields = {Location(NOBODY, field) for field in (Field.BALANCE, Field.NONCE, Field.CODE)}
    assert fields <= set(read_set)  # is it empty? then it costs 25,000 more
    assert {Location(ALICE, field) for field in (Field.BALANCE, Field.NONCE, Field.CODE)} <= set(read_set)


# The write set


def assert_sets_fit(result: TxResult) -> None:
    slots_cleared = {location for location in result.write_set if location.key == Field.STORAGE}
    assert set(result.write_set) - slots_cleared <= set(result.read_set)
    for location, value in result.write_set.items():
        assert location in slots_cleared or value != result.read_set[location].value


@given(scenes())
@settings(max_examples=150)
def test_a_program_writes_only_what_it_has_read(scene: Scene) -> None:
    try:
        result = execute(scene.pre, scene.tx, scene.env)
    except InvalidTransaction:
        return
    assert_sets_fit(result)
    for location, read in result.read_set.items():
        assert read == scene.pre.read(location)
    coinbase_balance = Location(scene.env.coinbase, Field.BALANCE)
    if scene.env.coinbase == COINBASE and coinbase_balance not in result.read_set:
        assert coinbase_balance not in result.write_set
    post = after(scene.pre, result, scene.env.coinbase)
    assert post.root == state_trie(post.accounts).root_hash


def test_a_blind_or_idle_write_is_found() -> None:
    result = execute(world(source="PUSH 9 PUSH 5 SSTORE"), signed())
    assert_sets_fit(result)
    for location, value in ((Location(CONTRACT, 6), 1), (Location(BOB, Field.NONCE), 1)):
        with pytest.raises(AssertionError):
            assert_sets_fit(replace(result, write_set={**result.write_set, location: value}))
    idle = {Location(CONTRACT, 5): 0}
    with pytest.raises(AssertionError):
        assert_sets_fit(replace(result, write_set=idle))


@pytest.mark.parametrize("fork", [LONDON, SHANGHAI])
def test_a_destroyed_account_loses_every_field(fork: Any) -> None:
    doomed = Account(nonce=1, balance=4, code=contract(f"PUSH 0x{BOB.hex()} SELFDESTRUCT").code, storage={1: 2})
    pre = world({CONTRACT: doomed})
    env = environment(fork)
    result = execute(pre, signed(), env)
    mine = {location.key: value for location, value in result.write_set.items() if location.address == CONTRACT}
    assert mine == {Field.BALANCE: 0, Field.NONCE: 0, Field.CODE: b"", Field.STORAGE: 0}
    assert CONTRACT not in after(pre, result).accounts


def test_since_cancun_selfdestruct_takes_only_the_balance() -> None:
    pre = world({CONTRACT: contract(f"PUSH 0x{BOB.hex()} SELFDESTRUCT", balance=4, storage={1: 2})})
    result = execute(pre, signed(), environment(CANCUN))
    assert {location for location in result.write_set if location.address == CONTRACT} == {
        Location(CONTRACT, Field.BALANCE)
    }
    assert after(pre, result).accounts[CONTRACT].storage == {1: 2}


# The fee recipient


def the_fee_is_no_write() -> None:
    pre = world(source="PUSH 9 PUSH 5 SSTORE")
    result = execute(pre, signed())
    assert result.fee == 3 * result.gas_used
    addresses = {location.address for location in (*result.read_set, *result.write_set)}
    assert COINBASE not in addresses
    assert after(pre, result).accounts[COINBASE].balance == result.fee


def test_the_fee_is_no_write(monkeypatch: Patch) -> None:
    honest = Journal.touch

    def pay_at_once(journal: Journal, address: bytes) -> None:
        honest(journal, address)
        if address == COINBASE and (COINBASE, "paid") not in journal.touched:
            journal.touched[COINBASE, "paid"] = True
            journal.set_balance(COINBASE, journal.balance(COINBASE) + 1)

    must_bite(the_fee_is_no_write, monkeypatch, lambda patch: patch.setattr(Journal, "touch", pay_at_once))


def test_a_producer_that_sends_spends_only_what_is_burnt() -> None:
    pre = world(source="")
    result = execute(pre, signed(), environment(coinbase=ALICE))
    assert result.fee == 3 * 21_000
    spent = pre.accounts[ALICE].balance - after(pre, result, ALICE).accounts[ALICE].balance
    assert spent == 21_000 * BASE_FEE  # what is burnt; the rest went from the left hand to the right


def test_a_producer_that_receives_gets_the_value_and_the_fee() -> None:
    pre = world()
    result = execute(pre, signed(to=COINBASE, value=5))
    assert result.write_set[Location(COINBASE, Field.BALANCE)] == 5
    assert after(pre, result).accounts[COINBASE].balance == 5 + result.fee


def the_second_sees_what_the_first_paid() -> None:
    pre = world(source=f"COINBASE BALANCE {store_top(0)}")
    header = Header(coinbase=COINBASE, number=1, base_fee_per_gas=BASE_FEE)
    block = Block(header, (signed(BOB_KEY, to=NOBODY), signed()))
    result = BACKENDS.named("sequential").execute_block(pre, block, RunConfig(ChainConfig(fork=SHANGHAI))).result
    first, second = result.results
    assert second.read_set[Location(COINBASE, Field.BALANCE)] == (Version(0), first.fee)
    assert second.write_set[Location(CONTRACT, 0)] == first.fee
    assert pre.apply(result.diff).accounts[COINBASE].balance == first.fee + second.fee


def test_a_read_of_the_producers_balance_sees_the_fees_before_it(monkeypatch: Patch) -> None:
    must_bite(
        the_second_sees_what_the_first_paid,
        monkeypatch,
        lambda patch: patch.setattr(BlockView, "pay", lambda *_: None),
    )


@pytest.mark.parametrize("fork", [fork for fork in FORKS.values() if not fork.selfdestruct_needs_creation], ids=str)
def test_a_producer_that_destroys_itself_loses_the_fee(fork: Any) -> None:
    """The fee is paid before accounts are deleted, so it goes with them (EELS and geth agree)."""
    pre = world(source="CALLER SELFDESTRUCT")
    result = execute(pre, signed(), environment(fork, coinbase=CONTRACT))
    assert CONTRACT not in after(pre, result, CONTRACT).accounts


@pytest.mark.parametrize("fork", FORKS.values(), ids=str)
def test_a_producer_created_and_destroyed_in_the_transaction_loses_the_fee(fork: Any) -> None:
    address = contract_address(ALICE, 0)
    pre = world()
    result = execute(pre, signed(to=None, data=bytes.fromhex("33ff")), environment(fork, coinbase=address))
    assert address not in after(pre, result, address).accounts


@pytest.mark.parametrize("fork", FORKS.values(), ids=str)
def test_a_free_transaction_removes_an_empty_producer(fork: Any) -> None:
    pre = world({COINBASE: Account()})
    result = execute(pre, signed(max_fee_per_gas=BASE_FEE), environment(fork))
    assert result.fee == 0
    assert COINBASE not in after(pre, result).accounts


def test_a_refund_is_taken_off_the_gas_used() -> None:
    pre = world({CONTRACT: contract("PUSH 0 PUSH 1 SSTORE", storage={1: 1})})
    result = execute(pre, signed())
    spent = 21_000 + 2 * 3 + 2_100 + 2_900
    assert (result.gas_refunded, result.gas_used) == (4_800, spent - 4_800)
    assert execute(world(source="PUSH 0 PUSH 1 SSTORE"), signed(), environment(PRAGUE)).gas_refunded == 0
