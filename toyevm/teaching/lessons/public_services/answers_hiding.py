"""What lesson 16 says to searches behind a hash, to salts and to sealed votes: Eve and Mallory try each of them."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, call, malformed, missing, read_number, read_one_of, repeat, right, wrong
from toyevm.teaching.lab.watched import Watched
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
            return _not_the_patient(who, watched[who], returned[who], list(returned.values()))
    stranger = call(answer, NOBODYS, list(TOWN), list(CODES))
    if stranger is not None:
        text = f"All three are found. But for a hash that no record of the town has, it says {repeat(stranger)}. Why?"
        return wrong("somebody-is-always-found", text)
    shown = "\n".join(f"{who}: {name}, {code}" for who, (name, code) in returned.items())
    return right(f"Three patients, at most {GUESSES:,} hashes each. What did the clinic believe about a hash?", shown)


def _nobody_found(watched: list[Watched]) -> Reply:
    others = [other for each in watched for other in each.others]
    shown = f"comparisons with the three hashes: {len(others):,}"
    if not others and any(each.used for each in watched):
        text = "It looks for `digest`, and returns nothing. Which three texts, in which order, are hashed?"
        return wrong("no-record-fits", text)
    if not others:
        text = "Nothing is compared with `digest`. (`is` asks for the same object.) What could be equal to it?"
        return wrong("no-comparison", text, shown)
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


def _not_the_patient(who: str, digest: Watched, value: Any, all_values: list[Any]) -> Reply:
    shown = f"{who}: your function returns {repeat(value)}"
    if value is None:
        text = f"It finds somebody else, but nobody behind {who}. Which records does it leave out?"
        return wrong("not-all-records", text, shown)
    if len(all_values) > 1 and len({repr(each) for each in all_values}) == 1:
        text = "It returns the same for every hash. Which line compares with `digest`?"
        if digest.others:
            text = "It compares, and returns the same for every hash. Is the `return` for those that are equal?"
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
        read_number(answer[0], 0, 64, "a number of bytes, 8 bits each,"),
        read_one_of(answer[1], (ON_CHAIN, WITH_RECORD), "where"),
        read_one_of(answer[2], (EACH, CLINIC), "one for"),
    )
    if rule.length == 0:
        text = "Without salt, nothing has changed: the same table finds all. What must Eve not be able to guess?"
        return wrong("a-hash-is-anonymous", text, f"records found: {found_by_eve(rule)}")
    if rule.where == ON_CHAIN:
        text = f"Eve can read it, and hashes {GUESSES:,} records with it. Who must be able to read a salt?"
        return wrong("a-public-salt-hides", text, f"records found: {found_by_eve(rule)} of 3")
    if rule.whose == CLINIC:
        text = "Eve is a patient, so she has the salt of her own record. Which other records does this salt hide?"
        return wrong("one-secret-for-all", text, f"records found, besides her own: {found_by_eve(rule)} of 2")
    shown = f"one record that she suspects, 256^{rule.length} salts, at 10^12 a second: {_duration(rule.years)}"
    if rule.years < LONG:
        text = f"Eve suspects one record, and tries it with every salt of {rule.length} bytes. Is that {LONG:,} years?"
        return wrong("any-salt-is-long-enough", text, shown)
    return right("Eve finds nothing. (32 bytes are usual.) What is left when the clinic deletes both?", shown)


def _duration(years: float) -> str:
    if years < 1 / 365:
        return f"{years * 365 * 24 * 3600:.1g} seconds"
    return f"{years:,.0f} years" if years < 10**7 else f"{years:.0e} years"


SECRET = 80_215  # of the envelope that is tried; odd, so that its neighbours differ in one bit or more
STEPS = (*range(200), *(2**k for k in range(60)), *(10**k for k in range(18)))
NEAR = {SECRET + sign * step for sign in (1, -1) for step in STEPS}
SECRETS = sorted({secret for secret in NEAR if secret > 0} | {*range(300), int(f"1{SECRET}"), int(f"{SECRET}1")})
LARGE = [2**120, *(pow(7, k, 2**127 - 1) for k in range(4_000)), *(2**bit for bit in range(1, 120))]  # all different
OTHERS = ("Mallory", "Abe", "Anna", "Nan")  # who might use Ann's envelope


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
    if call(answer, 1, SECRET, "Ann") != envelope:
        text = "Sealed again with the same secret, it is different. How can the contract check it?"
        return wrong("never-the-same", text, shown)
    for judge in (_guessed, _readable, _opened_twice, _copied):
        if reply := judge(answer, envelope, shown):
            return reply
    same = all(_sealed(answer, *each) == hash_of(*each) for each in ((1, SECRET, "Ann"), (0, LARGE[0], "Bob")))
    like = "; the contract of this course makes the same one" if same else ""
    return right(f"Eve and Mallory cannot open, copy or change it{like}. What if Ann never opens it?", shown)


def _no_hash(envelope: Any) -> Reply:
    flat = envelope if isinstance(envelope, (list, tuple)) else [envelope]
    if any(type(each) is int and each == 1 for each in flat):
        text = f"On chain is {repeat(envelope)}. The voting goes on. Who can read for whom Ann has voted?"
        return wrong("in-the-clear", text)
    if any(type(each) is int and each == SECRET for each in flat):
        return wrong("the-secret-in-the-clear", f"On chain is {repeat(envelope)}. Is it a secret still?")
    return malformed(f"`seal` returned {repeat(envelope)}: 32 bytes are expected, as `hash_of` returns them.")


def _sealed(answer: Any, vote: int, secret: int, voter: str) -> bytes:
    envelope = call(answer, vote, secret, voter)
    if type(envelope) is bytes and len(envelope) == 32:
        return envelope
    given = f"given {vote}, {secret}, {voter!r}, `seal` returned {repeat(envelope)}"
    raise InputError(given, expected="32 bytes, as `hash_of` returns them")


def _guessed(answer: Any, envelope: bytes, shown: str) -> Reply | None:
    other = _sealed(answer, 0, SECRET, "Ann")
    if other == envelope:
        text = "With the same secret, the envelope for 0 is the same. Until when can Ann still choose?"
        return wrong("opens-for-both", text, shown)
    for candidate, sealed in ((1, envelope), (0, other)):
        if _sealed(answer, candidate, SECRET + 7, "Ann") == sealed:
            text = "Eve does not know the secret, seals both candidates for Ann, and compares. What does she learn?"
            return wrong("two-guesses", text, shown)
    if len({_sealed(answer, 1, secret, "Ann") for secret in LARGE}) < len(LARGE):
        text = f"Of {len(LARGE):,} large secrets, some have the same envelope. How many would Eve have to try?"
        return wrong("a-small-secret", text, shown)
    return None


def _readable(answer: Any, envelope: bytes, shown: str) -> Reply | None:
    """Look for a byte that never has the same value for both candidates, whatever the secret is."""
    if SECRET.to_bytes(3) in envelope or SECRET.to_bytes(3, "little") in envelope:
        return wrong("the-secret-in-the-clear", "The secret's bytes are in the envelope. Who can read them?", shown)
    zeros, ones = ([_sealed(answer, vote, SECRET + each, "Ann") for each in range(64)] for vote in (0, 1))
    for place in range(32):
        zero, one = {each[place] for each in zeros}, {each[place] for each in ones}
        if (zero, one) == ({0}, {1}):
            return wrong("in-the-clear", f"Byte {place} of each envelope is the candidate. Who can read it?", shown)
        if not zero & one:
            text = f"Byte {place} tells the candidates apart, whatever the secret is. What does Eve learn from it?"
            return wrong("two-guesses", text, shown)
    return None


def _opened_twice(answer: Any, envelope: bytes, shown: str) -> Reply | None:
    zeros = {_sealed(answer, 0, secret, "Ann"): secret for secret in SECRETS}
    for secret in (SECRET, *SECRETS):
        if (other := zeros.get(_sealed(answer, 1, secret, "Ann"))) is not None:
            text = f"1 with the secret {secret} has the same envelope as 0 with {other}: Ann can open either."
            return wrong("words-run-together", f"{text} How can both numbers stay separate in the hash?", shown)
    return None


def _copied(answer: Any, envelope: bytes, shown: str) -> Reply | None:
    for other in OTHERS:
        theirs = _sealed(answer, 1, SECRET, other)
        blind = _sealed(answer, 0, SECRET + 7, other)  # sealed without knowing what is in Ann's
        if theirs == bytes(a if a == b else c for a, b, c in zip(envelope, theirs, blind, strict=True)):
            how = "the same 32 bytes" if theirs == envelope else "Ann's bytes with some of their own"
            text = f"{other} sends {how}, and waits until Ann opens hers. What can {other} do with what Ann shows?"
            return wrong("anybodys-envelope", text, shown)
        for secret in SECRETS:
            if _sealed(answer, 1, secret, other) == envelope:
                text = f"{other} copies Ann's envelope, and later opens it with the secret {secret}."
                return wrong("anybodys-envelope", f"{text} How can the envelope be Ann's alone?", shown)
    return None
