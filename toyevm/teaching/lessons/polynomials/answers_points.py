"""What lesson 12 says to divisions, to polynomials through points, and to lies in the extension."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, missing, read_list, read_number, repeat, right, wrong
from toyevm.teaching.lessons.polynomials.field import P, inverse, length, value
from toyevm.teaching.lessons.polynomials.machine import COUNT, POINTS, ROWS, H, extended

GIVEN = {0: 7, 1: 12, 2: 20}
MOST_KEPT = COUNT - 1


def three_quarters(answer: Any) -> Reply:
    """Judge 3 / 4 modulo 97."""
    if answer is None:
        return missing("a whole number from 0 to 96.")
    if isinstance(answer, float):
        text = f"{repeat(answer)} is no number of this field: it has 0 to 96. Which of them, times 4, gives 3?"
        return wrong("a-fraction", text)
    number = read_number(answer, -P, P * P, "a whole number")
    product, left = 4 * number, 4 * number % P
    shown = f"4 * {number} = {product} = {left} modulo 97"
    if left == 3:
        if not 0 <= number < P:
            text = f"Times 4 it gives 3. The field has the numbers from 0 to 96. Which of them equals {number}?"
            return wrong("not-reduced", text, shown)
        return right("In this field 3/4 is a whole number. What is 4 * 3/4, then, without a calculation?", shown)
    if left == 1:
        return wrong("inverse-only", f"{number} is 1/4. And what is 3/4?", shown)
    if number % P == 4 * inverse(3) % P:
        return wrong("upside-down", f"{number} is 4/3. Which of the two numbers do you divide by?", shown)
    if number == 3 * 4:
        return wrong("multiplies", "12 is 3 · 4. Which number, times 4, gives 3?", shown)
    if number in (0, 1):
        text = f"You round 0.75 to {number}. Nothing is rounded in a field: which number, times 4, gives 3?"
        return wrong("rounds", text, shown)
    return wrong(
        "another-product",
        f"Times 4, it gives {left} and not 3. Which of 3 + 97, 3 + 194, … can be divided by 4?",
        shown,
    )


def _coefficients(answer: Any, most: int) -> list[int]:
    what = "coefficients, such as [7, 1, 4]"
    return [read_number(each, -(10**6), 10**6, "whole numbers; each") for each in read_list(answer, what, most)]


def through_points(answer: Any) -> Reply:
    """Judge the coefficients of the polynomial through three points."""
    if answer is None:
        return missing("three coefficients, the constant first, such as [7, 1, 4].")
    if isinstance(answer, (list, tuple)) and any(isinstance(each, float) for each in answer):
        return wrong("a-fraction", f"{repeat(answer)} has a fraction. Which number from 0 to 96 is 1/2 here?")
    found = _coefficients(answer, 8)
    if not found:
        return missing("three coefficients.")
    values = {x: value(found, x) for x in GIVEN}
    shown = "\n".join(f"x = {x}: yours {values[x]:>2}, wanted {y:>2}" for x, y in GIVEN.items())
    off = [x for x, y in GIVEN.items() if values[x] != y]
    backwards = [x for x, y in GIVEN.items() if value(found[::-1], x) != y]
    if off and not backwards:
        return wrong("constant-last", "Turned round, it fits. At which end does the constant stand?", shown)
    if off == [0, 1, 2] or off == [0]:
        text = f"At x = 0 yours is {values[0]}. Only one coefficient counts there: which?"
        return wrong("constant", text, shown)
    if off == [2] and length(found) <= 2:
        return wrong("a-line", "A line fits two points, and misses the third. Which power of x is missing?", shown)
    if off:
        return wrong(*_missed(found, off[0]), shown)
    if length(found) > 3:
        text = f"It fits, with {length(found)} coefficients. How many are needed for three points?"
        return wrong("too-long", text, shown)
    return right("It fits. How many other polynomials with three coefficients go through these points?", shown)


def _missed(found: list[int], x: int) -> tuple[str, str]:
    """Return what three coefficients with the right constant do at the first point that they miss."""
    sum_of = " + ".join(f"{each} · {x**k}" if x**k > 1 else f"{each}" for k, each in enumerate(found))
    total = sum(each * x**k for k, each in enumerate(found))
    there = f"At x = {x}, yours is {sum_of} = {total}{f' = {total % P}' if total != total % P else ''}, not {GIVEN[x]}."
    if found == list(GIVEN.values()):
        return "values-as-coefficients", f"You give the three values. {there} What do the coefficients add up to there?"
    if found == [7, 5, 8]:
        return "differences", f"5 and 8 are the differences of the values. {there} What must 7 + a + b be?"
    if len(found) == 3 and (found[1] % P != 52) + (found[2] % P != 50) == 1:
        return "one-is-off", f"{there} One coefficient is off, the others fit. What must the last two add up to?"
    ask = "What must the coefficients add up to there?" if x == 1 else "By what is the last one multiplied there?"
    return "misses-a-point", f"{there} {ask}"


def hide_a_lie(answer: Any) -> Reply:
    """Judge a false polynomial by how many of the 32 points it leaves as they are."""
    if answer is None:
        return missing("a polynomial: what `through({...})` returns.")
    lie = _coefficients(answer, 64)
    if not lie:
        return missing("the points in `through({...})`.")
    rows, true = [value(lie, x) for x in H], extended(ROWS)
    kept = [x for x, y in zip(POINTS, true, strict=True) if value(lie, x) == y]
    false = [k for k in range(COUNT) if rows[k] != ROWS[k]]
    shown = f"your rows  {rows}\ntrue rows  {ROWS}\nunchanged: {len(kept)} of 32 points"
    if length(lie) > COUNT:
        text = f"Your polynomial has {length(lie)} coefficients. Through how many points can you put one with 8?"
        return wrong("too-long", text, shown)
    if not false:
        return wrong("no-lie", "All rows are true: this is no lie. Which value must be false, for a start?", shown)
    if len(kept) == MOST_KEPT:
        text = f"{len(kept)} of 32: more is impossible. At how many of the 32 points is the lie seen?"
        return right(text, shown)
    if not kept and len(false) == 1:
        text = "One row is false, and all 32 points have changed. Which points can you *choose*, instead of rows?"
        return wrong("small-lie-small-trace", text, shown)
    if not kept:
        return wrong("nothing-kept", "Not one point is unchanged. Which entries of `codeword` are in it?", shown)
    if len(lie) < COUNT:
        text = (
            f"{len(kept)} unchanged, and {len(lie)} coefficients. 8 are allowed: how many more points can you choose?"
        )
        return wrong("too-short", text, shown)
    text = f"{len(kept)} unchanged. You put a polynomial through 8 points. How many of them can be true ones?"
    return wrong("could-hide-more", text, shown)


def numbers_of(answer: Any) -> list[int]:
    """Return 32 numbers, reduced.

    Raises:
        InputError: it is something else.
    """
    values = read_list(answer, "32 numbers", 64)
    if len(values) != len(POINTS):
        raise InputError(f"{len(values)} values", expected="32, one for each point")
    for each in values:
        if type(each) is not int:
            raise InputError(repeat(each), expected="whole numbers")
    return [each % P for each in values]
