"""Lesson 17 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, given_away, read, shown_in

pytest.importorskip("numpy")
LESSON = COURSE / "17-energy-and-claims/17-energy-and-claims.ipynb"
MEET = """def people(tx):
        payee = tx.words[0].to_bytes(20, "big") if tx.selector == TRANSFER else tx.to
        return {tx.sender, payee}

    return bool(people(one) & people(other))"""
RIGHT = {
    'lab.predict("more-cores")': 'lab.predict("more-cores", choose="B")',
    'lab.predict("table")': 'lab.predict("table", choose="A")',
    "my_run = None": 'player.set(block="one counter", way="optimistic", cores=16)\nmy_run = player',
    "my_hashes = None": "my_hashes = 4096",
    "my_joules = (None, None)": "my_joules = (16_027, 77_622)",
    "return None  # Your turn: True or False": MEET,
    "my_lie = None": "my_lie = [(number, number + 1) for number in range(39)]",
    "my_audit = (None, None)": 'my_audit = ("B", "true if")',
    "my_systems = None": 'my_systems = ["L1", "optimistic", "sidechain"]',
}
GIVEAWAYS = {
    "more-cores": ("12.8", "13.7", "run again, and again", "the same transactions run again"),
    "table": ("69%", "32%", "no person", "share no person"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_17_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*work is the block*" in shown["imports"]
    assert "work 12.8 times" in shown["imports"]
    assert "*one contract one slot*" in shown["table-reveal"]
    assert "again and again" in shown["wasteful-turn"]
    assert "4,096" in shown["hashes-turn"]
    assert "factor of 4.8" in shown["joules-turn"]
    assert "Better than the table" in shown["meet-turn"]
    assert "the result is the same" in shown["lie-turn"]
    assert "verdict: true if" in shown["experiment-turn"]
    assert "Three users, three systems" in shown["whom-turn"]


@pytest.mark.slow
def test_a_student_who_does_nothing_meets_no_traceback_and_no_answer() -> None:
    shown = shown_in(execute(LESSON, {}))
    assert all("Traceback" not in words for words in shown.values())
    turns = [words for name, words in shown.items() if name.endswith("-turn")]
    assert len(turns) == 7
    assert all(words.strip().startswith("Missing") for words in turns)


@pytest.mark.parametrize("bet", GIVEAWAYS)
def test_nothing_near_a_bet_of_lesson_17_gives_it_away(bet: str) -> None:
    assert given_away(read(LESSON), bet, GIVEAWAYS[bet]) == []
