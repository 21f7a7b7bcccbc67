"""Lesson 15 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, given_away, read, shown_in

LESSON = COURSE / "15-applications/15-applications.ipynb"
RIGHT = {
    'lab.predict("rank")': 'lab.predict("rank", choose="D")',
    'lab.predict("half-half")': 'lab.predict("half-half", choose="A")',
    'lab.predict("mixed")': 'lab.predict("mixed", choose="B")',
    "my_mix = None": 'my_mix = {"swaps": 1, "drop": 1, "market": 1, "game": 1}',
    "return None  # Your turn: True if the tokens are sold, else False": (
        'room = f"room{buyer % 8}"\n    if slots[room] < amount:\n        return False\n'
        "    slots[room] -= amount\n    return True"
    ),
    "my_weth = None": "my_weth = 12",
    "my_worth = (None, None)": "my_worth = (60, 75)",
    "my_block = None": 'my_block = [("buy", 30), "Uma", ("sell", 20)]',
    "my_least = None": "my_least = 18.4",
    "return None  # Your turn\n": "amount, pool.owed[who] = pool.owed[who], 0\n    pool.pay(who, amount)\n",
    "my_liquidation = (None, None)": "my_liquidation = (1750, 350)",
}
GIVEAWAYS = {
    "rank": ("60.0×", "1.0×", "reads how much is sold", "the next one reads it"),
    "mixed": ("20.0", "span 2", "20 times as fast", "short chains", "chain of 2"),
    "half-half": ("2.0×", "side by side", "span 30", "longest chain decides"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_15_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*throughput belongs to the chain*" in shown["imports"]
    assert "payments 60.0×, drop 1.0×, swaps 1.0×" in shown["imports"]
    assert "*serial stays serial*" in shown["half-reveal"]
    assert "a chain of 30 swaps and a chain of 30 purchases: span 30, at best 2.0×" in shown["half-reveal"]
    assert "*all swaps are one chain*" in shown["mixed-reveal"]
    assert "span 2: at best 20.0 times as fast" in shown["mixed-reveal"]
    assert "at best 4.0 times as fast" in shown["mix-turn"]
    assert "longest chain 5" in shown["drop-turn"]
    assert "product 3600" in shown["third-turn"]
    assert "20 %" in shown["kept-turn"]
    assert "(+18.0 DAI)" in shown["sandwich-turn"]
    assert "wants 18.4: reverts" in shown["least-turn"]
    assert "Everybody has what they own" in shown["withdraw-turn"]
    assert "80 % of Bob's pledge is 14,000 DAI" in shown["liquidate-turn"]


@pytest.mark.slow
def test_the_mixer_can_be_handed_in_as_it_was_set() -> None:
    steps = {"my_mix = None": ("mixer.mix(swaps=2, drop=2, market=2, loans=2, game=2)\nmy_mix = mixer")}
    assert "at best 5.0 times as fast" in shown_in(execute(LESSON, steps))["mix-turn"]


@pytest.mark.slow
def test_a_student_who_does_nothing_meets_no_traceback_and_no_answer() -> None:
    shown = shown_in(execute(LESSON, {}))
    assert all("Traceback" not in words for words in shown.values())
    turns = [words for name, words in shown.items() if name.endswith("-turn")]
    assert len(turns) == 8
    assert all(words.strip().startswith("Missing") for words in turns)


@pytest.mark.parametrize("bet", GIVEAWAYS)
def test_nothing_near_a_bet_of_lesson_15_gives_it_away(bet: str) -> None:
    assert given_away(read(LESSON), bet, GIVEAWAYS[bet]) == []
