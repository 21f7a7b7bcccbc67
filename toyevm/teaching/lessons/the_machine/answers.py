"""What lesson 01 says to what a student tries: for each turn, a function from any value at all to a reply.

`shown` is a step of the student's own program, or the step they named: never what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.teaching.kit.stepper import describe_step
from toyevm.teaching.lab.turns import Reply, Turn, missing, read_number, read_one_of, read_words, right, wrong
from toyevm.teaching.lessons.the_machine.runs import load_four, run_alone, steps_of
from toyevm.teaching.lessons.the_machine.sets_text import describe_sets, name_of
from toyevm.tracer import StepRecord

GIVEN_SUB = "PUSH1 2  PUSH1 3  SUB"
GIVEN_STORE = "PUSH1 8  PUSH0  SSTORE"
PRODUCT = "PUSH1 5  PUSH1 7  MUL  PUSH1 0  MSTORE  PUSH1 32  PUSH1 0  RETURN"
COPIES = "PUSH1 10  PUSH1 20  DUP2  SWAP1  SUB"
COUNTER = "PUSH0  SLOAD  PUSH1 1  ADD  PUSH0  SSTORE"
WORDS = 2**256

Beliefs = Mapping[int, tuple[str, str]]  # a wrong number: the belief behind it, and what to say


def is_untouched(program: str, given: str) -> bool:
    """Return whether a program is still the given one, or empty."""
    return program.upper().split() in ([], given.split())


def failed(step: StepRecord) -> Reply:
    """Say at which step a student's program failed."""
    text = f"Your program failed at {step.opcode.name}: {step.error}. "
    if step.error == "stack underflow":
        found, taken = len(step.stack_before), step.opcode.pops
        text += f"It takes {taken} words and found {found}. Which words did you mean it to take?"
        return wrong("operands-come-later", text)
    return wrong("any-instruction-will-do", text + "What did you mean this step to do?")


def two_minus_three(answer: Any) -> Reply:
    """Judge a program that leaves 2 - 3."""
    program = GIVEN_SUB if answer is None else read_words(answer, "a program, such as PUSH1 2  PUSH1 3  SUB")
    if is_untouched(program, GIVEN_SUB):
        return missing("a program that leaves 2 - 3. Change the one above.")
    steps = steps_of(program)
    if steps[-1].error:
        return failed(steps[-1])
    subtractions = [step for step in steps if step.opcode.name == "SUB"]
    if not subtractions:
        return wrong("another-instruction", "Your program has no SUB in it that runs. Which instruction subtracts?")
    last, top = subtractions[-1], steps[-1].stack_before[-1:]
    shown, (a, b) = describe_step(steps, last.index), last.operands
    if (a, b) == (3, 2):
        text = "SUB took 3 first, because 3 was on top, and computed 3 - 2. Which of the two must be pushed last?"
        return wrong("operands-in-reading-order", text, shown)
    if (a, b) != (2, 3):
        return wrong(
            "another-subtraction", "Your SUB computed another difference. Which two words must it find?", shown
        )
    if top != last.results:
        text = "SUB computed 2 - 3, but its result is not on top at the end. Which of your later steps covered it?"
        return wrong("the-result-stays-on-top", text, shown)
    text = "This is 2 - 3: words go from 0 to 2²⁵⁶ - 1, and below zero they start again at the top. "
    return right(text + "What would you have to add to it to get 0?", shown)


def memory_grows(answer: Any) -> Reply:
    """Judge the step at which memory grows."""
    steps = steps_of(PRODUCT)
    if answer is None:
        return missing(f"the number of the step at which memory grows, from 1 to {len(steps)}.")
    number = read_number(answer, 1, len(steps), "a step")
    step, shown = steps[number - 1], describe_step(steps, number - 1)
    before, after = len(step.memory_before), len(step.memory_after)
    if before < after:
        text = f"Memory grows from {before} to {after} bytes: MSTORE writes a whole word. Which of them holds 35?"
        return right(text, shown)
    if before:
        text = f"Memory has {before} bytes before this step already. What was the first step that wrote to it?"
        return wrong("grows-when-read", text, shown)
    if number == 4:
        text = "Step 4 pushes the location to write to. The stepper counts from 1: which step does the writing?"
        return wrong("steps-count-from-0", text, shown)
    text = "Memory is empty before this step and after it. On which part of the machine does the step work?"
    return wrong("memory-holds-the-stack", text, shown)


DIFFERENCES: Beliefs = {
    -10: ("operands-in-reading-order", "-10 is 10 - 20. Which word is on top after SWAP1, and so taken first?"),
    WORDS - 10: ("swap-changes-nothing", "That is 10 - 20, gone round below zero. What did SWAP1 do to the top two?"),
    0: ("skips-a-word", "0 is 10 - 10: the first word and the third one in the picture. Which two does SUB take?"),
    20: ("sub-only-looks", "20 is the top word before SUB. What does SUB leave in place of the words that it takes?"),
    30: ("sub-adds", "30 is the sum of the top two words. What does SUB compute?"),
}


def dup_difference(answer: Any) -> Reply:
    """Judge what SUB leaves after DUP2 and SWAP1."""
    if answer is None:
        return missing("the number that SUB leaves.")
    number = read_number(answer, -WORDS, WORDS, "a number")
    steps = steps_of(COPIES)
    if number == steps[4].results[0]:
        text = "The top word minus the second. A third word is still below them: where did it come from?"
        return right(text, describe_step(steps, 4))
    other = ("another-pair", f"You said {number:,}. In the last picture, which two words are on top before SUB?")
    return wrong(*DIFFERENCES.get(number, other))


STORES: Beliefs = {
    5_000: ("a-first-look-is-free", "2,100 for a cold slot and 2,900 for a new value. Which of the two can you avoid?"),
    2_900: ("warm-is-enough", "The slot was warm. 2,900 is for the new value. Which value would change nothing?"),
    2_200: ("same-value-is-enough", "The value did not change. 2,100 is for a cold slot. What makes a slot warm?"),
    20_000: ("empty-is-free", "The slot was warm, and empty. Which change is the most expensive of all?"),
    22_100: ("empty-is-free", "A cold slot, and a value where 0 was. What costs less than a new entry?"),
}


def cheap_store(answer: Any) -> Reply:
    """Judge a program in which an SSTORE costs 100 gas; slot 0 holds 7."""
    program = GIVEN_STORE if answer is None else read_words(answer, "a program, such as PUSH1 8  PUSH0  SSTORE")
    if is_untouched(program, GIVEN_STORE):
        return missing("a program in which an SSTORE costs 100 gas. Change the one above.")
    steps = steps_of(program, storage={0: 7})
    stores = [step for step in steps if step.opcode.name == "SSTORE" and not step.error]
    cheapest = min(stores, key=lambda step: step.gas_cost, default=None)
    if cheapest and cheapest.gas_cost == 100 and not steps[-1].error:
        text = "A warm slot, and no entry in storage that costs more than before. Why is it not free?"
        return right(text, describe_step(steps, cheapest.index))
    if steps[-1].error:
        return failed(steps[-1])
    if cheapest is None:
        return wrong("loading-is-storing", "No SSTORE ran in your program. Which instruction writes to storage?")
    belief, text = STORES.get(cheapest.gas_cost, ("one-price", "Which two parts does this price have?"))
    return wrong(
        belief, f"Your cheapest SSTORE costs {cheapest.gas_cost:,}. {text}", describe_step(steps, cheapest.index)
    )


BORDERS: Beliefs = {
    2_110: ("storing-is-free", "You left out the most expensive of the six. What does SSTORE cost on an empty slot?"),
    20_010: ("reading-is-free", "What does SLOAD cost, and have you counted it?"),
    22_100: ("only-storage-counts", "SLOAD and SSTORE are paid. What do the other four steps cost?"),
    5_010: ("price-is-per-opcode", "That is the price on the slot with 7. What does SSTORE cost on an empty one?"),
    22_109: ("a-step-left-out", "Very close. What are the prices of the two PUSH0, and of PUSH1 and ADD?"),
    22_111: ("one-left-over", "Very close. May the gas be used up exactly?"),
    22_112: ("stopping-costs", "Which step did you pay for that costs nothing?"),
    24_210: ("always-cold", "You paid 2,100 twice. Which step had looked the slot up before SSTORE came?"),
}


def border(answer: Any) -> Reply:
    """Judge the smallest gas with which the counter succeeds on an empty slot."""
    if answer is None:
        return missing("a number. Add up the prices of the six steps.")
    gas = read_number(answer, 0, 1_000_000, "an amount of gas")
    steps, enough = steps_of(COUNTER, gas=gas), steps_of(COUNTER, gas=gas)[-1].error is None
    if enough and steps_of(COUNTER, gas=gas - 1)[-1].error:
        text = f"With {gas:,} it succeeds, with {gas - 1:,} it fails. Would a second call need as much?"
        return right(text, describe_step(steps, len(steps) - 2))
    if enough:
        text = f"With {gas:,} it succeeds, and with {gas - 1:,} too. "
        belief, question = BORDERS.get(gas, ("a-step-twice", "Which price did you count twice, or take too high?"))
        return wrong(belief, text + question)
    text = f"With {gas:,} it fails at step {len(steps)}. "
    belief, question = BORDERS.get(gas, ("a-step-left-out", "Which price did you leave out, or take too low?"))
    return wrong(belief, text + question, describe_step(steps, len(steps) - 1))


BEFORE: Beliefs = {
    39_000: ("what-is-left", "39,000 is what is left at step 1. How much of the 60,000 is gone by then?"),
    60_000: ("a-limit-is-a-price", "60,000 is the limit. How much of it is left at step 1?"),
    27_035: ("before-is-all", "27,035 is all that the receipt counts. Which part of it did the steps use?"),
    6_035: ("only-steps-cost", "6,035 is what the steps use. How much does the receipt count in all?"),
    21_002: ("step-1-is-before", "That includes the price of step 1. What was the gas when step 1 began?"),
    0: ("only-steps-cost", "Then all 60,000 would be left at step 1. What does the stepper show there?"),
    24_000: ("dan-is-ann", "24,000 is what Dan allows. How much does Ann allow, and how much is left at her step 1?"),
}


def before_step_1(answer: Any) -> Reply:
    """Judge how much of Ann's gas was gone before the first step of her transaction."""
    if answer is None:
        return missing("60,000 minus the gas at step 1.")
    gone = read_number(answer, 0, 60_000, "an amount of gas")
    if gone == 21_000:
        text = "All of what the receipt says. Dan allows 24,000: how much of that is left for his steps?"
        return right(text, "21,000 before step 1 + 6,035 by the steps = 27,035")
    other = f"You said {gone:,}. Go to step 1 of Ann's transaction: which number stands to the left of the arrow?"
    return wrong(*BEFORE.get(gone, ("another-number", other)))


def shared_location(answer: Any) -> Reply:
    """Judge the location that transaction 0 wrote and transaction 2 read."""
    words = "" if answer is None else read_words(answer, "a location, such as Ann's nonce").replace("’", "'")
    if not words.strip():
        return missing("a location, such as `Ann's nonce`.")
    block = load_four()
    results = BACKENDS.named("sequential").execute_block(block.pre, block.block, RunConfig(block.chain)).result.results
    names = {name_of(block, spot): spot for each in results for spot in {**each.read_set, **each.write_set}}
    name = read_one_of(words, list(names), "a location of this block")
    first, second, location = results[0], results[2], names[name]
    shown = describe_sets(block, [first, second], ["transaction 0", "transaction 2"])
    if location not in second.read_set:
        text = f"Transaction 2 does not read {name}. Which locations are in its list?"
        return wrong("what-one-writes-all-read", text, shown)
    version = second.read_set[location].version.tx_index
    if location not in first.write_set:
        return _not_written(name, version, location in first.read_set, shown)
    seen = {**second.read_set, location: second.read_set[location]._replace(value=41)}
    alone = describe_sets(block, [run_alone(block, 2, seen)], ["transaction 2, alone, in a world with 41 there"])
    shown = re.sub(r" +<- from transaction \d+", "", alone)  # what it reads there was put there for this try
    return right("One value that it read is another. What has changed in what it writes, and what has not?", shown)


def _not_written(name: str, version: int, is_read: bool, shown: str) -> Reply:
    """Say why a location that transaction 2 reads is not the one: transaction 0 did not write it."""
    if version >= 0:
        text = f"{name}: transaction 2 read what transaction {version} wrote there. Which note names transaction 0?"
        return wrong("any-earlier-writer", text, shown)
    if is_read:
        text = f"Both transactions read {name}, and neither writes it. Where does transaction 0 leave a new value?"
        return wrong("reading-is-sharing", text, shown)
    text = f"Transaction 2 found {name} as it was before the block. Which of its values did transaction 0 leave there?"
    return wrong("own-account-is-shared", text, shown)


TURNS: Mapping[str, Turn] = {
    "two-minus-three": two_minus_three,
    "memory-grows": memory_grows,
    "dup-difference": dup_difference,
    "border": border,
    "before-step-1": before_step_1,
    "shared-location": shared_location,
    "cheap-store": cheap_store,
}
