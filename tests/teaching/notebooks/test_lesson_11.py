"""Lesson 11 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, given_away, read, shown_in, source
from toyevm.teaching.kit.bisection.eight_steps import honest

LESSON = COURSE / "11-optimistic-rollup/11-optimistic-rollup.ipynb"
RIGHT = {
    'lab.predict("million-steps")': 'lab.predict("million-steps", choose="A")',
    'lab.predict("nobody-objects")': 'lab.predict("nobody-objects", choose="D")',
    "my_stacks = None": "my_stacks = [[12, 7], [19], [0, 19]]",
    "low, high = 0, steps\n    return None  # Your turn": (
        "low, high = 0, steps\n"
        "    while high - low > 1:\n"
        "        middle = (low + high) // 2\n"
        "        low, high = (middle, high) if ask(middle) == mine(middle) else (low, middle)\n"
        "    return low"
    ),
    "my_witness = None": 'my_witness = ["counters", "code", "top", "second"]',
    "def run_step(before, op, top, second, rest):\n    return None": (
        "def run_step(before, op, top, second, rest):\n"
        "    if link(top, link(second, rest)) != before:\n"
        "        return None\n"
        '    made = {"ADD": top + second, "MUL": top * second, "SUB": top - second}[op]\n'
        "    return link(made % 2**256, rest)"
    ),
    "my_race = None": "my_race = (5, 1)",
    "my_lies = {}": "my_lies = {3: 100}",
    "def commitments(states):\n    return None": (
        "def commitments(states):\n"
        "    made = [states[0]]\n"
        "    for state in states[1:]:\n"
        "        made.append(pair(made[-1], state))\n"
        "    return made"
    ),
    'my_guess = {"two": None, "four": None, "twice": None, "L2": None}': (
        'my_guess = {"two": "safe", "four": "stolen", "twice": "stolen", "L2": "safe"}'
    ),
    "my_amount = None": "my_amount = 1252",
}
PLAYED = {  # what is played in a widget counts in the cell below it
    "game = BisectionGame()": 'game = BisectionGame()\ngame.play("disagree agree agree")',
}
GIVEAWAYS = {
    "million-steps": ("20 rounds", "halve", "bisect", "one step", "log2"),
    "nobody-objects": ("stands", "takes it for true", "true or false", "pays by it"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_11_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT | PLAYED))
    assert "*l1 runs everything*" in shown["imports"]
    assert "20 rounds, and L1 ran 1 step" in shown["imports"]
    assert "*no challenge is valid*" in shown["nobody-reveal"]
    assert f"state 8  {honest()[8].short}  stopped, slot 0 holds 19" in shown["stacks-turn"]
    assert "Mallory loses the bond to you" in shown["hand-turn"]
    assert "12 cases of 12" in shown["program-turn"]
    assert f"L1 runs MUL, and comes to {honest()[4].short}" in shown["witness-turn"]
    assert "7 true witnesses, 4 forged ones" in shown["check-turn"]
    assert "transaction 5 read pool 0's slot 0x3 as 10,000,000" in shown["race-turn"]
    assert "no dispute. The bridge pays Mallory 100 ether" in shown["vanish-turn"]
    assert "dispute, bisected to transaction 2" in shown["vanish-turn"]
    assert "= = = = = = = ≠ ≠" in shown["chain-turn"]
    assert re.findall(r"^(\w+) +(\w+):", shown["kept-turn"], re.MULTILINE) == [
        ("two", "safe"), ("four", "stolen"), ("twice", "stolen"), ("L2", "safe"),
    ]  # fmt: skip
    assert "1.2005 ether a day" in shown["even-turn"]


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    shown = shown_in(read(LESSON))
    assert f"a witness of 160 bytes: L1 runs step 3, and gets {honest()[4].short}" in shown["real-step"]
    assert "6 rounds, transaction 5 is left" in shown["race"]
    assert re.search(r"SLOAD +gas", shown["race-step"])
    (step,) = re.findall(r"^in the stepper below, micro-step \d+ is step (\d+)$", shown["race"], re.MULTILINE)
    assert shown["race-step"].startswith(f"step {step} of ")
    assert "10,000,001" in shown["race"]
    assert f"{10_000_001 * 10**18:#x}"[:6] == "0x8459"  # as the stepper shortens it
    assert "slot 0 holds 99" in shown["game"]


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    assert given_away(read(LESSON), name, GIVEAWAYS[name]) == []


def test_no_text_above_the_first_bet_says_how_many_steps_l1_runs() -> None:
    title = source(read(LESSON)["cells"][0])
    assert re.findall(r"(?i)bisect|halv|log|\bone (?:wrong )?step\b", title) == []
