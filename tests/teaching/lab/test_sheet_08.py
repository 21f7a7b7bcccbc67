"""What is right in sheet 08, found in another way: numpy's line, a walk through time, groups by a graph."""

import random
import re
from collections import Counter
from typing import Any

import networkx as nx
import numpy as np
import pytest

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson

SHEET = REPOSITORY / "solutions" / "08-real-cores"


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(SHEET)


def worked(lesson: Lesson, name: str) -> list[tuple[Any, Any]]:
    """Return the calls in the table of a prompt, with the results that it promises."""
    prompt, names = lesson.exercises[name].prompt, dict(lesson.names)
    rows = re.findall(rf"^\| `({name}\(.+?\))` \| `([^`]+)` \|", prompt, flags=re.MULTILINE)
    assert len(rows) == 3
    return [(eval(call, names), eval(result)) for call, result in rows]


@pytest.mark.parametrize("name", ["fit_line", "best_count", "cut"])
def test_the_calls_in_a_prompt_return_what_it_says(lesson: Lesson, name: str) -> None:
    for value, promised in worked(lesson, name):
        assert value == promised


def exact_line(rows: list[list[int]]) -> tuple[float, float, float]:
    per_task, start = np.polyfit([tasks for tasks, _ in rows[:-1]], [micros for _, micros in rows[:-1]], 1)
    return float(start), float(per_task), float(start + per_task * rows[-1][0] - rows[-1][1])


def test_the_line_is_that_of_numpy(lesson: Lesson) -> None:
    fit_line, chance = lesson.solution(lesson.exercises["fit_line"]), random.Random(8)
    for _ in range(300):
        tasks = chance.sample(range(1, 60), chance.randrange(3, 8))
        rows = [[count, 500 + 73 * count + chance.randrange(400)] for count in tasks]
        assert np.abs(np.array(fit_line(rows)) - exact_line(rows)).max() <= 0.5 + 1e-6


def test_no_case_of_the_line_hangs_on_a_half(lesson: Lesson) -> None:
    item = lesson.exercises["fit_line"]
    for case in (*item.cases, *lesson.marking.cases(item.id)):
        for number, expected in zip(exact_line(case.given["args"][0]), case.expect["value"], strict=True):
            assert abs(number - expected) < 0.49, case.name


def ends(count: int, grain: int, tasks: int, start: int, overhead: int) -> int:
    """Walk through time: processes are started one by one, then each takes a task whenever it is free."""
    if count == 1:
        return grain * tasks
    free = [count * start] * count
    for _ in range(tasks):
        free[free.index(min(free))] += grain + overhead
    return max(free)


def test_the_best_number_of_processes_ends_first_in_a_walk_through_time(lesson: Lesson) -> None:
    best_count, chance = lesson.solution(lesson.exercises["best_count"]), random.Random(8)
    found: Counter[int] = Counter()
    for _ in range(400):
        grain, tasks, start, overhead, most = (chance.randrange(1, top) for top in (900, 40, 3000, 200, 9))
        times = [ends(count, grain, tasks, start, overhead) for count in range(1, most + 1)]
        assert best_count(grain, tasks, start, overhead, most) == times.index(min(times)) + 1
        found[times.index(min(times)) + 1] += 1
    assert len(found) >= 4


def cut_by_graph(costs: list[int], conflicts: list[list[int]], least: int) -> list[list[int]]:
    graph = nx.Graph(conflicts)
    graph.add_nodes_from(range(len(costs)))
    tasks: list[list[int]] = [[]]
    for group in sorted(nx.connected_components(graph), key=min):
        if tasks[-1] and sum(costs[i] for i in tasks[-1]) >= least:
            tasks.append([])
        tasks[-1] += group
    if len(tasks) > 1 and sum(costs[i] for i in tasks[-1]) < least:
        tasks[-2:] = [tasks[-2] + tasks[-1]]
    return [sorted(task) for task in tasks if task]


def test_a_cut_is_that_of_a_graphs_components(lesson: Lesson) -> None:
    cut, chance = lesson.solution(lesson.exercises["cut"]), random.Random(8)
    for _ in range(500):
        size = chance.randrange(12)
        costs = [chance.randrange(1, 9) for _ in range(size)]
        conflicts = [chance.sample(range(size), 2) for _ in range(chance.randrange(6))] if size > 1 else []
        least = chance.randrange(1, 25)
        assert cut(costs, conflicts, least) == cut_by_graph(costs, conflicts, least), (costs, conflicts, least)


def test_each_word_of_the_reports_but_one_is_used_once(lesson: Lesson) -> None:
    item = lesson.exercises["faults"]
    right = lesson.solution(item)
    assert len(set(right)) == len(right) == 7
    assert set(item.settings["words"]) - set(right) == {"too many processes"}


def test_each_message_of_the_sheet_ends_in_a_question(lesson: Lesson) -> None:
    for item in lesson.exercises.values():
        for misconception in item.misconceptions:
            assert misconception.message.endswith("?"), (item.id, misconception.id)
