"""The toys of lesson 15 do what the real contracts do: a pool, a block of swaps, a drop, a pool with a thief in it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.paper_pool import PaperPool
from toyevm.errors import InputError
from toyevm.teaching.lessons.applications.drop import ALIKE, CAP, CROWD, RUSH, sell
from toyevm.teaching.lessons.applications.ether_pool import SAVED, visited
from toyevm.teaching.lessons.applications.toy_pool import STAKE, Pool, largest_sandwich, play_block, sandwich
from toyevm.units import ETHER

AMOUNTS = st.lists(st.tuples(st.booleans(), st.integers(1, 500)), min_size=1, max_size=10)


@given(AMOUNTS)
def test_the_toy_pool_pays_what_a_pool_without_a_fee_pays(swaps: list[tuple[bool, int]]) -> None:
    toy, paper = Pool(), PaperPool((60 * ETHER, 60 * ETHER), fee=0)
    for sells_dai, amount in swaps:
        got = toy.sell_dai(amount) if sells_dai else toy.sell_weth(amount)
        assert got == pytest.approx(float(Fraction(paper.sell(0 if sells_dai else 1, amount * ETHER), ETHER)), abs=1e-6)
    assert toy.dai * toy.weth == pytest.approx(3_600)


def test_the_numbers_of_the_lesson_are_whole() -> None:
    pool = Pool()
    assert [pool.sell_dai(amount) for amount in (30, 30, 60)] == [20, 10, 10]
    assert play_block(["Uma"]).uma == 20
    assert (sandwich(30).uma, sandwich(30).gain) == (10, 18)


@given(st.floats(0.5, STAKE), st.floats(0.5, STAKE))
def test_a_sandwich_of_more_earns_more(stake: float, other: float) -> None:
    least, most = sorted((stake, other))
    assert sandwich(least).gain <= sandwich(most).gain + 1e-9


@given(st.floats(10.1, 19.9))
def test_the_largest_sandwich_leaves_uma_no_more_than_a_little_above_her_least(least: float) -> None:
    played = largest_sandwich(least)
    assert played.uma is not None
    assert least - 1e-6 <= played.uma <= least + 0.05
    assert 0 < played.gain < 18


def test_a_producer_cannot_pay_what_they_do_not_have() -> None:
    for orders in ([("buy", 31)], [("sell", 1)], [("buy", 30), ("sell", 20.5)]):
        with pytest.raises(InputError, match="what you have at this point"):
            play_block(orders)


def spread(slots: Any, buyer: int, amount: int) -> bool:
    room = f"room{buyer % 8}"
    if slots[room] < amount:
        return False
    slots[room] -= amount
    return True


def test_a_drop_that_is_spread_sells_no_more_than_its_cap_in_short_chains() -> None:
    quiet, rush = sell(spread, CROWD), sell(spread, RUSH)
    assert (quiet.sold, quiet.span) == (len(CROWD), 5)
    assert rush.sold == CAP
    assert sell(spread, ALIKE).sold == CAP // 8


def test_a_drop_sees_each_way_to_look_into_its_slots() -> None:
    def looks(slots: Any, buyer: int, amount: int) -> bool:
        return sum(slots.values()) >= amount

    assert all(len(read) == 8 for read in sell(looks, CROWD).reads)
    assert sell(looks, CROWD).span == 1  # nobody writes


def pays_first(pool: Any, who: str) -> None:
    amount = pool.owed[who]
    pool.pay(who, amount)
    pool.owed[who] = 0


def writes_first(pool: Any, who: str) -> None:
    amount = pool.owed[who]
    pool.owed[who] = 0
    pool.pay(who, amount)


def test_eve_empties_the_pool_that_pays_first_and_the_others_revert() -> None:
    pool, failures = visited(pays_first, "Eve", "Ann", "Bob")
    assert (pool.received["Eve"], pool.ether) == (6, 0)
    assert failures == {"Ann": "not enough ether", "Bob": "not enough ether"}


def test_the_pool_that_writes_first_pays_everybody_once_in_any_order() -> None:
    for order in (("Eve", "Ann", "Bob"), ("Ann", "Bob", "Eve"), ("Ann", "Ann", "Eve", "Bob")):
        pool, failures = visited(writes_first, *order)
        assert (pool.received, failures, pool.ether) == (SAVED, {}, 0)


@pytest.mark.parametrize("name", ["owed", "received", "steps"])
def test_a_pool_whose_books_are_replaced_or_deleted_says_so(name: str) -> None:
    for spoil in (lambda pool, who: setattr(pool, name, 0), lambda pool, who: delattr(pool, name)):
        with pytest.raises(InputError, match=rf"pool\.{name}.*Which entry did you mean\?"):
            visited(spoil, "Ann")


def test_a_withdrawal_without_end_is_tried_once() -> None:
    def endless(pool: Any, who: str) -> None:
        tried.append(who)
        while True:
            pass

    tried: list[str] = []
    with pytest.raises(InputError, match="Which loop never ends"):
        visited(endless, "Ann", "Bob")
    assert tried == ["Ann"]


def test_slots_are_written_by_name_only() -> None:
    with pytest.raises(InputError, match=r"slots\.room0 = 3 \(expected slots\[\"room0\"\]"):
        sell(lambda slots, buyer, amount: setattr(slots, "room0", 3), CROWD)


def test_a_call_that_reverts_leaves_nothing_behind() -> None:
    def fails_late(pool: Any, who: str) -> None:
        pool.busy = True
        writes_first(pool, who)
        raise ValueError("late")

    pool, failures = visited(fails_late, "Ann")
    assert (pool.owed, pool.ether, pool.busy, pool.received["Ann"]) == (SAVED, 6, False, 0)
    assert "late" in failures["Ann"]


@pytest.mark.parametrize(("name", "value"), [("ether", None), ("pay", None), ("visit", 3)])
def test_what_the_judge_needs_of_a_pool_cannot_be_replaced(name: str, value: object) -> None:
    with pytest.raises(InputError, match=rf"pool\.{name} = .*Which entry did you mean\?"):
        visited(lambda pool, who: setattr(pool, name, value), "Ann")


def test_a_withdrawal_that_clears_the_records_changes_a_copy_only() -> None:
    def clears(pool: Any, who: str) -> None:
        pool.received.clear()
        pool.steps.clear()
        writes_first(pool, who)
        pool.received.clear()

    pool, failures = visited(clears, "Ann", "Eve")
    assert (pool.received, failures, len(pool.steps)) == ({"Ann": 3, "Bob": 0, "Eve": 1}, {}, 3)
