"""What lesson 12 says to the number of challenges that hide a lie."""

from __future__ import annotations

from typing import Any

from toyevm.teaching.lab.turns import Reply, missing, read_numbers, right, wrong
from toyevm.teaching.lessons.polynomials.field import P

TWO, EIGHT = 1, 7  # for so many beta, at most, do two different folds of two, and of eight, values agree
ENGINE = 2_130_706_433**5  # challenges of `toyevm.rollups.zk`, which folds eight values at once


def odds_of_challenges(answer: Any) -> Reply:
    """Judge for how many challenges a lie can vanish in a fold of two values, and in one of eight."""
    if answer is None:
        return missing("two numbers, such as [5, 9].")
    said = read_numbers(answer, 0, ENGINE, "two numbers")
    if len(said) != 2:
        return wrong("how-many", f"Numbers: {len(said)}. Which one, for two values or for eight, is missing or extra?")
    if said == [EIGHT, TWO]:
        return wrong("exchanged", "Both numbers are right, in the other order. Which fold comes first in the task?")
    for number, true, belief in ((said[0], TWO, _two), (said[1], EIGHT, _eight)):
        if number != true:
            return wrong(*belief(number))
    text = (
        "Three folds with a chance of 1 in 97 each: about 3 of the 96 lies are to be expected, and 4 came through. "
        "So 97 numbers are too few. Which must grow with a longer program: the 7, or the field?"
    )
    shown = f"here       two values at once    1 of {P}\nlesson 13  eight values at once  7 of 2,130,706,433^5: "
    return right(text, f"{shown}one of about {ENGINE // EIGHT:.0e}".replace("e+", " * 10^"))


def _two(number: int) -> tuple[str, str]:
    known = {
        0: ("never", "You say: never. Four of the 96 lies got through. Where do two different lines meet?"),
        2: ("n-not-n-less-1", "even + beta · odd has 2 coefficients. At how many beta can two of these agree?"),
        3: ("three-folds", "3 is for the three folds together. How many beta are there in one of them?"),
        4: ("what-was-seen", "4 lies of 96 got through, in three folds. For one lie, and one fold: how many beta?"),
        7: ("coefficients-of-f", "7 belongs to 8 coefficients, as f has them. How many has even + beta · odd?"),
        8: ("coefficients-of-f", "8 is the number of coefficients of f. How many has even + beta · odd?"),
        P: ("all-of-them", "97: then every lie would vanish. At how many points can two *different* lines meet?"),
    }  # fmt: skip
    asked = f"You say {number} beta, for two values. Draw two different lines: how often can they meet?"
    return known.get(number, ("another-count", asked))


def _eight(number: int) -> tuple[str, str]:
    known = {
        0: ("never", "You say: never, with eight values. How many coefficients has the sum, and what says the rule?"),
        1: (
            "as-with-two-values",
            "1 is right for a line. Here the sum goes up to beta⁷: at how many beta can it be 0?",
        ),
        3: ("as-three-folds", "3 is for three folds of two values. How many coefficients has this one sum?"),
        4: ("four-pairs", "Eight values are four pairs, but they make one sum. How many coefficients has it?"),
        8: ("n-not-n-less-1", "The sum has 8 coefficients. At how many beta can two of these agree, at most?"),
    }
    asked = f"You say {number} beta, for eight values. The powers 1, beta, …, beta⁷: how many numbers is that?"
    return known.get(number, ("another-count", asked))
