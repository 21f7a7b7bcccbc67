"""What lanes and version table say in words: on buttons, in boxes, and line by line."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from toyevm.simulation.multiversion import Entry, Increment
from toyevm.simulation.notation import letter, version_name
from toyevm.simulation.steps import Action, Step
from toyevm.teaching.kit.interleaving.scene import in_unit
from toyevm.teaching.kit.marks import CROSS, TICK
from toyevm.teaching.kit.threads.events import CoreEvent
from toyevm.teaching.kit.threads.model import Threads
from toyevm.types import Field, Location, Read, Value, Version

LAST = 8  # how many events are shown, the latest ones
ESTIMATE = "ESTIMATE"
CHANGED = " *"
ROOM = 12  # characters in a line of a box
UNWATCHED = "what is not watched"


def describe_threads(model: Threads, last: int = LAST) -> str:
    """Return what the picture shows: the cores, the latest events, the version table, the two cursors."""
    return "\n".join([
        title_of(model),
        *(f"core {core}{', next' * bool(model.coming(core))}: {coming_words(model, core)}"
          for core in range(model.cores)),
        *_events(model, last),
        f"version table (value and version, *: changed by event {len(model.events)})",
        *(line for place in model.watched for line in wrap(_location(model, place), 80, subsequent_indent="  ")),
        *(_transaction(model, tx_index) for tx_index in range(model.size)),
        *_cursors(model),
        *verdict(model),
    ])  # fmt: skip


def title_of(model: Threads) -> str:
    """Return what is shown, and how far it has come."""
    cores = f"Block-STM on {model.cores} core{'s' * (model.cores != 1)}"
    return f"{cores}: {f'after event {len(model.events)}' if model.events else 'nothing has happened'}"


def coming_words(model: Threads, core: int) -> str:
    """Return what a core is about to do, or why it does nothing."""
    if core in model.failures:
        return f"broken: {model.failures[core]}"
    step = model.coming(core)
    if step is None:
        return "has ended" if model.has_ended(core) else "waits"
    return _coming(model, step)


def _coming(model: Threads, step: Step) -> str:
    scheduler, tx_index = model.stm.scheduler, step.tx_index
    name = version_name(Version(tx_index, step.incarnation))
    place = model.watched.get(step.location, "") if step.location else ""
    match step.action:
        case Action.EXECUTE:
            return f"{name} starts"
        case Action.READ:
            return f"{name} reads {place}"
        case Action.WRITE:
            return f"{name} writes {place}"
        case Action.REMOVE:
            return f"{name} removes {place}"
        case Action.VALIDATE:
            return f"{name} validation starts"
        case Action.COMPARE:
            return f"{name} compares {place}"
        case Action.SUSPECT:
            return f"{name} takes back {place}"
        case Action.DEPEND:
            blocking = int(step.what) if step.what.isdigit() else -1
            return f"{version_name(_now(model, tx_index))} waits for {_who(blocking)}"
        case Action.RESUME:
            return f"{version_name(_now(model, tx_index))} resumes {_all(sorted(scheduler.dependents[tx_index]))}"
        case Action.FINISH:
            return "all is done"
        case _:
            return f"{name} aborts"


def sentence(model: Threads, event: CoreEvent) -> str:
    """Return what has happened."""
    name, place = version_name(event.version), place_of(model, event)
    match event.action:
        case Action.READ:
            return f"{name} reads {place}: {_found(model, event, event.read)}"
        case Action.WRITE:
            return f"{name} writes {place}: {amount(model, event.location, event.read)}"
        case Action.VALIDATE:
            return f"validation of {name} starts{': valid' * event.passes}"
        case Action.COMPARE:
            now = ESTIMATE if event.read is None else _version(event.read)
            result = f"{now}, as it read" if event.holds else f"{now}, it read {_version(event.earlier)}"
            return f"{name} compares {place}: {result}{', valid' * event.passes}"
        case Action.SUSPECT:
            return f"{name} marks {place}: {ESTIMATE}" if event.holds else f"{name} removes {place}"
        case Action.DEPEND:
            who = _who(event.other)
            return f"{name} aborts, {letter(event.version.tx_index)} waits for {who}" if event.holds else (
                f"{name} need not wait: {who} has run"
            )  # fmt: skip
        case Action.MOVE:
            return f"{name} aborts: {place} differs" if event.holds else f"{name} aborts: too late, another core did it"
        case _:
            return " ".join(words for words in box_words(model, event) if words)


def box_words(model: Threads, event: CoreEvent) -> list[str]:
    """Return the lines of the box of an event: who, what, where, and what was there."""
    name, place = version_name(event.version), place_of(model, event)
    match event.action:
        case Action.EXECUTE:
            return [name, "starts"]
        case Action.READ:
            found = _found(model, event, event.read)
            return [name, "reads", place, found if len(found) <= ROOM else amount(model, event.location, event.read)]
        case Action.WRITE:
            return [name, "writes", place, amount(model, event.location, event.read)]
        case Action.REMOVE:
            return [name, "removes", place]
        case Action.VALIDATE:
            return [name, "validation", "starts" + ", valid" * event.passes]
        case Action.COMPARE:
            now = ESTIMATE if event.read is None else _version(event.read)
            result = f"{'=' if event.holds else '≠'} {now}"
            return [name, f"compares{f' {TICK}' * event.passes}", place, result]
        case Action.SUSPECT:
            return [name, "marks", place, ESTIMATE] if event.holds else [name, "removes", place]
        case Action.DEPEND:
            return [name, *(["aborts,", f"waits for {_who(event.other)}"] if event.holds else ["need not", "wait"])]
        case Action.RESUME:
            return [name, "resumes", _all(event.resumed)]
        case Action.MOVE:
            return [name, "aborts", place if event.holds else "too late"]
        case _:
            return ["", "all is", "done"]


def place_of(model: Threads, event: CoreEvent) -> str:
    """Return the name of where an event was."""
    return model.watched.get(event.location, UNWATCHED) if event.location else UNWATCHED


def amount(model: Threads, location: Location | None, entry: Entry | None) -> str:
    """Return the value of an entry."""
    if entry is None:
        return ESTIMATE
    return f"{'+' * isinstance(entry, Increment)}{number(model, location, entry.value)}"


def number(model: Threads, location: Location | None, value: Value) -> str:
    """Return a value, a balance or a slot in the unit that the model has for it."""
    is_slot, is_money = (location.is_slot, location.key == Field.BALANCE) if location else (False, False)
    return in_unit(value, model.slot_unit if is_slot else model.unit if is_money else 1)


def with_version(model: Threads, location: Location, entry: Entry | None) -> str:
    """Return an entry of the table, with who wrote it.

    An estimate is nobody's value, and has none.
    """
    return ESTIMATE if entry is None else f"{amount(model, location, entry)} ({_version(entry)})"


def changed(model: Threads, what: str, key: Any = None) -> bool:
    """Return whether the last event has changed a part of the table, or a cell of it; `what` is a field of `Table`."""
    before, now = getattr(model.before, what), getattr(model.table, what)
    if isinstance(now, dict):
        return key in before.keys() | now.keys() and before.get(key, "") != now.get(key, "")
    return bool(before[key] != now[key]) if isinstance(now, tuple) else bool(before != now)


def verdict(model: Threads) -> list[str]:
    """Say how it ended: right, wrong and where, or not at all; nothing as long as it goes on."""
    if model.is_stuck:
        return ["Stuck: no core can go on, and the block is not done."]
    if not model.is_over:
        return []
    unfinished = [f"Wrong: {letter(tx_index)} has to be executed." for tx_index in model.unfinished]
    if not model.wrong and not unfinished:
        return ["Right: the same as one after the other."]
    places = {name: place for place, name in model.watched.items()}

    def said(name: str, value: Value | None) -> str:
        return ESTIMATE if value is None else number(model, places[name], value)

    return unfinished + [
        f"Wrong: {name} has {said(name, has)}, and should have {said(name, should)}."
        for name, (has, should) in model.wrong.items()
    ]


def shown_events(model: Threads, last: int = LAST) -> list[tuple[int, CoreEvent]]:
    """Return the latest events, with their numbers."""
    return list(enumerate(model.events, start=1))[-last:]


def _events(model: Threads, last: int) -> list[str]:
    shown, aborted = shown_events(model, last), model.aborted
    left_out = len(model.events) - len(shown)
    return [
        f"events{f' ({left_out} earlier ones are not shown)' if left_out else ''}, {CROSS}: the incarnation is aborted",
        *(
            f"{number:>4}  core {event.core}: {sentence(model, event)}{f' {CROSS}' * (event.version in aborted)}"
            for number, event in shown
        ),
    ]


def _location(model: Threads, place: Location) -> str:
    entries = [(writer, entry) for (where, writer), entry in sorted(model.table.entries.items()) if where == place]
    cells = [f"before {number(model, place, model.initial(place))}"]
    for writer, entry in entries:
        words = f"{ESTIMATE} of {letter(writer)}" if entry is None else with_version(model, place, entry)
        cells.append(words + CHANGED * changed(model, "entries", (place, writer)))
    return f"{model.watched[place]}: {' | '.join(cells)}"


def _transaction(model: Threads, tx_index: int) -> str:
    table = model.table
    waits = f", waits for {letter(table.waits_for[tx_index])}" if tx_index in table.waits_for else ""
    star = CHANGED * any(changed(model, what, tx_index) for what in ("statuses", "incarnations", "waits_for"))
    status = table.statuses[tx_index].value
    return f"{letter(tx_index)} = {tx_index}: {status}, incarnation {table.incarnations[tx_index]}{waits}{star}"


def _cursors(model: Threads) -> list[str]:
    values = {name: getattr(model.table, name) for name in ("execution_index", "validation_index")}
    return [
        f"{name} {index} ({letter(index) if index < model.size else 'end'}){CHANGED * changed(model, name)}"
        for name, index in values.items()
    ]


def _found(model: Threads, event: CoreEvent, entry: Entry | None) -> str:
    assert event.location is not None
    return with_version(model, event.location, entry)


def _version(entry: Entry | Read | None) -> str:
    return "nothing" if entry is None else version_name(entry.version)


def _now(model: Threads, tx_index: int) -> Version:
    return Version(tx_index, model.stm.scheduler.incarnations[tx_index])


def _who(tx_index: int) -> str:
    return letter(tx_index) if tx_index >= 0 else "another"


def _all(tx_indexes: Sequence[int]) -> str:
    return " ".join(map(letter, tx_indexes))
