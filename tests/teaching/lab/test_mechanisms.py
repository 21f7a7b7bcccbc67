"""Predictions, hints, puzzles, retrieval, reflection: each by function call, and each as a widget."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.lab.bank import FIXTURE
from toyevm.teaching.lab import panels
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.lessons import Lesson
from toyevm.teaching.lab.parsons import shuffled
from toyevm.teaching.lab.progress import Progress

COURSE = FIXTURE / "course" / "03-shop"


@pytest.fixture
def lab() -> Lesson:
    return Lesson(COURSE, Progress("03-shop"))


def every(widget: Any, kind: str) -> list[Any]:
    """Return all widgets of a kind inside one, in the order in which one meets them."""
    found = [widget] if type(widget).__name__ == kind else []
    return found + [part for child in getattr(widget, "children", ()) for part in every(child, kind)]


def html(widget: Any) -> str:
    return "\n".join(part.value for part in every(widget, "HTML"))


# --- predictions


def test_a_question_offers_i_dont_know(lab: Lesson) -> None:
    text = lab.predict("shop").text
    assert "- **A**: ten times\n- **B**: not at all\n- **C**: I don't know" in text
    assert 'lab.predict("shop", choose=' in text


@pytest.mark.parametrize("choice", ["A", "a", " A ", 1, "ten times"])
def test_a_bet_can_be_made_in_several_ways(lab: Lesson, choice: Any) -> None:
    assert "Your bet: A (certain)." in lab.predict("shop", choose=choice, sure=3).text


def test_a_bet_is_taken_up_again(lab: Lesson) -> None:
    lab.predict("shop", choose="A")
    text = lab.reveal("shop", run=lambda: 1.0).text
    assert text == (
        "Your run says: **1.0**.\n\nYou bet **A**, ten times.\n\n*cores divide*: they all change one balance.\n\n"
        "**B**, not at all. Each waits for the one before."
    )


def test_who_does_not_know_is_told(lab: Lesson) -> None:
    lab.predict("shop", choose="C")
    rest = "**B**, not at all. Each waits for the one before."
    assert lab.reveal("shop", run="a  b\n1  2").text.startswith("Your run says:\n\n```text\na  b\n1  2\n```\n\n")
    assert lab.reveal("shop", run=1).text == f"Your run says: **1**.\n\nYou did not know yet.\n\n{rest}"


def test_what_was_recorded_is_not_called_a_run(lab: Lesson) -> None:
    lab.predict("shop", choose="B")
    assert lab.reveal("shop", record="0.25 times").text.startswith("The record says: **0.25 times**.\n\nYou bet **B**")
    assert lab.reveal("shop", record="a\nb").text.startswith("The record says:\n\n```text\na\nb\n```\n\n")


def test_without_a_bet_the_lesson_goes_on_and_both_the_run_and_the_answer_wait(lab: Lesson) -> None:
    text = lab.reveal("shop", run="17 times").text
    assert text.startswith('Bet first: `lab.predict("shop", choose="…")`.')
    assert [word for word in ("17", "each waits", "not at all") if word in text] == []


def test_a_right_bet_is_not_refuted(lab: Lesson) -> None:
    lab.predict("shop", choose="B")
    assert lab.reveal("shop").text == "You bet **B**.\n\n**B**, not at all. Each waits for the one before."


def test_a_bet_can_be_changed_and_the_first_is_kept(lab: Lesson) -> None:
    lab.predict("shop", choose="A")
    assert "Your bet: B." in lab.predict("shop", choose="B").text
    assert lab._progress.entry("predictions", "shop") == {"first": "A", "last": "B", "sure": None}


@pytest.mark.parametrize("wrong", [{"choose": "D"}, {"choose": 0}, {"choose": 1.0}, {"choose": "A", "sure": 4}])
def test_a_bet_that_is_none_is_refused(lab: Lesson, wrong: dict[str, Any]) -> None:
    assert lab.predict("shop", **wrong).text.startswith("This cannot be read: ")
    assert "Your bet" not in lab.predict("shop").text


def test_the_bets_widget_notes_the_bet(lab: Lesson) -> None:
    widget = lab.predict("shop").widget()
    (buttons,), (sure,) = every(widget, "RadioButtons"), every(widget, "ToggleButtons")
    assert buttons.value is None
    buttons.value = "A"
    assert "Your bet: A." in html(widget)
    sure.value = 2
    assert lab._progress.entry("predictions", "shop")["sure"] == 2
    assert "**A**" in lab.reveal("shop").text
    (again,) = every(lab.predict("shop").widget(), "RadioButtons")
    assert again.value == "A", "a bet made before is shown"


# --- hints


def test_hints_come_one_at_a_time(lab: Lesson) -> None:
    texts = [lab.hint("units").text.split("\n")[0] for _ in range(4)]
    assert texts == [
        "**Hint 1 of 3.** Draw arrows.",
        "**Hint 2 of 3.** Look for the longest walk.",
        "**Hint 3 of 3.** It goes through B and E.",
        "**Hint 3 of 3.** It goes through B and E.",
    ]


def test_a_level_can_be_asked_for(lab: Lesson) -> None:
    assert "Look for the longest walk" in lab.hint("units", level=2).text
    assert "1 to 3" in lab.hint("units", level=4).text


def test_a_hint_costs_no_points(lab: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        lab.hint("plus")
    monkeypatch.setenv("TOYEVM_MODE", "mark")
    assert lab.check("plus", "PUSH0 CALLDATALOAD PUSH1 7 ADD PUSH0 MSTORE PUSH1 32 PUSH0 RETURN") == 2


# --- Parsons problems


def order_of(lab: Lesson, item_id: str, *lines: str) -> list[int]:
    shown = shuffled(lab.items.exercise(item_id))
    return [shown.index(line) + 1 for line in lines]


PLUS_LINES = "PUSH0 CALLDATALOAD", "PUSH1 7 ADD", "PUSH0 MSTORE PUSH1 32 PUSH0 RETURN"


def test_the_shuffle_is_always_the_same_and_keeps_every_line(lab: Lesson) -> None:
    item = lab.items.exercise("plus")
    assert shuffled(item) == shuffled(item)
    assert sorted(shuffled(item)) == list(item.parsons)
    listed = lab.parsons("plus").text
    assert [line.strip() for line in listed.splitlines() if line.startswith("    ")] == [
        f"{number}  {line}" for number, line in enumerate(shuffled(item), 1)
    ]


def test_an_order_is_judged_by_running_it(lab: Lesson) -> None:
    assert "The case agrees" in lab.parsons("plus", order_of(lab, "plus", *PLUS_LINES)).text
    wrong = lab.parsons("plus", order_of(lab, "plus", PLUS_LINES[0], "PUSH1 6 ADD", PLUS_LINES[2])).text
    assert "yours returns 7; expected: returns 8" in wrong


def test_a_function_can_be_put_together(lab: Lesson) -> None:
    head, right, wrong = "def meet(one, other):", "    return bool({*one} & {*other})", "    return one == other"
    assert "Both cases agree" in lab.parsons("meet", order_of(lab, "meet", head, right)).text
    assert "Whose balance" in lab.parsons("meet", order_of(lab, "meet", head, wrong)).text
    assert "IndentationError" in lab.parsons("meet", order_of(lab, "meet", right, head)).text


def test_a_puzzle_knows_the_names_of_the_notebook_but_for_an_earlier_answer(
    lab: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells above an answer may hold helpers that its solution calls."""
    head, right = "def meet(one, other):", "    return bool({*one} & {*other})"
    monkeypatch.setattr("__main__.meet", lambda one, other: bool({*one} & {*other}), raising=False)
    assert "Both cases agree" not in lab.parsons("meet", order_of(lab, "meet", right)).text
    monkeypatch.setattr("__main__.bool", lambda _: False, raising=False)
    assert "Both cases agree" not in lab.parsons("meet", order_of(lab, "meet", head, right)).text


@pytest.mark.parametrize("order", [[9], [0], ["1"], [True]])
def test_a_line_that_is_none_is_refused(lab: Lesson, order: list[Any]) -> None:
    assert "numbers from 1 to 4" in lab.parsons("plus", order).text


def test_an_item_without_pieces_has_no_puzzle(lab: Lesson) -> None:
    assert "no Parsons problem" in lab.parsons("units").text


def test_the_puzzles_widget_orders_the_lines_and_runs_them(lab: Lesson) -> None:
    widget = lab.parsons("plus").widget()
    there, taken = every(widget, "Select")
    take, back, up, run = every(widget, "Button")
    for number in order_of(lab, "plus", "PUSH1 6 ADD", PLUS_LINES[0], PLUS_LINES[2], PLUS_LINES[1]):
        there.value = number
        take.click()
        take.click()  # a line is taken once
    assert [line for line, _ in taken.options] == ["PUSH1 6 ADD", PLUS_LINES[0], PLUS_LINES[2], PLUS_LINES[1]]
    taken.value = 3
    up.click()
    taken.value = 0
    back.click()
    assert [line for line, _ in taken.options] == list(PLUS_LINES)
    run.click()
    assert "The case agrees" in html(widget)


def test_the_pieces_of_lesson_01_fit_together_but_not_as_shuffled(repository: Path) -> None:
    """For each Parsons problem there are lines, in some order, that solve it; as shuffled, they do not."""
    lab = Lesson(repository / "course" / "01-the-machine", Progress("01"))
    solutions = {
        "larger": ["PUSH0 CALLDATALOAD", "PUSH1 32 CALLDATALOAD", "DUP2 DUP2 GT", "PUSH @end JUMPI", "SWAP1",
                   "end: JUMPDEST", "PUSH0 MSTORE", "PUSH1 32 PUSH0 RETURN"],
        "sum-of-squares": ["PUSH0", "PUSH0 CALLDATALOAD", "loop: JUMPDEST", "DUP1 ISZERO PUSH @done JUMPI",
                           "DUP1 DUP1 MUL", "DUP3 ADD SWAP2 POP", "PUSH1 1 SWAP1 SUB", "PUSH @loop JUMP",
                           "done: JUMPDEST POP", "PUSH0 MSTORE", "PUSH1 32 PUSH0 RETURN"],
    }  # fmt: skip
    puzzles = {item.id for item in lab.items.exercises.values() if item.parsons}
    assert puzzles == set(solutions)
    for item_id, lines in solutions.items():
        assert "cases agree. When" in lab.parsons(item_id, order_of(lab, item_id, *lines)).text
        everything = range(1, len(lab.items.exercise(item_id).parsons) + 1)
        assert "cases agree. When" not in lab.parsons(item_id, list(everything)).text


# --- retrieval


def asked(lab: Lesson) -> list[str]:
    return [
        name for name in ("old-queue", "old-till", "own-queue", "own-conflict") if f"`{name}`" in lab.retrieve().text
    ]


def test_retrieval_asks_about_earlier_lessons(lab: Lesson) -> None:
    """Two questions, on two concepts of earlier lessons; that which this lesson uses comes first."""
    assert asked(lab) == ["old-queue", "old-till"]
    assert lab.retrieve().text.index("served first") < lab.retrieve().text.index("at a till")


def test_exercises_can_skip_what_their_lesson_asked(lab: Lesson) -> None:
    text = lab.retrieve(skip=1).text
    assert "`old-till`" in text
    assert "`old-queue`" not in text


def test_a_question_that_was_answered_right_is_not_asked_again(lab: Lesson) -> None:
    assert lab.retrieve("old-queue", choose="A").text == "Right. That is what a queue is."
    assert asked(lab) == ["old-till", "own-queue"]


def test_a_wrong_answer_is_corrected(lab: Lesson) -> None:
    assert lab.retrieve("old-till", choose="B").text.endswith("**A**, money is taken. Yes.")
    assert lab.retrieve("old-till", choose="C").text == "**A**, money is taken. Yes."
    assert lab._progress.entry("retrievals", "old-till") == {"tries": 2, "right": 0}


def test_the_first_lesson_has_nothing_to_look_back_on() -> None:
    assert Lesson(FIXTURE / "course" / "00-before", Progress("00")).retrieve().text == "Nothing to look back on yet."


def test_the_retrieval_widget_answers_a_choice(lab: Lesson) -> None:
    widget = lab.retrieve().widget()
    first, _ = every(widget, "RadioButtons")
    first.value = "B"
    assert "Not quite. That would be an auction" in html(widget)


# --- reflection


def test_the_exemplar_comes_only_after_one_has_written(lab: Lesson) -> None:
    exemplar = lab.items.reflections["own-words"].exemplar
    assert exemplar not in lab.reflect("own-words").text
    assert exemplar not in lab.reflect("own-words", "dunno").text
    words = "because each of them changes the balance of the shop"
    assert exemplar in lab.reflect("own-words", words).text
    assert words in lab.reflect("own-words").text, "it is remembered"


def test_the_reflection_widget_shows_the_exemplar(lab: Lesson) -> None:
    widget = lab.reflect("own-words").widget()
    (area,), (button,) = every(widget, "Textarea"), every(widget, "Button")
    area.value = "each of them needs what the one before it left behind"
    button.click()
    assert lab.items.reflections["own-words"].exemplar in html(widget)


# --- all of them


def panels_of(lab: Lesson) -> list[panels.Panel]:
    return [lab.predict("shop"), lab.reveal("shop"), lab.hint("units"), lab.parsons("plus"), lab.retrieve(),
            lab.reflect("own-words"), lab.progress(), lab.task("plus"), lab.check("units", 6)]  # type: ignore[list-item]  # fmt: skip


def test_a_panel_shows_its_text_without_ipywidgets(lab: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "ipywidgets", lambda: None)
    for panel in panels_of(lab):
        assert panel.widget() is None
        assert panel._repr_mimebundle_() == {"text/markdown": panel.text, "text/plain": panel.text}
        assert panel.text


def test_a_panel_says_the_same_in_words(lab: Lesson) -> None:
    for panel in panels_of(lab):
        bundle = panel._repr_mimebundle_()
        assert bundle["text/plain"] == panel.text == repr(panel)
        assert ("application/vnd.jupyter.widget-view+json" in bundle) != ("text/markdown" in bundle)


def test_a_students_text_is_not_run_as_html(lab: Lesson) -> None:
    widget = lab.reflect("own-words").widget()
    every(widget, "Textarea")[0].value = "<script>alert(1)</script> " * 9
    every(widget, "Button")[0].click()
    assert "<script>" not in html(widget)


def test_every_retrieval_id_is_used_once_in_a_course(repository: Path) -> None:
    """A retrieval question of one lesson is asked in later ones, by its id alone."""
    files = sorted((repository / "course").glob("*/items.toml"))
    assert files
    names = itertools.chain.from_iterable(read_items(path).retrievals for path in files)
    assert len(set(listed := list(names))) == len(listed)
