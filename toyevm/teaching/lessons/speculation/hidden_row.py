"""What lesson 05 says to the row that the table of reads leaves open: which version is there, and what follows."""

from __future__ import annotations

from typing import Any

from toyevm.contracts import load_contract
from toyevm.errors import InputError
from toyevm.simulation.run import Run
from toyevm.teaching.lab.turns import Reply, missing, read_one_of, read_pair, read_words, repeat, right, wrong
from toyevm.teaching.lessons.speculation.attempts import ATTEMPT, describe_reads
from toyevm.teaching.lessons.speculation.studies import run
from toyevm.types import Location
from toyevm.workloads.applications import APPLICATIONS

DROPPED = ("B.0", "D.0", "E.0", "D.1", "E.1", "D.2", "E.2", "E.3")  # attempts of others than C that are aborted


def hidden_row(answer: Any) -> Reply:
    """Judge the version now and the verdict of C.1, whose row the table of reads leaves open."""
    if answer is None:
        return missing('the version now and the verdict of C.1, such as ("D.3", "committed").')
    given = answer.split(",") if isinstance(answer, str) else answer
    pair = read_pair(given, 'a version and a verdict, such as ("D.3", "committed")')
    now = read_words(pair[0], "a version such as 'D.3'").strip()
    version = ATTEMPT.fullmatch(now.upper())
    if not version and now.casefold() != "before":
        raise InputError(repeat(pair[0]), expected="a version: an attempt such as 'D.3', or 'before'")
    verdict = {"abort": "aborted", "commit": "committed"}.get(repeat(pair[1]).strip("' ").casefold(), pair[1])
    aborted = read_one_of(verdict, ("aborted", "committed"), "a verdict") == "aborted"
    name = version[0] if version else "before"
    if name == "B.1" and aborted:
        reads = describe_reads(*counter_reads(), "totalSupply")
        return right(
            "C.1 is stale. D.1 and E.1 are aborted, too. Why is E.1 aborted although D has not committed?", reads
        )
    return wrong(*_row_belief(name, aborted))


def counter_reads() -> tuple[Run, Location]:
    """Return the run of five mints on five cores, and the location of their counter."""
    mints = APPLICATIONS["erc20-mint"](5)
    return run(mints, 5), Location(
        mints.block.transactions[0].to or b"", load_contract("erc20_mint").slots["totalSupply"]
    )


def _row_belief(name: str, aborted: bool) -> tuple[str, str]:
    """Return the belief and the question of a row of C.1 that does not hold."""
    if name == "B.1":
        text = "C.1 read version A.0, and you say that the version now is B.1. So the two differ. "
        return "old-versions-hold", f"{text}What happened to B.0, whose two versions differed, too?"
    if name == "A.0" and aborted:
        text = "You say that C.1 read A.0 and that the version now is A.0, too. Then the two are equal. "
        return "aborted-without-a-cause", f"{text}What is the verdict on B.1, whose two versions are equal?"
    if name == "A.0":
        text = "A.0 was the version at time 66,373, when C.1 read. C.1 was checked at 78,513. "
        return "nothing-in-between", f"{text}Which row was checked between these two times, and committed?"
    if name == "before":
        text = "C.1 read at time 66,373, and saw A.0. So A.0 had already replaced the version `before`. "
        return "nothing-has-changed", f"{text}Which attempts have committed by 78,513, when C.1 was checked?"
    if name.startswith("C"):
        text = "An attempt writes when it commits. C.1 was checked before any attempt of C had committed. "
        return "sees-itself", f"{text}Which attempt was the last to commit before time 78,513?"
    if name in DROPPED:
        return (
            "the-aborted-write",
            f"{name} was aborted: its writes were dropped. Which attempts have committed by 78,513?",
        )
    text = f"The table has no {name} that has committed by 78,513, when C.1 was checked. "
    return "any-attempt-writes", f"{text}Which rows say `committed` and have an earlier time?"
