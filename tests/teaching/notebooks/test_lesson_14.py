"""Lesson 14 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_above, execute, given_away, read, shown_in
from toyevm.teaching.lessons.bridges import real_answers
from toyevm.teaching.lessons.bridges.studies import swap_of

LESSON = COURSE / "14-bridges/14-bridges.ipynb"
RIGHT = {
    'lab.predict("bicycle")': 'lab.predict("bicycle", choose="D")',
    'lab.predict("two-locks")': 'lab.predict("two-locks", choose="C")',
    "my_wait = None": "my_wait = 4",
    "return None  # Your turn: wait, and relay": (
        'while not port.is_final(message):\n        port.wait(1)\n    port.relay("Rita", message)'
    ),
    "my_blocks = None": 'my_blocks = ["R3", "R4", "R5", "R6", "V5", "V6"]',
    "my_reorgs = (None, None)": 'my_reorgs = ("S3", "V3")',
    "my_claims = None": "my_claims = [(3, 1), (3, 1), (3, 0), (2, 1)]",
    "return None  # Your turn: True or False": (
        'if claim in done or log != ("bridge", "rollup", claim.to, claim.amount):\n        return False\n'
        "    done.add(claim)\n    return True"
    ),
    "my_ends = (None, None)": "my_ends = (10, 6)",
    "my_attacks = None": 'my_attacks = ["withheld data", "censorship"]',
    "my_first = (None, None)": 'my_first = ("relay", "relay")',
}
GIVEAWAYS = {
    "bicycle": ("escrow too small", "is refused", "15 ether", "nothing behind"),
    "two-locks": ("Bob +0", "too late", "after block 10", "time for their own step", "end earlier", "ends later"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_14_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT))
    assert "*two confirmations are final*" in shown["imports"]
    assert "Bob is paid 5, then Cleo is refused: escrow too small" in shown["imports"]
    assert "Cleo is paid 10, then Bob is refused: escrow too small" in shown["imports"]
    assert "every ether on the sidechain lies in the escrow" in shown["wait-turn"]
    assert "Bob on the rollup: +5 before the reorg, +5 after it" in shown["deliver-turn"]
    assert "R3 is not valid: no such log" in shown["fallen-turn"]
    assert (
        "reorg S3: 4 replaced, 0 of other layers fall\nreorg V3: 4 replaced, 3 of other" in shown["equally-long-turn"]
    )
    assert "Mallory gets 909 tokens" in shown["rob-turn"]
    assert "on 10 days" in shown["patch-turn"]
    assert "*equal is fair*" in shown["swap-reveal"]
    assert "Ann +0 on the sidechain, +20 on the validium" in shown["swap-reveal"]
    assert "Ann -30 on the sidechain, +20 on the validium" in shown["deadlines-turn"]
    assert shown["freeze-turn"].count("without the defence: frozen") == 2
    assert "if circles are allowed: all four calls succeed" in shown["circle-turn"]


@pytest.mark.slow
def test_the_wait_of_the_widget_can_be_handed_in() -> None:
    shown = shown_in(
        execute(LESSON, {"TwoChainsPlayer(wait=2)": "TwoChainsPlayer(wait=3)", "my_wait = None": "my_wait = chains"})
    )
    assert "3 blocks, credit, reorg of 4" in shown["wait-turn"]


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    shown = shown_in(read(LESSON))
    assert "40 transactions, 36 logs; 16 transactions have none" in shown["mixed"]
    assert "as it is: safe\nwithout the defence: stolen" in shown["attack"]


@pytest.mark.parametrize(
    "accepts",
    [None, 5, lambda claim, log, done: None, lambda claim, log, done: log.owner, lambda claim: True],
    ids=["none", "a number", "undecided", "raises", "takes one argument"],
)
def test_the_real_contracts_say_nothing_before_a_bridge_is_patched(accepts: Any) -> None:
    assert real_answers(accepts) == "Patch `accepts` first. Then run this cell again."


def test_a_bridge_may_refuse_with_a_bare_return_or_not_look_for_a_log_at_all() -> None:
    def accepts(claim: Any, log: Any, done: set[Any]) -> Any:
        if claim in done or log.contract != "bridge":
            return None
        return not done.add(claim)

    assert real_answers(accepts).startswith("her own burn, again")


def test_the_real_contracts_answer_once_a_bridge_is_patched() -> None:
    said = [re.split(r" {2,}|ago ", line)[1].strip() for line in real_answers(lambda *given: False).split("\n")]
    assert said == [
        "rollup: refused, relayed already",
        "rollup: refused, fake origin",
        "rollup: refused, for another chain",
        "rollup: block left out, log too old",
    ]


@pytest.mark.parametrize(("reaction", "ann"), [(1, 6), (2, 7)])
def test_the_deadlines_that_swap_talk_solves_are_the_earliest_safe_ones(reaction: int, ann: int) -> None:
    assert swap_of(ann, 4, 2, reaction).words == "swapped"
    assert swap_of(ann - 1, 4, 2, reaction).words != "swapped"
    assert swap_of(ann, 3, 2, reaction).words != "swapped"


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    assert given_away(read(LESSON), name, GIVEAWAYS[name]) == []


def test_what_falls_is_shown_by_no_cell_before_the_turn_asks_for_it() -> None:
    above = cells_above(read(LESSON), "fallen-turn")
    assert not re.search(r"[RV]\d is not valid|[RV]\d ✗", str(above))


def test_which_attacks_freeze_is_shown_by_no_cell_before_the_turn_asks_for_it() -> None:
    cells, above = read(LESSON)["cells"], cells_above(read(LESSON), "freeze-turn")
    assert "withheld data: sidechain frozen" in str(cells[len(above) :])
    assert not re.search(r"frozen|show_matrix", str(above))
