"""What lesson 11 says to a lie in a batch, and to commitments that are to find it."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, call, missing, read_number, repeat, right, wrong
from toyevm.teaching.lessons.optimistic_rollup.outputs import COUNT, ESCROW, Batch, output
from toyevm.types import Hash32

FORM = "a dict from states to ether, such as {8: 50}"


def vanishing_lie(answer: Any) -> Reply:
    """Judge lies in a batch of the weak rollup: where a log says that Mallory burns, and how much."""
    if answer is None or (isinstance(answer, dict) and not answer):
        return missing(f"{FORM}: into which of your states goes a false burn, and of how many ether?")
    if not isinstance(answer, dict):
        raise InputError(repeat(answer), expected=FORM)
    lies = {read_number(at, 0, COUNT, "a state"): read_number(ether, 0, 10**6, "ether") for at, ether in answer.items()}
    batch = Batch({at: ether for at, ether in lies.items() if ether})
    shown = "\n".join(batch.lines)
    if not batch.lies:
        return wrong("burns-nothing", "Your batch is true, and nobody pays Mallory. What must a log say?", shown)
    if 0 in batch.lies:
        text = "State 0 is the end of the batch before, which all have agreed on. Which states are yours to claim?"
        return wrong("before-the-batch", text, shown)
    if batch.is_disputed and len(batch.lies) > 1:
        text = f"State 8 is false, too, so there is a dispute, and L1 runs transaction {batch.convicted_at}. "
        return wrong("lies-to-the-end", text + "Which of your states are never compared?", shown)
    if batch.is_disputed:
        text = "A false O[8] differs from the true one. Which commitment must be false before anybody can object?"
        return wrong("lies-in-the-last", text, shown)
    if batch.paid < ESCROW and max(batch.lies.values()) + batch.paid > ESCROW:
        text = (
            f"The escrow has {ESCROW} ether, and the bridge pays a burn in whole or not at all. How much do you burn?"
        )
        return wrong("more-than-there-is", text, shown)
    if batch.paid < ESCROW:
        text = f"Nobody disputes it. {ESCROW - batch.paid} ether are left in the escrow. What limits your lie?"
        return wrong("leaves-some", text, shown)
    better = "\n".join(Batch(batch.lies, chained=True).lines)
    return right("The lie is gone before the end. Below it, the same in a rollup that chains. What has changed?",
                 f"{shown}\n{better}")  # fmt: skip


def commitments(answer: Any) -> Reply:
    """Judge a function from states to commitments that find a lie in any of them."""
    if answer is None:
        return missing("a function.")
    true = [output(at) for at in range(COUNT + 1)]
    honest = _made(answer, true)
    if isinstance(honest, Reply):
        return honest
    for at in (3, 1, 7, 8):
        lie = [output(each, 100 * (each == at)) for each in range(COUNT + 1)]
        theirs = _made(answer, lie)
        if isinstance(theirs, Reply):
            return theirs
        if problem := _misses(honest, theirs, at):
            return wrong(*problem, _row(f"a lie in state {at}", honest, theirs))
    swapped = _made(answer, [*true[:2], true[3], true[2], *true[4:]])
    if isinstance(swapped, Reply):
        return swapped
    if swapped[COUNT] == honest[COUNT]:
        text = "Two states have changed places, and O[8] is the same. In which order does each step take its parts?"
        return wrong("any-order", text, _row("states 2 and 3 changed places", honest, swapped))
    text = "A lie in any state is still there at the end, and nothing before it changes. Why does bisection need both?"
    return right(text, _row("a lie in state 7", honest, _made(answer, [*true[:7], output(7, 100), true[8]])))


def _made(answer: Any, states: list[Hash32]) -> Any:
    said = call(answer, list(states))
    if said is None or said is ...:
        return missing("what `commitments` returns.")
    if not isinstance(said, (list, tuple)):
        text = "You return one value. A dispute compares O[4], then O[2] or O[6]. How many commitments are there?"
        return wrong("only-the-end", text, f"you return {_short(said)}")
    if len(said) != len(states):
        text = f"There are {len(states)} states, and you return {len(said)} commitments. What is O[0]?"
        return wrong("not-one-for-each", text, f"you return {len(said)} for {len(states)}")
    if odd := [each for each in said if not isinstance(each, bytes) or len(each) != 32]:
        text = "A commitment is a hash of 32 bytes, however long the batch is. What does `pair` return?"
        return wrong("no-hash", text, f"one of them is {_short(odd[0])}")
    return list(said)


def _misses(honest: list[bytes], theirs: list[bytes], at: int) -> tuple[str, str] | None:
    if honest == theirs:
        return "forgets-the-states", f"State {at} is false, and no commitment shows it. What does each of them cover?"
    if honest[:at] != theirs[:at]:
        first = next(each for each in range(at) if honest[each] != theirs[each])
        text = (
            f"State {first} is the same for both sides, but O[{first}] is not: then they agree on nothing. What may "
            f"O[{first}] depend on?"
        )
        return "covers-what-follows", text
    if honest[at] == theirs[at]:
        return "one-too-late", f"State {at} is false, and O[{at}] does not show it. Which state comes into O[{at}]?"
    if honest[COUNT] != theirs[COUNT]:
        same = [each for each in range(at, COUNT + 1) if honest[each] == theirs[each]]
        return ("has-gaps", f"O[{same[0]}] hides the lie again. What does it cover?") if same else None
    last = max(each for each in range(COUNT + 1) if honest[each] != theirs[each])
    if last == at:
        return "unchained", f"O[{at}] shows the lie, and O[{at + 1}] has forgotten it. What must O[{at + 1}] cover?"
    return (
        "covers-the-last-only",
        f"The lie shows up to O[{last}], then it is gone. What could O[k+1] cover but a state?",
    )


def _row(what: str, honest: list[bytes], theirs: list[bytes]) -> str:
    marks = " ".join("=" if mine == true else "≠" for mine, true in zip(theirs, honest, strict=True))
    return f"{what}: O[0] to O[8], yours and the true ones: {marks}"


def _short(value: object) -> str:
    return f"{value.hex()[:6]}…" if isinstance(value, bytes) else repeat(value)
