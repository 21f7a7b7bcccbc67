"""Lenses, pairs, batches and hot spots against slow readings of their definitions, and figures worked out by hand."""

from __future__ import annotations

import time
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.analysis.conflicts import (
    LENSES,
    Lens,
    colour_batches,
    conflict_matrix,
    cost_in,
    every_definition,
    hot_spots,
)
from toyevm.analysis.dependencies import Hazard, critical_path, dependency_graph, span
from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.results import BlockResult, TxResult
from toyevm.simulation.metrics import measure, path_by_access, time_of
from toyevm.simulation.run import Run
from toyevm.state import StateDiff
from toyevm.types import BEFORE_BLOCK, Field, Location, Read
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import block_of, mixed, read_payments
from toyevm.workloads.workload import PRODUCER, Workload

ANN, SHOP = b"\x01" * 20, b"\x02" * 20
FEES = Location(PRODUCER, Field.BALANCE)
PLACES = [*(Location(who, key) for who in (ANN, SHOP) for key in (0, 1, Field.BALANCE, Field.NONCE)), FEES]
ONE = lambda tx_index: 1  # noqa: E731
ALL = tuple(Hazard)


def result(reads: set[Location], writes: set[Location], fee: int = 0, gas: int = 10) -> TxResult:
    seen = {location: Read(BEFORE_BLOCK, 0) for location in reads | writes}
    return TxResult(True, gas, fee, {place: seen[place] for place in reads or writes}, dict.fromkeys(writes, 1))


some = st.sets(st.sampled_from(PLACES), max_size=3)
blocks = st.lists(st.builds(result, some.map(lambda places: places | {PLACES[0]}), some, st.integers(0, 1)), max_size=7)
lenses = st.sampled_from(LENSES)


def run(workload: Workload, backend: str = "sequential", cores: int = 1) -> Run:
    config = RunConfig(workload.chain, cores=cores)
    return BACKENDS.named(backend).execute_block(workload.pre, workload.block, config)


def execute(workload: Workload) -> BlockResult:
    return run(workload).result


def meetings(lens: Lens, earlier: TxResult, later: TxResult) -> set[Hazard]:
    """By the definitions, one place after the other: what the later one does to what the earlier one did."""

    def places(locations: set[Location], fee: int) -> set[object]:
        kept = {one for one in locations if lens.balances or one.is_slot or one.key == Field.CODE}
        named: set[object] = {one.address if lens.accounts else one for one in kept}
        fees = PRODUCER if lens.accounts and lens.balances else FEES
        return named | ({fees} if lens.fees and fee else set())

    reads = places(set(later.read_set), later.fee)
    wrote = places(set(earlier.write_set), earlier.fee)
    known = {PRODUCER, FEES} & places(set(later.read_set), 0)
    found = set()
    if reads & wrote or (known and earlier.fee and not lens.fees):  # who looks at the sum waits for all who paid
        found.add(Hazard.READ_AFTER_WRITE)
    if places(set(later.write_set), later.fee) & places(set(earlier.read_set), earlier.fee):
        found.add(Hazard.WRITE_AFTER_READ)
    if places(set(later.write_set), later.fee) & wrote:
        found.add(Hazard.WRITE_AFTER_WRITE)
    return found


@given(blocks, lenses)
def test_the_conflicting_pairs_equal_a_slow_reading_of_their_definition(results: list[TxResult], lens: Lens) -> None:
    found = set(conflict_matrix(lens.apply(results, PRODUCER), PRODUCER, lens.hazards).pairs())
    expected = {
        (before, after)
        for before, after in combinations(range(len(results)), 2)
        if meetings(lens, results[before], results[after]) & set(lens.hazards)
    }
    assert found == expected


@given(blocks, lenses)
def test_edges_are_pairs_and_under_all_hazards_the_graph_orders_every_pair(results: list[TxResult], lens: Lens) -> None:
    """Every edge is a pair; and every pair is ordered by the graph, though not by an edge of its own."""
    seen = lens.apply(results, PRODUCER)
    graph, matrix = lens.graph(results, PRODUCER), conflict_matrix(seen, PRODUCER, lens.hazards)
    edges = {(each.before, each.after) for each in graph.dependencies}
    assert edges <= set(matrix.pairs())
    assert matrix.count == len(set(matrix.pairs()))
    if lens.hazards == ALL:
        depths = {tx_index: depth for depth, layer in enumerate(graph.layers) for tx_index in layer}
        assert all(depths[before] < depths[after] for before, after in matrix.pairs())


@given(blocks)
def test_a_coarser_lens_sees_every_pair_that_a_finer_one_sees(results: list[TxResult]) -> None:
    def pairs(lens: Lens) -> set[tuple[int, int]]:
        return set(conflict_matrix(lens.apply(results, PRODUCER), PRODUCER, lens.hazards).pairs())

    assert pairs(Lens(balances=False)) <= pairs(Lens()) <= pairs(Lens(accounts=True))
    assert pairs(Lens()) <= pairs(Lens(fees=True))
    assert pairs(Lens()) <= pairs(Lens(hazards=ALL))


def test_each_switch_of_a_lens_does_what_it_says() -> None:
    """The same 20 token payments to 20 people are twenty times faster, or not at all."""
    outcome = execute(mixed(20, to_shop=0, token=True))

    def speedup(lens: Lens) -> float:
        return len(outcome.results) / span(lens.graph(outcome.results, PRODUCER), ONE)

    assert speedup(Lens()) == speedup(Lens(balances=False)) == 20
    assert speedup(Lens(accounts=True)) == speedup(Lens(fees=True)) == 1
    ether = execute(block_of(read_payments("Ann>Bob, Bob>Cleo, Ann>Dan")))
    assert conflict_matrix(Lens().apply(ether.results, PRODUCER), PRODUCER).count == 2
    assert conflict_matrix(Lens(balances=False).apply(ether.results, PRODUCER), PRODUCER).count == 0


@pytest.mark.parametrize("hazards", [(), "all 3", "rubbish", ("read after write",), [Hazard.READ_AFTER_WRITE], None])
def test_a_lens_without_valid_hazards_is_refused(hazards: Any) -> None:
    """Else every block would be as fast as there are cores, by a spelling mistake."""
    with pytest.raises(InputError, match="no lens with hazards"):
        Lens(hazards=hazards)


def test_a_lens_says_which_hazards_it_sees() -> None:
    assert str(Lens(hazards=ALL[::-1])).endswith("all hazards")
    assert str(Lens(hazards=(Hazard.WRITE_AFTER_READ,))).endswith("all fields, write after read")


def test_every_definition_is_reported_under_its_own_name() -> None:
    workload = mixed(12, to_shop=4)
    figures = every_definition(execute(workload), PRODUCER)
    assert len({str(lens) for lens in LENSES}) == 16
    assert len({(figure.lens, figure.unit) for figure in figures}) == len(figures) == 32
    plain = {figure.unit: figure for figure in figures if figure.lens == Lens()}
    assert (plain["count"].work, plain["count"].span, plain["count"].speedup) == (12, 4, 3.0)
    assert (plain["gas"].work, plain["gas"].span) == (12 * 21_000, 4 * 21_000)
    assert plain["count"].conflicting_pairs == 6 / 66
    simulated = run(workload, "two_phase", cores=2)
    with_time = every_definition(simulated.result, PRODUCER, {"time": time_of(simulated)})
    assert len(with_time) == 48
    assert {figure.unit for figure in with_time} == {"count", "gas", "time"}
    timed = next(figure for figure in with_time if figure.lens == Lens() and figure.unit == "time")
    assert timed.work > plain["gas"].work  # lookups and hand-overs take time as well


def test_an_unavailable_cost_is_refused_and_gas_includes_refunds() -> None:
    outcome = execute(mixed(2, to_shop=0))
    for unit in ("time", "joules"):
        with pytest.raises(InputError, match=unit):
            cost_in(unit, outcome)
    refunded = TxResult(True, 70, 0, {}, {}, gas_refunded=30)
    assert cost_in("gas", BlockResult((refunded,), StateDiff()))(0) == 100


@given(blocks)
def test_the_batches_hold_every_transaction_once_and_no_conflicting_pair(results: list[TxResult]) -> None:
    pytest.importorskip("networkx")
    matrix = conflict_matrix(results, PRODUCER, ALL)
    batches = colour_batches(matrix)
    assert sorted(tx_index for batch in batches for tx_index in batch) == list(range(len(results)))
    assert not set(matrix.pairs()) & {pair for batch in batches for pair in combinations(batch, 2)}


def test_batches_may_beat_the_order_of_the_block() -> None:
    """Six payments in a row, each out of what the one before paid in: 6 steps as they stand, 2 in another order."""
    pytest.importorskip("networkx")
    results = execute(block_of(read_payments("A>B, B>C, C>D, D>E, E>F, F>G"))).results
    assert span(dependency_graph(results, PRODUCER), ONE) == 6
    assert colour_batches(conflict_matrix(results, PRODUCER)) == ((0, 2, 4), (1, 3, 5))


def test_the_hottest_spot_comes_first_with_what_is_left_without_it() -> None:
    workload = block_of(read_payments("A>S, B>S, C>S, D>S, P>Q, Q>R"))
    results = execute(workload).results
    spots = hot_spots(dependency_graph(results, PRODUCER), ONE)
    assert [(workload.location_name(spot.location), *spot[1:]) for spot in spots] == [
        ("S's balance", 3, 4, 2),
        ("Q's balance", 1, 2, 4),
    ]
    assert hot_spots(dependency_graph(results, PRODUCER), ONE, limit=1) == spots[:1]


def test_the_chain_of_a_hot_spot_stays_at_one_location() -> None:
    here, there = PLACES[0], PLACES[1]
    results = [result({here}, {here}), result({here, there}, {there}), result({there}, {there})]
    spots = hot_spots(dependency_graph(results), ONE)
    assert {spot.location: spot.chain for spot in spots} == {here: 2, there: 2}
    assert span(dependency_graph(results), ONE) == 3


@pytest.mark.parametrize("name", ["erc20-zipf", "nft-counter", "mixed"])
def test_the_path_by_access_is_as_long_as_the_metrics_say(name: str) -> None:
    """Twin: the metrics work out the length of the same chain in their own way."""
    workload = APPLICATIONS[name](40, users=20)
    two_phase = run(workload, "two_phase", cores=4)
    path = path_by_access(two_phase, PRODUCER)
    assert path.length == measure(two_phase, 4, PRODUCER).span_by_access
    by_transaction = critical_path(
        dependency_graph(two_phase.result.results, PRODUCER), cost_in("gas", two_phase.result)
    )
    assert path.length < by_transaction.length


def test_a_late_read_shortens_the_path_and_an_early_one_does_not() -> None:
    here, there = PLACES[0], PLACES[1]
    results = [result(set(), {here}), result({here}, {there}), result({there}, set())]
    graph = dependency_graph(results)
    offsets = {(1, here): 9, (2, there): 0}
    path = critical_path(graph, lambda tx_index: 10, lambda tx_index, place: offsets[tx_index, place])
    assert (path.tx_indexes, path.length) == ((0, 1, 2), 21)  # 0 to 10, 1 to 11, 11 to 21


@pytest.mark.slow
def test_a_block_of_a_thousand_is_analysed_within_two_seconds() -> None:
    workload = APPLICATIONS["mixed"](1_000)
    outcome = execute(workload)
    start = time.process_time()
    every_definition(outcome, PRODUCER)
    graph = dependency_graph(outcome.results, PRODUCER)
    assert hot_spots(graph, cost_in("gas", outcome))
    assert time.process_time() - start < 2
