"""What lesson 08 says to two reports about the same eleven looks: one that cheats, and one that does not."""

from __future__ import annotations

from statistics import mean, median
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, is_blank, missing, repeat, right, wrong
from toyevm.teaching.lessons.real_cores.reading import Mistake, known_mistake, read_two
from toyevm.teaching.lessons.real_cores.records import LOOKS

CORES = 2


def cheat(answer: Any) -> Reply:
    """Judge two looks that are to make two cores more than twice as fast."""
    if is_blank(answer):
        return missing("a pair of numbers: ms in one process, ms in two.")
    one, two = read_two(answer, "ms", "(157.0, 144.0)")
    for name, look in (("one", one), ("two", two)):
        if look not in LOOKS[name]:
            raise InputError(repeat(look), expected=f"one of the eleven numbers of the row `{name}`")
    shown = f"{one} / {two} = {one / two:.2f}"
    if one / two > CORES:
        text = "Each number is true, and two cores cannot do that. Which question of a reader would have caught it?"
        return right(text, shown)
    if two > min(LOOKS["two"]) and one == min(LOOKS["one"]):
        text = "You take the fastest serial look: that makes your program look slow. Which one would a seller take?"
        return wrong("best-of-both", text, shown)
    if LOOKS["one"].index(one) == LOOKS["two"].index(two):
        text = "These two looks were taken one after the other, and you compare them fairly. Must a cheat do that?"
        return wrong("looks-belong-together", text, shown)
    return wrong("not-extreme", "That is not more than 2. Which two of the numbers lie farthest apart?", shown)


def honest(answer: Any) -> Reply:
    """Judge the speedups of the medians."""
    if is_blank(answer):
        return missing("a pair of numbers: the speedup of `two`, and of `control`.")
    two, control = read_two(answer, "a speedup, such as 1.70", "(1.70, 1.74)")
    middle = {name: median(times) for name, times in LOOKS.items()}
    shown = "medians: " + ", ".join(f"{name} {time} ms" for name, time in middle.items())
    reply = _speedup_problem("two", two, shown) or _speedup_problem("control", control, shown)
    if reply is not None:
        return reply
    text = (
        "Two processes reach 95 % of what the cores gave. And the cores gave next to nothing: something else ran. "
        "What would you write about the program, and what about the computer?"
    )
    return right(text, shown)


def _speedup_problem(name: str, mine: float, shown: str) -> Reply | None:
    one, many = LOOKS["one"], LOOKS[name]
    honest_one = median(one) / median(many)
    if abs(mine - honest_one) <= 0.0075:
        return None
    mistakes = (
        Mistake(max(one) / min(many), "still-cheating", f"`{name}`: that is the slowest look over the fastest. Which "
                "one is in the middle?"),
        Mistake(min(one) / min(many), "best-of-both", f"`{name}`: you compare the fastest looks. Are they of the same "
                "moment, and how often were the cores so free?"),
        Mistake(mean(one) / mean(many), "mean-is-median", f"`{name}`: that is the mean. What do slow looks do?"),
        Mistake(one[5] / many[5], "not-sorted", f"`{name}`: you take the sixth as it stands. What comes first?"),
        Mistake(1 / honest_one, "upside-down", f"`{name}`: below 1 means slower. Which time is divided by which?"),
    )  # fmt: skip
    text = f"`{name}`: {mine:g} is not what the medians give. Which number is in the middle of each row?"
    return known_mistake(mine, mistakes, 0.0055, "") or wrong("another-number", text)
