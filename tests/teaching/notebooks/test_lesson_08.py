"""Lesson 08 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, given_away, read, shown_in

LESSON = COURSE / "08-real-cores/08-real-cores.ipynb"
RIGHT = {
    'lab.predict("threads")': 'lab.predict("threads", choose="B")',
    'lab.predict("tiny")': 'lab.predict("tiny", choose="A")',
    "my_overhead = None": "my_overhead = (111.2 - 85.4) / 250 * 1000",
    "my_example = None": 'my_example = (10_000, 10, "spawned")',
    "my_grain = None": "my_grain = 72 / (2 - 1 / 0.75)",
    "my_tasks = None": "my_tasks = [[2, 5, 7], [0, 1, 3, 4, 6]]",
    "my_speedups = (None, None)": "my_speedups = (2.03, 3.1)",
    "my_report = (None, None)": "my_report = (205.4, 98.4)",
    "my_honest = (None, None, None)": "my_honest = (154.5, 143.7, 136.7)",
}
GIVEAWAYS = {
    "threads": ("GIL", "take turns", "1.03", "global interpreter"),
    "tiny": ("0.25", "80.2", "slower than one", "seven times"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_08_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*threads use all cores*" in shown["imports"]
    assert "four threads 1.03 times as fast; two processes 1.81" in shown["imports"]
    assert "*simulated is real*" in shown["tiny-reveal"]
    assert "one process 19.7 ms, two 80.2 ms: 0.25 times" in shown["tiny-reveal"]
    assert "(111,200 - 85,400) / 250 = 103.2 µs" in shown["overhead-turn"]
    assert "The record says: **four threads" in shown["imports"]
    assert "86.3    87.9     +2%" in shown["held-out"]
    assert "358 ms to start them, 1.0 ms once, 5 rounds" in shown["slower-turn"]
    assert "the model says: two processes are slower than one" in shown["slower-turn"]
    assert "one process 216 µs, two processes 216 µs" in shown["even-turn"]
    assert "takes 1,700 µs" in shown["cut-turn"]
    assert "four: 2.03 times; more and more: 3.10 times" in shown["tail-turn"]
    assert "205.4 / 98.4 = 2.09" in shown["cheat-turn"]
    assert "154.5 / 143.7 = 1.08, of the control 1.13" in shown["honest-turn"]
    assert shown["block-same"].strip().endswith("True")


@pytest.mark.slow
def test_the_sliders_can_be_handed_in_as_they_were_set() -> None:
    steps = {"my_example = None": 'sliders.set("10 ms", "10", "spawned", "slower")\nmy_example = sliders'}
    assert "What is paid once must be earned" in shown_in(execute(LESSON, steps))["slower-turn"]


@pytest.mark.slow
def test_sliders_that_nobody_has_spoken_of_are_asked_for_a_word_first() -> None:
    shown = shown_in(execute(LESSON, {"my_example = None": "my_example = sliders"}))["slower-turn"]
    assert "Nothing is said yet" in shown
    assert "speedup" not in shown


def test_the_rows_to_be_predicted_are_not_in_the_record_above() -> None:
    above = "".join("".join(output.get("text", "")) for output in cell_of("record")["outputs"])
    assert "100 µs" in above
    assert not any(word in above for word in ("   3 ms", "  30 ms", "86.3", "68.6"))


def test_the_sliders_do_not_say_what_comes_out_before_the_student_has() -> None:
    shown = "".join("".join(output["data"]["text/plain"]) for output in cell_of("sliders")["outputs"])
    assert "Say first" in shown
    assert not any(word in shown for word in ("in all", "speedup", "than one."))


def cell_of(name: str) -> Any:
    return next(cell for cell in read(LESSON)["cells"] if cell["id"] == name)


@pytest.mark.slow
def test_a_student_who_does_nothing_meets_no_traceback_and_no_answer() -> None:
    shown = shown_in(execute(LESSON, {}))
    assert all("Traceback" not in words for words in shown.values())
    turns = [words for name, words in shown.items() if name.endswith("-turn")]
    assert len(turns) == 7
    assert all(words.strip().startswith("Missing") for words in turns)


@pytest.mark.parametrize("bet", GIVEAWAYS)
def test_nothing_near_a_bet_of_lesson_08_gives_it_away(bet: str) -> None:
    assert given_away(read(LESSON), bet, GIVEAWAYS[bet]) == []
