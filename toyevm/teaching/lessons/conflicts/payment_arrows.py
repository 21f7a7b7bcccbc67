"""Arrows between payments, as students draw them: which are in the block, and what to ask about those that are not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from toyevm.teaching.lab.turns import Reply, malformed, repeat, wrong
from toyevm.teaching.lessons.conflicts.studies import Study

Arrow = tuple[int, int]


def arrows_of(block: Study) -> set[Arrow]:
    """Return who waits for whom, as pairs (earlier, later)."""
    return {(each.before, each.after) for each in block.graph().dependencies}


def shared(block: Study, arrow: Arrow) -> str:
    """Return the name that two payments have in common, or "" if there is none."""
    first, second = (block.titles[tx_index].split()[0].split(">") for tx_index in arrow)
    return next((name for name in first if name in second), "")


def arrow_rows(block: Study, arrows: Iterable[Arrow]) -> str:
    """Return a row for each arrow: its two transactions, and whose balance both of them touch."""
    rows = []
    for before, after in arrows:
        name = shared(block, (before, after))
        meeting = f"both touch {name}'s balance" if name else "no balance in common"
        rows.append(f"{before}→{after}   {block.titles[before]:<9} {block.titles[after]:<9} {meeting}")
    return "\n".join(rows)


def named(entries: Iterable[Any], block: Study) -> Reply | None:
    """Ask for a transaction's number, where a text stands."""
    for entry in entries:
        if isinstance(entry, str):
            last = block.size - 1
            return malformed(f"{repeat(entry)} is a text. Which number from 0 to {last} stands above it in the table?")
    return None


def strange_arrow(block: Study, arrow: Arrow, right_part: str = "") -> Reply | None:
    """Return what to say to an arrow that the block does not have, after what is right; None, if it has it."""
    before, after = arrow
    if arrow in arrows_of(block):
        return None
    name = shared(block, arrow)
    if before == after:
        belief, text = "waits-for-oneself", f"{before} waits for itself in your answer. It reads before it writes: who "
        text += "wrote *earlier*?"
    elif not name:
        belief, text = "order-is-enough", f"{before} and {after} touch no balance in common. Which of the two needs "
        text += "something from the other?"
    elif before > after:
        belief, text = "later-first", f"In your answer {after} waits for {before}, which comes later in the block. "
        text += "Which of them runs first?"
    else:
        belief, text = "every-writer", f"{before} and {after} both touch {name}'s balance. Which transaction between "
        text += "them writes it as well?"
    return wrong(belief, right_part + text, arrow_rows(block, [arrow]))
