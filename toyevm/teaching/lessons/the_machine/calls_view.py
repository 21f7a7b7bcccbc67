"""Two figures of lesson 01: what survives a call, and how a budget of gas ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAINT, GAS_BAR, GAS_LOST, PAPER, TAKEN, WRITTEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN
from toyevm.teaching.lessons.the_machine.runs import CountedCall, steps_of
from toyevm.tracer import StepRecord

COLUMN, ROW, LABEL, BAR = 190, 34, 110, 380


def show_calls(calls: Sequence[CountedCall]) -> Picture:
    """Return what each call found and left in memory and in storage: a new box, or the one that was there before."""
    slots = [f"{before} -> {after}" for before, after in pairwise([0, *(call.storage for call in calls)])]
    rows = [
        ("", [f"call {number}" for number in range(1, len(calls) + 1)]),
        ("memory", [f"0 -> {call.memory}" for call in calls]),
        ("storage", slots),
        ("gas", [f"{call.gas_used:,}" for call in calls]),
    ]
    text = "\n".join(f"{name:<9}" + "".join(f"{cell:>10}" for cell in cells) for name, cells in rows)
    body = [svg.heading(MARGIN, 24, "the first word of memory, and slot 0, call by call")]
    for line, (name, cells) in enumerate(rows):
        y = 36 + line * ROW
        body.append(svg.text(MARGIN, y + 20, name, bold=True))
        for column, cell in enumerate(cells):
            left = LABEL + column * COLUMN
            if name == "memory":  # a box of its own in each call
                body.append(svg.box(left, y + 2, COLUMN - 40, ROW - 8, TAKEN, dashed=True))
            if name == "storage":  # one long box through all calls
                body.append(svg.box(left, y + 2, COLUMN if column + 1 < len(cells) else COLUMN - 40, ROW - 8, WRITTEN))
            body.append(svg.text(left + (COLUMN - 40) / 2, y + 20, cell, mono=bool(name), anchor="middle"))
    label = "Table. " + "; ".join(f"{name}: " + ", ".join(cells) for name, cells in rows[1:])
    return Picture(svg.figure(LABEL + COLUMN * len(calls), 46 + ROW * len(rows), label, body), text)


def show_budget(program: str, gas: int) -> Picture:
    """Return what a program had left before each step, and what the step asks for, on empty storage."""
    steps, prices = steps_of(program, gas=gas), [step.gas_cost for step in steps_of(program)]
    rows = [
        (step, price, f"{step.gas_before:,} left", f"asks for {price:,}", _ending(step))
        for step, price in zip(steps, prices, strict=False)
    ]
    text = "\n".join(
        f"step {step.index + 1}  {step.opcode.name:<7}{left:>12}   {asks:<16}   {ending}"
        for step, _, left, asks, ending in rows
    )
    most = max(gas, *(price for _, price, *_ in rows))
    body = [svg.heading(MARGIN, 24, f"{gas:,} gas: what is left before each step, and what the step asks for")]
    for line, (step, price, left, asks, ending) in enumerate(rows):
        y = 36 + line * 40
        body += [
            svg.text(MARGIN, y + 20, f"{step.index + 1}  {step.opcode.name}", mono=True, bold=True),
            svg.box(LABEL, y + 2, step.gas_before / most * BAR, 14, GAS_BAR, radius=1),
            svg.box(LABEL, y + 17, max(price / most * BAR, 1), 14, GAS_LOST if step.error else WRITTEN, radius=1),
            svg.text(LABEL + BAR + 12, y + 14, left, size=12, ink=PAPER.ink, mono=True),
            svg.text(LABEL + BAR + 12, y + 29, f"{asks}: {ending}", size=12, ink=FAINT.ink, mono=True),
        ]
    label = "Bar chart. " + "; ".join(f"{s.opcode.name}: {left}, {asks}, {end}" for s, _, left, asks, end in rows)
    return Picture(svg.figure(LABEL + BAR + 330, 46 + 40 * len(rows), label, body), text)


def _ending(step: StepRecord) -> str:
    return f"{step.error}, {step.gas_cost:,} lost" if step.error else "paid"
