"""Lesson 07 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, given_away, read, shown_in

LESSON = COURSE / "07-block-access-lists/07-block-access-lists.ipynb"
RIGHT = {
    'lab.predict("same-value")': 'lab.predict("same-value", choose="A")',
    'lab.predict("consistent-lie")': 'lab.predict("consistent-lie", choose="C")',
    'my_ann = ""': 'my_ann = "Ann: nonce 1:1"',
    'my_box = ""': 'my_box = "box: slot 1 1:8 4:7; read 3, 5"',
    "    return None  # Your turn": "    return ([parent] + [value for at, value in changes if at <= tx_index])[-1]",
    'my_lies = {"wrong value": "", "wrong index": "", "missing read": ""}': (
        'my_lies = {"wrong value": "Eve: balance 7:133", "wrong index": "Cleo: nonce 4:1", '
        '"missing read": "box: slot 2 2:40 4:50 6:55; read 3"}'
    ),
    "my_catch = None": 'my_catch = (3, "wrong index")',
    "my_whole = None": "my_whole = 1 / (0.545 / 1.37 + 0.455 / 0.63)",
    "my_even = None": "my_even = 1.96",
    "my_slots = None": "my_slots = 18_000",
}
GIVEAWAYS = {
    "same-value": ("no-op", "read 1", "as it began", "touched"),
    "consistent-lie": ("tx 1: FAILS", "in transaction 1", "started from true", "starts from true"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_07_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*the opcode decides*" in shown["imports"]
    assert "box: read 1" in shown["imports"]
    assert "*false values fail*" in shown["lie-run"]
    assert "tx 1: FAILS, tx 2: passes, tx 3: passes" in shown["lie-run"]
    for name in ("ann-turn", "box-turn"):
        assert "no lie found" in shown[name]
    assert "8 cases of 8" in shown["found-turn"]
    assert "Three lies, three names." in shown["liar-turn"]
    assert "Transaction 3 leaves 50" in shown["catch-turn"]
    assert "= 1.12 of the old time: 0.89 times the speed" in shown["whole-turn"]
    assert "the whole block 1.00 times" in shown["even-turn"]


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    shown = shown_in(read(LESSON))
    assert "box: slot 2 2:40 4:50 6:55; read 1, 3" in shown["village-list"]
    assert re.findall(r"(\d\.\d)×", shown["race"]) == ["1.0", "5.1", "5.4", "7.6"]
    assert re.findall(r"valid, succeeds, ([\d,]+)", shown["hint-run"]) == ["23,287", "25,587", "29,987"]
    assert max(map(float, re.findall(r"×   +([\d.]+)×   +[\d.]+×   ", shown["tail-table"]))) == 2.2
    assert shown["size-run"].splitlines()[0].endswith("oversized")


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    assert given_away(read(LESSON), name, GIVEAWAYS[name]) == []
