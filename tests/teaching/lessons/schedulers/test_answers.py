"""The messages of lesson 04 are true of whatever a student tries: every plan of the puzzle on two cores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations, product

import pytest

from toyevm.simulation.schedule import list_schedule, makespan
from toyevm.teaching.lab.turns import Reply, take_turn
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.schedulers.answers import PUZZLE

LENGTHS = {"A": 4, "B": 2, "C": 1, "D": 1, "E": 4}
WAITS = {"A": "", "B": "", "C": "B", "D": "B", "E": "CD"}
Ran = dict[str, tuple[int, int, int]]  # the core, the start and the end of each


def told(plan: str) -> Reply:
    return take_turn("04-schedulers", "seven", plan)


def all_plans() -> Iterator[str]:
    for names in permutations(LENGTHS):
        if all(names.index(other) < names.index(name) for name in names for other in WAITS[name]):
            for cores in product("12", repeat=5):
                yield " ".join(f"{name}:{core}" for name, core in zip(names, cores, strict=True))


def replay(plan: str) -> Ran:
    """Run a plan, without the library."""
    free, ran = {1: 0, 2: 0}, Ran()
    for name, core in ((word[0], int(word[2])) for word in plan.split()):
        start = max([free[core], *(ran[other][2] for other in WAITS[name])])
        ran[name] = (core, start, start + LENGTHS[name])
        free[core] = ran[name][2]
    return ran


def may_start(ran: Ran, name: str) -> int:
    return max((ran[other][2] for other in WAITS[name]), default=0)


def false_claims(text: str, ran: Ran) -> Iterator[str]:
    """Yield each claim of a message that is not so, and a claim of a kind that this does not know."""
    ends = max(end for _, _, end in ran.values())
    (time, held, may, rest) = re.fullmatch(
        r"Your plan ends at (\d+)(?:, like every list schedule)?\. (\w) may start at (\d+)(.*)", text
    ).groups()  # type: ignore[union-attr]  # no match: the test fails
    (by, core) = re.search(rf"but your plan puts {held} behind (\w) on core (\d)", rest).groups()  # type: ignore[union-attr]
    claims = {
        "time": int(time) == ends and ("every list" in text) == (ends == 8),
        "may": int(may) == may_start(ran, held) < ran[held][1],
        "behind": ran[by][0] == ran[held][0] == int(core) and ran[by][2] == ran[held][1],
    }
    if found := re.search(r"core (\d) is free then", rest):
        busy = [name for name, (on, _, end) in ran.items() if on == int(found[1]) and end > int(may) and name != held]
        claims["free"] = found[1] != core and busy == []
    if found := re.search(rf"and {by} ends at (\d+)", rest):
        claims["end"] = int(found[1]) == ran[by][2]
    if found := re.search(r"So E starts only at (\d+)", rest):
        claims["only"] = int(found[1]) == ran["E"][1] and ran[held][2] <= int(found[1])
    beside = {name for name, (on, start, end) in ran.items()
              if on != int(core) and start < ran[by][2] and end > int(may)}  # fmt: skip
    if found := re.search(rf"From {may} to {ran[by][2]} the other core runs (\w)", rest):
        _, start, end = ran[found[1]]
        claims["beside"] = found[1] in beside and start <= int(may) and end >= ran[by][2]
    if "What does the other core do" in rest:
        claims["unused"] = f"from {may} to {ran[by][2]}?" in rest and beside == set()
    if "Which of" in rest:
        claims["in the way"] = by == "A" and rest.endswith(f"Which of {held} and A can wait without harm?")
    yield from (name for name, holds in claims.items() if not holds)


def test_every_plan_of_the_puzzle_is_told_what_is_so() -> None:
    plans = list(all_plans())
    assert len(plans) == 10 * 32
    beliefs = set()
    for plan in plans:
        ran, reply = replay(plan), told(plan)
        if makespan_of(ran) == 7:
            assert reply.status is Status.RIGHT, plan
            continue
        assert reply.text.endswith("?"), plan
        beliefs.add(reply.belief)
        if reply.belief != "one-core":
            assert list(false_claims(reply.text, ran)) == [], (plan, reply.text)
    assert beliefs == {"one-core", "e-behind-a", "a-last", "a-in-the-way", "core-unused", "one-after-the-other"}


def makespan_of(ran: Ran) -> int:
    return max(end for _, _, end in ran.values())


def test_a_plan_with_e_behind_a_is_asked_where_e_could_run() -> None:
    for plan in all_plans():
        ran, reply = replay(plan), told(plan)
        late = ran["E"][1] > may_start(ran, "E") and len({core for core, _, _ in ran.values()}) == 2
        assert (reply.belief == "e-behind-a") == late, plan


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Your plan ends at 11. A may start at 0, but your plan puts A behind D on core 2, and D ends at 4. ?", "end"),
        ("Your plan ends at 11. E may start at 3 and core 2 is free then, but your plan puts E behind A on core 2. ?",
         "free"),
        ("Your plan ends at 8, like every list schedule. E may start at 3, but your plan puts E behind A on core 2?",
         "time"),
        ("Your plan ends at 11. E may start at 2, but your plan puts E behind D on core 2?", "may behind"),
    ],
)  # fmt: skip
def test_a_claim_that_is_not_so_is_found(text: str, claim: str) -> None:
    assert " ".join(false_claims(text, replay("B:1 C:1 D:2 A:2 E:2"))) == claim


def test_every_list_schedule_of_the_puzzle_ends_at_8() -> None:
    ends = {makespan(list_schedule(PUZZLE.graph, PUZZLE.cost, 2, lambda *_, ranks=ranks: ranks))
            for ranks in permutations(range(5))}  # fmt: skip
    assert ends == {8}
