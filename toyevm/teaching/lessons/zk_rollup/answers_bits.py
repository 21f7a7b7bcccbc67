"""What lesson 13 says to the bits that queries are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log, log2
from typing import Any

from toyevm.rollups.zk.security import JOHNSON, TOY, UNIQUE, query_bits
from toyevm.teaching.lab.turns import Reply, is_blank, malformed, missing, read_list, repeat, right, wrong

QUERIES, RATE = 50, 1 / 4
CHANCES: Mapping[str, float] = {"unique decoding": 5 / 8, "Johnson": 41 / 80, "disproved": 1 / 4}
NEGATIVE = "yours is negative, as the logarithm of a chance is. Which sign has -n · log₂(c)?"
TO_NOTICE = "you compute with the chance that a query *notices*. Which chance does a liar hope for?"
ADDED = f"you multiply the chance by {QUERIES}. All queries must pass: what does each of them do to the chance?"
COUNTED = f"you count how many of the {QUERIES} notice. One is enough. How often does *none* of them notice?"
NO_MARGIN = "this belongs to the chance 1/2, where Johnson's bound is. Which chance is proven, with the margin?"
NATURAL = "this is the natural logarithm. A bit doubles a liar's tries: which logarithm counts that?"


def bits(chance: float) -> float:
    """Return what the queries are worth if a false word passes each with this chance."""
    return -QUERIES * log2(chance)


def bits_of_queries(answer: Any) -> Reply:
    """Judge what 50 queries are worth under three assumptions."""
    if is_blank(answer):
        return missing("three whole numbers, such as (10, 20, 30).")
    said = read_list(answer, "three whole numbers, such as (10, 20, 30)", 9)
    if len(said) != len(CHANCES):
        return malformed(f"The table has three rows. Which of your {len(said)} numbers belongs to which?")
    lines: list[str] = []
    for at, (one, (name, chance)) in enumerate(zip(said, CHANCES.items(), strict=True)):
        if one is None:
            return missing(f"a number for {name!r}." + (f" Right so far: {at}." if at else ""))
        if type(one) is not int:
            return malformed(f"{name}: {repeat(one)} is no whole number. Rounded down, which one is it?")
        lines.append(f"{name:<16} chance {chance:<6g} bits {one}")
        if one != floor(bits(chance)):
            belief, text = _not_bits(one, chance, said)
            return wrong(belief, f"{name}: {text}", "\n".join(lines))
    exact = ", ".join(f"{query_bits(QUERIES, RATE, name):.1f}" for name in (UNIQUE, JOHNSON, TOY))
    return right(
        "One proof, three labels. (A smaller margin brings Johnson's number nearer to 50, never up to it.) Which of "
        "them may this layer call *proven*?",
        "\n".join([*lines, f"by the engine: {exact}"]),
    )


def _not_bits(said: int, chance: float, every: Sequence[Any]) -> tuple[str, str]:
    exact = bits(chance)
    if list(every) == [floor(bits(one)) for one in reversed(list(CHANCES.values()))]:
        return "upside-down", "your numbers are in the opposite order. Is a liar better off with 5/8, or with 1/4?"
    if chance == CHANCES["Johnson"] and said == bits(1 / 2):
        return "no-margin", NO_MARGIN
    kinds = (
        ("rounds-up", ceil(exact), f"{exact:.1f} bits are not {said}: a level is rounded down. Which number is that?"),
        ("the-sign", floor(-exact), NEGATIVE),
        ("the-sign", -floor(exact), NEGATIVE),
        ("chance-to-notice", floor(bits(1 - chance)), TO_NOTICE),
        ("adds-chances", floor(QUERIES * chance), ADDED),
        ("adds-chances", floor(QUERIES * (1 - chance)), COUNTED),
        ("another-logarithm", floor(-QUERIES * log(chance)), NATURAL),
        ("one-query", floor(-log2(chance)), "this is the worth of one query. How many queries are there?"),
        ("two-a-query", 2 * QUERIES, "2 bits a query belong to the chance 1/4. Which chance stands in this row?"),
    )
    for belief, value, text in kinds:
        if said == value:
            return belief, text
    far = "too many" if said > exact else "too few"
    return (
        "another-number",
        f"{said} bits are {far}. One query is worth {-log2(chance):.2f} bits. What are {QUERIES} of them worth?",
    )
