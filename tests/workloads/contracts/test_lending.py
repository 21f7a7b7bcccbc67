"""Lending: every number of the ledger is that of a ledger on paper, in one pool and in isolated markets."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.lending_on_paper import DAY, HELD_BY, ONE, Books, Paper, Refused
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, opened_once, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.workloads.tokens import ERC20

PEOPLE = range(4)
FORTUNE = 10**6
KEPT_IN = ("cash", "scaledBorrows", "index", "accruedAt", "reserves", "totalShares")


@dataclass
class Scene:
    """A stage with a token, a feed and a lending contract in which everybody has deposited a fortune."""

    stage: Stage
    token: Place
    feed: Place
    lending: Place

    def entry(self, variable: str, *keys: int | bytes) -> int:
        return self.stage.stored(self.lending, variable, *keys)

    def do(self, function: str, who: int, *arguments: int) -> bool:
        if function == "liquidate":
            return self.stage.call(person(who), self.lending, function, person(arguments[0]), *arguments[1:])
        return self.stage.call(person(who), self.lending, function, *arguments)


@opened_once
def set_up(contract: Contract) -> tuple[Stage, Place, Place, Place]:
    stage = Stage()
    stage.at_block(1)
    token = stage.create(ERC20, "", "", FORTUNE * len(PEOPLE))
    feed = stage.create(load_contract("price_feed"), ONE)
    lending = stage.create(contract, token.address, feed.address)
    for who in PEOPLE:
        assert stage.call(OWNER, token, "transfer", person(who), FORTUNE)
        assert stage.call(person(who), token, "approve", lending.address, FORTUNE)
        assert stage.call(person(who), lending, "deposit", FORTUNE, value=FORTUNE)
    return stage, token, feed, lending


def check_lending(contract: Contract, story: Story) -> dict[str, Any]:
    """Hold every number to the paper after every step; return what everybody has at the end."""
    scene, isolated = Scene(*set_up(contract)), "marketOf" in contract.slots
    paper = Paper({0: Books(index=0 if isolated else ONE)})
    for who in PEOPLE:
        paper.people["tokensOf"][who] = paper.people["etherOf"][who] = FORTUNE
    for function, who, *arguments in story:
        if function == "wait":
            paper.now += who * DAY
            scene.stage.at_second(paper.now)
        elif function == "price":
            paper.price = Fraction(who, 1_000)
            assert scene.stage.call(OWNER, scene.feed, "report", who * ONE // 1_000)
        elif isolated or function != "choose":
            paper = compare_step(scene, paper, (function, who, *arguments))
        compare(scene, paper, isolated)
    return paper.people


def compare_step(scene: Scene, before: Paper, step: tuple[Any, ...]) -> Paper:
    after = deepcopy(before)
    try:
        after.do(*step)
    except Refused:
        assert not scene.do(*step)
        return before
    assert scene.do(*step)
    if step[0] == "liquidate":
        assert scene.stage.last is not None
        assert scene.stage.last.logs[-1].data == encode_arguments(*after.paid)
    for number, books in before.markets.items():
        assert after.paid != before.paid or after.markets[number].share_price >= books.share_price
    return after


def compare(scene: Scene, paper: Paper, isolated: bool) -> None:
    for name, amounts in paper.people.items():
        assert [scene.entry(name, person(who)) for who in PEOPLE] == [amounts[who] for who in PEOPLE]
    for number, books in paper.markets.items():
        keys = [number] if isolated else []
        assert [scene.entry(name, *keys) for name in KEPT_IN] == [getattr(books, name) for name in KEPT_IN]
        assert books.scaledBorrows == sum(
            paper.people["scaledDebtOf"][who] for who in PEOPLE if paper.market_of[who] == number
        )
    totals = {name: sum(paper.people[name].values()) for name in HELD_BY}
    tokens = totals["tokensOf"] + sum(books.cash for books in paper.markets.values())
    assert scene.stage.stored(scene.token, "balanceOf", scene.lending.address) == tokens
    assert scene.stage.balance(scene.lending) == totals["etherOf"] + totals["collateralOf"]


people = st.sampled_from([0, 0, 1, 1, 1, 2, 3])  # the lender and the borrower more often
amounts = st.one_of(st.integers(0, 1_000), st.integers(0, 150_000), st.integers(0, FORTUNE))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 30, 300, 3_000])),
        st.tuples(st.just("price"), st.integers(1, 2_000)),
        st.tuples(st.sampled_from(["supply", "redeem", "pledge", "release", "borrow", "repay"]), people, amounts),
        st.tuples(st.just("liquidate"), people, people, amounts),
        st.tuples(st.just("withdraw"), people, amounts, amounts),
    ),
    max_size=8,
)
# before what hypothesis tells: nothing, a loan that may soon be bad, one that is
LOAN: Story = [("supply", 0, 200_000), ("pledge", 1, 200_000), ("borrow", 1, 149_999), ("wait", 300)]
beginnings = st.sampled_from([[], LOAN, [*LOAN, ("price", 100)]])


@stories
@given(beginnings, steps)
def test_in_one_market_isolated_lending_equals_the_pool(beginning: Story, story: Story) -> None:
    story = [*beginning, *story]
    assert check_lending(load_contract("lending"), story) == check_lending(load_contract("lending_isolated"), story)


@stories
@given(st.sampled_from([[0, 0, 0, 1], [1, 1, 2, 2]]), beginnings, steps, st.tuples(people, people))
def test_markets_share_nothing(homes: list[int], beginning: Story, story: Story, move: tuple[int, int]) -> None:
    chosen: Story = [("choose", who, market) for who, market in enumerate(homes)]
    check_lending(load_contract("lending_isolated"), [*chosen, *beginning, *story, ("choose", *move), *LOAN[1:3]])


def test_bad_debt_is_borne_by_the_reserves_and_then_by_the_lenders() -> None:
    """50,000 at 5.125 % (utilisation 5/16) for 300 days; ether falls to a third, and all of the pledge is seized."""
    story: Story = [
        ("supply", 0, 160_000), ("pledge", 1, 70_000), ("borrow", 1, 50_000), ("wait", 300),
        ("price", 333), ("liquidate", 2, 1, 22_200),
    ]  # fmt: skip
    paper = Paper()
    check_lending(load_contract("lending"), story)
    for who in PEOPLE:
        paper.people["tokensOf"][who] = paper.people["etherOf"][who] = FORTUNE
    for function, who, *arguments in story[:3]:
        paper.do(function, who, *arguments)
    paper.now, paper.price = 300 * DAY, Fraction(333, 1_000)
    paper.do(*story[5])
    books = paper.markets[0]
    owed = floor(50_000 * (1 + Fraction(5_125, 100_000) * 300 / 365))
    assert (owed, paper.paid) == (52_106, (22_200, 70_000, owed - 22_200))
    assert (books.cash, books.borrows, books.reserves, books.scaledBorrows) == (132_200, 0, 0, 0)


LOANS: Story = [*LOAN, ("borrow", 2, 100), ("release", 1, 10), ("repay", 1, 20_000), ("borrow", 1, 1),
                ("supply", 3, 777), ("redeem", 0, 300), ("redeem", 3, 900), ("withdraw", 1, 100, 100),
                ("repay", 1, FORTUNE), ("release", 1, 1_000)]  # fmt: skip
FALLS: Story = [*LOAN[:3], ("liquidate", 2, 1, 1), ("redeem", 0, 20_000), ("wait", 150), ("price", 990),
                ("liquidate", 2, 1, 90_000), ("liquidate", 2, 1, 50_000), ("price", 300),
                ("liquidate", 2, 1, 80_000), ("redeem", 0, 1_000)]  # fmt: skip
CHOSEN: Story = [("choose", 1, 2), ("choose", 2, 2), ("supply", 2, 9_000), ("pledge", 1, 900), ("borrow", 1, 400),
                 ("wait", 9), ("choose", 1, 0), ("choose", 2, 1), ("price", 1), ("liquidate", 0, 1, 10)]  # fmt: skip


@mistakes(
    ("lending", "(self.totalShares + 1) //", "self.totalShares //", check_lending, LOANS),
    ("lending", " - self.reserves", "", check_lending, LOANS),
    ("lending", "    self.sharesOf[msg.sender] -= shares\n", "", check_lending, LOANS),
    ("lending", "    self.collateralOf[msg.sender] -= amount\n", "", check_lending, LOANS),
    ("lending", "debt * 100 <= worth * LOAN_TO_VALUE", "True", check_lending, LOANS),
    ("lending", "self._divide_up(tokens * ONE, self.index)", "tokens * ONE // self.index", check_lending, LOANS),
    ("lending", "min(tokens, self._debt(msg.sender))", "tokens", check_lending, LOANS),
    ("lending", "* RESERVED // 100", "// 100", check_lending, LOANS),
    ("lending", "used <= KINK", "True", check_lending, FALLS),
    ("lending", "assert debt * 100 > limit", "assert True", check_lending, FALLS),
    ("lending", "debt * CLOSE_FACTOR // 100", "debt", check_lending, FALLS),
    ("lending", "debt * NEARLY_HEALTHY <= limit", "True", check_lending, FALLS),
    ("lending", "(100 + BONUS)", "100", check_lending, FALLS),
    ("lending", "lost = self._write_off(borrower)", "pass", check_lending, FALLS),
    ("lending", "    self.reserves -= min", "    self.totalShares -= 0 * min", check_lending, FALLS),
    ("lending_isolated", "self.scaledBorrows[market] -= scaled", "self.scaledBorrows[0] -= 0 * scaled",
     check_lending, LOANS),
    ("lending_isolated", 'assert self.sharesOf[msg.sender] == 0, "has lent"', "pass", check_lending, CHOSEN),
    ("lending_isolated", 'assert self.collateralOf[msg.sender] == 0, "has pledged"', "pass", check_lending, CHOSEN),
    ("lending_isolated", "self._accrue(self.marketOf[borrower])", "self._accrue(self.marketOf[msg.sender])",
     check_lending, CHOSEN),
    ("lending_isolated", "if self.index[market] == 0:", "if self.index[market] > 0:", check_lending, CHOSEN),
    ("price_feed", 'assert msg.sender == self.reporter, "not the reporter"', "pass",
     lambda feed, _: check_feed(feed), []),
)  # fmt: skip
def test_the_check_finds(mistake: Mistake) -> None:
    find(mistake)


def check_feed(contract: Contract) -> None:
    stage = Stage()
    feed = stage.create(contract, 5)
    assert not stage.call(person(0), feed, "report", 6)
    assert stage.ask(feed, "price") == 5
    assert stage.call(OWNER, feed, "report", 6)
    assert stage.ask(feed, "price") == 6
