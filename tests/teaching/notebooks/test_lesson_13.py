"""Lesson 13 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, given_away, prose, read, shown_in
from toyevm.teaching.lessons.zk_rollup.growth_view import MEASURED

LESSON = COURSE / "13-zk-rollup/13-zk-rollup.ipynb"
RIGHT = {
    'lab.predict("changed-cell")': 'lab.predict("changed-cell", choose="B")',
    'lab.predict("stranger")': 'lab.predict("stranger", choose="A")',
    "return None  # Your turn: a number that is 0 exactly if the rule holds": (
        "return following.ann - now.ann + now.amount * (1 - 2 * now.back)"
    ),
    "my_cell = None": 'my_cell = (7, "amount")',
    "my_bytes = None": "my_bytes = [0, 570, 600, 1400, 2000]",
    "my_ends = [None, None, None, None]": 'my_ends = ["safe", "safe", "frozen", "stolen"]',
    "my_amounts = None": "my_amounts = [-20, 0, 0, 0, 0, 0, 0]",
    "my_claim = None": 'my_claim = claim._replace(receiver="Mallory")',
    "my_bits = (None, None, None)": "my_bits = tuple(int(-50 * log2(c)) for c in (5 / 8, 41 / 80, 1 / 4))",
    "my_places = None": "my_places = [k for k in range(32) if k % 4 != 1]",
}
GIVEAWAYS = {
    "changed-cell": ("91", "random point 91", "equation with it fails", "not hold outside"),
    "stranger": ("pays Cleo", "pays Dan", "the amounts 5", "succinct", "can be interpolated"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_13_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*a lie stays in its row*" in shown["imports"]
    assert "the constraints at a random point 91" in shown["imports"]
    assert "13 cases of 13" in shown["rule-turn"]
    assert "all rules hold" in shown["free-turn"]
    assert "5 checks" in shown["checks-turn"]
    assert "Ann has taken 20 ether from Bob" in shown["rob-turn"]
    assert "all rules  refused: constraints" in shown["rob-turn"]
    assert "Mallory gets the fee" in shown["fee-turn"]
    assert "by the engine: 33.9, 48.2, 100.0" in shown["bits-turn"]
    assert "*validity is privacy*" in shown["privacy-reveal"]
    assert "pays" in shown["privacy-reveal"]
    assert "The engine has run all four" in shown["ends-turn"]
    assert "24 of 32 places are false" in shown["folds-turn"]


@pytest.mark.slow
def test_what_was_changed_in_the_player_counts_in_the_cell_below() -> None:
    shown = shown_in(execute(LESSON, {"add=1)\nrules": 'add=1)\nrules.set(column="bob", row=4, add=1)\nrules'}))
    assert "2 values are not 0, in rows 3 and 4" in shown["free-turn"]


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    shown = shown_in(read(LESSON))
    assert re.findall(r"minimum.*?([\d.]+) +([\d.]+) +([\d.]+)", shown["rounds"]) == [("75.0", "102.3", "128.0")]
    assert "a trace of 512 rows and 357 columns" in shown["batch"]
    assert "32 rows, 357 columns" in shown["payment"]
    assert "1,024 payments: proof" in shown["growth"]
    count, size, _, statement, rerun, prover = MEASURED[-1]
    assert f"the prover took {prover:.1f} CPU seconds for {count:,} payments" in prose(read(LESSON))
    assert f"A proof of about {size / 1024:.0f} KiB" in prose(read(LESSON))
    assert statement > rerun  # "slower than re-execution"
    assert shown["mixed"].strip().endswith("refused: transaction 0: calls a contract")


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    assert given_away(read(LESSON), name, GIVEAWAYS[name]) == []


def test_the_second_bet_stands_above_all_that_says_what_a_proof_shows() -> None:
    ids = [cell["id"] for cell in read(LESSON)["cells"]]
    assert ids.index("privacy-bet") < min(map(ids.index, ("proof-head", "rollup-head", "privacy-reveal")))
    assert ids.index("privacy-reveal") < min(map(ids.index, ("batch", "l1-checks")))  # they tell it, too


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_the_form_of_an_option_does_not_tell_which_is_right(name: str) -> None:
    items = tomllib.loads((LESSON.parent / "items.toml").read_text(encoding="utf-8"))
    (bet,) = (bet for bet in items["prediction"] if bet["id"] == name)
    assert all(re.fullmatch(r"[^:]+: [^:]+", option["text"]) for option in bet["options"])
    lengths = [len(option["text"].split()) for option in bet["options"]]
    right = next(len(option["text"].split()) for option in bet["options"] if option.get("right"))
    assert min(lengths) < right < max(lengths)
