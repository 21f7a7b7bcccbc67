"""Accounts that run another's code (EIP-7702), the least that calldata costs (EIP-7623), and Osaka's cap (EIP-7825)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.worlds import (
    ALICE,
    ALICE_KEY,
    BOB,
    CONTRACT,
    ETHER,
    NOBODY,
    OTHER,
    THIRD,
    after,
    authorize,
    call,
    contract,
    environment,
    execute,
    signed,
    store_top,
    world,
)
from toyevm.crypto import address_of, keccak256
from toyevm.forks import CANCUN, OSAKA, PRAGUE
from toyevm.results import TxResult
from toyevm.state import Account, WorldState
from toyevm.transactions import SET_CODE, Authorization
from toyevm.types import ZERO_ADDRESS, Field, Location

CAROL_KEY = b"\x0c" * 32
CAROL = address_of(CAROL_KEY)  # has no account


def send(pre: WorldState, *authorizations: Authorization, **fields: Any) -> tuple[TxResult, WorldState]:
    tx = signed(**{"type": SET_CODE, "to": NOBODY, "gas_limit": 500_000, "authorizations": authorizations} | fields)
    result = execute(pre, tx, environment(PRAGUE))
    return result, after(pre, result)


def designation(address: bytes) -> bytes:
    return b"\xef\x01\x00" + address


def test_an_authorization_sets_the_delegation() -> None:
    result, post = send(world(), authorize())
    assert (post.accounts[BOB].code, post.accounts[BOB].nonce) == (designation(CONTRACT), 1)
    assert result.write_set[Location(BOB, Field.CODE)] == designation(CONTRACT)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (authorize(chain_id=2), "another chain"),
        (authorize(nonce=1), "not the nonce"),
        (authorize(nonce=2**64 - 1), "the nonce could not rise"),
        (replace(authorize(), y_parity=2), "no parity"),
        (replace(authorize(), r=0), "no signature"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_authorization_that_does_not_fit_is_skipped_and_the_others_hold(bad: Authorization, why: str) -> None:
    pre = world({CAROL: Account(balance=1)})
    result, post = send(pre, bad, authorize(CAROL_KEY))
    assert result.succeeded
    assert post.accounts[BOB] == pre.accounts[BOB]
    assert post.accounts[CAROL].code == designation(CONTRACT)


def test_an_authorization_for_every_chain_is_accepted() -> None:
    assert send(world(), authorize(chain_id=0))[1].accounts[BOB].code == designation(CONTRACT)


def test_a_contract_cannot_be_delegated() -> None:
    pre = world({BOB: Account(balance=1, code=b"\x00")})
    assert send(pre, authorize())[1].accounts[BOB] == pre.accounts[BOB]


def test_the_last_authorization_of_an_account_wins() -> None:
    _, post = send(world(), authorize(address=OTHER), authorize(address=CONTRACT, nonce=1))
    assert (post.accounts[BOB].code, post.accounts[BOB].nonce) == (designation(CONTRACT), 2)


def test_a_delegation_to_the_zero_address_clears() -> None:
    pre = world({BOB: Account(nonce=4, balance=1, code=designation(CONTRACT))})
    _, post = send(pre, authorize(address=ZERO_ADDRESS, nonce=4))
    assert (post.accounts[BOB].code, post.accounts[BOB].nonce) == (b"", 5)


def test_the_sender_authorizes_with_its_risen_nonce() -> None:
    _, post = send(world(), authorize(ALICE_KEY, nonce=1))  # the sender's nonce has risen before
    assert (post.accounts[ALICE].code, post.accounts[ALICE].nonce) == (designation(CONTRACT), 2)
    assert send(world(), authorize(ALICE_KEY, nonce=0))[1].accounts[ALICE].code == b""


def test_an_account_that_exists_is_cheaper_to_delegate_than_a_new_one() -> None:
    old, _ = send(world(), authorize())
    new, _ = send(world(), authorize(CAROL_KEY))
    base = 21_000 + 25_000
    assert (new.gas_used, new.gas_refunded) == (base, 0)
    assert (old.gas_used, old.gas_refunded) == (base - base // 5, base // 5)  # 12,500, but a fifth at most


def test_a_delegation_outlasts_a_failing_call() -> None:
    pre = world(source="INVALID")
    result, post = send(pre, authorize(), to=CONTRACT)
    assert not result.succeeded
    assert post.accounts[BOB].code == designation(CONTRACT)
    assert result.gas_refunded == 12_500  # what an authorization gave back is not lost either


def test_a_delegated_account_runs_the_code_of_its_delegate_as_itself() -> None:
    source = f"ADDRESS {store_top(0)} CALLER {store_top(1)} CODESIZE {store_top(2)} CALLVALUE {store_top(3)}"
    pre = world(source=source)
    result, post = send(pre, authorize(), to=BOB, value=5)
    assert result.succeeded
    number = int.from_bytes
    size = len(pre.accounts[CONTRACT].code)
    assert post.accounts[BOB].storage == {0: number(BOB, "big"), 1: number(ALICE, "big"), 2: size, 3: 5}
    assert post.accounts[CONTRACT].storage == {}


def test_looking_at_a_delegated_account_shows_its_marker() -> None:
    bob = f"PUSH 0x{BOB.hex()}"
    source = (
        f"{bob} EXTCODESIZE {store_top(0)} {bob} EXTCODEHASH {store_top(1)} PUSH 32 PUSH 0 PUSH 0 {bob} EXTCODECOPY"
    )
    pre = world(
        {BOB: Account(nonce=1, balance=ETHER, code=designation(OTHER))}, source=f"{source} MSIZE {store_top(2)}"
    )
    storage = after(pre, execute(pre, signed(), environment(PRAGUE))).accounts[CONTRACT].storage
    assert storage == {0: 23, 1: int.from_bytes(keccak256(designation(OTHER)), "big"), 2: 32}


@pytest.mark.parametrize("first", [OTHER, CAROL], ids=["twice", "to itself"])
def test_a_delegation_is_followed_only_once(first: bytes) -> None:
    """OTHER delegates to THIRD, whose own delegation is then not looked at: its code starts with 0xef and halts."""
    pre = world(
        {
            OTHER: Account(nonce=1, code=designation(THIRD)),
            THIRD: Account(nonce=1, code=designation(OTHER)),
            CAROL: Account(nonce=1, code=designation(CAROL)),
        },
        source=f"{call(first)} PUSH 1 ADD {store_top(0)}",
    )
    post = after(pre, execute(pre, signed(gas_limit=2_000_000), environment(PRAGUE)))
    assert post.accounts[CONTRACT].storage == {0: 1}


def test_a_delegation_to_a_precompile_runs_no_code() -> None:
    pre = world({BOB: Account(nonce=1, balance=ETHER, code=designation(bytes(19) + b"\x04"))}, source="")
    result = execute(pre, signed(to=BOB, data=b"hello"), environment(PRAGUE))
    assert (result.succeeded, result.output) == (True, b"")


@pytest.mark.parametrize(("delegate", "price"), [(THIRD, 2_600), (BOB, 100), (CONTRACT, 100)])
def test_following_a_delegation_costs_one_look_at_the_delegate(delegate: bytes, price: int) -> None:
    """The account looked through costs what any look costs: cold once, warm after; the caller and BOB are warm."""

    def spent(code: bytes) -> int:
        source = f"GAS PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH 0x{BOB.hex()} PUSH 0 CALL POP GAS SWAP1 SUB"
        pre = world(
            {BOB: Account(nonce=1, balance=1, code=code), THIRD: contract("STOP")}, source=f"{source} {store_top(0)}"
        )
        gas = execute(pre, signed(), environment(PRAGUE)).write_set[Location(CONTRACT, 0)]
        assert isinstance(gas, int)
        return gas

    assert spent(designation(delegate)) - spent(b"") == price


def test_delegations_do_not_exist_before_prague() -> None:
    pre = world({BOB: Account(nonce=1, balance=1, code=designation(CONTRACT))}, source="")
    assert execute(pre, signed(to=BOB), environment(CANCUN)).error == "invalid opcode"
    assert execute(pre, signed(to=BOB), environment(PRAGUE)).error is None


# Calldata floor


@pytest.mark.parametrize(
    ("fork", "data", "source", "gas_used"),
    [
        (CANCUN, b"\1" * 100, "", 21_000 + 1_600),
        (PRAGUE, b"\1" * 100, "", 21_000 + 4_000),
        (PRAGUE, bytes(100), "", 21_000 + 1_000),
        (PRAGUE, b"\1" * 100, "PUSH 5 SLOAD PUSH 6 SLOAD", 21_000 + 1_600 + 2 * 2_103),  # does more than it carries
    ],
)
def test_calldata_costs_at_least_the_floor_since_prague(fork: Any, data: bytes, source: str, gas_used: int) -> None:
    assert execute(world(source=source), signed(data=data), environment(fork)).gas_used == gas_used


def test_a_refund_stops_at_the_floor() -> None:
    pre = world({CONTRACT: contract("PUSH 0 PUSH 1 SSTORE", storage={1: 1})})
    result = execute(pre, signed(data=b"\1" * 100), environment(PRAGUE))
    assert result.gas_used == 21_000 + 4_000 > 21_000 + 1_600 + 5 + 5_000 - 4_800


def test_a_halting_transaction_pays_all_its_gas_and_not_only_the_floor() -> None:
    result = execute(world(source="INVALID"), signed(data=b"\1" * 100, gas_limit=60_000), environment(OSAKA))
    assert result.gas_used == 60_000
