"""What is right in sheet 08, found in another way: times by a walk through them, groups by a graph."""

import random
import re
from collections import Counter
from fractions import Fraction
from statistics import median
from typing import Any

import networkx as nx
import pytest

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson
from toyevm import lesson as lesson_lab

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


@pytest.mark.parametrize("name", ["whole", "best_count", "cut"])
def test_the_calls_in_a_prompt_return_what_it_says(lesson: Lesson, name: str) -> None:
    for value, promised in worked(lesson, name):
        assert value == promised


def last_end(tasks: int, cores: int, each: Fraction) -> Fraction:
    """Walk through time: whichever process is free first takes the next task."""
    free = [Fraction(0)] * cores
    for _ in range(tasks):
        free[free.index(min(free))] += each
    return max(free)


def exact_whole(
    looks: list[list[int]], empty: list[int], tasks: int, cores: int, measured: int
) -> tuple[Fraction, Fraction, Fraction]:
    execution, tail = (Fraction(median(column)) for column in zip(*looks, strict=True))
    overhead = empty[1] / last_end(empty[0], cores, Fraction(1))
    many = last_end(tasks, cores, execution / tasks + overhead) + tail
    return many - measured, 100 * (execution + tail) / many, 100 * (execution + tail) / tail


def test_a_whole_block_ends_when_a_walk_through_time_ends(lesson: Lesson) -> None:
    whole, chance = lesson.solution(lesson.exercises["whole"]), random.Random(8)
    for _ in range(200):
        looks = [[chance.randrange(90_000), chance.randrange(1, 30_000)] for _ in range(chance.choice((1, 3, 5)))]
        empty = [chance.randrange(1, 40), chance.randrange(9_000)]
        given = (looks, empty, chance.randrange(1, 40), chance.randrange(1, 9), chance.randrange(1, 60_000))
        for mine, exact in zip(whole(*given), exact_whole(*given), strict=True):
            assert abs(mine - exact) <= Fraction(1, 2) + Fraction(1, 10**6), given


def test_no_case_of_a_whole_block_hangs_on_a_half(lesson: Lesson) -> None:
    item = lesson.exercises["whole"]
    for case in (*item.cases, *lesson.marking.cases(item.id)):
        for number, expected in zip(exact_whole(*case.given["args"]), case.expect["value"], strict=True):
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


def test_the_notebook_says_how_many_mistakes_in_the_reports_it_recognises(lesson: Lesson) -> None:
    right = lesson.solution(lesson.exercises["faults"])
    lab = lesson_lab("08-real-cores")
    all_honest = lab.check("faults", ["honest"] * 7).text
    assert "6 known mistakes are recognised in it. The first:" in all_honest
    one = lab.check("faults", ["honest", *right[1:]]).text
    assert "Report 0: you say that nothing is wrong." in one
    assert "known mistakes" not in one + lab.check("faults", right).text


def test_what_is_given_is_written_as_the_student_would_call_it() -> None:
    text = lesson_lab("08-real-cores").check("best_count", lambda grain, tasks, start, overhead, most: 5).text
    assert "Given 1000, 8, 0, 0, 4: yours returns 5" in text


def test_a_turn_has_no_hints_and_says_so() -> None:
    lab = lesson_lab("08-real-cores")
    assert lab.hint("slower").text.startswith("`slower` is a turn: it has no hints")
    assert "no exercise 'slowr'" in lab.hint("slowr").text


def test_each_message_of_the_sheet_ends_in_a_question(lesson: Lesson) -> None:
    for item in lesson.exercises.values():
        for misconception in item.misconceptions:
            assert misconception.message.endswith("?"), (item.id, misconception.id)


def test_the_sheet_asks_other_questions_on_earlier_lessons_than_the_lesson() -> None:
    lab = lesson_lab("08-real-cores")
    named = [set(re.findall(r"`([a-z-]+)`", panel.text)) for panel in (lab.retrieve(), lab.retrieve(skip=2))]
    assert [len(names) for names in named] == [2, 2]
    assert not named[0] & named[1]
    notebook = (SHEET / "08-real-cores.ipynb").read_text(encoding="utf-8")
    assert '"lab.retrieve(skip=2)"' in notebook
