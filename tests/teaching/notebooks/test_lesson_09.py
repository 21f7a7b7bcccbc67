"""Lesson 09 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, given_away, read, shown_in, source
from toyevm.teaching.lessons.batches_data_cost.frames import EVENING, MORNING, Posts, derive_by_hand

LESSON = COURSE / "09-batches-data-cost/09-batches-data-cost.ipynb"
RIGHT = {
    'lab.predict("root-is-there")': 'lab.predict("root-is-there", choose="A")',
    'lab.predict("half-withheld")': 'lab.predict("half-withheld", choose="C")',
    'my_ways = {"a": None, "b": None, "c": None, "d": None}': (
        'my_ways = {"a": "cores", "b": "layer", "c": "both", "d": "neither"}'
    ),
    "my_floor = None": "my_floor = 64 + 15",
    "my_gwei = None": "my_gwei = (21_000 + 100 * 10 + 3_900 * 40) * 2",
    "my_prices = None": 'my_prices = {"transfers": 1000, "base_fee": "1 gwei", "blob_fee": "99.9 gwei"}',
    "my_even = None": "my_even = 820",
    "my_payments = []": 'my_payments = ["Ann>Bob 6", "Dan>Cleo 80", "Cleo>Bob 2"]',
    "        pass  # Your turn: rules 2 to 4": (
        "        if number == 0 and name != channel:\n"
        '            channel, due, text = name, 0, ""\n'
        "        if name == channel and number == due:\n"
        "            text, due = text + piece, due + 1\n"
        "            if is_last:\n"
        "                done.append(text)\n"
        "                channel = None"
    ),
    "my_chance = None": "my_chance = 3 / 8 * 2 / 7",
    'my_hidden = ""': 'my_hidden = "0, 2..19, 21..34, 36..46, 48..67, 69"',
    "my_blocks = None": "my_blocks = 88",
}
GIVEAWAYS = {
    "root-is-there": ("available", "availability", "frozen", "executed again", "no path"),
    "half-withheld": ("1/2", "notice", "0.31", "are the same", "nothing is lost"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_09_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*the hash is the data*" in shown["imports"]
    assert "*the original is the data*" in shown["withheld-run"]
    assert "rebuilt from cells 64 to 127, are the same" in shown["withheld-run"]
    assert "All four." in shown["ways-turn"]
    assert "part by part" in shown["floor-turn"]
    assert "= 356,000 gwei" in shown["calldata-turn"]
    assert "cheaper   calldata, 4.1 times" in shown["counter-turn"]
    assert "At 819, calldata is still cheaper." in shown["even-turn"]
    assert "your L2: Ann>Bob 6, Dan>Cleo 80, Cleo>Bob 2" in shown["derive-turn"]
    assert "11 cases of 11" in shown["assemble-turn"]
    assert "3/8 · 2/7 = 3/28" in shown["odds-turn"]
    assert "client 0 accepts the blob" in shown["attack-turn"]
    assert "88 blocks take about 18 minutes" in shown["market-turn"]


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    notebook = read(LESSON)
    shown, text = shown_in(notebook), {cell["id"]: source(cell) for cell in notebook["cells"]}
    rows = [re.findall(r"[\d,.]+", row) for row in shown["ways"].splitlines()[1:]]
    assert [(float(row[2]), int(row[5])) for row in rows] == [(1.0, 38), (5.4, 38), (1.0, 461), (5.4, 461)]
    assert f"5.4 · 38 = {5.4 * 38:.0f}" in text["ways-talk"]
    signature = re.search(r"signature +([\d.]+) +([\d.]+)", shown["bytes"])
    assert signature is not None
    assert float(signature[2]) >= float(signature[1]) > 64
    assert re.search(r"as nodes send it +120\.", shown["bytes"])
    assert re.search(r"columns +[\d.]+ +79\.8", shown["bytes"])
    assert shown["real"].count("used") == 3
    lost, derived = re.findall(r"block 5, hash 0x[0-9a-f]{16}", shown["real"])
    assert lost == derived
    assert "client    0 asks for 1, 20, 35, 47, 68, 86, 95, 118" in shown["grid"]
    assert "1, 20, 35, 47, 68, 86, 95 and 118" in text["attack-task"]


def test_the_posts_in_the_text_are_those_that_are_judged() -> None:
    text = next(source(cell) for cell in read(LESSON)["cells"] if cell["id"] == "derive-head")
    rows = {int(row[0]): row[1] for row in re.findall(r"^\| (\d+) \| (.*?) \|", text, flags=re.MULTILINE)}
    written: Posts = {number: tuple(re.findall(r"`([^`]+)`", posts)) for number, posts in rows.items()}
    assert written == {**MORNING, **EVENING}
    assert derive_by_hand(MORNING) == ["Ann>Bob 5", "Bob>Cleo 3"]


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    assert given_away(read(LESSON), name, GIVEAWAYS[name]) == []


def test_the_surprise_comes_within_five_cells() -> None:
    assert [cell["id"] for cell in read(LESSON)["cells"][:4]] == ["title", "bet", "imports", "fire-batch"]
