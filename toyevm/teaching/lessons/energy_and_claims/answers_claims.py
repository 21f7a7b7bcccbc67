"""What lesson 17 says to the choice of an experiment, and to the choice of a system for three users."""

from __future__ import annotations

from typing import Any

from toyevm.teaching.lab.turns import Reply, is_blank, missing, read_list, read_one_of, read_pair, right, wrong
from toyevm.teaching.lessons.energy_and_claims.studies import claim_cases

VERDICTS = ("true", "true if", "false")
SYSTEMS = ("sidechain", "optimistic", "zk", "L1")
NEEDS = (
    ("calls contracts, trusts L1 alone, and wants it final within the hour", "L1", "proofs-are-always-best"),
    ("calls contracts, trusts L1 and one watcher, wants it cheaper than L1, can wait a week", "optimistic",
     "security-costs-nothing"),
    ("plays for points, wants it cheapest, and trusts the operators", "sidechain", "security-at-any-price"),
)  # fmt: skip


def experiment(answer: Any) -> Reply:
    """Judge which experiment could refute "More cores make a chain faster", and its verdict."""
    if is_blank(answer):
        return missing('an experiment and a verdict, such as ("A", "true").')
    first, second = read_pair(answer, 'an experiment and a verdict, such as ("A", "true")')
    chosen = read_one_of(first, ("A", "B", "C"), "an experiment")
    verdict = read_one_of(second, VERDICTS, "a verdict")
    if chosen == "A":
        text = "Experiment A has only cases in which it should be so. Which result of it could refute the sentence?"
        return wrong("confirms-only", text)
    if chosen == "C":
        return wrong("asks-who-sells", "Experiment C collects what others say. What would you run yourself?")
    shown = claim_cases("cores-help")
    if verdict == "true":
        return wrong(
            "most-cases-are-all", "The sentence speaks of every chain. What do the cases that fail do to it?", shown
        )
    if verdict == "false":
        return wrong("one-case-is-all", "Two cases hold. Under which condition is the sentence useful?", shown)
    return right('It is true if transactions share little. What would you have to run to say "true"?', shown)


def whom(answer: Any) -> Reply:
    """Judge which system each of three users should take."""
    if is_blank(answer):
        return missing('three systems, such as ["zk", "zk", "zk"].')
    given = read_list(answer, f"three of {', '.join(SYSTEMS)}", 3)
    if len(given) != len(NEEDS):
        return missing(f"{len(NEEDS)} systems, one for each user; you have {len(given)}.")
    chosen = [read_one_of(each, SYSTEMS, "a system") for each in given]
    for place, (system, (need, best, belief)) in enumerate(zip(chosen, NEEDS, strict=True), start=1):
        if system != best:
            text = f"User {place} {need}. You choose {system}. Which column of the table decides for them?"
            return wrong(belief, text)
    return right("Three users, three systems; a proof of 40 payments is dear. Which single number says all that?")
