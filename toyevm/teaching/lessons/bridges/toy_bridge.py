"""A bridge's decision on one page: may this claim mint? With days of claims on which to try an answer.

A claim says where a log is said to stand, and what it is said to say. The bridge looks up what does stand there. This
bridge belongs to the rollup; it has a twin on each chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

HERE, TWIN = "rollup", "bridge"


class BurnLog(NamedTuple):
    """A log of another chain: which contract wrote it, for which chain, who is to get how much."""

    contract: str
    destination: str
    to: str
    amount: int


class MintClaim(NamedTuple):
    """What a relayer claims: at this place, there is a log that gives somebody so much."""

    chain: str
    block: int
    number: int
    to: str
    amount: int


Place: TypeAlias = tuple[str, int, int]
LOGS: Mapping[Place, BurnLog] = {
    ("sidechain", 2, 0): BurnLog("bridge", "rollup", "Ann", 5),
    ("sidechain", 2, 1): BurnLog("mybridge", "rollup", "Mallory", 900),
    ("sidechain", 3, 0): BurnLog("bridge", "validium", "Mallory", 7),
    ("sidechain", 3, 1): BurnLog("bridge", "rollup", "Mallory", 1),
}


def first_version(claim: MintClaim, log: BurnLog | None, done: set[Any]) -> bool:
    """Decide as the bridge of the lesson does before it is patched."""
    if log is None:
        return False
    return log.to == claim.to and log.amount == claim.amount


class JudgedClaim(NamedTuple):
    """A claim, the log at its place, and what is right about it.

    Attributes:
        why: why it must be refused; "" if it must be accepted.
    """

    claim: MintClaim
    log: BurnLog | None
    why: str


def case(claim: MintClaim, log: BurnLog | None, done: set[Place]) -> JudgedClaim:
    """Return what is right about a claim, and note it if it is accepted.

    >>> case(MintClaim("sidechain", 3, 0, "Mallory", 7), LOGS["sidechain", 3, 0], set()).why
    'for another chain'
    """
    place: Place = claim[:3]
    if log is None:
        why = "no log there"
    elif (log.to, log.amount) != (claim.to, claim.amount):
        why = "the log says otherwise"
    elif log.contract != TWIN:
        why = "another contract's log"
    elif log.destination != HERE:
        why = "for another chain"
    else:
        why = "minted already" if place in done else ""
    if not why:
        done.add(place)
    return JudgedClaim(claim, log, why)


def judged(claims: Iterable[MintClaim], logs: Mapping[Place, BurnLog]) -> list[JudgedClaim]:
    """Return what is right about each of some claims, in order."""
    done: set[Place] = set()
    return [case(claim, logs.get(claim[:3]), done) for claim in claims]


def claim_of(place: Place, log: BurnLog) -> MintClaim:
    """Return the claim that fits a log."""
    return MintClaim(*place, log.to, log.amount)
