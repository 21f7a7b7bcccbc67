"""What lesson 15 says to a withdrawal that is to be safe: honest people use it, and Eve calls it while she is paid."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from toyevm.teaching.lab.turns import Reply, missing, right, wrong
from toyevm.teaching.lessons.applications.ether_pool import SAVED, EtherPool, visited


def withdraw(answer: Any) -> Reply:
    """Judge a student's `withdraw(pool, who)`."""
    if answer is None:
        return missing("a function.")
    quiet, failures = visited(answer, "Ann", "Bob")
    names = answer.__code__.co_names if isinstance(answer, FunctionType) else ("pay",)
    if not names and not failures:
        return missing("lines in `withdraw` that pay.")
    shown = _told("Ann and Bob withdraw:", quiet, failures)
    if not quiet.steps and not failures:
        text = "Ann and Bob call, and no ether is sent. Which line calls `pool.pay`, and does a call get there?"
        if {"busy", "pay"} <= {*names}:
            text = "Ann calls, and no ether is sent. What is `pool.busy` at first, and does your first `if` let her in?"
        return wrong("never-pays", text, shown)
    unpaid = [who for who in ("Ann", "Bob") if quiet.received[who] != SAVED[who]]
    if unpaid:
        return _not_paid(quiet, failures, unpaid[0], shown)
    twice, _ = visited(answer, "Ann", "Ann")
    if twice.received["Ann"] > SAVED["Ann"]:
        text = f"Ann withdraws twice, one call after the other, and has {twice.received['Ann']}. What must be written?"
        return wrong("never-written-down", text, "\n".join(twice.steps))
    return _robbed(answer)


def _told(title: str, pool: EtherPool, failures: dict[str, str]) -> str:
    return "\n".join([title, *pool.steps, *(f"{who}: {why}" for who, why in failures.items())])


def _not_paid(quiet: EtherPool, failures: dict[str, str], who: str, shown: str) -> Reply:
    got = quiet.received[who]
    if who in failures:
        why = failures[who].split("it ended in ")[-1].rstrip(": ")
        text = f"{who}'s call reverts ({why}). Which line is that?"
        return wrong("reverts-for-all", text, shown)
    if quiet.busy:
        text = f"`pool.busy` is still True after the first call, and {who} gets {got}. When must it be False again?"
        return wrong("never-unlocked", text, shown)
    if got > SAVED[who]:
        text = f"{who} is owed {SAVED[who]} and gets {got}. How often do you call `pool.pay`, and with which amount?"
        return wrong("pays-too-much", text, shown)
    if quiet.received["Eve"]:
        return wrong("pays-somebody-else", f"{who} withdraws, and Eve is paid. Whom does `who` name?", shown)
    text = f"{who} is owed {SAVED[who]} and gets {got}. Which value do you pay, and when do you read it?"
    return wrong("reads-too-late", text, shown)


def _robbed(answer: Any) -> Reply:
    pool, failures = visited(answer, "Eve", "Ann", "Bob")
    shown = _told("Eve, Ann and Bob withdraw:", pool, failures)
    eve = pool.received["Eve"]
    if eve > SAVED["Eve"]:
        text = f"Eve was owed 1 ether and has {eve}. While she is paid, she calls again: what is in `pool.owed` then?"
        return wrong("pays-before-it-writes", text, shown)
    if eve < SAVED["Eve"]:
        text = f"Eve is owed 1 ether, and has {eve}. Her second call should fail. Must the first one fail, too?"
        return wrong("the-first-call-fails-too", text, shown)
    if any(pool.received[who] != SAVED[who] for who in ("Ann", "Bob")):
        late = next(who for who in ("Ann", "Bob") if pool.received[who] != SAVED[who])
        text = f"Eve has her ether. {late} comes, and gets {pool.received[late]}. What did Eve's second call leave?"
        return wrong("locked-for-good", text, shown)
    owed = {who: amount for who, amount in pool.owed.items() if amount != 0}
    if owed:
        text = f"All are paid, but the books still say {owed}. What if somebody deposits, and withdraws once more?"
        return wrong("books-left-open", text, shown)
    pool.owed["Ann"], pool.ether = 4, pool.ether + 4
    if pool.visit("Ann") or pool.received["Ann"] != SAVED["Ann"] + 4:
        text = f"Later, Ann puts in 4 ether and withdraws: she has {pool.received['Ann']}, not 7. What keeps her out?"
        return wrong("once-and-never-again", text, shown)
    text = "Everybody has what they own. What if Eve has two accounts, or calls a second function that uses `owed`?"
    return right(text, shown)
