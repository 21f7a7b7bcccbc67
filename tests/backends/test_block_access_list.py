"""A list spares transactions all waiting, and lies about it cost time and are named, one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.access_lists.liars import BLOCK, CASE, HONEST, LIES, RESULTS
from tests.backends.cases import BURN, CASES, INCREMENT, Case, case, sent
from tests.backends.judge import broken_promises, differences, oracle_of, outcome_of
from tests.backends.mutants import (
    believe_every_claim,
    read_one_s_own_writes_off_the_list,
    take_no_claim_for_final,
)
from tests.backends.random_blocks import random_case
from tests.support.chains import block_of
from tests.support.worlds import BOB_KEY, CONTRACT, NOBODY, contract, signed
from toyevm.access_lists import InvalidAccessList, LieKind, build, decode, encode, hash_of
from toyevm.access_lists import lies as lies_module
from toyevm.backends import BACKENDS, Hints, Run, RunConfig, block_access_list, hints_for, verify_access_list
from toyevm.backends.block_access_list import BLOCK_ACCESS_LIST, Claims, ListedExecution, ListedRun
from toyevm.errors import InputError, InvalidBlock
from toyevm.forks import OSAKA
from toyevm.simulation.costs import GAS_ALONE, CostModel
from toyevm.simulation.metrics import measure
from toyevm.types import Field, Location

PARALLEL = [backend for backend in BACKENDS if backend.kind == "parallel"]


def told(block: Case, encoded: Any, cores: int = 4, **fields: Any) -> RunConfig:
    return RunConfig(block.chain, cores, hints=Hints(block_access_list=encoded), **fields)


def run(block: Case, encoded: Any, **fields: Any) -> ListedRun:
    return BLOCK_ACCESS_LIST.execute_block(block.pre, block.block, told(block, encoded, **fields))


def honest_list(block: Case) -> bytes:
    oracle = oracle_of(block)
    assert isinstance(oracle, Run)
    return encode(build(block.pre, block.block, block.chain, oracle.result.results))


def verify(block: Case, encoded: bytes, **fields: Any) -> ListedRun:
    return verify_access_list(block.pre, block.block, told(block, encoded), **fields)


# Honest lists


@pytest.mark.parametrize("number", range(12))
def test_the_list_is_the_same_whichever_backend_has_executed_the_block(number: int) -> None:
    block = random_case(number)
    oracle = oracle_of(block)
    if isinstance(oracle, InvalidBlock):
        return
    right = build(block.pre, block.block, block.chain, oracle.result.results)
    assert decode(encode(right), len(block.block.transactions)) == right
    for backend in PARALLEL:
        outcome = outcome_of(backend, block, RunConfig(block.chain, 4, 1, hints=Hints((), (), ())))
        assert isinstance(outcome, Run)
        assert build(block.pre, block.block, block.chain, outcome.result.results) == right


def test_an_honest_list_is_accepted_and_nothing_is_done_twice() -> None:
    done = verify(CASE, encode(HONEST), expected_hash=hash_of(HONEST))
    assert (done.attempts, done.aborts, done.lies) == (len(RESULTS), 0, ())
    assert differences(CASE, done, oracle_of(CASE), seal=True) == []


def test_a_serial_chain_takes_no_longer_than_independent_work() -> None:
    chain = case("a chain", {CONTRACT: contract(f"{BURN.format(n=900)} {INCREMENT}")}, *[sent(i) for i in range(8)])
    done = run(chain, honest_list(chain), cores=8, costs=GAS_ALONE)
    assert measure(done, 8).makespan == max(result.gas_before_refund for result in done.result.results)
    assert {tx_index for tx_index, location in done.foreseen if location == Location(CONTRACT, 0)} == set(range(1, 8))


@pytest.mark.parametrize("cores", [4, 16])
def test_with_enough_transactions_a_run_is_within_a_twentieth_of_its_bound(cores: int) -> None:
    """Of 20 gas sizes, 400 transactions; the producer is paid, and nobody waits for that."""
    code = {CONTRACT: contract(f"CALLDATASIZE {BURN.split(' ', 2)[2]}")}
    transactions = [sent(i % 8, i // 8, data=bytes(1 + 37 * (i % 20)), gas_limit=70_000) for i in range(400)]
    block = case("many sizes", code, *transactions)
    done = run(block, honest_list(block), cores=cores, costs=GAS_ALONE)
    metrics = measure(done, cores, block.block.header.coinbase)
    assert (done.aborts, done.lies) == (0, ())
    assert max(-(-metrics.work // cores), metrics.span_by_access) >= 0.95 * metrics.makespan
    assert metrics.work / cores >= 0.95 * metrics.makespan, "the chains of nonces do not count"


def test_the_longest_goes_first_as_far_as_fees_tell() -> None:
    code = {CONTRACT: contract(f"CALLDATASIZE {BURN.split(' ', 2)[2]}")}
    sizes = (1, 300, 20, 900)
    block = case("sizes", code, *[sent(i, data=bytes(size), gas_limit=100_000) for i, size in enumerate(sizes)])
    one_core = run(block, honest_list(block), cores=1)
    assert [span.tx_index for span in one_core.spans if span.kind == "execute"] == [3, 1, 2, 0]
    done = run(block, honest_list(block), cores=2, costs=GAS_ALONE)
    gas = [result.gas_before_refund for result in done.result.results]
    assert gas == [21_034, 30_004, 21_604, 48_004]
    starts = {span.tx_index: (span.core, span.start) for span in done.spans if span.kind == "execute"}
    assert starts == {3: (0, 0), 1: (1, 0), 2: (1, 30_004), 0: (0, 48_004)}


def test_what_is_listed_is_fetched_at_once_and_beforehand() -> None:
    costs = CostModel(read=0, fetch=30_000, validate=0, commit=0, schedule=0)
    transfers = case("payments", {}, *[sent(i, to=NOBODY, gas_limit=21_000) for i in range(4)])
    done = run(transfers, honest_list(transfers), cores=4, costs=costs)
    assert measure(done, 4, costs=costs).makespan == 30_000 + 21_000
    without = BACKENDS.named("optimistic").execute_block(
        transfers.pre, transfers.block, RunConfig(transfers.chain, 4, costs=costs)
    )
    assert measure(without, 4, costs=costs).makespan > 3 * 30_000


def test_without_a_list_there_is_a_dry_run() -> None:
    done = BLOCK_ACCESS_LIST.execute_block(CASE.pre, BLOCK, RunConfig(CASE.chain, 4))
    assert sum(span.kind == "dry run" for span in done.spans) == len(RESULTS)
    assert done.lies == ()


def test_the_list_counts_among_the_bytes_of_the_hints() -> None:
    hints = hints_for(CASE.pre, BLOCK, CASE.chain, RESULTS)
    assert hints.byte_sizes["block_access_list"] == len(encode(HONEST))


# Lies

PAYMENTS = [signed(to=NOBODY, gas_limit=21_000), signed(BOB_KEY, to=NOBODY, gas_limit=21_000)]
FULL = Case("no gas is left", CASE.pre, block_of(OSAKA, *PAYMENTS, gas_limit=42_000), CASE.chain)


@pytest.mark.parametrize("name", LIES)
def test_every_lie_is_named_and_changes_nothing(name: str) -> None:
    liar, kind = LIES[name]
    encoded = encode(liar(HONEST))
    for cores, seed in ((1, 0), (4, 1), (16, 2)):
        done = run(CASE, encoded, cores=cores, seed=seed)
        assert differences(CASE, done, oracle_of(CASE), seal=seed == 1) == []
        assert done.lies[0].kind is kind
        if kind is not LieKind.UNAFFORDABLE_READS:
            assert len({lie.kind for lie in done.lies}) == 1, done.lies
    with pytest.raises(InvalidAccessList, match=str(kind)) as refused:
        verify(CASE, encoded)
    assert refused.value.lie == done.lies[0]


def test_there_is_a_liar_of_every_kind() -> None:
    others = {LieKind.MALFORMED, LieKind.WRONG_HASH}
    assert {kind for _, kind in LIES.values()} == set(LieKind) - others


@pytest.mark.parametrize("encoded", [b"", b"\xc1", b"nonsense", 5, 1.5, "c0", [[1, 2, 3]], ((0.5, "x"),)])
def test_what_is_no_list_is_named_and_changes_nothing(encoded: Any) -> None:
    done = run(CASE, encoded)
    assert [lie.kind for lie in done.lies] == [LieKind.MALFORMED]
    assert differences(CASE, done, oracle_of(CASE)) == []
    with pytest.raises(InvalidAccessList, match="malformed"):
        verify(CASE, encoded)


def test_a_list_that_the_header_does_not_name_is_refused() -> None:
    with pytest.raises(InvalidAccessList, match="wrong hash"):
        verify(CASE, encode(HONEST), expected_hash=bytes(32))
    with pytest.raises(InvalidAccessList, match="no list"):
        verify_access_list(CASE.pre, BLOCK, RunConfig(CASE.chain))


def test_the_size_of_a_list_is_bounded_by_the_gas_limit() -> None:
    items = sum(1 + len(each.storage_changes) + len(each.storage_reads) for each in HONEST)
    for gas_limit, is_allowed in ((2_000 * items, True), (2_000 * items - 1, False)):
        header = replace(BLOCK.header, gas_limit=gas_limit)
        if is_allowed:
            block_access_list.read_list(replace(BLOCK, header=header), encode(HONEST))
        else:
            with pytest.raises(InvalidAccessList, match="oversized"):
                block_access_list.read_list(replace(BLOCK, header=header), encode(HONEST))


def test_a_validator_gives_up_before_the_last_transaction_where_reads_cannot_be_paid_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    liar, _ = LIES["more reads than the gas that is left"]
    committed: list[int] = []
    original = Claims.confront

    def confront(self: Claims, tx_index: int, written: Any) -> None:
        committed.append(tx_index)
        original(self, tx_index, written)

    monkeypatch.setattr(Claims, "confront", confront)
    with pytest.raises(InvalidAccessList, match="more reads than the gas that is left"):
        verify(CASE, encode(liar(HONEST)))
    assert committed[-1] < len(RESULTS) - 1


def test_reads_of_the_queues_need_no_gas_of_the_block() -> None:
    """A block may leave less than its last system calls read: they are not paid for (ethereum/EIPs, 12277)."""
    assert verify(FULL, honest_list(FULL)).lies == ()


def test_a_list_of_another_block_costs_time_alone() -> None:
    for number, block in enumerate(CASES[:30]):
        done = outcome_of(BLOCK_ACCESS_LIST, block, told(block, encode(HONEST), cores=3, seed=number))
        assert differences(block, done, oracle_of(block)) == []


def test_a_lie_costs_those_who_believed_it_and_no_others() -> None:
    counter = {CONTRACT: contract(INCREMENT)}
    block = case("a counter", counter, *[sent(i) for i in range(6)])
    accesses = decode(honest_list(block))
    wrong = tuple(
        replace(each, storage_changes=((0, (each.storage_changes[0][1][0]._replace(value=99), *rest)),))
        if each.address == CONTRACT and (rest := each.storage_changes[0][1][1:])
        else each
        for each in accesses
    )
    done = run(block, encode(wrong), cores=6)
    assert [(span.tx_index, span.cause) for span in done.spans if span.aborted] == [(1, Location(CONTRACT, 0))]
    assert [str(lie) for lie in done.lies] == [f"wrong value: {Location(CONTRACT, 0)} at index 1"]


# What holds us to this bites


def ignore(kind: LieKind) -> Callable[[pytest.MonkeyPatch], None]:
    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = lies_module.find_lies

        def find(*args: Any) -> Any:
            return (lie for lie in original(*args) if lie.kind is not kind)

        monkeypatch.setattr(block_access_list, "find_lies", find)

    return patch


def see_only_the_state_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claims, "read", lambda self, location, tx_index: self._ledger.view.read(location))


def never_count_gas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ListedExecution, "check_gas", lambda self, committed: iter(()))


def let_system_calls_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_access_list, "READ_FOR_NOTHING", set())


def strike_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claims, "confront", lambda self, tx_index, written: None)


def complaints() -> list[str]:
    """Return what is wrong with how the backend treats honest lists and liars."""
    found = []
    try:
        for cores in (2, 16):
            done = run(CASE, encode(HONEST), cores=cores)
            found += [str(lie) for lie in done.lies] + ["repeated"] * done.aborts + broken_promises(CASE, done)
            found += differences(CASE, done, oracle_of(CASE))
        found += [str(lie) for lie in run(FULL, honest_list(FULL)).lies]
        for name, (liar, kind) in LIES.items():
            done = run(CASE, encode(liar(HONEST)), cores=8)
            found += [f"{name}: {one}" for one in differences(CASE, done, oracle_of(CASE))]
            found += [] if done.lies and done.lies[0].kind is kind else [f"{name}: {done.lies}"]
    except (InvalidBlock, InputError, AssertionError) as error:
        found.append(repr(error))
    return found


SEEDED = {
    **{f"ignore {kind}": ignore(kind) for kind in LieKind if kind.startswith(("missing", "extra", "wrong "))},
    "believe everything": believe_every_claim,
    "believe nothing": take_no_claim_for_final,
    "see one's own writes": read_one_s_own_writes_off_the_list,
    "see only the state before": see_only_the_state_before,
    "never count gas": never_count_gas,
    "let system calls pay": let_system_calls_pay,
}
del SEEDED[f"ignore {LieKind.WRONG_HASH}"]


def test_nothing_is_complained_of_without_a_bug() -> None:
    assert complaints() == []


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_bug_is_complained_of(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    SEEDED[name](monkeypatch)
    assert complaints() != []


def test_to_strike_nothing_out_costs_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a claim that is wrong early, a transaction that begins late believes what is final instead."""
    block = case("a counter", {CONTRACT: contract(INCREMENT)}, *[sent(i) for i in range(6)])
    wrong = tuple(
        replace(each, storage_changes=((0, each.storage_changes[0][1][:1]),)) if each.address == CONTRACT else each
        for each in decode(honest_list(block))
    )
    aborts = run(block, encode(wrong), cores=1).aborts
    strike_nothing_out(monkeypatch)
    assert run(block, encode(wrong), cores=1).aborts > aborts


def test_the_fee_recipient_who_looks_is_told_what_it_has() -> None:
    looks = contract("SELFBALANCE PUSH 0 SSTORE")
    block = case("it looks", {CONTRACT: looks}, *[sent(i) for i in range(5)], sent(5, to=NOBODY), coinbase=CONTRACT)
    done = run(block, honest_list(block), cores=8)
    assert (done.aborts, done.lies) == (0, ())
    assert {i for i, location in done.foreseen if location == Location(CONTRACT, Field.BALANCE)} >= set(range(1, 5))
