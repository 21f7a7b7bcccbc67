"""Lesson 00 in the hands of students who answer rightly, wrongly, or not at all; what stands around its bets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.teaching.notebooks.test_notebooks import execute, read, revealed, source
from toyevm.teaching.lab.items import read_items

COURSE = Path(__file__).resolve().parents[3] / "course"
LESSON = COURSE / "00-why-blocks-are-slow/00-why-blocks-are-slow.ipynb"
CARD = COURSE / "instructor/00-why-blocks-are-slow.md"
NOBODY, UNITS = "my_payments = None", "my_units = [1, 1, 2, None, None]"
RIGHT = {
    UNITS: "my_units = [1, 1, 2, 2, 3]",
    NOBODY: 'my_payments = "Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve, Eve>Fay, Fay>Ann"',
    "my_number = None": "my_number = 4",
    'my_schedule = ""': 'my_schedule = "A1 B1 A2 B2 C1 C2"',
    'my_safe_schedule = ""': 'my_safe_schedule = "A1 C1 A2 B1 C2 B2"',
    "my_theft = None": 'my_theft = "Ann>Shop 5, Shop>Dan 9"',
    "my_theft_schedule = None": 'my_theft_schedule = "A1 B1 B2 A2"',
    'lab.predict("fifty-cores")': 'lab.predict("fifty-cores", choose="A")',
}
WRONG = {
    UNITS: "my_units = [1, 1, 2, 1, 3]",
    NOBODY: 'my_payments = "Ann>Shop, Bob>Shop, Cleo>Shop, Dan>Shop, Eve>Shop, Fay>Shop"',
    "my_number = None": "my_number = 25",
    'my_schedule = ""': 'my_schedule = "A1 A2 B1 B2 C1 C2"',
    'my_safe_schedule = ""': 'my_safe_schedule = "A1 A2 B1 B2 C1 C2"',
    "my_theft = None": 'my_theft = "Ann>Shop 5, Bob>Shop 7"',
    "my_theft_schedule = None": 'my_theft_schedule = "A1 B1 A2 B2"',
}
CLUMSY = {
    UNITS: "my_units = [1, 1, 2, 2, None]",
    'my_schedule = ""': 'my_schedule = "A2 A1"',
    'my_safe_schedule = ""': 'my_safe_schedule = "A1 B1 C1 A2 B2 C2"',
    "my_theft = None": 'my_theft = "Ann to Bob"',
    "my_theft_schedule = None": 'my_theft_schedule = "A1 A2"',
    "my_number = None": 'my_number = "4"',
    NOBODY: 'my_payments = "Ann>Bob"',
}


# What must not stand in the source of a cell above a bet, or on its screen: what each of them said before.
GIVEAWAYS = {
    "fifty-cores": r"never gets|look alike|shared? out|one of them|\bchains",
    "why-one": r"[Ss]hop|same number|one number|must wait",
    "ten-in-the-shop": r"longest chain|10\.0|ten steps|mean",
    "more-computers": r"[Tt]housands of computers|and yet|trust|repeat|same result|in range\(computers\)",
    "rush": r"eighth|half full|rises|block 1[0-9]",
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_00_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT)
    assert "a block B without a shop" in revealed(done, "chain-turn")
    assert "Three units on five cores." in revealed(done, "units-turn")
    assert "  4 to the shop:  25.0 times" in revealed(done, "turn-half-code")
    assert "  5 to the shop:  20.0 times" in revealed(done, "turn-half-code")
    assert "5 ether are gone." in revealed(done, "lost-turn")
    assert "worked out from the 100 that B1 saw. But A2 had written 105 by then" in revealed(done, "lost-turn")
    assert "Right, and C ran meanwhile" in revealed(done, "safe-turn")
    assert "There were 300 ether; now there are 309." in revealed(done, "mint-turn")
    assert "A profit, from nothing." in revealed(done, "mint-turn")
    assert "*cores divide any work*" in revealed(done, "reveal-cores")


@pytest.mark.slow
def test_a_student_who_answers_lesson_00_wrongly_gets_the_next_question() -> None:
    done = execute(LESSON, WRONG)
    assert "But payment 1 (Cleo>Dan), in unit 1, writes a balance that it reads" in revealed(done, "units-turn")
    assert "Shop is paid in payments 0, 1, 2, 3, 4, 5" in revealed(done, "chain-turn")
    assert "Here nobody may be paid twice. Shop is only paid." in revealed(done, "chain-turn")
    assert " 25 to the shop:   4.0 times" in revealed(done, "turn-half-code")
    assert "one after the other, and nothing is lost. Which two share a balance?" in revealed(done, "lost-turn")
    assert "C1 and C2 stand side by side, outside A and B" in revealed(done, "safe-turn")
    assert "now there are 295" in revealed(done, "mint-turn")
    assert "No schedule of these payments makes money." in revealed(done, "mint-turn")


@pytest.mark.slow
def test_nonsense_does_not_stop_lesson_00() -> None:
    done = execute(LESSON, CLUMSY)
    assert "the unit of payment 4" in revealed(done, "units-turn")
    assert "1 payment, and the task asks for six." in revealed(done, "chain-turn")
    assert "a whole number of payments, without quotes or a point, from 0 to 100" in revealed(done, "turn-half-code")
    assert "A2 stands before A1, but A can write only what it has worked out." in revealed(done, "lost-turn")
    assert "C1 stands between the halves of A and B: that part is right." in revealed(done, "safe-turn")
    assert "But money is lost: B2 writes Shop 107" in revealed(done, "safe-turn")
    assert "cannot read 'Ann to Bob'" in revealed(done, "mint-turn")


def test_the_surprise_comes_within_five_cells() -> None:
    assert [cell["id"] for cell in read(LESSON)["cells"][:5]][-1] == "slider"


def test_every_bet_says_what_would_give_it_away() -> None:
    assert sorted(read_items(LESSON.parent / "items.toml").predictions) == sorted(GIVEAWAYS)


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_nothing_from_the_title_and_the_heading_to_the_reveal_of_a_bet_gives_it_away(name: str) -> None:
    sources = [source(cell) for cell in read(LESSON)["cells"]]
    (end,) = (index for index, text in enumerate(sources) if f'lab.reveal("{name}"' in text)
    first = max(index for index in range(end) if re.search(r"^##? ", sources[index], re.MULTILINE))
    assert re.findall(GIVEAWAYS[name], "\n".join([sources[0], *sources[first:end]])) == []


def test_the_options_of_a_bet_are_of_one_length() -> None:
    for bet in read_items(LESSON.parent / "items.toml").predictions.values():
        lengths = sorted(len(option.text) for option in bet.options)
        assert lengths[-1] - lengths[0] <= 12, bet.id


def test_the_card_states_the_core_path_of_the_lesson() -> None:
    (core,) = re.findall(r"Core path: (\d+) minutes", source(read(LESSON)["cells"][0]))
    assert f"| **core path** | **{core}** |" in CARD.read_text(encoding="utf-8")


def test_the_payments_a_second_follow_from_the_gas_limit() -> None:
    text = "\n".join(map(source, read(LESSON)["cells"]))
    assert 60_000_000 // 21_000 // 12 == 238
    assert "60,000,000 / 21,000 / 12 = 238" in text
    assert set(re.findall(r"(\d+) (?:plain )?payments a second", text)) == {"238"}
