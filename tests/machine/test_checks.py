"""Every reason for which a transaction may not enter a block, with the two numbers that disagree."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.worlds import ALICE, BASE_FEE, CONTRACT, ETHER, NOBODY, environment, signed, world
from toyevm.errors import InvalidTransaction
from toyevm.forks import CANCUN, LONDON, OSAKA, PARIS, PRAGUE, SHANGHAI, Fork
from toyevm.state import Account
from toyevm.transactions import ACCESS_LIST, BLOB, FEE_MARKET, SET_CODE, Authorization
from toyevm.transition import check_transaction, intrinsic_gas
from toyevm.types import Field, Location

BLOB_HASH = b"\x01" + bytes(31)
AUTHORIZATION = Authorization(1, CONTRACT, 0, 0, 1, 1)
RICH = 100 * ETHER


def blobs(count: int = 1, **fields: Any) -> dict[str, Any]:
    return {"type": BLOB, "blob_hashes": (BLOB_HASH,) * count, "max_fee_per_blob_gas": 1} | fields


CASES: list[tuple[str, int | None, int | None, Fork, dict[str, Any]]] = [
    ("type-not-supported", 2, BLOB, SHANGHAI, blobs()),
    ("type-not-supported", 3, SET_CODE, CANCUN, {"type": SET_CODE, "authorizations": (AUTHORIZATION,)}),
    ("wrong-chain", 1, 5, OSAKA, {"chain_id": 5}),
    ("wrong-chain", 1, 0, OSAKA, {"chain_id": 0, "type": ACCESS_LIST}),
    ("nonce-is-max", 2**64 - 1, 2**64 - 1, OSAKA, {"nonce": 2**64 - 1}),
    ("nonce-too-high", 0, 1, OSAKA, {"nonce": 1}),
    ("gas-limit-above-block", 30_000_000, 30_000_001, PRAGUE, {"gas_limit": 30_000_001}),
    ("gas-limit-above-cap", 2**24, 2**24 + 1, OSAKA, {"gas_limit": 2**24 + 1}),
    ("intrinsic-gas", 21_000, 20_999, OSAKA, {"gas_limit": 20_999}),
    ("intrinsic-gas", 53_000, 52_999, LONDON, {"to": None, "gas_limit": 52_999}),
    ("intrinsic-gas", 21_000 + 4 + 16, 21_019, CANCUN, {"data": b"\0\1", "gas_limit": 21_019}),
    ("intrinsic-gas", 21_000 + 10 + 40, 21_049, PRAGUE, {"data": b"\0\1", "gas_limit": 21_049}),  # the floor
    ("init-code-too-large", 49_152, 49_153, SHANGHAI, {"to": None, "data": bytes(49_153), "gas_limit": 1_000_000}),
    ("max-fee-below-base-fee", BASE_FEE, BASE_FEE - 1, OSAKA, {"max_fee_per_gas": BASE_FEE - 1}),
    ("priority-fee-above-max-fee", 10, 11, OSAKA, {"type": FEE_MARKET, "max_priority_fee_per_gas": 11}),
    ("blob-creation", None, None, CANCUN, blobs(to=None)),
    ("no-blobs", None, None, CANCUN, blobs(0)),
    ("too-many-blobs", 6, 7, CANCUN, blobs(7)),
    ("too-many-blobs", 9, 10, PRAGUE, blobs(10)),
    ("too-many-blobs", 6, 7, OSAKA, blobs(7)),
    ("blob-hash-version", None, None, CANCUN, blobs(blob_hashes=(BLOB_HASH, bytes(32)))),
    ("blob-fee-too-low", 1, 0, CANCUN, blobs(max_fee_per_blob_gas=0)),
    ("set-code-creation", None, None, PRAGUE, {"type": SET_CODE, "to": None, "authorizations": (AUTHORIZATION,)}),
    ("no-authorizations", None, None, PRAGUE, {"type": SET_CODE}),
    ("insufficient-funds", 200_000 * 10 + RICH, RICH, OSAKA, {"value": RICH}),
    ("insufficient-funds", 200_000 * 10**18, RICH, OSAKA, {"type": FEE_MARKET, "max_fee_per_gas": 10**18}),
    ("insufficient-funds", 200_000 * 10 + 2**17 * ETHER, RICH, CANCUN, blobs(max_fee_per_blob_gas=ETHER)),
]


def refusal(fork: Fork, accounts: Any = None, **fields: Any) -> InvalidTransaction:
    with pytest.raises(InvalidTransaction) as caught:
        check_transaction(world(accounts), environment(fork), signed(**fields))
    return caught.value


@pytest.mark.parametrize(("reason", "limit", "actual", "fork", "fields"), CASES)
def test_a_bad_transaction_is_refused_for_its_reason(
    reason: str, limit: int | None, actual: int | None, fork: Fork, fields: dict[str, Any]
) -> None:
    error = refusal(fork, **fields)
    assert (error.reason, error.limit, error.actual) == (reason, limit, actual)
    assert str(error) == (reason if limit is None else f"{reason}: {actual} against {limit}")


@pytest.mark.parametrize(
    ("fork", "fields"),
    [
        (PRAGUE, {"gas_limit": 30_000_000}),
        (OSAKA, {"gas_limit": 2**24}),
        (OSAKA, {"gas_limit": 21_000}),
        (LONDON, {"to": None, "gas_limit": 53_000}),
        (CANCUN, {"data": b"\0\1", "gas_limit": 21_020}),
        (PRAGUE, {"data": b"\0\1", "gas_limit": 21_050}),
        (SHANGHAI, {"to": None, "data": bytes(49_152), "gas_limit": 1_000_000}),
        (PARIS, {"to": None, "data": bytes(49_153), "gas_limit": 1_000_000}),
        (OSAKA, {"max_fee_per_gas": BASE_FEE}),
        (OSAKA, {"type": FEE_MARKET, "max_priority_fee_per_gas": 10}),
        (CANCUN, blobs(6)),
        (PRAGUE, blobs(9)),
        (OSAKA, blobs(6)),
        (OSAKA, {"value": RICH - 200_000 * 10}),
        (OSAKA, {"chain_id": None}),
        (PRAGUE, {"type": SET_CODE, "authorizations": (AUTHORIZATION,)}),
    ],
)
def test_a_transaction_on_the_limit_is_accepted(fork: Fork, fields: dict[str, Any]) -> None:
    assert check_transaction(world(), environment(fork), signed(**fields)).sender == ALICE


def test_an_old_nonce_is_refused() -> None:
    error = refusal(OSAKA, {ALICE: Account(nonce=3, balance=ETHER)}, nonce=2)
    assert (error.reason, error.limit, error.actual) == ("nonce-too-low", 3, 2)


@pytest.mark.parametrize(
    ("fork", "code", "refused"),
    [
        (OSAKA, b"\x00", True),
        (OSAKA, b"\xef\x01\x00" + CONTRACT, False),
        (OSAKA, b"\xef\x01\x00" + CONTRACT + b"\0", True),
        (CANCUN, b"\xef\x01\x00" + CONTRACT, True),  # before delegations, this was code like any other
    ],
)
def test_a_contract_may_not_send_unless_its_code_is_a_delegation(fork: Fork, code: bytes, refused: bool) -> None:
    accounts = {ALICE: Account(balance=ETHER, code=code)}
    if refused:
        assert refusal(fork, accounts).reason == "sender-is-a-contract"
    else:
        assert check_transaction(world(accounts), environment(fork), signed()).sender == ALICE


def test_every_reason_for_a_refusal_is_tried() -> None:
    import ast
    import inspect

    from toyevm import transition

    calls = [node for node in ast.walk(ast.parse(inspect.getsource(transition))) if isinstance(node, ast.Call)]
    strings = {
        arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    }
    reasons = {text for text in strings if text.replace("-", "").isalpha() and "-" in text}
    tried = {case[0] for case in CASES} | {"nonce-too-low", "sender-is-a-contract", "bad-signature"}
    assert reasons <= tried
    assert len(reasons) >= 20


def test_the_checks_read_only_the_sender() -> None:
    checked = check_transaction(world(), environment(), signed())
    assert set(checked.reads) == {Location(ALICE, field) for field in (Field.NONCE, Field.CODE, Field.BALANCE)}


def test_the_price_is_what_the_transaction_offers() -> None:
    env = environment()

    def price(**fields: Any) -> int:
        return check_transaction(world(), env, signed(**fields)).gas_price

    assert price(max_fee_per_gas=50) == 50
    assert price(type=ACCESS_LIST, max_fee_per_gas=50) == 50
    assert price(type=FEE_MARKET, max_fee_per_gas=50, max_priority_fee_per_gas=2) == BASE_FEE + 2
    assert price(type=FEE_MARKET, max_fee_per_gas=8, max_priority_fee_per_gas=2) == 8
    assert price(type=FEE_MARKET, max_fee_per_gas=8) == BASE_FEE


def test_the_intrinsic_price_counts_every_part() -> None:
    access_list = ((CONTRACT, (1, 2)), (NOBODY, ()))
    tx = signed(type=SET_CODE, access_list=access_list, authorizations=(AUTHORIZATION,) * 2, data=b"\0\0\1")
    assert intrinsic_gas(PRAGUE, tx) == (
        21_000 + 2 * 4 + 16 + 2 * 2_400 + 2 * 1_900 + 2 * 25_000,
        21_000 + 10 * (2 + 4),
    )
    creation = signed(to=None, data=bytes(33))
    assert intrinsic_gas(LONDON, creation) == (21_000 + 32_000 + 33 * 4, 0)
    assert intrinsic_gas(SHANGHAI, creation) == (21_000 + 32_000 + 33 * 4 + 2 * 2, 0)
