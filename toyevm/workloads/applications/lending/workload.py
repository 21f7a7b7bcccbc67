"""Lending: users borrow tokens against ether, pledge ether, and liquidate debts whose collateral has lost its worth.

`lending` keeps one set of books, `lending_isolated` one for each market; a user belongs to one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from toyevm.contracts import Contract, load_contract
from toyevm.state import Account
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
    user,
    variables,
)
from toyevm.workloads.tokens import token_account

LENDING: Address = b"\xb0" * 20
FEED: Address = b"\xb1" * 20
TOKEN: Address = b"\xb2" * 20  # what is lent
PRICE = 2_000 * ETHER  # tokens for an ether, in their smallest units
LOW_PRICE = 1_200 * ETHER
INDEX = ETHER * 108 // 100  # debts have grown by 8 % since the first day
WEALTH = 10**6 * ETHER  # what each user has of tokens and of ether in the ledger; a market has as much cash a user


def borrow_tokens(random: Random, count: int, users: int, *, contract: str, markets: int = 64) -> PlannedBlock:
    """Return loans to users who have pledged enough; each belongs to one of `markets`, if the contract has several."""
    lending = load_contract(contract)
    borrowers = [pick(random, users) for _ in range(count)]
    calls = [_call(lending, number, "borrow", random.randint(1, 99) * ETHER) for number in borrowers]
    market_of = {number: number % markets if "marketOf" in lending.slots else 0 for number in borrowers}
    people = {address_named(user(number)): market for number, market in market_of.items()}
    books = {
        "collateralOf": dict.fromkeys(people, 10_000 * ETHER),
        "scaledDebtOf": dict.fromkeys(people, 1_000 * ETHER),
        "marketOf": people,
    }
    return PlannedBlock(tuple(calls), _contracts(lending, books), tuple(map(user, sorted(market_of))))


def pledge_ether(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return what users pledge of the ether that they have in the ledger."""
    lending = load_contract(contract)
    owners = [pick(random, users) for _ in range(count)]
    calls = [_call(lending, number, "pledge", random.randint(1, 99) * ETHER // 100) for number in owners]
    books = {"etherOf": {address_named(user(number)): WEALTH for number in owners}}
    return PlannedBlock(tuple(calls), _contracts(lending, books), tuple(map(user, sorted(set(owners)))))


def liquidate_debts(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return liquidations after the price of ether has fallen: one of each of `count` debts, of a part of it."""
    lending = load_contract(contract)
    borrowers = random.sample(range(max(users, count)), count)
    debts = {number: random.randint(1_000, 9_000) * ETHER for number in borrowers}
    liquidators = [pick(random, users) for _ in borrowers]
    calls = [
        _call(lending, who, "liquidate", address_named(user(number)), debts[number] * random.randint(20, 49) // 100)
        for who, number in zip(liquidators, borrowers, strict=True)
    ]
    named = {address_named(user(number)): debt for number, debt in debts.items()}
    books = {
        "tokensOf": {address_named(user(number)): WEALTH for number in liquidators},
        "scaledDebtOf": {who: debt * ETHER // INDEX for who, debt in named.items()},
        # four fifths of its worth at the low price are 97 % of the debt: at the old price it was healthy
        "collateralOf": {who: debt * 97 * ETHER // (80 * LOW_PRICE) for who, debt in named.items()},
    }
    people = tuple(map(user, sorted({*liquidators, *borrowers})))
    return PlannedBlock(tuple(calls), _contracts(lending, books, LOW_PRICE), people)


APPLICATIONS = (
    Application(
        "lending-borrow",
        "Users borrow tokens from one pool, against ether that they pledged before.",
        "cash, scaledBorrows, index, accruedAt",
        borrow_tokens,
        {"contract": "lending"},
        Ideal(1.0, 1.0),
    ),
    Application(
        "lending-isolated",
        "Users borrow tokens, each in one of 64 markets.",
        "the same four, of the busiest of 64 markets",
        borrow_tokens,
        {"contract": "lending_isolated"},
    ),
    Application(
        "lending-pledge",
        "Users pledge ether that they have in the ledger of a lending pool.",
        "nothing: a user now and then",
        pledge_ether,
        {"contract": "lending"},
        Ideal(0.001, 66.7),
    ),
    Application(
        "lending-liquidate",
        "The price of ether has fallen, and each debt is liquidated by one of the users.",
        "cash, scaledBorrows, index, accruedAt",
        liquidate_debts,
        {"contract": "lending"},
    ),
)


def feed_account(price: int) -> Account:
    """Return the account of a price feed."""
    feed = load_contract("price_feed")
    return account(feed, variables(feed, {"price": price}))


def _call(lending: Contract, number: int, function: str, *arguments: int | bytes) -> PlannedCall:
    return PlannedCall(user(number), LENDING, lending.call_data(function, *arguments))


def _contracts(
    lending: Contract, books: Mapping[str, Mapping[Any, int]], price: int = PRICE
) -> dict[str, tuple[Address, Account]]:
    """Return the pool with these entries, and with the totals that belong to them."""
    storage = variables(lending, {"token": TOKEN, "oracle": FEED})
    for name, values in books.items():
        if name in lending.slots:
            storage |= entries(lending, name, values)
    market_of = books.get("marketOf", {}) if "marketOf" in lending.slots else {}
    for market in sorted({market_of.get(who, 0) for who in books.get("scaledDebtOf", {})} | {0}):
        debtors = (debt for who, debt in books.get("scaledDebtOf", {}).items() if market_of.get(who, 0) == market)
        storage |= _totals(lending, market, sum(debtors))
    tokens = token_account({LENDING: sum(books.get("tokensOf", {}).values()) + 64 * WEALTH})
    deposited = sum(sum(books.get(name, {}).values()) for name in ("etherOf", "collateralOf"))
    return {
        "lending": (LENDING, account(lending, storage, balance=deposited)),
        "feed of lending": (FEED, feed_account(price)),
        "lent token": (TOKEN, tokens),
    }


def _totals(lending: Contract, market: int, scaled_borrows: int) -> dict[int, int]:
    totals = {"cash": WEALTH, "scaledBorrows": scaled_borrows, "index": INDEX}
    totals["totalShares"] = WEALTH + scaled_borrows * INDEX // ETHER
    if "marketOf" not in lending.slots:
        return variables(lending, totals)
    return {slot: value for name in totals for slot, value in entries(lending, name, {market: totals[name]}).items()}
