"""Each thing that cannot be proven has its reason, and names the transaction; what can be comes out as signed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rollups.zk_rollup.payment_blocks import FREE, PEOPLE, RICH, UNIT, credit, executed, free_block, payment
from tests.support.full_block import BLOB_HASH
from tests.support.worlds import authorize, contract
from toyevm.blocks import Withdrawal
from toyevm.chain import ChainConfig
from toyevm.errors import NotProvable
from toyevm.forks import LONDON
from toyevm.results import BlockResult
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.zk.payments.values import CAPACITY, LIMIT, ProvenPayment
from toyevm.rollups.zk_rollup.provable import MAX_NONCE, provable
from toyevm.rollups.zk_rollup.root_contract import BRIDGE_ADDRESS
from toyevm.rollups.zk_rollup.statements import MAX_PAYMENTS
from toyevm.state import Account, StateDiff, WorldState
from toyevm.system import BEACON_ROOTS
from toyevm.transactions import BLOB, LEGACY, SET_CODE
from toyevm.types import ZERO_ADDRESS, to_address
from toyevm.units import ETHER

CONTRACT, STRANGER = b"\xcc" * 20, b"\x44" * 20
NOTHING = BlockResult((), StateDiff())


def refusal(*transactions: Any, world: WorldState = RICH, chain: ChainConfig = FREE, **fields: Any) -> str:
    """Return why a block is refused. Nobody executes it: a reason comes before the result is looked at."""
    block = ExecutedBlock(chain, world, free_block(*transactions, chain=chain, **fields), NOTHING)
    with pytest.raises(NotProvable) as caught:
        provable(block)
    return str(caught.value)


def beside(address: bytes, **fields: Any) -> WorldState:
    return WorldState({**RICH.accounts, address: Account(**fields)})


FORMS: dict[str, tuple[dict[str, Any], str]] = {
    "creation": ({"to": None, "value": 0}, "creates a contract"),
    "blobs": ({"type": BLOB, "blob_hashes": (BLOB_HASH,), "max_fee_per_blob_gas": 9}, "carries blobs"),
    "authorization": ({"type": SET_CODE, "authorizations": (authorize(),)}, "gives accounts code"),
    "access list": ({"access_list": ((STRANGER, ()),)}, "has an access list"),
    "contract": ({"to": CONTRACT}, "calls a contract"),
    "precompile": ({"to": to_address(4)}, "calls a precompile"),
    "data": ({"data": b"x"}, "has data"),
    "zero address": ({"to": ZERO_ADDRESS}, "pays the zero address, which gets no number on L1"),
    "tip": ({"max_fee_per_gas": 9, "max_priority_fee_per_gas": 1}, "pays a fee"),
    "legacy": ({"type": LEGACY}, "not a payment in the form that is posted: type 0, not 2"),
    "gas": ({"gas_limit": 21_001}, "not a payment in the form that is posted: gas_limit 21001, not 21000"),
    "fee cap": ({"max_fee_per_gas": 9}, "not a payment in the form that is posted: max_fee_per_gas 9, not 0"),
    "chain": ({"chain_id": 2}, "not a payment in the form that is posted: chain_id 2, not 1"),
    "a wei more": ({"value": UNIT + 1}, f"a value of {UNIT + 1} wei is not in whole units of {UNIT}"),
    "28 bits": ({"value": LIMIT * UNIT}, f"a value of {LIMIT * UNIT} wei has more than 28 bits in units"),
    "nonce": ({"nonce": MAX_NONCE}, f"a nonce of {MAX_NONCE}, not below {MAX_NONCE}"),
}


@pytest.mark.parametrize(("fields", "reason"), FORMS.values(), ids=FORMS)
def test_a_transaction_that_is_no_payment_is_refused(fields: dict[str, Any], reason: str) -> None:
    world = WorldState({**RICH.accounts, CONTRACT: contract("STOP")})
    assert refusal(payment(1, 2), payment(**fields), world=world) == f"transaction 1: {reason}"


def test_a_base_fee_is_refused() -> None:
    assert refusal(payment(max_fee_per_gas=7), base_fee_per_gas=7) == "transaction 0: pays a fee"


ACCOUNTS: dict[str, tuple[dict[str, Any], str]] = {
    "storage": ({"nonce": 1, "storage": {1: 1}}, "has code or storage"),
    "empty": ({}, "is there although it is empty"),
    "odd wei": ({"balance": 1}, f"a balance of 1 wei is not in whole units of {UNIT}"),
    "rich": ({"balance": LIMIT * UNIT}, f"a balance of {LIMIT * UNIT} wei has more than 28 bits in units"),
    "busy": ({"nonce": MAX_NONCE}, f"has a nonce of {MAX_NONCE}, not below {MAX_NONCE}"),
}


@pytest.mark.parametrize(("fields", "reason"), ACCOUNTS.values(), ids=ACCOUNTS)
def test_an_account_that_has_no_leaf_is_refused_wherever_it_is_touched(fields: dict[str, Any], reason: str) -> None:
    world = beside(STRANGER, **fields)
    for found in (
        refusal(payment(to=STRANGER), world=world),
        refusal(payment(), world=world, coinbase=STRANGER),
        refusal(world=world, withdrawals=(credit(1, STRANGER),)),
    ):
        assert found.removeprefix("transaction 0: ").removeprefix(f"account 0x{STRANGER.hex()}") in (
            f" {reason}",
            f": {reason}",
        )
    assert provable(executed(payment(), world=world)).payments  # who is not touched does not matter


BLOCKS: dict[str, tuple[dict[str, Any], str]] = {
    "reward": ({"chain": ChainConfig(fork=LONDON)}, "the block pays a reward"),
    "system": (
        {"world": beside(BEACON_ROOTS, nonce=1, code=b"\0")},
        f"the block calls the system contract 0x{BEACON_ROOTS.hex()}",
    ),
    "gwei": (
        {"withdrawals": (Withdrawal(0, 0, STRANGER, 1),)},
        f"a withdrawal of {10**9} wei is not in whole units of {UNIT}",
    ),
    "to the bridge": (
        {"withdrawals": (credit(1, BRIDGE_ADDRESS),)},
        f"a withdrawal to 0x{BRIDGE_ADDRESS.hex()}, for which nothing can be locked on L1",
    ),
    "to nobody": (
        {"withdrawals": (credit(0, ZERO_ADDRESS), credit(1, ZERO_ADDRESS))},
        f"a withdrawal to 0x{ZERO_ADDRESS.hex()}, for which nothing can be locked on L1",
    ),
    "too many": (
        {"withdrawals": (credit(1),) * MAX_PAYMENTS},
        f"{MAX_PAYMENTS + 1} payments, more than {MAX_PAYMENTS}",
    ),
    "too much": (
        {"withdrawals": (credit(LIMIT - 200_000),)},
        f"{LIMIT} units in all have more than 28 bits",
    ),
}


@pytest.mark.parametrize(("fields", "reason"), BLOCKS.values(), ids=BLOCKS)
def test_what_a_block_does_besides_is_refused(fields: dict[str, Any], reason: str) -> None:
    assert refusal(payment(), **fields) == reason


def test_one_unit_less_in_all_is_provable() -> None:
    assert provable(executed(payment(), withdrawals=(credit(LIMIT - 200_001),))).deposits[0].amount == LIMIT - 200_001


def test_as_many_payments_as_a_batch_takes_are_provable() -> None:
    block = provable(executed(payment(), withdrawals=(credit(1),) * (MAX_PAYMENTS - 1)))
    assert len(block.proven) == MAX_PAYMENTS
    assert 2 * MAX_PAYMENTS + 1 < CAPACITY  # so no block that fits has too many accounts


def test_the_block_comes_out_as_payments_by_number() -> None:
    to_bridge = payment(1, nonce=0, to=BRIDGE_ADDRESS, units=7)
    block = provable(executed(payment(), to_bridge, withdrawals=(credit(3, STRANGER), credit(0, CONTRACT))))
    assert block.owners == (BRIDGE_ADDRESS, PEOPLE[0].address, PEOPLE[1].address, STRANGER)
    assert block.proven == [
        ProvenPayment(1, 2, 5, 0),
        ProvenPayment(2, 0, 7, 0),
        ProvenPayment(0, 3, 3, None),
    ]
    assert block.payments[1].transaction(1, BRIDGE_ADDRESS) == to_bridge


def test_an_empty_block_has_nothing_to_prove() -> None:
    assert provable(executed()).proven == []
    assert provable(executed(world=beside(STRANGER, balance=1, storage={1: 1}))).proven == []


def test_the_largest_payment_is_provable() -> None:
    world = beside(PEOPLE[0].address, balance=(LIMIT - 1) * UNIT)
    block = provable(executed(payment(units=LIMIT - 1, to=STRANGER), world=world))
    assert block.payments[0].amount == LIMIT - 1
    assert LIMIT * UNIT > 268_000 * ETHER
