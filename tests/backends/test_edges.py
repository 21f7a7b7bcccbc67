"""Blocks at the edge, judged by the executable specification, which shares no code with any of our backends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.backends.cases import Case
from tests.backends.edges import (
    DOUBLER,
    EDGES,
    FAILED,
    FULL,
    HASHED,
    OTHER,
    REFUNDED,
    REVERTED,
    ROOM,
    chain_cases,
    key_case,
    look_cases,
    many_reads_case,
    request_cases,
)  # fmt: skip
from tests.backends.judge import oracle_of
from tests.backends.specified import specified_faults
from tests.support.worlds import CONTRACT
from toyevm.errors import InvalidBlock
from toyevm.simulation.run import Run
from toyevm.types import Location


def result_of(case: Case) -> Run:
    outcome = oracle_of(case)
    assert isinstance(outcome, Run)
    return outcome


@pytest.mark.parametrize("case", EDGES, ids=str)
def test_a_block_at_the_edge_is_as_in_the_specification(case: Case) -> None:
    assert list(specified_faults(case)) == []


@pytest.mark.parametrize(("case", "wrong"), ROOM, ids=[str(case) for case, _ in ROOM])
def test_a_block_is_full_exactly_where_it_should_be(case: Case, wrong: int | None) -> None:
    outcome = oracle_of(case)
    if wrong is None:
        assert isinstance(outcome, Run)
    else:
        assert isinstance(outcome, InvalidBlock)
        assert outcome.tx_index == wrong
        assert "above-block" in outcome.reason or "too-many-blobs" in outcome.reason


def test_what_fills_a_block_is_gas_after_failures_and_refunds() -> None:
    used = [one.gas_used for one in result_of(ROOM[0][0]).result.results]
    assert used == [FAILED, REFUNDED, REVERTED, 21_000]
    assert [one.succeeded for one in result_of(ROOM[0][0]).result.results] == [False, True, False, True]
    assert result_of(ROOM[0][0]).result.results[1].gas_refunded > 0
    assert FULL[CONTRACT].storage == {0: 1, 1: 1}


def test_requests_of_each_type_stand_at_the_end_of_the_block() -> None:
    counts = [[request[0] for request in result_of(case).result.requests] for case in request_cases()]
    assert counts == [[0], [1], [2], [0, 1, 2], []]
    sizes = [len(request) - 1 for request in result_of(list(request_cases())[3]).result.requests]
    assert sizes == [2 * 192, 2 * 32, 3 * 32]  # the deposit that was undone is none


def test_the_other_cases_hold_what_they_are_meant_to_hold() -> None:
    assert len(result_of(many_reads_case()).result.results[1].read_set) > 300
    written = {place for one in result_of(key_case()).result.results for place in one.write_set if place.is_slot}
    assert written == {Location(CONTRACT, key) for key in HASHED}
    assert len({key % 2**64 for key in HASHED}) == 1
    own, wrong, permission, doubled = chain_cases()
    assert result_of(own).result.results[0].write_set[Location(CONTRACT, 1)] == 7_777
    assert isinstance(oracle_of(wrong), InvalidBlock)
    assert isinstance(oracle_of(replace(own, chain=replace(own.chain, chain_id=1))), InvalidBlock)
    assert len(result_of(permission).result.results[0].write_set) > 4
    assert result_of(doubled).result.results[0].write_set[Location(CONTRACT, 1)] == 42
    assert DOUBLER in doubled.chain.precompiles
    writes = [one.write_set for one in result_of(next(look_cases())).result.results]
    looked = [value for each in writes for (address, key), value in each.items() if address == OTHER and key > 0]
    assert looked == [8, 10, 19, 20, 22, 22]
