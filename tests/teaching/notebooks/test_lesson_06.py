"""Lesson 06 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_above, execute, read, shown_in, source, words_of
from toyevm.backends import RunConfig
from toyevm.backends.block_stm import BLOCK_STM
from toyevm.bench.blockstm import PREDICTED, Setting, random_transfers
from toyevm.simulation.costs import DEFAULT_COSTS
from toyevm.simulation.metrics import measure
from toyevm.simulation.transcripts import Transcripts
from toyevm.teaching.lessons.block_stm import by_chance, complete, misleading_run
from toyevm.teaching.lessons.block_stm.studies import outdated
from toyevm.types import Version

LESSON = COURSE / "06-block-stm/06-block-stm.ipynb"
BREAK = "0 0 1 1 1 1 1 0 0 0 0 0 0 0 0 1 1 1 1 1 0"
RIGHT = {
    'lab.predict("aborted-below")': 'lab.predict("aborted-below", choose="B")',
    'lab.predict("orders")': 'lab.predict("orders", choose="C")',
    'my_reads = {"B": "A.0", "C": None, "D": None, "E": None, "F": None}': (
        'my_reads = {"B": "A.0", "C": "A.0", "D": "C.1", "E": "C.1", "F": "E.0"}'
    ),
    'my_moves = ""': f'my_moves = "{BREAK}"',
    "my_culprit = None": 'my_culprit = "D.1"',
    'my_tasks = {1: "validate B", 2: None, 3: None, 4: None}': (
        'my_tasks = {1: "validate B", 2: "execute C", 3: "validate C", 4: "nothing"}'
    ),
}
GIVEAWAYS = {
    "bet": ("ESTIMATE", "waits", "marked", "7 executions"),
    "orders-bet": ("1 state root", "one final state", "right in both", "no result is wrong"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_06_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*an abort cleans up*" in shown["bet-reveal"]
    assert "*timing decides*" in shown["orders"]
    assert "Only the order of the block counts" in shown["reads-turn"]
    assert "Shop has 108 instead of 115" in shown["break-turn"]
    assert "D.1 passed before C.1 had written" in shown["misled-turn"]
    assert "*timing decides*" in shown["orders"]
    assert "The lower cursor wins" in shown["task-turn"]


@pytest.mark.slow
def test_what_a_student_plays_is_judged_without_being_typed() -> None:
    begins = "second = player_of(without_new_locations)"
    shown = shown_in(execute(LESSON, {begins: f"{begins}\nsecond.play('{BREAK}')"}))
    assert "Shop has 108 instead of 115" in shown["break-turn"]


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    notebook = read(LESSON)
    shown = shown_in(notebook)
    optimistic, block_stm, bound = (re.findall(r"\d+\.\d+", line) for line in shown["imports"].splitlines()[1:])
    assert float(optimistic[1]) < float(optimistic[0])  # "With 16 cores `optimistic` is slower than with 8"
    assert 1.8 < float(block_stm[1]) / float(optimistic[1]) < 2  # "nearly twice as fast"
    assert float(block_stm[1]) > float(bound[0])  # "faster than work / span"
    assert "C.0 reads 105; 7 executions: A 1, B 2, C 2, D 2" in shown["count-one"]
    assert "C.0 reads 112; 5 executions: A 1, B 2, C 1, D 1" in shown["count-one"]
    assert "300 orders of events: 1 state root" in shown["orders"]
    assert "C.0 reads Shop: ESTIMATE" in shown["player-estimate"]
    assert "B.0 removes Shop" in shown["player-one"]


def test_the_run_by_chance_misleads_one_incarnation_and_says_so() -> None:
    assert outdated(misleading_run()) == {Version(3, 1)}
    assert "Wrong: Shop has 113, and should have 115." in shown_in(read(LESSON))["misled-run"]
    assert all(outdated(by_chance(complete, seed)) == set() for seed in range(20))


@pytest.mark.parametrize("bet", GIVEAWAYS)
def test_no_cell_above_a_bet_gives_it_away(bet: str) -> None:
    above = [(source(cell), *map(words_of, cell.get("outputs", []))) for cell in cells_above(read(LESSON), bet)]
    words = "\n".join("\n".join(each) for each in above)
    assert [clue for clue in GIVEAWAYS[bet] if clue in words] == []


@pytest.mark.parametrize(
    "point", [point for point in PREDICTED if point.transactions <= 1_000 and point.accounts != 10]
)
def test_the_figures_beside_published_ones_are_those_of_the_benchmark(point: Setting) -> None:
    costs = replace(DEFAULT_COSTS, contention=18)  # fitted at 16 threads and 10,000 accounts
    workload = random_transfers(point.transactions, point.accounts)
    run = BLOCK_STM.execute_block(
        workload.pre, workload.block, RunConfig(workload.chain, point.threads, costs=costs, transcripts=Transcripts())
    )
    speedup = measure(run, point.threads, workload.block.header.coinbase, costs=costs).speedup
    text = source(next(cell for cell in read(LESSON)["cells"] if cell["id"] == "published"))
    assert f" {speedup:.2g}" in text
