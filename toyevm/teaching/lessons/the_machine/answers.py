"""What lesson 01 says to what a student tries: for each turn, a function from any value at all to a reply.

`shown` is what an answer did, or the steps and sets that it speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.teaching.kit.stepper import describe_step
from toyevm.teaching.lab.turns import Reply, Turn, missing, read_words, repeat, right, wrong
from toyevm.teaching.lessons.the_machine.runs import load_four, run_alone, steps_of
from toyevm.teaching.lessons.the_machine.sets_text import describe_sets, name_of
from toyevm.tracer import StepRecord
from toyevm.types import Location
from toyevm.workloads.workload import Workload

GIVEN_SUB = "PUSH1 2  PUSH1 3  SUB"
GIVEN_STORE = "PUSH1 8  PUSH0  SSTORE"
PRODUCT = "PUSH1 5  PUSH1 7  MUL  PUSH1 0  MSTORE  PUSH1 32  PUSH1 0  RETURN"
COPIES = "PUSH1 10  PUSH1 20  DUP2  SWAP1  SUB"
COUNTER = "PUSH0  SLOAD  PUSH1 1  ADD  PUSH0  SSTORE"
WORDS = 2**256

Beliefs = Mapping[int, tuple[str, str]]  # a wrong number: the belief behind it, and what to say


def read_whole(answer: Any, what: str) -> int:
    """Return a whole number.

    Raises:
        InputError: it is something else; a number with quotes or commas is told so.
    """
    if isinstance(answer, str) and re.fullmatch(r"-?\d[\d,_ ]*", answer.strip()):
        raise InputError(f"{repeat(answer)} is text. A number has no quotes. Which number do you mean?")
    if isinstance(answer, tuple) and len(answer) > 1 and all(type(part) is int for part in answer):
        raise InputError(f"{repeat(answer)} is more than one number. Did you write a comma in the number?")
    if type(answer) is not int:
        raise InputError(repeat(answer), expected=f"{what}, a whole number")
    return answer


def read_program(answer: Any, given: str) -> str:
    """Return a program that a student wrote, or "" if it is still the given one, or empty."""
    program = "" if answer is None else read_words(answer, f"a program, such as {given}")
    return "" if program.upper().split() == given.split() else program.strip()


def failed(step: StepRecord) -> Reply:
    """Say at which step a student's program failed."""
    name, found = step.opcode.name, len(step.stack_before)
    if step.error == "stack underflow":
        text = f"Your program failed at {name}: it takes {step.opcode.pops} words and found {found} on the stack. "
        return wrong("operands-come-later", text + "Which words did you mean it to take?")
    return wrong("any-instruction-will-do", f"Your program failed at {name}: {step.error}. What should this step do?")


def two_minus_three(answer: Any) -> Reply:
    """Judge a program that leaves 2 - 3."""
    if not (program := read_program(answer, GIVEN_SUB)):
        return missing("a program that leaves 2 - 3. Change the one above.")
    if re.search(r"PUSH1\s+-\d", program, re.IGNORECASE):
        return wrong("a-word-is-negative", "PUSH1 pushes one byte, 0 to 255. Which two words should SUB take?")
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
    if (a, b) != (2, 3) and top == (WORDS - 1,):
        return right("The word on top is what 2 - 3 leaves. Can your program do this with one SUB?", shown)
    if (a, b) != (2, 3):
        text = f"Your last SUB took {a:,} first and {b:,} second. Which two words must it find, and which on top?"
        return wrong("another-subtraction", text, shown)
    if top != last.results:
        text = "SUB computed 2 - 3, but its result is not on top at the end. Which of your later steps covered it?"
        return wrong("the-result-stays-on-top", text, shown)
    text = "This is what 2 - 3 leaves. A word cannot be below 0, so it starts again at the largest one, 2²⁵⁶ - 1. "
    return right(text + "Which word added to it gives 0?", shown)


def memory_grows(answer: Any) -> Reply:
    """Judge the step at which memory grows."""
    steps = steps_of(PRODUCT)
    if answer is None:
        return missing(f"the number of the step at which memory grows, from 1 to {len(steps)}.")
    if isinstance(answer, str) and answer.strip().upper() in {step.opcode.name for step in steps}:
        text = f"{answer.strip().upper()} is an instruction. Which number does its step have in the stepper?"
        return wrong("an-instruction-is-a-step", text)
    number = read_whole(answer, "the number of a step")
    if not 1 <= number <= len(steps):
        text = f"There is no step {number:,}: the stepper counts from 1 to {len(steps)}. What does your number count?"
        return wrong("another-count", text)
    step, shown = steps[number - 1], describe_step(steps, number - 1)
    before, after = len(step.memory_before), len(step.memory_after)
    if before < after:
        text = f"Memory grows from {before} to {after} bytes: MSTORE writes a whole word. Which of them holds 35?"
        return right(text, shown)
    if before:
        text = f"Memory has {before} bytes before this step already. What was the first step that wrote to it?"
        return wrong("grows-when-read", text, shown)
    if number == 4:
        text = "Step 4 pushes the offset. Memory is still empty after it. Which step takes this offset from the stack?"
        return wrong("steps-count-from-0", text, shown)
    text = f"Memory is empty before step {number} and after it. Which part of the machine does {step.opcode.name} use?"
    return wrong("memory-holds-the-stack", text, shown)


DIFFERENCES: Beliefs = {
    -10: ("operands-in-reading-order", "-10 is 10 - 20. Which word is on top after SWAP1, and so taken first?"),
    WORDS - 10: ("swap-changes-nothing", "That is what 10 - 20 leaves. What did SWAP1 do to the top two?"),
    0: ("skips-a-word", "0 is 10 - 10: the first word and the third one. Which two words does SUB take?"),
    20: ("sub-only-looks", "20 is the top word before SUB. What does SUB leave in place of the words that it takes?"),
    30: ("sub-adds", "30 is the sum of the top two words. What does SUB compute?"),
}


def dup_difference(answer: Any) -> Reply:
    """Judge what SUB leaves after DUP2 and SWAP1."""
    if answer is None:
        return missing("the number that SUB leaves.")
    number, steps = read_whole(answer, "what SUB leaves"), steps_of(COPIES)
    if number == steps[4].results[0]:
        text = "The top word minus the second. A third word is still below them: where did it come from?"
        return right(text, describe_step(steps, 4))
    other = ("another-pair", f"You said {number:,}. After SWAP1, which word is on top, and which one is below it?")
    return wrong(*DIFFERENCES.get(number, other))


STORES: Beliefs = {
    5_000: ("a-first-look-is-free", "That is 2,100 for a cold slot and 2,900 for a new value. Which can you avoid?"),
    2_900: ("warm-is-enough", "The slot was warm. 2,900 is for the new value. Which value would change nothing?"),
    2_200: ("same-value-is-enough", "The value did not change. 2,100 is for a cold slot. What makes a slot warm?"),
    20_000: ("empty-is-free", "The slot was warm, and it held 0. Which change costs less than a new entry?"),
    22_100: ("empty-is-free", "The slot was cold, and it held 0. What costs less than a new entry?"),
}


def cheap_store(answer: Any) -> Reply:
    """Judge a program in which an SSTORE costs 100 gas; slot 0 holds 7."""
    if not (program := read_program(answer, GIVEN_STORE)):
        return missing("a program in which an SSTORE costs 100 gas. Change the one above.")
    steps = steps_of(program, storage={0: 7})
    stores = [step for step in steps if step.opcode.name == "SSTORE" and not step.error]
    cheapest = min(stores, key=lambda step: step.gas_cost, default=None)
    if cheapest and cheapest.gas_cost == 100 and not steps[-1].error:
        again = any(step.operands[:1] == cheapest.operands[:1] for step in stores if step.index < cheapest.index)
        kept = "this call has paid for a change already" if again else "the value stays the same"
        text = f"The slot is warm and {kept}, so nothing new must be kept. Why does it still cost 100?"
        return right(text, describe_step(steps, cheapest.index))
    if steps[-1].error:
        return failed(steps[-1])
    if cheapest is None:
        return wrong("loading-is-storing", "No SSTORE ran in your program. Which instruction writes to storage?")
    (slot, value), shown = cheapest.operands, describe_step(steps, cheapest.index)
    done = f"Your cheapest SSTORE costs {cheapest.gas_cost:,}. It wrote {value:,} to slot {slot:,}. "
    looked_up = {step.operands[0] for step in steps[: cheapest.index] if step.opcode.name == "SLOAD"}
    if slot and value == 0:
        text = done + "Which of the two words must be on top, the slot or the value?"
        return wrong("operands-in-reading-order", text, shown)
    if looked_up and slot not in looked_up:
        text = done + f"SLOAD made slot {min(looked_up):,} warm. Which slot must be warm?"
        return wrong("one-slot-warms-all", text, shown)
    belief, text = STORES.get(cheapest.gas_cost, ("one-price", "Which two parts does this price have?"))
    return wrong(belief, done + text, shown)


# How far a wrong border is from the right one, and the belief that leads there.
TOO_LITTLE: Beliefs = {
    20_000: ("storing-is-free", "Is the price of SSTORE in your sum?"),
    2_100: ("reading-is-free", "Is the price of SLOAD in your sum?"),
    10: ("only-storage-counts", "SLOAD and SSTORE are in your sum. What do the other four steps ask for?"),
    2_110: ("only-storing-counts", "The price of SSTORE is in your sum. What had the five steps before it used?"),
    17_100: ("price-is-per-opcode", "That was enough on the slot with 7. What does SSTORE ask for on an empty slot?"),
    10_000: ("add-to-what-it-got", "12,110 is 10,000 from before and 2,110 for five steps. What does SSTORE ask for?"),
    12_110: ("what-it-got-is-enough", "With this amount it failed before. What did SSTORE ask for, and what was left?"),
    1: ("strictly-less", "Very close. Which step gets one gas too little?"),
}
TOO_MUCH: Beliefs = {
    1: ("one-left-over", "Very close. Can a call use up its gas exactly?"),
    135: ("another-program", "22,245 is the first call of the *other* program. What do the counter's steps ask for?"),
    2_100: ("always-cold", "Which step looked up the slot before SSTORE came?"),
    7_890: ("the-lost-gas-counts", "Is the gas that was lost before in your sum? Which step would ask for it?"),
    10_000: ("add-to-what-it-got", "Is the 10,000 from before in your sum? Which step asks for it?"),
    20_000: ("a-step-twice", "How often does SSTORE run?"),
    21_000: ("a-call-is-a-transaction", "Is 21,000 for a transaction in your sum? Which step asks for it?"),
}


def border(answer: Any) -> Reply:
    """Judge the smallest gas with which the counter succeeds on an empty slot."""
    if answer is None:
        return missing("a number. Add up the prices of the six steps.")
    if (gas := read_whole(answer, "an amount of gas")) < 0:
        raise InputError(f"{gas:,} is less than nothing: how much gas do six steps ask for?")
    steps, needed = steps_of(COUNTER, gas=gas), sum(step.gas_cost for step in steps_of(COUNTER))
    if gas == needed:
        text = f"With {gas:,} it succeeds, with {gas - 1:,} it fails. Would a second call need as much?"
        return right(text, describe_step(steps, len(steps) - 2))
    if gas > needed:
        small = ("stopping-costs", "Which step does your sum count once too often?")
        other = small if gas - needed <= 10 else ("a-price-too-high", "Which price in your sum does no step ask for?")
        belief, question = TOO_MUCH.get(gas - needed, other)
        return wrong(belief, f"With {gas:,} it succeeds. But less gas is enough, too. {question}")
    last = steps[-1]
    text = f"With {gas:,} it fails at step {len(steps)}: {last.opcode.name} finds {last.gas_before:,} gas. "
    small = ("a-small-step-left-out", "There are four small steps. Which of their prices are in your sum?")
    other = (
        small
        if needed - gas < 10
        else ("a-price-too-low", "Which of the six prices is missing in your sum, or too low?")
    )
    belief, question = TOO_LITTLE.get(needed - gas, other)
    return wrong(belief, text + question, describe_step(steps, len(steps) - 1))


def run_block() -> tuple[Workload, tuple[TxResult, ...], dict[str, Location]]:
    """Return the block of four, its results, and all that they touch, by name."""
    block = load_four()
    outcome = BACKENDS.named("sequential").execute_block(block.pre, block.block, RunConfig(block.chain)).result
    spots = {spot for each in outcome.results for spot in {**each.read_set, **each.write_set}}
    return block, tuple(outcome.results), {name_of(block, spot): spot for spot in sorted(spots)}


def read_location(words: str, names: Mapping[str, Location]) -> str | Reply:
    """Return the name of a location, whatever its capitals; or what is missing in what a student wrote."""
    said = words.strip().casefold().replace("’", "'").removeprefix("the ").rstrip(".")
    said = re.sub(r"^(\w+) (?=slot|nonce|balance|code)", r"\1's ", said)
    said = re.sub(r"^(slot \w+|nonce|balance|code) of (?:the )?(\w+)$", r"\2's \1", said)
    for name in names:
        if name.casefold() == said:
            return name
    if said.count("'s ") > 1:
        raise InputError(f"{repeat(words)} is more than one location. Which one do you want to try first?")
    owner, _, part = said.partition("'s")
    owners, parts = {name.partition("'s ")[0] for name in names}, {name.partition("'s ")[2] for name in names}
    whose = next((name for name in owners if name.casefold() == owner.strip()), "")
    if re.fullmatch(r"[\d,_ >-]+", said):
        return wrong("a-value-is-a-location", f"{words.strip()} is a value. Which location holds it?")
    if whose and part.strip() in ("", "slot", "storage"):
        theirs = ", ".join(name.partition("'s ")[2] for name in names if name.startswith(whose))
        text = f"{whose} is an account with more than one location: {theirs}. Which one do you mean?"
        return wrong("an-account-is-one-location", text)
    if whose:
        text = f"No transaction of this block touches {whose}'s{part}. Which locations of {whose} are in the list?"
        return wrong("a-value-is-the-number-of-a-slot" if "slot" in part else "not-in-the-list", text)
    if said in {*parts, "slot", "storage"}:
        return wrong("a-location-needs-an-account", f"Several accounts may have a {said}. Whose {said} do you mean?")
    raise InputError(repeat(words), expected="an account and what it has, such as Ann's nonce")


def shared_location(answer: Any) -> Reply:
    """Judge the location that transaction 0 wrote and transaction 2 read."""
    words = "" if answer is None else read_words(answer, "one location, such as Ann's nonce, or none")
    if not words.strip():
        return missing("a location, such as `Ann's nonce`, or `none`.")
    block, results, names = run_block()
    first, second = results[0], results[2]
    shown = describe_sets(block, [first, second], ["transaction 0", "transaction 2"])
    if words.strip().casefold() == "none":
        text = "Transaction 0 wrote three locations. Is none of them in the list of transaction 2?"
        return wrong("different-senders-never-conflict", text, shown)
    name = read_location(words, names)
    if isinstance(name, Reply):
        return name
    location = names[name]
    if location not in second.read_set:
        who = "Transaction 0 wrote it, but transaction 2" if location in first.write_set else "Transaction 2"
        return wrong("what-one-writes-all-read", f"{who} does not read {name}. Which locations are in its list?", shown)
    version = second.read_set[location].version.tx_index
    if location not in first.write_set:
        return _not_written(name, version, location in first.read_set, shown)
    seen = {**second.read_set, location: second.read_set[location]._replace(value=41)}
    alone = describe_sets(block, [run_alone(block, 2, seen)], ["transaction 2, alone, in a world with 41 there"])
    shown = re.sub(r" +<- from transaction \d+", "", alone)  # what it reads there was put there for this try
    return right("Transaction 2 found another value there. Which of its writes changed, and which did not?", shown)


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


NEEDED = {
    "nonce": "Each transaction says which nonce its sender must have. What could a sender do twice without a nonce?",
    "balance": "The fee is taken from it. How would the machine know that the balance is enough?",
    "code": "No transaction writes it. What could the machine not decide, or not run, without it?",
    "slot 0": "The counter loads it. Which number would it write without it?",
}


def leave_one_out(answer: Any) -> Reply:
    """Judge whether transaction 2 can do without one location of its read set: run it without that one."""
    words = "" if answer is None else read_words(answer, "one location, such as Cleo's nonce, or none")
    if not words.strip():
        return missing("a location, such as `Cleo's nonce`, or `none`.")
    block, results, names = run_block()
    reads = results[2].read_set
    if words.strip().casefold() == "none":
        tried = [f"without {name_of(block, spot):<17} {_run_without(block, reads, spot)}" for spot in reads]
        text = "Each of them is needed. Can a location that the machine never asked for be in a read set?"
        return right(text, "\n".join(tried))
    name = read_location(words, names)
    if isinstance(name, Reply):
        return name
    if names[name] not in reads:
        text = f"Transaction 2 does not read {name}. Which location of its own read set could it do without?"
        return wrong("not-in-the-set", text)
    part = name.partition("'s ")[2]
    belief = {"code": "what-is-only-read-is-not-needed", "slot 0": "the-slot-is-a-result"}.get(
        part, f"the-{part}-is-a-label"
    )
    return wrong(belief, f"Without {name}: {_run_without(block, reads, names[name])}. {NEEDED[part]}")


def _run_without(block: Workload, reads: Mapping[Location, Any], left_out: Location) -> str:
    """Say how transaction 2 ends in a world that lacks one location."""
    try:
        run_alone(block, 2, {spot: read for spot, read in reads.items() if spot != left_out})
    except InputError:
        return "the machine asks for it, and the run ends"
    return "it runs to its end"


TURNS: Mapping[str, Turn] = {
    "two-minus-three": two_minus_three,
    "memory-grows": memory_grows,
    "dup-difference": dup_difference,
    "border": border,
    "shared-location": shared_location,
    "cheap-store": cheap_store,
    "leave-one-out": leave_one_out,
}
