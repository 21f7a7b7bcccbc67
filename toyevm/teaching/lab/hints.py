"""Hints come in three levels, when they are asked for, and cost nothing."""

from __future__ import annotations

from toyevm.errors import InputError
from toyevm.teaching.lab.items import Exercise
from toyevm.teaching.lab.panels import Panel
from toyevm.teaching.lab.progress import Progress


def hint(item: Exercise, progress: Progress, level: int | None = None) -> Panel:
    """Show the next hint, or that of a level from 1 to 3.

    Raises:
        InputError: there is no such level.
    """
    most = len(item.hints)
    seen: int = progress.entry("hints", item.id).get("level", 0)
    level = min(seen + 1, most) if level is None else level
    if not 1 <= level <= most:
        raise InputError(f"no hint of level {level}", expected=f"1 to {most}")
    progress.record("hints", item.id, lambda _: {"level": max(seen, level)})
    last = f'That was the last. `lab.parsons("{item.id}")` is the program in pieces.' if item.parsons else ""
    more = f'`lab.hint("{item.id}")` says more.' if level < most else last
    return Panel(f"**Hint {level} of {most}.** {item.hints[level - 1]}\n\n{more}".rstrip())
