"""The mixer: exact shares, one block for all backends, and blocks that fill as fast as calls come."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import toyevm.rollups.settlements  # noqa: F401  they are backends too, once they are imported
from tests.backends.cases import Case
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.support.system_contracts import system_accounts
from tests.support.whole_backends import ONLY_PAYMENTS, WHOLE_BACKENDS
from tests.workloads.test_applications import digest, execute
from toyevm.backends import BACKENDS, Backend, RunConfig
from toyevm.errors import InputError, NotProvable
from toyevm.state import WorldState
from toyevm.types import Address
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.mixer import MIXABLE, apportion, blocks_at_rate, mix
from toyevm.workloads.workload import BLOCK_GAS, Workload

EACH_CALLS = 3
# what both contracts of an application would have at one address cannot be in one block: so many blocks hold them all
BLOCKS = 4


def homes(name: str) -> set[Address]:
    return {address for address, _ in MIXABLE[name].draw(Random(0), 10, 5).contracts.values()}


def all_applications() -> list[list[str]]:
    """Return every name once, in as few blocks as addresses allow: the first takes whoever is not at home there yet."""
    blocks: list[tuple[list[str], set[Address]]] = []
    for name in MIXABLE:
        free = [block for block in blocks if block[1].isdisjoint(homes(name))]
        names, taken = free[0] if free else ([], set())
        if not free:
            blocks.append((names, taken))
        names.append(name)
        taken |= homes(name)
    return [names for names, _ in blocks]


ALL = all_applications()


def mixed_case(number: int, seed: int = 0) -> Case:
    workload = mix(dict.fromkeys(ALL[number], 1), EACH_CALLS * len(ALL[number]), users=20, seed=seed)
    return Case(f"mixed block {number}", workload.pre, workload.block, workload.chain)


def content(workload: Workload) -> tuple[object, ...]:
    return workload.block, workload.pre, workload.names


def test_every_application_is_in_some_mixed_block() -> None:
    names = [name for block in ALL for name in block]
    assert sorted(names) == sorted({*APPLICATIONS, "ether"} - {"mixed"})
    assert len(ALL) == BLOCKS
    assert len(ALL[0]) >= 25  # one design of each application


@pytest.mark.parametrize("number", range(BLOCKS))
@pytest.mark.parametrize("backend", WHOLE_BACKENDS, ids=lambda backend: backend.name)
def test_a_block_of_all_applications_on_every_backend_equals_sequential(backend: Backend, number: int) -> None:
    case = mixed_case(number)
    for cores, seed in ((2, 1), (16, 0)):
        outcome = outcome_of(backend, case, RunConfig(case.chain, cores, seed))
        assert differences(case, outcome, oracle_of(case), seal=True) == []


@pytest.mark.parametrize("number", range(BLOCKS))
@pytest.mark.parametrize("name", ONLY_PAYMENTS)
def test_a_settlement_of_payments_alone_says_which_call_it_cannot_prove(name: str, number: int) -> None:
    case = mixed_case(number)
    calls = [tx_index for tx_index, tx in enumerate(case.block.transactions) if tx.data]
    with pytest.raises(NotProvable, match=f"transaction {calls[0]}: calls a contract"):
        outcome_of(BACKENDS.named(name), case, RunConfig(case.chain))


@pytest.mark.parametrize("name", ONLY_PAYMENTS)
def test_a_settlement_without_fees_says_so_of_a_mix_of_ether(name: str) -> None:
    workload = mix({"ether": 1, "nft": 0}, 8, users=6)
    with pytest.raises(NotProvable, match="transaction 0: pays a fee"):
        BACKENDS.named(name).execute_block(workload.pre, workload.block, RunConfig(workload.chain))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("number", range(BLOCKS))
def test_in_a_block_of_all_applications_every_call_succeeds_but_those_for_a_lost_bargain(
    number: int, seed: int
) -> None:
    case = mixed_case(number, seed)
    results = BACKENDS.named("sequential").execute_block(case.pre, case.block, RunConfig(case.chain)).result.results
    failed = [case.block.transactions[i].to for i, result in enumerate(results) if not result.succeeded]
    assert set(failed) <= (homes("amm-arbitrage") if "amm-arbitrage" in ALL[number] else set())
    assert len(failed) <= 4


@pytest.mark.parametrize("number", range(BLOCKS))
def test_each_application_has_exactly_its_share_of_the_calls(number: int) -> None:
    shares = {name: 1 + place % 3 for place, name in enumerate(ALL[number])}
    workload = mix(shares, sum(shares.values()) * 2, users=20)
    owner = {address: name for name in shares for address in homes(name)}
    found = Counter(owner.get(tx.to or b"", "ether") for tx in workload.block.transactions)
    assert found == {name: 2 * share for name, share in shares.items()}


@given(
    st.dictionaries(st.sampled_from(list(MIXABLE)), st.integers(0, 99) | st.floats(0, 9), min_size=1),
    st.integers(1, 999),
)
def test_transactions_are_divided_to_less_than_one_from_the_exact_share(
    shares: dict[str, float], transactions: int
) -> None:
    total = sum(shares.values())
    if not total:
        return
    counts = apportion(shares, transactions)
    assert sum(counts.values()) == transactions
    assert list(counts) == list(shares)
    for name, share in shares.items():
        assert abs(counts[name] - share / total * transactions) < 1 + 1e-6
        assert counts[name] >= 0 if share else counts[name] == 0


def test_of_equals_the_first_gets_what_is_left() -> None:
    assert apportion({"nft": 1, "land": 1, "ether": 1}, 5) == {"nft": 2, "land": 2, "ether": 1}
    assert apportion({"nft": 0.3, "land": 0.7}, 200) == {"nft": 60, "land": 140}  # no float is exactly 0.3


@pytest.mark.parametrize("name", [name for name in APPLICATIONS if name != "mixed"])
def test_a_mix_of_one_application_is_its_own_block(name: str) -> None:
    assert content(mix({name: 7}, 30, users=20, seed=5)) == content(APPLICATIONS[name](30, users=20, seed=5))


def test_a_mix_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    shares = dict.fromkeys(ALL[0], 1)
    assert content(mix(shares, 60, users=20, seed=3)) == content(mix(shares, 60, users=20, seed=3))
    assert mix(shares, 60, users=20, seed=3).block != mix(shares, 60, users=20, seed=4).block


def test_a_mix_is_the_same_on_every_computer() -> None:
    workload = mix({"ether": 2, "amm-swap": 1, "nft": 1}, 30, users=20, seed=5)
    assert digest(workload) == ("2444eafad845f556", "412a8ebe25904931")


def test_what_has_no_share_leaves_nothing() -> None:
    assert content(mix({"ether": 1, "nft": 0}, 20)) == content(mix({"ether": 1}, 20))


@pytest.mark.parametrize(("zipf", "least", "most"), [(0.0, 1, 12), (1.0, 30, 80), (3.0, 240, 300)])
def test_the_exponent_says_how_many_go_to_the_most_popular(zipf: float, least: int, most: int) -> None:
    """Of 300 transfers among 100 users, 300/H(100) = 58 are for the first at exponent 1, and 300/1.202 = 250 at 3."""
    workload = mix({"erc20-uniform": 1}, 300, users=100, zipf=zipf)
    payees = Counter(tx.data[4:36] for tx in workload.block.transactions)
    assert least <= max(payees.values()) <= most


def test_without_an_exponent_each_application_keeps_its_own_and_some_have_none() -> None:
    assert mix({"erc20-zipf": 1}, 50).block == mix({"erc20-uniform": 1}, 50, zipf=1.0).block
    assert mix({"land": 1}, 50).block == mix({"land": 1}, 50, zipf=2.0).block


@pytest.mark.parametrize("rate", ["0.2", "1/6", "3", "20"])
def test_blocks_take_in_order_what_has_come_and_leave_waiting_what_does_not_fit(rate: str) -> None:
    crowd = mix({"ether": 2, "amm-swap": 1, "staking-deposit": 1}, 60, users=20)
    blocks = list(blocks_at_rate(crowd, float(Fraction(rate)), gas_limit=1_500_000))
    assert sum((block.workload.block.transactions for block in blocks), ()) == crowd.block.transactions
    pre, come, gone = crowd.pre, 0, 0
    for number, block in enumerate(blocks, 1):
        workload = block.workload
        header, taken = workload.block.header, workload.block.transactions
        assert (header.number, header.timestamp, header.gas_limit) == (number, 12 * number, 1_500_000)
        assert workload.pre == pre
        done = execute(workload)  # which would refuse a block that is too full
        used = sum(result.gas_used for result in done.results)
        come, gone = come + block.arrived, gone + len(taken)
        assert come == min(int(Fraction(rate) * 12 * number), 60)
        assert block.waiting == come - gone
        if block.waiting:
            assert crowd.block.transactions[gone].gas_limit > 1_500_000 - used
        pre = pre.apply(done.diff)
    assert blocks[-1].waiting == 0
    assert any(block.waiting for block in blocks) == (Fraction(rate) > 1)


def test_the_state_after_a_block_holds_what_the_block_does_besides_its_transactions() -> None:
    crowd = mix({"ether": 1}, 4, users=3)
    crowd = replace(crowd, pre=WorldState(dict(crowd.pre.accounts) | system_accounts()))
    first, second = blocks_at_rate(crowd, 1 / 6)
    assert second.workload.pre == crowd.pre.apply(execute(first.workload).diff)
    changed = [second.workload.pre.accounts[address].storage for address in system_accounts()]
    assert list(map(bool, changed)) == [True, False, True, True]  # the parent's hash is noted, and it is 0


def test_a_crowd_for_one_block_is_one_block() -> None:
    crowd = mix({"ether": 1}, 30)
    (block,) = blocks_at_rate(crowd, 10)
    assert (block.workload.block, block.arrived, block.waiting) == (crowd.block, 30, 0)
    assert block.workload.pre == crowd.pre


@pytest.mark.parametrize(
    ("shares", "words"),
    [({"lotto": 1}, "mix: unknown application 'lotto' .expected ether | "),
     ({"mixed": 1}, "unknown application 'mixed'"),
     ({"nft": -1, "land": 2}, "mix: a share of -1 for 'nft' .expected a number from 0"),
     ({"nft": float("nan")}, "a share of nan for 'nft'"),
     ({"nft": float("inf")}, "a share of inf for 'nft'"),
     ({"nft": "half"}, "a share of 'half' for 'nft'"),
     ({"nft": True}, "a share of True for 'nft'"),
     ({}, "mix: no share above 0"),
     ({"nft": 0}, "mix: no share above 0"),
     ({"nft": 1, "nft-counter": 1}, "mix: 'nft' and 'nft-counter' share an address")],
)  # fmt: skip
def test_bad_shares_are_refused_in_one_line(shares: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words.replace("|", r"\|")) as caught:
        mix(shares)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_drawn_is_refused() -> None:
    for transactions, users in ((0, 10), (10, 1)):
        with pytest.raises(InputError, match=f"mix: {transactions} transactions of {users} users"):
            mix({"nft": 1}, transactions, users=users)
    for zipf in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="mix: a Zipf exponent of"):
            mix({"nft": 1}, 10, zipf=zipf)


def test_a_rate_at_which_nothing_comes_and_a_block_too_small_are_refused() -> None:
    crowd = mix({"nft": 1}, 10)
    for rate in (0, -1, 1e-9, float("nan"), float("inf")):
        with pytest.raises(InputError, match=r"blocks_at_rate: .* transactions a second"):
            blocks_at_rate(crowd, rate)
    with pytest.raises(InputError, match=r"a gas limit of 299,999 .expected at least 300,000"):
        blocks_at_rate(crowd, 1, gas_limit=299_999)
    assert next(blocks_at_rate(crowd, 1)).workload.block.header.gas_limit == BLOCK_GAS
