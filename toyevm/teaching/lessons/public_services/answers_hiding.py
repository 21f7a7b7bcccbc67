"""What lesson 16 says to searches behind a hash, to salts and to sealed votes: Eve and Mallory try each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, call, malformed, missing, read_number, read_one_of, repeat, right, wrong
from toyevm.teaching.lessons.public_services.envelopes import hash_of
from toyevm.teaching.lessons.public_services.records import (
    CLINIC,
    CODES,
    EACH,
    LONG,
    ON_CHAIN,
    TOWN,
    WITH_RECORD,
    SaltRule,
    found_by_eve,
    patient_behind,
    published,
    record_hash,
)
from toyevm.types import Hash32

GUESSES = len(TOWN) * len(CODES)
NOBODYS: Hash32 = b"\x16" * 32  # no record of the town has this hash


def patient(answer: Any) -> Reply:
    """Judge a search for name and diagnosis behind a hash."""
    if answer is None:
        return missing("a function.")
    hashes = published()
    watched = {who: Watched(digest) for who, digest in hashes.items()}
    returned = {who: call(answer, digest, list(TOWN), list(CODES)) for who, digest in watched.items()}
    if all(_pair(each) == ("?", "?") for each in returned.values()):
        return missing("what `find` returns: (name, diagnosis).")
    if all(each is None for each in returned.values()):
        return _nobody_found(list(watched.values()))
    for who, digest in hashes.items():
        if _pair(returned[who]) != patient_behind(digest):
            return _not_the_patient(who, digest, returned[who], list(returned.values()))
    stranger = call(answer, NOBODYS, list(TOWN), list(CODES))
    if stranger is not None:
        text = f"All three are found. But for a hash that no record of the town has, it says {repeat(stranger)}. Why?"
        return wrong("somebody-is-always-found", text)
    shown = "\n".join(f"{who}: {name}, {code}" for who, (name, code) in returned.items())
    return right(f"Three patients, at most {GUESSES:,} hashes each. What did the clinic believe about a hash?", shown)


class Watched(bytes):
    """A hash that knows what it was compared with."""

    def __init__(self, digest: Hash32) -> None:
        self.others: list[Any] = []

    def __eq__(self, other: object) -> bool:
        self.others.append(other)
        return super().__eq__(other)

    __hash__ = bytes.__hash__


def _nobody_found(watched: list[Watched]) -> Reply:
    others = [other for each in watched for other in each.others]
    shown = f"comparisons with the three hashes: {len(others):,}"
    if not others:
        return wrong("no-comparison", "Nothing is compared with `digest`. What could be equal to it?", shown)
    if any(not isinstance(other, bytes) for other in others):
        text = f"It compares with {repeat(others[0])}. Is `digest` of this kind?"
        return wrong("another-kind", text, f"{shown}; digest is bytes")
    if any(bytes(each) in map(bytes, each.others) for each in watched):
        text = "It comes to the right record, and returns nothing. Which line gives the answer back?"
        return wrong("found-but-not-returned", text, shown)
    if len(others) < GUESSES:
        text = f"It looks at too few of the {GUESSES:,} records. Which of them are never tried?"
        return wrong("only-the-first", text, shown)
    text = "No value that it compares is one of these hashes. Which hash of which three texts is on chain?"
    return wrong("no-record-fits", text, shown)


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, tuple)) else value


def _not_the_patient(who: str, digest: Hash32, value: Any, all_values: list[Any]) -> Reply:
    shown = f"{who}: your function returns {repeat(value)}"
    if value is None:
        text = f"It finds somebody else, but nobody behind {who}. Which records does it leave out?"
        return wrong("not-all-records", text, shown)
    if len(all_values) > 1 and len({repr(each) for each in all_values}) == 1:
        text = "It returns the same for every hash. Which line compares with `digest`?"
        return wrong("no-comparison", text, shown)
    pair = _pair(value)
    if not isinstance(pair, tuple) or len(pair) != 2:
        text = "A pair is expected: the name, then the diagnosis. What does yours return?"
        return wrong("another-form", text, shown)
    born = dict(TOWN).get(pair[0]) if isinstance(pair[0], str) else None
    if born is None or pair[1] not in CODES:
        text = "The first should be a name of the town, the second a diagnosis. Which two variables do you return?"
        return wrong("another-form", text, shown)
    tried = record_hash(pair[0], born, pair[1])
    text = f"This record hashes to {tried.hex()[:8]}…, and on chain is {digest.hex()[:8]}…. Where are the two compared?"
    return wrong("no-comparison", text, shown)


def salt(answer: Any) -> Reply:
    """Judge how long a salt is, where it is kept and for whom."""
    form = f'three values, such as (4, "{ON_CHAIN}", "{CLINIC}")'
    if answer is None or (isinstance(answer, (list, tuple)) and answer and all(each is None for each in answer)):
        return missing(f"{form}: bytes, where, one for whom.")
    if not isinstance(answer, (list, tuple)) or len(answer) != 3:
        raise InputError(repeat(answer), expected=form)
    rule = SaltRule(
        read_number(answer[0], 0, 64, "a number of bytes"),
        read_one_of(answer[1], (ON_CHAIN, WITH_RECORD), "where"),
        read_one_of(answer[2], (EACH, CLINIC), "one for"),
    )
    if rule.length == 0:
        text = "Without salt, nothing has changed: the same table finds all. What must Eve not be able to guess?"
        return wrong("a-hash-is-anonymous", text, f"records found: {found_by_eve(rule)}")
    if rule.where == ON_CHAIN:
        text = f"Eve reads each salt, and hashes {GUESSES:,} records with it. Who must be able to read it?"
        return wrong("a-public-salt-hides", text, f"records found: {found_by_eve(rule)} of 3")
    if rule.whose == CLINIC:
        text = "Eve is a patient, so she has the salt of her own record. Which other records does this salt hide?"
        return wrong("one-secret-for-all", text, f"records found, besides her own: {found_by_eve(rule)} of 2")
    shown = f"{GUESSES:,} records x 256^{rule.length} salts, at 10^12 a second: {_duration(rule.years)}"
    if rule.years < LONG:
        text = f"Eve tries every salt of {rule.length} bytes with every record. Is that {LONG:,} years of work?"
        return wrong("any-salt-is-long-enough", text, shown)
    return right("Eve finds nothing. (32 bytes are usual.) What is left when the clinic deletes both?", shown)


def _duration(years: float) -> str:
    if years < 1 / 365:
        return f"{years * 365 * 24 * 3600:.1g} seconds"
    return f"{years:,.0f} years" if years < 10**7 else f"{years:.0e} years"


FEW = 256  # secrets that Eve tries
SECRET = 80_215  # of the envelope that is tried; odd, so that its neighbours differ in one bit or more


def seal(answer: Any) -> Reply:
    """Judge what a voter puts on chain before the votes are opened."""
    if answer is None:
        return missing("a function.")
    envelope = call(answer, 1, SECRET, "Ann")
    if envelope is None:
        return missing("what `seal` returns.")
    if type(envelope) is not bytes or len(envelope) != 32:
        return _no_hash(envelope)
    shown = f"Ann votes for 1, and puts on chain {envelope.hex()[:16]}…"
    for judge in (_changes_by_itself, _opened_twice, _guessed, _copied):
        if reply := judge(answer, envelope, shown):
            return reply
    like = "; the contract of this course makes the same one" if envelope == hash_of(1, SECRET, "Ann") else ""
    return right(f"Nobody can guess it, copy it or open it in two ways{like}. What if Ann never opens it?", shown)


def _no_hash(envelope: Any) -> Reply:
    flat = envelope if isinstance(envelope, (list, tuple)) else [envelope]
    if any(type(each) is int and each == 1 for each in flat):
        text = f"On chain is {repeat(envelope)}. The voting goes on. Who can read for whom Ann has voted?"
        return wrong("in-the-clear", text)
    if any(type(each) is int and each == SECRET for each in flat):
        return wrong("the-secret-in-the-clear", f"On chain is {repeat(envelope)}. Is it a secret still?")
    return malformed(f"`seal` returned {repeat(envelope)}: 32 bytes are expected, as `hash_of` returns them.")


Judge = Callable[[Any, bytes, str], Reply | None]


def _changes_by_itself(answer: Any, envelope: bytes, shown: str) -> Reply | None:
    if call(answer, 1, SECRET, "Ann") == envelope:
        return None
    text = "Sealed again with the same secret, it is different. How can the contract check it?"
    return wrong("never-the-same", text, shown)


def _opened_twice(answer: Any, envelope: bytes, shown: str) -> Reply | None:
    if call(answer, 0, SECRET, "Ann") == envelope:
        text = "With the same secret, the envelope for 0 is the same. Until when can Ann still choose?"
        return wrong("opens-for-both", text, shown)
    for other in (SECRET - 1, SECRET + 1, SECRET * 2, SECRET ^ 1):
        if call(answer, 0, other, "Ann") == envelope:
            text = f"0 with the secret {other} has the same envelope: Ann can open either. What keeps numbers apart?"
            return wrong("words-run-together", text, f"{shown}; her secret: {SECRET}")
    return None


def _guessed(answer: Any, envelope: bytes, shown: str) -> Reply | None:
    for candidate, sealed in ((1, envelope), (0, call(answer, 0, SECRET, "Ann"))):
        if call(answer, candidate, SECRET + 7, "Ann") == sealed:
            text = "Eve does not know the secret, seals both candidates for Ann, and compares. What does she learn?"
            return wrong("two-guesses", text, shown)
    if any(call(answer, 1, secret, "Ann") == envelope for secret in range(FEW)):
        text = f"Eve tries the secrets 0 to {FEW - 1}, and one fits. How many secrets do your envelopes tell apart?"
        return wrong("a-small-secret", text, shown)
    return None


def _copied(answer: Any, envelope: bytes, shown: str) -> Reply | None:
    if call(answer, 1, SECRET, "Mallory") != envelope:
        return None
    text = "Mallory sends the same 32 bytes, and waits until Ann opens hers. What can Mallory do with what Ann shows?"
    return wrong("anybodys-envelope", text, shown)
