"""What lesson 12 says to the chance that a challenge hides a lie."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, missing, read_list, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.polynomials.field import P
from toyevm.teaching.lessons.polynomials.machine import POINTS

BIG_P, DEGREE, ARITY = 2_130_706_433, 5, 8  # of `toyevm.rollups.zk`: numbers of the field, of an element, of a fold
HERE, ENGINE = (1, P), (ARITY - 1, BIG_P**DEGREE)


def odds_of_challenges(answer: Any) -> Reply:
    """Judge for how many challenges, of how many, a lie vanishes in a fold of two values and in one of eight."""
    if answer is None:
        return missing("two pairs, such as [(5, 97), (5, 1000)].")
    pairs = read_list(answer, "two pairs, such as [(5, 97), (5, 1000)]", 4)
    if len(pairs) != 2:
        return wrong("how-many-pairs", f"You give {len(pairs)} of them. Which pair is missing, or one too many?")
    said = [_read(pair) for pair in pairs]
    if said == [ENGINE, HERE]:
        return wrong("exchanged", "Both pairs are right, in the other order. Which one does the task want first?")
    for pair, true, belief in ((said[0], HERE, _here), (said[1], ENGINE, _engine)):
        if pair[::-1] == true:
            return wrong("turned-round", f"You say: for {repeat(pair[0])}, of {pair[1]}. Which of the two is larger?")
        if pair != true:
            return wrong(*belief(*pair))
    tries = ENGINE[1] // ENGINE[0]
    shown = f"here    1 of 97\nengine  7 of 2,130,706,433^5: one of about 10^{len(str(tries)) - 1}"
    return right("So 97 numbers are too few. Which of the two must grow with a longer program: 7, or the field?", shown)


def _read(answer: Any) -> tuple[int, int]:
    pair = read_pair(answer, "a pair: for how many, of how many")
    for each in pair:
        if type(each) is not int or each < 0:
            raise InputError(repeat(each), expected="whole numbers: for how many, of how many")
    return pair


def _here(few: int, size: int) -> tuple[str, str]:
    if size == len(POINTS):
        return "points-not-challenges", "32 is the number of points. From how many numbers is beta drawn?"
    if size != P:
        return "another-field", f"You say: of {repeat(size)}. From how many numbers do we draw beta?"
    if few == 2:
        return "n-not-n-less-1", "even + beta · odd has 2 coefficients. At how many beta can two of these agree?"
    if few == 0:
        return "never", "You say: never. Four of the 96 lies got through. Where do two different lines meet?"
    if few == 4:
        return "what-was-seen", "4 lies of 96 got through, in three folds. For one lie, and one fold: how many beta?"
    if few == 3:
        return "three-folds", "3 is for the three folds together. How many beta are there in one of them?"
    if few in (7, 8):
        return "coefficients-of-f", f"{few} belongs to f, with 8 coefficients. How many has even + beta · odd?"
    return "another-count", f"For {repeat(few)} of 97. Two different lines in beta: at how many beta can they agree?"


def _engine(few: int, size: int) -> tuple[str, str]:
    if size == BIG_P:
        return "one-coordinate", "You forget the power of 5 in 2,130,706,433⁵. How many numbers are that?"
    if size == BIG_P * DEGREE:
        return "times-not-power", "You multiply by 5. What does the small 5 in 2,130,706,433⁵ mean?"
    if size == P:
        return "our-field", "97 is the number of *our* challenges. From how many does the engine draw?"
    if size != ENGINE[1]:
        return (
            "another-field",
            f"Of {repeat(size)}. In Python, a power is `**`. From how many numbers does the engine draw?",
        )
    if few == ARITY:
        return "n-not-n-less-1", "The sum has 8 coefficients. At how many beta can two of these agree, at most?"
    if few == 1:
        return (
            "as-with-two-values",
            "1 is right for a line. Here the sum goes up to beta⁷: at how many beta can it be 0?",
        )
    return "another-count", f"For {repeat(few)} of them. The sum has the powers 1 to beta⁷. What does the rule say?"
