"""The market maker: it never gives away what it has, and a swap pays what the rule says."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract

people = st.integers(0, 3)
amounts = st.integers(1, 10**6)
pool_steps = st.lists(
    st.one_of(
        st.tuples(st.just("addLiquidity"), people, amounts, amounts),
        st.tuples(st.just("removeLiquidity"), people, amounts),
        st.tuples(st.just("swap"), people, st.integers(0, 1), amounts, st.integers(0, 10)),
    ),
    max_size=8,
)
FORTUNE = 10**12


def check_pool(contract: Contract, story: Story) -> None:
    """The product over the square of the shares never falls, reserves are what is there, and nothing is lost."""
    stage = Stage()
    tokens = [_rich_token(stage) for _ in range(2)]
    pool = stage.create(contract, *(token.address for token in tokens))
    for who in range(4):
        for token in tokens:
            assert stage.call(person(who), token, "approve", pool.address, FORTUNE)
    before = (0, 0, 1)
    for function, who, *arguments in [("addLiquidity", 0, 10**7, 3 * 10**7), *story]:
        done = stage.call(person(who), pool, function, *arguments)
        now = reserve0, reserve1, shares = [stage.ask(pool, n) for n in ("reserve0", "reserve1", "totalShares")]
        assert reserve0 * reserve1 * before[2] ** 2 >= before[0] * before[1] * shares**2
        if done and function == "swap":
            assert stage.last is not None
            check_price(before[:2], tuple(now[:2]), *arguments, int.from_bytes(stage.last.output))
        assert [stage.ask(token, "balanceOf", pool.address) for token in tokens] == [reserve0, reserve1]
        assert sum(stage.ask(pool, "sharesOf", person(n)) for n in range(4)) + 1_000 == shares
        for token in tokens:
            held = [stage.ask(token, "balanceOf", person(n)) for n in range(4)]
            assert sum(held) + stage.ask(token, "balanceOf", pool.address) == 4 * FORTUNE
        before = (reserve0, reserve1, shares)


def check_price(before: Any, after: Any, sell0: int, given_: int, least: int, taken: int) -> None:
    """A swap takes as much as the rule of Uniswap's pair allows, and no unit more: 0.3 % of what is given stays out."""
    (x, y), (new_x, new_y) = (before, after) if sell0 else (before[::-1], after[::-1])
    assert (new_x, new_y) == (x + given_, y - taken)
    assert taken >= least

    def allowed(out: int) -> bool:
        return (1_000 * (x + given_) - 3 * given_) * (y - out) >= 1_000 * x * y

    assert allowed(taken)
    assert not allowed(taken + 1)


def _rich_token(stage: Stage) -> Place:
    """Create the plain token and share it out."""
    token = stage.create(load_contract("erc20"), "", "", 4 * FORTUNE)
    assert all(stage.call(OWNER, token, "transfer", person(who), FORTUNE) for who in range(4))
    return token


@stories
@given(pool_steps)
def test_a_pool_never_gives_away_what_it_has(story: Story) -> None:
    check_pool(load_contract("amm"), story)


def test_a_swap_pays_what_was_asked_or_nothing() -> None:
    stage = Stage()
    tokens = [_rich_token(stage) for _ in range(2)]
    pool = stage.create(load_contract("amm"), *(token.address for token in tokens))
    for token in tokens:
        assert stage.call(person(0), token, "approve", pool.address, FORTUNE)
    assert not stage.call(person(0), pool, "swap", 1, 100, 0)  # nothing in it: no price
    assert stage.call(person(0), pool, "addLiquidity", 10**6, 10**6)
    assert not stage.call(person(0), pool, "swap", 1, 1_000, 997)
    assert stage.call(person(0), pool, "swap", 1, 1_000, 996)
    assert not stage.call(person(1), pool, "swap", 1, 1_000, 0)  # has not approved


SWAPS: Story = [("swap", 1, 1, 10**6, 0), ("swap", 2, 0, 10**5, 10), ("addLiquidity", 1, 10, 10**6),
                ("removeLiquidity", 0, 10**5)]  # fmt: skip


@mistakes(
    ("amm", "PARTS - FEE", "PARTS + FEE", check_pool, SWAPS),
    ("amm", "PARTS - FEE", "PARTS - FEE - 1", check_pool, SWAPS),
    ("amm", "shares = min(", "shares = max(", check_pool, SWAPS),
    ("amm", "self.reserve0 -= taken", "pass", check_pool, SWAPS),
    ("amm", "self.totalShares = total - shares", "pass", check_pool, SWAPS),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
