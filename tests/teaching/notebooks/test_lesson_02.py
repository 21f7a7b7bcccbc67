"""Lesson 02 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, printed, read

LESSON = COURSE / "02-state-transactions-blocks/02-state-transactions-blocks.ipynb"
PAYMENT = (
    'my_payment = people["Cleo"].sign(nonce={}, to=token, data=transfer_data(people["Dan"].address, 4), **token_terms)'
)
REDONE = "my_block_4 = replace(chain.blocks[4], header=replace(chain.blocks[4].header, parent_hash=repaired.hash))"
RIGHT = {
    "bobs_number = None": "bobs_number = 417",
    "bobs_path = [None, levels[1][1]]": "bobs_path = [levels[0][0], levels[1][1]]",
    "dans_path = None": "dans_path = [levels[0][2], levels[1][0]]",
    "my_payment = None": PAYMENT.format(0),
    "my_orders = None": "my_orders = ([0, 1, 2, 3], [0, 2, 1, 3])",
    "my_max, my_tip = None, None": "my_max, my_tip = 60, 3",
    "my_block_4 = None": REDONE,
}
WRONG = {
    "bobs_number = None": "bobs_number = 418",
    "bobs_path = [None, levels[1][1]]": "bobs_path = [levels[0][2], levels[1][1]]",
    "dans_path = None": "dans_path = [levels[1][0], levels[0][2]]",
    "my_payment = None": PAYMENT.format(1),
    "my_orders = None": "my_orders = ([0, 1, 2, 3], [1, 0, 2, 3])",
    "my_max, my_tip = None, None": "my_max, my_tip = 60, 0.5",
    "my_block_4 = None": "my_block_4 = chain.blocks[4]",
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_02_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT)
    assert "That is it" in printed(done, "commitment")
    assert printed(done, "merkle-turn-code").count("True") == 2
    assert "'Ann': 970, 'Bob': 5, 'Cleo': 6, 'Dan': 19" in printed(done, "chain-turn-code")
    assert "Found." in printed(done, "player-turn")
    assert "in block 12, at 19.42 gwei" in printed(done, "fee-turn")
    assert "every check passes" in printed(done, "tamper-turn")


@pytest.mark.slow
def test_a_student_who_answers_lesson_02_wrongly_is_told_so() -> None:
    done = execute(LESSON, WRONG)
    assert "bits differ" in printed(done, "commitment")
    assert printed(done, "merkle-turn-code").count("False") == 2
    assert "nonce-too-high" in printed(done, "chain-turn-code")
    assert "The tokens differ" in printed(done, "player-turn")
    assert "in block 20, at 42.53 gwei" in printed(done, "fee-turn")
    assert "1 of 16 checks fails" in printed(done, "tamper-turn")


def test_the_surprise_comes_within_five_cells() -> None:
    first = read(LESSON)["cells"][:5]
    assert any("revert" in "".join(output.get("data", {}).get("text/plain", "")) for cell in first
               for output in cell.get("outputs", []))  # fmt: skip
