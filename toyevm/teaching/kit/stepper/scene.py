"""What there is to show of one step, decided once, so that the picture and the printed text cannot disagree.

A record says what the stack was and what it is. A reader needs the story in between: these words were taken, those
stayed where they are, this one is new. A `StepScene` is that story as plain values; to draw or print it takes no
further thought.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from toyevm.teaching.kit.stepper.gas_parts import GasPart, gas_parts, has_failed
from toyevm.teaching.kit.stepper.glosses import ORDINALS, Gloss, Range, gloss_of
from toyevm.tracer import StepRecord
from toyevm.types import Address, Location, Word

_ENDINGS = ("STOP", "RETURN", "REVERT", "SELFDESTRUCT")
STACK_ROWS = 8  # shown at least; a DUP or SWAP that reaches deeper gets more
MEMORY_ROWS = 4
_WRAPPING = {"ADD": lambda a, b: a + b, "SUB": lambda a, b: a - b, "MUL": lambda a, b: a * b}


class Mark(StrEnum):
    """What a step did with a word of the stack. DUP and SWAP take nothing away, nor does a step that fails."""

    NONE = ""
    TAKEN = "taken"
    KEPT = "not taken"
    LEFT = "left"
    COPIED = "copied"
    COPY = "copy"
    SWAPPED = "swapped"

    @property
    def is_touched(self) -> bool:
        """Tell whether the step did something to the word."""
        return self not in (Mark.NONE, Mark.KEPT)


@dataclass(frozen=True, slots=True)
class StackCell:
    """A word on the stack; `name` is that of the operand, if the step took it as one."""

    word: Word
    mark: Mark = Mark.NONE
    name: str = ""


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A storage slot before and after the step, and at the start of the run."""

    slot: int
    at_start: Word
    before: Word
    after: Word
    is_read: bool = False
    is_written: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """32 bytes of memory: after the step, or as they were before it."""

    offset: int
    data: bytes
    is_past: bool = False
    is_new: bool = False  # memory grew by them at this step


@dataclass(frozen=True, slots=True)
class ShownLog:
    """What a LOG announces."""

    data: bytes
    topics: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class StepScene:
    """One step, ready to be drawn or printed. Stacks are listed top first.

    Args:
        number, total: counted from 1, as people do.
        does: what the instruction does, with the values of this step.
        hidden: how many more words lie below both stacks; the step did not touch them.
        gas_start, gas_lowest: what the frame began with, and what it has at its lowest.
        read, written: ranges of memory, in bytes.
        slots: every slot that the run touches in this account.
        frame_ends: after this step the frame's stack and memory are gone.
        handed_up: the word that the end of this frame leaves on its caller's stack, or None.
        opens_call: the next step belongs to a frame that this one opened.
        next_pc: where the frame goes on, or None.
        memory: some of its words, those that the step looks at or changes first; what is overwritten stands above it.
        read_before: a location that this step looks at, though an earlier one did so first, and the number of that one.
        log: what it announces, or None.
        stack_rows, memory_rows, slot_rows: the most this run ever needs, so that all its pictures have one size.
    """

    number: int
    total: int
    record: StepRecord
    does: str
    before: tuple[StackCell, ...]
    after: tuple[StackCell, ...]
    hidden: int
    gas: tuple[GasPart, ...]
    gas_start: int
    gas_lowest: int
    read: range
    written: range
    slots: tuple[SlotRow, ...]
    frame_ends: bool
    handed_up: Word | None
    opens_call: bool
    next_pc: int | None
    memory: tuple[MemoryRow, ...]
    read_before: tuple[Location, int | None] | None
    log: ShownLog | None
    stack_rows: int
    memory_rows: int
    slot_rows: int

    @property
    def title(self) -> str:
        return f"step {self.number} of {self.total}"

    @property
    def reads(self) -> tuple[Location, ...]:
        return self.record.reads


def number(word: Word) -> str:
    """Return a word as people write it: small ones in decimal, the rest in hexadecimal, cut in the middle.

    >>> number(22_100), number(2**256 - 1)
    ('22,100', '0xffff…ffff')
    """
    if word < 2**32:
        return f"{word:,}"
    digits = f"{word:x}"
    return f"0x{digits}" if len(digits) <= 10 else f"0x{digits[:4]}…{digits[-4:]}"


def short_address(address: Address) -> str:
    """Return an address cut in the middle.

    >>> short_address(bytes.fromhex("cc" * 20))
    '0xcccc…cccc'
    """
    return f"0x{address[:2].hex()}…{address[-2:].hex()}"


def short_location(location: Location) -> str:
    """Return a location with a shortened address.

    >>> short_location(Location(bytes.fromhex("cc" * 20), 3))
    '(0xcccc…cccc, slot 3)'
    """
    key = f"slot {number(location.key)}" if location.is_slot else str(location).rpartition(", ")[2].rstrip(")")
    return f"({short_address(location.address)}, {key})"


def scene_of(steps: Sequence[StepRecord], index: int) -> StepScene:
    """Return what there is to show of `steps[index]`; the other steps tell what came before and how far it goes.

    Raises:
        IndexError: when there is no such step.
    """
    if not 0 <= index < len(steps):
        raise IndexError(f"there is no step {index}: this run has {len(steps)}, counted from 0")
    record, following = steps[index], steps[index + 1] if index + 1 < len(steps) else None
    gloss, operands = gloss_of(record.opcode, record.fork), named_operands(record)
    own_steps = _own_steps(steps, index)
    before, after = _stacks(record)
    stack_rows = max(_rows_needed(step) for step in steps)
    hidden = max(0, max(len(before), len(after)) - stack_rows)
    frame_ends = record.error is not None or record.opcode.name in _ENDINGS
    read, written = (_bytes_of(spot, operands) for spot in (gloss.reads, gloss.writes))
    return StepScene(
        number=index + 1,
        total=len(steps),
        record=record,
        does=_sentence(record, gloss, operands, read, written),
        before=before[: len(before) - hidden],
        after=() if frame_ends else after[: len(after) - hidden],
        hidden=hidden,
        gas=gas_parts(record, following),
        gas_start=own_steps[0].gas_before,
        gas_lowest=min(step.gas_after for step in own_steps),
        read=read,
        written=range(0) if has_failed(record) else written,
        slots=_slots(steps, index),
        frame_ends=frame_ends,
        handed_up=following.stack_before[-1] if frame_ends and following is not None else None,
        opens_call=following is not None and following.depth > record.depth,
        next_pc=following.pc if following is not None and not frame_ends and following.depth == record.depth else None,
        memory=_memory_rows(record),
        read_before=_read_before(steps, index),
        log=_log(record, read),
        stack_rows=stack_rows,
        memory_rows=max(len(_memory_rows(step)) for step in steps),
        slot_rows=max(len(_initial_storage(steps, step.address)) for step in _one_of_each_account(steps)),
    )


def named_operands(record: StepRecord) -> dict[str, Word]:
    """Return what a step took from the stack, by name, top first; nothing for DUP and SWAP."""
    names = gloss_of(record.opcode, record.fork).operands.split()
    return dict(zip(names, record.operands, strict=False))


def _sentence(record: StepRecord, gloss: Gloss, operands: dict[str, Word], read: range, written: range) -> str:
    name = record.opcode.name
    if record.error is not None and name != "REVERT":
        return f"fails ({record.error}): everything this call changed is undone"
    result = number(record.results[0]) if record.results else ""
    if name.startswith(("BALANCE", "EXTCODE", "DELEGATECALL", "STATICCALL", "CALL")) and "address" in operands:
        operands = {**operands, "address": operands["address"] & (2**160 - 1)}
    values = {operand: number(word) for operand, word in operands.items()}
    sentence = gloss.does.format(**values, result=result, read=_in_words(read), written=_in_words(written))
    exact = _WRAPPING[name](*record.operands) if name in _WRAPPING else None
    return sentence + (" (wraps around at 2**256)" if exact is not None and exact != record.results[0] else "")


def _in_words(span: range) -> str:
    if len(span) == 0:
        return "no bytes"
    return f"byte {span.start:,}" if len(span) == 1 else f"bytes {span.start:,} to {span.stop - 1:,}"


def _bytes_of(spot: Range | None, operands: dict[str, Word]) -> range:
    if spot is None or spot[0] not in operands:
        return range(0)
    offset, size = operands[spot[0]], spot[1] if isinstance(spot[1], int) else operands[spot[1]]
    return range(offset, offset + size)


def _stacks(record: StepRecord) -> tuple[tuple[StackCell, ...], tuple[StackCell, ...]]:
    """Return the stack before and after, each word with what happened to it."""
    name, before, after = record.opcode.name, record.stack_before[::-1], record.stack_after[::-1]
    if has_failed(record) and not gloss_of(record.opcode, record.fork).operands:
        return _cells(before), ()
    if re.fullmatch(r"DUP\d+", name):
        return _cells(before, {int(name[3:]) - 1: Mark.COPIED}), _cells(after, {0: Mark.COPY})
    if re.fullmatch(r"SWAP\d+", name):
        return _swap(before, after, int(name[4:]))
    mark = Mark.KEPT if has_failed(record) else Mark.TAKEN
    taken = tuple(StackCell(word, mark, operand) for operand, word in named_operands(record).items())
    new = len(record.results)
    return taken + _cells(before[len(taken) :]), _cells(after, dict.fromkeys(range(new), Mark.LEFT))


def _swap(
    before: tuple[Word, ...], after: tuple[Word, ...], depth: int
) -> tuple[tuple[StackCell, ...], tuple[StackCell, ...]]:
    other = ORDINALS[depth]

    def named(words: tuple[Word, ...], top: str, below: str) -> tuple[StackCell, ...]:
        cells = list(_cells(words))
        cells[0], cells[depth] = StackCell(words[0], Mark.SWAPPED, top), StackCell(words[depth], Mark.SWAPPED, below)
        return tuple(cells)

    return named(before, "top", other), named(after, f"was {other}", "was top")


def _rows_needed(record: StepRecord) -> int:
    """Return how many words must be shown so that every word the step touched is among them."""
    height = max(len(record.stack_before), len(record.stack_after))
    return min(height, max(STACK_ROWS, record.opcode.pops + 1, record.opcode.pushes))


def _memory_rows(record: StepRecord) -> tuple[MemoryRow, ...]:
    """Choose a few neighbouring words, from the first touched one on; the first words if none is."""
    data, past, operands = record.memory_after, record.memory_before, named_operands(record)
    gloss = gloss_of(record.opcode, record.fork)
    written, read = (_bytes_of(spot, operands) for spot in (gloss.writes, gloss.reads))
    touched = written or read
    total = len(data) // 32
    first = max(0, min(touched.start // 32 if touched else 0, total - MEMORY_ROWS))
    rows = []
    for offset in range(32 * first, 32 * min(total, first + MEMORY_ROWS), 32):
        is_written = overlap(written, range(offset, offset + 32)) and not has_failed(record)
        if is_written and offset < len(past):
            rows.append(MemoryRow(offset, past[offset : offset + 32], is_past=True))
        rows.append(MemoryRow(offset, data[offset : offset + 32], is_new=offset >= len(past)))
    return tuple(rows)


def overlap(one: range, other: range) -> range:
    """Return the numbers that two ranges share.

    >>> overlap(range(0, 32), range(30, 40))
    range(30, 32)
    """
    start, stop = max(one.start, other.start), min(one.stop, other.stop)
    return range(start, max(start, stop))


def _read_before(steps: Sequence[StepRecord], index: int) -> tuple[Location, int | None] | None:
    """Return what SLOAD or SSTORE looks at though it is in the read set already, and since which step it is."""
    record = steps[index]
    if record.opcode.name not in ("SLOAD", "SSTORE") or not record.operands or record.reads:
        return None
    place = Location(record.address, record.operands[0])
    since = next((step.index + 1 for step in steps[:index] if place in step.reads), None)
    return None if has_failed(record) and since is None else (place, since)


def _log(record: StepRecord, read: range) -> ShownLog | None:
    if not re.fullmatch(r"LOG\d", record.opcode.name) or has_failed(record):
        return None
    return ShownLog(record.memory_after[read.start : read.stop], record.operands[2:])


def _cells(words: Iterable[Word], marks: dict[int, Mark] | None = None) -> tuple[StackCell, ...]:
    return tuple(StackCell(word, (marks or {}).get(place, Mark.NONE)) for place, word in enumerate(words))


def _own_steps(steps: Sequence[StepRecord], index: int) -> list[StepRecord]:
    """Return the steps of the frame that step `index` belongs to, without those of the calls it made."""
    depth, first, last = steps[index].depth, index, index
    while first > 0 and steps[first - 1].depth >= depth:
        first -= 1
    while last + 1 < len(steps) and steps[last + 1].depth >= depth:
        last += 1
    return [step for step in steps[first : last + 1] if step.depth == depth]


def _one_of_each_account(steps: Sequence[StepRecord]) -> Iterable[StepRecord]:
    return {step.address: step for step in steps}.values()


def _initial_storage(steps: Sequence[StepRecord], address: Address) -> dict[int, Word]:
    """Return the slots of an account that the run touches, with the values they had before it."""
    storage: dict[int, Word] = {}
    for step in steps:
        if step.address != address:
            continue
        for change in step.storage_changes:
            storage.setdefault(change.slot, change.before)
        if step.error is None and step.opcode.name == "SLOAD":
            storage.setdefault(step.operands[0], step.results[0])
        if step.error is None and step.opcode.name == "SSTORE":  # no change: what it wrote was there already
            storage.setdefault(step.operands[0], step.operands[1])
    return dict(sorted(storage.items()))


def _slots(steps: Sequence[StepRecord], index: int) -> tuple[SlotRow, ...]:
    record = steps[index]
    initial = _initial_storage(steps, record.address)
    before, after = _storage_around(steps, index, initial)
    used = record.operands[0] if record.opcode.name in ("SLOAD", "SSTORE") and record.error is None else None
    return tuple(
        SlotRow(
            slot,
            initial[slot],
            before[slot],
            after[slot],
            is_read=slot == used and record.opcode.name == "SLOAD",
            is_written=slot == used and record.opcode.name == "SSTORE",
            note=_slot_note(steps, index, slot, before[slot] != after[slot]),
        )
        for slot in initial
    )


def _storage_around(
    steps: Sequence[StepRecord], index: int, initial: dict[int, Word]
) -> tuple[dict[int, Word], dict[int, Word]]:
    """Return the account's slots around step `index`: play the changes, and undo those of frames that failed."""
    address, before, after = steps[index].address, initial, initial
    frames = [initial]  # the storage at the beginning of each open frame
    for previous, step in pairwise([None, *steps[: index + 1]]):
        assert step is not None
        if previous is not None and step.depth > previous.depth:
            frames.append(after)
        del frames[step.depth :]
        before = after
        changes = {change.slot: change.after for change in step.storage_changes if step.address == address}
        after = frames[-1] if step.error is not None else {**after, **changes}
    return before, after


def _slot_note(steps: Sequence[StepRecord], index: int, slot: int, changes: bool) -> str:
    record = steps[index]
    if not changes:
        return ""
    if record.error is not None:
        return "undone"
    earlier = (change for step in steps[:index] if step.address == record.address for change in step.storage_changes)
    return "" if any(change.slot == slot for change in earlier) else "first change in this run"
