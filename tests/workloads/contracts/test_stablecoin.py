"""The stablecoin: every number is that of a ledger on paper, and every coin is owed by somebody, or bad debt."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, opened_once, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import encode_arguments

ONE = 10**18
DAY = 86_400
FORTUNE = 10**6
PEOPLE = (person(0), person(16), person(1), OWNER)  # the first two share a shard; the last is the governor
HELD_BY = ("etherOf", "balanceOf", "collateralOf", "scaledDebtOf")
NO_CEILING = 10**9


class Refused(Exception):
    """What the paper does not allow."""


def need(condition: bool) -> None:
    if not condition:
        raise Refused


@dataclass
class Paper:
    """What everybody has, and what they may do."""

    ceiling: Fraction
    shards: int
    people: dict[str, Counter[int]] = field(default_factory=lambda: {name: Counter() for name in HELD_BY})
    supply: int = 0
    price: Fraction = Fraction(1)  # coins for a wei
    now: int = 0  # in seconds, since the first day
    paid: tuple[int, int, int] = (0, 0, 0)  # by the last liquidation
    earned: Fraction = Fraction(0)  # fees of all debts so far, less bad debt: not rounded

    @property
    def rate(self) -> Fraction:
        """5 % a year, in 18 digits."""
        return Fraction(floor(ONE * (1 + Fraction(5, 100) * Fraction(self.now, 365 * DAY))), ONE)

    def owed(self, *owners: int) -> int:
        return floor(sum(self.people["scaledDebtOf"][who] for who in owners) * self.rate)

    def debt(self, who: int) -> int:
        return ceil(self.people["scaledDebtOf"][who] * self.rate)

    def move(self, name: str, who: int, amount: int) -> None:
        self.people[name][who] += amount
        need(self.people[name][who] >= 0)

    def is_safe(self, who: int) -> bool:
        return floor(self.people["collateralOf"][who] * self.price) >= self.debt(who) * Fraction(3, 2)

    def wait(self, days: int) -> None:
        before, self.now = self.rate, self.now + days * DAY
        self.earned += sum(self.people["scaledDebtOf"].values()) * (self.rate - before)

    def withdraw(self, who: int, amount: int) -> None:
        self.move("etherOf", who, -amount)

    def transfer(self, who: int, whom: int, coins: int) -> None:
        self.move("balanceOf", who, -coins)
        self.move("balanceOf", whom, coins)

    def pledge(self, who: int, amount: int) -> None:
        self.move("etherOf", who, -amount)
        self.move("collateralOf", who, amount)

    def release(self, who: int, amount: int) -> None:
        self.pledge(who, -amount)
        need(self.is_safe(who) or not self.people["scaledDebtOf"][who])

    def draw(self, who: int, coins: int) -> None:
        scaled = ceil(coins / self.rate)
        self.move("scaledDebtOf", who, scaled)
        self.issue(who, coins)
        self.earned += scaled * self.rate - coins
        shard = [one for one in range(4) if PEOPLE[one][-1] % self.shards == PEOPLE[who][-1] % self.shards]
        need(self.owed(*shard) <= self.ceiling / self.shards)
        need(self.is_safe(who))

    def issue(self, who: int, coins: int) -> None:
        self.move("balanceOf", who, coins)
        self.supply += coins

    def wipe(self, who: int, coins: int) -> None:
        self.pay(who, who, min(coins, self.debt(who)))

    def pay(self, payer: int, who: int, coins: int) -> None:
        scaled = min(self.people["scaledDebtOf"][who], floor(coins / self.rate))
        self.move("scaledDebtOf", who, -scaled)
        self.issue(payer, -coins)
        self.earned += coins - scaled * self.rate

    def liquidate(self, who: int, whom: int, coins: int) -> None:
        need(not self.is_safe(whom))
        need(coins <= self.debt(whom))
        seized = min(self.people["collateralOf"][whom], floor(coins * Fraction(113, 100) / self.price))
        self.pay(who, whom, coins)
        self.move("collateralOf", whom, -seized)
        self.move("etherOf", who, seized)
        self.paid = coins, seized, 0
        if not self.people["collateralOf"][whom]:
            self.paid = coins, seized, self.debt(whom)
            self.earned -= self.people["scaledDebtOf"].pop(whom, 0) * self.rate

    def collect(self, who: int, coins: int) -> None:
        need(who == 3)
        self.issue(who, coins)
        self.earned -= coins
        need(self.supply <= self.owed(*range(4)))


@opened_once
def stage_of(contract: Contract, ceiling: int) -> tuple[Stage, Place, Place]:
    """Return a stage with a feed and a stablecoin, in which everybody has deposited a fortune."""
    stage = Stage()
    feed = stage.create(load_contract("price_feed"), ONE)
    stablecoin = stage.create(contract, feed.address, ceiling)
    assert all(stage.call(one, stablecoin, "deposit", value=FORTUNE) for one in PEOPLE)
    return stage, feed, stablecoin


def check_stablecoin(contract: Contract, story: Story, ceiling: int = NO_CEILING) -> dict[str, Counter[int]]:
    """Hold every number to the paper after every step; return what everybody has at the end."""
    stage, feed, stablecoin = stage_of(contract, ceiling)
    shards = 16 if "supplyShards" in contract.slots else 1
    paper = Paper(Fraction(ceiling // shards * shards), shards)
    paper.people["etherOf"].update(dict.fromkeys(range(4), FORTUNE))
    for function, who, *arguments in story:
        if function == "wait":
            paper.wait(who)
            stage.at_second(paper.now)
        elif function == "price":
            paper.price = Fraction(who, 1_000)
            assert stage.call(OWNER, feed, "report", who * ONE // 1_000)
        else:
            paper = compare_step(stage, stablecoin, paper, (function, who, *arguments))
        compare(stage, stablecoin, paper)
    assert stage.ask(stablecoin, "totalSupply") == paper.supply
    assert stage.ask(stablecoin, "owed") == paper.owed(*range(4))
    return paper.people


def compare_step(stage: Stage, stablecoin: Place, before: Paper, step: tuple[Any, ...]) -> Paper:
    after, (function, who, *arguments) = deepcopy(before), step
    try:
        getattr(after, function)(who, *arguments)
    except Refused:
        after = before
    words = [PEOPLE[arguments[0]], arguments[1]] if function in ("transfer", "liquidate") else arguments
    assert stage.call(PEOPLE[who], stablecoin, function, *words) == (after is not before)
    if after is not before and function == "liquidate":
        assert stage.last is not None
        assert stage.last.logs[-1].data == encode_arguments(*after.paid)
    return after


def compare(stage: Stage, stablecoin: Place, paper: Paper) -> None:
    storage, slots = stage.world.accounts[stablecoin.address].storage, stablecoin.contract.slots
    for name, amounts in paper.people.items():
        found = [stage.stored(stablecoin, name, one) for one in PEOPLE]
        assert found == [amounts[who] for who in range(4)]
    scaled = sum(paper.people["scaledDebtOf"].values())
    if "supplyShards" in slots:
        rows = [range(slots[name], slots[name] + 16) for name in ("supplyShards", "scaledDebtShards")]
        sums = [sum(storage.get(slot, 0) for slot in row) % 2**256 for row in rows]
    else:
        sums = [stage.stored(stablecoin, name) for name in ("totalSupply", "scaledDebts")]
    assert sums == [paper.supply, scaled]
    # every coin is owed by somebody, or bad debt; fees are owed on top
    assert sum(paper.people["balanceOf"].values()) == paper.supply == scaled * paper.rate - paper.earned
    held = sum(paper.people["etherOf"].values()) + sum(paper.people["collateralOf"].values())
    assert stage.balance(stablecoin) == held


people = st.sampled_from([0, 0, 1, 2, 2, 3])
amounts = st.one_of(st.integers(0, 1_000), st.integers(0, 90_000), st.integers(0, FORTUNE))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 30, 300, 3_000])),
        st.tuples(st.just("price"), st.integers(1, 2_000)),
        st.tuples(st.sampled_from(["pledge", "release", "draw", "wipe", "collect", "withdraw"]), people, amounts),
        st.tuples(st.sampled_from(["liquidate", "liquidate", "transfer"]), people, people, amounts),
    ),
    max_size=8,
)
# before what hypothesis tells: nothing, a vault at its limit and coins in other hands, or a pledge worth little
VAULTS: Story = [("pledge", 0, 300_000), ("draw", 0, 199_999), ("pledge", 1, 600_000), ("draw", 1, 100_000),
                 ("transfer", 1, 2, 50_000), ("wait", 30)]  # fmt: skip
beginnings = st.sampled_from([[], VAULTS, [*VAULTS, ("price", 150)]])


@stories
@given(beginnings, steps)
def test_a_sharded_stablecoin_equals_the_plain_one(beginning: Story, story: Story) -> None:
    story = [*beginning, *story]
    plain, sharded = load_contract("stablecoin"), load_contract("stablecoin_sharded")
    assert check_stablecoin(plain, story) == check_stablecoin(sharded, story)


@stories
@given(steps, st.integers(0, 600_000))
def test_debts_stay_below_the_ceiling_and_those_of_a_shard_below_its_part(story: Story, ceiling: int) -> None:
    check_stablecoin(load_contract("stablecoin"), [*VAULTS, *story], ceiling)
    check_stablecoin(load_contract("stablecoin_sharded"), [*VAULTS, *story], 16 * ceiling)


def check_ceiling(contract: Contract, story: Story) -> None:
    """Check a contract whose ceiling, or whose shards' part of it, is 250,000 coins."""
    check_stablecoin(contract, story, 16 * 250_000 if "supplyShards" in contract.slots else 250_000)


def test_bad_debt_stands_against_the_fees() -> None:
    """200,000 drawn for 365 days at 5 % owe 210,000; 90,000 buy all that was pledged: 120,000 are forgotten."""
    story: Story = [("pledge", 0, 300_000), ("draw", 0, 200_000), ("transfer", 0, 1, 200_000), ("wait", 365),
                    ("price", 339), ("liquidate", 1, 0, 90_000)]  # fmt: skip
    left = check_stablecoin(load_contract("stablecoin"), story)
    assert (left["balanceOf"][1], left["etherOf"][1]) == (110_000, FORTUNE + 300_000)
    assert left["scaledDebtOf"][0] == 0


FALL: Story = [*VAULTS, ("liquidate", 2, 1, 1), ("release", 1, 460_000), ("wipe", 0, 1_000), ("draw", 0, 1),
               ("collect", 0, 10), ("collect", 3, 300), ("collect", 3, 2_000), ("liquidate", 2, 0, 40_000),
               ("price", 100), ("liquidate", 0, 1, 150_000), ("liquidate", 2, 0, 9_000), ("liquidate", 1, 0, 45_000),
               ("wipe", 1, FORTUNE), ("withdraw", 0, 100), ("wait", 3_000), ("pledge", 3, 9_000), ("draw", 3, 333),
               ("wipe", 3, 1_000), ("release", 3, 9_000)]  # fmt: skip
FULL: Story = [("pledge", 0, FORTUNE), ("pledge", 1, FORTUNE), ("draw", 0, 249_000), ("draw", 1, 900),
               ("draw", 1, 9_000)]  # fmt: skip


@mistakes(
    ("stablecoin", "coins * ONE // self._rate()", "coins", check_stablecoin, FALL),
    ("stablecoin", "self._divide_up(coins * ONE, self._rate())", "coins * ONE // self._rate()", check_stablecoin, FALL),
    ("stablecoin", '    assert self._is_safe(msg.sender), "too little collateral"\n', "", check_stablecoin, FALL),
    ("stablecoin", "    self.collateralOf[msg.sender] -= amount\n", "", check_stablecoin, FALL),
    ("stablecoin", "min(coins, self._debt(msg.sender))", "coins", check_stablecoin, FALL),
    ("stablecoin", "assert not self._is_safe(owner)", "assert True", check_stablecoin, FALL),
    ("stablecoin", 'assert coins <= self._debt(owner), "more than the debt"', "pass", check_stablecoin, FALL),
    ("stablecoin", "(100 + PENALTY)", "(99 + PENALTY)", check_stablecoin, FALL),
    ("stablecoin", "self.scaledDebts -= self.scaledDebtOf[owner]", "pass", check_stablecoin, FALL),
    ("stablecoin", 'assert msg.sender == self.governor, "not the governor"', "pass", check_stablecoin, FALL),
    ("stablecoin", "assert self.totalSupply <=", "assert 0 <=", check_stablecoin, FALL),
    ("stablecoin", "    self.totalSupply -= coins\n", "", check_stablecoin, FALL),
    ("stablecoin", "<= self.ceiling", "<= max_value(uint256)", check_ceiling, FULL),
    ("stablecoin_sharded", "<= self.ceiling // SHARDS", "<= self.ceiling", check_ceiling, FULL),
    ("stablecoin_sharded", "total += part", "total = part", check_stablecoin, FALL),
    ("stablecoin_sharded", "self.scaledDebtShards[self._shard(owner)] -= scaled", "pass", check_stablecoin, FALL),
    ("stablecoin_sharded", "-= convert(coins, int256)", "+= convert(coins, int256)", check_stablecoin, FALL),
    ("stablecoin_sharded", "self._supply() <= self._owed()", "True", check_stablecoin, FALL),
)  # fmt: skip
def test_the_check_finds(mistake: Mistake) -> None:
    find(mistake)
