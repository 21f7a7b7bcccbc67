"""Lesson 16 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_above, execute, given_away, read, shown_in
from toyevm.teaching.lessons.public_services.club import MOVES, SHARES, VOTES

LESSON = COURSE / "16-public-services/16-public-services.ipynb"
RIGHT = {
    'lab.predict("erased-record")': 'lab.predict("erased-record", choose="B")',
    'lab.predict("lost-key")': 'lab.predict("lost-key", choose="C")',
    'lab.predict("majority")': 'lab.predict("majority", choose="A")',
    'return "?", "?"  # Your turn: (name, diagnosis)': (
        "table = {record_hash(n, b, d): (n, d) for n, b in people for d in diagnoses}\n    return table.get(digest)"
    ),
    "my_salt = (None, None, None)": 'my_salt = (32, "with the record", "each record")',
    "return None  # Your turn: 32 bytes": "return hash_of(candidate, secret, voter)",
    "my_letters = None": 'my_letters = ["A", "B", "C", "D", "H"]',
    "my_votes = (None, None)": "my_votes = (35, 40)",
    "my_calls = None": 'my_calls = ["initialize", "rescue"]',
    "my_order = None": 'my_order = ["owner", "depositOf", "guardian", "paused"]',
    "my_demands = (None, None)": (
        'my_demands = ({"deletable": "every trace"}, {"deletable": "every trace", "trust": "no single office"})'
    ),
}
GIVEAWAYS = {
    "erased-record": ("old block", "Old blocks", "nodes keep", "in block 1", "nurse", "disputed"),
    "majority": ("got 0 out of it", "minority", "on holiday", "in the timelock", "leave in time"),
    "lost-key": ("knows keys", "A court needs", "one more call", "refused, not the owner", "such a call"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_16_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*a lost key deletes*" in shown["imports"]
    assert "with the key on a nurse's laptop (toy cipher): Ann|1990-05-17|F32" in shown["imports"]
    assert "pseudonym 2: Fatma Berg, G20" in shown["patient-turn"]
    assert "Eve finds nothing" in shown["salt-turn"]
    assert "the contract of this course makes the same one" in shown["seal-turn"]
    assert "G: goes through\nH: not under the root" in shown["noticed-turn"]
    assert "The contract refuses Dan: no shares at the snapshot" in shown["votes-turn"]
    assert "*snapshot stops majorities*" in shown["majority-reveal"]
    assert "Ann had 60 ether in the bank, and got 0 out of it" in shown["majority-reveal"]
    assert "the registrar registers it again: refused, registered" in shown["houses-reveal"]
    assert "to Ann's new address: done" in shown["shares"]
    assert "Mallory has 100 ether more" in shown["rob-turn"]
    assert "1     depositOf     all deposits" in shown["layout-turn"]
    assert "second: no design" in shown["fit-turn"]


def test_what_the_table_of_shares_says_is_what_is_played() -> None:
    (table,) = ("".join(cell["source"]) for cell in read(LESSON)["cells"] if cell["id"] == "club-head")
    (before,) = re.findall(r"^\| 0 \| (.*) \|$", table, re.MULTILINE)
    assert {name: int(number) for name, number in re.findall(r"(\w+) (?:has )?(\d+)", before)} == SHARES
    for move in MOVES:
        (row,) = re.findall(rf"^\| {move.block} \| (.*) \|$", table, re.MULTILINE)
        assert re.search(rf"{move.sender} (gives|sells) {move.receiver} {move.shares} shares", row)
    assert re.findall(r"(\w+)(?: and (\w+))? vote", table.split("|---|---|")[1]) == [("Mallory", ""), ("Dan", "Cem")]
    assert [vote.voter for vote in VOTES] == ["Mallory", "Dan", "Ann", "Cem"]


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    assert given_away(read(LESSON), name, GIVEAWAYS[name]) == []


def test_no_patient_is_named_before_the_turn_asks_for_one() -> None:
    assert not re.search(r"Fatma Berg|Goran Dubois|Dan Endo", str(cells_above(read(LESSON), "patient-turn")))
