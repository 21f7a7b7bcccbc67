"""What is right in sheet 16, found in another way: shares one by one, every assignment of addresses, real contracts."""

from __future__ import annotations

import random
import re
from itertools import permutations
from typing import Any

import pytest

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson

SHEET = REPOSITORY / "solutions" / "16-public-services"
NAMES = ("power", "link", "broken_rule", "first_false")
PEOPLE = ("Ann", "Bob", "Cem", "Dan")


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(SHEET)


@pytest.mark.parametrize("name", NAMES)
def test_the_table_in_a_prompt_holds(lesson: Lesson, name: str) -> None:
    item = lesson.exercises[name]
    names = dict(lesson.names) | {name: lesson.solution(item)}
    rows = re.findall(rf"^\| `({name}\(.+\))` \| `([^`]+)`", item.prompt, flags=re.MULTILINE)
    assert len(rows) >= 3
    for call, result in rows:
        assert eval(call, names) == eval(result), call


def test_power_counts_each_share_for_one_person(lesson: Lesson) -> None:
    power = lesson.solution(lesson.exercises["power"])
    for seed in range(200):
        draw = random.Random(seed)
        moves: list[Any] = [[0, "club", name, draw.randint(1, 9)] for name in PEOPLE]
        choices = sorted([draw.randint(1, 9), *draw.choices(PEOPLE, k=2)] for _ in range(5))
        shares = {name: [name] * number for _, _, name, number in moves}
        for block in range(1, 10):
            giver, taker = draw.sample(PEOPLE, 2)
            number = draw.randint(0, len(shares[giver]))
            moves.append([block, giver, taker, number])
            if block <= 5:
                shares[taker] += shares[giver][:number]
                shares[giver] = shares[giver][number:]
        voices = []
        for name, own in shares.items():
            chosen = [speaker for block, member, speaker in choices if member == name and block <= 5]
            voices += [chosen[-1] if chosen else name] * len(own)
        assert power(moves, choices, 5) == {name: voices.count(name) for name in PEOPLE if name in voices}, seed


def test_whom_eve_finds_has_this_address_in_every_world(lesson: Lesson) -> None:
    link = lesson.solution(lesson.exercises["link"])
    found_by_all = 0
    for seed in range(200):
        draw = random.Random(seed)
        addresses = ["0x1", "0x2", "0x3", "0x4"]
        visits = [[address, day] for address in addresses for day in range(5) if draw.random() < 0.5]
        truth = dict(zip(PEOPLE, draw.sample(addresses, 4), strict=True))
        seen = [
            [name, day] for name in PEOPLE for day in range(5) if [truth[name], day] in visits and draw.random() < 0.7
        ]
        people = sorted({name for name, _ in seen})
        worlds = [
            dict(zip(people, chosen, strict=True))
            for chosen in permutations(addresses, len(people))
            if all([dict(zip(people, chosen, strict=True))[name], day] in visits for name, day in seen)
        ]
        for name, address in link(visits, seen).items():
            assert {world[name] for world in worlds} == {address}, seed
            found_by_all += 1
    assert found_by_all > 200


def test_a_log_is_true_if_the_real_register_takes_it(lesson: Lesson) -> None:
    from toyevm.contracts import load_contract
    from toyevm.workloads.attacks.base import AttackScene, CallsOfBlock, play
    from toyevm.workloads.planned_blocks import PlannedCall, account, address_named, entries, word_named

    first_false, land = lesson.solution(lesson.exercises["first_false"]), load_contract("land_registry")
    at = b"\x76" * 20
    for seed in range(20):
        draw = random.Random(seed)
        log, owner = [], "Ann"
        for _ in range(6):
            buyer = draw.choice([name for name in PEOPLE if name != owner])
            caller = owner if draw.random() < 0.8 else draw.choice(PEOPLE)
            log.append(["house", caller, buyer, caller])
            owner = buyer
        calls = [
            PlannedCall(caller, at, land.call_data("transfer", 1, address_named(buyer), b"\x01" * 32))
            for _, _, buyer, caller in log
        ]
        contract = account(land, entries(land, "ownerOf", {1: word_named("Ann")}))
        sheet = play(AttackScene((CallsOfBlock(tuple(calls)),), {"land": (at, contract)}, {}, PEOPLE))
        assert first_false({"house": "Ann"}, log, []) == min(sheet.failures, default=-1), seed
