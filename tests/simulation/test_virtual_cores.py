"""Virtual cores: real executions, counted; reads at the time of the read; the same seed, the same schedule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.backends.cases import CASES, INCREMENT, Case, case, everybody, sent
from tests.backends.judge import oracle_of
from tests.backends.suite import NO_HINTS, straddling_faults
from tests.support.worlds import CONTRACT, NOBODY, contract
from toyevm.backends import BACKENDS, Backend, CostModel, RunConfig, hints_of
from toyevm.errors import InputError, InvalidBlock
from toyevm.forks import PRAGUE
from toyevm.simulation.conversation import Access, Conclusion, Conversation, conversation
from toyevm.simulation.metrics import measure
from toyevm.simulation.virtual_cores import Simulation
from toyevm.state import BlockView
from toyevm.types import Field, Location, Read, Version
from toyevm.vm import compiler
from toyevm.vm.frame import prepare
from toyevm.workloads.transfers import mixed, to_many
from toyevm.workloads.workload import Workload

PARALLEL = [backend for backend in BACKENDS if backend.kind == "parallel"]
FREE = CostModel(read=0, validate=0, commit=0, schedule=0)
CHAIN = case("a chain", {CONTRACT: contract(INCREMENT)}, *everybody(8))
APART = case("nobody meets", {}, *[sent(i, to=bytes([0x70 + i]) * 20, value=1) for i in range(8)])

VALID = [block for block in CASES if not isinstance(oracle_of(block), InvalidBlock)]

each_backend = pytest.mark.parametrize("backend", PARALLEL, ids=lambda backend: backend.name)


def run(backend: Backend, block: Case | Workload, cores: int = 4, **fields: Any) -> Any:
    return backend.execute_block(block.pre, block.block, RunConfig(block.chain, cores, **fields))


def test_a_read_sees_exactly_what_was_published_before_it() -> None:
    assert list(straddling_faults()) == []


# Every attempt is a real execution


@each_backend
@pytest.mark.parametrize("block", [CHAIN, APART], ids=str)
def test_the_counted_attempts_are_those_that_were_made(
    backend: Backend, block: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: Counter[Location] = Counter()
    original = Simulation.converse

    def converse(self: Simulation, tx_index: int) -> Conversation:
        """Count what a transaction asks."""
        talk = original(self, tx_index)
        try:
            access = next(talk)
            while True:
                counts[access.location] += 1
                access = talk.send((yield access))
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]

    monkeypatch.setattr(Simulation, "converse", converse)
    result = run(backend, block, hints=NO_HINTS)
    # Everybody sends one transaction, and each execution asks once for its sender's nonce.
    nonces = [counts[Location(tx.sender, Field.NONCE)] for tx in block.block.transactions]
    assert sum(nonces) == result.attempts == len(nonces) + result.aborts
    executed = Counter(span.tx_index for span in result.spans if span.kind == "execute")
    assert nonces == [executed[tx_index] for tx_index in range(len(nonces))]


@each_backend
def test_backends_abort_on_a_chain_and_never_on_independent_transactions(backend: Backend) -> None:
    """On a serial chain, speculation must fail; a backend that never aborts has been told, or does not run anything."""
    assert run(backend, CHAIN, hints=NO_HINTS).aborts > 0
    assert run(backend, CHAIN, cores=1, hints=NO_HINTS).aborts in (0, 7)
    assert run(backend, APART, hints=NO_HINTS).aborts == 0


@pytest.mark.parametrize("name", ["declared_locks", "dependency_dag", "access_list_dag"])
def test_with_honest_hints_every_transaction_runs_once(name: str) -> None:
    honest = hints_of(BACKENDS.named("sequential").execute_block(CHAIN.pre, CHAIN.block, RunConfig()).result.results)
    told = run(BACKENDS.named(name), CHAIN, hints=honest)
    assert (told.attempts, told.aborts) == (8, 0)
    found_out = run(BACKENDS.named(name), CHAIN)
    assert found_out.attempts == 8 + 8 + found_out.aborts
    assert sum(span.kind == "dry run" for span in found_out.spans) == 8


# Time


@each_backend
def test_the_same_seed_gives_the_same_schedule(backend: Backend) -> None:
    schedules = [run(backend, CHAIN, seed=seed).spans for seed in (0, 0, 1, 1, 2)]
    assert schedules[0] == schedules[1]
    assert schedules[2] == schedules[3]
    assert len(set(schedules)) == 3


@each_backend
def test_a_schedule_is_the_same_on_both_tiers(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    schedules = []
    for hot_after in (0, float("inf")):
        monkeypatch.setattr(compiler, "HOT_AFTER", hot_after)
        prepare.cache_clear()
        schedules.append([run(backend, block, seed=5).spans for block in VALID[::3]])
    assert schedules[0] == schedules[1]


@pytest.mark.parametrize("name", ["two_phase", "optimistic"])
@pytest.mark.parametrize("cores", [1, 3, 8, 100])
def test_independent_transfers_are_shared_evenly_among_the_cores(name: str, cores: int) -> None:
    result = run(BACKENDS.named(name), to_many(24), cores, costs=FREE)
    assert measure(result, cores).makespan == 21_000 * -(-24 // cores)


@pytest.mark.parametrize("to_shop", [0, 5, 20])
def test_with_an_honest_list_a_run_takes_as_long_as_the_critical_path(to_shop: int) -> None:
    block = mixed(20, to_shop=to_shop)
    honest = hints_of(run(BACKENDS.named("sequential"), block).result.results)
    result = run(BACKENDS.named("dependency_dag"), block, 20, costs=FREE, hints=honest)
    metrics = measure(result, 20)
    assert metrics.makespan == metrics.span == 21_000 * max(1, to_shop)


@each_backend
def test_no_run_is_shorter_than_its_lower_bound(backend: Backend) -> None:
    for block in VALID:
        for cores, seed in ((2, 1), (16, 2)):
            costs = CostModel(fetch=700 * seed)
            result = run(backend, block, cores, seed=seed, costs=costs)
            metrics = measure(result, cores, block.block.header.coinbase, costs=costs)
            if backend.name == "block_access_list":  # it need not wait, so that the span does not bound it
                assert metrics.makespan >= metrics.work / cores
                continue
            if backend.name == "block_stm_lazy":  # it neither waits for nor looks up a balance that it only adds to
                assert metrics.makespan >= sum(each.gas_before_refund for each in result.result.results) / cores
                continue
            assert metrics.makespan >= metrics.bound
            assert metrics.span_by_access <= metrics.span <= metrics.work
            assert 0 < metrics.efficiency <= 1
            assert 0 <= metrics.wasted < 1
            assert 0 < metrics.utilisation <= 1


@pytest.mark.parametrize("part", ["read", "fetch", "validate", "commit", "schedule", "contention"])
@each_backend
def test_every_cost_makes_a_run_longer(backend: Backend, part: str) -> None:
    cheap, dear = (measure(run(backend, APART, 2, costs=CostModel(**{part: cost})), 2).makespan for cost in (0, 999))
    assert cheap < dear


@each_backend
def test_the_executions_that_count_add_up_to_the_work(backend: Backend) -> None:
    for block in VALID:
        result = run(backend, block, 3, costs=FREE)
        final = (span for span in result.spans if span.kind == "execute" and not span.aborted)
        assert sum(span.end - span.start for span in final) == measure(result, 3).work


def test_a_refund_that_the_floor_takes_back_does_not_lengthen_a_run() -> None:
    clear = " ".join(f"PUSH 0 PUSH {slot} SSTORE" for slot in range(6))
    filled = contract(clear, storage=dict.fromkeys(range(6), 1))
    block = case("much calldata", {CONTRACT: filled}, sent(0, data=b"\1" * 1_500, gas_limit=500_000), fork=PRAGUE)
    result = run(BACKENDS.named("sequential"), block)
    floor = 21_000 + 1_500 * 40
    assert (result.result.results[0].gas_used, result.result.results[0].gas_refunded) == (floor, 0)
    assert measure(result, 1).work == floor


def test_one_core_is_as_fast_as_the_single_core_it_is_compared_with() -> None:
    """What a run on one core cannot help but pay, the core that it is compared with has paid too."""
    costs = CostModel(validate=0, commit=0, schedule=0, read=70, fetch=9_000)
    result = run(BACKENDS.named("two_phase"), APART, 1, costs=costs)
    assert measure(result, 1, costs=costs).speedup == 1
    assert measure(result, 1).speedup < 1


def test_a_core_waits_for_what_another_is_still_fetching() -> None:
    """Both ask for the contract's code at the same time; from then on, they fetch the same."""
    block = case("one cold slot", {CONTRACT: contract("PUSH 0 SLOAD POP")}, sent(0), sent(1))
    gas, fetch = 23_105, 100_000  # five to fetch: three of the sender, the code, the slot
    first = gas + 5 * fetch
    for cores, ends in ((1, [first, first + gas + 3 * fetch]), (2, [first, first])):
        result = run(BACKENDS.named("two_phase"), block, cores, costs=CostModel(fetch=fetch, read=0, schedule=0))
        assert [span.end for span in result.spans if span.kind == "execute"] == ends


def test_a_run_without_a_core_is_refused() -> None:
    with pytest.raises(InputError, match="0 cores"):
        run(PARALLEL[0], CHAIN, cores=0)


# Conversations


def converse(talk: Conversation, answer: Callable[[Location], Read]) -> tuple[list[Access], Conclusion]:
    """Answer every question; return the questions and the outcome."""
    asked = [next(talk)]
    while True:
        try:
            asked.append(talk.send(answer(asked[-1].location)))
        except StopIteration as stop:
            return asked, stop.value


def test_a_conversation_asks_for_each_location_once_and_keeps_the_answers() -> None:
    talk = conversation(CHAIN.chain.env(CHAIN.block), CHAIN.block.transactions[0])
    asked, outcome = converse(talk, BlockView(CHAIN.pre).read)
    assert [access.location for access in asked] == list(outcome.reads)
    assert outcome.result is not None
    assert outcome.reads == outcome.result.read_set
    offsets = [access.gas_used for access in asked]
    assert offsets == sorted(offsets)
    assert offsets[-1] == 21_000 + 3  # the slot is asked for after one PUSH, and paid for afterwards
    assert outcome.gas == outcome.result.gas_used


def test_a_refusal_carries_its_reads() -> None:
    talk = conversation(CHAIN.chain.env(CHAIN.block), sent(0, 7, to=NOBODY))
    _, outcome = converse(talk, lambda location: Read(Version(3), b"" if location.key == Field.CODE else 0))
    assert outcome.refusal is not None
    assert outcome.refusal.reason == "nonce-too-high"
    assert outcome.reads[Location(sent(0).sender, Field.NONCE)] == Read(Version(3), 0)


@pytest.mark.parametrize("cores", [0, -1, 2.5, "4", None, True, 10**9])
def test_what_is_no_number_of_cores_is_refused_by_whoever_is_to_run(cores: Any) -> None:
    with pytest.raises(InputError, match="a whole number, 1 to 4,096"):
        RunConfig(cores=cores)


@pytest.mark.parametrize("costs", [{"read": -5}, {"jitter": -200}, {"gas": 0.5}, {"commit": "1"}, {"fetch": True}])
def test_a_cost_that_no_clock_can_run_by_is_refused(costs: Any) -> None:
    with pytest.raises(InputError, match=r"costs: .* a whole number from 0"):
        CostModel(**costs)
