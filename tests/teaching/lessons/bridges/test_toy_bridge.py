"""The days on which a patched bridge is tried: each guard left out is noticed on one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.bridges.answers_bridge import patch, rob
from toyevm.teaching.lessons.bridges.toy_bridge import LOGS, BurnLog, MintClaim, claim_of, first_version, judged

GUARDS = ("log", "content", "contract", "destination", "done")


def bridge(without: str = "") -> Callable[[MintClaim, BurnLog | None, set[Any]], bool]:
    def accepts(claim: MintClaim, log: BurnLog | None, done: set[Any]) -> bool:
        found = log or BurnLog("bridge", "rollup", claim.to, claim.amount)
        holds = {
            "log": log is not None,
            "content": (found.to, found.amount) == (claim.to, claim.amount),
            "contract": found.contract == "bridge",
            "destination": found.destination == "rollup",
            "done": claim[:3] not in done,
        }
        if not all(fine for guard, fine in holds.items() if guard != without):
            return False
        done.add(claim[:3])
        return True

    return accepts


def test_the_whole_bridge_is_right() -> None:
    assert patch(bridge()).status is Status.RIGHT


@pytest.mark.parametrize("guard", GUARDS)
def test_a_bridge_without_one_guard_is_caught(guard: str) -> None:
    assert patch(bridge(guard)).status is Status.WRONG


def test_the_first_version_makes_the_three_mistakes_and_no_other() -> None:
    claims = [claim_of(place, log) for place, log in LOGS.items()] * 2
    mistakes = {each.why for each in judged(claims, LOGS) if each.why and first_version(each.claim, each.log, set())}
    assert mistakes == {"minted already", "another contract's log", "for another chain"}
    assert rob([(3, 1), (3, 1), (3, 0), (2, 1)]).status is Status.RIGHT
