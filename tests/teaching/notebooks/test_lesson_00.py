"""Lesson 00 in the hands of students who answer rightly, wrongly, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.notebooks.test_notebooks import execute, read

LESSON = Path(__file__).resolve().parents[3] / "course/00-why-blocks-are-slow/00-why-blocks-are-slow.ipynb"
NOBODY = "my_payments = None"
RIGHT = {
    NOBODY: 'my_payments = "Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve, Eve>Fay, Fay>Ann"',
    "my_number = None": "my_number = 4",
    'my_schedule = ""': 'my_schedule = "A1 B1 A2 B2 C1 C2"',
    'my_safe_schedule = ""': 'my_safe_schedule = "A1 C1 A2 B1 C2 B2"',
    "my_theft = None": 'my_theft = "Ann>Shop 5, Shop>Dan 9"',
    "my_theft_schedule = None": 'my_theft_schedule = "A1 B1 B2 A2"',
    "my_demand = None": "my_demand = 10",
    'lab.predict("fifty-cores")': 'lab.predict("fifty-cores", choose="A")',
}
WRONG = {
    NOBODY: 'my_payments = "Ann>Shop, Bob>Shop, Cleo>Shop, Dan>Shop, Eve>Shop, Fay>Shop"',
    "my_number = None": "my_number = 25",
    'my_schedule = ""': 'my_schedule = "A1 A2 B1 B2 C1 C2"',
    'my_safe_schedule = ""': 'my_safe_schedule = "A1 A2 B1 B2 C1 C2"',
    "my_theft = None": 'my_theft = "Ann>Shop 5, Bob>Shop 7"',
    "my_theft_schedule = None": 'my_theft_schedule = "A1 B1 A2 B2"',
    "my_demand = None": "my_demand = 20",
}
CLUMSY = {
    'my_schedule = ""': 'my_schedule = "A2 A1"',
    'my_safe_schedule = ""': 'my_safe_schedule = "A1 B1 C1 A2 B2 C2"',
    "my_theft = None": 'my_theft = "Ann to Bob"',
    "my_theft_schedule = None": 'my_theft_schedule = "A1 A2"',
    "my_number = None": 'my_number = "4"',
    "my_demand = None": "my_demand = 400",
    NOBODY: 'my_payments = "Ann>Bob"',
}


def revealed(notebook: Any, name: str) -> str:
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == name)
    return "".join(output.get("data", {}).get("text/plain", "") for output in cell["outputs"])


@pytest.mark.slow
def test_a_student_who_answers_lesson_00_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT)
    assert "a block B without a shop" in revealed(done, "chain-turn")
    assert "  4 to the shop:  25.0 times" in revealed(done, "turn-half-code")
    assert "  5 to the shop:  20.0 times" in revealed(done, "turn-half-code")
    assert "5 ether are gone." in revealed(done, "lost-turn")
    assert "Which value did the last writer believe in" in revealed(done, "lost-turn")
    assert "Right, and C ran meanwhile" in revealed(done, "safe-turn")
    assert "There were 300 ether; now there are 309." in revealed(done, "mint-turn")
    assert "A profit, from nothing." in revealed(done, "mint-turn")
    assert "Flat." in revealed(done, "steady-turn")
    assert "*cores divide any work*" in revealed(done, "reveal-cores")


@pytest.mark.slow
def test_a_student_who_answers_lesson_00_wrongly_gets_the_next_question() -> None:
    done = execute(LESSON, WRONG)
    assert "What if somebody is paid once, and pays once?" in revealed(done, "chain-turn")
    assert " 25 to the shop:   4.0 times" in revealed(done, "turn-half-code")
    assert "nothing is lost. Which two meet at one balance" in revealed(done, "lost-turn")
    assert "Right, but C ran alone." in revealed(done, "safe-turn")
    assert "now there are 295" in revealed(done, "mint-turn")
    assert "Whose *spending* could be forgotten" in revealed(done, "mint-turn")
    assert "How full may a block be before the fee rises?" in revealed(done, "steady-turn")


@pytest.mark.slow
def test_nonsense_does_not_stop_lesson_00() -> None:
    done = execute(LESSON, CLUMSY)
    assert "This is 1 payment, and six are wanted." in revealed(done, "chain-turn")
    assert "a number of payments, from 0 to 100" in revealed(done, "turn-half-code")
    assert "A2 comes before A1" in revealed(done, "lost-turn")
    assert "They overlap, and money is lost." in revealed(done, "safe-turn")
    assert "cannot read 'Ann to Bob'" in revealed(done, "mint-turn")
    assert "a number of payments, from 0 to 40" in revealed(done, "steady-turn")


def test_the_surprise_comes_within_five_cells() -> None:
    assert [cell["id"] for cell in read(LESSON)["cells"][:5]][-1] == "slider"
