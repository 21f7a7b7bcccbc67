"""What is right in sheet 17, found in another way: corners of ranges, a product, people one by one, the claims."""

from __future__ import annotations

import random
import re
from collections import Counter
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import pytest

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson
from toyevm.bench.claims.base import ClaimCase, ClaimEvidence
from toyevm.bench.compare import assumed, simulated
from toyevm.teaching.lab.judge_values import record

SHEET = REPOSITORY / "solutions" / "17-energy-and-claims"
PEOPLE, CALLS = ("Ann", "Bob", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal"), ("pay", "mint", "vote")


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(SHEET)


@pytest.mark.parametrize("name", ["sensitive", "meet", "verdict"])
def test_the_table_in_a_prompt_holds(lesson: Lesson, name: str) -> None:
    item = lesson.exercises[name]
    names = dict(lesson.names) | {name: lesson.solution(item)}
    rows = re.findall(rf"^\| `({name}\(.+\))` \| `([^`]+)`", item.prompt, flags=re.MULTILINE)
    assert len(rows) >= 3
    for call, result in rows:
        assert eval(call, names) == eval(result), call


def test_each_message_of_the_sheet_ends_in_a_question(lesson: Lesson) -> None:
    for item in lesson.exercises.values():
        for misconception in item.misconceptions:
            assert misconception.message.endswith("?"), (item.id, misconception.id)


# 1: every corner of the ranges that the prompt states


def test_the_ranges_are_the_extremes_over_all_corners(lesson: Lesson) -> None:
    item = lesson.exercises["joules"]
    found = re.findall(r"([\d,]+) to ([\d,]+) (W|transactions|nodes|milliseconds)", item.prompt)
    low_high = {unit: [Fraction(end.replace(",", "")) for end in ends] for *ends, unit in found}
    extra = int(re.findall(r"draws (\d+) W more", item.prompt)[0])
    shares = [watts / rate for watts, rate in product(low_high["W"], low_high["transactions"])]
    added = [
        nodes * milliseconds * extra / 1_000
        for nodes, milliseconds in product(low_high["nodes"], low_high["milliseconds"])
    ]
    assert lesson.solution(item) == [min(shares), max(shares), min(added), max(added)]


def test_many_wrong_ranges_are_told_no_more_than_the_right_one(lesson: Lesson) -> None:
    item = lesson.exercises["joules"]
    right = lesson.solution(item)
    assert not record(item, right).misconception
    silent = [
        (first, second, third, fourth)
        for first, second in product((500, 1_000, 3_000, 6_000, 8_000), repeat=2)
        for third, fourth in product((10, 12, 24, 30), repeat=2)
        if first < second and third < fourth and not record(item, [first, second, third, fourth]).misconception
    ]
    assert len(silent) > 40
    for at in range(4):
        assert len([each for each in silent if (*each[:at], *each[at + 1 :]) == (*right[:at], *right[at + 1 :])]) >= 2


@pytest.mark.parametrize(
    ("answer", "mistakes"),
    [([500, 6000, 10, 30], 0), ([500, 6000, 15, 20], 2), ([2000, 1500, 15, 20], 3), ([500, 6000, 20, 30], 1)],
)
def test_a_record_says_how_many_mistakes_it_recognises(lesson: Lesson, answer: list[Any], mistakes: int) -> None:
    assert record(lesson.exercises["joules"], answer).recognised == mistakes


# 2: an estimate that is really multiplied


def test_what_is_sensitive_changes_the_product(lesson: Lesson) -> None:
    sensitive = lesson.solution(lesson.exercises["sensitive"])
    for seed in range(200):
        draw = random.Random(seed)
        inputs = [[name, low, low * draw.choice([1, 2, 3, 4, 8])] for name in "dbca" for low in [draw.randint(1, 9)]]
        limit = draw.choice([1, 2, 3, 4])
        factors = {}
        for name, *ends in inputs:
            others = prod(low for other, low, _ in inputs if other != name)
            factors[name] = Fraction(others * ends[1], others * ends[0])
        levels = sorted({factor for factor in factors.values() if factor >= limit}, reverse=True)
        wanted = [name for level in levels for name in "abcd" if factors[name] == level]
        assert sensitive(inputs, limit) == wanted, seed


# 3: people one by one, and votes of the past


def test_a_prediction_follows_people_then_votes_then_names(lesson: Lesson) -> None:
    meet = lesson.solution(lesson.exercises["meet"])
    reasons: Counter[str] = Counter()
    for seed in range(600):
        draw = random.Random(seed)
        one, other = ([*draw.sample(PEOPLE, 2), draw.choice(CALLS)] for _ in range(2))
        past = [[draw.choice(CALLS), draw.choice(CALLS), draw.random() < 0.5] for _ in range(draw.randint(0, 12))]
        votes = Counter(met for first, second, met in past if (first, second) == (one[2], other[2]))
        if one[0] == other[0] or one[0] == other[1] or one[1] == other[0] or one[1] == other[1]:
            reason, wanted = "people", True
        elif votes:
            reason, wanted = "tie" if votes[True] == votes[False] else "votes", votes[True] > votes[False]
        else:
            reason, wanted = "names", one[2] == other[2]
        assert meet(past, one, other) is wanted, seed
        reasons[reason] += 1
    assert min(reasons[each] for each in ("people", "tie", "votes", "names")) >= 10


# 4: the rule of `toyevm claims`, and each condition by itself


def test_a_verdict_on_what_was_run_is_that_of_the_claims(lesson: Lesson) -> None:
    verdict = lesson.solution(lesson.exercises["verdict"])
    figures = {"simulated": simulated(1, "s"), "assumed": assumed(1, "s", "a choice, 2026")}
    for outcomes in product(product([True, False], figures), repeat=3):
        evidence = ClaimEvidence(
            tuple(ClaimCase(f"c{at}", holds, {"x": figures[tag]}) for at, (holds, tag) in enumerate(outcomes))
        )
        given: list[Any] = [[f"c{at}", holds, tag] for at, (holds, tag) in enumerate(outcomes)]
        said = verdict(given)
        assert (said.split(" c")[0]) == evidence.ruled.value
        assert re.findall(r"c\d", said) == (
            [f"c{at}" for at, outcome in enumerate(outcomes) if outcome == (True, "simulated")] if " c" in said else []
        )


def test_a_condition_stands_if_each_run_of_it_held(lesson: Lesson) -> None:
    verdict = lesson.solution(lesson.exercises["verdict"])
    endings: Counter[str] = Counter()
    for seed in range(400):
        draw = random.Random(seed)
        tags = ("measured", "simulated", "assumed")
        cases = [[draw.choice("abc"), draw.random() < 0.6, draw.choice(tags)] for _ in range(draw.randint(0, 6))]
        ran: dict[str, set[bool]] = {}
        for condition, holds, tag in cases:
            if tag in tags[:2]:
                ran.setdefault(condition, set()).add(holds)
        seen = set().union(*ran.values())
        stand = [condition for condition, results in ran.items() if results == {True}]
        wanted = {0: "untested", 1: "true" if seen == {True} else "false"}.get(len(seen))
        wanted = wanted or (f"true if {' or '.join(stand)}" if stand else "unclear")
        assert verdict(cases) == wanted, seed
        endings[wanted.split(" if")[0]] += 1
        endings["some"] += " if" in wanted
    assert min(endings[each] for each in ("untested", "true", "false", "unclear", "some")) >= 10
