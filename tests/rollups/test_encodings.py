"""Every encoding gives back what it was given, says where its bytes go, and refuses what it would not have written."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
import rlp as other_rlp
from hypothesis import given
from hypothesis import strategies as st

from toyevm import rlp
from toyevm.errors import DecodingError, InputError
from toyevm.rollups.encodings import account_index
from toyevm.rollups.encodings.account_index import AccountIndex
from toyevm.rollups.encodings.base import BatchEncoding
from toyevm.rollups.encodings.block_items import MOST_TRANSACTIONS
from toyevm.rollups.encodings.cursor import Cursor, bitlist, uvarint
from toyevm.rollups.encodings.measure import L2_CHAIN_ID, consecutive, synthetic_batch
from toyevm.rollups.encodings.netted_diff import NettedDiff, net
from toyevm.rollups.encodings.payment_records import PaymentRecords, UnsignedPayment, read_decimal, write_decimal
from toyevm.rollups.encodings.signed_rlp import SignedRlp
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.encodings.span import MAX_BLOCKS, Span, as_written
from toyevm.rollups.values import Batch, BlockInput
from toyevm.state import Account, StateDiff, WorldState
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
)
from toyevm.types import Field, Location
from toyevm.workloads.wallets import wallet

SPAN = Span(L2_CHAIN_ID, genesis_timestamp=1_700_000_000)
ENCODINGS: tuple[BatchEncoding, ...] = (SignedRlp(), Singular(), SPAN)
names = [encoding.name for encoding in ENCODINGS]


def sign(**fields: Any) -> bytes:
    """Return a transaction of Ann's, on the layer unless it says otherwise."""
    return encode_transaction(wallet("Ann").sign(**{"chain_id": L2_CHAIN_ID, "to": b"\x11" * 20} | fields))


OF_EVERY_KIND = (
    sign(),
    sign(to=None, data=b"\x60\x00", gas_limit=100_000, nonce=2**40),
    sign(type=LEGACY, value=3 * 10**18, max_fee_per_gas=10**9),
    sign(type=LEGACY, chain_id=None, data=bytes(300)),
    sign(type=ACCESS_LIST, access_list=((b"\x22" * 20, (1, 2**255)),)),
    sign(type=FEE_MARKET, value=1, max_fee_per_gas=2**200, max_priority_fee_per_gas=1),
    sign(type=SET_CODE, authorizations=(Authorization(1, b"\x33" * 20, 5, 1, 7, 9),)),
    encode_transaction(Transaction(to=b"\x11" * 20, chain_id=L2_CHAIN_ID, r=1, s=2)),  # short numbers, no signature
)
BATCHES: dict[str, Batch] = {
    "every kind of transaction": consecutive([OF_EVERY_KIND[:3], (), OF_EVERY_KIND[3:]]),
    "one empty block": consecutive([()]),
    "three epochs": consecutive([()] * 14),
    "payments": synthetic_batch(count=250, people=20).batch,
}


def kept(encoding: BatchEncoding, batch: Batch) -> Batch:
    """Return what must come back: everything, but for the hashes that a span leaves out."""
    return as_written(batch) if encoding.name == "span" else batch


@pytest.mark.parametrize("encoding", ENCODINGS, ids=names)
@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_what_is_decoded_is_what_was_encoded(encoding: BatchEncoding, batch: Batch) -> None:
    assert encoding.decode(encoding.encode(batch)) == kept(encoding, batch)


@pytest.mark.parametrize("encoding", ENCODINGS, ids=names)
@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_the_parts_have_every_byte_once(encoding: BatchEncoding, batch: Batch) -> None:
    parts, data = encoding.parts(batch), encoding.encode(batch)
    assert sum(map(len, parts.values())) == len(data)
    assert sorted(b"".join(parts.values())) == sorted(data)
    assert "unreadable" not in parts


def test_the_parts_of_a_legacy_and_of_a_typed_transaction_are_their_fields() -> None:
    typed = Transaction(type=2, chain_id=42, nonce=5, max_fee_per_gas=9, to=b"\7" * 20, value=6, r=1, s=2, gas_limit=8)
    parts = SignedRlp().parts(consecutive([(encode_transaction(typed),)]))
    assert {name: parts[name].hex() for name in ("chain id", "nonce", "fees", "gas", "value", "signatures")} == {
        "chain id": "2a", "nonce": "05", "fees": "8009", "gas": "08", "value": "06", "signatures": "800102"
    }  # fmt: skip
    parts = SignedRlp().parts(consecutive([(encode_transaction(replace(typed, type=0, chain_id=None)),)]))
    assert "chain id" not in parts
    assert (parts["to"].hex(), parts["fees"].hex(), parts["signatures"].hex()) == ("94" + "07" * 20, "09", "1b0102")


def test_signatures_take_65_bytes_and_a_bit_of_a_transfer() -> None:
    batch = BATCHES["payments"]
    count = 250
    assert len(SPAN.parts(batch)["signatures"]) == 64 * count + -(-count // 8)
    assert 64 * count < len(Singular().parts(batch)["signatures"]) <= 67 * count


def test_a_span_leaves_the_chain_id_out() -> None:
    assert SPAN.parts(BATCHES["payments"])["chain id"] == b""
    assert Singular().parts(BATCHES["payments"])["chain id"] == bytes([L2_CHAIN_ID]) * 250


blocks = st.builds(
    BlockInput,
    parent_hash=st.binary(min_size=32, max_size=32),
    epoch_number=st.integers(0, 2**64 - 1),
    epoch_hash=st.binary(min_size=32, max_size=32),
    timestamp=st.integers(0, 2**64 - 1),
    transactions=st.lists(st.binary(max_size=80), max_size=4).map(tuple),
)


@given(st.lists(blocks, max_size=4).map(tuple))
def test_rlp_of_a_batch_equals_that_of_another_library(batch: Batch) -> None:
    lists = [
        [one.parent_hash, one.epoch_number, one.epoch_hash, one.timestamp, list(one.transactions)] for one in batch
    ]
    assert SignedRlp().encode(batch) == other_rlp.encode(lists)
    assert Singular().encode(batch) == b"".join(other_rlp.encode(b"\0" + other_rlp.encode(fields)) for fields in lists)
    assert SignedRlp().decode(SignedRlp().encode(batch)) == batch
    assert Singular().decode(Singular().encode(batch)) == batch


STRANGE = (
    b"",
    b"\0",
    b"\x7f",
    b"\x80",
    b"\xc0",
    b"\0" + OF_EVERY_KIND[2],
    b"\x02\xc0",
    b"\x02\x8c" + bytes(12),
    b"\x05\xc0",
)


@pytest.mark.parametrize("raw", STRANGE, ids=bytes.hex)
@pytest.mark.parametrize("encoding", ENCODINGS[:2], ids=names[:2])
def test_what_is_no_transaction_is_a_part_too(encoding: BatchEncoding, raw: bytes) -> None:
    batch = consecutive([(raw,)])
    parts = encoding.parts(batch)
    assert parts.get("unreadable", b"") == raw
    assert sum(map(len, parts.values())) == len(encoding.encode(batch))


@given(st.lists(blocks, max_size=4).map(tuple))
def test_the_parts_of_anything_have_every_byte_once(batch: Batch) -> None:
    for encoding in (SignedRlp(), Singular()):
        assert sorted(b"".join(encoding.parts(batch).values())) == sorted(encoding.encode(batch))


addresses = st.binary(min_size=20, max_size=20)
words = st.integers(0, 2**256 - 1)
transactions = st.builds(
    Transaction,
    type=st.sampled_from([LEGACY, ACCESS_LIST, FEE_MARKET]),
    chain_id=st.just(L2_CHAIN_ID),
    nonce=st.integers(0, 2**64 - 1),
    max_fee_per_gas=words,
    gas_limit=st.integers(0, 2**64 - 1),
    to=st.none() | addresses,
    value=words,
    data=st.binary(max_size=60),
    y_parity=st.integers(0, 1),
    r=words,
    s=words,
)
unbound = st.builds(
    lambda tx, free: replace(tx, chain_id=None) if free and tx.type == LEGACY else tx, transactions, st.booleans()
)
spans = st.lists(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 1), st.lists(unbound, max_size=3)), min_size=1, max_size=5
)


@given(spans)
def test_a_span_of_any_transactions_comes_back(rows: list[tuple[int, int, list[Transaction]]]) -> None:
    batch, timestamp, epoch = [], SPAN.genesis_timestamp, 7
    for number, (seconds, new_epoch, txs) in enumerate(rows):
        timestamp, epoch = timestamp + seconds, epoch + new_epoch
        raws = tuple(map(encode_transaction, txs))
        batch.append(BlockInput(bytes([number]) * 32, epoch, bytes([epoch]) * 32, timestamp, raws))
    data = SPAN.encode(tuple(batch))
    assert SPAN.decode(data) == as_written(tuple(batch))
    assert sorted(b"".join(SPAN.parts(tuple(batch)).values())) == sorted(data)


@pytest.mark.parametrize(
    ("batch", "what"),
    [
        ((), "no blocks"),
        (consecutive([(b"\x01",)]), "a list|nothing left|not the fields"),
        (consecutive([(sign(chain_id=7),)]), "a transaction for chain 7"),
        (consecutive([(sign(type=BLOB, blob_hashes=(b"\x01" * 32,)),)]), "a transaction of type 3"),
        (consecutive([(encode_transaction(Transaction(type=2, chain_id=42, y_parity=2)),)]), "y_parity is 2"),
        (consecutive([(), ()])[::-1], "not consecutive"),
        ((consecutive([()])[0], replace(consecutive([()])[0], epoch_number=1_002)), "not consecutive"),
        ((consecutive([()])[0], replace(consecutive([()])[0], timestamp=2**33)), "not consecutive"),
        (consecutive([()]) * 100_001, "100001 blocks"),
        (consecutive([()], timestamp=1), "before the layer began"),
        ((replace(consecutive([()])[0], parent_hash=b"short"),), "a hash of 5 bytes"),
    ],
)
def test_what_a_span_cannot_say_is_refused(batch: Batch, what: str) -> None:
    with pytest.raises(InputError, match=what):
        SPAN.encode(batch)


@pytest.mark.parametrize("encoding", ENCODINGS, ids=names)
def test_every_shortening_and_lengthening_is_refused(encoding: BatchEncoding) -> None:
    data = encoding.encode(BATCHES["every kind of transaction"])
    whole_blocks = {0}
    for block in BATCHES["every kind of transaction"]:  # singular batches may end after any block
        whole_blocks.add(max(whole_blocks) + len(encoding.encode((block,)) if encoding.name == "singular" else b""))
    for size in set(range(len(data))) - (whole_blocks if encoding.name == "singular" else set()):
        with pytest.raises(DecodingError):
            encoding.decode(data[:size])
    with pytest.raises(DecodingError):
        encoding.decode(data + b"\0")


@pytest.mark.parametrize("encoding", ENCODINGS, ids=names)
def test_what_decodes_is_what_would_have_been_written(encoding: BatchEncoding) -> None:
    """Otherwise one batch would have two forms."""
    random, data = Random(5), encoding.encode(BATCHES["every kind of transaction"])
    decoded = 0
    for _ in range(3_000):
        changed = bytearray(data)
        changed[random.randrange(len(data))] = random.randrange(256)
        try:
            batch = encoding.decode(bytes(changed))
            again = encoding.encode(batch)
        except DecodingError:  # a span may also hold what is no transaction, and then cannot be written again
            continue
        decoded += 1
        assert again == changed
    assert decoded > 100


INDEX = AccountIndex([wallet(name).address for name in ("Ann", "Bob", "Cleo")])
ANN, BOB, CLEO = INDEX.accounts


def test_the_highest_number_is_no_accounts_index() -> None:
    accounts = [bytes([number]) * 20 for number in range(256)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account_index, "INDEX_BYTES", 1)  # as if: three bytes have room for millions
        patch.setattr(account_index, "NEW", b"\xff")
        index = AccountIndex([*accounts[:255], accounts[3]])
        assert [index.write(one) for one in accounts[:255]] == [bytes([number]) for number in range(255)]
        assert index.write(accounts[255]) == b"\xff" + accounts[255]
        assert index.read(Cursor(b"\xfe")) == accounts[254]
        with pytest.raises(DecodingError, match="account number 255 "):
            index.read(Cursor(b"\xff"), allow_new=False)
        with pytest.raises(InputError) as caught:
            AccountIndex(accounts)
        assert str(caught.value) == "256 accounts (expected at most 255)"


def test_a_payment_takes_13_bytes_and_comes_back_unsigned() -> None:
    raws = (sign(to=BOB, value=5 * 10**17, max_fee_per_gas=20 * 10**9), sign(to=CLEO, value=1, max_fee_per_gas=0))
    records = PaymentRecords(INDEX)
    data = records.encode(consecutive([raws[:1], raws[1:]]))
    assert len(data) == 2 * 13
    assert records.decode(data) == (
        UnsignedPayment(ANN, BOB, 5 * 10**17, 21_000 * 20 * 10**9),
        UnsignedPayment(ANN, CLEO, 1, 0),
    )
    assert {part: len(content) for part, content in records.parts(consecutive([raws])).items()} == {
        "from": 6,
        "to": 6,
        "value": 10,
        "fees": 4,
    }


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"to": BOB, "data": b"\1"}, "more than to pay"),
        ({"to": None}, "more than to pay"),
        ({"to": b"\x99" * 20}, "no index"),
        ({"to": BOB, "value": 123_456_789_012_345}, "too many digits"),
        ({"to": BOB, "max_fee_per_gas": 20_123_456_789}, "too many digits"),
    ],
)
def test_what_a_payment_record_cannot_say_is_refused(fields: dict[str, Any], what: str) -> None:
    with pytest.raises(InputError, match=what):
        PaymentRecords(INDEX).encode(consecutive([(sign(**fields),)]))


@pytest.mark.parametrize(
    "data", [bytes(12), bytes(14), b"\0\0\3" + bytes(10), b"\xff\xff\xff" + bytes(10), bytes(12) + b"\1"]
)
def test_what_is_no_payment_record_is_refused(data: bytes) -> None:
    with pytest.raises(DecodingError):
        PaymentRecords(INDEX).decode(data)


@given(st.integers(0, 2**35 - 1), st.integers(0, 31))
def test_a_packed_number_is_never_rounded(mantissa: int, exponent: int) -> None:
    number = mantissa * 10**exponent
    assert read_decimal(write_decimal(number, 5)) == number


@pytest.mark.parametrize(
    ("number", "size", "packed"),
    [
        (0, 5, "0000000000"),
        (2**35 - 1, 5, "ffffffffe0"),
        (2**11 - 1, 2, "ffe0"),
        (7 * 10**31, 5, "00000000ff"),
        (70 * 10**31, 5, "00000008df"),  # 70 * 10 ** 31: there is no higher exponent
    ],
)
def test_a_number_is_packed_up_to_its_limits(number: int, size: int, packed: str) -> None:
    assert write_decimal(number, size).hex() == packed
    assert read_decimal(bytes.fromhex(packed)) == number


@pytest.mark.parametrize(("number", "size"), [(2**35, 5), (2**35 + 1, 5), (2**11, 2), (10**70 + 1, 5), (10**70, 5)])
def test_a_number_beyond_its_limits_is_refused(number: int, size: int) -> None:
    with pytest.raises(InputError) as caught:
        write_decimal(number, size)
    assert str(caught.value) == (
        f"{number} has too many digits (expected below {2 ** (8 * size - 5)} but for zeros at the end)"
    )


values = st.dictionaries(
    st.tuples(st.sampled_from([ANN, BOB, b"\x77" * 20, b"\x01" * 20]), st.sampled_from([-4, -3, -2, 0, 1, 2**256 - 1])),
    words,
)


@given(values)
def test_a_diff_of_any_changes_comes_back(numbers: dict[tuple[bytes, int], int]) -> None:
    changes = {
        Location(address, key): number.to_bytes(32, "big")
        if key == Field.CODE
        else number % 2**64
        if key == Field.NONCE
        else number
        for (address, key), number in numbers.items()
    }
    diff = NettedDiff(INDEX)
    data = diff.encode(changes)
    assert diff.decode(data) == changes
    assert sum(map(len, diff.parts(changes).values())) == len(data)


def test_only_what_is_different_in_the_end_is_in_a_netted_diff() -> None:
    before = WorldState({ANN: Account(balance=10), BOB: Account(balance=5, storage={1: 7})})
    there = StateDiff({Location(ANN, Field.BALANCE): 6, Location(BOB, Field.BALANCE): 9, Location(BOB, 1): 8})
    back = StateDiff({Location(ANN, Field.BALANCE): 10, Location(BOB, 1): 7})
    assert net(before, [there, back]) == {Location(BOB, Field.BALANCE): 9}


def test_what_different_blocks_wrote_is_all_there() -> None:
    before = WorldState({BOB: Account(nonce=1, storage={1: 7})})
    diffs = [StateDiff({Location(BOB, 0): 4, Location(BOB, 3): 5}), StateDiff({Location(BOB, Field.BALANCE): 6})]
    assert net(before, diffs) == {Location(BOB, Field.BALANCE): 6, Location(BOB, 0): 4, Location(BOB, 3): 5}


def test_of_a_cleared_storage_only_what_was_written_later_is_there() -> None:
    """A slot that is written as it was before is there too, since the clearing has taken it; a zero is not."""
    before = WorldState({BOB: Account(nonce=1, storage={1: 7, 2: 3}), CLEO: Account(nonce=1)})
    diffs = [
        StateDiff({Location(BOB, 0): 4, Location(BOB, 3): 4, Location(BOB, Field.NONCE): 2, Location(CLEO, 0): 9}),
        StateDiff({Location(BOB, Field.STORAGE): 0, Location(BOB, 1): 7, Location(BOB, 5): 1, Location(BOB, 6): 0}),
    ]
    changes = net(before, diffs)
    assert changes == {
        Location(BOB, Field.NONCE): 2,
        Location(BOB, Field.STORAGE): 0,
        Location(BOB, 1): 7,
        Location(BOB, 5): 1,
        Location(CLEO, 0): 9,
    }
    decoded = NettedDiff(INDEX).decode(NettedDiff(INDEX).encode(changes))
    assert decoded == changes
    assert before.apply(StateDiff(decoded)).accounts[BOB] == Account(nonce=2, storage={1: 7, 5: 1})


def test_a_balance_of_257_bits_is_refused() -> None:
    diff = NettedDiff(INDEX)
    assert diff.decode(b"\0\0\0\x02" + uvarint(2**256 - 1)) == {Location(ANN, Field.BALANCE): 2**256 - 1}
    with pytest.raises(DecodingError, match="more than 256 bits"):
        diff.decode(b"\0\0\0\x02" + uvarint(2**256))


@pytest.mark.parametrize(
    "data",
    [
        "000000 00",  # no field
        "000000 20",  # a field there is not
        "000000 02 05 000000 02 05",  # the same account twice
        "000001 02 05 000000 02 05",  # out of order
        "000003 02 05",  # no such account
        "000000 10 c0",  # no slot
        "000000 10 c20100 ff",  # more than that
        "000000 10 c402010105",  # slots out of order
        "000000 10 c103",  # a slot without a value
        "000000 02 8500",  # a needlessly long number
    ],
)
def test_what_is_no_netted_diff_is_refused(data: str) -> None:
    with pytest.raises(DecodingError):
        NettedDiff(INDEX).decode(bytes.fromhex(data))


def test_an_account_with_an_index_may_not_be_written_out() -> None:
    with pytest.raises(DecodingError, match="its index"):
        NettedDiff(INDEX).decode(b"\xff\xff\xff" + ANN + b"\x02\x05")


@pytest.mark.parametrize(("number", "written"), [(0, "00"), (127, "7f"), (128, "8001"), (2**64 - 1, "ff" * 9 + "01")])
def test_an_integer_takes_no_more_bytes_than_it_needs(number: int, written: str) -> None:
    assert uvarint(number).hex() == written
    assert Cursor(bytes.fromhex(written)).uvarint() == number


@pytest.mark.parametrize("item", [b"", b"a", bytes(55), bytes(56), b"\x80", [], [b""] * 55, [b""] * 56, [[b"a"], b"b"]])
def test_an_item_is_read_to_its_end_and_no_further(item: Any) -> None:
    data = other_rlp.encode(item)
    cursor = Cursor(b"x" + data + b"y")
    cursor.take(1)
    assert cursor.rlp_item() == item
    assert cursor.take(1) == b"y"
    cursor.end()
    reader = Cursor(data)
    if isinstance(item, bytes):
        assert reader.rlp_string() == item
        return
    with pytest.raises(DecodingError, match="a list at byte 0"):
        reader.rlp_string()


HASH = b"h" * 32
RIGHT = [HASH, 1, HASH, 2, [b"tx"]]


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        *((place, wrong) for place in (0, 2) for wrong in (b"h" * 31, b"h" * 33, [b"h"] * 32, b"")),
        *((place, wrong) for place in (1, 3) for wrong in (2**64, b"\0", [])),
        *((4, wrong) for wrong in (b"tx", b"", [[b"tx"]], [b"tx", []])),
    ],
)
def test_a_block_with_a_field_of_the_wrong_shape_is_refused(place: int, wrong: Any) -> None:
    assert SignedRlp().decode(other_rlp.encode([RIGHT])) == (BlockInput(HASH, 1, HASH, 2, (b"tx",)),)
    assert SignedRlp().decode(other_rlp.encode([[HASH, 2**64 - 1, HASH, 2**64 - 1, []]]))[0].timestamp == 2**64 - 1
    changed = [wrong if number == place else field for number, field in enumerate(RIGHT)]
    for data in (other_rlp.encode([changed]), other_rlp.encode([RIGHT, changed]), other_rlp.encode([RIGHT[:4]])):
        with pytest.raises(DecodingError):
            SignedRlp().decode(data)
    with pytest.raises(DecodingError):
        Singular().decode(other_rlp.encode(b"\0" + other_rlp.encode(changed)))


@pytest.mark.parametrize(("content", "found"), [(b"", "missing"), (b"\x01\x02", "01")])
def test_a_singular_batch_of_another_version_is_refused(content: bytes, found: str) -> None:
    with pytest.raises(DecodingError) as caught:
        Singular().decode(other_rlp.encode(content))
    assert str(caught.value) == f"version {found} (expected 00)"


def test_a_span_may_begin_in_epoch_0_and_stand_still_in_time() -> None:
    first = replace(consecutive([()])[0], epoch_number=0)
    batch = (first, replace(first, epoch_number=1))
    assert [block.epoch_number for block in SPAN.decode(SPAN.encode(batch))] == [0, 1]


def test_a_span_does_not_jump_over_a_century() -> None:
    first = consecutive([()])[0]
    last = replace(first, timestamp=first.timestamp + 2**32 - 1)
    data = SPAN.encode((first, last))
    assert SPAN.decode(data)[1].timestamp == last.timestamp
    with pytest.raises(InputError, match="not consecutive"):
        SPAN.encode((first, replace(last, timestamp=last.timestamp + 1)))
    with pytest.raises(DecodingError, match="more than 32 bits"):
        SPAN.decode(data.replace(uvarint(2**32 - 1), uvarint(2**32)))


def test_a_span_has_at_most_100_000_blocks() -> None:
    """Two bytes and a bit a block, and no more."""
    first = consecutive([()])[0]
    assert len(SPAN.decode(SPAN.encode((first,) * MAX_BLOCKS))) == MAX_BLOCKS
    with pytest.raises(InputError, match="100001 blocks"):
        SPAN.encode((first,) * (MAX_BLOCKS + 1))


@given(st.integers(0, 2**64 - 1))
def test_an_integer_comes_back(number: int) -> None:
    assert Cursor(uvarint(number)).uvarint() == number


@given(st.lists(st.booleans()))
def test_bits_come_back(bits: list[bool]) -> None:
    assert Cursor(bitlist(bits)).bits(len(bits)) == bits


@pytest.mark.parametrize("data", ["", "80", "8000", "8080", "ffffffffffffffffff02", "ff" * 50])
def test_what_is_no_integer_is_refused(data: str) -> None:
    with pytest.raises(DecodingError):
        Cursor(bytes.fromhex(data)).uvarint()


def test_decoded_transactions_are_the_same_transactions() -> None:
    raws = [raw for block in BATCHES["payments"] for raw in block.transactions]
    back = [raw for block in SPAN.decode(SPAN.encode(BATCHES["payments"])) for raw in block.transactions]
    assert [decode_transaction(raw).hash for raw in back] == [decode_transaction(raw).hash for raw in raws]


WRONG_BLOCKS = {
    "a field too many": [bytes(32), 1, bytes(32), 1, [], b""],
    "a field missing": [bytes(32), 1, bytes(32), 1],
    "an epoch of nine bytes": [bytes(32), 2**64, bytes(32), 1, []],
    "a timestamp of nine bytes": [bytes(32), 1, bytes(32), 2**64, []],
    "a short hash": [bytes(31), 1, bytes(32), 1, []],
    "a list where a transaction should be": [bytes(32), 1, bytes(32), 1, [[]]],
    "a string where the list of them should be": [bytes(32), 1, bytes(32), 1, b""],
}


@pytest.mark.parametrize("fields", WRONG_BLOCKS.values(), ids=WRONG_BLOCKS)
def test_what_is_no_block_is_refused_in_both_encodings_of_rlp(fields: list[Any]) -> None:
    with pytest.raises(DecodingError):
        SignedRlp().decode(other_rlp.encode([fields]))
    with pytest.raises(DecodingError):
        Singular().decode_block(b"\0" + other_rlp.encode(fields))


@pytest.mark.parametrize("size", [0, 1, 54, 55, 56, 255, 256, 70_000])
def test_a_list_of_any_length_is_opened(size: int) -> None:
    content = Random(size).randbytes(size)
    cursor = Cursor(rlp.header(rlp.LIST, size) + content + b"rest")
    assert cursor.rlp_list().data == content
    assert cursor.take(4) == b"rest"


@pytest.mark.parametrize("data", ["", "83646f67", "f800", "f837" + "00" * 55, "f90038" + "00" * 56, "c2c0", "f8"])
def test_what_is_no_list_or_not_in_its_one_form_is_refused(data: str) -> None:
    with pytest.raises(DecodingError):
        Cursor(bytes.fromhex(data)).rlp_list()


def test_a_batch_has_as_many_transactions_as_a_channel_could_hold_and_no_more() -> None:
    half, encoding = BlockInput(bytes(32), 1, bytes(32), 1, (b"\1",) * (MOST_TRANSACTIONS // 2)), SignedRlp()
    assert encoding.decode(encoding.encode((half, half))) == (half, half)
    one_more = replace(half, transactions=(b"\1",))
    with pytest.raises(DecodingError, match="too many transactions"):
        encoding.decode(encoding.encode((half, half, one_more)))
