"""Lesson 04 with a student in it: answers right and wrong, nonsense, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_of, execute, outputs_of, printed, read, shown, source
from toyevm.teaching.lab.check import verdict_on
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.verdicts import Status

LESSON = COURSE / "04-schedulers/04-schedulers.ipynb"
FASTER = {"hashing_block(five.costs)": "hashing_block(five.costs, unit=50)"}  # nothing here is about real time
RIGHT = {
    "at_3, at_4, ends_at = None, None, None": 'at_3, at_4, ends_at = "E", "D", 5',
    'my_plan = ""': 'my_plan = "C:1 A:2 B:1 D:2 E:1 F:1"',
    'my_best = ""': 'my_best = "B:1 C:1 D:2 E:2 A:1"',
    'my_block = ""': 'my_block = "A 5, B 5, C 4, D 4, E 3, F 3, G 3"',
    'my_worst = ""': 'my_worst = "A 1, B 1, C 1, D 1, E 1, F 1, G 3"',
    "barriers_cost, shorter_by = None, None": "barriers_cost, shorter_by = 3, 2",
    'on_one_core = ""': 'on_one_core = "A:1 B:1 C:1 D:1 E:1"',
}
WRONG = {
    "at_3, at_4, ends_at = None, None, None": 'at_3, at_4, ends_at = "D", "E", 6',
    'my_plan = ""': 'my_plan = "A:1 B:2 C:1 D:1 E:2 F:2"',
    'my_best = ""': 'my_best = "A:1 B:2 C:2 D:2 E:2"',
    'my_block = ""': 'my_block = "A 3, B 2, C 1"',
    'my_worst = ""': 'my_worst = "A 1, B 1, C 3"',
    "barriers_cost, shorter_by = None, None": "barriers_cost, shorter_by = 2, 3",  # the two muddled
    'on_one_core = ""': 'on_one_core = "A:1 B:1 C:2 D:1 E:1"',
}
CLUMSY = {
    "at_3, at_4, ends_at = None, None, None": 'at_3, at_4, ends_at = "Z", 4, "five"',
    'my_plan = ""': 'my_plan = "C:1 D:3"',
    'my_best = ""': 'my_best = "E:1"',
    'my_block = ""': 'my_block = "A, B"',
    'my_worst = ""': 'my_worst = "A 1 after B, B 1"',
    "barriers_cost, shorter_by = None, None": 'barriers_cost, shorter_by = "two", 2',
    'on_one_core = ""': 'on_one_core = "A:3"',
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_04_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT | FASTER)
    assert printed(done, "fade-1-code").split("\n")[:2] == ["E starts at 3.", "D starts at 4."]
    assert "The makespan is right." in printed(done, "fade-1-code")
    assert "That is what the rule does: 7 units.\nIn the order of the block it takes 8." in printed(done, "fade-2-code")
    assert "7 units. When does a core stand still" in printed(done, "player-turn")
    assert "1.222 times the best" in printed(done, "attack")
    assert "that is 1.667; you want 1.667" in printed(done, "worst-turn")
    assert "How long must" not in printed(done, "worst-turn")
    assert printed(done, "batches-turn-code").count("is right") == 2
    assert "the second has nothing to do" in printed(done, "processes-turn")
    assert re.search(r"my plan +1\.00×", printed(done, "processes-turn"))


@pytest.mark.slow
def test_a_student_who_answers_lesson_04_wrongly_is_told_so() -> None:
    done = execute(LESSON, WRONG | FASTER)
    assert "At 3, D is not the one." in printed(done, "fade-1-code")
    assert "Another makespan" in printed(done, "fade-1-code")
    assert "At 0 the rule starts C; you start it at 3." in printed(done, "fade-2-code")
    assert "8 units, held up by B then C then D then E" in printed(done, "player-turn")
    assert "Longest first is the best here" in printed(done, "attack")
    assert "How long must the last one be" in printed(done, "worst-turn")
    assert "When does D start in the greedy schedule?" in printed(done, "batches-turn-code")
    assert "Which of a batch decides" in printed(done, "batches-turn-code")
    assert "Not all five on core 1: your plan names the cores [1, 1, 2, 1, 1]" in printed(done, "processes-turn")


@pytest.mark.slow
def test_a_student_who_meets_the_tie_is_told_of_it() -> None:
    late = {'my_plan = ""': 'my_plan = "C:1, a:2, D:1, B:2, E:1, F:1"'}  # commas and small letters are no fault
    said = printed(execute(LESSON, late | FASTER), "fade-2-code")
    assert "At 1 the rule starts B; you start it at 3." in said
    assert "Of equal chains, who is earlier in the block?" in said


@pytest.mark.slow
def test_nonsense_does_not_stop_lesson_04() -> None:
    done = execute(LESSON, CLUMSY | FASTER)
    assert "'Z' is no letter of this block." in printed(done, "fade-1-code")
    assert "No plan: 'D:3' cannot be placed" in printed(done, "fade-2-code")
    assert "No plan: E waits for C" in printed(done, "player-turn")
    assert "No block: 'A' cannot be read" in printed(done, "attack")
    assert "No block: A cannot wait for B" in printed(done, "worst-turn")
    assert "When does D start in the greedy schedule?" in printed(done, "batches-turn-code")
    assert "No plan: 'A:3' cannot be placed" in printed(done, "processes-turn")


@pytest.mark.parametrize(
    "answer", [[6, 5, 3, 3, 2, 2], ["A", "-1", "B", "+1"], ["A", "-2"], ["G", "+1"], ["A", 1], "A"]
)
def test_only_one_change_of_one_length_is_recorded(answer: object) -> None:
    item = read_items(LESSON.parent / "items.toml").exercise("counter")
    assert verdict_on(item, answer).status is Status.MALFORMED
    assert verdict_on(item, ["a", " +1"]).status is Status.RECORDED


def test_the_surprise_comes_within_five_cells() -> None:
    first = read(LESSON)["cells"][:5]
    times = [shown(output, "text/plain").split()[0] for cell in first[2:4] for output in cell["outputs"]]
    assert times == ["7", "6"]  # longest first, the order of the block


def test_what_was_measured_is_not_stored() -> None:
    notebook = read(LESSON)
    stored = [shown(output, "text/plain") for name, output in outputs_of(notebook) if name == "processes"]
    assert stored == ["Measured here and now, so not stored: print the text of this object to read the table."]
    assert not any(re.search(r"\d+ ms", "".join(output.get("text", ""))) for _, output in outputs_of(notebook))


def test_what_the_lesson_says_of_longest_first_is_what_its_table_says() -> None:
    (table,) = ("".join(output["text"]) for name, output in outputs_of(read(LESSON)) if name == "rules")
    rows = [line.split()[1:] for line in table.strip().split("\n")[1:]]
    worse = sum(float(longest) > float(block) for block, longest, *_ in rows)
    assert worse >= len(rows) - 1  # "in nearly every row"
    assert all(float(row[2]) <= 1.01 for row in rows)  # longest chain first: "within 1 %"


def test_what_the_lesson_says_of_its_pictures_is_in_them() -> None:
    twins = {name: shown(output, "text/plain") for name, output in outputs_of(read(LESSON))}
    assert {"core 1: A 0-3, C 3-4, D 5-8", "core 2: B 0-1, E 3-5"} <= set(twins["batches-code"].split("\n"))
    assert "I 6-15" in twins["anomaly-picture"]
    assert "orange: A then C then E" in twins["greedy-code"]  # what the text under it goes by
    assert re.search(r"^nft .* 47\.6 +67\.2$", twins["real-code"], flags=re.MULTILINE)


def test_only_extensions_come_after_the_summary() -> None:
    headings = [line for cell in cells_of(read(LESSON), "markdown") for line in source(cell).split("\n")
                if line.startswith("## ")]  # fmt: skip
    last = headings.index("## What you have now")
    assert len(headings[last + 1 :]) == 3
    assert all(heading.startswith("## Extension: ") for heading in headings[last + 1 :])
    assert not any("Extension" in heading for heading in headings[:last])
