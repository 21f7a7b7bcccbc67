"""List schedules against a clock that ticks one unit at a time, and against the bounds that hold for any of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.test_dependencies import SPOTS, graphs
from toyevm.analysis.dependencies import Dependency, DependencyGraph, span, work
from toyevm.errors import InputError
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import (
    MOST_SEARCHED,
    PRIORITIES,
    batch_schedule,
    best_schedule,
    graham_bound,
    list_schedule,
    makespan,
    schedule_starts,
    shortest_time,
    speedup,
)

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
def test_the_list_schedule_equals_that_of_a_ticking_clock(graph: DependencyGraph, costs: list[int], cores: int) -> None:
    assert list(list_schedule(graph, costs.__getitem__, cores)) == ticked(graph, costs, cores)


def faults(graph: DependencyGraph, costs: Sequence[int], cores: int, spans: Sequence[TaskSpan]) -> list[str]:
    """What is wrong with a schedule."""
    ends = {each.tx_index: each.end for each in spans}
    begins = {each.tx_index: each.start for each in spans}
    found = ["work lost or done twice"] if sorted(each.tx_index for each in spans) != list(range(graph.size)) else []
    found += ["another length" for each in spans if each.end - each.start != costs[each.tx_index]]
    found += ["before its time or on no core" for each in spans if each.start < 0 or not 0 <= each.core < cores]
    found += ["waits for nobody" for before, after, *_ in graph.dependencies if ends[before] > begins[after]]
    pairs = (pair for pair in combinations(spans, 2) if pair[0].core == pair[1].core)
    return found + ["two at once" for one, two in pairs if one.start < two.end and two.start < one.end]


@pytest.mark.parametrize("name", PRIORITIES)
@given(graphs(), costs_of_seven, cores_of_four)
def test_list_and_batch_schedules_of_every_priority_have_no_faults(
    name: str, graph: DependencyGraph, costs: list[int], cores: int
) -> None:
    spans = list_schedule(graph, costs.__getitem__, cores, PRIORITIES[name])
    assert faults(graph, costs, cores, spans) == []
    assert all(earlier.start <= later.start for earlier, later in pairwise(spans))
    batches = batch_schedule(graph, costs.__getitem__, cores, graph.layers, PRIORITIES[name])
    assert faults(graph, costs, cores, batches) == []


def test_a_schedule_that_is_wrong_is_found() -> None:
    graph, costs = DependencyGraph(2, (Dependency(0, 1, SPOTS[0]),)), [2, 3]
    first, second = TaskSpan(0, 0, 0, 0, 2), TaskSpan(0, 1, 0, 2, 5)
    assert faults(graph, costs, 1, [first, second]) == []
    assert faults(graph, costs, 1, [first, second, second])[0] == "work lost or done twice"
    assert faults(graph, costs, 1, [first, TaskSpan(0, 1, 0, 2, 4)]) == ["another length"]
    assert faults(graph, costs, 1, [first, TaskSpan(1, 1, 0, 2, 5)]) == ["before its time or on no core"]
    assert faults(graph, costs, 2, [first, TaskSpan(1, 1, 0, 1, 4)]) == ["waits for nobody"]
    assert faults(DependencyGraph(2), costs, 1, [first, TaskSpan(0, 1, 0, 1, 4)]) == ["two at once"]


@given(graphs(), costs_of_seven, cores_of_four)
def test_no_schedule_beats_work_and_span_and_a_greedy_one_keeps_grahams_bound(
    graph: DependencyGraph, costs: list[int], cores: int
) -> None:
    total, chain = work(graph, costs.__getitem__), span(graph, costs.__getitem__)
    least = shortest_time(graph, costs.__getitem__, cores)
    most = graham_bound(graph, costs.__getitem__, cores)
    assert least == max(chain, -(-total // cores))
    for priority in PRIORITIES.values():
        spans = list_schedule(graph, costs.__getitem__, cores, priority)
        assert least <= makespan(spans) <= most
        assert cores * makespan(spans) <= total + (cores - 1) * chain
        if spans:
            assert speedup(spans) <= min(cores, total / chain) + 1e-9


@pytest.mark.parametrize("cores", [1, 2, 3, 5])
def test_the_worst_case_reaches_grahams_bound(cores: int) -> None:
    """As many single units as fit beside the long one, and then the long one: 2 - 1/p times the best."""
    costs = [1] * (cores * (cores - 1)) + [cores]
    apart = DependencyGraph(len(costs))
    assert makespan(list_schedule(apart, costs.__getitem__, cores)) == 2 * cores - 1
    assert graham_bound(apart, costs.__getitem__, cores) == 2 * cores - 1
    assert shortest_time(apart, costs.__getitem__, cores) == cores


def brute_force(graph: DependencyGraph, costs: Sequence[int], cores: int) -> int:
    """The shortest time by trying every order on every core."""
    orders = [
        order
        for order in permutations(range(graph.size))
        if all(order.index(before) < order.index(after) for before, after, *_ in graph.dependencies)
    ]
    return min(
        makespan(schedule_starts(graph, costs.__getitem__, cores, list(zip(order, choice, strict=True))))
        for order in orders
        for choice in product(range(cores), repeat=graph.size)
    )


small = st.integers(0, 5).flatmap(
    lambda size: st.tuples(
        st.sets(st.sampled_from(list(combinations(range(size), 2)) or [(0, 0)])).map(
            lambda pairs: DependencyGraph(size, tuple(Dependency(*pair, SPOTS[0]) for pair in pairs if size > 1))
        ),
        st.lists(st.integers(1, 5), min_size=size, max_size=size),
    )
)


@given(small, st.integers(1, 3))
def test_the_best_schedule_is_as_short_as_the_shortest_of_all(
    block: tuple[DependencyGraph, list[int]], cores: int
) -> None:
    graph, costs = block
    best = best_schedule(graph, costs.__getitem__, cores)
    assert faults(graph, costs, cores, best) == []
    assert makespan(best) == brute_force(graph, costs, cores)


@given(graphs(), costs_of_seven, cores_of_four)
def test_no_priority_beats_the_best_schedule(graph: DependencyGraph, costs: list[int], cores: int) -> None:
    best = best_schedule(graph, costs.__getitem__, cores)
    assert faults(graph, costs, cores, best) == []
    for priority in PRIORITIES.values():
        assert makespan(best) <= makespan(list_schedule(graph, costs.__getitem__, cores, priority))


def test_a_block_too_large_to_search_is_refused() -> None:
    with pytest.raises(InputError, match="to search through"):
        best_schedule(DependencyGraph(MOST_SEARCHED + 1), lambda _: 1, 2)


def chained(size: int, *pairs: tuple[int, int]) -> DependencyGraph:
    return DependencyGraph(size, tuple(Dependency(*pair, SPOTS[0]) for pair in pairs))


@pytest.mark.parametrize(
    ("name", "order"),
    [("block order", [0, 1, 2, 3, 4]), ("longest first", [1, 0, 2, 3, 4]), ("shortest first", [2, 0, 4, 1, 3]),
     ("most successors", [2, 0, 1, 3, 4]), ("longest chain first", [0, 2, 3, 1, 4])],
)  # fmt: skip
def test_each_priority_takes_the_order_that_its_name_says(name: str, order: list[int]) -> None:
    graph, costs = chained(5, (0, 3), (2, 3), (2, 4)), [2, 4, 1, 5, 3]
    spans = list_schedule(graph, costs.__getitem__, 1, PRIORITIES[name])
    assert [each.tx_index for each in spans] == order


def test_more_cores_less_work_and_fewer_waits_can_all_take_longer() -> None:
    """The nine tasks of Graham 1969, in the order of the block."""
    costs, edges = [3, 2, 2, 2, 4, 4, 4, 4, 9], ((0, 8), (3, 4), (3, 5), (3, 6), (3, 7))

    def time(costs: list[int], edges: tuple[tuple[int, int], ...], cores: int) -> int:
        return makespan(list_schedule(chained(9, *edges), costs.__getitem__, cores))

    assert time(costs, edges, 3) == 12
    assert time(costs, edges, 4) == 15
    assert time([cost - 1 for cost in costs], edges, 3) == 13
    assert time(costs, edges[:1] + edges[3:], 3) == 16


def test_a_batch_begins_only_when_the_batch_before_has_ended() -> None:
    graph, costs = chained(4, (0, 2)), [1, 5, 1, 1]
    spans = batch_schedule(graph, costs.__getitem__, 2, graph.layers)
    assert {s.tx_index: (s.core, s.start) for s in spans} == {0: (0, 0), 1: (1, 0), 3: (0, 1), 2: (0, 5)}
    assert makespan(list_schedule(graph, costs.__getitem__, 2)) < makespan(spans) == 6
    assert batch_schedule(chained(0), lambda _: 1, 2, ()) == ()


@pytest.mark.parametrize("places", [[(1, 0)], [(0, 0), (0, 1)], [(0, 2)], [(0, -1)], [(2, 0)]])
def test_a_place_that_cannot_be_taken_is_refused(places: list[tuple[int, int]]) -> None:
    with pytest.raises(InputError):
        schedule_starts(chained(2, (0, 1)), lambda _: 1, 2, places)


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
def test_a_schedule_without_a_core_is_refused(cores: int) -> None:
    with pytest.raises(InputError, match="cores"):
        list_schedule(DependencyGraph(1), lambda _: 1, cores)
