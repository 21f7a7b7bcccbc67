"""An exchange without an order book (an automated market maker): users swap two tokens with a pool."""

from __future__ import annotations

from math import isqrt
from random import Random

from toyevm.contracts import Contract, load_contract
from toyevm.state import Account
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application, Ideal
from toyevm.workloads.applications.erc20.workload import FORTUNE
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

RESERVE = 10**7 * ETHER  # of each token in a pool: so much that 10,000 swaps in one direction move the price by 2 %
SLIPPAGE = 95  # a swap wants at least so many hundredths of what it would get first
DAI: Address = b"\x72" * 20
WETH: Address = b"\x73" * 20
FIRST_POOL = 0x80  # the byte that its address repeats; the next pool has the next byte


def swap_tokens(random: Random, count: int, users: int, *, pools: int = 1, searchers: int = 0) -> PlannedBlock:
    """Return swaps of two tokens, in either direction, in one of several pools.

    Args:
        searchers: so many see that the first pool sells too cheaply, and send the same swap, at the top of the block.
            The first one gets it; the others revert, for they wanted no less.
    """
    amm, searchers = load_contract("amm"), min(searchers, count)
    addresses = [bytes([FIRST_POOL + number]) * 20 for number in range(pools)]
    reserves = [(RESERVE, RESERVE * 11 // 10 if searchers and not pool else RESERVE) for pool in range(pools)]
    swaps = [(number, 0, True, RESERVE // 100, 100) for number in random.sample(range(users), min(searchers, users))]
    while len(swaps) < count:
        pool, sell0 = pick(random, pools), random.random() < 0.5
        swaps.append((pick(random, users), pool, sell0, random.randint(1, 9) * ETHER, SLIPPAGE))
    calls = []
    for number, pool, sell0, amount, hundredths in swaps:
        least = quote(amount, *(reserves[pool] if sell0 else reserves[pool][::-1])) * hundredths // 100
        calls.append(PlannedCall(user(number), addresses[pool], amm.call_data("swap", int(sell0), amount, least)))
    people = tuple(user(number) for number in sorted({swap[0] for swap in swaps}))
    contracts = {}
    for side, (name, token) in enumerate((("DAI", DAI), ("WETH", WETH))):
        balances = {address_named(person): FORTUNE for person in people}
        balances |= {pool: amounts[side] for pool, amounts in zip(addresses, reserves, strict=True)}
        spending = {(address_named(call.sender), call.to): FORTUNE for call in calls}
        contracts[name] = (token, token_account(balances, spending))
    for number, (address, amounts) in enumerate(zip(addresses, reserves, strict=True)):
        contracts[f"pool {number}" if pools > 1 else "pool"] = (address, pool_account(amm, *amounts))
    return PlannedBlock(tuple(calls), contracts, people)


def pool_account(amm: Contract, reserve0: int, reserve1: int) -> Account:
    """Return a pool of DAI and WETH with these reserves; all shares are the founder's."""
    shares = isqrt(reserve0 * reserve1)
    storage = variables(
        amm, {"token0": DAI, "token1": WETH, "reserve0": reserve0, "reserve1": reserve1, "totalShares": shares}
    )
    return account(amm, storage | entries(amm, "sharesOf", {address_named("founder"): shares}))


def quote(amount: int, reserve_in: int, reserve_out: int) -> int:
    """Return what the pool pays out for `amount`, by its own formula."""
    paid = amount * 997
    return paid * reserve_out // (reserve_in * 1_000 + paid)


APPLICATIONS = (
    Application(
        "amm-swap",
        "Users swap two tokens in one pool.",
        "reserve0 and reserve1, and the pool's balance of both tokens",
        swap_tokens,
        ideal=Ideal(1.0, 1.0),
    ),
    Application(
        "amm-arbitrage",
        "Five searchers race for the same bargain at the top of the block, four in vain; then users swap in 8 pools.",
        "the reserves of the pool with the bargain, then of each pool",
        swap_tokens,
        {"pools": 8, "searchers": 5},
    ),
)
