"""Lesson 12 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, given_away, read, shown_in
from toyevm.rollups.zk.fibonacci import fibonacci_square, fibonacci_trace
from toyevm.rollups.zk.stark import prove, verify

LESSON = COURSE / "12-polynomials/12-polynomials.ipynb"
RIGHT = {
    'lab.predict("points")': 'lab.predict("points", choose="A")',
    'lab.predict("guess")': 'lab.predict("guess", choose="A")',
    "my_number = None": "my_number = 25",
    "my_coefficients = None": "my_coefficients = [7, 52, 50]",
    "my_lie = None": "my_lie = through({**{x: codeword[x] for x in list(codeword)[:7]}, 1: 50})",
    "my_steps = None": "my_steps = [2, 3]",
    "return None  # Your turn: 32 numbers": "return [a * inverse(b) % 97 for a, b in zip(c, z)]",
    "return None  # Your turn\n": (
        "return ((left + right) * inverse(2) + beta * (left - right) * inverse(2 * x)) % 97\n"
    ),
    "my_places = None": "my_places = [(5, 21), (5, 13), (1, 5)]",
    "my_betas = None": "my_betas = [1, 7]",
}
GIVEAWAYS = {
    "points": ("6,509 of", "300,000", "at most n", "one point", "one_point"),
    "guess": ("4¹⁰", "1,048,576", "232 proofs"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_12_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "40 of 40 differ there" in shown["imports"]
    assert "4 * 25 = 100 = 3" in shown["quarters-turn"]
    assert "It fits." in shown["through-turn"]
    assert "unchanged: 7 of 32 points" in shown["hide-turn"]
    assert "Two steps use the cell" in shown["steps-turn"]
    assert "accepted at 32 of 32 points" in shown["forge-turn"]
    assert "folds fit" in shown["fold-turn"]
    assert "Six values of 56" in shown["query-turn"]
    assert (
        "your proof, claim 77\n  the first verifier accepts\n  the whole verifier refuses: fri final" in shown["whole"]
    )
    assert "one of about 6 * 10^45" in shown["odds-turn"]
    assert "*a random check can be guessed*" in shown["guess-reveal"]


@pytest.mark.slow
def test_what_was_moved_in_the_player_counts_in_the_cell_below() -> None:
    shown = shown_in(execute(LESSON, {"player = ExtensionPlayer()": "player = ExtensionPlayer()\nplayer.set(row3=18)"}))
    assert "One row is false, and all 32 points have changed" in shown["hide-turn"]


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    shown = shown_in(read(LESSON))
    assert re.findall(r" (\d+) coefficients", shown["quotients"]) == ["8", "32"]
    assert all(word in shown["retrieve"] for word in ("`recall-opening`", "`recall-sampling`"))
    assert "the first verifier accepts 96, the whole one 4" in shown["every-claim"]
    assert "valid: True" in shown["engine"]
    assert "one changed cell, valid: False" in shown["engine"]


def test_a_false_cell_in_the_first_row_is_refused_by_the_engine_too() -> None:
    rows, air = fibonacci_trace(1024, second=3), fibonacci_square(1024, second=3)
    proof = prove(air, rows)
    assert not verify(fibonacci_square(1024, second=4), 1024, proof).valid
    assert not verify(air, 1024, proof[:99] + bytes([proof[99] ^ 1]) + proof[100:]).valid
    rows[0, 0] += 1
    assert not verify(air, 1024, prove(air, rows)).valid


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    assert given_away(read(LESSON), name, GIVEAWAYS[name]) == []


def test_the_picture_above_the_turn_on_queries_does_not_show_its_answer() -> None:
    shown = shown_in(read(LESSON))
    assert "place 3 opens 3 and 19, then 3 and 11, then 3 and 7" in shown["query-picture"]
    assert [cell for cell, words in shown.items() if "5 and 13" in words or "(5, 13)" in words] == []
