"""Dependencies against a slow reading of their definition, and against the versions that real reads carry."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.analysis.dependencies import (
    Dependency,
    DependencyGraph,
    Hazard,
    Path,
    critical_path,
    dependency_graph,
    span,
    work,
)
from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.types import BEFORE_BLOCK, Field, Location, Read
from toyevm.workloads.transfers import Payment, block_of, mixed
from toyevm.workloads.workload import PRODUCER, Workload

HERE, THERE = b"\x01" * 20, b"\x02" * 20
SPOTS = [*(Location(HERE, key) for key in (0, 1, Field.BALANCE, Field.STORAGE)), Location(THERE, 0)]
FEES = Location(PRODUCER, Field.BALANCE)


def result(reads: set[Location], writes: set[Location], fee: int = 0) -> TxResult:
    seen = {location: Read(BEFORE_BLOCK, 0) for location in reads | writes if location.key != Field.STORAGE}
    return TxResult(True, 21_000, fee, seen, dict.fromkeys(writes, 1))


spots = st.sets(st.sampled_from([*SPOTS, FEES]), max_size=3)
blocks = st.lists(st.builds(result, spots, spots, st.integers(0, 1)), max_size=7)


def changes(earlier: TxResult, location: Location) -> bool:
    """Whether a transaction may have changed a location: by writing it, or all slots of its account."""
    cleared = location.is_slot and Location(location.address, Field.STORAGE) in earlier.write_set
    return location in earlier.write_set or cleared


@given(blocks)
def test_the_dependencies_equal_a_slow_reading_of_their_definition(results: list[TxResult]) -> None:
    expected = set()
    for after, later in enumerate(results):
        for location in later.read_set:
            writers = [before for before in range(after) if changes(results[before], location)]
            expected |= {(before, after, location) for before in writers[-1:]}
    found = dependency_graph(results).dependencies
    assert {each[:3] for each in found} == expected
    assert len(found) == len(expected)


@given(blocks)
def test_with_all_hazards_two_that_meet_at_a_location_are_ordered(results: list[TxResult]) -> None:
    """Independent of who is nearest: with all hazards, whatever touches what another wrote is reachable from it."""
    graph = dependency_graph(results, hazards=Hazard)
    reachable: list[set[int]] = []
    for waits_for in graph.predecessors:
        reachable.append(set(waits_for).union(*(reachable[before] for before in waits_for)))
    for before, after in combinations(range(len(results)), 2):
        one, two = results[before], results[after]
        meet = one.write_set.keys() & (two.read_set.keys() | two.write_set.keys()) or (
            one.read_set.keys() & two.write_set.keys()
        )
        assert not meet or before in reachable[after]


def test_each_dependency_carries_the_right_hazard() -> None:
    spot = SPOTS[0]
    writer, reader = result({spot}, {spot}), result({spot}, set())
    kinds = {
        (each.before, each.after): each.hazard
        for each in dependency_graph([reader, writer, reader], hazards=Hazard).dependencies
    }
    assert kinds == {(0, 1): Hazard.WRITE_AFTER_READ, (1, 2): Hazard.READ_AFTER_WRITE}
    both = [each.hazard for each in dependency_graph([writer, writer], hazards=Hazard).dependencies]
    assert both == [Hazard.READ_AFTER_WRITE, Hazard.WRITE_AFTER_WRITE]  # between them lies the first one's write


def test_a_fee_delays_only_a_reader_of_the_fee_recipients_balance() -> None:
    spender = result({FEES}, {FEES})
    results = [result(set(), set(), fee=1), result(set(), set()), result(set(), set(), fee=1), spender, spender]
    edges = [each[:2] for each in dependency_graph(results, PRODUCER).dependencies]
    assert edges == [(0, 3), (2, 3), (3, 4)]
    assert dependency_graph(results[:3], PRODUCER).dependencies == ()
    paying = result({FEES}, {FEES}, fee=1)
    assert [each[:2] for each in dependency_graph([paying, paying], PRODUCER).dependencies] == [(0, 1)]  # not twice


people = st.sampled_from("ABCDE")
payments = st.lists(st.builds(Payment, people, people, st.integers(1, 3)), min_size=1, max_size=8)


def executed(workload: Workload) -> tuple[TxResult, ...]:
    config = RunConfig(workload.chain)
    return BACKENDS.named("sequential").execute_block(workload.pre, workload.block, config).result.results


@given(payments, st.booleans())
def test_read_after_write_equals_the_versions_that_the_machine_read(made: list[Payment], token: bool) -> None:
    """Oracle: the version that each read of a real execution carries."""
    results = executed(block_of(made, token=token))
    seen = {
        (read.version.tx_index, after, location)
        for after, each in enumerate(results)
        for location, read in each.read_set.items()
        if read.version != BEFORE_BLOCK
    }
    assert {each[:3] for each in dependency_graph(results, PRODUCER).dependencies} == seen


def test_calls_of_one_contract_depend_on_each_other_only_through_shared_slots() -> None:
    apart, together = executed(mixed(12, to_shop=0, token=True)), executed(mixed(12, to_shop=12, token=True))
    assert dependency_graph(apart, PRODUCER).dependencies == ()
    assert len(dependency_graph(together, PRODUCER).dependencies) == 11


# Paths


def graphs(most: int = 7) -> st.SearchStrategy[DependencyGraph]:
    def of(size: int) -> st.SearchStrategy[DependencyGraph]:
        pairs = list(combinations(range(size), 2))
        chosen = st.sets(st.sampled_from(pairs)) if pairs else st.just(set())
        return chosen.map(lambda edges: DependencyGraph(size, tuple(Dependency(*e, SPOTS[0]) for e in sorted(edges))))

    return st.integers(0, most).flatmap(of)


def chains(graph: DependencyGraph) -> list[tuple[int, ...]]:
    """Every chain of transactions of which each waits for the one before: by trying all subsets."""
    edges = {each[:2] for each in graph.dependencies}
    subsets = (some for size in range(graph.size + 1) for some in combinations(range(graph.size), size))
    return [some for some in subsets if all(pair in edges for pair in pairwise(some))]


@given(graphs(), st.lists(st.integers(1, 9), min_size=7, max_size=7))
def test_the_critical_path_is_the_longest_of_all_chains(graph: DependencyGraph, costs: list[int]) -> None:
    found = critical_path(graph, costs.__getitem__)
    assert found.tx_indexes in chains(graph)
    assert found.length == sum(costs[i] for i in found.tx_indexes) == span(graph, costs.__getitem__)
    assert found.length == max(sum(costs[i] for i in chain) for chain in chains(graph))
    assert work(graph, costs.__getitem__) == sum(costs[: graph.size])


def test_an_empty_block_has_an_empty_path() -> None:
    assert critical_path(DependencyGraph(0), lambda tx_index: 1) == Path((), 0)


@pytest.mark.parametrize(("before", "after"), [(1, 0), (1, 1), (-1, 0), (0, 3)])
def test_an_edge_against_the_order_of_the_block_is_refused(before: int, after: int) -> None:
    with pytest.raises(InputError, match=f"{after} cannot wait for {before}"):
        DependencyGraph(3, (Dependency(before, after, SPOTS[0]),))


def test_networkx_gets_the_same_graph_with_its_locations() -> None:
    networkx = pytest.importorskip("networkx")
    two = (Dependency(0, 2, SPOTS[0]), Dependency(0, 2, SPOTS[1]))
    graph = DependencyGraph(3, two).to_networkx()
    assert list(graph.nodes) == [0, 1, 2]
    assert list(graph.edges(data="locations")) == [(0, 2, (SPOTS[0], SPOTS[1]))]
    assert networkx.dag_longest_path_length(graph) == 1
