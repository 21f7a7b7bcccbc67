"""Transactions as bytes: everything comes back as it went in, and others read the same in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.oracles import specification
from tests.support.worlds import ALICE, ALICE_KEY, BOB, BOB_KEY, NOBODY, authorize, execute, signed, world
from toyevm import rlp
from toyevm.crypto import SECP256K1_ORDER, keccak256
from toyevm.errors import DecodingError, InvalidSignature, InvalidTransaction, ToyevmError
from toyevm.transactions import (
    ACCESS_LIST,
    BLOB,
    FEE_MARKET,
    LEGACY,
    SET_CODE,
    Authorization,
    Transaction,
    decode_transaction,
    encode_transaction,
    sign_transaction,
)

TYPES = (LEGACY, ACCESS_LIST, FEE_MARKET, BLOB, SET_CODE)
words = st.one_of(st.integers(0, 300), st.integers(0, 2**256 - 1))
u64 = st.one_of(st.integers(0, 300), st.integers(0, 2**64 - 1))
addresses = st.binary(min_size=20, max_size=20)
hashes = st.binary(min_size=32, max_size=32)
access_lists = st.lists(st.tuples(addresses, st.lists(words, max_size=3).map(tuple)), max_size=3).map(tuple)
authorizations = st.builds(
    Authorization,
    chain_id=words,
    address=addresses,
    nonce=u64,
    y_parity=st.integers(0, 255),
    r=words,
    s=words,
)


@st.composite
def transactions(draw: Any, types: tuple[int, ...] = TYPES) -> Transaction:
    """Draw an unsigned transaction that has just the fields of its type."""
    kind = draw(st.sampled_from(types))
    fields: dict[str, Any] = {
        "nonce": draw(u64),
        "max_fee_per_gas": draw(words),
        "gas_limit": draw(u64),
        "value": draw(words),
        "data": draw(st.binary(max_size=60)),
        "to": draw(addresses if kind in (BLOB, SET_CODE) else st.none() | addresses),
        "chain_id": draw(u64 | st.none()) if kind == LEGACY else draw(u64),
    }
    if kind >= ACCESS_LIST:
        fields["access_list"] = draw(access_lists)
    if kind >= FEE_MARKET:
        fields["max_priority_fee_per_gas"] = draw(words)
    if kind == BLOB:
        fields |= {"max_fee_per_blob_gas": draw(words), "blob_hashes": draw(st.lists(hashes, max_size=3).map(tuple))}
    if kind == SET_CODE:
        fields["authorizations"] = draw(st.lists(authorizations, max_size=2).map(tuple))
    return Transaction(type=kind, **fields)


@given(transactions(), st.integers(0, 1), words, words)
@settings(max_examples=200)
def test_a_transaction_comes_back_unchanged(tx: Transaction, y_parity: int, r: int, s: int) -> None:
    tx = replace(tx, y_parity=y_parity, r=r, s=s)
    assert decode_transaction(encode_transaction(tx)) == tx
    assert tx.hash == keccak256(encode_transaction(tx))


@pytest.fixture(scope="module")
def oracle() -> Any:
    return specification()


@given(tx=transactions(), key=st.sampled_from([ALICE_KEY, BOB_KEY]))
@settings(max_examples=100)
def test_the_specification_reads_the_same_transaction(oracle: Any, tx: Transaction, key: bytes) -> None:
    from ethereum.forks.prague import transactions as theirs
    from ethereum_types.numeric import U64

    tx = sign_transaction(tx, key)
    assert tx.sender == (ALICE if key == ALICE_KEY else BOB)
    other = oracle.decode("Prague", encode_transaction(tx))
    assert bytes(theirs.recover_sender(U64(tx.chain_id or 0), other)) == tx.sender
    assert bytes(theirs.get_transaction_hash(theirs.encode_transaction(other))) == tx.hash
    expected = {"nonce": tx.nonce, "gas": tx.gas_limit, "value": tx.value, "data": tx.data, "to": tx.to or b""}
    assert {name: getattr(other, name) for name in expected} == expected
    if tx.type >= ACCESS_LIST:
        theirs_list = [
            (entry.account, [int.from_bytes(slot, "big") for slot in entry.slots]) for entry in other.access_list
        ]
        assert theirs_list == [(address, list(slots)) for address, slots in tx.access_list]
    if tx.type == SET_CODE:
        assert [a.nonce for a in other.authorizations] == [a.nonce for a in tx.authorizations]
    if tx.type == BLOB:
        assert other.blob_versioned_hashes == tx.blob_hashes


@given(transactions(), st.data())
@settings(max_examples=100)
def test_a_damaged_transaction_is_refused_or_is_its_own_encoding(tx: Transaction, data: Any) -> None:
    encoded = bytearray(encode_transaction(sign_transaction(tx, ALICE_KEY)))
    position = data.draw(st.integers(0, len(encoded) - 1))
    encoded[position] ^= data.draw(st.integers(1, 255))
    try:
        decoded = decode_transaction(bytes(encoded))
    except DecodingError:
        return
    assert encode_transaction(decoded) == encoded  # whatever can be read has one encoding


@pytest.mark.parametrize("kind", TYPES)
def test_a_list_that_is_no_transaction_is_refused(kind: int) -> None:
    good = signed(type=kind, chain_id=1)
    body = encode_transaction(good) if kind == LEGACY else encode_transaction(good)[1:]
    fields = rlp.decode(body)
    prefix = b"" if kind == LEGACY else bytes([kind])
    for wrong in (fields[:-1], [*fields, b""], [], [*fields[:-1], []], [*fields[:-1], b"\0" + fields[-1]]):
        with pytest.raises(DecodingError):
            decode_transaction(prefix + rlp.encode(wrong))
    for raw in (prefix + body + b"\0", prefix + body[:-1], prefix + rlp.encode(b"")):
        with pytest.raises(DecodingError):
            decode_transaction(raw)


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\x05\xc0", b"\x7f", b"\x80", b"\xbf", bytes([0, 0xC0])])
def test_an_unknown_envelope_is_refused(raw: bytes) -> None:
    with pytest.raises(DecodingError):
        decode_transaction(raw)


def test_a_legacy_signature_carries_its_chain_in_v() -> None:
    for chain_id, v in ((None, 27), (1, 37), (5, 45), (0, 35)):
        tx = signed(chain_id=chain_id)
        fields = rlp.decode(encode_transaction(tx))
        assert isinstance(fields, list)
        assert int.from_bytes(bytes(fields[6]), "big") == v + tx.y_parity
        assert tx.sender == ALICE
    assert signed(chain_id=None).hash != signed(chain_id=1).hash


@pytest.mark.parametrize("v", [0, 1, 26, 29, 34])
def test_a_meaningless_v_is_refused(v: int) -> None:
    fields = rlp.decode(encode_transaction(signed()))
    assert isinstance(fields, list)
    with pytest.raises(DecodingError):
        decode_transaction(rlp.encode([*fields[:6], v, *fields[7:]]))


def mirrored(signature: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return the other signature that the same key makes of the same message: r, and the negative of s."""
    y_parity, r, s = signature
    return 1 - y_parity, r, SECP256K1_ORDER - s


@pytest.mark.parametrize("kind", [LEGACY, FEE_MARKET])
def test_a_second_signature_of_one_transaction_is_refused(kind: int) -> None:
    """EIP-2: or anybody could give a transaction another hash."""
    tx = signed(type=kind)
    y_parity, r, s = mirrored((tx.y_parity, tx.r, tx.s))
    with pytest.raises(InvalidTransaction) as refusal:
        execute(world(source=""), replace(tx, y_parity=y_parity, r=r, s=s))
    assert refusal.value.reason == "bad-signature"


@pytest.mark.parametrize(
    "change",
    [
        {"r": 0},
        {"s": 0},
        {"r": SECP256K1_ORDER},
        {"s": SECP256K1_ORDER},
        {"y_parity": 2},
        {"r": 2**256 - 1},
        {"r": 5},  # no point of the curve has this x
    ],
)
def test_an_impossible_signature_has_no_sender(change: dict[str, int]) -> None:
    tx = replace(signed(type=FEE_MARKET), **change)
    with pytest.raises(InvalidSignature):
        _ = tx.sender
    with pytest.raises(InvalidTransaction, match="bad-signature"):
        execute(world(source=""), tx)


@given(tx=transactions(), key=st.sampled_from([ALICE_KEY, BOB_KEY]))
def test_the_sender_known_from_signing_equals_the_recovered_one(tx: Transaction, key: bytes) -> None:
    tx = sign_transaction(tx, key)
    assert "sender" in vars(tx)
    assert "sender" not in vars(replace(tx))
    assert replace(tx).sender == decode_transaction(encode_transaction(tx)).sender == tx.sender


@given(tx=transactions(), wrong=st.fixed_dictionaries({"r": st.integers(1, 2**255), "s": st.integers(1, 2**255)}))
def test_a_signature_from_elsewhere_is_never_taken_for_the_signers(tx: Transaction, wrong: dict[str, int]) -> None:
    tx = sign_transaction(tx, ALICE_KEY)
    for change in (wrong, {"y_parity": 1 - tx.y_parity}, {"value": tx.value + 1}):
        try:
            assert replace(tx, **change).sender != ALICE
        except InvalidSignature:
            continue


def test_a_changed_transaction_no_longer_names_its_sender() -> None:
    tx = signed(type=FEE_MARKET)
    assert tx.sender == ALICE
    for change in ({"value": 1}, {"chain_id": 2}, {"to": BOB}, {"data": b"x"}, {"access_list": ((BOB, ()),)}):
        try:
            assert replace(tx, **change).sender != ALICE
        except ToyevmError:
            continue


def test_an_authorization_names_its_authority() -> None:
    assert authorize().authority == BOB
    with pytest.raises(InvalidSignature):
        _ = replace(authorize(), r=0).authority


def test_a_second_signature_of_one_authorization_is_void() -> None:
    """EIP-7702: s must be the lower of its two values."""
    good = authorize()
    y_parity, r, s = mirrored((good.y_parity, good.r, good.s))
    bad = replace(good, y_parity=y_parity, r=r, s=s)
    for one, delegates in ((good, True), (bad, False)):
        result = execute(world(source=""), signed(type=SET_CODE, to=NOBODY, authorizations=(one,)))
        assert any(location.address == BOB for location in result.write_set) is delegates
