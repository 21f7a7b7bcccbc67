"""What lesson 12 says to broken steps, forged quotients, folds and queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toyevm.teaching.lab.turns import Reply, call, missing, read_list, read_numbers, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.polynomials.answers_points import numbers_of
from toyevm.teaching.lessons.polynomials.field import GENERATOR, P, interpolate, inverse, length
from toyevm.teaching.lessons.polynomials.fri import FALSE_ROWS, fold_pair, places
from toyevm.teaching.lessons.polynomials.machine import (
    POINTS,
    ROWS,
    ZEROS,
    broken_steps,
    constraint_values,
    extended,
    quotient_values,
)

FLIPPED = [*ROWS[:3], 18, *ROWS[4:]]
FOLDS = ((11, 4, 5, 12), (10, 4, 1, 0), (5, 43, 40, 53), (96, 95, 50, 7), (0, 1, 96, 31))
QUERY = 21
CONSTRAINT = constraint_values(extended(FALSE_ROWS))


def steps_broken(answer: Any) -> Reply:
    """Judge from which rows a step is wrong, after row 3 has been changed."""
    if answer is None:
        return missing("a list of row numbers, such as [0, 6].")
    said, true = sorted(set(read_numbers(answer, 0, 7, "row numbers"))), broken_steps(FLIPPED)
    if said == true:
        return right("Two steps use the cell. Which cells of the table are used by one step only?")
    if 7 in said:
        return wrong("a-step-after-the-end", "You name row 7, the last one. To which row does a step go from there?")
    if said == [3, 4]:
        return wrong("counts-where-it-ends", "You name the rows in which steps *end*. Where do these two begin?")
    if off := [k for k in said if k not in true]:
        k = off[0]
        text = f"step {k} -> {k + 1}. What is {FLIPPED[k]}^2 + 1 modulo 97, and what is in row {k + 1}?"
        if said[-3:] == [4, 5, 6]:
            return wrong(
                "all-that-follow", f"You name all that follow, but rows 4 to 7 are as before. Begin with {text}"
            )
        return wrong("a-right-step", f"You name {text}")
    if said == [3]:
        return wrong("one-cell-one-step", "One step begins at row 3. Which step ends there?")
    if said == [2]:
        return wrong("only-into-it", "The step into row 3 is wrong. What does the step out of it compute?")
    return wrong("none", "You name no row. What is 4^2 + 1, and what stands in row 3?")


def forge(answer: Any) -> Reply:
    """Judge 32 values, or a function that makes them, by what the first verifier says to them."""
    if answer is None:
        return missing("a function.")
    made = call(answer, list(CONSTRAINT), list(ZEROS)) if callable(answer) else answer
    if made is None or made is ...:
        return missing("what `forge` returns.")
    if isinstance(made, (list, tuple)) and any(isinstance(each, float) for each in made):
        text = f"You return {repeat(made[0])}, a fraction. How is 1 / z computed modulo 97?"
        return wrong("a-fraction", text)
    values = numbers_of(made)
    off = [i for i in range(len(POINTS)) if values[i] * ZEROS[i] % P != CONSTRAINT[i]]
    if not off:
        text = (
            f"Accepted at all 32 points, and the last step is false. Your list, as a polynomial, has "
            f"{length(interpolate(values, GENERATOR))} coefficients. How many has a true quotient?"
        )
        return right(text, "accepted at 32 of 32 points")
    i = off[0]
    got = values[i] * ZEROS[i] % P
    shown = (
        f"point {i}: c = {CONSTRAINT[i]}, z = {ZEROS[i]}, your q = {values[i]}: q * z = {got}\n"
        f"accepted at {32 - len(off)} of 32 points"
    )
    return wrong(*_not_forged(values, i, got), shown)


def _not_forged(values: list[int], i: int, got: int) -> tuple[str, str]:
    c, z = CONSTRAINT, ZEROS
    kinds: dict[str, tuple[Callable[[int, int], int], str]] = {
        "rounds": (lambda a, b: a // b % P, "You divide and round. Which number, times {z}, gives {c} modulo 97?"),
        "multiplies": (
            lambda a, b: a * b % P,
            "You multiply c by z. What undoes the z that the verifier multiplies by?",
        ),
        "upside-down": (lambda a, b: b * inverse(a) % P, "You divide z by c. Which of the two is to be left over?"),
        "subtracts": (lambda a, b: (a - b) % P, "You subtract z. The verifier multiplies by it: what undoes that?"),
        "constraint-itself": (lambda a, b: a, "You return c itself. The verifier multiplies it by z: what comes out?"),
        "inverse-only": (lambda a, b: inverse(b), "You return 1 / z, so q * z is 1. What must it be?"),
    }
    for belief, (rule, text) in kinds.items():
        if values == [rule(a, b) for a, b in zip(c, z, strict=True)]:
            return belief, text.format(c=c[i], z=z[i])
    if values == quotient_values(extended(ROWS)):
        return "the-true-quotient", "This is the quotient of the *true* rows. Which c does the verifier compute here?"
    if not any(values):
        return "all-zeros", f"Zeros say that c is 0 at every point. What is c at point {i}?"
    return "another-list", f"At point {i} the verifier compares q * z = {got} with c = {c[i]}. What must q be?"


def fold_function(answer: Any) -> Reply:
    """Judge a function that folds two values."""
    if answer is None:
        return missing("a function.")
    for at, (left, right_one, x, beta) in enumerate(FOLDS):
        said = call(answer, left, right_one, x, beta)
        if at == 0 and (said is None or said is ...):
            return missing("what `fold_pair` returns.")
        true = fold_pair(left, right_one, x, beta)
        shown = f"f(x) = {left}, f(-x) = {right_one}, x = {x}, beta = {beta}: yours {repeat(said)}"
        if type(said) is not int:
            if isinstance(said, float):
                return wrong(
                    "a-fraction", "A fraction. Which number is 1/2 modulo 97, and how is 1 / (2x) computed?", shown
                )
            return wrong("no-number", "A fold returns one whole number. What does yours return?", shown)
        if said != true:
            return wrong(*(_not_folded(left, right_one, x, beta, said) or _part_not_folded(answer)), shown)
    return right(f"All {len(FOLDS)} folds fit. Two values became one. What became of the number of coefficients?")


def _not_folded(left: int, other: int, x: int, beta: int, said: int) -> tuple[str, str] | None:
    half = inverse(2)
    even, odd = (left + other) * half % P, (left - other) * inverse(2 * x) % P
    if said % P == (even + beta * odd) % P:
        return "not-reduced", f"The right number is in it, but {said} is not from 0 to 96. What is missing at the end?"
    kinds = {
        "no-halves": (2 * (even + beta * odd), "It is twice the right number. Where do the two halves get lost?"),
        "not-divided-by-x": (even + beta * odd * x, "The odd part is (f(x) - f(-x)) / 2x. By what do you divide?"),
        "odd-not-halved": (
            even + 2 * beta * odd,
            "The odd part is twice too large. By what is the difference divided?",
        ),
        "turned-round": (even - beta * odd, "The odd part has the wrong sign. Which value is subtracted from which?"),
        "beta-on-even": (beta * even + odd, "You multiply the even part by beta. Which part has the x in it?"),
        "no-beta": (even + odd, "You add the odd part as it is. Which number of the verifier must multiply it?"),
        "x-for-beta": (even + x * odd, "Even and odd are right. By what do you multiply odd, and by what should you?"),
        "times-x": (even + beta * odd * x * x, "You multiply by x. The formula has 1 / (2x). What undoes an x?"),
    }
    kinds |= {
        "even-part-only": (even, "This is the even part. What is f(x) - f(-x) used for?"),
        "sum-only": (left + other, "You return f(x) + f(-x). What is done with the difference of the two?"),
        "odd-part-only": (odd, "This is the odd part, without beta. What is added to it?"),
    }
    for belief, (value, text) in kinds.items():
        if said % P == value % P:
            return belief, text
    if said % P == (left + other) // 2 + beta * ((left - other) // (2 * x or 1)) % P:
        return "rounds", "You divide and round, with `//`. Which function divides in this field?"
    return None


def _part_not_folded(fold: Callable[..., Any]) -> tuple[str, str]:
    """Return which part of the sum goes wrong, found with values of which the other parts are 0."""
    probes = {
        "even-part": (10, 10, 3, 0, "only the even part counts, and it is 10. From what is it computed?"),
        "beta-beside-odd": (10, 10, 3, 5, "the odd part is 0, and the fold is 10. What do you multiply by beta?"),
        "odd-part": (
            10,
            87,
            3,
            1,
            "87 is -10: even is 0, odd is 10 / 3 = 68. How do you compute odd, and by what do you multiply it?",
        ),
        "odd-by-beta": (10, 87, 3, 5, "even is 0, odd is 68, and beta · odd is 49. What do you do with beta?"),
    }
    for belief, (left, other, x, beta, text) in probes.items():
        said = call(fold, left, other, x, beta)
        if said != fold_pair(left, other, x, beta):
            return belief, f"With f(x) = {left}, f(-x) = {other}, x = {x}, beta = {beta} you get {repeat(said)}: {text}"
    return "another-fold", "Each part alone is right. How are even and beta · odd put together?"


def query_places(answer: Any) -> Reply:
    """Judge which places of the three lists a query opens."""
    if answer is None:
        return missing("three pairs of places, such as [(0, 16), (0, 8), (0, 4)].")
    rows = read_list(answer, "pairs, such as [(0, 16), (0, 8), (0, 4)]", 8)
    pairs = [
        tuple(sorted(read_numbers(list(read_pair(row, "a pair, such as (0, 16)")), 0, 31, "places"))) for row in rows
    ]
    if not pairs:
        return missing("three pairs.")
    true, size = places(QUERY), 32
    shown: list[str] = []
    for said, wanted in zip(pairs, true, strict=False):
        shown.append(f"list of {size}: you open {said[0]} and {said[1]}")
        if said != wanted:
            return wrong(*_not_opened(said, wanted, size), "\n".join(shown))
        size //= 2
    if len(pairs) != len(true):
        return wrong(
            "how-many-lists",
            f"Pairs: {len(pairs)}, one for each list. Which lists are folded on the way to 4?",
            "\n".join(shown),
        )
    return right("Six values of 56. How many would it be in a list of a million?", "\n".join(shown))


def _not_opened(said: tuple[int, ...], wanted: tuple[int, int], size: int) -> tuple[str, str]:
    half, at = size // 2, QUERY % size
    if said[1] >= size:
        return (
            "the-old-place",
            f"This list has the places 0 to {size - 1}. Where did place {said[1]} go in the fold?",
        )
    if at not in said:
        return "another-place", f"Neither of them comes from place {QUERY}. To which place of this list does it fold?"
    if said[1] - said[0] == 1:
        return "neighbours", f"You open neighbours. x and -x are half a list apart. How far is that, of {size}?"
    if sum(said) == size - 1:
        return "mirrored", f"You count from the other end. -x is {half} places further. Which place is that?"
    return "not-half-a-list", f"They are {said[1] - said[0]} apart. How far apart are x and -x in a list of {size}?"
