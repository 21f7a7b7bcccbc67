"""What lesson 17 says to a count of hashes, to a wasteful run, and to a range of joules."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from numbers import Integral
from typing import Any

from toyevm.bench.energy import INPUTS
from toyevm.bench.energy.model import DAYS, JOULES_PER_TWH
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, is_blank, missing, read_number, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.energy_and_claims.settings import BLOCKS, WAYS, energy_in, in_order, in_words

BITS = 12
FAST = 1.1  # times as fast as in order, at least
MOST_JOULES = 1e30
TRAFFIC = 4.0e6, 5.0e6  # transactions a day: made up
CLOSE = 0.02  # of the right number: rounding
COUNTED = (4, 13.8), (5, 33.5), (6, 68.6), (7, 125.2)  # bits, and the mean that the cell above the turn prints
SAMPLED = "You have {:,}, a counted average doubled for each bit. It is of 64 headers: which whole number is it near?"


def hashes(answer: Any) -> Reply:
    """Judge how many hashes 12 bits take on average."""
    if answer is None:
        return missing("a whole number.")
    number = read_number(int(answer) if _is_whole(answer) else answer, 0, 10**12)
    if number == 2**BITS:
        return right("A try succeeds once in 2¹² = 4,096 times. What becomes of that if twice as many computers try?")
    known = {
        2**16: (
            "bits-are-hex",
            "You have 2¹⁶. A bit is one binary digit. From 5 bits to 6, did the average grow 16 times, or double?",
        ),
        2 ** (BITS - 1): ("half-of-all", "2,048 is half. After a miss, is the next try more likely to succeed?"),
        2**BITS * 2: ("one-bit-too-many", "8,192 is 13 bits. How often is one bit zero by chance?"),
        BITS * 16: ("bits-add", "You have 192. From 5 bits to 6, did the average grow by 16, or double?"),
        BITS**2: ("bits-squared", "You have 12². How many patterns do 12 bits have?"),
    }
    known |= {round(mean * 2 ** (BITS - bits)): ("from-the-sample", SAMPLED.format(number)) for bits, mean in COUNTED}
    belief, text = known.get(number, ("", f"You have {number:,}. How many patterns do 12 bits have?"))
    return wrong(belief, text)


def _is_whole(answer: Any) -> bool:
    """Tell whether a number of another kind, such as 4096.0, is whole."""
    return (
        isinstance(answer, (float, Integral))
        and not isinstance(answer, bool)
        and isfinite(answer)
        and answer == int(answer)
    )


def wasteful(answer: Any) -> Reply:
    """Judge a run that should be faster than in order, and take more energy with the same cores switched on."""
    chosen = getattr(answer, "chosen", answer)  # the player knows what is chosen
    if is_blank(chosen):
        return missing('a run, such as ("strangers", "optimistic", 2), or `player`.')
    if not isinstance(chosen, (list, tuple)) or len(chosen) != 3:
        raise InputError(repeat(chosen), expected='three values, such as ("strangers", "optimistic", 2)')
    if not all(isinstance(each, str) for each in chosen[:2]) or type(chosen[2]) is not int:
        raise InputError(repeat(chosen), expected='two texts and a number, such as ("strangers", "optimistic", 2)')
    block, way = (_known(name, every) for name, every in zip(chosen[:2], (BLOCKS, WAYS), strict=True))
    cores = chosen[2]
    run, beside = energy_in(block, way, cores), in_order(block, cores)
    shown = "\n".join(in_words(block, way, cores))
    if way == "in order":
        text = "This is what a run is compared with: one core works, the others wait. Which way runs some at once?"
        return wrong("waiting-is-working", text, shown)
    if cores == 1:
        text = "One core is done with a transaction before it begins the next. What could fail?"
        return wrong("one-core-aborts", text, shown)
    if run.speedup >= FAST and run.total > beside.total:
        text = "It is done sooner and takes more: what it saves by waiting less, it loses by running again. "
        return right(f"{text}When is that worth its energy?", shown)
    if run.total > beside.total:
        text = f"It takes more, and is {run.speedup:.2f} times as fast. Which way, on how many cores, wastes less?"
        return wrong("work-is-speed", text, shown)
    if block == "strangers":
        text = "Gil is right here: strangers hardly meet, and cores wait less. In which block do more of them meet?"
        return wrong("cores-are-the-waste", text, shown)
    text = f"Gil is right here: work is {run.busy:.2f}, and cores wait less. In which block is more work in vain?"
    return wrong("too-few-in-vain", text, shown)


def _known(name: str, every: Iterable[str]) -> str:
    """Return the name of a block or a way, however it is capitalised; what is unknown stays as it is."""
    return next((each for each in every if each.casefold() == name.strip().casefold()), name)


def joules(answer: Any) -> Reply:
    """Judge the least and the most joules a transaction by proof of stake, shared out among the traffic of the turn."""
    if is_blank(answer) or (isinstance(answer, (list, tuple)) and any(each is None for each in answer)):
        return missing("two numbers of joules: (least, most).")
    least, most = (_joules(each) for each in read_pair(answer, "two numbers of joules: (least, most)"))
    energy, (few, many) = INPUTS["energy by proof of stake"], TRAFFIC
    low, high = (each * JOULES_PER_TWH / DAYS for each in (energy.low, energy.high))
    if _is(least, low / many) and _is(most, high / few):
        return right("The ends are a factor of 3.6 apart. Which of the two inputs should be measured better first?")
    if _is(least, low / many):
        text = f"{least:,.6g} J is the least. Your most is {most:,.6g}. Which energy and which number give it?"
        return wrong("one-end-only", text)
    if _is(most, high / few):
        text = f"{most:,.6g} J is the most. Your least is {least:,.6g}. Which energy and which number give it?"
        return wrong("most-only", text)
    if _is(least, low / few) and _is(most, high / many):
        text = "You pair low with low and high with high. With which number of transactions is a share the smallest?"
        return wrong("low-with-low", text)
    if _is(least, high / few) and _is(most, low / many):
        return wrong("ends-exchanged", "Both numbers are there. Which of them is the least?")
    if _is(least, 1.1) and _is(most, 15.4):
        return wrong("marginal-for-share", "These are for one transaction more. Which question shares out all energy?")
    if _is(least, low / 2.5e6) and _is(most, high / 1.0e6):
        return wrong(
            "traffic-of-today", "These are the shares of today. What becomes of them with 4 to 5 million a day?"
        )
    if _is(least, low * DAYS / many):
        return wrong("year-and-day", "Energy is for a year, transactions for a day. How many days are in a year?")
    return wrong(
        "", f"You have {least:,.6g} to {most:,.6g}. What are the joules of a year, and the transactions of a year?"
    )


def _is(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= CLOSE * wanted


def _joules(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < MOST_JOULES:
        raise InputError(repeat(value), expected="a number of joules, from 0")
    return float(value)
