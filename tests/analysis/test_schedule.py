"""List schedules against a clock that ticks one unit at a time, and against the bounds that hold for any of them."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.test_dependencies import SPOTS, graphs
from toyevm.analysis.dependencies import Dependency, DependencyGraph, span, work
from toyevm.analysis.schedule import list_schedule, makespan, speedup
from toyevm.errors import InputError
from toyevm.results import TaskSpan

costs_of_seven = st.lists(st.integers(1, 5), min_size=7, max_size=7)
cores_of_four = st.integers(1, 4)


def ticked(graph: DependencyGraph, costs: list[int], cores: int) -> list[TaskSpan]:
    """The same schedule, found by looking at every core in every unit of time."""
    spans: list[TaskSpan] = []
    now = 0
    while len(spans) < graph.size:
        for core in range(cores):
            if any(s.core == core and s.end > now for s in spans):
                continue
            begun, done = {s.tx_index for s in spans}, {s.tx_index for s in spans if s.end <= now}
            ready = [i for i in range(graph.size) if i not in begun and done.issuperset(graph.predecessors[i])]
            if ready:
                spans.append(TaskSpan(core, ready[0], 0, now, now + costs[ready[0]]))
        now += 1
    return spans


@given(graphs(), costs_of_seven, cores_of_four)
def test_a_core_that_idles_or_jumps_the_queue_is_not_greedy(
    graph: DependencyGraph, costs: list[int], cores: int
) -> None:
    assert list(list_schedule(graph, costs.__getitem__, cores)) == ticked(graph, costs, cores)


@given(graphs(), costs_of_seven, cores_of_four)
def test_a_schedule_that_overlaps_what_depends_would_be_wrong(
    graph: DependencyGraph, costs: list[int], cores: int
) -> None:
    spans = list_schedule(graph, costs.__getitem__, cores)
    by_index = {each.tx_index: each for each in spans}
    assert sorted(by_index) == list(range(graph.size))
    assert len(spans) == graph.size
    assert all(each.end - each.start == costs[each.tx_index] for each in spans)
    assert all(by_index[before].end <= by_index[after].start for before, after, *_ in graph.dependencies)
    for one, two in combinations(spans, 2):
        assert one.core != two.core or one.end <= two.start or two.end <= one.start
    assert all(earlier.start <= later.start for earlier, later in pairwise(spans))


@given(graphs(), costs_of_seven, cores_of_four)
def test_no_schedule_beats_work_and_span_and_a_greedy_one_keeps_grahams_bound(
    graph: DependencyGraph, costs: list[int], cores: int
) -> None:
    total, chain = work(graph, costs.__getitem__), span(graph, costs.__getitem__)
    spans = list_schedule(graph, costs.__getitem__, cores)
    time = makespan(spans)
    assert max(chain, -(-total // cores)) <= time
    assert cores * time <= total + (cores - 1) * chain
    if spans:
        assert speedup(spans) <= min(cores, total / chain) + 1e-9


def test_one_core_takes_the_order_of_the_block() -> None:
    spans = list_schedule(DependencyGraph(4), lambda _: 5, cores=1)
    assert [(s.tx_index, s.start) for s in spans] == [(0, 0), (1, 5), (2, 10), (3, 15)]
    assert (makespan(spans), speedup(spans)) == (20, 1.0)


def test_of_two_that_become_ready_at_once_the_lower_takes_the_lower_core() -> None:
    crossed = DependencyGraph(4, (Dependency(0, 3, SPOTS[0]), Dependency(1, 2, SPOTS[0])))
    spans = list_schedule(crossed, lambda _: 5, cores=2)
    assert [(s.core, s.tx_index) for s in spans] == [(0, 0), (1, 1), (0, 2), (1, 3)]


def test_nothing_to_do_takes_no_time_and_is_no_faster() -> None:
    assert (makespan(()), speedup(())) == (0, 1.0)


def test_work_that_was_thrown_away_does_not_count_as_speed() -> None:
    kept, aborted = TaskSpan(0, 0, 1, 10, 20), TaskSpan(0, 0, 0, 0, 10, aborted=True)
    assert speedup([aborted, kept]) == 0.5


@pytest.mark.parametrize("cores", [0, -1])
def test_without_a_core_nothing_can_run(cores: int) -> None:
    with pytest.raises(InputError, match="cores"):
        list_schedule(DependencyGraph(1), lambda _: 1, cores)
