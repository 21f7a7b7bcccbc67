"""Titles in eighths: who owns how many, what each has earned, to the wei, counted by owner or part by part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from tests.workloads.test_applications import measure
from toyevm.contracts import Contract, load_contract

BOTH = ("title", "title_numbered")
PEOPLE, PARTS, HOUSE = range(4), range(8), 5
SAVED = 100
people, prices = st.integers(0, 3), st.integers(0, 60)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("offer"), people, prices),
        st.tuples(st.just("buy"), people, st.integers(0, 7), prices),
        st.tuples(st.just("buy"), people, st.integers(0, 7), st.just(60)),
        st.tuples(st.just("payRent"), people, st.integers(0, 13)),
        st.tuples(st.just("collect"), people),
        st.tuples(st.just("withdraw"), people),
    ),
    max_size=10,
)


@dataclass
class Paper:
    """Who owns which part, and what everybody has; person 0 has built the house, and asks for 20."""

    owner: dict[int, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))
    price: Counter[int] = field(default_factory=lambda: Counter({0: 20}))
    deposits: Counter[int] = field(default_factory=lambda: Counter(dict.fromkeys(PEOPLE, SAVED)))
    owed: Counter[int] = field(default_factory=Counter)
    withdrawn: Counter[int] = field(default_factory=Counter)

    def offer(self, who: int, price: int) -> bool:
        self.price[who] = price
        return True

    def buy(self, who: int, part: int, most: int) -> bool:
        seller = self.owner[part]
        price = self.price[seller]
        if seller == who or not 0 < price <= min(most, self.deposits[who]):
            return False
        self.deposits[who] -= price
        self.owed[seller] += price
        self.owner[part] = who
        return True

    def payRent(self, who: int, for_part: int) -> bool:
        if for_part * 8 > self.deposits[who]:
            return False
        self.deposits[who] -= for_part * 8
        self.owed.update({owner: for_part * list(self.owner.values()).count(owner) for owner in PEOPLE})
        return True

    def collect(self, who: int) -> bool:
        self.deposits[who] += self.owed.pop(who, 0)
        return True

    def withdraw(self, who: int) -> bool:
        self.withdrawn[who] += self.deposits.pop(who, 0)
        return True

    def all(self) -> list[list[int]]:
        parts = Counter(self.owner.values())
        return [[book[who] for who in PEOPLE] for book in (parts, self.owed, self.deposits)]


def all_of(stage: Stage, titles: Place) -> list[list[int]]:
    """Return everybody's parts, what they are owed, and their deposits."""
    asked = [[stage.ask(titles, name, HOUSE, person(who)) for who in PEOPLE] for name in ("partsOf", "owed")]
    return [*asked, [stage.ask(titles, "deposits", person(who)) for who in PEOPLE]]


def check_title(contract: Contract, story: Story) -> list[list[int]]:
    """Hold parts, earnings and deposits to the paper, after every step; return them at the end."""
    stage, paper = Stage(), Paper()
    titles = stage.create(contract)
    assert stage.call(OWNER, titles, "register", HOUSE, person(0))
    assert stage.call(person(0), titles, "offer", HOUSE, 20)
    assert all(stage.call(person(who), titles, "deposit", value=SAVED) for who in PEOPLE)
    for function, who, *rest in story:
        seller = person(paper.owner[rest[0]]) if function == "buy" else b""
        what = [seller, rest[1]] if function == "buy" and contract.name == "title" else rest
        arguments = [] if function == "withdraw" else [HOUSE, *what]
        done = stage.call(person(who), titles, function, *arguments)
        assert done == getattr(paper, function)(who, *rest)
        assert all_of(stage, titles) == paper.all()
        assert stage.balance(titles) == paper.deposits.total() + paper.owed.total()
    found = [stage.balance(person(who)) for who in PEOPLE]
    assert found == [paper.withdrawn[who] for who in PEOPLE]
    return paper.all()


@stories
@given(steps)
def test_numbered_parts_earn_what_counted_ones_do(story: Story) -> None:
    one, other = (check_title(load_contract(name), story) for name in BOTH)
    assert one == other


def check_two_houses(contract: Contract, story: Story) -> None:
    """A title is registered once, by the registrar; what one earns is not the other's."""
    stage = Stage()
    titles = stage.create(contract)
    assert not stage.call(person(1), titles, "register", 1, person(1))
    assert all(stage.call(OWNER, titles, "register", house, person(house)) for house in (1, 2))
    assert not stage.call(OWNER, titles, "register", 1, person(3))
    assert stage.call(person(3), titles, "deposit", value=160)
    assert stage.call(person(3), titles, "payRent", 1, 10)
    assert stage.call(person(3), titles, "payRent", 2, 5)
    assert not stage.call(person(3), titles, "payRent", 9, 1)  # no such house
    assert [stage.ask(titles, "owed", house, person(house)) for house in (1, 2)] == [80, 40]
    assert stage.call(person(1), titles, "offer", 1, 7)
    seller = person(2) if contract.name == "title" else 0
    assert not stage.call(person(3), titles, "buy", 2, seller, 7)  # it is the other house that is for sale
    assert not stage.call(person(3), titles, "buy", 1, person(3) if contract.name == "title" else 8, 7)
    assert [stage.ask(titles, "partsOf", house, person(who)) for house in (1, 2) for who in (1, 2)] == [8, 0, 0, 8]


def test_one_house_is_not_another() -> None:
    for name in BOTH:
        check_two_houses(load_contract(name), [])


def test_numbered_parts_spare_buyers_the_wait_for_the_builder() -> None:
    assert measure("title", 0) == (1.0, 1.0)
    assert measure("title-numbered", 0)[1] > 50


TRADES: Story = [("payRent", 1, 1), ("buy", 2, 7, 19), ("buy", 2, 7, 20), ("payRent", 1, 2), ("offer", 2, 50),
                 ("buy", 2, 7, 60), ("buy", 3, 7, 60), ("buy", 3, 6, 60), ("payRent", 1, 3), ("payRent", 1, 7),
                 ("buy", 3, 5, 60), ("buy", 3, 4, 60), ("collect", 0), ("collect", 0), ("withdraw", 0),
                 ("withdraw", 0), ("offer", 0, 0), ("buy", 1, 0, 60)]  # fmt: skip


@mistakes(
    ("title", "price > 0", "True", check_title, TRADES),
    ("title_numbered", "price <= most", "True", check_title, TRADES),
    ("title", "seller != msg.sender", "True", check_title, TRADES),
    ("title_numbered", "seller != msg.sender", "True", check_title, TRADES),
    ("title", "self.deposits[msg.sender] -= price", "pass", check_title, TRADES),
    ("title", "self.partsOf[title][msg.sender] += 1", "pass", check_title, TRADES),
    ("title", "    self._settle(title, seller)\n", "", check_title, TRADES),
    ("title", "    self._settle(title, msg.sender)\n    self.partsOf", "    self.partsOf", check_title, TRADES),
    ("title", "self.earned[seller] += price", "pass", check_title, TRADES),
    ("title", "self.earned[msg.sender] = 0", "pass", check_title, TRADES),
    ("title", "self.rentSeen[title][owner] = self.rentOf[title]", "pass", check_title, TRADES),
    ("title_numbered", "    self._settle(title, part)\n    self.ownerOf", "    self.ownerOf", check_title, TRADES),
    ("title_numbered", "self.ownerOf[title][part] = msg.sender", "pass", check_title, TRADES),
    ("title_numbered", "self.earnedBy[title][seller][part] += price", "self.deposits[seller] += price", check_title,
     TRADES),
    ("title_numbered", "self.earnedBy[title][msg.sender][part] = 0", "pass", check_title, TRADES),
    ("title_numbered", "self.deposits[msg.sender] -= forPart * PARTS", "pass", check_title, TRADES),
    ("title_numbered", "self.deposits[msg.sender] = 0", "pass", check_title, TRADES),
    ("title", 'assert msg.sender == self.registrar, "not the registrar"', "pass", check_two_houses, []),
    ("title_numbered", "not self.isRegistered[title]", "True", check_two_houses, []),
    ("title", 'assert self.isRegistered[title], "no such title"', "pass", check_two_houses, []),
)  # fmt: skip
def test_a_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
