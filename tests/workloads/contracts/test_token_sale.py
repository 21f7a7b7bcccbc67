"""A token sale: its caps, its refunds and its vesting, on paper, with one counter and with sixteen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import revert_reason
from toyevm.vm.message import default_env, execute_message, world_with_code

PEOPLE = range(4)
CAP, CAP_OF_EACH, LEAST, END, CLIFF, DURATION, TOKENS = 1_000, 600, 300, 100, 50, 190, 1_000
people, amounts = st.integers(0, 3), st.integers(0, 700)
buying = st.one_of(
    st.tuples(st.just("deposit"), people, amounts),
    st.tuples(st.just("buy"), people, amounts),
    st.tuples(st.just("buy"), people, amounts),
    st.tuples(st.just("withdraw"), people),
)
any_time = st.one_of(
    buying,
    st.tuples(st.just("wait"), st.integers(0, 100)),
    st.tuples(st.just("release"), people),
    st.tuples(st.just("transfer"), people, people, st.integers(0, 200_000)),
    st.tuples(st.just("collect"), people),
)
steps = st.tuples(st.lists(buying, max_size=5), st.lists(any_time, max_size=7)).map(
    lambda parts: [*parts[0], *parts[1]]
)


@dataclass
class Paper:
    """What everybody has, and what they may do."""

    now: int = 0
    deposits: Counter[int] = field(default_factory=lambda: Counter(dict.fromkeys(PEOPLE, 500)))
    paid: Counter[int] = field(default_factory=Counter)
    released: Counter[int] = field(default_factory=Counter)
    tokens: Counter[int] = field(default_factory=Counter)
    ether: Counter[Any] = field(default_factory=Counter)  # what left the sale, and for whom
    raised: int = 0
    collected: bool = False

    @property
    def over(self) -> bool:
        return self.now >= END

    @property
    def failed(self) -> bool:
        return self.raised < LEAST

    def vested(self, who: int) -> int:
        """Count the tokens up, second by second; a part of one does not count."""
        since = min(self.now - END, DURATION)
        return 0 if self.failed or since < CLIFF else self.paid[who] * TOKENS * since // DURATION

    def wait(self, seconds: int) -> bool:
        self.now += seconds
        return True

    def deposit(self, who: int, amount: int) -> bool:
        self.deposits[who] += amount
        return True

    def buy(self, who: int, amount: int) -> bool:
        room = min(self.deposits[who], CAP_OF_EACH - self.paid[who], CAP - self.raised)
        if self.over or amount > room:
            return False
        self.deposits[who] -= amount
        self.paid[who] += amount
        self.raised += amount
        return True

    def withdraw(self, who: int) -> bool:
        self.ether[who] += self.deposits.pop(who, 0)
        if self.over and self.failed:
            self.ether[who] += self.paid.pop(who, 0)
        return True

    def collect(self, who: int) -> bool:
        if not self.over or self.failed or self.collected:
            return False
        self.ether["treasury"] = self.raised
        self.collected = True
        return True

    def release(self, who: int) -> bool:
        self.tokens[who] += self.vested(who) - self.released[who]
        self.released[who] = self.vested(who)
        return True

    def transfer(self, who: int, whom: int, tokens: int) -> bool:
        if tokens > self.tokens[who]:
            return False
        self.tokens[who] -= tokens
        self.tokens[whom] += tokens
        return True


def call(stage: Stage, sale: Place, function: str, *arguments: int) -> bool:
    """Take a step of a story."""
    match function, arguments:
        case "wait", (seconds,):
            stage.at_second(stage.env.timestamp + seconds)
            return True
        case "deposit", (who, amount):
            return stage.call(person(who), sale, "deposit", value=amount)
        case "transfer", (who, whom, tokens):
            return stage.call(person(who), sale, "transfer", person(whom), tokens)
        case _, (who, *rest):
            return stage.call(person(who), sale, function, *rest)
    raise AssertionError(function)


def check_token_sale(contract: Contract, story: Story) -> list[list[int]]:
    """Hold every number to the paper; return what everybody has at the end, of all that there is."""
    stage, paper, found = Stage(), Paper(), []
    sale = stage.create(contract, CAP, CAP_OF_EACH, LEAST, END, CLIFF, DURATION)
    assert all(stage.call(person(who), sale, "deposit", value=500) for who in PEOPLE)
    for turn, (function, *arguments) in enumerate(story):
        assert call(stage, sale, function, *arguments) == getattr(paper, function)(*arguments), turn
        books = {"deposits": paper.deposits, "paid": paper.paid, "released": paper.released, "balanceOf": paper.tokens}
        found = [[stage.ask(sale, name, person(who)) for who in PEOPLE] for name in (*books, "vested")]
        assert found == [*([book[who] for who in PEOPLE] for book in books.values()), list(map(paper.vested, PEOPLE))]
        assert stage.ask(sale, "raised") == paper.raised
        unspent = 0 if paper.collected else paper.paid.total()
        assert stage.balance(sale) == paper.deposits.total() + unspent
    accounts = {"treasury": OWNER} | {who: person(who) for who in PEOPLE}
    assert all(stage.balance(at) == paper.ether[who] for who, at in accounts.items())
    return found


@stories
@given(steps)
def test_a_sale_with_sixteen_counters_equals_that_with_one(story: Story) -> None:
    one, other = (check_token_sale(load_contract(name), story) for name in ("token_sale", "token_sale_sharded"))
    assert one == other


def test_the_last_wei_of_room_is_sold_from_any_shard() -> None:
    story: Story = [("buy", 0, 500), ("buy", 3, 499), ("buy", 2, 2), ("buy", 2, 1), *END_OF_IT]
    for name in ("token_sale", "token_sale_sharded"):
        assert check_token_sale(load_contract(name), story)[1] == [500, 0, 1, 499]


@pytest.mark.parametrize("name", ["token_sale", "token_sale_sharded"])
@pytest.mark.parametrize(
    ("words", "terms"),
    [("more than can be sold", (9, 9, 10, 0, 0, 1)), ("no schedule", (9, 9, 9, 0, 2, 1)),
     ("no schedule", (9, 9, 9, 0, 0, 0)), ("", (9, 9, 9, 0, 1, 1))],
)  # fmt: skip
def test_terms_that_cannot_be_kept_are_refused(name: str, words: str, terms: tuple[int, ...]) -> None:
    code = load_contract(name).creation_data(*terms)
    result = execute_message(world_with_code(code), default_env())
    assert (result.error, revert_reason(result.output) if words else "") == ("revert" if words else None, words)


END_OF_IT: Story = [("wait", END), ("buy", 1, 0)]
CAPS: Story = [("deposit", 0, 500), ("buy", 0, 501), ("buy", 0, 100), ("buy", 1, 501), ("buy", 1, 400), ("buy", 2, 1)]
VESTING: Story = [("buy", 0, 300), ("wait", 99), ("collect", 1), ("release", 0), ("wait", 1), ("withdraw", 0),
                  ("wait", 49), ("release", 0), ("wait", 1), ("release", 0), ("release", 0),
                  ("transfer", 0, 1, 78_947), ("transfer", 0, 1, 78_948), ("collect", 1), ("collect", 1),
                  ("wait", 300), ("release", 0)]  # fmt: skip
REFUND: Story = [("buy", 0, 299), *END_OF_IT, ("wait", 60), ("collect", 0), ("release", 0), ("withdraw", 0),
                 ("withdraw", 0)]  # fmt: skip


@mistakes(
    ("token_sale", "block.timestamp < self.end,", "True,", check_token_sale, END_OF_IT),
    ("token_sale", "assert self.raised <= self.cap", "assert True", check_token_sale,
     [("buy", n, 500) for n in range(3)]),
    ("token_sale_sharded", "assert rest == 0", "assert True", check_token_sale, [("buy", n, 500) for n in range(3)]),
    ("token_sale", "<= self.capOfEach", "<= self.cap", check_token_sale, [*CAPS, ("buy", 0, 401)]),
    ("token_sale", "self.paid[msg.sender] += payment", "self.paid[msg.sender] = payment", check_token_sale, CAPS * 2),
    ("token_sale_sharded", "self.deposits[msg.sender] -= payment", "pass", check_token_sale, CAPS),
    ("token_sale_sharded", "self.deposits[msg.sender] = 0", "pass", check_token_sale, REFUND),
    ("token_sale", "self.paid[msg.sender] = 0", "pass", check_token_sale, REFUND),
    ("token_sale_sharded", "if self.end <= block.timestamp and", "if", check_token_sale, [*CAPS[2:3], ("withdraw", 0)]),
    ("token_sale_sharded", "self._raised() >= self.least", "True", check_token_sale, REFUND),
    ("token_sale", "assert self.end <= block.timestamp", "assert True", check_token_sale, VESTING),
    ("token_sale", "not self.isCollected", "True", check_token_sale, VESTING),
    ("token_sale", "self.isCollected = True", "pass", check_token_sale, VESTING),
    ("token_sale_sharded", "< self.end + self.cliff", "<= self.end + self.cliff", check_token_sale, VESTING),
    ("token_sale", " or self._raised() < self.least:", ":", check_token_sale, REFUND),
    ("token_sale_sharded", "min(block.timestamp - self.end, self.duration)", "block.timestamp - self.end",
     check_token_sale, VESTING),
    ("token_sale", "- self.released[msg.sender]", "", check_token_sale, VESTING),
    ("token_sale_sharded", "self.balanceOf[msg.sender] -= tokens", "pass", check_token_sale, VESTING),
    ("token_sale_sharded", "(first + turn) % SHARDS", "first", check_token_sale, CAPS),
    ("token_sale_sharded", "self.roomShards[0] += cap % SHARDS", "pass", check_token_sale, CAPS),
)  # fmt: skip
def test_a_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
