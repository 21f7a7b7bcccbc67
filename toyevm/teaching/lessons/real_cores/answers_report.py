"""What lesson 08 says to two reports about the same eleven looks: one that cheats, and one that does not."""

from __future__ import annotations

from statistics import mean, median
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, is_blank, missing, repeat, right, wrong
from toyevm.teaching.lessons.real_cores.reading import Mistake, known_mistake, read_decimal, read_two
from toyevm.teaching.lessons.real_cores.records import LOOKS

CORES = 2
NEAR = 0.06  # ms: a look has one digit after the point


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
    return wrong(
        "not-extreme", "That is not more than 2. Which other look at `one`, or at `two`, makes it larger?", shown
    )


def honest(answer: Any) -> Reply:
    """Judge the medians of the three rows, in ms."""
    if is_blank(answer):
        return missing("three numbers of ms: the medians of `one`, `two` and `control`.")
    if not isinstance(answer, (list, tuple)) or len(answer) != len(LOOKS):
        raise InputError(repeat(answer), expected="three numbers of ms, such as (150.0, 140.0, 130.0)")
    mine = {name: read_decimal(each, "ms, such as 150.0") for name, each in zip(LOOKS, answer, strict=True)}
    shown = "you report " + ", ".join(f"{name} {time:g} ms" for name, time in mine.items())
    for name in LOOKS:
        reply = _median_problem(name, mine[name], shown)
        if reply is not None:
            return reply
    one, two, control = mine.values()
    text = (
        "Two processes reach 95 % of what the cores gave. And the cores gave next to nothing: something else ran. "
        "What would you write about the program, and what about the computer?"
    )
    speedups = f"speedup of the two processes {one} / {two} = {one / two:.2f}, of the control {one / control:.2f}"
    return right(text, f"{shown}\n{speedups}")


def _median_problem(name: str, mine: float, shown: str) -> Reply | None:
    times = LOOKS[name]
    ranked = sorted(times)
    if abs(mine - median(times)) < NEAR:
        return None
    for other in LOOKS:
        if abs(mine - median(LOOKS[other])) < NEAR:
            text = f"`{name}`: {mine:g} is the median of the row `{other}`. Which row stands in which place?"
            return wrong("rows-exchanged", text, shown)
    mistakes = (
        Mistake(times[5], "not-sorted", f"`{name}`: you take the sixth as it stands. What comes first?"),
        Mistake(mean(times), "mean-is-median", f"`{name}`: that is the mean. Which looks pull it aside?"),
        Mistake(min(times), "best-look", f"`{name}`: that is the fastest look. How often were the cores so free?"),
        Mistake(max(times), "worst-look", f"`{name}`: that is the slowest look. What else ran in that moment?"),
        Mistake(ranked[4], "one-beside", f"`{name}`: {mine:g} has four below it and six above. What is in the middle?"),
        Mistake(ranked[6], "one-beside", f"`{name}`: {mine:g} has six below it and four above. What is in the middle?"),
    )  # fmt: skip
    below = sum(time < mine for time in times)
    text = f"`{name}`: {below} of the eleven looks are below {mine:g}. How many are below the median?"
    return known_mistake(mine, mistakes, NEAR, shown) or wrong("another-number", text, shown)
