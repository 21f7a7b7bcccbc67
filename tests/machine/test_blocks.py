"""Whole blocks: what comes before, between and after the transactions, and the header it all leads to."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.chains import BEACON_ROOT, PARENT_HASH, block_of, run_block, specified_header
from tests.support.forks import FORKS_WITH_RULES, FORKS_WITH_RULES_IN_EELS
from tests.support.full_block import BLOB_HASH, accounts, transactions, withdrawals
from tests.support.oracles import list_root, specification
from tests.support.system_contracts import RING, system_accounts
from tests.support.whole_backends import WHOLE_BACKENDS
from tests.support.worlds import (
    COINBASE,
    CONTRACT,
    ETHER,
    NOBODY,
    OTHER,
    contract,
    signed,
    store_top,
    world,
)
from toyevm.backends import BACKENDS
from toyevm.backends.base import Registry
from toyevm.backends.sequential import SequentialBackend
from toyevm.blocks import Header, Log, Receipt, Withdrawal, bloom
from toyevm.chain import ChainConfig, blob_base_fee, fake_exponential, next_base_fee, next_excess_blob_gas
from toyevm.errors import InputError, InvalidBlock
from toyevm.forks import CANCUN, LONDON, OSAKA, PARIS, PRAGUE, SHANGHAI, Fork
from toyevm.results import TxResult
from toyevm.sealing import check_link, child_header, seal_block
from toyevm.system import (
    BEACON_ROOTS,
    BLOCK_HASH_HISTORY,
    BLOCK_REWARD,
    DEPOSIT_CONTRACT,
    DEPOSIT_TOPIC,
    WITHDRAWAL_REQUESTS,
    deposit_request,
    is_deposit,
    requests_hash,
)
from toyevm.transactions import BLOB, encode_transaction

by_fork = pytest.mark.parametrize("fork", FORKS_WITH_RULES, ids=str)


@pytest.mark.parametrize("fork", FORKS_WITH_RULES_IN_EELS, ids=str)
def test_a_block_has_the_header_of_the_specification(fork: Fork) -> None:
    pre = world(accounts(fork))
    block = block_of(fork, *transactions(fork), withdrawals=withdrawals(fork))
    outcome = run_block(fork, pre, block)
    expected = specified_header(fork, pre, block)
    assert {name: getattr(outcome.sealed.header, name) for name in expected} == expected
    assert [receipt.succeeded for receipt in outcome.sealed.receipts].count(False) == 1
    assert len(outcome.result.results) == len(block.transactions)


@by_fork
def test_a_header_commits_to_what_is_in_the_block(fork: Fork) -> None:
    """The roots once more, by the `trie` and `rlp` packages."""
    import rlp

    block = block_of(fork, *transactions(fork), withdrawals=withdrawals(fork))
    sealed = run_block(fork, world(accounts(fork)), block).sealed
    header = sealed.header
    receipts = []
    for receipt in sealed.receipts:
        logs = [[log.address, [t.to_bytes(32, "big") for t in log.topics], log.data] for log in receipt.logs]
        body = rlp.encode([int(receipt.succeeded), receipt.cumulative_gas, receipt.bloom, logs])
        receipts.append((bytes([receipt.type]) if receipt.type else b"") + body)
    assert header.receipts_root == list_root(receipts)
    assert header.transactions_root == list_root([encode_transaction(tx) for tx in block.transactions])
    assert header.gas_used == sealed.receipts[-1].cumulative_gas
    if fork.withdrawals:
        listed = [rlp.encode([w.index, w.validator_index, w.address, w.amount]) for w in block.withdrawals]
        assert header.withdrawals_root == list_root(listed)
    else:
        assert header.withdrawals_root is None
    assert (header.blob_gas_used is None) is (fork.blobs is None)
    assert (header.requests_hash is None) is (not fork.requests)
    # 16 since London, one more for withdrawals, three for blobs and the beacon root, one for requests
    assert len(rlp.decode(header.encode())) == 16 + fork.withdrawals + 3 * bool(fork.blobs) + fork.requests


@pytest.mark.parametrize("fork", [OSAKA, PRAGUE], ids=str)
def test_a_block_that_is_too_large_is_refused(fork: Fork) -> None:
    pre, block = world(accounts(fork)), block_of(fork, *transactions(fork), withdrawals=withdrawals(fork))
    outcome = run_block(fork, pre, block)
    size = len(replace(block, header=outcome.sealed.header).encode())
    seal_block(ChainConfig(fork=replace(fork, max_block_size=size)), block, outcome.result, outcome.post)
    with pytest.raises(InvalidBlock, match=f"{size:,} bytes are too many for a block, {size - 1:,} are allowed"):
        seal_block(ChainConfig(fork=replace(fork, max_block_size=size - 1)), block, outcome.result, outcome.post)
    assert (OSAKA.max_block_size, PRAGUE.max_block_size) == (8_388_608, None)


def test_an_empty_block_changes_nothing() -> None:
    outcome = run_block(PARIS, world(), block_of(PARIS))
    assert outcome.post == world()
    header = outcome.sealed.header
    assert (header.gas_used, header.receipts_root) == (0, list_root([]))


# Before the transactions


def test_the_beacon_root_can_be_looked_up() -> None:
    lookup = f"""
        TIMESTAMP PUSH 0 MSTORE
        PUSH 32 PUSH 0 PUSH 32 PUSH 0 PUSH 0 PUSH 0x{BEACON_ROOTS.hex()} GAS CALL {store_top(0)}
        PUSH 0 MLOAD {store_top(1)}
    """
    pre = world({**system_accounts(), CONTRACT: contract(lookup)})
    block = block_of(CANCUN, signed())
    storage = run_block(CANCUN, pre, block).post.accounts
    assert storage[CONTRACT].storage == {0: 1, 1: int.from_bytes(BEACON_ROOT, "big")}
    at = block.header.timestamp % RING
    assert storage[BEACON_ROOTS].storage == {at: block.header.timestamp, at + RING: int.from_bytes(BEACON_ROOT, "big")}


def test_the_parent_hash_is_remembered_since_prague() -> None:
    for fork, remembered in ((CANCUN, {}), (PRAGUE, {999: int.from_bytes(PARENT_HASH, "big")})):
        post = run_block(fork, world(system_accounts()), block_of(fork)).post
        assert post.accounts[BLOCK_HASH_HISTORY].storage == remembered


def test_a_missing_system_contract_does_not_stop_the_block() -> None:
    assert run_block(CANCUN, world(), block_of(CANCUN)).post == world()


# After them


def test_a_withdrawal_is_in_gwei_and_leaves_no_empty_account() -> None:
    block = block_of(SHANGHAI, withdrawals=(Withdrawal(0, 0, NOBODY, 3), Withdrawal(1, 0, OTHER, 0)))
    post = run_block(SHANGHAI, world(), block).post
    assert post.accounts[NOBODY].balance == 3 * 10**9
    assert OTHER not in post.accounts


def test_a_block_of_london_is_rewarded() -> None:
    ommers = tuple(Header(number=1_000 - age, coinbase=bytes([age]) * 20) for age in (1, 6))
    block = block_of(LONDON, signed(to=NOBODY), ommers=ommers, difficulty=5)
    outcome = run_block(LONDON, world(), block)
    balances = {address: account.balance for address, account in outcome.post.accounts.items()}
    assert balances[COINBASE] == 2 * ETHER + 2 * ETHER // 16 + outcome.result.results[0].fee
    assert balances[b"\x01" * 20] == 2 * ETHER * 7 // 8
    assert balances[b"\x06" * 20] == 2 * ETHER * 2 // 8
    assert BLOCK_REWARD == 2 * ETHER
    expected = specified_header(LONDON, world(), block)
    assert outcome.sealed.header.state_root == expected["state_root"]


def test_a_block_after_the_merge_is_not_rewarded() -> None:
    assert COINBASE not in run_block(PARIS, world(), block_of(PARIS)).post.accounts


def deposit_log(**changes: Any) -> Log:
    """Return what the deposit contract logs: five strings, as the ABI encodes them."""
    parts = [b"\x01" * 48, b"\x02" * 32, b"\x03" * 8, b"\x04" * 96, b"\x05" * 8]
    head, tail = b"", b""
    for part in parts:
        head += (5 * 32 + len(tail)).to_bytes(32, "big")
        tail += len(part).to_bytes(32, "big") + part + bytes(-len(part) % 32)
    return Log(DEPOSIT_CONTRACT, (DEPOSIT_TOPIC,), head + tail)._replace(**changes)


def test_a_deposit_is_read_as_in_the_specification() -> None:
    oracle = specification()
    request = b"\x01" * 48 + b"\x02" * 32 + b"\x03" * 8 + b"\x04" * 96 + b"\x05" * 8
    assert deposit_request(deposit_log()) == request
    assert oracle.fork_module("Prague", ".requests").extract_deposit_data(deposit_log().data) == request


@given(st.integers(0, 575), st.integers(1, 255))
@settings(max_examples=100)
def test_a_corrupted_deposit_is_judged_as_in_the_specification(position: int, flip: int) -> None:
    """Whatever byte is wrong, the specification and we agree on whether that is still a deposit."""
    theirs = specification().fork_module("Prague", ".requests")
    from ethereum.exceptions import InvalidBlock as TheirInvalidBlock

    data = bytearray(deposit_log().data)
    data[position] ^= flip
    log = deposit_log(data=bytes(data))
    try:
        expected = theirs.extract_deposit_data(log.data)
    except TheirInvalidBlock:
        with pytest.raises(InvalidBlock, match="malformed deposit"):
            deposit_request(log)
    else:
        assert deposit_request(log) == expected


@pytest.mark.parametrize("data", [b"", bytes(575), bytes(576), bytes(577), deposit_log().data + bytes(32)])
def test_a_deposit_of_the_wrong_size_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidBlock):
        deposit_request(deposit_log(data=data))


def test_only_the_log_of_a_deposit_is_a_deposit() -> None:
    assert is_deposit(deposit_log())
    for other in (deposit_log(address=OTHER), deposit_log(topics=()), deposit_log(topics=(5, DEPOSIT_TOPIC))):
        assert not is_deposit(other)


@pytest.mark.parametrize("fork", [PRAGUE, OSAKA], ids=str)
@pytest.mark.parametrize("answers", [(b"", b""), (b"\x11", b""), (b"", b"\x22" * 3), (b"\x11" * 32, b"\x22")])
def test_the_requests_hash_commits_to_the_requests_of_the_block(fork: Fork, answers: tuple[bytes, bytes]) -> None:
    data = deposit_log().data
    logger = f"PUSH {len(data)} PUSH 0 PUSH 0 CALLDATACOPY PUSH {DEPOSIT_TOPIC} PUSH {len(data)} PUSH 0 LOG1"
    pre = world({**system_accounts(*answers), DEPOSIT_CONTRACT: contract(logger)})
    block = block_of(fork, signed(to=DEPOSIT_CONTRACT, data=data))
    outcome = run_block(fork, pre, block)
    requests = [b"\x00" + deposit_request(deposit_log()), b"\x01" + answers[0], b"\x02" + answers[1]]
    kept = [request for request in requests if len(request) > 1]
    assert list(outcome.result.requests) == kept
    by_hand = sha256(b"".join(sha256(request).digest() for request in kept)).digest()
    assert outcome.sealed.header.requests_hash == by_hand == requests_hash(kept)
    assert by_hand == specified_header(fork, pre, block)["requests_hash"]
    assert outcome.post.accounts[WITHDRAWAL_REQUESTS].storage == {0: 1}


def test_a_failing_request_contract_and_a_malformed_deposit_are_refused() -> None:
    broken = world({**system_accounts(), WITHDRAWAL_REQUESTS: contract("PUSH 0 PUSH 0 REVERT")})
    with pytest.raises(InvalidBlock, match=r"0x00000961ef480eb55e80d19ad83579a64c007002.* failed: revert"):
        run_block(PRAGUE, broken, block_of(PRAGUE))
    logger = contract(f"PUSH {DEPOSIT_TOPIC} PUSH 0 PUSH 0 LOG1")
    pre = world({**system_accounts(), DEPOSIT_CONTRACT: logger})
    with pytest.raises(InvalidBlock, match="malformed deposit"):
        run_block(PRAGUE, pre, block_of(PRAGUE, signed(to=DEPOSIT_CONTRACT)))
    assert run_block(CANCUN, pre, block_of(CANCUN, signed(to=DEPOSIT_CONTRACT))).result.results[0].succeeded


# Invalid blocks


@pytest.mark.parametrize(
    ("second", "header", "reason"),
    [
        ({"nonce": 5}, {}, "nonce-too-high"),
        ({"gas_limit": 180_000}, {"gas_limit": 200_000}, "gas-limit-above-block: 180000 against 179000"),
        ({"type": BLOB, "blob_hashes": (BLOB_HASH,) * 4, "max_fee_per_blob_gas": 1}, {}, "too-many-blobs: 4 against 3"),
    ],
)
def test_a_bad_transaction_is_refused_with_its_place(second: Any, header: Any, reason: str) -> None:
    first = signed(to=NOBODY, type=BLOB, blob_hashes=(BLOB_HASH,) * 3, max_fee_per_blob_gas=1, gas_limit=100_000)
    block = block_of(CANCUN, first, signed(**{"nonce": 1, "to": NOBODY, "gas_limit": 100_000} | second), **header)
    with pytest.raises(InvalidBlock, match=reason) as caught:
        run_block(CANCUN, world(), block)
    assert caught.value.tx_index == 1
    assert str(caught.value).startswith("transaction 1: ")


def test_gas_that_a_transaction_did_not_use_is_left_for_the_others() -> None:
    """What counts is what is used: a block with room for one limit may hold many transactions."""
    many = [signed(to=NOBODY, nonce=nonce, gas_limit=100_000) for nonce in range(5)]
    assert (
        run_block(OSAKA, world(system_accounts()), block_of(OSAKA, *many, gas_limit=200_000)).result.gas_used == 105_000
    )


def test_a_transaction_sees_what_the_one_before_did() -> None:
    source = f"PUSH 1 PUSH 0 SLOAD ADD {store_top(0)}"
    pre = world({CONTRACT: contract(source)})
    block = block_of(PARIS, *(signed(nonce=nonce) for nonce in range(3)))
    assert run_block(PARIS, pre, block).post.accounts[CONTRACT].storage == {0: 3}


# Links, prices, and the small print of sealing

PARENT = Header(number=7, gas_limit=30_000_000, gas_used=20_000_000, base_fee_per_gas=1_000, timestamp=100)


@by_fork
def test_a_child_header_follows_its_parent(fork: Fork) -> None:
    parent = replace(PARENT, excess_blob_gas=2**20, blob_gas_used=2**19) if fork.blobs else PARENT
    chain = ChainConfig(fork=fork)
    child = child_header(chain, parent)
    check_link(chain, parent, child)
    assert (child.number, child.timestamp, child.parent_hash) == (8, 112, parent.hash)
    assert (child.excess_blob_gas is not None) is (fork.blobs is not None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parent_hash": bytes(32)}, "parent_hash does not follow"),
        ({"number": 9}, "number does not follow"),
        ({"base_fee_per_gas": 1_000}, "base_fee_per_gas does not follow"),
        ({"excess_blob_gas": 5}, "excess_blob_gas does not follow"),
        ({"excess_blob_gas": None}, "excess_blob_gas does not follow"),
        ({"timestamp": 100}, "timestamp"),
        ({"gas_limit": 30_000_000 + 29_296}, "gas_limit"),
        ({"gas_limit": 30_000_000 - 29_296}, "gas_limit"),
    ],
)
def test_a_header_that_does_not_follow_is_refused(change: dict[str, Any], message: str) -> None:
    chain, parent = ChainConfig(fork=CANCUN), replace(PARENT, excess_blob_gas=0, blob_gas_used=0)
    header = replace(child_header(chain, parent), **change)
    with pytest.raises(InvalidBlock, match=message):
        check_link(chain, parent, header)
    block = replace(block_of(CANCUN), header=header)
    outcome = run_block(CANCUN, world(), block)
    with pytest.raises(InvalidBlock, match=message):
        seal_block(chain, block, outcome.result, outcome.post, parent)


def test_a_gas_limit_at_the_edge_is_accepted_but_none_below_the_minimum() -> None:
    chain = ChainConfig(fork=PARIS)
    for limit in (30_000_000 + 29_295, 30_000_000 - 29_295):
        check_link(chain, PARENT, replace(child_header(chain, PARENT), gas_limit=limit))
    small = replace(PARENT, gas_limit=5_001, gas_used=0)
    check_link(chain, small, replace(child_header(chain, small), gas_limit=5_000))
    tiny = replace(PARENT, gas_limit=5_000, gas_used=0)
    with pytest.raises(InvalidBlock, match="gas_limit"):
        check_link(chain, tiny, replace(child_header(chain, tiny), gas_limit=4_999))


@given(st.integers(5_000, 10**9), st.integers(0, 100), st.integers(0, 10**12))
@settings(max_examples=200)
def test_the_base_fee_moves_as_in_the_specification(gas_limit: int, percent: int, base_fee: int) -> None:
    theirs = specification().fork_module("Prague", ".fork").calculate_base_fee_per_gas
    from ethereum_types.numeric import Uint

    gas_used = gas_limit * percent // 100
    expected = theirs(Uint(gas_limit), Uint(gas_limit), Uint(gas_used), Uint(base_fee))
    assert next_base_fee(Header(gas_limit=gas_limit, gas_used=gas_used, base_fee_per_gas=base_fee)) == expected


@pytest.mark.parametrize("fork", [fork for fork in FORKS_WITH_RULES_IN_EELS if fork.blobs], ids=str)
@given(excess=st.integers(0, 2**27), count=st.integers(0, 21), base_fee=st.integers(0, 10**10))
@settings(max_examples=100)
def test_the_blob_fee_moves_as_in_the_specification(fork: Fork, excess: int, count: int, base_fee: int) -> None:
    gas = specification().fork_module(fork.name, ".vm.gas")
    types = specification().fork_module(fork.name, ".blocks")
    from ethereum_types.numeric import U64, Uint

    used = count * 2**17
    parent = object.__new__(types.Header)  # the formula looks at three fields of many
    for name, value in (
        ("excess_blob_gas", U64(excess)),
        ("blob_gas_used", U64(used)),
        ("base_fee_per_gas", Uint(base_fee)),
    ):
        object.__setattr__(parent, name, value)
    header = Header(excess_blob_gas=excess, blob_gas_used=used, base_fee_per_gas=base_fee)
    assert next_excess_blob_gas(fork, header) == gas.calculate_excess_blob_gas(parent)
    assert blob_base_fee(fork.blobs, excess) == gas.calculate_blob_gas_price(U64(excess))


@given(st.integers(1, 100), st.integers(0, 10_000), st.integers(1, 1_000))
def test_the_exponential_equals_that_of_the_specification(factor: int, numerator: int, denominator: int) -> None:
    specification()
    from ethereum.utils.numeric import taylor_exponential
    from ethereum_types.numeric import Uint

    numerator = min(numerator, 20 * denominator)
    expected = taylor_exponential(Uint(factor), Uint(numerator), Uint(denominator))
    assert fake_exponential(factor, numerator, denominator) == expected


def test_blobs_have_a_price_before_there_are_any() -> None:
    assert blob_base_fee(None, 10**9) == 1
    assert next_excess_blob_gas(SHANGHAI, PARENT) == 0


def test_a_bloom_holds_the_address_and_every_topic() -> None:
    log = Log(OTHER, (1, 2**255), b"data does not count")
    whole = int.from_bytes(bloom([log]), "big")
    assert bloom([log]) == Receipt(0, True, 0, (log,)).bloom
    for topics in ((), (1,), (2**255,)):
        part = int.from_bytes(bloom([log._replace(topics=topics)]), "big")
        assert part & whole == part
    assert 3 <= whole.bit_count() <= 9
    assert int.from_bytes(bloom([log._replace(address=NOBODY)]), "big") & ~whole


# The registry of backends


def test_a_backend_name_that_is_taken_or_unknown_is_refused() -> None:
    registry = Registry()
    registry.register(SequentialBackend())
    with pytest.raises(ValueError, match="sequential"):
        registry.register(SequentialBackend())
    with pytest.raises(InputError, match="unknown backend 'no'"):
        registry.named("no")
    assert [backend.name for backend in registry] == ["sequential"]
    assert next(iter(BACKENDS)).kind == "sequential"


@pytest.mark.parametrize("backend", [backend.name for backend in WHOLE_BACKENDS])
def test_no_backend_changes_what_it_is_given(backend: str) -> None:
    pre = world(accounts(OSAKA))
    root = pre.root
    block = block_of(OSAKA, *transactions(OSAKA), withdrawals=withdrawals(OSAKA))
    outcome = run_block(OSAKA, pre, block, backend)
    assert type(pre)(pre.accounts).root == root
    assert outcome.sealed == run_block(OSAKA, pre, block).sealed
    assert all(isinstance(result, TxResult) for result in outcome.result.results)
