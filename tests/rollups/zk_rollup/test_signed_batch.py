"""What is posted has one encoding, and is the transaction that was signed: any byte changed is somebody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rollups.zk_rollup.payment_blocks import PEOPLE, payment
from toyevm.errors import InputError
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.payments.values import CAPACITY, LIMIT
from toyevm.rollups.zk_rollup.signed_batch import (
    RECORD,
    SignedPayment,
    decode_payments,
    encode_payments,
    sign_payment,
    signature_of,
)
from toyevm.transactions import encode_transaction

NUMBERS = st.integers(0, CAPACITY - 1)
SIGNATURES = st.builds(lambda rest, parity: rest + bytes([parity]), st.binary(min_size=64, max_size=64), st.booleans())
PAYMENTS = st.builds(SignedPayment, NUMBERS, NUMBERS, st.integers(0, LIMIT - 1), st.integers(0, P - 1), SIGNATURES)
TX = payment()
POSTED = encode_payments([SignedPayment(1, 2, 5, 0, signature_of(TX))])


@given(st.lists(PAYMENTS, max_size=4))
def test_payments_come_back(payments: list[SignedPayment]) -> None:
    data = encode_payments(payments)
    assert len(data) == RECORD * len(payments)
    assert decode_payments(data) == tuple(payments)


@given(st.binary(max_size=2 * RECORD))
def test_what_is_decoded_has_no_other_encoding(data: bytes) -> None:
    try:
        payments = decode_payments(data)
    except InputError:
        return
    assert encode_payments(payments) == data


@pytest.mark.parametrize("size", [1, RECORD - 1, RECORD + 1])
def test_a_part_of_a_payment_is_refused(size: int) -> None:
    with pytest.raises(InputError, match="77 for each"):
        decode_payments(bytes(size))


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (0, CAPACITY.to_bytes(2, "big"), "payer 16384"),
        (2, CAPACITY.to_bytes(2, "big"), "payee 16384"),
        (4, LIMIT.to_bytes(4, "big"), "amount 268435456"),
        (8, P.to_bytes(4, "big"), "nonce 2130706433"),
        (76, b"\2", "a parity of 2"),
    ],
)
def test_a_number_out_of_its_range_is_refused(at: int, value: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=f"payment 1: {reason}"):
        decode_payments(POSTED + POSTED[:at] + value + POSTED[at + len(value) :])


def test_a_posted_payment_is_the_very_transaction() -> None:
    (posted,) = decode_payments(POSTED)
    again = posted.transaction(1, PEOPLE[1].address)
    assert encode_transaction(again) == encode_transaction(TX)
    assert again.sender == PEOPLE[0].address
    unsigned = SignedPayment(1, 2, 5, 0, b"")
    assert sign_payment(PEOPLE[0], 1, unsigned, PEOPLE[1].address) == posted


@pytest.mark.parametrize("at", range(4, RECORD))
def test_any_changed_byte_is_not_signed_by_the_payer(at: int) -> None:
    """Payer and payee are not among them: what their numbers mean, the contract says."""
    for change in (1, 0x80):
        data = bytearray(POSTED)
        data[at] ^= change
        try:
            (changed,) = decode_payments(bytes(data))
            signer = changed.transaction(1, PEOPLE[1].address).sender
        except InputError:
            continue
        assert signer != PEOPLE[0].address


def test_the_other_form_of_a_signature_is_refused() -> None:
    from toyevm.crypto import SECP256K1_ORDER

    signature = signature_of(TX)
    other = (SECP256K1_ORDER - TX.s).to_bytes(32, "big") + bytes([1 - TX.y_parity])
    flipped = SignedPayment(1, 2, 5, 0, signature[:32] + other)
    with pytest.raises(InputError, match="upper half"):
        _ = flipped.transaction(1, PEOPLE[1].address).sender
