"""What lesson 13 says to bytes that are flipped, to a changed claim, and to false places of a word."""

from __future__ import annotations

from functools import cache
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.kit.stark.folding import at_places
from toyevm.teaching.kit.stark.tampering import Proven
from toyevm.teaching.lab.turns import (
    Reply,
    malformed,
    missing,
    read_number,
    read_numbers,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.zk_rollup.book import book_proof
from toyevm.teaching.lessons.zk_rollup.claims import Claim, claim, l1_says, prove_claim

WANTED, MOST_TRIED = 4, 40  # checks, bytes
QUERY, WORD = 21, 32


@cache
def lesson_proof() -> Proven:
    """Return the proof that is tampered with."""
    return book_proof()


def different_checks(answer: Any) -> Reply:
    """Judge bytes of which a flipped bit fails at different checks."""
    if answer is None:
        return missing("places of bytes, such as [0, 100].")
    proven = lesson_proof()
    places = list(dict.fromkeys(read_numbers(answer, 0, len(proven.proof) - 1, "places of bytes")))[:MOST_TRIED]
    if not places:
        return missing("at least one place.")
    found: dict[str, list[int]] = {}
    lines = []
    for place in places:
        check = proven.check_of(place)
        found.setdefault(check, []).append(place)
        lines.append(f"byte {place:>5}, {proven.part_of(place)}: first to say no: {check}")
    if len(found) >= WANTED:
        return right(
            f"{len(found)} checks. A false root is refused before any path is compared with it: where byte 0 "
            f"is false, the first to say no is {proven.check_of(0)!r}. Which random number changes with a root?",
            "\n".join(lines),
        )
    return wrong(*_too_few(proven, found, len(places)), "\n".join(lines))


def _too_few(proven: Proven, found: dict[str, list[int]], tried: int) -> tuple[str, str]:
    so_far = f"{len(found)} check{'s' * (len(found) > 1)} so far. "
    for check, places in found.items():
        parts = {proven.part_of(place): place for place in places}
        if len(parts) > 1:
            first, second = list(parts.values())[:2]
            return "a-check-for-each-part", so_far + (
                f"Bytes {first} and {second} lie in different parts, but the same check says no first: {check}. Which "
                "parts of the proof are read only after this check?"
            )
    if len(found) < tried:
        return "any-byte-will-do", so_far + (
            "Bytes of one part meet the same check. Which other parts does the proof have?"
        )
    return "not-enough", so_far + "Which parts of the proof have you not touched yet?"


def steal_the_fee(answer: Any) -> Reply:
    """Judge a changed claim that goes with somebody else's proof."""
    if answer is None:
        return missing("a claim, such as claim._replace(ann=7).")
    if not isinstance(answer, tuple) or len(answer) != len(claim):
        raise InputError(repeat(answer), expected="a claim, such as claim._replace(ann=7)")
    ann, bob, receiver = answer
    if not isinstance(receiver, str):
        return malformed(f"The receiver is a name, not {repeat(receiver)}. Whose?")
    told = Claim(read_number(ann, 0, 63, "ann: ether"), read_number(bob, 0, 63, "bob: ether"), receiver)
    check = l1_says(told, prove_claim(claim))
    shown = f"{told}\nthird layer   {'accepted' if check.valid else f'refused: {check.reason}'}"
    if told == claim:
        return wrong("not-changed", "This is Pia's own claim: Pia gets the fee. Which field says who gets it?", shown)
    if not check.valid:
        return wrong(*_unproven(told), shown)
    if not is_mallory(told.receiver):
        return wrong("somebody-else", f"Accepted: {repeat(receiver)} gets the fee. Who wanted to have it?", shown)
    bound = l1_says(told, prove_claim(claim, bound=True), bound=True)
    return right(
        "Mallory gets the fee for Pia's work. If the transcript begins with the receiver, her claim draws "
        "another z than Pia's. What does the verifier compute at this z?",
        f"{shown}\nreceiver in the transcript: refused: {bound.reason}",
    )


def _unproven(told: Claim) -> tuple[str, str]:
    """Say which balances are not those of the proof."""
    false = [f"{name}={getattr(told, name)}" for name in ("ann", "bob") if getattr(told, name) != getattr(claim, name)]
    words = f"{' and '.join(false)} {'is' if len(false) == 1 else 'are'} not what was proven"
    if is_mallory(told.receiver):
        return "more-than-needed", (
            f"The receiver is right. But {words}: the verifier puts the balances into the constraints. Which of your "
            "changes does Mallory need?"
        )
    return "all-fields-are-free", (
        f"Refused: {words}. The balances are public cells, and the verifier puts them into the constraints. "
        "Which field is used by the contract, but not by the verifier?"
    )


def is_mallory(receiver: str) -> bool:
    """Return whether a name is Mallory's; capitals and spaces around it do not count."""
    return receiver.strip().casefold() == "mallory"


def unnoticed(answer: Any) -> Reply:
    """Judge false places that a query does not notice."""
    if answer is None:
        return missing("places, such as [0, 8].")
    places = sorted(set(read_numbers(answer, 0, WORD - 1, "places")))
    if not places:
        return missing("at least one false place.")
    folding = at_places(places)
    last = folding.sizes[-1]
    arrives, most = QUERY % last, WORD - WORD // last
    if folding.says_no(QUERY):
        return wrong(*_noticed(places, arrives, last, folding.sizes))
    shown = f"false in the word of {last}: {', '.join(map(str, sorted(folding.levels[-1])))}"
    if len(places) < most:
        text = (
            f"{len(places)} of {WORD} places are false, and the query does not notice. Which others are not "
            f"folded into place {arrives} either?"
        )
        return wrong("more-are-possible", text, shown)
    return right(
        f"{most} of {WORD} places are false, and a query passes with chance 1/4. Which row of the table of chances "
        "hoped that this is the best that a liar can do?",
        shown,
    )


def _noticed(places: list[int], arrives: int, last: int, sizes: list[int]) -> tuple[str, str, str]:
    opened = [place for place in places if place % (WORD // 2) == QUERY % (WORD // 2)]
    bad = opened[0] if opened else next(place for place in places if place % last == arrives)
    shown = f"place {bad}: {' -> '.join(str(bad % size) for size in sizes)}\nthe query at {QUERY} arrives at {arrives}"
    if opened:
        text = f"Place {bad} is false, and the query opens it in the first word. Which two places does it open there?"
        return "opened-at-once", text, shown
    text = f"The query does not open place {bad}, but {bad} is folded into the place where the query arrives. "
    return "only-what-is-opened", text + "Which places never get there?", shown
