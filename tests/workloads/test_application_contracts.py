"""What each contract promises, over random stories; and that each check fails on a contract that breaks the promise.

A check takes a contract and a story, a list of steps; hypothesis tells stories, and the mutants at the end are the
contracts' own sources with one mistake each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from toyevm.contracts import Contract, contract_source, load_contract
from toyevm.contracts.compile import compile_vyper
from toyevm.crypto import address_of, keccak256, sign
from toyevm.state import Account

Story = list[tuple[Any, ...]]
few = settings(max_examples=20)
people = st.integers(0, 3)


def word(value: int | bytes) -> bytes:
    return value.to_bytes(32) if isinstance(value, int) else value.rjust(32, b"\0")


# Tokens that are minted and burned

token_steps = st.lists(
    st.tuples(st.sampled_from(["mint", "burn", "transfer"]), people, people, st.integers(0, 120)), max_size=12
)


def check_supply(contract: Contract, story: Story) -> list[int]:
    """Hold supply and balances to a ledger on paper; return the final balances."""
    stage = Stage()
    token = stage.create(contract)
    for minter in range(3):  # not 3
        assert stage.call(OWNER, token, "allowMinter", person(minter), 200)
    assert not stage.call(person(3), token, "allowMinter", person(3), 200)
    allowed, owned = Counter({0: 200, 1: 200, 2: 200}), Counter[int]()
    for function, who, whom, amount in story:
        enough = (allowed if function == "mint" else owned)[who] >= amount
        arguments = (amount,) if function == "burn" else (person(whom), amount)
        assert stage.call(person(who), token, function, *arguments) == enough
        if enough:
            (allowed if function == "mint" else owned)[who] -= amount
            if function != "burn":
                owned[whom] += amount
        assert stage.ask(token, "totalSupply") == sum(owned.values())
    found = [stage.ask(token, "balanceOf", person(who)) for who in range(4)]
    assert found == [owned[who] for who in range(4)]
    return found


@few
@given(token_steps)
def test_a_sharded_supply_equals_the_plain_supply(story: Story) -> None:
    assert check_supply(load_contract("erc20_mint"), story) == check_supply(load_contract("erc20_sharded"), story)


# The market maker

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
    """Create the plain token (its name and symbol are empty strings) and share it out."""
    token = stage.create(load_contract("erc20"), 0x60, 0x80, 4 * FORTUNE, 0, 0)
    assert all(stage.call(OWNER, token, "transfer", person(who), FORTUNE) for who in range(4))
    return token


@few
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


# The market for unique tokens

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
    owners, creators, prices, fees = {}, {}, Counter[int](), Counter[int]()
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
                book[who] = 0
        for name, book in books.items():
            assert [stage.ask(market, name, person(n)) for n in range(4)] == [book[n] for n in range(4)]
        assert {t: stage.ask(market, "ownerOf", t) for t in owners} == {
            t: int.from_bytes(person(owner)) for t, owner in owners.items()
        }
        assert stage.balance(market) == sum(sum(book.values()) for book in books.values()) + sum(fees.values())
    for seller in range(4):
        if "fees" not in contract.slots:
            assert stage.call(person(0), market, "collect", person(seller))
    assert "fees" not in contract.slots or stage.call(person(0), market, "collect")
    assert stage.world.accounts.get(OWNER, Account()).balance == sum(fees.values())
    assert stage.balance(market) == sum(sum(book.values()) for book in books.values())


@pytest.mark.parametrize("name", ["nft_market", "nft_market_counter"])
@few
@given(market_steps)
def test_a_sale_pays_everybody_to_the_wei(name: str, story: Story) -> None:
    check_market(load_contract(name), story)


# The election

vote_steps = st.lists(
    st.tuples(
        st.sampled_from(["commit", "reveal", "reveal", "late"]), st.integers(0, 4), st.integers(0, 3), st.booleans()
    ),
    max_size=14,
)


def check_election(contract: Contract, story: Story) -> list[int]:
    """Each registered voter counts at most once, for what was sealed; return the tally.

    The whole story is tried in every phase; "late" is a reveal that is kept for when all is over.
    """
    stage = Stage()
    election = stage.create(contract, 3, 10, 20)
    voters = [person(8 * number) for number in range(5)]  # which share two shards
    assert all(stage.call(OWNER, election, "register", voter) for voter in voters[:4])
    assert not stage.call(voters[4], election, "register", voters[4])
    sealed: dict[int, tuple[int, bytes]] = {}
    revealed: set[int] = set()
    tally = Counter[int]()
    for phase, block in (("commit", 10), ("reveal", 20), ("late", 21)):
        stage.at_block(block)
        for function, voter, candidate, honest in story:
            secret = bytes([voter, candidate]) * 16
            if function == "commit":
                seal = keccak256(word(candidate) + secret + word(voters[voter]))
                done = stage.call(voters[voter], election, "commit", seal)
                assert done == (phase == "commit" and voter != 4 and voter not in sealed)
                if done:
                    sealed[voter] = candidate, secret
            elif function == "reveal" or phase == "late":
                shown = candidate if honest else sealed.get(voter, (0,))[0], secret
                done = stage.call(voters[voter], election, "reveal", *shown)
                assert done == (
                    phase == "reveal" and sealed.get(voter) == shown and shown[0] < 3 and voter not in revealed
                )
                if done:
                    revealed.add(voter)
                    tally[shown[0]] += 1
        assert [stage.ask(election, "tally", n) for n in range(3)] == [tally[n] for n in range(3)]
    return [tally[n] for n in range(3)]


@few
@given(vote_steps)
def test_a_vote_counts_once_and_as_it_was_sealed(story: Story) -> None:
    assert check_election(load_contract("election"), story) == check_election(load_contract("election_sharded"), story)


def test_a_seal_that_somebody_else_copied_is_worthless() -> None:
    stage = Stage()
    election = stage.create(load_contract("election"), 2, 10, 20)
    seal, secret = keccak256(word(1) + bytes(32) + word(person(0))), bytes(32)
    for voter in range(2):
        assert stage.call(OWNER, election, "register", person(voter))
        assert stage.call(person(voter), election, "commit", seal)
    stage.at_block(11)
    assert stage.call(person(0), election, "reveal", 1, secret)
    assert not stage.call(person(1), election, "reveal", 1, secret)


# The land registry

land_steps = st.lists(
    st.tuples(st.sampled_from(["register", "transfer", "transfer"]), people, st.integers(0, 2), people), max_size=16
)


def check_land(contract: Contract, story: Story) -> None:
    """A title is the chain of all deeds of its parcel, as the log has them; only the owner sells."""
    stage = Stage()
    registry = stage.create(contract)
    owners: dict[int, int] = {}
    titles: dict[int, bytes] = {}
    deeds = 0
    for turn, (function, who, parcel, buyer) in enumerate(story):
        deed, sender = bytes([turn + 1]) * 32, OWNER if function == "register" else person(who)
        done = stage.call(sender, registry, function, parcel, person(buyer), deed)
        assert done == (parcel not in owners if function == "register" else owners.get(parcel) == who)
        if done:
            assert stage.last is not None
            ((_, topics, logged),) = stage.last.logs
            seller = person(owners[parcel]) if parcel in owners else b""
            assert topics[1:] == (parcel, int.from_bytes(seller), int.from_bytes(person(buyer)))
            assert logged == deed
            titles[parcel] = keccak256(titles.get(parcel, bytes(32)) + word(seller) + word(person(buyer)) + deed)
            owners[parcel], deeds = buyer, deeds + 1
        for one in owners:
            assert stage.ask(registry, "ownerOf", one) == int.from_bytes(person(owners[one]))
            assert stage.ask(registry, "titleOf", one) == int.from_bytes(titles[one])
    assert "deeds" not in contract.slots or stage.ask(registry, "deeds") == deeds
    assert not stage.call(person(0), registry, "register", 9, person(0), bytes(32))


@pytest.mark.parametrize("name", ["land_registry", "land_registry_counter"])
@few
@given(land_steps)
def test_a_title_is_the_chain_of_its_deeds(name: str, story: Story) -> None:
    check_land(load_contract(name), story)


# Payments

KEYS = [bytes([number]) * 32 for number in (1, 2)]
payment_steps = st.lists(
    st.one_of(
        st.tuples(st.just("lock"), st.integers(0, 1), people, st.integers(1, 100)),
        st.tuples(st.just("claim"), st.integers(0, 1), people, st.integers(0, 150), st.sampled_from([0, 0, 1])),
        st.tuples(st.just("withdraw"), people),
    ),
    max_size=12,
)


def check_payments(contract: Contract, story: Story) -> None:
    """A payee gets what was signed to it, once, as far as it is locked; ether is somebody's at every moment."""
    stage = Stage()
    channels = stage.create(contract)
    locked, claimed, earned, paid = Counter[Any](), Counter[Any](), Counter[int](), Counter[int]()
    for function, who, *arguments in story:
        if function == "lock":
            payee, amount = arguments
            assert stage.call(address_of(KEYS[who]), channels, "lock", person(payee), value=amount)
            locked[who, payee] += amount
        elif function == "claim":
            payee, total, other_key = arguments
            voucher = keccak256(word(channels.address) + word(person(payee)) + word(total))
            y_parity, r, s = sign(voucher, KEYS[(who + other_key) % 2])
            done = stage.call(person(payee), channels, "claim", address_of(KEYS[who]), total, 27 + y_parity, r, s)
            assert done == (not other_key and claimed[who, payee] <= total <= locked[who, payee])
            if done:
                earned[payee] += total - claimed[who, payee]
                claimed[who, payee] = total
        else:
            assert stage.call(person(who), channels, "withdraw")
            paid[who] += earned.pop(who, 0)
        assert [stage.ask(channels, "earned", person(n)) for n in range(4)] == [earned[n] for n in range(4)]
        assert stage.balance(channels) == sum(locked.values()) - sum(paid.values())
    found = {n: stage.world.accounts.get(person(n), Account()).balance for n in range(4)}
    assert found == {n: paid[n] for n in range(4)}


@few
@given(payment_steps)
def test_a_voucher_is_paid_once_to_whom_it_was_signed(story: Story) -> None:
    check_payments(load_contract("payments"), story)


# Each check bites

VOTES: Story = [("commit", 0, 1, True), ("commit", 2, 1, True), *[("reveal", n, 1, True) for n in (0, 2, 0)]]
SALES: Story = [("mint", 0, 0), ("offer", 0, 0, 999), ("buy", 1, 0), ("offer", 1, 0, 777), ("buy", 2, 0), ("buy", 3, 0)]
DEEDS: Story = [("register", 0, 1, 2), ("transfer", 2, 1, 3), ("transfer", 2, 1, 0), ("register", 0, 1, 1)]
VOUCHERS: Story = [("lock", 0, 1, 50), ("claim", 0, 1, 20, 0), ("claim", 0, 1, 20, 0), ("claim", 0, 1, 30, 1),
                   ("claim", 0, 1, 60, 0), ("withdraw", 1), ("claim", 0, 1, 50, 0)]  # fmt: skip
MINTS: Story = [("mint", 0, 1, 50), ("burn", 1, 1, 50), ("transfer", 0, 1, 1), ("mint", 3, 3, 1)]
SWAPS: Story = [("swap", 1, 1, 10**6, 0), ("swap", 2, 0, 10**5, 10), ("addLiquidity", 1, 10, 10**6),
                ("removeLiquidity", 0, 10**5)]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "check", "story"),
    [
        ("erc20_mint", "self.totalSupply -= amount", "pass", check_supply, MINTS),
        ("erc20_mint", "self.mintAllowance[msg.sender] -= amount", "pass", check_supply, MINTS),
        ("erc20_sharded", "self.supplyShards[self._shard()] -=", "self.supplyShards[0] +=", check_supply, MINTS),
        ("erc20_sharded", "total += part", "total = part", check_supply, MINTS),
        ("amm", "PARTS - FEE", "PARTS + FEE", check_pool, SWAPS),
        ("amm", "PARTS - FEE", "PARTS - FEE - 1", check_pool, SWAPS),
        ("amm", "shares = min(", "shares = max(", check_pool, SWAPS),
        ("amm", "self.reserve0 -= taken", "pass", check_pool, SWAPS),
        ("amm", "self.totalShares = total - shares", "pass", check_pool, SWAPS),
        ("nft_market", "ROYALTY: constant(uint256) = 50", "ROYALTY: constant(uint256) = 49", check_market, SALES),
        ("nft_market", "price - royalty - fee", "price - royalty", check_market, SALES),
        ("nft_market_counter", "self.royalties[self.creatorOf[token]]", "self.royalties[seller]", check_market, SALES),
        ("nft_market_counter", "self.fees += fee", "pass", check_market, SALES),
        ("nft_market_counter", "self.priceOf[token] = 0", "pass", check_market, SALES),
        ("election", "self.commitmentOf[msg.sender] = empty(bytes32)", "pass", check_election, VOTES),
        ("election", "self.mayCommit[msg.sender] = False", "pass", check_election, [*VOTES, ("commit", 0, 2, True)]),
        ("election", "block.number <= self.revealEnd", "True", check_election, [VOTES[0], ("late", 0, 1, True)]),
        ("election_sharded", "% SHARDS] += 1", "% SHARDS] = 1", check_election, VOTES),
        ("land_registry", "self.ownerOf[parcel] == msg.sender", "True", check_land, DEEDS),
        ("land_registry", "self.titleOf[parcel], seller", "empty(bytes32), seller", check_land, DEEDS),
        ("land_registry_counter", "self.deeds += 1", "self.deeds = 1", check_land, DEEDS),
        ("payments", " and signer == payer", "", check_payments, VOUCHERS),
        ("payments", "self.claimed[payer][msg.sender] = total", "pass", check_payments, VOUCHERS),
        ("payments", 'assert total <= self.locked[payer][msg.sender], "more than is locked"', "pass", check_payments,
         VOUCHERS),
        ("payments", "self.earned[msg.sender] = 0", "pass", check_payments, VOUCHERS),
    ],
)  # fmt: skip
def test_every_check_fails_on_a_planted_mistake(
    name: str, old: str, new: str, check: Callable[[Contract, Story], Any], story: Story
) -> None:
    pytest.importorskip("vyper")
    source = contract_source(name)
    assert source.count(old) >= 1
    check(load_contract(name), story)
    with pytest.raises(AssertionError):
        check(compile_vyper(source.replace(old, new), name), story)
