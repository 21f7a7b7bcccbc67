"""The wallet book: one name is one key, everywhere; and no key is shown."""

from __future__ import annotations

import pytest

from toyevm.crypto import address_of, keccak256
from toyevm.errors import InputError
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.payment_waves import payments_in_waves
from toyevm.workloads.statement_blocks import statement_block
from toyevm.workloads.tokens import token_world
from toyevm.workloads.transfers import block_of, read_payments
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import Workload

ANN = wallet("Ann")


def senders(workload: Workload) -> dict[str, bytes]:
    return {workload.name(tx.sender): tx.sender for tx in workload.block.transactions}


def test_two_names_are_two_accounts() -> None:
    assert len({wallet(name).address for name in ("Ann", "Bob", "ann", "Anna")}) == 4


def test_another_seed_gives_other_keys() -> None:
    assert wallet("Ann", seed=1).address != ANN.address == wallet("Ann", seed=0).address


def test_the_key_is_a_hash_of_the_name() -> None:
    assert ANN.address == address_of(keccak256(b"toyevm/0/Ann"))


def test_a_wallet_does_not_show_its_key() -> None:
    assert ANN.private_key.hex() not in repr(ANN)
    assert str(ANN.private_key) not in repr(ANN)


def test_one_name_is_the_same_account_in_every_workload() -> None:
    """Payments, statements, applications, waves and the world of a token take their people from the one book."""
    blocks = [
        block_of(read_payments("Ann>Bob, Bob>Ann")),
        block_of(read_payments("Ann>Bob"), token=True),
        statement_block("x = 1; y = x"),
        APPLICATIONS["mixed"](20, users=5),
    ]
    for workload in blocks:
        assert senders(workload) == {name: wallet(name).address for name in senders(workload)}
    assert ANN.address in token_world({"Ann": 1}).accounts
    assert wallet("wave 0 payer 0", seed=3).address in payments_in_waves([1], seed=3).pre.accounts


@pytest.mark.parametrize(
    ("name", "value"),
    [("value", -1), ("value", "1"), ("value", 1.5), ("nonce", None), ("data", "0x"), ("to", "Bob"), ("amount", 1)],
)
def test_what_is_no_field_of_a_transaction_or_no_value_of_it_is_refused_in_one_line(name: str, value: object) -> None:
    with pytest.raises(InputError, match=name) as caught:
        wallet("Ann").sign(**{name: value})
    assert "\n" not in str(caught.value)
