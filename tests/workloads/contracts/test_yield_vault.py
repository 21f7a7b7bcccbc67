"""The yield vault: the price of a share, the strategy in the market maker, and its impermanent loss to the unit."""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.paper_pool import PaperPool
from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, opened_once, stories
from toyevm.contracts import Contract, contract_source, load_contract
from toyevm.contracts.compile import compile_vyper

FORTUNE, RESERVES = 10**9, (10**7, 2 * 10**7)
FOREVER = 2**255

people = st.integers(0, 3)
amounts = st.integers(0, 10**6)
vault_steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["deposit", "deposit", "mint", "withdraw", "redeem"]), people, amounts),
        st.tuples(amounts, st.sampled_from([0, 490, 500, 1_000])).map(lambda d: ("invest", d[0], d[0] * d[1] // 1_000)),
        st.tuples(st.just("divest"), st.sampled_from([0, 300, 1_000])),
        st.tuples(st.just("trade"), st.integers(0, 1), amounts),
        st.just(("report",)),
    ),
    max_size=8,
)


@dataclass
class Paper:
    """What should be the case, to the unit."""

    pool: PaperPool
    held: int = 0  # shares of the pool
    idle: int = 0
    debt: int = 0
    shares: Counter[int] = field(default_factory=Counter)
    assets: Counter[int] = field(default_factory=lambda: Counter(dict.fromkeys(range(4), FORTUNE)))

    @property
    def supply(self) -> int:
        return sum(self.shares.values())

    def worth(self, amount: int, of: int, per: int, up: bool = False) -> int:
        """Return amount * of / per, or 1 to 1 in an empty vault; -1 where a share of nothing has no price."""
        if not self.supply:
            return amount
        if not per:
            return -1
        return -(-amount * of // per) if up else amount * of // per

    # Each step returns whether it is to go through, and what is so then.

    def enter(self, who: int, assets: int, shares: int) -> bool:
        if min(assets, shares) <= 0 or assets > self.assets[who]:
            return False
        self.assets[who] -= assets
        self.shares[who] += shares
        self.idle += assets
        return True

    def leave(self, who: int, assets: int, shares: int) -> bool:
        if shares < 0 or shares > self.shares[who] or assets > self.idle:
            return False
        self.assets[who] += assets
        self.shares[who] -= shares
        self.idle -= assets
        return True

    def deposit(self, who: int, assets: int) -> bool:
        return self.enter(who, assets, self.worth(assets, self.supply, self.idle + self.debt))

    def mint(self, who: int, shares: int) -> bool:
        return self.enter(who, self.worth(shares, self.idle + self.debt, self.supply, up=True), shares)

    def withdraw(self, who: int, assets: int) -> bool:
        return self.leave(who, assets, self.worth(assets, self.supply, self.idle + self.debt, up=True))

    def redeem(self, who: int, shares: int) -> bool:
        return self.leave(who, self.worth(shares, self.idle + self.debt, self.supply), shares)

    def invest(self, amount: int, sold: int) -> bool:
        pool = copy(self.pool)
        if amount > self.idle or not pool.quote(0, sold) or not (got := pool.add(amount - sold, pool.sell(0, sold))):
            return False
        self.pool, self.held = pool, self.held + got
        self.idle, self.debt = self.idle - amount, self.debt + amount
        return True

    def divest(self, thousandths: int) -> bool:
        shares, pool = self.held * thousandths // 1_000, copy(self.pool)
        got, other = pool.remove(shares)
        if not self.held or not pool.quote(1, other):
            return False
        self.debt -= self.debt * shares // self.held
        self.idle += got + pool.sell(1, other)
        self.pool, self.held = pool, self.held - shares
        return True

    def trade(self, side: int, amount: int) -> bool:
        return bool(self.pool.quote(side, amount) and self.pool.sell(side, amount))

    def report(self) -> bool:
        self.debt = 2 * self.pool.reserves[0] * self.held // self.pool.shares
        return True


@opened_once
def market(amm: str) -> tuple[Stage, Place, Place, Place]:
    """Return two tokens that four people have, and a pool that OWNER filled; `amm` is its source."""
    stage, tokens = Stage(), []
    for _ in range(2):
        token = stage.create(load_contract("erc20"), "", "", 9 * FORTUNE)
        assert all(stage.call(OWNER, token, "transfer", person(who), FORTUNE) for who in range(4))
        tokens.append(token)
    code = load_contract("amm") if amm == contract_source("amm") else compile_vyper(amm, "amm")
    pool = stage.create(code, *(token.address for token in tokens))
    assert all(stage.call(OWNER, token, "approve", pool.address, FOREVER) for token in tokens)
    assert stage.call(OWNER, pool, "addLiquidity", *RESERVES)
    return stage, tokens[0], tokens[1], pool


def open_vault(contract: Contract, amm: str) -> tuple[Stage, Place, Place, Place]:
    """Return a stage with a market and an empty vault: asset, pool, vault; people let the vault take their tokens."""
    stage, asset, other, pool = market(amm)
    vault = stage.create(contract, asset.address, other.address, pool.address)
    assert all(stage.call(person(who), asset, "approve", vault.address, FOREVER) for who in range(4))
    return stage, asset, pool, vault


def check_vault(contract: Contract, story: Story, amm: str = "", fee: int = 3) -> Paper:
    """Hold the vault to the paper after every step; return the paper."""
    stage, asset, pool, vault = open_vault(contract, amm or contract_source("amm"))
    paper, requests = Paper(PaperPool(RESERVES, fee=fee)), "requestOf" in contract.slots
    assert not any(stage.call(person(0), vault, *call) for call in (("invest", 0, 0, 0), ("divest", 0, 0), ("report",)))
    for function, *arguments in story:
        if requests and function == "mint":
            continue
        held, due = paper.held, getattr(paper, function)(*arguments)
        assert act(stage, pool, vault, requests, held, function, *arguments) == due, (function, arguments)
        compare(stage, asset, pool, vault, paper)
    return paper


def act(stage: Stage, pool: Place, vault: Place, requests: bool, held: int, function: str, *arguments: Any) -> bool:
    """Do a step, with all the calls that it takes."""
    if function == "trade":
        return stage.call(OWNER, pool, "swap", 1 - arguments[0], arguments[1], 0)
    if function == "invest":
        return stage.call(OWNER, vault, "invest", *arguments, 0)
    if function in ("divest", "report"):
        return stage.call(
            OWNER, vault, function, *[(held * part // 1_000) for part in arguments], *[0] * len(arguments)
        )
    who, amount = person(arguments[0]), arguments[1]
    if function == "deposit" and requests:
        assert stage.call(who, vault, "requestDeposit", amount)
        assert not stage.call(who, vault, "settle", who)
        done = stage.call(OWNER, vault, "settle", who)
        assert stage.ask(vault, "requestOf", who) == (0 if done else amount)
        return done
    if function in ("deposit", "mint"):
        return stage.call(who, vault, function, amount, who)
    assert not stage.call(OWNER, vault, function, amount, OWNER, who)
    return stage.call(who, vault, function, amount, who, who)


def compare(stage: Stage, asset: Place, pool: Place, vault: Place, paper: Paper) -> None:
    totals = {"totalIdle": paper.idle, "totalDebt": paper.debt, "totalSupply": paper.supply}
    assert {name: stage.stored(vault, name) for name in totals} == totals
    assert (stage.stored(pool, "reserve0"), stage.stored(pool, "reserve1")) == paper.pool.reserves
    assert stage.stored(pool, "sharesOf", vault.address) == paper.held
    assert stage.stored(asset, "balanceOf", vault.address) == paper.idle
    for who in range(4):
        assert stage.stored(vault, "balanceOf", person(who)) == paper.shares[who]
        assert stage.stored(asset, "balanceOf", person(who)) == paper.assets[who]


@stories
@given(vault_steps)
def test_shares_and_assets_agree_with_the_paper_in_both_designs(story: Story) -> None:
    plain, requests = (check_vault(load_contract(name), story) for name in ("yield_vault", "yield_vault_requests"))
    if all(function != "mint" for function, *_ in story):  # which the design by request does not have
        assert plain == requests


# Impermanent loss: in a pool one has less than with both tokens at home, when their price has moved

X = RESERVES[0]
HALF: Story = [("deposit", 0, 3 * X), ("invest", 3 * X, X), ("report",)]  # half of a pool of 4 X and 2 X
NO_FEE = contract_source("amm").replace("FEE: constant(uint256) = 3", "FEE: constant(uint256) = 0")


@pytest.mark.parametrize("root", [Fraction(1), Fraction(2), Fraction(4), Fraction(5), Fraction(1, 2), Fraction(1, 5)])
def test_impermanent_loss_is_that_of_the_formula_to_the_unit(root: Fraction) -> None:
    """Without a fee, and where a price moves by r, a square: value / hold = 2 sqrt(r) / (1 + r).

    The vault begins with 2 X of its asset and X of the other token, at a price of 2. Somebody trades until the reserves
    are 4 X sqrt(r) and 2 X / sqrt(r).
    """
    pytest.importorskip("vyper")
    grown = (4 * X * root, 2 * X / root)
    side = 0 if root >= 1 else 1
    trades = [("trade", side, int(grown[side]) - (4 * X, 2 * X)[side])] if root != 1 else []
    paper = check_vault(load_contract("yield_vault"), [*HALF, *trades, ("report",)], NO_FEE, fee=0)
    assert paper.pool.reserves == grown
    price = Fraction(*paper.pool.reserves)
    value, hold = paper.debt, 2 * X + X * price
    assert price == 2 * root**2
    assert Fraction(value, hold) == 2 * root / (1 + root**2)
    assert hold - value == 2 * X * (root - 1) ** 2  # in units: 20 million of 100 where the price is four times as high


def test_the_loss_goes_when_the_price_comes_back() -> None:
    pytest.importorskip("vyper")
    there, back = ("trade", 0, 4 * X), ("trade", 1, X)
    debts = [check_vault(load_contract("yield_vault"), [*HALF, *trades, ("report",)], NO_FEE, fee=0).debt
             for trades in ([], [there], [there, back])]  # fmt: skip
    assert debts == [4 * X, 8 * X, 4 * X]  # in between, both tokens at home are worth 10 X


def test_fees_make_up_for_a_part_of_the_loss_and_remain_when_the_price_comes_back() -> None:
    check = [check_vault(load_contract("yield_vault"), [*HALF, *trades, ("report",)]) for trades in (
        [], [("trade", 0, 4 * X)], [("trade", 0, 4 * X), ("trade", 1, X)]
    )]  # fmt: skip
    (x0, y0), (x1, y1) = check[0].pool.reserves, check[1].pool.reserves
    part = Fraction(check[0].held, check[0].pool.shares)
    hold = part * (x0 + y0 * Fraction(x1, y1))
    without_fees = 2 * part * isqrt(x0 * y0 * x1 // y1)  # 2 sqrt(k p): the value on the old curve, at the new price
    assert without_fees < check[1].debt < hold
    assert check[2].debt > check[0].debt


def test_a_present_changes_the_price_of_no_share() -> None:
    """Else the first owner of one share could make a share cost more than others give, and keep what they give."""
    stage, asset, _, vault = open_vault(load_contract("yield_vault"), contract_source("amm"))
    assert stage.call(person(0), vault, "deposit", 1, person(0))
    assert stage.call(person(0), asset, "transfer", vault.address, 10**6)
    assert stage.call(person(1), vault, "deposit", 10**6 - 1, person(1))
    assert stage.ask(vault, "balanceOf", person(1)) == 10**6 - 1
    assert [stage.ask(vault, name, 7) for name in ("convertToShares", "convertToAssets")] == [7, 7]
    assert stage.ask(vault, "totalAssets") == 10**6


def test_a_request_lapses_when_the_money_has_gone() -> None:
    stage, asset, _, vault = open_vault(load_contract("yield_vault_requests"), contract_source("amm"))
    assert stage.call(person(0), vault, "requestDeposit", FORTUNE)
    assert stage.call(person(0), asset, "transfer", person(1), 1)
    assert stage.call(OWNER, vault, "settle", person(0))
    assert [stage.ask(vault, name, person(0)) for name in ("requestOf", "balanceOf")] == [0, 0]
    assert not stage.call(OWNER, vault, "settle", person(0))


LIFE: Story = [
    ("deposit", 0, 0), ("deposit", 0, 900_000), ("mint", 1, 100_000), ("invest", 600_000, 290_000), ("report",),
    ("trade", 0, 700_000), ("report",), ("deposit", 2, 77_777), ("mint", 2, 3_333), ("mint", 2, 1),
    ("withdraw", 1, 5_001), ("redeem", 1, 5_001), ("withdraw", 1, 1), ("redeem", 3, 1), ("redeem", 0, 800_000),
    ("divest", 300), ("trade", 1, 333), ("deposit", 3, 10_000), ("divest", 1_000), ("report",), ("redeem", 2, 10),
    ("invest", 10, 5), ("invest", 10**7, 10),
]  # fmt: skip

LEFT: Story = [("deposit", 0, 9_000), ("withdraw", 0, 1_000), ("withdraw", 0, 8_001), ("withdraw", 0, 8_000)]


def _mistake(old: str, new: str, *names: str) -> list[Mistake]:
    """Return mistakes in what both designs have in common, or in those that are named."""
    return [(name, old, new, check_vault, LIFE) for name in names or ("yield_vault",)]


PLANTED = [
    *_mistake('assert msg.sender == self.keeper, "not the keeper"', "pass", "yield_vault", "yield_vault_requests"),
    *_mistake('assert msg.sender == owner, "not the owner"', "pass", "yield_vault", "yield_vault_requests"),
    *_mistake("assert shares > 0 and assets > 0", "assert True"),
    *_mistake("self._shares(assets, True)", "self._shares(assets, False)"),
    *_mistake("self._assets(shares, True)", "self._assets(shares, False)"),
    *_mistake("self._assets(shares, False)\n    self._leave", "self._assets(shares, True)\n    self._leave"),
    *_mistake("self._shares(assets, False)\n    self._enter", "self._shares(assets, True)\n    self._enter"),
    *_mistake("self.totalIdle + self.totalDebt, up", "self.totalIdle, up"),
    *_mistake("self.totalDebt += amount", "pass"),
    *_mistake("self.totalIdle -= amount", "pass"),
    *_mistake("self.totalIdle -= assets", "pass"),
    *_mistake("self.totalSupply -= shares", "pass"),
    *_mistake("addLiquidity(amount - sold, bought)", "addLiquidity(amount - sold, bought - 1)"),
    *_mistake("= 2 * staticcall", "= staticcall"),
    *_mistake(".balanceOf(self) - before", ".balanceOf(self)"),
    *_mistake("self.totalDebt -= self.totalDebt * shares", "self.totalDebt -= 0 * shares"),
    *_mistake("self.requestOf[owner] = 0", "self.requestOf[owner] = 1", "yield_vault_requests"),
    *_mistake("transferFrom(owner, self, assets)", "transferFrom(owner, self, 0)", "yield_vault_requests"),
    *_mistake("self.balanceOf[owner] += shares", "self.balanceOf[msg.sender] += shares", "yield_vault_requests"),
    *_mistake("self._shares(assets, False)\n    self._enter", "assets\n    self._enter", "yield_vault_requests"),
    ("yield_vault_requests", "self.totalIdle -= assets", "pass", check_vault, LEFT),
]


@mistakes(*PLANTED)
def test_every_check_finds_a_planted_mistake(mistake: Mistake) -> None:
    find(mistake)
