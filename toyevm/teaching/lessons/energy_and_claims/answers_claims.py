"""What lesson 17 says to the choice of an experiment, and to the choice of a system for three users."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, is_blank, missing, read_list, read_one_of, read_pair, repeat, right, wrong
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.energy_and_claims.studies import cases_of, claim_cases

VERDICTS = ("true", "true if", "false", "untested")
SYSTEMS = ("L1", "sidechain", "zk", "optimistic_rollup")
AS_WELL = {
    "optimistic": "optimistic_rollup", "optimistic rollup": "optimistic_rollup",
    "optimistic-rollup": "optimistic_rollup", "zk-rollup": "zk", "zk rollup": "zk", "l1 itself": "L1",
}  # fmt: skip
BEST = ("L1", "optimistic_rollup", "sidechain")
DENIALS = (
    {
        "optimistic_rollup": (
            "a-claim-is-final", "the optimistic rollup is hard after 304,380 s. How many hours are that?"),
        "sidechain": (
            "operators-are-l1", "a sidechain trusts most of its validators. Does this user trust anyone beside L1?"),
        "zk": (
            "proofs-do-everything", "this proof system refused the course block. Which line says why?"),
    },
    {
        "L1": (
            "security-costs-nothing", "L1 costs 250,558 gwei/tx. Which row costs less and trusts one watcher?"),
        "sidechain": (
            "cheapest-is-best", "a sidechain is cheaper, and has no watcher. Whose honesty does it need?"),
        "zk": (
            "proofs-are-cheap", "zk refuses calls of contracts. And is its gwei/tx below L1's?"),
    },
    {
        "L1": (
            "security-at-any-price", "L1 costs 250,558 gwei/tx, for points. Which row has the least gwei/tx?"),
        "optimistic_rollup": (
            "rollups-are-cheapest", "the optimistic rollup costs 169,062 gwei/tx. Which row has the least?"),
        "zk": (
            "proofs-for-points", "zk has the most gwei/tx. What is a proof worth to a user who trusts validators?"),
    },
)  # fmt: skip


def experiment(answer: Any) -> Reply:
    """Judge which experiment could refute "More cores make a chain faster", and its verdict."""
    if is_blank(answer):
        return missing('an experiment, such as ("A", None).')
    first, second = read_pair(answer, 'an experiment and a verdict, such as ("A", None)')
    chosen = read_one_of(first, ("A", "B", "C"), "an experiment")
    if chosen == "A":
        text = "A runs only what should be fast. It refutes if strangers gain nothing. Which blocks are likelier to?"
        return wrong("confirms-only", text)
    if chosen == "C":
        return wrong("asks-who-sells", "Experiment C collects what others say. What would you run yourself?")
    shown = cases_of("cores-help")
    if second is None:
        return Reply(Status.MISSING, 'Missing: a verdict on these cases, such as ("B", "true").', shown=shown)
    verdict = _verdict(second)
    if verdict == "true":
        text = "The sentence speaks of every block. What do the cases that fail do to it?"
        return wrong("most-cases-are-all", text, shown)
    if verdict == "false":
        text = "As it was said, the sentence is refuted. But in how many cases does it hold?"
        return wrong("one-case-is-all", text, shown)
    if verdict == "untested":
        text = "Four blocks were run, in virtual time. Which tag do these figures have?"
        return wrong("simulated-is-untested", text, shown)
    text = "As it was said it is refuted; with a condition it holds, so far. Which fifth kind of block would you run?"
    return right(text, claim_cases("cores-help"))


def _verdict(answer: Any) -> str:
    """Return one of the verdicts; which conditions stand behind "true if" is read off the cases, not typed."""
    if isinstance(answer, str) and answer.strip().casefold().startswith("true if "):
        raise InputError(repeat(answer), expected='"true if" alone: the cases that hold are its conditions')
    return read_one_of(answer, VERDICTS, "a verdict")


def whom(answer: Any) -> Reply:
    """Judge which system each of three users should take."""
    if is_blank(answer):
        return missing('three systems, such as ["zk", "zk", "zk"].')
    given = read_list(answer, f"three of {', '.join(SYSTEMS)}", 3)
    if len(given) != len(BEST):
        return missing(f"{len(BEST)} systems, one for each user; you have {len(given)}.")
    chosen = [_system(each) for each in given]
    for place, (system, best, denials) in enumerate(zip(chosen, BEST, DENIALS, strict=True), start=1):
        if system != best:
            belief, why = denials[system]
            return wrong(belief, f"User {place}: {why}")
    return right("Three users, three systems. Which single number would say all that?")


def _system(entry: Any) -> str:
    """Return a row of the table, by its name there or by a short one."""
    if isinstance(entry, str) and (known := AS_WELL.get(entry.strip().casefold())):
        return known
    return read_one_of(entry, SYSTEMS, "a system")
