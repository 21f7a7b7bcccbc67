"""What lesson 17 says to a predictor and to a liar: both are run on blocks that no predictor has learned from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from toyevm.bench.learned import TxFeatures, share_won
from toyevm.bench.learned.examples import Pair
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, call, missing, read_list, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.energy_and_claims.predictions import (
    BOTH_PAY,
    SAME_SENDER,
    judged,
    kinds,
    later_blocks,
    named_by,
    standing,
)

BEYOND = 0.05  # of the oracle's saving: how much better than the table counts
SLOWEST = 1.5  # times as fast as one core, at most
NO_SLOT = (
    "The pairs named in vain share an account, but no slot and no balance: someone is paid in the token and pays in "
    "ether, or both call one contract, and it keeps them apart. "
)


def meeting(answer: Any) -> Reply:
    """Judge a student's `meet(one, other)` against the table."""
    if answer is None:
        return missing("a function.")
    found = {example.name: _ask(answer, example.features) for example in later_blocks()}
    if any(pairs is None for pairs in found.values()):
        return missing("what `meet` returns: True or False.")
    pairs = {name: every for name, every in found.items() if every is not None}
    rows = judged(pairs)
    table = share_won([row for row in standing() if row.predictor == "table"]) or 0.0
    won = share_won(rows) or 0.0
    named, met, there = (sum(getattr(row, name) for row in rows) for name in ("predicted", "right", "there"))
    shown = (
        f"you name {named} pairs, {met} of them meet; {there} meet at all\n"
        f"time saved, of the oracle's (simulated): you {won:.0%}, table {table:.0%}"
    )
    missed, vain = _by_kind(pairs)
    lines = [f"met, and not named: {line}" for line in missed] + [f"named in vain: {line}" for line in vain]
    shown = "\n".join([shown, *lines])
    if won > table + BEYOND:
        text = "Better than the table, and every result is the sequential one. "
        text += NO_SLOT if vain else ""
        return right(f"{text}When will your rule be wrong?", shown)
    return _weak(named, met, there, (missed, kinds(pairs)), shown)


def _by_kind(named: Mapping[str, set[Pair]]) -> tuple[list[str], list[str]]:
    """Return which kinds of pairs a student's function misses, and which it names in vain; the three most frequent."""
    met = {example.name: set(example.pairs) for example in later_blocks()}
    missed = kinds({name: met[name] - named[name] for name in met})
    vain = kinds({name: named[name] - met[name] for name in met})
    return missed[:3], vain[:3]


def _weak(named: int, met: int, there: int, found: tuple[Sequence[str], Sequence[str]], shown: str) -> Reply:
    """Say what is weak; `found` are the kinds of pairs that are missed and of those that are named."""
    missed, told = found
    if not named:
        text = (
            "You name no pair. The list is empty, so all run at once, and those in conflict run again; *no hints* (0 %) "
            "is to run the block once before. Which pairs must wait?"
        )
        return wrong("names-none", text, shown)
    if named > 1_000:
        return wrong(
            "names-all", "With so many pairs, nearly all wait for each other. Which two never share a slot?", shown
        )
    if met < named / 2:
        text = f"{named - met} pairs wait for nothing. Two transfers call one token: whose balances does each touch?"
        return wrong("one-contract-one-slot", text, shown)
    if all(SAME_SENDER in line for line in told):
        text = f"{there - met} pairs meet unnamed, and all that you name have one sender. Who else is in a transaction?"
        return wrong("sender-only", text, shown)
    if BOTH_PAY in missed[0]:
        text = (
            f"{there - met} pairs meet unnamed, most of them where both pay the same. Which line compares two payees?"
        )
        return wrong("payees-not-compared", text, shown)
    text = f"{there - met} pairs meet unnamed. Look at the kinds above: which line of your rule should name the first?"
    return wrong("roles-never-cross", text, shown)


def _ask(answer: Any, block: Sequence[TxFeatures]) -> set[Pair] | None:
    """Return the pairs that a function names; None if it returns nothing yet."""
    told: list[object] = []
    numbers = {id(each): number for number, each in enumerate(block)}
    asked = (0, 0)

    def meet(one: TxFeatures, other: TxFeatures) -> bool:
        nonlocal asked
        asked = numbers[id(one)], numbers[id(other)]
        told.append(answer(one, other))
        return told[-1] is True

    if not callable(answer):
        raise InputError(repeat(answer), expected="a function: what begins with `def`")
    try:
        pairs: set[Pair] = call(partial(named_by, meet, block))
    except InputError as error:
        raise InputError(f"`meet` of transactions {asked[0]} and {asked[1]}: {error}") from error
    if all(each is None for each in told):
        return None
    odd = next((each for each in told if type(each) is not bool), None)
    if odd is not None or None in told:
        raise InputError(f"`meet` returns {repeat(odd)}", expected="True or False for every pair")
    return pairs


def lie(answer: Any) -> Reply:
    """Judge a list of pairs that should make a block slow; its result stays right."""
    if answer is None:
        return missing("a list of pairs, such as [(0, 1)].")
    block = later_blocks()[0]
    pairs = {_pair(each, len(block.features)) for each in read_list(answer, "pairs, such as [(0, 1)]")}
    found = {example.name: pairs for example in later_blocks()}
    row = judged(found)[0]
    same = "the same" if row.equal else "ANOTHER"
    longest = _longest_chain(pairs, len(block.features))
    count = "1 pair" if len(pairs) == 1 else f"{len(pairs)} pairs"
    shown = f"{count}: {row.speedup:.1f} times as fast as one core; the result is {same} (simulated)"
    if row.speedup <= SLOWEST:
        return right(
            "As slow as one core, and the result is right. So what must a node check before it pays for hints?", shown
        )
    if not pairs:
        return wrong(
            "silence-is-the-worst",
            "With an empty list, all run at once, and some again. What makes all of them wait?",
            shown,
        )
    text = f"The longest chain of your pairs has {longest} transactions. What do the other cores do meanwhile?"
    few = len(pairs) < len(block.features) - 1
    return wrong("few-lies-are-enough" if few else "many-lies-are-a-chain", text, shown)


def _longest_chain(pairs: Iterable[Pair], count: int) -> int:
    """Return how many transactions wait for each other in a row."""
    lengths = [1] * count
    for before, after in sorted(pairs, key=lambda pair: pair[1]):
        lengths[after] = max(lengths[after], lengths[before] + 1)
    return max(lengths)


def _pair(entry: Any, count: int) -> Pair:
    before, after = read_pair(entry, "a pair such as (0, 1)")
    if type(before) is not int or type(after) is not int or not 0 <= before < after < count:
        raise InputError(repeat(entry), expected=f"two numbers, the smaller first, from 0 to {count - 1}")
    return before, after
