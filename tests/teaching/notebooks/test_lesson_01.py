"""Lesson 01 in the hands of students who answer rightly, wrongly, or not at all; what stands around its bets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.teaching.notebooks.test_notebooks import execute, outputs_of, read, revealed, shown, source
from toyevm.backends import BACKENDS, RunConfig
from toyevm.sealing import seal_block
from toyevm.teaching.kit.stepper import show_step
from toyevm.teaching.lessons.the_machine.answers import COUNTER, GIVEN_SUB, PRODUCT
from toyevm.teaching.lessons.the_machine.runs import load_four, steps_of
from toyevm.workloads.mainnet import load_block

LESSON = Path(__file__).resolve().parents[3] / "course/01-the-machine/01-the-machine.ipynb"
SUB, STORE = 'my_program = "PUSH1 2  PUSH1 3  SUB"', 'my_cheap = "PUSH1 8  PUSH0  SSTORE"'
RIGHT = {
    'lab.predict("sub-order")': 'lab.predict("sub-order", choose="A")',
    SUB: 'my_program = "PUSH1 3  PUSH1 2  SUB"',
    "memory_step = None": "memory_step = 5",
    "my_difference = None": "my_difference = 10",
    STORE: 'my_cheap = "PUSH0 SLOAD  PUSH0  SSTORE"',
    "enough = None": "enough = 22_110",
    'my_location = ""': 'my_location = "counter\'s slot 0"',
    'not_needed = ""': 'not_needed = "none"',
}
WRONG = {
    'lab.predict("sub-order")': 'lab.predict("sub-order", choose="B")',
    SUB: 'my_program = "PUSH1 3  PUSH1 2  SWAP1  SUB"',
    "memory_step = None": "memory_step = 4",
    "my_difference = None": "my_difference = -10",
    STORE: 'my_cheap = "PUSH0 PUSH0 SSTORE"',
    "enough = None": "enough = 2_110",
    'my_location = ""': 'my_location = "Cleo\'s nonce"',
    'not_needed = ""': 'not_needed = "Cleo\'s code"',
    'lab.predict("which-wait")': 'lab.predict("which-wait", choose="B")',
}
CLUMSY = {
    SUB: 'my_program = "SUB 2 3"',
    "memory_step = None": "memory_step = 99",
    "my_difference = None": 'my_difference = "ten"',
    STORE: 'my_cheap = "SWAP"',
    "enough = None": "enough = 10**7",
    'my_location = ""': 'my_location = "Eve\'s nonce"',
    'not_needed = ""': "not_needed = 7",
}
# What must not stand in the text or code below a bet, on its screen: what each of them said before.
GIVEAWAYS = {
    "sub-order": r"SUB takes the \*\*top|negative|below zero|2\*\*256",
    "where-gas-goes": r"2,?900|99",
    "what-persists": r"variable|like a file|wrote to storage|stays",
    "counters-end": r"undone|does not happen|7,890|10,000 gas is|lost|taken|is gone",
    "who-fails": r"Dan|failed transaction|21,000",
    "which-wait": r"2 must wait|and 3 for 2|transaction 1\b|was written by transaction 0",
    "gas-checks": r"one question|once|asks",
}
SCREEN = 4  # cells below a bet that may stand on its screen


@pytest.mark.slow
def test_a_student_who_answers_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT)
    assert "You bet **A**" in revealed(done, "reveal-sub")
    assert "operands in reading order" not in revealed(done, "reveal-sub")
    assert "This is what 2 - 3 leaves" in revealed(done, "turn-sub-code")
    assert "Memory grows from 0 to 32 bytes" in revealed(done, "stepper-answer")
    assert "a - b = 20 - 10 = 10" in revealed(done, "dup-task-code")
    assert "(-100: " in revealed(done, "cheap-code")
    assert "With 22,110 it succeeds, with 22,109 it fails." in revealed(done, "enough")
    assert revealed(done, "break-code").count("the run ends") == 5
    assert re.search(r"counter's slot 0 +41 -> 42", revealed(done, "idea-turn-code"))


@pytest.mark.slow
def test_a_student_who_answers_wrongly_is_told_so() -> None:
    done = execute(LESSON, WRONG)
    assert "*operands in reading order*" in revealed(done, "reveal-sub")
    assert "*different senders never conflict*" in revealed(done, "sets")
    assert "SUB took 3 first" in revealed(done, "turn-sub-code")
    assert "Which step takes this offset from the stack?" in revealed(done, "stepper-answer")
    assert "Which word is on top after SWAP1" in revealed(done, "dup-task-code")
    assert "Your cheapest SSTORE costs 5,000." in revealed(done, "cheap-code")
    assert "it fails at step 6" in revealed(done, "enough")
    assert "Without Cleo's code: the machine asks for it, and the run ends." in revealed(done, "break-code")
    assert "as it was before the block" in revealed(done, "idea-turn-code")


@pytest.mark.slow
def test_nonsense_does_not_stop_the_lesson() -> None:
    done = execute(LESSON, CLUMSY)
    assert "line 1: SUB takes no operand" in revealed(done, "turn-sub-code")
    assert "There is no step 99" in revealed(done, "stepper-answer")
    assert "'ten'" in revealed(done, "dup-task-code")
    assert "SWAP1 to SWAP16" in revealed(done, "cheap-code")
    assert "Which price in your sum does no step ask for?" in revealed(done, "enough")
    assert "such as Ann's nonce" in revealed(done, "idea-turn-code")
    assert "(expected a text: one location" in revealed(done, "break-code")


@pytest.mark.slow
def test_what_was_played_in_the_stepper_survives_the_turn_below() -> None:
    walked = {"memory_step = None": "stepper.go_to(6)\nmemory_step = 5", "my_difference = None": "print(stepper.text)"}
    cell = {'lab.turn("dup-difference", my_difference)': 'lab.turn("dup-difference")'}
    (shown_then,) = (c for c in execute(LESSON, walked | cell)["cells"] if c["id"] == "dup-task-code")
    assert "step 7 of 8" in "".join(output.get("text", "") for output in shown_then["outputs"])


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_source_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    cells = read(LESSON)["cells"]
    (at,) = (index for index, cell in enumerate(cells) if f'lab.predict("{name}")' in source(cell))
    below = "\n".join(source(cell) for cell in cells[at : at + 1 + SCREEN])
    assert re.findall(GIVEAWAYS[name], below) == []


def test_no_step_above_the_bet_on_three_calls_says_what_a_call_leaves() -> None:
    cells = read(LESSON)["cells"]
    (at,) = (index for index, cell in enumerate(cells) if 'lab.predict("what-persists")' in source(cell))
    above = "\n".join(source(cell) for cell in cells[:at])
    drawn = [show_step(steps, step) for steps in (steps_of(GIVEN_SUB), steps_of(PRODUCT)) for step in range(len(steps))]
    for text in (above, *(words for picture in drawn for words in (picture.svg, picture.text))):
        assert re.findall(r"\bgone\b|\bstays?\b|keeps? (?:its|their) values?|forget", text) == []


def test_the_parts_of_anns_gas_add_up() -> None:
    counter = sum(step.gas_cost for step in steps_of(COUNTER, storage={0: 7}))
    four = load_four()
    outcome = BACKENDS.named("sequential").execute_block(four.pre, four.block, RunConfig(four.chain)).result
    assert (counter, outcome.results[0].gas_used) == (5_010, 21_000 + counter + 1_025)
    told = source(next(cell for cell in read(LESSON)["cells"] if cell["id"] == "block"))
    assert "1,025" in told


def test_no_number_that_is_asked_for_stands_in_a_source_or_an_output() -> None:
    outputs = [shown(output, "text/plain") + "".join(output.get("text", "")) for _, output in outputs_of(read(LESSON))]
    text = "\n".join(outputs + [source(cell) for cell in read(LESSON)["cells"]])
    assert [number for number in ("22,110", "22_110") if number in text] == []


def test_the_block_is_one_that_a_node_would_accept() -> None:
    real = load_block(LESSON.parent / "block.json")
    outcome = BACKENDS.named("sequential").execute_block(real.pre, real.block, RunConfig(chain=real.chain)).result
    assert seal_block(real.chain, real.block, outcome, real.pre.apply(outcome.diff)).header == real.expected
