"""The market for unique tokens: royalties and fees to the wei, and only what is offered is sold."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract

people = st.integers(0, 3)
market_steps = st.lists(
    st.one_of(
        st.tuples(st.just("mint"), people, people),
        st.tuples(st.just("offer"), people, people, st.integers(0, 5_000)),
        st.tuples(st.just("buy"), people, people),
        st.tuples(st.just("withdraw"), people),
    ),
    max_size=16,
)


def check_market(contract: Contract, story: Story) -> None:
    """Royalties and fees are exact, every wei is somebody's, and only what is offered is sold."""
    stage = Stage()
    market = stage.create(contract)
    books = {name: Counter[int]() for name in ("deposits", "proceeds", "royalties")}
    owners, creators, prices, fees, paid = {}, {}, Counter[int](), Counter[int](), Counter[int]()
    for who in range(4):
        assert stage.call(person(who), market, "deposit", value=9_000)
        books["deposits"][who] = 9_000
    for function, who, *arguments in story:
        done, token = stage.call(person(who), market, function, *arguments), arguments[0] if arguments else 0
        if function == "mint":
            assert done == (token not in owners)
            owners.setdefault(token, who)
            creators.setdefault(token, who)
        elif function == "offer":
            assert done == (owners.get(token) == who)
            prices[token] = arguments[1] if done else prices[token]
        elif function == "buy":
            price = prices[token]
            assert done == (0 < price <= books["deposits"][who])
            if done:
                royalty, fee = price * 5 // 100, price * 25 // 1_000
                books["deposits"][who] -= price
                books["proceeds"][owners[token]] += price - royalty - fee
                books["royalties"][creators[token]] += royalty
                fees[owners[token]] += fee
                owners[token], prices[token] = who, 0
        else:
            for book in books.values():
                paid[who] += book.pop(who, 0)
        for name, book in books.items():
            assert [stage.ask(market, name, person(n)) for n in range(4)] == [book[n] for n in range(4)]
        assert {t: stage.ask(market, "ownerOf", t) for t in owners} == {
            t: int.from_bytes(person(owner)) for t, owner in owners.items()
        }
        assert [stage.balance(person(n)) for n in range(4)] == [paid[n] for n in range(4)]
        assert stage.balance(market) == sum(sum(book.values()) for book in books.values()) + sum(fees.values())
    for seller in range(4):
        if "fees" not in contract.slots:
            assert stage.call(person(0), market, "collect", person(seller))
    assert "fees" not in contract.slots or stage.call(person(0), market, "collect")
    assert stage.balance(OWNER) == sum(fees.values())
    assert stage.balance(market) == sum(sum(book.values()) for book in books.values())


@pytest.mark.parametrize("name", ["nft_market", "nft_market_counter"])
@stories
@given(market_steps)
def test_a_sale_pays_everybody_to_the_wei(name: str, story: Story) -> None:
    check_market(load_contract(name), story)


SALES: Story = [("mint", 0, 0), ("offer", 0, 0, 999), ("buy", 1, 0), ("offer", 1, 0, 777),
                ("buy", 2, 0), ("buy", 3, 0),
                ("withdraw", 0), ("withdraw", 1), ("withdraw", 0)]  # fmt: skip


@mistakes(
    ("nft_market", "ROYALTY: constant(uint256) = 50", "ROYALTY: constant(uint256) = 49", check_market, SALES),
    ("nft_market", "price - royalty - fee", "price - royalty", check_market, SALES),
    ("nft_market_counter", "self.royalties[self.creatorOf[token]]", "self.royalties[seller]", check_market, SALES),
    ("nft_market", "self.royalties[msg.sender] = 0", "pass", check_market, SALES),
    ("nft_market", "send(msg.sender, amount)", "send(self.operator, amount)", check_market, SALES),
    ("nft_market_counter", "self.fees += fee", "pass", check_market, SALES),
    ("nft_market_counter", "self.priceOf[token] = 0", "pass", check_market, SALES),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
