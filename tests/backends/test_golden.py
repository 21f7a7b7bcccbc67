"""The schedules that were worked out by hand come out, and a run that breaks an invariant is found out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.backends.cases import BURN, case, sent
from tests.backends.golden import (
    GOLDEN,
    Golden,
    abort_faults,
    fetch_faults,
    hints_of,
    rows_of,
    run_golden,
    transfer,
)
from tests.backends.invariants import HABITS, broken_invariants
from tests.backends.judge import differences, latest_read, oracle_of, outcome_of
from tests.support.worlds import COINBASE, CONTRACT, contract
from toyevm.backends import BACKENDS, CostModel, RunConfig
from toyevm.simulation.costs import GAS_ALONE
from toyevm.simulation.ledger import FEE
from toyevm.simulation.run import Run, TaskSpan
from toyevm.types import Field, Location, Version


@pytest.mark.parametrize("golden", GOLDEN, ids=str)
def test_a_schedule_worked_out_by_hand_comes_out(golden: Golden) -> None:
    assert rows_of(run_golden(golden)) == list(golden.rows), golden.why


def test_nothing_comes_to_nothing_without_need() -> None:
    assert list(abort_faults()) == []


def test_each_location_is_waited_for() -> None:
    assert list(fetch_faults()) == []


def test_each_strategy_has_a_schedule() -> None:
    assert {one.backend for one in GOLDEN} >= {one.name for one in BACKENDS if one.kind == "parallel"}


def test_each_strategy_has_a_row_that_says_what_it_does_on_purpose() -> None:
    names = {one.name for one in BACKENDS if one.kind == "parallel"}
    assert names - HABITS.keys() == set(), "tests/backends/invariants.py: add a row for these to HABITS"


# Each invariant bites

BLOCK = GOLDEN[3]  # two cores, a list of edges, a core that waits
CONFIG = RunConfig(BLOCK.case.chain, BLOCK.cores, costs=GAS_ALONE)
Doctor = Callable[[TaskSpan], TaskSpan]


def later(span: TaskSpan) -> TaskSpan:
    return replace(span, start=span.start + 1, end=span.end + 1)


DOCTORED: dict[str, tuple[Doctor, str]] = {
    "another core": (lambda span: replace(span, core=7), "on core 7"),
    "backwards": (lambda span: replace(span, start=span.end, end=span.start) if span.tx_index else span, "from 30000"),
    "a number left out": (lambda span: replace(span, incarnation=3), r"are \[3\]"),
    "two at once": (lambda span: replace(span, core=0), "are not"),
    "a late start": (lambda span: later(span) if span.tx_index == 2 else span, "when nothing has happened"),
    "too short": (lambda span: replace(span, end=span.start + 1_000) if span.duration else span, "takes 1000: not"),
    "too long": (lambda span: replace(span, end=span.end + 5) if span.duration else span, "takes 40005: not"),
    "no accesses": (lambda span: replace(span, accesses=()), "knows nothing of"),
    "asleep": (
        lambda span: replace(span, start=span.start + 9_000, end=span.end + 9_000) if span.tx_index == 2 else span,
        "core 1 idles from 40000 to 49000, and 2 is ready",
    ),
    "a turn that is missed": (
        lambda span: later(span) if span.tx_index == 3 and not span.duration else span, "the commit of 3 is ready",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCTORED)
def test_each_invariant_finds_a_run_that_breaks_it(name: str) -> None:
    doctor, said = DOCTORED[name]
    honest = run_golden(BLOCK)
    config = replace(CONFIG, hints=hints_of(BLOCK))
    assert list(broken_invariants(BLOCK.backend, BLOCK.case, config, honest)) == []
    doctored = replace(honest, spans=tuple(map(doctor, honest.spans)))
    found = " ".join(broken_invariants(BLOCK.backend, BLOCK.case, config, doctored))
    assert re.search(said, found), found


def test_the_price_of_contention_is_held_to_the_cost_model() -> None:
    slow = CostModel(contention=40)
    config = replace(CONFIG, costs=slow, cores=3)
    run: Run = BACKENDS.named("two_phase").execute_block(BLOCK.case.pre, BLOCK.case.block, config)
    assert list(broken_invariants("two_phase", BLOCK.case, config, run)) == []
    for wrong in (0, 39, 41, 80):
        other = replace(config, costs=CostModel(contention=wrong))
        assert any("not" in one for one in broken_invariants("two_phase", BLOCK.case, other, run)), wrong


def test_a_strategy_without_a_row_is_named() -> None:
    (found,) = broken_invariants("a_new_one", BLOCK.case, CONFIG, run_golden(BLOCK))
    assert found.startswith("backend a_new_one has no row in HABITS")


def test_a_fee_that_was_read_of_an_attempt_thrown_away_is_right_if_the_next_leaves_the_same() -> None:
    look = "COINBASE BALANCE PUSH 0 SSTORE"
    source = f"CALLDATASIZE PUSH @late JUMPI COINBASE BALANCE INVALID late: JUMPDEST {BURN.format(n=770)} {look}"
    block = case(
        "a fee that stays the same",
        {CONTRACT: contract(source)},
        *(transfer(0, 0, 40), sent(1, gas_limit=30_000), sent(2, data=b"x")),
    )  # 1 ends at 30, has read too early, and fails alike again at 75; meanwhile, at 41, 2 has read its fee
    config = RunConfig(block.chain, 3, costs=replace(GAS_ALONE, validate=3_000))
    run = outcome_of(BACKENDS.named("block_stm_lazy"), block, config)
    assert isinstance(run, Run)
    fee = run.result.results[2].read_set[Location(COINBASE, Field.BALANCE)]
    assert fee.version == Version(1, FEE)
    assert run.final_spans[2].end < run.final_spans[1].end == 75_000
    assert differences(block, run, oracle_of(block)) == []
    assert list(broken_invariants("block_stm_lazy", block, config, run)) == []


def test_what_is_asked_for_in_the_end_is_read_after_what_was_asked_for_before() -> None:
    nonce, slot, cleared = (Location(CONTRACT, key) for key in (Field.NONCE, 0, Field.STORAGE))
    span = TaskSpan(0, 0, 0, start=100, end=600, kind="execute", accesses=((nonce, 0), (slot, 300), (cleared, 0)))
    assert [latest_read(span, 400, each) for each in (nonce, slot, cleared)] == [200, 500, 500]
