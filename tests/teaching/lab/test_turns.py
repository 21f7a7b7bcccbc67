"""Turns: every lesson's answers are out of sight, known by a bank, and never stop a notebook, whatever is handed in."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from contextlib import suppress
from typing import Any

import pytest

import toyevm
from tests.architecture.project import REPOSITORY
from toyevm.errors import InputError
from toyevm.teaching.grading import sandbox
from toyevm.teaching.lab import turns
from toyevm.teaching.lab.lessons import Lesson
from toyevm.teaching.lab.progress import Progress
from toyevm.teaching.lab.turns import Reply, in_words, malformed, missing, right, take_turn, turns_of, wrong
from toyevm.teaching.lab.verdicts import Status

COURSE = REPOSITORY / "course"
LESSONS = [folder.name for folder in sorted(COURSE.glob("[0-9][0-9]-*")) if turns_of(folder.name)]
MOST_LINES = 8  # of a "Your turn" cell that are not the student's
MANY = [(lesson, name) for lesson in LESSONS for name in turns_of(lesson)]


def bank_of(lesson: str) -> dict[str, dict[str, Any]]:
    """Return right and wrong answers by turn, from solutions/NN-name/turns.toml."""
    rows = tomllib.loads((REPOSITORY / "solutions" / lesson / "turns.toml").read_text(encoding="utf-8"))["turn"]
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: row for row in rows}


def value_of(lesson: str, text: str) -> Any:
    """Return what a cell would hand in: an expression, or what the last `def` or assignment of some lines made."""
    names: dict[str, Any] = {name: getattr(toyevm, name) for name in toyevm.__all__}
    package = turns.import_module(f"{turns.LESSONS}.{lesson[3:].replace('-', '_')}")
    names |= {name: getattr(package, name) for name in package.__all__}
    last = re.findall(r"^(?:def )?(\w+)(?:\(| = )", text, re.MULTILINE)
    if "\n" not in text.strip() and not text.startswith("def "):
        return eval(text, names)
    exec(text, names)
    return names[last[-1]]


class Unfriendly:
    """A value that fails whatever it is asked."""

    def __repr__(self) -> str:
        raise ValueError("no name")

    def __eq__(self, other: object) -> bool:
        raise ValueError("no comparison")

    def __hash__(self) -> int:
        return 7


ODD: list[Any] = [
    "", " ", "nonsense", "0", "x" * 5_000, "Ann>Bob", "A:1", "0x00", "PUSH1 1", "RAW", ["RAW"], b"", b"\x01",
    0, 1, -1, 2, 7, 10**30, True, False, 1.5, float("nan"), float("inf"), 1j,
    [], [[]], [None], [0, 0], [1, 2, 3], ["a"], [["a", "b"]], [(0, 1), None], [(1, 0)], [(0, 1, 2)], list(range(2_000)),
    (), (0,), {}, {"a": 1}, {1: 2}, set(), {1, 2}, frozenset({1}), range(3), object(), Unfriendly(), [Unfriendly()],
    [Unfriendly()] * 2, [Unfriendly()] * 3, [Unfriendly()] * 5,
    len, lambda: None, lambda *given: given, int, ValueError, InputError("no"), right("Yes."),
]  # fmt: skip


def is_same(odd: Any, right_answer: Any) -> bool:
    """Compare two values of one type, of which the first may refuse to be compared."""
    with suppress(ValueError):
        return type(odd) is type(right_answer) and bool(odd == right_answer)
    return False


def test_there_are_turns() -> None:
    assert "03-conflicts" in LESSONS


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_notebook_its_answers_and_its_bank_name_the_same_turns(lesson: str) -> None:
    called = [name for cell in cells(lesson) for name in re.findall(r'lab\.turn\("([\w-]+)"', cell)]
    assert sorted(called) == sorted(turns_of(lesson)) == sorted(bank_of(lesson))


@pytest.mark.parametrize(("lesson", "name"), MANY)
def test_right_answers_are_right(lesson: str, name: str) -> None:
    rows = bank_of(lesson)[name]["right"]
    for text in [rows] if isinstance(rows, str) else rows:
        reply = take_turn(lesson, name, value_of(lesson, text))
        assert reply.status is Status.RIGHT, (text, reply)


@pytest.mark.parametrize(("lesson", "name"), MANY)
def test_each_wrong_answer_is_told_its_own_belief_and_asked_back(lesson: str, name: str) -> None:
    rows = bank_of(lesson)[name]["wrong"]
    replies = [take_turn(lesson, name, value_of(lesson, row["answer"])) for row in rows]
    assert [(reply.status, reply.belief) for reply in replies] == [(Status.WRONG, row["belief"]) for row in rows]
    assert len({row["belief"] for row in rows}) >= 3
    assert [reply.text for reply in replies if not reply.text.rstrip().endswith("?")] == []
    by_belief = {reply.belief: reply.text for reply in replies}
    assert len(set(by_belief.values())) == len(by_belief)


@pytest.mark.parametrize(("lesson", "name"), MANY)
def test_no_odd_value_is_right_or_stops_the_notebook(lesson: str, name: str) -> None:
    rows = bank_of(lesson)[name]
    texts = [rows["right"]] if isinstance(rows["right"], str) else rows["right"]
    expected = [value_of(lesson, text) for text in texts]
    for odd in ODD:
        if any(is_same(odd, each) for each in expected):
            continue
        reply = take_turn(lesson, name, odd)
        assert reply.status in (Status.MALFORMED, Status.WRONG, Status.MISSING), (odd, reply)
        assert reply.text.strip()
    assert take_turn(lesson, name, None).status is Status.MISSING


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_untouched_turn_shows_what_is_missing_and_nothing_else(lesson: str) -> None:
    notebook = json.loads((COURSE / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "lab.turn(" in "".join(cell["source"]):
            said = ["".join(output.get("data", {}).get("text/plain", "")) for output in cell["outputs"]]
            assert len(said) == 1, cell["id"]
            assert said[0].startswith("Missing: "), cell["id"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_turn_holds_the_students_lines_and_one_call(lesson: str) -> None:
    for cell in cells(lesson):
        if "Your turn" not in cell:
            continue
        lines = [line for line in cell.split("\n") if line.strip()]
        assert sum("lab.turn(" in line for line in lines) == 1, cell
        assert lines[-1].startswith("lab.turn("), cell
        assert len(lines) - 1 <= MOST_LINES, cell
        assert not re.search(r"^\s*(if|elif|else|assert|print)\b", cell, re.MULTILINE), cell


def cells(lesson: str) -> list[str]:
    notebook = json.loads((COURSE / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


# The mechanism


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lesson:
    def twice(answer: Any) -> Reply:
        if answer is None:
            return missing("a number")
        number = turns.read_number(answer, 0, 10)
        return right("Four. And thrice?") if number == 4 else wrong("off", f"{number}. Once more?", shown="2 x 2")

    fake = {"twice": twice, "call": lambda answer: right(str(turns.call(answer, 2)))}
    monkeypatch.setattr(turns, "turns_of", lambda lesson: fake)
    return Lesson(COURSE / "03-conflicts", Progress("03-conflicts"))


def test_a_turn_is_answered_and_remembered(lab: Lesson) -> None:
    assert str(lab.turn("twice").reply.status) == "missing"
    assert lab.turn("twice", 3).text == "```text\n2 x 2\n```\n\n3. Once more?"
    assert lab.turn("twice", 4).reply == right("Four. And thrice?")
    assert lab.turn("twice", 3).reply.belief == "off"
    assert lab._progress.entry("turns", "twice") == {"tries": 3, "status": "wrong", "solved": True}


def test_what_cannot_be_read_is_a_sentence(lab: Lesson) -> None:
    assert lab.turn("twice", "four").text == "This cannot be read: 'four' (expected a whole number from 0 to 10)."
    assert lab.turn("twice", True).reply.status is Status.MALFORMED
    with pytest.raises(InputError, match="no turn 'thrice'"):
        lab.turn("thrice", 1)


def test_a_students_function_may_do_anything(lab: Lesson) -> None:
    def endless(_: int) -> None:
        while True:
            pass

    assert "ZeroDivisionError" in lab.turn("call", lambda number: number / 0).text
    assert "a function" in lab.turn("call", 4).text
    assert lab.turn("call", lambda number: number).text == "2"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns.call, "__kwdefaults__", {"seconds": 0.2})
        assert "Which loop never ends, or takes very long?" in lab.turn("call", endless).text


def test_a_students_function_that_leaves_python_or_is_refused_is_told_in_a_sentence(lab: Lesson) -> None:
    def refused(_: int) -> None:
        raise InputError("slots['a'] = None", expected="a whole number")

    assert lab.turn("call", sys.exit).text == "This cannot be read: given 2, it ended in SystemExit: 2."
    text = "This cannot be read: given 2, slots['a'] = None (expected a whole number)."
    assert lab.turn("call", refused).text == text


def test_the_stop_button_stops_a_students_function(lab: Lesson) -> None:
    def stopped(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lab.turn("call", stopped)


@pytest.mark.parametrize(
    ("read", "answer", "part"),
    [
        (lambda a: turns.read_list(a, "numbers"), 3, "a list of numbers"),
        (lambda a: turns.read_list(a, "numbers", most=2), [1, 2, 3], "at most 2"),
        (lambda a: turns.read_pairs(a, "arrows"), [(0, 1), 2], "each a pair"),
        (lambda a: turns.read_numbers(a, 0, 7, "payments"), [0, 8], "from 0 to 7"),
        (lambda a: turns.read_words(a, "a plan"), [], "a plan"),
        (lambda a: turns.read_one_of(a, ["RAW", "WAR"], "a hazard"), "rwa", "RAW | WAR"),
        (lambda a: turns.read_one_of(a, ["RAW", "WAR"], "a hazard"), True, "RAW | WAR"),
    ],
)
def test_a_reader_says_what_it_expects(read: Any, answer: Any, part: str) -> None:
    with pytest.raises(InputError, match=re.escape(part)):
        read(answer)


def test_readers_return_what_was_meant() -> None:
    assert turns.read_pairs([[0, 1], (2, 3)], "arrows") == [(0, 1), (2, 3)]
    assert turns.read_one_of(" raw ", ["RAW", "WAR"], "a hazard") == "RAW"
    assert turns.repeat(Unfriendly()) == "a Unfriendly"


def test_words_stand_below_what_an_answer_did() -> None:
    assert in_words(malformed("No.")) == "No."
    assert in_words(right("Yes.", shown="a  b")).split("\n")[1] == "a  b"


def test_the_marking_sandbox_holds_no_answers() -> None:
    answers = sorted((REPOSITORY / "toyevm" / "teaching" / "lessons").glob("*/answers.py"))
    assert answers
    assert set(answers) <= set(sandbox.hidden_files())
