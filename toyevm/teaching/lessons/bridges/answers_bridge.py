"""What lesson 14 says to claims that rob a bridge, and to a bridge that is patched: both decide, day by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, call, missing, read_list, read_number, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.bridges.toy_bridge import (
    LOGS,
    BurnLog,
    JudgedClaim,
    MintClaim,
    Place,
    claim_of,
    first_version,
    judged,
)

FORM = "places: block and log, such as [(2, 0)]"
OPEN = {  # what a thief has not tried yet, and the question that leads to it
    "minted already": "Does the bridge know what it has minted?",
    "another contract's log": "Who wrote each of the four logs?",
    "for another chain": "For which chain is each of the four logs?",
}


def rob(answer: Any) -> Reply:
    """Judge claims with which the first version makes three different mistakes."""
    if answer is None:
        return missing(f"a list of {FORM}.")
    places = [read_pair(each, "a place: block and log, such as (2, 0)") for each in read_list(answer, FORM, 20)]
    if not places:
        return missing("the places.")
    claims = [_claim(*place) for place in places]
    shown, mistakes, minted = [], dict[str, None](), set[Place]()
    for each in judged(claims, LOGS):
        place: Place = each.claim[:3]
        mints = first_version(each.claim, each.log, set())
        kinds = [why for why in (each.why, "minted already" if place in minted else "") if why]
        if mints:
            minted.add(place)
            mistakes |= dict.fromkeys(kinds)
        words = f"mints {each.claim.amount} for {each.claim.to}" if mints else "refuses"
        note = f"   <- {', '.join(dict.fromkeys(kinds))}" if kinds else ""
        shown.append(f"block {each.claim.block}, log {each.claim.number}: {words}{note}")
    left = [why for why in OPEN if why not in mistakes]
    text = "\n".join(shown)
    if not left:
        mallory = sum(each.amount for each in claims if each.to == "Mallory")
        owed = "Real burns give her 1 on the rollup, and 7 on the validium"
        return right(f"Three mistakes. Mallory gets {mallory} tokens here. {owed}. What was never checked?", text)
    if any(LOGS.get(each[:3]) is None for each in claims):
        return wrong("claims-without-a-log", "Refused: no log stands there. Which four places have one?", text)
    if not mistakes:
        return wrong("each-log-is-honest", f"Each of these claims is right. {OPEN[left[0]]}", text)
    found = f"{len(mistakes)} of 3 kinds: {', '.join(mistakes)}. "
    if left[0] == "minted already" and [each[:3] for each in claims].count(S2) == 1:
        found += "Nothing was minted before your list, so Ann's (2, 0) is right. "
        return wrong("claimed-before-the-list", found + OPEN[left[0]], text)
    belief = {"minted already": "a-log-is-used-up", "for another chain": "any-destination"}
    return wrong(belief.get(left[0], "any-log-counts"), found + OPEN[left[0]], text)


def _claim(block: Any, index: Any) -> MintClaim:
    place: Place = ("sidechain", read_number(block, 0, 99, "a block"), read_number(index, 0, 99, "a log"))
    log = LOGS.get(place)
    return claim_of(place, log) if log else MintClaim(*place, "Mallory", 900)


class Day(NamedTuple):
    """Logs of other chains, and the claims that come, in order."""

    logs: Mapping[Place, BurnLog]
    claims: tuple[MintClaim, ...]


ANN = BurnLog("bridge", "rollup", "Ann", 5)
NEW_NAME, NEW_CHAIN = BurnLog("bridge2", "rollup", "Mallory", 900), BurnLog("bridge", "sidechain", "Mallory", 7)
S2, S3, S4 = ("sidechain", 2, 0), ("sidechain", 2, 1), ("sidechain", 4, 0)
MANY = (S2, S3, S4, ("sidechain", 1, 11), ("sidechain", 11, 1))  # side by side, 1 and 11 read as 11 and 1
V2 = ("validium", 2, 0)
TRUE = claim_of(S2, ANN)
DAYS: tuple[Day, ...] = (
    Day({S2: ANN}, (TRUE,)),
    Day({V2: ANN}, (claim_of(V2, ANN),)),
    Day(LOGS, tuple(claim_of(place, log) for place, log in LOGS.items())),
    Day({S2: NEW_NAME, V2: NEW_CHAIN}, (claim_of(S2, NEW_NAME), claim_of(V2, NEW_CHAIN))),
    Day({}, (TRUE,)),
    Day({S2: ANN}, (claim_of(S2, ANN._replace(to="Mallory")), claim_of(S2, ANN._replace(amount=500)))),
    Day({S2: ANN}, (TRUE, TRUE, TRUE)),
    Day(dict.fromkeys(MANY, ANN), tuple(claim_of(place, ANN) for place in (*MANY, S4))),
    Day({S2: ANN, V2: ANN}, (TRUE, claim_of(V2, ANN))),
    Day({S2: ANN}, (claim_of(S2, ANN._replace(to="Mallory")), TRUE, TRUE)),
)


def patch(answer: Any) -> Reply:
    """Judge a bridge's decision, day by day."""
    if answer is None:
        return missing("a function.")
    if call(answer, TRUE, ANN, set()) is None:
        return missing("what `accepts` returns.")
    tried = 0
    for day in DAYS:
        done: set[Any] = set()
        said: list[str] = []
        for each in judged(day.claims, day.logs):
            decision = _decision(answer, each, done)
            tried += 1
            said.append(_row(each, decision))
            if decision == bool(each.why):
                return _mistake(each, done, "\n".join(said), len(day.claims) > 1 and _decision(answer, each, set()))
    shown = f"{tried} claims on {len(DAYS)} days"
    return right("No claim mints what was not burned for it. What does the bridge still take on trust?", shown)


def _decision(accepts: Callable[..., Any], each: JudgedClaim, done: set[Any]) -> bool:
    decision = call(accepts, each.claim, each.log, done)
    if not isinstance(decision, bool):
        raise InputError(f"given {tuple(each.claim)}, it returned {repeat(decision)}", expected="True or False")
    return decision


def _row(each: JudgedClaim, decision: bool) -> str:
    chain, block, number, to, amount = each.claim
    words = f"mints {amount} for {to}" if decision else "refuses"
    log = f"{each.log.contract}, for {each.log.destination}, {each.log.to} {each.log.amount}" if each.log else "none"
    return f"{chain} {block}, {number}: claims {amount} for {to}; log: {log}; your bridge {words}"


BELIEVED: Mapping[str, tuple[str, str]] = {  # what is wrong with a claim that was accepted: belief, question
    "another contract's log": ("any-log-counts", "The form is right, but `mybridge` wrote it. Who may write a burn?"),
    "for another chain": ("any-destination", "The validium mints these 7, too. Which field says for whom they are?"),
    "no log there": ("claims-are-true", "Nothing stands at this place. Whom does your bridge believe?"),
    "the log says otherwise": ("claims-are-true", "Mallory changed the claim, not the log. Which do you mint?"),
}
LISTED = {  # that other contracts, or chains, are named and refused
    NEW_NAME: "`mybridge` is refused, `bridge2` is not. Mallory has a new name each day. Whom *may* you believe?",
    NEW_CHAIN: "Burns for the validium are refused, this one is not. For which chain *may* your bridge mint?",
}


def _mistake(each: JudgedClaim, done: set[Any], shown: str, is_taken_alone: bool) -> Reply:
    if each.why == "minted already" and not done:
        text = "One burn, two mints: `done` is empty after the first. When must the bridge note something, and what?"
        return wrong("nothing-noted", text, shown)
    if each.why == "minted already":
        text = f"One burn, two mints. `done` holds {repeat(done)}. What do you look for before the second?"
        return wrong("another-key", text, shown)
    if each.log in LISTED:
        return wrong("names-who-is-bad", LISTED[each.log], shown)
    return wrong(*BELIEVED[each.why], shown) if each.why else _refused(each, done, shown, is_taken_alone)


def _refused(each: JudgedClaim, done: set[Any], shown: str, is_taken_alone: bool) -> Reply:
    place: Place = each.claim[:3]
    if not is_taken_alone and each.claim.chain != "sidechain":
        text = f"This burn on the {each.claim.chain} is right. Which of your conditions refuses another chain?"
        return wrong("one-source-only", text, shown)
    if not is_taken_alone:
        return wrong("refuses-what-is-true", "This burn is right. Which of your conditions refuses it?", shown)
    if place == V2:
        text = "Block 2, log 0 stands on *two* chains here. What is missing in what you note?"
        return wrong("chain-is-left-out", text, shown)
    if place in MANY[1:]:
        text = f"Ann burned 5 at several places: each is a burn. `done` holds {repeat(done)}. What tells them apart?"
        numbers = any(isinstance(entry, (int, str)) for entry in done)
        return wrong("one-number-is-enough" if numbers else "content-is-the-key", text, shown)
    text = "Mallory's false claim came first and minted nothing; now Ann gets nothing. When do you note something?"
    return wrong("noted-too-early", text, shown)
