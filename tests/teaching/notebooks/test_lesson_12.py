"""Lesson 12 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import pytest

from tests.teaching.notebooks.test_lesson_10 import shown_in, words_of
from tests.teaching.notebooks.test_notebooks import COURSE, execute, read, source

LESSON = COURSE / "12-polynomials/12-polynomials.ipynb"
RIGHT = {
    'lab.predict("points")': 'lab.predict("points", choose="A")',
    'lab.predict("guess")': 'lab.predict("guess", choose="A")',
    "my_number = None": "my_number = 25",
    "my_coefficients = None": "my_coefficients = [7, 52, 50]",
    "my_lie = None": "my_lie = through({**{x: word[x] for x in list(word)[:7]}, 1: 50})",
    "my_steps = None": "my_steps = [2, 3]",
    "return None  # Your turn: 32 numbers": "return [a * inverse(b) % 97 for a, b in zip(c, z)]",
    "return None  # Your turn\n": (
        "return ((left + right) * inverse(2) + beta * (left - right) * inverse(2 * x)) % 97\n"
    ),
    "my_places = None": "my_places = [(5, 21), (5, 13), (1, 5)]",
}
GIVEAWAYS = {
    "points": ("6,509 of", "300,000", "at most n"),
    "guess": ("4²⁰", "million million:", "239 proofs"),
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
    assert "*a random check can be guessed*" in shown["guess-reveal"]


@pytest.mark.slow
def test_what_was_moved_in_the_player_counts_in_the_cell_below() -> None:
    shown = shown_in(execute(LESSON, {"player = ExtensionPlayer()": "player = ExtensionPlayer()\nplayer.set(row3=18)"}))
    assert "One row is false, and all 32 points have changed" in shown["hide-turn"]


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    cells = read(LESSON)["cells"]
    (at,) = (i for i, cell in enumerate(cells) if f'lab.predict("{name}")' in source(cell))
    above = [source(cell) + "".join(map(words_of, cell.get("outputs", []))) for cell in cells[:at]]
    text = "\n".join([*above, source(cells[at])]).casefold()
    assert [words for words in GIVEAWAYS[name] if words.casefold() in text] == []
