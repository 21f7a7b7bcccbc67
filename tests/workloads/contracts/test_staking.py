"""The staking vault: rewards by the second, slashing, leaving after a cooldown; and the same with epochs."""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract

DAY = 86_400
PERIOD, COOLDOWN, WINDOW = 7 * DAY, 10 * DAY, 2 * DAY
MONEY = 10**7  # what each of four people pays in
FUND = 7 * DAY * 1_000 + 5

people = st.integers(0, 3)
new_stake = st.tuples(st.just("stake"), people, st.integers(0, MONEY // 2))
act = st.one_of(
    st.tuples(st.just("claim"), people),
    st.tuples(st.just("announce"), people),
    st.tuples(st.just("unstake"), people, st.integers(1, MONEY // 2)),
    st.tuples(st.just("withdraw"), people, st.integers(1, MONEY)),
    st.tuples(st.just("slash"), st.integers(0, 301)),
    st.tuples(st.just("fund"), st.integers(0, FUND)),
)
# Days pass, people stake, an epoch ends, people do the rest: where all stake at the end of an epoch, designs agree.
rounds = st.tuples(
    st.tuples(st.just("days"), st.sampled_from([1, 2, 3, 10])),
    st.lists(new_stake, max_size=2),
    st.just(("close",)),
    st.lists(act, max_size=2),
).map(lambda one: [one[0], *one[1], one[2], *one[3]])
staking_steps = st.lists(rounds, max_size=3).map(lambda parts: [step for part in parts for step in part])


@dataclass
class Paper:
    """What should be the case: money and shares to the wei, rewards as exact fractions of each second's wei."""

    now: int = 0
    rate: int = 0
    end: int = 0  # of the rewards
    epoch_end: int = 0
    staked: int = 0
    total: int = 0  # shares
    money: Counter[Any] = field(default_factory=Counter)
    shares: Counter[Any] = field(default_factory=Counter)
    waiting: Counter[Any] = field(default_factory=Counter)
    leave_at: Counter[Any] = field(default_factory=Counter)
    reward: dict[Any, Fraction] = field(default_factory=lambda: dict.fromkeys(range(4), Fraction(0)))

    def pass_days(self, days: int) -> None:
        seconds = max(min(self.now + days * DAY, self.end) - self.now, 0)
        self.now += days * DAY
        for who in range(4) if self.total else ():
            self.reward[who] += Fraction(seconds * self.rate * self.shares[who], self.total)

    def fund(self, amount: int) -> None:
        self.rate = (amount + max(self.end - self.now, 0) * self.rate) // PERIOD
        self.end = self.now + PERIOD

    def admit(self, stakes: dict[Any, int]) -> None:
        """Turn stakes into shares, all at the price before the first."""
        staked, total = self.staked, self.total
        for who, amount in stakes.items():
            self.shares[who] += amount * total // staked if total else amount
        amount = sum(stakes.values())
        self.staked, self.total = staked + amount, total + (amount * total // staked if total else amount)

    def leave(self, who: int, shares: int) -> None:
        amount = shares * self.staked // self.total
        self.money[who] += amount
        self.staked, self.total = self.staked - amount, self.total - shares
        self.shares[who] -= shares

    def slash(self, parts: int) -> None:
        taken = self.staked * parts // 1_000
        self.staked -= taken
        self.money["officer"] += taken


def check_staking(contract: Contract, story: Story) -> list[list[int]]:
    """Hold the vault to the paper after every step; return everybody's money, then shares, when all have claimed."""
    stage, paper = Stage(), Paper()
    vault = stage.create(contract)
    for who in range(4):
        assert stage.call(person(who), vault, "deposit", value=MONEY)
        paper.money[who] = MONEY
    held, epochs = 4 * MONEY, "epoch" in contract.slots
    assert not stage.call(person(0), vault, "fund", value=1)
    assert not stage.call(person(0), vault, "slash", 1)
    for step in [("fund", FUND), *story, *(("claim", who) for who in range(4))]:
        function, *arguments = step
        if function == "days":
            paper.pass_days(arguments[0])
            stage.at_second(paper.now)
        elif function != "close" or epochs:
            expected, before = may(paper, epochs, function, *arguments), copy(paper.money)
            if function == "fund":
                assert stage.call(OWNER, vault, "fund", value=arguments[0]) == expected
            elif function in ("slash", "close"):
                assert stage.call(OWNER, vault, function, *arguments) == expected
            else:
                assert stage.call(person(arguments[0]), vault, function, *arguments[1:]) == expected
            if expected:
                held += write_down(paper, epochs, function, *arguments)
            if function == "claim":
                take_reward(paper, arguments[0], stage.stored(vault, "moneyOf", person(arguments[0])), before)
        compare(stage, vault, paper, epochs)
        assert stage.balance(vault) == held
        assert held >= sum(paper.money.values()) + paper.staked + sum(paper.waiting.values()) + sum(
            paper.reward.values()
        )
    for who in range(4):
        whole = stage.ask(vault, "stakeOf", person(who))
        assert whole == (paper.shares[who] * paper.staked // paper.total if paper.shares[who] else 0)
    return [[table[who] for who in range(4)] for table in (paper.money, paper.shares)]


def may(paper: Paper, epochs: bool, function: str, *arguments: Any) -> bool:
    """Return whether a call is to go through."""
    if function == "stake":
        who, amount = arguments
        worth = amount if epochs or not paper.total else amount * paper.total // paper.staked
        return worth > 0 and amount <= paper.money[who]
    if function == "unstake":
        who, shares = arguments
        day = paper.leave_at[who]
        return day > 0 and day <= paper.now <= day + WINDOW and shares <= paper.shares[who]
    if function == "withdraw":
        return bool(arguments[1] <= paper.money[arguments[0]])
    if function == "close":
        return paper.now >= paper.epoch_end
    return function != "slash" or arguments[0] <= 300


def write_down(paper: Paper, epochs: bool, function: str, *arguments: Any) -> int:
    """Note what a call did, but for the reward of a claim; return by how much the vault's ether grew."""
    if function == "fund":
        paper.fund(arguments[0])
        return int(arguments[0])
    if function == "stake":
        who, amount = arguments
        paper.money[who] -= amount
        paper.leave_at[who] = 0
        if epochs:
            paper.waiting[who] += amount
        else:
            paper.admit({who: amount})
    elif function == "close":
        paper.admit(dict(paper.waiting))
        paper.waiting.clear()
        paper.epoch_end = paper.now + DAY
    elif function == "announce":
        paper.leave_at[arguments[0]] = paper.now + COOLDOWN
    elif function == "unstake":
        paper.leave(*arguments)
    elif function == "withdraw":
        paper.money[arguments[0]] -= arguments[1]
        return -int(arguments[1])
    elif function == "slash":
        paper.slash(arguments[0])
    return 0


def take_reward(paper: Paper, who: int, found: int, before: Counter[Any]) -> None:
    """A claim pays every full wei but for what divisions lost: less than one each, never too much."""
    paid = found - before[who]
    assert 0 <= paper.reward[who] - paid < 20
    paper.money[who], paper.reward[who] = found, Fraction(0)


def compare(stage: Stage, vault: Place, paper: Paper, epochs: bool) -> None:
    assert [stage.stored(vault, name) for name in ("totalStaked", "totalShares")] == [paper.staked, paper.total]
    assert stage.stored(vault, "moneyOf", OWNER) == paper.money["officer"]
    for who in range(4):
        assert stage.stored(vault, "moneyOf", person(who)) == paper.money[who]
        assert stage.stored(vault, "leaveAt", person(who)) == paper.leave_at[who]
        if not epochs:  # else shares are written down when their owner comes next
            assert stage.stored(vault, "sharesOf", person(who)) == paper.shares[who]


@stories
@given(staking_steps)
def test_stakes_are_rewarded_by_the_second_and_slashed_alike_in_both_designs(story: Story) -> None:
    plain, epochs = (check_staking(load_contract(name), story) for name in ("staking", "staking_per_epoch"))
    price_moved = any(step[0] == "slash" and step[1] <= 300 for step in story)
    if not price_moved:  # else shares are rounded at another price
        assert plain == epochs


def test_a_stake_earns_its_part_and_a_late_one_nothing_of_before() -> None:
    """Rate 1,000 wei a second; alone for a day, then with a third of the shares for a day."""
    story = [("stake", 0, 1_000_000), ("close",), ("days", 1), ("stake", 1, 2_000_000), ("close",), ("days", 1),
             ("close",)]  # fmt: skip
    for name in ("staking", "staking_per_epoch"):
        money, _ = check_staking(load_contract(name), story)
        earned = [money[0] - MONEY + 1_000_000, money[1] - MONEY + 2_000_000]
        assert earned == [DAY * 1_000 + DAY * 1_000 // 3, DAY * 1_000 * 2 // 3]


def test_a_stake_of_this_epoch_earns_from_its_end_on() -> None:
    """The price of the design by epochs: the same story, one day less."""
    story = [("days", 1), ("close",), ("stake", 0, 1_000), ("days", 1), ("close",), ("days", 1), ("close",)]
    money = [check_staking(load_contract(name), story)[0][0] for name in ("staking", "staking_per_epoch")]
    assert money == [MONEY - 1_000 + 2 * DAY * 1_000, MONEY - 1_000 + DAY * 1_000]


LIFE = [("stake", 0, 600), ("stake", 1, 300), ("close",), ("unstake", 0, 1), ("days", 2), ("fund", FUND),
        ("stake", 0, 100), ("close",), ("slash", 300), ("slash", 301), ("days", 1), ("stake", 2, 500), ("stake", 2, 40),
        ("stake", 0, MONEY), ("close",), ("claim", 0), ("announce", 0), ("unstake", 0, 1), ("days", 10), ("close",),
        ("unstake", 0, 300), ("unstake", 0, 900), ("stake", 0, 50), ("close",), ("unstake", 0, 1), ("fund", 5),
        ("claim", 1), ("announce", 1), ("days", 10), ("days", 3), ("close",), ("unstake", 1, 1), ("withdraw", 1, 10),
        ("withdraw", 1, MONEY + 10**12)]  # fmt: skip


def _mistake(old: str, new: str, *names: str) -> list[Mistake]:
    """Return mistakes in what both designs have in common, or in those that are named."""
    return [(name, old, new, check_staking, LIFE) for name in names or ("staking",)]


PLANTED = [
    *_mistake('assert msg.sender == self.officer, "not the officer"', "pass"),
    *_mistake('assert parts <= MAX_SLASH, "too much"', "pass"),
    *_mistake("day > 0 and ", ""),
    *_mistake(" and day <= block.timestamp", ""),
    *_mistake(" and block.timestamp <= day + WINDOW", ""),
    *_mistake("self.leaveAt[msg.sender] = 0", "pass"),
    *_mistake("self.rewardRate = (msg.value + left)", "self.rewardRate = msg.value"),
    *_mistake("self.periodEnd = block.timestamp + PERIOD", "self.periodEnd += PERIOD"),
    *_mistake("min(block.timestamp, self.periodEnd)", "block.timestamp"),
    *_mistake("self.updatedAt = now", "pass"),
    *_mistake("self.moneyOf[msg.sender] -= amount\n    self", "self"),
    *_mistake("self.totalStaked -= amount", "pass"),
    *_mistake("self.totalStaked -= taken", "pass"),
    *_mistake("self.totalShares -= shares", "pass"),
    *_mistake("self.rewardOf[msg.sender] = 0", "pass"),
    *_mistake("self.moneyOf[self.officer] += taken", "pass"),
    *_mistake("shares = amount * self.totalShares // self.totalStaked", "pass", "staking"),
    *_mistake("self.paidPerShare[account] = self.rewardPerShare", "pass", "staking"),
    *_mistake("self._settle(msg.sender)\n    shares", "shares", "staking"),
    *_mistake('block.timestamp >= self.epochEnd, "too early"', "True", "staking_per_epoch"),
    *_mistake("self.newStakes = empty(uint256[SHARDS])", "pass", "staking_per_epoch"),
    *_mistake("total += part", "total = part", "staking_per_epoch"),
    *_mistake("self.newStakeOf[account] = 0", "pass", "staking_per_epoch"),
    *_mistake("self._settle(account, self.rewardAt[since])", "pass", "staking_per_epoch"),
    *_mistake("self.rewardAt[since]", "self.rewardPerShare", "staking_per_epoch"),
    *_mistake("self.sharesAt[self.epoch] = self.totalShares", "pass", "staking_per_epoch"),
    *_mistake("since < self.epoch", "since <= self.epoch", "staking_per_epoch"),
]


@mistakes(*PLANTED)
def test_every_check_finds_a_planted_mistake(mistake: Mistake) -> None:
    find(mistake)


@pytest.mark.parametrize("design", ["staking", "staking_per_epoch"])
def test_who_takes_out_money_gets_the_ether(design: str) -> None:
    stage = Stage()
    vault = stage.create(load_contract(design))
    assert stage.call(person(1), vault, "deposit", value=7)
    assert not stage.call(person(1), vault, "withdraw", 8)
    assert stage.call(person(1), vault, "withdraw", 7)
    assert stage.balance(person(1)) == 7
