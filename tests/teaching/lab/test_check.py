"""What a student reads says what the answer did and ends in a question; what a marker gets is a number."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.lab.bank import FIXTURE
from toyevm.errors import InputError
from toyevm.teaching.lab.check import Feedback
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.lessons import Lesson
from toyevm.teaching.lab.marking import read_marking
from toyevm.teaching.lab.progress import Progress

COURSE = FIXTURE / "course" / "03-shop"
HAND_BACK = "PUSH0 MSTORE PUSH1 32 PUSH0 RETURN"
RIGHT_PLUS = f"PUSH0 CALLDATALOAD PUSH1 7 ADD {HAND_BACK}"


def right_meet(one: Any, other: Any) -> bool:
    return bool(set(one) & set(other))


def always(one: Any, other: Any) -> bool:
    return True


def never_sure(one: Any, other: Any) -> int:
    return 7


def endless(one: Any, other: Any) -> bool:
    while True:
        with suppress(Exception):
            len(one)


def loud(one: Any, other: Any) -> None:
    print("loud:", bool(set(one) & set(other)))


@pytest.fixture
def lab() -> Lesson:
    return Lesson(COURSE, Progress("03-shop"))


def said(lab: Lesson, item_id: str, answer: Any) -> str:
    feedback = lab.check(item_id, answer)
    assert isinstance(feedback, Feedback)
    assert repr(feedback) == feedback.text
    return feedback.text


def test_a_wrong_answer_gets_four_rungs(lab: Lesson) -> None:
    happened, divergence, question, hint = said(lab, "plus", f"PUSH0 CALLDATALOAD {HAND_BACK}").split("\n\n")
    first = "In the first that does not, it ran 7 steps and ended without an error."
    assert happened == f"**Plus 7.** 0 of 1 cases agree. {first}"
    assert divergence == "Given input 1: yours returns 1; expected: returns 8."
    assert question == "You return the input as it was. Where is 7 added?"
    assert hint.startswith('Stuck? `lab.hint("plus")`')


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("ADD", "ADD found too few words"),
        ("PUSH1 9 JUMP", "top of the stack when JUMP came"),
        ("l: JUMPDEST PUSH @l JUMP", "Does every loop of yours come to an end?"),
        ("PUSH0 PUSH0 REVERT", "Which REVERT was reached"),
        ("PUSH0 PUSH0 RETURN", "without handing anything back"),
        (f"PUSH1 99 {HAND_BACK}", "Which is the first step"),
    ],
)
def test_a_failure_nobody_foresaw_gets_a_question(lab: Lesson, source: str, words: str) -> None:
    assert words in said(lab, "plus", source)
    assert "?" in said(lab, "plus", source)


@pytest.mark.parametrize(
    ("item_id", "answer", "words"),
    [
        ("units", ..., "Missing: `units`. Give `units` a number of units. Then run this cell again."),
        ("units", None, "Missing: `units`"),
        ("plus", ..., "Missing: `plus`. Give `plus` a program in assembly. Then run"),
        ("plus", "", "Missing: `plus`"),
        ("meet", ..., "Missing: `meet`. Give `meet` its body. Then run"),
        ("meet", lambda one, other: None, "Missing: `meet`"),
        ("why", ..., "Missing: `why`. Give `why` the letter of an option. Then run"),
    ],
)
def test_an_untouched_item_says_what_is_missing(lab: Lesson, item_id: str, answer: Any, words: str) -> None:
    assert words in said(lab, item_id, answer)


@pytest.mark.parametrize(
    ("item_id", "answer", "words"),
    [
        ("units", "three", "`units` is text; expected: a number of units"),
        ("units", object(), "an answer cannot be of type object"),
        ("plus", "PUSH1 1 ADDD", "The assembler does not understand line 1: unknown instruction 'ADDD'"),
        ("plus", "PUSH1 1 PUSH1 2 SUB", "uses SUB. The task is to do without it"),
        ("meet", lambda one, other: 1 / 0, "raises ZeroDivisionError"),
        ("meet", lambda one, other: right_meet(one, other) + 0, "returns 1; expected: returns True"),
        ("why", "F", "'F' is no option"),
    ],
)
def test_a_malformed_answer_is_explained(lab: Lesson, item_id: str, answer: Any, words: str) -> None:
    assert words in said(lab, item_id, answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda one, other: {*one} & {*other},
            "Yours returns a set, where the task asks for a truth value. Which line",
        ),
        (lambda one, other: [*one, *other], "Yours returns a list of texts, where the task asks for a truth value."),
    ],
)
def test_a_value_of_another_kind_is_told_its_kind(lab: Lesson, answer: Any, words: str) -> None:
    assert words in said(lab, "meet", answer)


def test_a_value_that_is_marked_elsewhere_is_only_recorded(lab: Lesson) -> None:
    assert said(lab, "units", 3) == said(lab, "units", 4).replace("4", "3")
    assert "Recorded: 3." in said(lab, "units", 3)


def test_an_answer_without_a_question_is_not_called_right_by_silence(lab: Lesson) -> None:
    assert said(lab, "units", 3).endswith("That does not mean that it is right. Which step are you least sure of?")
    assert "least sure" not in said(lab, "units", 6)


def test_what_cannot_be_read_does_not_replace_what_was_recorded(lab: Lesson) -> None:
    said(lab, "units", 3)
    said(lab, "units", "three")
    assert "Six transfers: recorded, tries: 2" in lab.progress().text


def test_praise_for_public_cases_says_that_others_come(lab: Lesson) -> None:
    assert (
        said(lab, "plus", RIGHT_PLUS)
        == "**Plus 7.** The case agrees. When it is marked, it is run on other cases, too."
    )


def test_the_puzzle_is_offered_from_the_third_try(lab: Lesson) -> None:
    wrong = f"PUSH0 CALLDATALOAD {HAND_BACK}"
    offers = ["lab.parsons" in said(lab, "plus", wrong) for _ in range(4)]
    assert offers == [False, False, True, True]
    said(lab, "plus", "")
    assert "tries: 4" in lab.progress().text, "an empty answer is no try"


def test_one_case_agrees_and_none_agree(lab: Lesson) -> None:
    assert "1 of 2 cases agrees." in said(lab, "meet", always)
    assert "0 of 2 cases agree." in said(lab, "meet", never_sure)


def test_a_loop_without_end_is_stopped(lab: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toyevm.teaching.lab.judge_functions.PATIENCE", 0.2)
    before = signal.getsignal(signal.SIGALRM)
    text = said(lab, "meet", endless)
    assert "did not come back within 0.2 seconds, given [" in text
    assert text.endswith("Which loop never ends, or takes very long?")
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before
    assert "cases agree" in said(lab, "meet", right_meet)


def test_a_function_is_judged_even_where_no_alarm_can_ring(lab: Lesson) -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(said(lab, "meet", right_meet)))
    thread.start()
    thread.join()
    assert "cases agree" in found[0]


def test_a_function_that_prints_its_answer_is_told_so(lab: Lesson, capsys: pytest.CaptureFixture[str]) -> None:
    assert "it prints but returns nothing. Which keyword" in said(lab, "meet", loud)
    assert "loud: " in capsys.readouterr().out
    assert "Missing" in said(lab, "meet", lambda one, other: None)


def test_a_function_without_a_return_is_told_so(lab: Lesson) -> None:
    def forgetful(one: list[str], other: list[str]) -> None:
        _ = [place for place in one if place in other]

    assert "it runs but returns nothing. Which keyword" in said(lab, "meet", forgetful)


def test_what_is_no_function_is_told_so(lab: Lesson) -> None:
    assert "it is a list, but a function is needed. Which keyword starts one?" in said(lab, "meet", [["a"], ["b"]])
    for nothing in (None, ...):
        assert "Missing" in said(lab, "meet", nothing)


def test_a_numpy_array_where_a_function_belongs_is_refused_in_words(lab: Lesson) -> None:
    numpy = pytest.importorskip("numpy")  # its == answers with an array, which is neither true nor false
    assert "ndarray" in said(lab, "meet", numpy.array([1, 2]))


def test_an_answer_is_shown_as_one_writes_it(lab: Lesson) -> None:
    assert "yours returns {(0, 1), (1, 2)}" in said(lab, "meet", lambda one, other: {(0, 1), (1, 2)})
    assert "yours returns [{'a'}, set()]" in said(lab, "meet", lambda one, other: ({"a"}, set()))


def test_a_right_answer_is_kept_when_the_student_tries_on(lab: Lesson) -> None:
    said(lab, "meet", right_meet)
    said(lab, "meet", lambda one, other: [])
    assert "right, tries: 2" in lab.progress().text


def test_a_derived_value_is_not_printed_where_the_student_reads(repository: Path) -> None:
    """The notebook knows what is right in lesson 01's traces, and must not say it."""
    lab = Lesson(repository / "course" / "01-the-machine", Progress("01-the-machine"))
    text = said(lab, "trace-six", [[5], [12, 5], [12, 5, 12], [7, 12], [12, 7, 12], [99, 12]])
    assert "The first 5 entries agree. `trace[5]` is the first that differs: yours is [99, 12]." in text
    assert "[5, 12]" not in text
    assert "10" not in said(lab, "last-step", 11)


def marking_lab() -> Lesson:
    items = read_items(COURSE / "items.toml")
    return Lesson(COURSE, Progress("03-shop"), read_marking(FIXTURE / "solutions" / "03-shop" / "marking.toml", items))


@pytest.mark.parametrize(
    ("item_id", "answer", "points"),
    [
        ("units", 3, 2),
        ("units", 4, 0),
        ("units", ..., 0),
        ("plus", RIGHT_PLUS, 2),
        ("plus", "PUSH1 8 " + HAND_BACK, 0),  # right on the public case only
        ("meet", right_meet, 3),
        ("meet", lambda one, other: one[0] == other[0] or one[1] == other[1], 2),
        ("why", "B", 1),
        ("why", "A", 0),
    ],
)
def test_a_marker_gets_points(item_id: str, answer: Any, points: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOYEVM_MODE", "mark")
    earned = marking_lab().check(item_id, answer)
    assert (type(earned), earned) == (int, points)


def test_marking_without_the_private_side_is_refused(lab: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOYEVM_MODE", "mark")
    with pytest.raises(InputError, match="'units' cannot be marked here"):
        lab.check("units", 3)


def test_a_students_notebook_does_not_show_the_private_side(lab: Lesson) -> None:
    assert "PUSH1 8" not in said(lab, "plus", "PUSH1 8 " + HAND_BACK)
    assert isinstance(marking_lab().check("units", 3), Feedback)
    assert "Recorded" in said(marking_lab(), "units", 3)
