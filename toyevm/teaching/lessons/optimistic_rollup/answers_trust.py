"""What lesson 11 says to who raced whom, to who is kept out of L1, and to what waiting costs."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any

from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.teaching.lab.turns import Reply, missing, read_number, read_one_of, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.optimistic_rollup.disputes import BEFORE, race, tokens
from toyevm.teaching.lessons.optimistic_rollup.waiting import CASES, SAFE, STOLEN, kept_out

PAIR = "a pair of transactions, such as (0, 1)"
BATCHES, PROOF, RATE, WAIT, YEAR = 24, Fraction(5, 100), Fraction(5, 100), 7, 365  # a day; ether; a year; days; days


def raced(answer: Any) -> Reply:
    """Judge who read too early, and who had not written yet."""
    if answer is None:
        return missing(PAIR + ".")
    case = race()
    most = len(case.workload.block.transactions) - 1
    reader, writer = (read_number(each, 0, most, "a transaction") for each in read_pair(answer, PAIR))
    name = case.workload.location_name(case.location)
    if (reader, writer) == (case.tx, 1):
        early, there = (tokens(value) for _, value in case.values[:2])
        rows = [f"{tokens(value):>10} after transaction {tx}" for tx, value in case.values[1:]]
        text = (
            f"In words: transaction {reader} read {name} as {early}, before transaction 1 had made it {there}. "
            "Which check of lesson 05 would have found it before L1 did?"
        )
        return right(text, "\n".join([f"{name}\n{early:>10} before the block", *rows]))
    common = sorted(_result(writer).write_set.keys() & _result(reader).read_set.keys())
    shown = f"transaction {reader} reads, and transaction {writer} writes: " + (
        ", ".join(map(case.workload.location_name, common)) or "no location in common"
    )
    if (reader, writer) == (1, case.tx):
        text = f"You say that transaction 1 read too early. It is the first to read {name}. Whose value was stale?"
        return wrong("the-other-way-round", text, shown)
    if reader != case.tx and reader // case.together == case.tx // case.together:
        text = (
            f"The dispute came down to transaction {case.tx}; {reader} only started with it. What did {case.tx} read?"
        )
        return wrong("only-started-with-it", text, shown)
    if reader != case.tx:
        text = f"The dispute has come down to another transaction than {reader}. Which one did L1 run a step of?"
        return wrong("another-reader", text, shown)
    return _not_writer(writer, name, bool(common), shown)


def _not_writer(writer: int, name: str, meets: bool, shown: str) -> Reply:
    tx = race().tx
    if writer == tx:
        return wrong("races-itself", f"Transaction {tx} cannot overtake itself. Who else writes {name}?", shown)
    if writer > tx:
        text = (
            f"Transaction {writer} comes after {tx} in the block: {tx} must not see what it writes. Who comes before?"
        )
        return wrong("a-later-one", text, shown)
    if not meets:
        text = f"Transaction {writer} writes nothing that {tx} reads: it may run whenever it likes. Who writes {name}?"
        return wrong("the-one-before", text, shown)
    return wrong("another-slot", f"Transaction {writer} does not write {name}. Who does, before {tx}?", shown)


@cache
def _result(tx: int) -> TxResult:
    return race().result(tx, race().trace.worlds[tx + BEFORE])


def who_is_kept_out(answer: Any) -> Reply:
    """Judge what becomes of a false claim when moves are kept out of L1; all of it is played."""
    if answer is None:
        return missing("a dict with a word for each case.")
    if not isinstance(answer, dict) or not all(key in CASES for key in map(repeat_key, answer)):
        raise InputError(repeat(answer), expected=f"a dict with the keys {', '.join(map(repr, CASES))}")
    rows: list[str] = []
    for at, (name, delays) in enumerate(CASES.items()):
        if answer.get(name) is None:
            return missing(f"a word for {name!r}." + (f" Right so far: {at}." if at else ""))
        told = read_one_of(answer[name], (STOLEN, SAFE), f"what happens with {name!r}")
        run = kept_out(delays)
        last = f", the last on day {run.days:.1f}" if run.moves else ""
        rows.append(
            f"{name:<6} {run.outcome}: L1 takes {run.moves} move{'s' * (run.moves != 1)} of the challenger{last}"
        )
        if told != run.outcome:
            return wrong(*_kept(name), "\n".join(rows))
    return right(
        "So a censor must keep a challenger out for 3.5 days. Who must make sure that they cannot?", "\n".join(rows)
    )


def repeat_key(key: object) -> str:
    """Return a key of a student's as text, whatever it is."""
    return key if isinstance(key, str) else repeat(key)


def _kept(name: str) -> tuple[str, str]:
    return {
        "two": ("one-day-is-enough", "On day 2 the clock of the challenger still had time. How much of 3.5 days?"),
        "four": ("seven-days-for-each", "The claim stood before day 4. How much time does each *side* have in all?"),
        "twice": (
            "a-clock-for-each-move",
            "2 days, then 2 more. Does the challenger's clock begin again at each move?",
        ),
        "L2": ("moves-on-the-rollup", "The moves came through. On which chain is the dispute played?"),
    }[name]


def break_even(answer: Any) -> Reply:
    """Judge from how many ether a day on a proof for each batch is cheaper than a week's wait."""
    if answer is None:
        return missing("a whole number of ether, such as 100.")
    mine = read_number(answer, 0, 10**7, "a whole number of ether")
    proofs, waiting = BATCHES * PROOF, mine * RATE * WAIT / YEAR
    shown = (
        f"{mine:,} ether withdrawn a day\nwait 7 days  {float(waiting):.4f} ether a day\n"
        f"proofs       {float(proofs):.4f} ether a day"
    )
    least = ceil(proofs / (RATE * WAIT / YEAR))
    if mine == least:
        return right("Proof on dispute costs next to nothing, but everybody waits. Who pays for the wait?", shown)
    known = {
        ceil(proofs / RATE): ("forgets-the-days", "5 percent is for a year. For how many days does each ether wait?"),
        ceil(proofs / RATE / WAIT): (
            "a-week-is-a-year",
            "You take 5 percent for each of the 7 days. For what are they?",
        ),
        ceil(proofs / (RATE / YEAR)): ("waits-one-day", "You let each ether wait one day. How long does it wait here?"),
        ceil(PROOF / (RATE * WAIT / YEAR)): (
            "one-batch-a-day",
            "You pay for one proof a day. How many batches are there?",
        ),
    }
    if mine in known:
        return wrong(*known[mine], shown)
    if mine < least:
        return wrong(
            "too-few", "Here the wait is still cheaper than the proofs. How much does one ether's wait cost?", shown
        )
    return wrong("too-many", "Here the proofs are cheaper. Are they with fewer ether, too?", shown)
