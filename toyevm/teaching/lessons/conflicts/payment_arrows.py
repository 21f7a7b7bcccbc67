"""Payments and arrows as students write them: which are in the block, and what to ask about those that are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, malformed, read_list, read_words, repeat, wrong
from toyevm.teaching.lessons.conflicts.studies import Study
from toyevm.workloads.transfers import read_payments

Arrow = tuple[int, int]
MOST_PAYMENTS = 40  # in a block that a student writes


def titles_of(answer: Any) -> list[str]:
    """Return the payments of a text, as "Ann>Bob" or "Ann>Bob 5"; of several texts in a list, too."""
    texts = answer if isinstance(answer, (list, tuple)) else [answer]
    if texts and all(type(part) is int for part in texts):
        raise InputError(f"{repeat(answer)} holds numbers. Which payments do they stand for, written as Ann>Bob?")
    words = "; ".join(read_words(part, "payments such as Ann>Bob, Bob>Cleo") for part in texts)
    return [str(payment) for payment in read_list(read_payments(words), "payments", MOST_PAYMENTS)]


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


def drawn_twice(block: Study, mine: Sequence[Arrow]) -> str:
    """Return what to ask if a right arrow stands twice where another one is missing at one of its ends, or ""."""
    lacking = arrows_of(block) - set(mine)
    for before, after in (arrow for at, arrow in enumerate(mine) if arrow in mine[:at]):
        text = f"You drew {before}→{after} twice. "
        if any(end == after for _, end in lacking):
            return f"{text}Who else wrote a balance that {after} reads?"
        if any(start == before for start, _ in lacking):
            return f"{text}Which other payment reads a balance that {before} wrote?"
    return ""


def broken_step(block: Study, mine: list[int], step: int, arrow: Arrow) -> Reply | None:
    """Return what to say where a list of transactions is no path; None, if there is an arrow."""
    right_part = f"Up to {arrow[0]} your list is a path. " if step else ""
    if arrow[0] == arrow[1]:
        text = f"{right_part}Then {arrow[0]} stands there again. Can a transaction wait for itself?"
        return wrong("waits-for-oneself", text, arrow_rows(block, [arrow]))
    reply = strange_arrow(block, arrow, right_part)
    if reply is None or mine != sorted(set(mine)) or len(mine) == block.size:
        return reply
    parts = combinations(mine, block.path().length)
    if any(set(pairwise(part)) <= arrows_of(block) for part in parts):
        text = f"Your list holds a critical path, and more. {right_part}There is no arrow from {arrow[0]} to "
        text += f"{arrow[1]}: neither waits for the other. On a path each transaction waits for the one before it in "
        return wrong(
            "all-that-is-waited-for",
            text + f"your list. Which of {arrow[0]} and {arrow[1]} do you take out?",
            reply.shown,
        )
    return reply


def short_path(block: Study, mine: list[int], rows: str) -> Reply:
    """Say at which end a path can go on, or that it cannot."""
    units = f"Your path takes {len(mine)} unit{'s' if len(mine) > 1 else ''}"
    first, last, arrows = mine[0], mine[-1], arrows_of(block)
    if any(after == first for _, after in arrows):
        text = f"{units}, and each step is right. But it begins with {first}, and {block.titles[first]} waits for an "
        return wrong("starts-late", text + "earlier payment. Who wrote the balances that it reads?", rows)
    if any(before == last for before, _ in arrows):
        text = f"{units}, and each step is right. It ends with {last}, but a later payment reads what "
        return wrong("stops-early", text + f"{block.titles[last]} wrote. Which one?", rows)
    text = f"{units}: {first} waits for no payment, and none waits for {last}. So this path is complete, but another "
    return wrong("any-path", text + "one is longer. Which arrows of the block are not on it?", rows)


def idle_payments(block: Study, shown: str) -> Reply | None:
    """Return what to say if no honest payment waits for any of Mallory's; None, if one does."""
    titles = [title.split()[0] for title in block.titles]
    arrows = arrows_of(block)
    own = [tx_index for tx_index, title in enumerate(titles) if title.startswith("Mallory>")]
    if any(before in own and after not in own for before, after in arrows):
        return None
    payees = [titles[tx_index].split(">")[1] for tx_index in own]
    text = "Your three payments are a chain, but no honest payment waits for any of them: "
    if set(payees) == {"Mallory"}:
        text += "you pay yourself, so only your own balance changes. Whose balance do honest payments read?"
        return wrong("pays-oneself", text, shown)
    known = [
        payee
        for payee in payees
        if any(payee in title.split(">") for title in titles if not title.startswith("Mallory>"))
    ]
    if not known:
        text += (
            f"nobody else pays or is paid by {' or '.join(dict.fromkeys(payees))}. Whose balance would have to change?"
        )
        return wrong("own-chain-is-enough", text, shown)
    text += f"you pay {known[0]} when no later honest payment reads {known[0]}'s balance. Where in the block "
    return wrong("too-late", text + "would your payment have to stand?", shown)
