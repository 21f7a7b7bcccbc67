"""A Parsons problem: the lines are there, the order is not, and some lines are not needed.

What order is right is not written down anywhere. The lines a student has put together are run like any other answer,
so every order that works is right, and the message is about what it did.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from hashlib import sha256
from types import ModuleType
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.check import verdict_on
from toyevm.teaching.lab.items import Exercise
from toyevm.teaching.lab.messages import message
from toyevm.teaching.lab.panels import Panel, as_html


def shuffled(item: Exercise) -> list[str]:
    """Return the lines as they are shown: in an order that is the same for everybody, every time."""
    lines = list(item.parsons)
    random.Random(sha256(item.id.encode()).digest()).shuffle(lines)
    return lines


def parsons(item: Exercise, order: Sequence[int] | None = None) -> Panel:
    """Show the numbered lines, or judge those whose numbers are in `order`, from first to last.

    Raises:
        InputError: the item has no such problem, or a number is not that of a line.
    """
    if not item.parsons:
        raise InputError(f"{item.id!r} has no Parsons problem", expected=f'lab.hint("{item.id}")')
    if order is not None:
        return Panel(judge_order(item, order))
    lines = "\n".join(f"    {number:>2}  {line}" for number, line in enumerate(shuffled(item), 1))
    how = f'`lab.parsons("{item.id}", [2, 1])` tries line 2, then line 1. Some lines are not needed.'
    return Panel(
        f"Put lines together until they solve **{item.title}**:\n\n{lines}\n\n{how}", lambda m: _widget(m, item)
    )


def judge_order(item: Exercise, order: Sequence[int]) -> str:
    """Return what is to be said about the lines in this order."""
    lines = shuffled(item)
    if strange := [number for number in order if type(number) is not int or not 1 <= number <= len(lines)]:
        raise InputError(f"no line {strange[0]!r}", expected=f"numbers from 1 to {len(lines)}")
    if not order:
        return "No line yet."
    source = "\n".join(lines[number - 1] for number in order)
    return message(verdict_on(item, _define(item, source) if item.judge == "function" else source))


def _define(item: Exercise, source: str) -> object:
    """Return the function that the lines define: this is the student's own notebook, and their own lines.

    So the lines may use what stands in the notebook, but not an answer that was given there before.
    """
    names = {name: value for name, value in vars(sys.modules["__main__"]).items() if name != item.answer}
    try:
        exec(source, names)
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}"

        def broken(*_: object) -> object:
            raise SyntaxError(said)

        return broken
    return names.get(item.answer)


def _widget(module: ModuleType, item: Exercise) -> Any:
    """Return two lists, the lines there are and those taken, with buttons between them: all of it works by keyboard."""
    lines = shuffled(item)
    size = module.Layout(width="26em", height=f"{1.5 * len(lines) + 2}em")
    numbered = [(f"{number}  {line}", number) for number, line in enumerate(lines, 1)]
    there = module.Select(options=numbered, value=None, description="lines", layout=size)
    taken = module.Select(options=[], description="yours", layout=size)
    said = module.HTML()

    def show(order: list[int], at: int | None) -> None:
        taken.options = [(lines[number - 1], place) for place, number in enumerate(order)]
        taken.value, chosen[:] = at, order

    def add(_: Any) -> None:
        if there.value is not None and there.value not in chosen:
            show([*chosen, there.value], len(chosen))

    def remove(_: Any) -> None:
        if taken.value is not None:
            show([number for place, number in enumerate(chosen) if place != taken.value], None)

    def up(_: Any) -> None:
        if taken.value:
            order, at = list(chosen), taken.value
            order[at - 1], order[at] = order[at], order[at - 1]
            show(order, at - 1)

    def run(_: Any) -> None:
        said.value = as_html(judge_order(item, chosen))

    chosen: list[int] = []
    buttons = []
    for words, action in (("take ▶", add), ("◀ put back", remove), ("▲ up", up), ("try it", run)):
        button = module.Button(description=words)
        button.on_click(action)
        buttons.append(button)
    return module.VBox([module.HBox([there, module.VBox(buttons), taken]), said])
