"""What lesson 09 says about frames: which payments follow from some posts, and a function that joins channels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, call, missing, read_list, repeat, right, wrong
from toyevm.teaching.lessons.batches_data_cost.frames import EVENING, assemble, derive_by_hand

PAYMENT = re.compile(r"\s*(\w+)\s*(?:>|->|→)\s*(\w+)\s+(\d+)\s*")
NOT_THERE = {  # payments that do not follow, each with the rule that it breaks
    "Eve>Dan 1": ("unfinished-waits", "E was unfinished when F was opened. What does rule 2 do with E?"),
    "Cleo>Ann 700": ("available-is-valid", "It is on L1, for all to read. How much ether has Cleo by then?"),
    "Ann>Bob 9": ("the-later-one-wins", "You take the second `C1!`. Which channel is open when it comes?"),
    "Ann>Ban 4": ("any-channel", "You join a frame of C and one of D. Which channel is open when `D1!` comes?"),
    "Dan>Cleo 8": ("a-frame-is-a-payment", "`F0` has no `!`. Where does the text of channel F go on?"),
    "Dan>Cleo 0": ("the-last-replaces", "You take the last frame of F alone. What becomes of the text before it?"),
}
LEFT_OUT = {
    "Ann>Bob 6": ("one-fault-kills-all", "`D1!` comes while C is open. Does rule 3 skip a channel, or a frame?"),
    "Dan>Cleo 80": ("a-fault-spreads", "`E1!` comes between the two frames of F. Which rule says what happens then?"),
    "Cleo>Bob 2": ("an-invalid-one-stops-all", "The payment before it is invalid. Does rule 4 drop what follows, too?"),
}  # fmt: skip

Frames = list[tuple[str, int, bool, str]]
Join = Callable[[Frames], list[str]]

CASES: Sequence[tuple[str, Frames]] = (
    ("one frame", [("A", 0, True, "x")]),
    ("two frames", [("A", 0, False, "x"), ("A", 1, True, "y")]),
    ("two channels", [("A", 0, True, "x"), ("B", 0, False, "y"), ("B", 1, True, "z")]),
    ("a number twice", [("A", 0, False, "x"), ("A", 1, False, "y"), ("A", 1, False, "?"), ("A", 2, True, "z")]),
    ("a number too early", [("A", 0, False, "x"), ("A", 2, True, "?"), ("A", 1, True, "y")]),
    ("another channel", [("A", 0, False, "x"), ("B", 1, True, "?"), ("A", 1, True, "y")]),
    ("frame 0 again", [("A", 0, False, "x"), ("A", 1, False, "y"), ("A", 0, False, "x"), ("A", 2, True, "z")]),
    ("unfinished", [("A", 0, False, "x"), ("B", 0, False, "y"), ("A", 1, True, "?"), ("B", 1, True, "z")]),
    ("after the last", [("A", 0, True, "x"), ("A", 1, True, "?"), ("B", 0, True, "y")]),
    ("a completed name", [("A", 0, True, "x"), ("A", 0, False, "y"), ("A", 1, True, "z")]),
    ("a dropped name", [("A", 0, False, "?"), ("B", 0, True, "x"), ("A", 0, False, "y"), ("A", 1, True, "z")]),
)
QUESTIONS = {
    "one frame": ("nothing-opens", "Frame 0 is the last one, too. What must happen to its text?"),
    "two frames": ("does-not-join", "The second frame is the next one of the open channel. What becomes of its text?"),
    "two channels": ("keeps-the-old-text", "Channel B opens after A is complete. With which text does it begin?"),
    "a number twice": ("takes-any-number", "Frame 1 comes twice. Which frame does the channel wait for by then?"),
    "a number too early": ("takes-any-number", "Frame 2 comes before frame 1. Which number does the channel wait for?"),
    "another channel": ("takes-any-channel", "A frame of B comes while A is open. What does rule 3 say about it?"),
    "frame 0 again": ("opens-it-again", "Frame 0 of A comes again. Is channel A open at that moment?"),
    "unfinished": ("unfinished-waits", "B opens before A is complete. What happens to A, and to its next frame?"),
    "after the last": ("goes-on-after-the-last", "A is complete. Which frame does it still wait for?"),
    "a completed name": ("a-name-opens-once", "The first channel A is complete. What does rule 2 do with the next A0?"),
    "a dropped name": ("dropped-for-ever", "Channel A is dropped. Which channel is open when A0 comes again?"),
}


def by_hand(answer: Any) -> Reply:
    """Judge which payments follow from the posts of an evening."""
    truth = derive_by_hand(EVENING)
    if answer is None or (isinstance(answer, (list, tuple, str)) and not answer):
        return missing('the payments in order, such as ["Ann>Bob 5", …].')
    entries = answer.split(",") if isinstance(answer, str) else read_list(answer, "payments", 20)
    mine = [_payment(entry) for entry in entries]
    for at, payment in enumerate(mine):
        if at >= len(truth) or payment != truth[at]:
            return _first_fault(mine, at, truth)
    if len(mine) < len(truth):
        return _first_fault(mine, len(mine), truth)
    text = "You needed no node of L2. Which posts look like frames of L2, and did no harm?"
    return right(text, _listed(mine))


def _payment(entry: Any) -> str:
    found = PAYMENT.fullmatch(entry) if isinstance(entry, str) else None
    if found is None:
        raise InputError(repeat(entry), expected='payments, each a text such as "Ann>Bob 5"')
    return f"{found[1].capitalize()}>{found[2].capitalize()} {int(found[3])}"


def _first_fault(mine: list[str], at: int, truth: list[str]) -> Reply:
    payment = mine[at] if at < len(mine) else ""
    shown = _listed(mine) + (f"\nentry {at}: {payment}" if payment else "")
    if payment in NOT_THERE:
        belief, question = NOT_THERE[payment]
        return wrong(belief, f"{payment} is not executed on L2. {question}", shown)
    if payment and payment not in truth:
        text = f"{payment} is not the text of a complete channel. Which frames did you join?"
        return wrong("other-text", text, shown)
    if payment and payment in mine[:at]:
        return wrong("twice", f"{payment} is in your list twice. How often is its channel completed?", shown)
    absent = truth[min(at, len(truth) - 1)]
    if absent in mine:
        text = f"You execute {payment} before {absent}. Which of their channels is complete first?"
        return wrong("another-order", text, shown)
    belief, question = LEFT_OUT[absent]
    where = f"before {payment}" if payment else "at the end"
    return wrong(belief, f"One payment is missing {where}. {question}", shown)


def _listed(mine: list[str]) -> str:
    return "your L2: " + ", ".join(mine)


def assembled(answer: Any) -> Reply:
    """Judge a function that joins the frames of channels."""
    if answer is None:
        return missing("a function.")
    got = [(name, frames, call(answer, list(frames))) for name, frames in CASES]
    if all(value is None or value is ... or (isinstance(value, (list, tuple)) and not value) for _, _, value in got):
        return missing("rules 2 to 4.")
    for name, frames, value in got:
        expected = assemble(frames)
        if not _is_same(value, expected):
            belief, question = QUESTIONS[name]
            return wrong(belief, f"The case {name!r}: you return {repeat(value)}. {question}", _written(frames))
    text = "All nodes that run your function derive the same L2. What if two nodes had different rules here?"
    return right(text, f"{len(CASES)} cases of {len(CASES)}")


def _is_same(value: Any, expected: list[str]) -> bool:
    is_list = isinstance(value, (list, tuple)) and all(isinstance(text, str) for text in value)
    return is_list and list(value) == expected


def _written(frames: Frames) -> str:
    return "frames  " + "  ".join(f"{name}{number}{'!' * last}:{text}" for name, number, last, text in frames)
