"""What people do with the contracts of this repository, drawn from a seed: one function for each kind of call.

Amounts and balances are chosen so that every call succeeds, whatever the seed, in blocks of up to 10,000.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from math import isqrt
from random import Random
from typing import Any

from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.crypto import keccak256, sign
from toyevm.state import Account
from toyevm.types import Address
from toyevm.workloads.scenes import (
    Call,
    Scene,
    account,
    address_named,
    entries,
    mix_scenes,
    pick,
    pick_other,
    wallet_of,
    word_named,
)
from toyevm.workloads.transfers import ETHER

FORTUNE = 10**6 * ETHER  # tokens that everybody has
RESERVE = 10**7 * ETHER  # of each token in a pool: so much that 10,000 swaps in one direction move the price by 2 %
SLIPPAGE = 95  # a swap wants at least so many hundredths of what it would get first
TOKEN, MINTED, DAI, WETH, MARKET, ELECTION, REGISTRY, CHANNELS = (bytes([0x70 + i]) * 20 for i in range(8))


def user(number: int) -> str:
    return f"user {number}"


def transfer_tokens(random: Random, count: int, users: int, *, skew: float = 0.0, burst: int = 0) -> Scene:
    """Return transfers of an ERC-20 token between users.

    Args:
        skew: Zipf's exponent, for payers and payees alike; 0: all alike.
        burst: so many transfers in a row go to the same payee, every second time (a sale, an exchange that collects).
    """
    pairs, rush = [], None
    for i in range(count):
        if burst and i % burst == 0:
            rush = None if rush is not None else pick(random, users, skew)
        payee = pick(random, users, skew) if rush is None else rush
        pairs.append((pick_other(random, users, payee, skew), payee))
    erc20 = load_contract("erc20")
    calls = tuple(
        Call(user(payer), TOKEN, erc20.call_data("transfer", address_named(user(payee)), random.randint(1, 9) * ETHER))
        for payer, payee in pairs
    )
    people = tuple(user(number) for number in sorted({number for pair in pairs for number in pair}))
    return Scene(calls, {"token": (TOKEN, _token({address_named(name): FORTUNE for name in people}))}, people)


def mint_tokens(random: Random, count: int, users: int, *, contract: str) -> Scene:
    """Return mints by users, for users, out of what the issuer allows each."""
    code = load_contract(contract)
    pairs = [(user(pick(random, users)), user(pick(random, users))) for _ in range(count)]
    amounts = [random.randint(1, 9) * ETHER for _ in pairs]
    people = tuple(sorted({name for pair in pairs for name in pair}))
    storage = entries(code, "balanceOf", {address_named(name): FORTUNE for name in people})
    storage |= entries(code, "mintAllowance", {address_named(minter): FORTUNE for minter, _ in pairs})
    supply = "totalSupply" if "totalSupply" in code.slots else "supplyShards"
    storage[code.slots[supply]] = FORTUNE * len(people)
    calls = tuple(
        Call(minter, MINTED, code.call_data("mint", address_named(receiver), amount))
        for (minter, receiver), amount in zip(pairs, amounts, strict=True)
    )
    return Scene(calls, {"minted token": (MINTED, account(code, storage))}, people)


def swap_tokens(random: Random, count: int, users: int, *, pools: int = 1, searchers: int = 0) -> Scene:
    """Return swaps of two tokens, in either direction, in one of several pools.

    Args:
        searchers: so many see that the first pool sells too cheaply, and send the same swap, at the top of the block.
            The first one gets it; the others revert, for they wanted no less.
    """
    amm, searchers = load_contract("amm"), min(searchers, count)
    places = [bytes([0x80 + i]) * 20 for i in range(pools)]
    reserves = [(RESERVE, RESERVE * 11 // 10 if searchers and not pool else RESERVE) for pool in range(pools)]
    swaps = [(number, 0, True, RESERVE // 100, 100) for number in random.sample(range(users), min(searchers, users))]
    while len(swaps) < count:
        pool, sell0 = pick(random, pools), random.random() < 0.5
        swaps.append((pick(random, users), pool, sell0, random.randint(1, 9) * ETHER, SLIPPAGE))
    calls = []
    for number, pool, sell0, amount, hundredths in swaps:
        least = _quote(amount, *(reserves[pool] if sell0 else reserves[pool][::-1])) * hundredths // 100
        calls.append(Call(user(number), places[pool], amm.call_data("swap", int(sell0), amount, least)))
    people = tuple(user(number) for number in sorted({swap[0] for swap in swaps}))
    contracts = {}
    for side, (name, token) in enumerate((("DAI", DAI), ("WETH", WETH))):
        balances = {address_named(person): FORTUNE for person in people}
        balances |= {place: amounts[side] for place, amounts in zip(places, reserves, strict=True)}
        spending = {(address_named(call.sender), call.to) for call in calls}
        contracts[name] = (token, _token(balances, sorted(spending)))
    for number, (place, amounts) in enumerate(zip(places, reserves, strict=True)):
        contracts[f"pool {number}" if pools > 1 else "pool"] = (place, _pool(amm, *amounts))
    return Scene(tuple(calls), contracts, people)


def buy_tokens(random: Random, count: int, users: int, *, contract: str, skew: float = 0.0) -> Scene:
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
        calls.append(Call(user(buyer), MARKET, market.call_data("buy", token)))
    books: dict[str, Mapping[Any, int]] = {
        "ownerOf": owner, "creatorOf": creator, "priceOf": price, "deposits": deposits
    }  # fmt: skip
    storage = {slot: value for name, values in books.items() for slot, value in entries(market, name, values).items()}
    place = (MARKET, account(market, storage, balance=sum(deposits.values())))
    return Scene(tuple(calls), {"market": place}, tuple(map(user, sorted(people))))


def reveal_votes(random: Random, count: int, users: int, *, contract: str, candidates: int = 2) -> Scene:
    """Return the reveals of votes that were sealed in earlier blocks: one for each of `count` voters."""
    election = load_contract(contract)
    sealed: dict[int | bytes, int] = {}
    calls = []
    for number in random.sample(range(max(users, count)), count):
        voter, candidate, secret = address_named(user(number)), random.randrange(candidates), random.randbytes(32)
        sealed[voter] = int.from_bytes(keccak256(_words(candidate, secret, voter)), "big")
        calls.append(Call(user(number), ELECTION, election.call_data("reveal", candidate, secret)))
    slots = election.slots
    storage = {slots["candidates"]: candidates, slots["commitEnd"]: 0, slots["revealEnd"]: 100}
    place = account(election, storage | entries(election, "commitmentOf", sealed))
    return Scene(tuple(calls), {"election": (ELECTION, place)})


def transfer_land(random: Random, count: int, users: int, *, contract: str) -> Scene:
    """Return sales of parcels of land: one by each of `count` owners."""
    registry = load_contract(contract)
    owners: dict[int | bytes, int] = {}
    titles: dict[int | bytes, int] = {}
    calls, people = [], []
    for parcel in random.sample(range(max(users, count)), count):
        seller, buyer = user(parcel), user(pick_other(random, max(users, count), parcel))
        owners[parcel] = word_named(seller)
        titles[parcel] = int.from_bytes(keccak256(_words(0, 0, address_named(seller), random.randbytes(32))), "big")
        people.append(buyer)
        calls.append(
            Call(seller, REGISTRY, registry.call_data("transfer", parcel, address_named(buyer), random.randbytes(32)))
        )
    storage = entries(registry, "ownerOf", owners) | entries(registry, "titleOf", titles)
    if "deeds" in registry.slots:
        storage[registry.slots["deeds"]] = count
    return Scene(tuple(calls), {"land registry": (REGISTRY, account(registry, storage))}, tuple(people))


def claim_payments(random: Random, count: int, users: int, *, gateways: int = 50) -> Scene:
    """Return claims of micropayments: `users` sensors pay the gateway that they belong to, with signed vouchers."""
    channels = load_contract("payments")
    locked, earned = channels.slots["locked"], channels.slots["earned"]
    sensors = [i % users for i in range(count)]
    random.shuffle(sensors)
    totals: Counter[int] = Counter()
    storage: dict[int, int] = {}
    calls = []
    for number in sensors:
        sensor, gateway = f"sensor {number}", f"gateway {number % gateways}"
        payer, payee = address_named(sensor), address_named(gateway)
        totals[number] += random.randint(1, 9) * ETHER // 1_000
        voucher = keccak256(_words(CHANNELS, payee, totals[number]))
        y_parity, r, s = sign(voucher, wallet_of(sensor).private_key)
        calls.append(Call(gateway, CHANNELS, channels.call_data("claim", payer, totals[number], 27 + y_parity, r, s)))
        storage[mapping_slot(mapping_slot(locked, payer), payee)] = 100 * ETHER
        storage[mapping_slot(earned, payee)] = ETHER
    place = account(channels, storage, balance=sum(storage.values()))
    return Scene(tuple(calls), {"channels": (CHANNELS, place)}, tuple(f"sensor {number}" for number in sorted(totals)))


def pay_ether(random: Random, count: int, users: int) -> Scene:
    """Return plain payments between users."""
    pairs = [(payer := pick(random, users), pick_other(random, users, payer)) for _ in range(count)]
    calls = [Call(user(payer), address_named(user(payee)), value=ETHER // 100) for payer, payee in pairs]
    return Scene(tuple(calls), people=tuple(user(payee) for _, payee in pairs))


def mix_applications(random: Random, count: int, users: int) -> Scene:
    """Return a little of everything; the shares are made up, in the order of magnitude of a busy day."""
    parts: list[tuple[int, Callable[..., Scene], dict[str, Any]]] = [
        (30, transfer_tokens, {"skew": 1.0}),
        (15, swap_tokens, {"pools": 4}),
        (5, buy_tokens, {"contract": "nft_market_counter"}),
        (5, claim_payments, {}),
        (5, mint_tokens, {"contract": "erc20_mint"}),
    ]
    scenes = [scene(random, count * share // 100, users, **shape) for share, scene, shape in parts]
    rest = count - sum(len(scene.calls) for scene in scenes)
    return mix_scenes(random, [*scenes, pay_ether(random, rest, users)])


def _token(balances: Mapping[Any, int], spending: list[tuple[Address, Address]] | None = None) -> Account:
    """Return an ERC-20 token; of each pair in `spending`, the second may spend what the first has."""
    erc20 = load_contract("erc20")
    slots = erc20.slots
    storage = entries(erc20, "balanceOf", balances) | {slots["totalSupply"]: sum(balances.values())}
    for owner, spender in spending or ():
        storage[mapping_slot(mapping_slot(slots["allowance"], owner), spender)] = FORTUNE
    return account(erc20, storage)


def _pool(amm: Contract, reserve0: int, reserve1: int) -> Account:
    slots, shares = amm.slots, isqrt(reserve0 * reserve1)
    fields = {"reserve0": reserve0, "reserve1": reserve1, "totalShares": shares}
    tokens = {"token0": int.from_bytes(DAI, "big"), "token1": int.from_bytes(WETH, "big")}
    storage = {slots[name]: value for name, value in (fields | tokens).items()}
    return account(amm, storage | entries(amm, "sharesOf", {address_named("founder"): shares}))


def _quote(amount: int, reserve_in: int, reserve_out: int) -> int:
    """Return what the pool pays out for `amount`, by its own formula."""
    paid = amount * 997
    return paid * reserve_out // (reserve_in * 1_000 + paid)


def _words(*values: int | bytes) -> bytes:
    return b"".join(v.to_bytes(32, "big") if isinstance(v, int) else v.rjust(32, b"\0") for v in values)
