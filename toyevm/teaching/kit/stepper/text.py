"""A step in print: the same scene as the picture, for a screen reader, a terminal, a marker, or the phone."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.teaching.kit.stepper.scene import (
    MemoryRow,
    SlotRow,
    StackCell,
    StepScene,
    number,
    overlap,
    scene_of,
    short_address,
    short_location,
)
from toyevm.tracer import StepRecord


def print_step(steps: Sequence[StepRecord], index: int) -> None:
    """Print what `describe_step` returns."""
    print(describe_step(steps, index))  # noqa: T201 - printing is what it is for


def describe_step(steps: Sequence[StepRecord], index: int) -> str:
    """Return one step in words and numbers; `index` counts from 0.

    Raises:
        IndexError: when there is no such step.

    >>> from toyevm.assembler import assemble
    >>> from toyevm.vm.message import begin_message, world_with_code
    >>> from toyevm.tracer import record_steps
    >>> machine = begin_message(world_with_code(assemble("PUSH1 2 PUSH1 3 SUB")), gas=100)
    >>> print(describe_step(list(record_steps(machine)), 2))
    step 3 of 4   pc 4   SUB   gas 94 -> 91   (-3: fixed price 3)
    does     a - b = 3 - 2 = 1
    stack    top first: before  [taken a 3, taken b 2]   after  [left 1]
    memory   (empty)
    """
    return "\n".join(text_of(scene_of(steps, index)))


def text_of(scene: StepScene) -> list[str]:
    """Return the lines for a scene: a line for the step, then one for each thing it shows."""
    record = scene.record
    cost = ", ".join(f"{part.reason} {part.amount:,}" for part in scene.gas)
    gas = f"gas {record.gas_before:,} -> {record.gas_after:,}"
    head = [
        scene.title,
        pc_text(record.pc),
        record.opcode.name,
        gas,
        *([f"(-{record.gas_cost:,}: {cost})"] if cost else []),
    ]
    if record.depth > 1:
        head.insert(1, f"call depth {record.depth}")
    return [
        "   ".join(part for part in head if part),
        f"does     {scene.does}",
        f"stack    top first: before  {_stack(scene, scene.before)}   after  {_after(scene)}",
        *([f"memory   {_memory(row, scene)}" for row in scene.memory] or ["memory   (empty)"]),
        *_storage(scene),
        *(f"reads    {place}{f'   <- {why}' if why else ''}" for place, why in reads_of(scene)),
        *(f"{title:<9}{words}" for title, words in extras(scene)),
    ]


def pc_text(pc: int) -> str:
    """Return a position in the code, in both notations where they differ.

    >>> pc_text(4), pc_text(12)
    ('pc 4', 'pc 12 (0x000c)')
    """
    return f"pc {pc}" if pc < 10 else f"pc {pc} (0x{pc:04x})"


def cell_text(cell: StackCell) -> str:
    """Return a word with what was done with it and the name of the operand it is.

    >>> from toyevm.teaching.kit.stepper.scene import Mark
    >>> cell_text(StackCell(42, Mark.TAKEN, "value")), cell_text(StackCell(1, Mark.LEFT)), cell_text(StackCell(7))
    ('taken value 42 (0x2a)', 'left 1', '7')
    """
    return " ".join(part for part in (cell.mark, cell.name, both_notations(cell.word)) if part)


def both_notations(word: int) -> str:
    """Return a word in decimal and hexadecimal, where the two differ and there is room."""
    return f"{number(word)} ({word:#x})" if 10 <= word < 2**32 else number(word)


def end_text(scene: StepScene) -> str:
    """Return how a frame ends. What it leaves for the next call is not said: lesson 01 bets on that."""
    undone = ", its changes undone" if scene.record.error is not None else ""
    handed_up = "" if scene.handed_up is None else f"; its caller finds {number(scene.handed_up)} on its stack"
    return f"the call is over{undone}{handed_up}"


def reads_of(scene: StepScene) -> list[tuple[str, str]]:
    """Return each location that the step looks at, and what there is to say about it."""
    why = "SSTORE reads too: its price depends on what was there" if scene.record.opcode.name == "SSTORE" else ""
    if scene.read_before is None:
        return [(short_location(location), why) for location in scene.reads]
    location, since = scene.read_before
    known = "read already" + (f" at step {since}" if since else "")
    return [(short_location(location), f"{known}; {why}" if why else known)]


def extras(scene: StepScene) -> list[tuple[str, str]]:
    """Return what only some steps have: a log, a change of the refund."""
    record, found = scene.record, []
    if scene.log is not None:
        data = number(int.from_bytes(scene.log.data, "big")) if len(scene.log.data) <= 32 else "…"
        words = [
            f"{len(scene.log.data)} bytes of data = {data}",
            *(f"topic {number(topic)}" for topic in scene.log.topics),
        ]
        found.append(("log", f"from {short_address(record.address)}: {', '.join(words)}"))
    if record.refund_after != record.refund_before:
        change = f"{record.refund_before:,} -> {record.refund_after:,}"
        found.append(
            (
                "refund",
                f"{change}   <- this much gas is given back when the transaction ends, at most a fifth of the gas used",
            )
        )
    return found


def _stack(scene: StepScene, cells: tuple[StackCell, ...]) -> str:
    more = [f"… {scene.hidden} more"] if scene.hidden else []
    return f"[{', '.join([*map(cell_text, cells), *more])}]"


def _after(scene: StepScene) -> str:
    if scene.frame_ends:
        return f"({end_text(scene)})"
    return _stack(scene, scene.after) + (" waits for the call it made" if scene.opens_call else "")


def _memory(row: MemoryRow, scene: StepScene) -> str:
    bytes_of_row = range(row.offset, row.offset + 32)
    notes = [verb for verb, span in (("read", scene.read), ("written", scene.written)) if overlap(span, bytes_of_row)]
    notes = ["before"] if row.is_past else ["new"] * row.is_new + notes
    return f"byte {row.offset:<4} {row.data.hex()}" + (f"   <- {' and '.join(notes)}" if notes else "")


def _storage(scene: StepScene) -> list[str]:
    lines, account = [], short_address(scene.record.address)
    for row in scene.slots:
        change = f"{both_notations(row.before)} -> {both_notations(row.after)}"
        value = change if row.before != row.after else both_notations(row.before)
        note = row.note or ("written" if row.is_written else "read" if row.is_read else since_start(row))
        lines.append(f"storage  {account}  slot {number(row.slot)}   {value}   {note}".rstrip())
    return lines


def since_start(row: SlotRow) -> str:
    """Return what a slot held at the start of the run, if that has changed."""
    return f"was {number(row.at_start)}" if row.at_start != row.before else ""
