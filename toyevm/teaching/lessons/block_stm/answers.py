"""What lesson 06 says to what a student tries: for each turn, a function from any value at all to a reply.

`shown` is what the answer did, as text: never what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from toyevm.errors import InputError
from toyevm.simulation.notation import letter, version_name
from toyevm.simulation.steps import Action
from toyevm.teaching.kit.threads.model import Threads, read_moves
from toyevm.teaching.kit.threads.player import ThreadsPlayer
from toyevm.teaching.kit.threads.words import describe_threads, number
from toyevm.teaching.lab.turns import Reply, Turn, malformed, missing, read_words, repeat, right, wrong
from toyevm.teaching.lessons.block_stm.situations import SITUATIONS, next_task
from toyevm.teaching.lessons.block_stm.studies import CORES, by_hand, misleading_run, outdated
from toyevm.teaching.lessons.block_stm.tables import BEFORE, ENTRIES, READERS, entry_below, entry_of
from toyevm.teaching.lessons.block_stm.variants import without_new_locations
from toyevm.types import Version

VERSION = re.compile(r"([A-F])\.?\s*(\d)?")
LONG_RUN = 60  # events that a reply shows at most


# What a transaction reads


def reads(answer: Any) -> Reply:
    """Judge which entry each of four transactions reads, up to the first that is not so."""
    if answer is None:
        return missing("a dict with an entry for each of C, D, E and F.")
    if not isinstance(answer, dict):
        return malformed(f"{repeat(answer)} is no dict such as {{'B': 'A.0'}}. What does C read?")
    held = ""
    for reader in READERS:
        given = {str(key).strip().upper(): value for key, value in answer.items()}.get(reader)
        if given is None:
            return missing(f"what {reader} reads.{held}")
        entry = entry_of(given)
        if entry is None:
            raise InputError(f"{repeat(given)} for {reader}", expected=f"one of {', '.join(ENTRIES)}, {BEFORE}")
        if entry != entry_below(reader):
            return wrong(*_misread(reader, entry), shown=f"{reader} reads {entry}: {ENTRIES.get(entry, 100)}.{held}")
        held = f" Right so far: {', '.join(READERS[: READERS.index(reader) + 1])}."
    return right(
        "Only the order of the block counts, not the order in which the writes came. "
        "A has just written, after E and C. Which incarnations have read too early?"
    )


def _misread(reader: str, entry: str) -> tuple[str, str]:
    """Return the belief and the question of a read that is not so."""
    if entry == BEFORE:
        text = f"You let {reader} read the value from before the block. It would have, before anyone had written. Now "
        return "reads-the-past", text + f"there are three entries, visible without a commit. Which are below {reader}?"
    writer = entry[0]
    if writer == reader:
        text = f"You let {reader} read {entry}, which an earlier incarnation of {reader} itself wrote. "
        return "reads-itself", text + "Whose writes come before it in one-after-the-other execution?"
    if writer > reader:
        text = f"You let {reader} read {entry}. In the block, {writer} comes after {reader}. "
        return "reads-from-above", text + f"Which transactions does {reader} follow?"
    if writer == "A":
        text = f"You let {reader} read A.0. It is the latest in time. But {entry_below(reader)[0]}, "
        return (
            "latest-in-time",
            text + f"which also wrote, stands between A and {reader}. Which comes last before {reader}?",
        )
    text = f"{writer} is below {reader}, but it is not the highest one below. Which entry lies between them?"
    return "any-below", text


# An order of events that ends wrong


def break_the_rule(answer: Any) -> Reply:
    """Replay an order of events on the executor without the second rule; any that ends wrong is right."""
    if answer is None:
        return missing("moves, such as 0 0 1 1.")
    moves = answer.moves if isinstance(answer, ThreadsPlayer) else read_words(answer, "moves such as 0 0 1 1", most=400)
    if not moves.strip():
        return missing("moves: press the buttons of the player above, or type them, such as 0 0 1 1.")
    model = by_hand(without_new_locations)
    for at, core in enumerate(read_moves(moves, CORES), 1):
        if core not in model.going:
            return _cannot_move(model, at, core)
        model.advance(core)
    shown = describe_threads(model, LONG_RUN)
    if model.is_over and model.wrong:
        name, (has, should) = next(iter(model.wrong.items()))
        place = next(iter(model.watched))
        has_it, should_it = ("nothing" if each is None else number(model, place, each) for each in (has, should))
        return right(
            f"Your order breaks it, with {len(model.choices)} moves: {name} has {has_it} instead of {should_it}. "
            "No validation has found anything. Which incarnation keeps a sum from a value that it read too early?",
            shown,
        )
    if not model.is_over:
        return wrong(*_unfinished(model), shown=shown)
    return wrong(*_repaired(model), shown=shown)


def _cannot_move(model: Threads, at: int, core: int) -> Reply:
    if not model.going:
        return malformed(f"The block is done before your move {at}. Which moves come after the end?")
    others = " and ".join(f"core {each}" for each in model.going)
    text = f"Your move {at} is core {core}, which has nothing to do at that moment; {others} can move. "
    shown = describe_threads(model)
    return wrong("moves-who-waits", text + f"What must happen before core {core} finds a task?", shown)


def _unfinished(model: Threads) -> tuple[str, str]:
    going = " and ".join(f"core {core}" for core in model.going)
    text = f"After your {len(model.choices)} moves the block is not done: {going} can go on. "
    if late := _late_write(model):
        return "stops-early", f"{text}{_late_words(late)} What happens if you play this to the end?"
    return (
        "stops-early",
        text + "A transaction has to write after a later one was validated. Which core do you hold back?",
    )


def _repaired(model: Threads) -> tuple[str, str]:
    """Return why an order that was played to the end came out right."""
    late = _late_write(model)
    if late is None:
        first = {event.version.tx_index: at for at, event in reversed(list(enumerate(model.events)))}
        if all(_end_of(model, tx) < first[tx + 1] for tx in range(model.size - 1)):
            text = "You ran one transaction after the other, so each read what the one before it wrote. "
            return "one-after-the-other", text + "Which two must be under way at the same time?"
        text = "Each transaction wrote Shop before any later one had passed its validation. "
        return "writes-in-time", text + "Which core must you hold back, just before it writes?"
    reader = late[1]
    again = [
        at
        for at, event in enumerate(model.events, 1)
        if event.action is Action.MOVE and event.holds and event.version.tx_index == reader.tx_index
    ]
    text = _late_words(late)
    if again:
        return "repaired-by-chance", (
            f"{text} But {letter(reader.tx_index)} was validated once more, and aborted as event {again[-1]}. "
            f"Who moved the validation cursor back? How can you prevent that?"
        )
    return "repaired-by-chance", f"{text} But {letter(reader.tx_index)} ran again later. Who made it run again?"


def _late_write(model: Threads) -> tuple[Version, Version, int] | None:
    """Return a write, the higher incarnation that had passed before it, and when it was written; None without any."""
    passed: dict[int, Version] = {}
    for at, event in enumerate(model.events, 1):
        if event.passes:
            passed[event.version.tx_index] = event.version
        if event.aborts:
            passed.pop(event.version.tx_index, None)
        if event.action is Action.WRITE:
            for tx_index, version in passed.items():
                if tx_index > event.version.tx_index:
                    return event.version, version, at
    return None


def _late_words(late: tuple[Version, Version, int]) -> str:
    writer, reader, number = late
    return (
        f"{version_name(writer)} wrote Shop as event {number}, when {version_name(reader)} had passed its validation."
    )


def _end_of(model: Threads, tx_index: int) -> int:
    return max(at for at, event in enumerate(model.events) if event.version.tx_index == tx_index)


# Who was misled


def misled(answer: Any) -> Reply:
    """Judge which incarnation of a given run stands on an outdated value."""
    if answer is None:
        return missing("the name of an incarnation, such as 'A.0'.")
    match = VERSION.fullmatch(read_words(answer, "an incarnation such as 'A.0'", most=40).strip().upper())
    if not match:
        raise InputError(repeat(answer), expected="an incarnation: letter, point, number, such as 'A.0'")
    model = misleading_run()
    if match[2] is None:
        return malformed(f"{match[1]} may have run more than once. Which incarnation of {match[1]} do you mean?")
    version = Version("ABCDEF".index(match[1]), int(match[2]))
    ran = {event.version for event in model.events if event.action is Action.EXECUTE}
    name = version_name(version)
    if version not in ran:
        return malformed(f"There is no {name} in this run. Which incarnations start in the list of events?")
    if version in outdated(model):
        return right(
            f"{name} passed before C.1 had written. C.0 had met an ESTIMATE and written nothing, so C.1 wrote where C "
            f"had no entry yet, and {name} was not asked again. So the missing rule is: who writes at a new location "
            "has all transactions above it validated. Where must the validation cursor go?"
        )
    if version in model.aborted:
        text = f"{name} was aborted, so nothing of it is left. "
        return wrong("the-aborted-is-to-blame", text + "Which one passed its validation, and too early?")
    return wrong(*_innocent(model, version))


def _innocent(model: Threads, version: Version) -> tuple[str, str]:
    name = version_name(version)
    read = next(e.read for e in reversed(model.events) if e.version == version and e.action is Action.READ)
    seen = "nothing" if read is None else version_name(read.version)
    text = f"{name} read version {seen}, and in the end {seen} is still the last one below it. "
    if version.tx_index == 2:
        return "the-late-writer", text + f"It wrote late, that is true. Who read before {name} wrote, and keeps that?"
    return "blames-the-valid", text + "Who read a version that is not the last one below it?"


# Which task comes next


def tasks(answer: Any) -> Reply:
    """Judge which task a free core takes in three situations, by the real scheduler."""
    if answer is None:
        return missing("a dict with a task for each of 2, 3 and 4.")
    if not isinstance(answer, dict):
        return malformed(f"{repeat(answer)} is no dict such as {{1: 'validate B'}}. Which task is taken in 2?")
    given = {str(key).strip(): value for key, value in answer.items()}
    held = ""
    for name in list(SITUATIONS)[1:]:
        if given.get(name) is None:
            return missing(f"a task for situation {name}; 'nothing' if there is none.{held}")
        said, true = _read_task(name, given[name]), next_task(name)
        if said != true:
            return wrong(*_mistaken(name, said, true), shown=f"{SITUATIONS[name].words}\nyou: {said}")
        held = f" Right so far: {name}."
    return right(
        "The lower cursor wins, and at a tie a core executes. In 4 both cursors have passed the end, and yet the block "
        "is not done. What could D's core still do to the cursors?"
    )


def _read_task(name: str, answer: object) -> str:
    said = " ".join(read_words(answer, "a task such as 'validate B'", most=40).casefold().split())
    if said in ("nothing", "none", "wait", "no task"):
        return "nothing"
    if match := re.fullmatch(r"(validate|execute|run|done)(?: ([a-d])(?:\.\d)?)?", said):
        verb = {"run": "execute"}.get(match[1], match[1])
        if verb == "done":
            return "done"
        if match[2]:
            return f"{verb} {match[2].upper()}"
    raise InputError(f"{repeat(answer)} for {name}", expected="'validate X', 'execute X' with a letter, or 'nothing'")


def _mistaken(name: str, said: str, true: str) -> tuple[str, str]:
    """Return the belief and the question of a task that is not the next one."""
    situation = SITUATIONS[name]
    cursors = f"execution_index is {situation.execution_index}, validation_index is {situation.validation_index}. "
    if true == "nothing":
        if said == "done":
            text = "Both cursors have passed the end. But D is being executed on another core. "
            return "cursors-say-it-all", text + "What happens to validation_index if D writes at a new location?"
        text = f"You let the core {said}. {cursors}Both are past the last transaction. "
        return "takes-what-is-taken", text + "Where would the core find this task?"
    if said in ("nothing", "done"):
        return "waits-for-nothing", f"You let the core do nothing. {cursors}Which of them points at work?"
    verb = said.split()[0]
    if verb != true.split()[0]:
        belief = "executes-first" if verb == "execute" else "validates-first"
        order = "validation_index is lower" if verb == "execute" else "validation_index is not lower"
        return belief, f"You let the core {said}. {cursors}Here {order}: which kind of task does a free core take then?"
    return (
        "another-cursor",
        f"You let the core {said}. {cursors}To which transaction does the lower one point?",
    )


TURNS: Mapping[str, Turn] = {
    "reads": reads,
    "break-it": break_the_rule,
    "misled": misled,
    "next-task": tasks,
}
