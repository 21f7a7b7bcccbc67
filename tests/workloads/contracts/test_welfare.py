"""Welfare: who is entitled spends so much a month, and every wei is the budget's, a person's or a shop's."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, after, find, mistakes, stories
from toyevm.contracts import Contract, load_contract

MONTH = 30 * 24 * 60 * 60 // 12  # blocks
people, shops, amounts = st.integers(0, 1), st.integers(2, 3), st.integers(1, 60)
boss = st.sampled_from([True, True, True, False])  # the agency, or somebody else in its name
OPENING: Story = [("fund", 0, 150), ("entitle", 0, True, 50, 2), ("entitle", 1, True, 30, 1), ("admit", 3, True, True)]
steps = st.one_of(
    st.tuples(st.just("fund"), people, st.integers(1, 200)),
    st.tuples(st.just("admit"), shops, boss, st.booleans()),
    st.tuples(st.just("entitle"), people, boss, amounts, st.sampled_from([0, 1, 2, 3, 13])),
    st.tuples(st.just("revoke"), people, boss),
    st.tuples(st.just("spend"), people, shops, amounts),
    st.tuples(st.just("spend"), people, shops, amounts),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
    st.tuples(st.just("release"), people),
    st.tuples(st.just("wait"), st.integers(1, MONTH)),
)


def check_welfare(contract: Contract, story: Story) -> dict[str, Any]:
    """Hold budget, allowances and shops to a ledger on paper; shop 2 is admitted from the start.

    A contract that reserves is held to the stricter rule: it promises only what it has, and then keeps it.
    """
    stage = Stage()
    welfare = stage.create(contract)
    assert stage.call(OWNER, welfare, "admit", person(2), 1)
    reserves = "reservedFor" in contract.slots
    budget, given_, block, admitted = 0, 0, 0, {2}
    allowance, end = Counter[int](), Counter[int]()
    reserved, earned, paid, spent = Counter[int](), Counter[int](), Counter[int](), Counter[Any]()
    for function, who, *arguments in story:
        month = block // MONTH
        stage.at_block(block)
        if function == "wait":
            block += who
        elif function == "fund":
            assert stage.call(person(who), welfare, "fund", value=arguments[0])
            budget += arguments[0]
            given_ += arguments[0]
        elif function == "withdraw":
            assert stage.call(person(who), welfare, "withdraw")
            paid[who] += earned.pop(who, 0)
        elif function == "spend":
            shop, amount = arguments
            purse = reserved[who] if reserves else budget
            left = allowance[who] - spent[who, month]
            done = stage.call(person(who), welfare, "spend", person(shop), amount)
            assert done == (shop in admitted and month < end[who] and amount <= min(left, purse))
            assert not reserves or purse >= left or month >= end[who]
            if done:
                spent[who, month] += amount
                earned[shop] += amount
                budget, reserved[who] = (budget, purse - amount) if reserves else (budget - amount, 0)
                check_log(stage, welfare, who, shop, amount)
        elif function == "release":
            if reserves:
                assert stage.call(person(3), welfare, "release", person(who)) == (end[who] <= month)
                if end[who] <= month:
                    budget += reserved.pop(who, 0)
        else:
            honest, *values = arguments
            done = stage.call(OWNER if honest else person(who), welfare, function, person(who), *map(int, values))
            if function == "entitle":
                sum_, months = values[0] * values[1], values[1]
                enough = not reserves or sum_ <= budget + reserved[who]
                assert done == (honest and months <= 12 and end[who] <= month and enough)
                if done:
                    budget += reserved[who] - sum_ if reserves else 0
                    allowance[who], end[who], reserved[who] = values[0], month + months, sum_ if reserves else 0
            else:
                assert done == honest
                if done and function == "admit":
                    admitted = admitted | {who} if values[0] else admitted - {who}
                elif done:
                    end[who] = min(end[who], month)
                    budget += reserved.pop(who, 0)
        check_books(stage, welfare, budget, reserved, earned)
        assert stage.balance(welfare) == budget + reserved.total() + earned.total() == given_ - paid.total()
    for who in range(2):
        assert stage.ask(welfare, "allowanceOf", person(who)) == allowance[who]
        assert stage.ask(welfare, "endMonthOf", person(who)) == end[who]
    found = {n: stage.balance(person(n)) for n in range(4)}
    assert found == {n: paid[n] for n in range(4)}
    return {"spent": +spent, "earned": +earned, "paid": +paid, "left": budget + reserved.total()}


def check_books(stage: Stage, welfare: Place, budget: int, reserved: Counter[int], earned: Counter[int]) -> None:
    assert stage.ask(welfare, "budget") == budget
    assert [stage.ask(welfare, "earned", person(n)) for n in range(4)] == [earned[n] for n in range(4)]
    if "reservedFor" in welfare.contract.slots:
        assert [stage.ask(welfare, "reservedFor", person(n)) for n in range(2)] == [reserved[n] for n in range(2)]


def check_log(stage: Stage, welfare: Place, who: int, shop: int, amount: int) -> None:
    assert stage.last is not None
    ((_, topics, logged),) = stage.last.logs
    names = [int.from_bytes(person(one)) for one in (who, shop)]
    assert topics == (welfare.contract.event_topic("Spent"), *names)
    assert int.from_bytes(logged) == amount


@pytest.mark.parametrize("name", ["welfare", "welfare_reserved"])
@stories
@given(after(OPENING, steps))
def test_nobody_spends_more_than_a_month_gives(name: str, story: Story) -> None:
    check_welfare(load_contract(name), story)


@stories
@given(after(OPENING, steps))
def test_with_enough_in_the_budget_both_designs_pay_the_same(story: Story) -> None:
    rich = [("fund", 0, 10**6), *story]
    assert check_welfare(load_contract("welfare"), rich) == check_welfare(load_contract("welfare_reserved"), rich)


def test_the_last_in_the_queue_finds_the_budget_spent_unless_it_was_reserved() -> None:
    """Two people are promised 60 each, of 100: one is told on the day of shopping, or of the promise."""
    story: Story = [("fund", 0, 100), ("entitle", 0, True, 60, 1), ("entitle", 1, True, 60, 1), ("spend", 0, 2, 60),
                    ("spend", 1, 2, 40), ("spend", 1, 2, 20)]  # fmt: skip
    assert check_welfare(load_contract("welfare"), story)["spent"] == {(0, 0): 60, (1, 0): 40}
    assert check_welfare(load_contract("welfare_reserved"), story)["spent"] == {(0, 0): 60}


HELP: Story = [("fund", 0, 200), ("entitle", 0, False, 9, 1), ("entitle", 0, True, 9, 13), ("entitle", 0, True, 50, 2),
               ("entitle", 0, True, 9, 1), ("admit", 3, False, True), ("spend", 0, 3, 1), ("spend", 1, 2, 1),
               ("spend", 0, 2, 30), ("spend", 0, 2, 30), ("spend", 0, 2, 20), ("withdraw", 2), ("withdraw", 2),
               ("revoke", 0, False), ("release", 0), ("wait", MONTH), ("spend", 0, 2, 50), ("wait", MONTH),
               ("spend", 0, 2, 1), ("release", 0), ("entitle", 0, True, 40, 2), ("spend", 0, 2, 5),
               ("revoke", 0, True), ("spend", 0, 2, 5), ("entitle", 0, True, 40, 1), ("spend", 0, 2, 36)]  # fmt: skip
AGAIN: Story = [("fund", 0, 90), ("entitle", 0, True, 20, 2), ("wait", 3 * MONTH), ("entitle", 0, True, 30, 1)]


def planted(name: str, old: str, new: str, story: Story = HELP) -> Mistake:
    return name, old, new, check_welfare, story


@mistakes(
    planted("welfare", 'assert msg.sender == self.agency, "not the agency"', "pass"),
    planted("welfare", 'assert months <= LONGEST, "too long"', "pass"),
    planted("welfare", 'assert self.endMonthOf[person] <= month, "entitled already"', "pass"),
    planted("welfare", "self.endMonthOf[person] = min(self.endMonthOf[person], block.number // MONTH)", "pass"),
    planted("welfare", 'assert self.isShop[shop], "not a shop"', "pass"),
    planted("welfare", 'assert month < self.endMonthOf[msg.sender], "not entitled"', "pass"),
    planted("welfare", 'assert spent <= self.allowanceOf[msg.sender], "over the allowance"', "pass"),
    planted("welfare", "self.spentIn[msg.sender][month] = spent", "pass"),
    planted("welfare", "self.budget -= amount", "pass"),
    planted("welfare", "self.earned[shop] += amount", "self.earned[shop] = amount"),
    planted("welfare", "self.earned[msg.sender] = 0", "pass"),
    planted("welfare", "MONTH: constant(uint256) = 216_000", "MONTH: constant(uint256) = 216_001"),
    planted("welfare_reserved", "self.reservedFor[msg.sender] -= amount", "pass"),
    planted("welfare_reserved", "self.budget -= allowance * months", "pass"),
    planted("welfare_reserved", "reservedFor[person] = allowance * months", "reservedFor[person] = allowance"),
    planted("welfare_reserved", "self.budget += self.reservedFor[person]", "pass"),
    planted("welfare_reserved", "self.reservedFor[person] = 0", "pass"),
    planted("welfare_reserved", 'assert self.endMonthOf[person] <= block.number // MONTH, "entitled still"', "pass"),
    planted("welfare_reserved", 'self._release(person)\n    assert', 'assert', AGAIN),
    planted("welfare_reserved", 'assert spent <= self.allowanceOf[msg.sender], "over the allowance"', "pass"),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
