"""A market of unique tokens: users buy them, and creators get a royalty.

`nft_market_counter` adds every fee to one variable; `nft_market` keeps it beside the proceeds of the seller.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from toyevm.contracts import load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application, Ideal
from toyevm.workloads.planned_blocks import (
    PlannedBlock,
    PlannedCall,
    account,
    address_named,
    entries,
    pick,
    pick_other,
    user,
    word_named,
)

MARKET: Address = b"\x74" * 20


def buy_tokens(random: Random, count: int, users: int, *, contract: str, skew: float = 0.0) -> PlannedBlock:
    """Return purchases of unique tokens; `skew` is Zipf's exponent for who made them (1.0: one popular collection)."""
    market = load_contract(contract)
    owner, creator, price, deposits = {}, {}, {}, {}
    calls, people = [], set()
    for token in random.sample(range(count), count):
        buyer = pick(random, users)
        seller, artist = pick_other(random, users, buyer), pick(random, users, skew)
        owner[token], creator[token] = word_named(user(seller)), word_named(user(artist))
        price[token] = random.randint(1, 99) * ETHER // 100
        deposits[address_named(user(buyer))] = 10_000 * ETHER
        people |= {buyer, seller, artist}
        calls.append(PlannedCall(user(buyer), MARKET, market.call_data("buy", token)))
    books: dict[str, Mapping[Any, int]] = {
        "ownerOf": owner, "creatorOf": creator, "priceOf": price, "deposits": deposits
    }  # fmt: skip
    storage = {slot: value for name, values in books.items() for slot, value in entries(market, name, values).items()}
    contract_account = account(market, storage, balance=sum(deposits.values()))
    return PlannedBlock(tuple(calls), {"market": (MARKET, contract_account)}, tuple(map(user, sorted(people))))


APPLICATIONS = (
    Application(
        "nft-counter",
        "Users buy unique tokens; the market counts its fees.",
        "fees",
        buy_tokens,
        {"contract": "nft_market_counter"},
        Ideal(1.0, 1.0),
    ),
    Application(
        "nft",
        "Users buy unique tokens; the market's fee is kept beside each seller's proceeds.",
        "nothing: a buyer, a seller or a creator now and then",
        buy_tokens,
        {"contract": "nft_market"},
        Ideal(0.003, 66.7, "the longest chain is of 4 sales in most blocks, of 3 in the sketch's: 50 against 66.7"),
    ),
)
