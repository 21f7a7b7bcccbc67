"""Whom each transaction meets, found with sets, against the graph of dependencies, found place by place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.test_conflicts import ANN, PLACES, result
from toyevm.analysis.conflicts import LENSES, Lens, conflict_matrix, cost_in, every_definition
from toyevm.analysis.dependencies import Hazard, critical_path, dependency_graph, work
from toyevm.analysis.meetings import meetings, members, visitors_of
from toyevm.results import BlockResult, TxResult
from toyevm.state import StateDiff
from toyevm.types import Field, Location
from toyevm.workloads.workload import PRODUCER

CLEARED = Location(ANN, Field.STORAGE)
some = st.sets(st.sampled_from([*PLACES, CLEARED]), max_size=4)
blocks = st.lists(
    st.builds(result, some.map(lambda places: places | {PLACES[0]}), some, st.integers(0, 1), st.integers(1, 9)),
    max_size=8,
)


@given(blocks, st.sampled_from(Hazard))
def test_the_nearest_that_each_meets_are_its_predecessors_in_the_graph(results: list[TxResult], hazard: Hazard) -> None:
    found = meetings(visitors_of(results, PRODUCER), hazard).nearest
    assert tuple(map(tuple, map(members, found))) == dependency_graph(results, PRODUCER, [hazard]).predecessors


@given(blocks, st.sampled_from(LENSES))
def test_a_lens_sees_the_same_visitors_as_in_the_results_it_makes(results: list[TxResult], lens: Lens) -> None:
    seen, made = lens.look_at(visitors_of(results, PRODUCER)), visitors_of(lens.apply(results, PRODUCER), PRODUCER)
    assert (seen.readers, seen.writers) == (made.readers, made.writers)
    assert seen.payers == made.payers


@given(blocks)
def test_every_definition_equals_the_slow_way_over_graphs_and_paths(results: list[TxResult]) -> None:
    block = BlockResult(tuple(results), StateDiff())
    for figure in every_definition(block, PRODUCER):
        lens, cost = figure.lens, cost_in(figure.unit, block)
        graph = dependency_graph(lens.apply(results, PRODUCER), PRODUCER, lens.hazards)
        assert (figure.work, figure.span) == (work(graph, cost), critical_path(graph, cost).length)
        matrix = conflict_matrix(lens.apply(results, PRODUCER), PRODUCER, lens.hazards)
        assert figure.conflicting_pairs == matrix.share
