"""Lesson 17 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import (
    COURSE,
    cells_above,
    execute,
    given_away,
    read,
    shown_in,
    words_of,
)
from toyevm.bench.energy import INPUTS
from toyevm.bench.energy.model import DAYS, JOULES_PER_TWH
from toyevm.teaching.lab.turns import take_turn
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.energy_and_claims.answers_claims import DENIALS
from toyevm.teaching.lessons.energy_and_claims.answers_energy import COUNTED
from toyevm.teaching.lessons.energy_and_claims.studies import RECORDED

pytest.importorskip("numpy")
LESSON = COURSE / "17-energy-and-claims/17-energy-and-claims.ipynb"
SHEET = COURSE.parent / "solutions" / LESSON.relative_to(COURSE)
MEET = "return bool({one.sender, named(one)} & {other.sender, named(other)})"
RIGHT = {
    'lab.predict("more-cores")': 'lab.predict("more-cores", choose="B")',
    'lab.predict("table")': 'lab.predict("table", choose="A")',
    "my_run = None": 'player.set(block="one counter", way="Block-STM", cores=2)\nmy_run = player',
    "my_hashes = None": "my_hashes = 4096",
    "my_joules = (None, None)": "my_joules = (5_129, 18_493)",
    "return None  # Your turn: True or False": MEET,
    "my_lie = None": "my_lie = [(number, number + 1) for number in range(39)]",
    "my_audit = (None, None)": 'my_audit = ("B", "true if")',
    "my_systems = None": 'my_systems = ["L1", "optimistic_rollup", "sidechain"]',
}
GIVEAWAYS = {
    "more-cores": ("12.8", "13.7", "run again, and again", "some transactions run again"),
    "table": ("65%", "32%", "no person", "share no person", "names 0"),
}


@pytest.fixture(scope="module")
def answered() -> dict[str, str]:
    """What stands below each cell of a student who answers rightly: one run for three tests."""
    return shown_in(execute(LESSON, RIGHT))


@pytest.mark.slow
def test_a_student_who_answers_lesson_17_rightly_is_told_so(answered: dict[str, str]) -> None:
    shown = answered
    assert "*work is the block*" in shown["imports"]
    assert "work 12.8 times" in shown["imports"]
    assert "*one contract one slot*" in shown["table-reveal"]
    assert "done sooner" in shown["wasteful-turn"]
    assert "4,096" in shown["hashes-turn"]
    assert "factor of 3.6" in shown["joules-turn"]
    assert "Better than the table" in shown["meet-turn"]
    assert "the result is the same" in shown["lie-turn"]
    assert "verdict: true if" in shown["experiment-turn"]
    assert "Three users, three systems" in shown["whom-turn"]


@pytest.mark.slow
def test_what_a_message_quotes_is_in_the_table(answered: dict[str, str]) -> None:
    table = answered["course-table"]
    for denials in DENIALS:
        for _, text in denials.values():
            assert all(number in table for number in re.findall(r"\d[\d,]{3,}", text)), text


@pytest.mark.slow
def test_the_last_turn_is_answered_by_the_table(answered: dict[str, str]) -> None:
    table = answered["course-table"]
    rows = re.findall(r"^(L1 itself|\w+) .*? ([\d,]+) +[\d,]+ +([\d,]+)$", table.split("settled by")[1], re.MULTILINE)
    cost, hard = ({name: int(each[at].replace(",", "")) for name, *each in rows} for at in (0, 1))
    assert len(rows) == 4
    assert "zk: 40 plain payments, since the block is refused" in table
    assert hard["L1 itself"] < 3_600 < hard["optimistic_rollup"] < 7 * 86_400
    assert min(cost, key=lambda name: cost[name]) == "sidechain"
    assert cost["optimistic_rollup"] < cost["L1 itself"] < cost["zk"]


def test_a_student_who_does_nothing_meets_no_traceback_and_no_answer() -> None:
    """What is stored is the run of a student who does nothing; nbval compares it with a run of today."""
    shown = shown_in(read(LESSON))
    assert all("Traceback" not in words for words in shown.values())
    turns = [words for name, words in shown.items() if name.endswith("-turn")]
    assert len(turns) == 7
    assert all(words.strip().startswith("Missing") for words in turns)


ASKED = {  # a turn: what answers it, and so may not stand in a cell above it or in its own
    "wasteful-turn": ("1.45", "1.37", "3.00", "3.10"),
    "hashes-turn": ("4,096", "4096"),
    "joules-turn": ("5,129", "5,130", "18,493", "18,500"),
    "meet-turn": ("named(one)", "one.sender"),
    "lie-turn": ("39 pairs", "range(39)"),
    "experiment-turn": ("experiment b", "true if transactions"),
    "whom-turn": ('["L1"',),
}


@pytest.mark.parametrize("turn", ASKED)
def test_nothing_above_a_turn_answers_it(turn: str) -> None:
    notebook = read(LESSON)
    (own,) = (cell for cell in notebook["cells"] if cell["id"] == turn)
    cells = [*cells_above(notebook, turn), own]
    above = "\n".join("".join(cell["source"]) + "".join(map(words_of, cell.get("outputs", []))) for cell in cells)
    assert [clue for clue in ASKED[turn] if clue.casefold() in above.casefold()] == []


def test_what_is_solved_in_prose_is_computed() -> None:
    """Each product of the worked and the half-solved example, and the seconds that the table is computed with."""
    prose = "\n".join("".join(cell["source"]) for cell in read(LESSON)["cells"] if cell["cell_type"] == "markdown")
    assert f"{RECORDED.execute * 1e6:.0f} µs" in prose
    for energy, count in ((0.0026, 2.5), (0.0075, 1.0)):
        assert f"= {energy * JOULES_PER_TWH / (DAYS * count * 1e6):,.0f} J" in prose
    energy, traffic = INPUTS["energy by proof of stake"], INPUTS["L1 transactions"]
    assert (energy.low, energy.high, traffic.low, traffic.high) == (0.0026, 0.0075, 1.0e6, 2.5e6)
    for nodes, watts in ((INPUTS["nodes"].low, INPUTS["a core"].low), (INPUTS["nodes"].high, INPUTS["a core"].high)):
        assert f"= {nodes * RECORDED.execute * watts:.1f} J" in prose


def test_the_means_that_a_message_knows_are_those_that_were_counted(answered: dict[str, str]) -> None:
    for bits, mean in COUNTED:
        assert f"{bits} bits: {mean:>7} hashes" in answered["miner"]


def test_a_verdict_is_asked_when_the_cases_have_run() -> None:
    reply = take_turn("17-energy-and-claims", "experiment", ("B", None))
    assert reply.status is Status.MISSING
    assert "fails  if all mint" in reply.shown
    for verdict in ("true", "false", "untested"):
        assert "verdict" not in take_turn("17-energy-and-claims", "experiment", ("B", verdict)).shown


def test_the_sheet_asks_other_questions_on_earlier_lessons() -> None:
    lesson, sheet = (shown_in(read(path))["retrieve"] for path in (LESSON, SHEET))
    asked = [set(re.findall(r"`(recall-[a-z-]+)`", words)) for words in (lesson, sheet)]
    assert [len(each) for each in asked] == [2, 2]
    assert not asked[0] & asked[1]


def test_the_run_of_the_first_bet_is_no_answer_to_the_first_turn() -> None:
    assert take_turn("17-energy-and-claims", "wasteful", ("one counter", "optimistic", 16)).belief == "work-is-speed"


@pytest.mark.parametrize("bet", GIVEAWAYS)
def test_nothing_near_a_bet_of_lesson_17_gives_it_away(bet: str) -> None:
    assert given_away(read(LESSON), bet, GIVEAWAYS[bet]) == []
