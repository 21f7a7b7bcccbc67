"""Generated payments: the same everywhere, really signed, and with exactly the dependencies they are made for."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.backends import BACKENDS, RunConfig
from toyevm.chain import ChainConfig
from toyevm.errors import InputError
from toyevm.forks import FORKS
from toyevm.results import BlockResult
from toyevm.sealing import seal_block
from toyevm.transactions import encode_transaction
from toyevm.types import Field, Location
from toyevm.units import ETHER, GWEI
from toyevm.workloads.transfers import (
    Payment,
    block_of,
    mixed,
    read_payment,
    read_payments,
    to_many,
    to_one_shop,
    two_blocks,
)
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import PRODUCER, Workload


def executed(workload: Workload) -> BlockResult:
    return BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain)).result


def digest(workload: Workload) -> str:
    return sha256(b"".join(map(encode_transaction, workload.block.transactions))).hexdigest()


FIELDS_OF_A_HEADER = {"Cancun": 20, "Prague": 21, "Osaka": 21}  # EIP-4788 the 20th, EIP-7685 the 21st


@pytest.mark.parametrize("name", FIELDS_OF_A_HEADER)
def test_the_header_of_a_generated_block_has_every_field_of_its_fork(name: str) -> None:
    chain, workload = ChainConfig(fork=FORKS[name]), mixed(3, to_shop=1)
    result = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(chain)).result
    header = seal_block(chain, workload.block, result, workload.pre.apply(result.diff)).header
    assert len(header.as_rlp()) == FIELDS_OF_A_HEADER[name]


def test_a_block_is_the_same_in_every_run() -> None:
    program = (
        "from tests.workloads.test_transfers import digest; from toyevm.workloads.transfers import mixed;"
        "print(digest(mixed(8, to_shop=3, seed=5)))"
    )
    path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=path | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {digest(mixed(8, to_shop=3, seed=5))}
    assert digest(mixed(8, to_shop=3, seed=6)) not in found


def test_the_two_blocks_look_alike_from_outside() -> None:
    for token in (False, True):
        blocks = two_blocks(token=token)
        outcomes = {name: executed(workload) for name, workload in blocks.items()}
        assert all(result.succeeded for outcome in outcomes.values() for result in outcome.results)
        payers = {name: len({tx.sender for tx in w.block.transactions}) for name, w in blocks.items()}
        assert payers == {"A": 100, "B": 100}
    plain = {executed(workload).gas_used for workload in two_blocks().values()}
    assert plain == {2_100_000}


@pytest.mark.parametrize("to_shop", [0, 3, 10])
def test_the_shop_gets_as_many_payments_as_were_asked_for(to_shop: int) -> None:
    workload = mixed(10, to_shop=to_shop)
    payees = [workload.name(tx.to or b"") for tx in workload.block.transactions]
    assert payees.count("shop") == to_shop
    assert len(set(payees)) == 10 - max(to_shop - 1, 0)


def test_more_payments_to_the_shop_than_there_are_is_refused() -> None:
    with pytest.raises(InputError, match="11 of 10 payments"):
        mixed(10, to_shop=11)


def test_the_two_extremes_are_mixed_blocks() -> None:
    assert to_many(5).block == mixed(5, to_shop=0).block
    assert to_one_shop(5).block == mixed(5, to_shop=5).block


names = st.sampled_from(["Ann", "Bob", "Cleo"])
payments = st.lists(st.builds(Payment, names, names, st.integers(1, 9)), min_size=1, max_size=6)


@given(payments, st.integers(0, 3))
def test_money_moves_as_the_words_say(made: list[Payment], seed: int) -> None:
    """Oracle: the sums done on paper."""
    workload = block_of(made, seed=seed, base_fee=0, tip=0)
    outcome = executed(workload)
    post = workload.pre.apply(outcome.diff)
    owned = dict.fromkeys((n for p in made for n in (p.payer, p.payee)), 100)
    for payment in made:
        owned[payment.payer] -= payment.amount
        owned[payment.payee] += payment.amount
    found = {name: post.accounts[wallet(name, seed).address].balance / ETHER for name in owned}
    assert found == owned


def test_the_tips_reach_the_producer() -> None:
    workload = to_many(3)
    post = workload.pre.apply(executed(workload).diff)
    assert post.accounts[PRODUCER].balance == 3 * 21_000 * GWEI


@pytest.mark.parametrize(
    "text",
    [
        "Ann>Bob 5, Bob>Cleo",
        "Ann -> Bob 5\nBob→Cleo 1",
        " Ann>Bob 5 ;; Bob>Cleo ",
        "Ann pays Bob 5, Bob  pays  Cleo",
    ],
)
def test_the_ways_in_which_people_write_payments_mean_the_same(text: str) -> None:
    assert read_payments(text) == (Payment("Ann", "Bob", 5), Payment("Bob", "Cleo"))


@pytest.mark.parametrize(
    ("text", "message"),
    [("Ann>Bob, Bob", "payment 1: cannot read 'Bob'"), ("Ann>Bob 5.5", "payment 0"), ("Ann Bob", "payment 0"),
     ("Ann>Bob 500", "payment 0"), ("Ann owes Bob 5", "payment 0"), ("Ann pays Bob -5", "payment 0"),
     ("Ann pays Bob 5 tokens", "payment 0"), ("AnnpaysBob 5", "payment 0"), ("Ann pays", "payment 0")],
)  # fmt: skip
def test_the_first_payment_that_cannot_be_read_is_named(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_payments(text)


def test_a_location_is_named_after_its_owner() -> None:
    workload = block_of([Payment("Ann", "Bob")])
    ann = wallet("Ann").address
    assert workload.location_name(Location(ann, Field.BALANCE)) == "Ann's balance"
    assert workload.location_name(Location(ann, 5)) == "Ann's slot 0x5"
    assert workload.location_name(Location(ann, 2**200)) == "Ann's slot 0x1000…"
    assert workload.location_name(Location(b"\x09" * 20, Field.NONCE)) == f"0x{'09' * 20}'s nonce"


def test_no_words_are_no_payment() -> None:
    assert read_payments(" ;\n") == ()
    with pytest.raises(InputError, match=r'cannot read \'\' \(expected something like "Ann>Bob"'):
        read_payment("")
