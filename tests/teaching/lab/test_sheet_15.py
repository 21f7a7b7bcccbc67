"""What is right in sheet 15, found in another way: slots and writers, trial of all amounts, fractions, the pool."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson, rows_of
from toyevm.teaching.lab.judge_values import record
from toyevm.teaching.lessons.applications.toy_pool import Pool

SHEET = REPOSITORY / "solutions" / "15-applications"
Access = tuple[frozenset[str], frozenset[str]]  # the slots that a call reads, and those that it writes


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(SHEET)


def worked(lesson: Lesson, name: str) -> list[tuple[Any, Any]]:
    """Return the calls in the table of a prompt, with the results that it promises."""
    prompt, names = lesson.exercises[name].prompt, dict(lesson.names)
    rows = re.findall(rf"^\| `({name}\(.+?\))` \| `([^`]+)` \|", prompt, flags=re.MULTILINE)
    assert len(rows) == 3
    return [(eval(call, names), eval(result)) for call, result in rows]


@pytest.mark.parametrize("name", ["sell", "liquidate", "best_stake"])
def test_the_calls_in_a_prompt_return_what_it_says(lesson: Lesson, name: str) -> None:
    for value, promised in worked(lesson, name):
        assert value == promised


# 1: slots and writers


def calls_of(prompt: str) -> list[Access]:
    """Return what each call in the table of the prompt reads and writes."""
    rows = rows_of(prompt, r"\d \| (.+?) \| (.+?)")
    return [(frozenset(re.findall("`(.+?)`", read)), frozenset(re.findall("`(.+?)`", write))) for read, write in rows]


def last_unit(calls: Iterable[Access]) -> int:
    """Return when the last call ends, if each begins as soon as all that it reads is written."""
    written: dict[str, int] = {}
    ends = []
    for reads, writes in calls:
        ends.append(1 + max((written.get(slot, 0) for slot in reads), default=0))
        written |= dict.fromkeys(writes, ends[-1])
    return max(ends)


def renamed(calls: Sequence[Access], slot: str, at: Sequence[int]) -> list[Access]:
    """Return the calls with a slot replaced, in each of these calls by a part of its own; others read all the parts."""
    parts = frozenset(f"{slot} {number}" for number in at)

    def own(number: int, slots: frozenset[str]) -> frozenset[str]:
        return slots if slot not in slots else slots - {slot} | ({f"{slot} {number}"} if number in at else parts)

    return [(own(number, reads), own(number, writes)) for number, (reads, writes) in enumerate(calls)]


def test_the_three_spans_follow_from_the_table_in_the_prompt(lesson: Lesson) -> None:
    item = lesson.exercises["profile"]
    calls = calls_of(item.prompt)
    assert len(calls) == 8
    spread = renamed(calls, "treasury", (0, 1, 3, 5))
    unasked = renamed(spread, "gold[dan]", (3, 4))[:7]
    assert [last_unit(block) for block in (calls, spread, unasked)] == lesson.solution(item)


def test_each_redesign_of_the_profile_shortens_the_block(lesson: Lesson) -> None:
    first, second, third = lesson.solution(lesson.exercises["profile"])
    assert 8 > first > second > third > 1


def test_many_wrong_profiles_are_told_no_more_than_the_right_one(lesson: Lesson) -> None:
    """Of the lists that common sense leaves open: no redesign makes a block longer, and none is done in one unit."""
    item = lesson.exercises["profile"]
    choices = [spans for spans in product(range(2, 9), repeat=3) if list(spans) == sorted(spans, reverse=True)]
    silent = [spans for spans in choices if not record(item, list(spans)).misconception]
    right = tuple(lesson.solution(item))
    assert right in silent
    assert len(silent) > 60
    for at in range(3):
        assert len([each for each in silent if (*each[:at], *each[at + 1 :]) == (*right[:at], *right[at + 1 :])]) >= 2


# 2: trying all amounts


def sold(dai: int, weth: int, given: int, fee: int) -> list[int]:
    """Find by trying what a pool keeps without a fee, and what is paid at most once the fee stays."""
    kept = next(kept for kept in range(weth + 1) if kept * (dai + given) >= dai * weth)
    paid = max(paid for paid in range(weth + 1) if paid * 1000 <= (weth - kept) * (1000 - fee))
    return [paid, dai + given, weth - paid]


def test_a_pool_in_whole_numbers_pays_what_trying_finds(lesson: Lesson) -> None:
    sell, chance = lesson.solution(lesson.exercises["sell"]), random.Random(15)
    for _ in range(600):
        asked = chance.randrange(1, 90), chance.randrange(1, 90), chance.randrange(120), chance.randrange(1_001)
        assert sell(*asked) == sold(*asked), asked


def test_no_row_of_swaps_makes_the_product_of_a_pool_smaller(lesson: Lesson) -> None:
    sell, chance = lesson.solution(lesson.exercises["sell"]), random.Random(15)
    for _ in range(200):
        dai, weth = chance.randrange(1, 10**6), chance.randrange(1, 10**6)
        for _ in range(6):
            before, given = dai * weth, chance.randrange(10**6)
            paid, dai, now = sell(dai, weth, given, chance.choice([0, 3, 30]))
            assert now == weth - paid
            weth = now
            assert dai * weth >= before > 0


def test_a_small_pool_is_the_lessons_pool_but_for_rounding(lesson: Lesson) -> None:
    sell = lesson.solution(lesson.exercises["sell"])
    for given in range(1, 200):
        exact = Pool().sell_dai(given)
        assert exact - 1 - 1e-9 < sell(60, 60, given, 0)[0] <= exact + 1e-9


# 3: fractions


def seized(pledge: int, debt: int, price: int) -> list[int]:
    """Apply the three rules with fractions, and take one ether after the other."""
    worth = Fraction(pledge * price)
    if debt <= worth * Fraction(80, 100):
        return [0, 0]
    repaid = debt if debt >= worth else int(Fraction(debt, 2))
    taken = 0
    while taken < pledge and (taken + 1) * price <= repaid * Fraction(110, 100):
        taken += 1
    return [repaid, taken]


def case_of(pledge: int, debt: int, price: int) -> str:
    worth = pledge * price
    return "healthy" if 5 * debt <= 4 * worth else "all" if debt >= worth else "half"


def test_a_liquidation_is_what_the_rules_say_in_fractions(lesson: Lesson) -> None:
    liquidate, chance = lesson.solution(lesson.exercises["liquidate"]), random.Random(15)
    seen: Counter[str] = Counter()
    for _ in range(1_500):
        pledge, price = chance.randrange(60), chance.randrange(1, 40)
        debt = max(0, pledge * price * chance.choice([60, 80, 90, 100, 110]) // 100 + chance.randrange(-2, 3))
        assert liquidate(pledge, debt, price) == seized(pledge, debt, price), (pledge, debt, price)
        seen[case_of(pledge, debt, price)] += 1
    assert len(seen) == 3
    assert min(seen.values()) > 200


def test_the_lessons_debt_is_healthy_at_its_limit_and_not_below(lesson: Lesson) -> None:
    liquidate = lesson.solution(lesson.exercises["liquidate"])
    assert liquidate(10, 14_000, 1_750) == [0, 0]
    assert liquidate(10, 14_000, 1_749)[0] == 7_000


# 4: the lesson's pool, stake by stake


def gain_of(orders: Sequence[Sequence[float]], stake: int) -> float:
    """Return what a stake gains in the pool of the lesson."""
    pool = Pool()
    mine = pool.sell_dai(stake)
    for given, least in orders:
        if Pool(pool.dai, pool.weth).sell_dai(given) >= least:
            pool.sell_dai(given)
    return pool.sell_weth(mine) - stake


def stakes_that_earn_most(orders: Sequence[Sequence[float]], most: int) -> list[int]:
    gains = [round(gain_of(orders, stake), 6) for stake in range(most + 1)]
    return [stake for stake, gain in enumerate(gains) if gain == max(gains)]


def test_the_best_stake_is_the_first_of_those_that_earn_most_in_the_lessons_pool(lesson: Lesson) -> None:
    best_stake, chance = lesson.solution(lesson.exercises["best_stake"]), random.Random(15)
    found: Counter[str] = Counter()
    for _ in range(300):
        most = chance.randrange(50)
        wanted = chance.choice([0.037, 5.037, 15.037])  # and a little more, up to 5 WETH
        orders = [[chance.randrange(20, 41), wanted + chance.randrange(50) / 10] for _ in range(chance.randrange(1, 4))]
        stake, best = best_stake(orders, most), stakes_that_earn_most(orders, most)
        assert stake == best[0], (orders, most)
        found["nothing" if stake == 0 else "all" if stake == most else "between"] += 1
    assert min(found.values()) > 10


def test_no_case_of_the_careful_producer_hangs_on_the_last_digit(lesson: Lesson) -> None:
    """An order gets clearly more or less than its least; but one may get just a whole number, which divides exactly."""
    item = lesson.exercises["best_stake"]
    for case in (*item.cases, *lesson.marking.cases(item.id)):
        orders, most = case.given["args"]
        assert case.expect["value"] == stakes_that_earn_most(orders, most)[0], case.name
        for change in (-1e-6, 1e-6):
            moved = [[given, least if least == int(least) else least + change] for given, least in orders]
            if case.name != "careful":  # here the limit is a whole stake, and the prompt says so
                assert stakes_that_earn_most(moved, most)[0] == case.expect["value"], case.name


@pytest.mark.parametrize("name", ["sell", "liquidate", "best_stake"])
def test_each_case_of_a_function_is_what_the_other_way_finds(lesson: Lesson, name: str) -> None:
    other = {"sell": sold, "liquidate": seized}.get(name, lambda *args: stakes_that_earn_most(*args)[0])
    item = lesson.exercises[name]
    small = [case for case in (*item.cases, *lesson.marking.cases(name)) if not case.name.startswith("large")]
    assert len(small) >= 11
    for case in small:
        assert case.expect["value"] == other(*case.given["args"]), case.name


def test_each_message_of_the_sheet_ends_in_a_question(lesson: Lesson) -> None:
    for item in lesson.exercises.values():
        for misconception in item.misconceptions:
            assert misconception.message.endswith("?"), (item.id, misconception.id)
