"""A span against a second writer, made from the specification alone (OP Stack, span batches), with another RLP library.

It writes what the OP Stack has, which our span leaves out or adds to: it has a first epoch bit, and no seconds.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
import rlp
from hypothesis import given
from hypothesis import strategies as st

from tests.rollups.test_encodings import BATCHES, SPAN, unbound
from toyevm.rollups.encodings.base import by_part
from toyevm.rollups.encodings.cursor import Cursor
from toyevm.rollups.encodings.measure import L2_CHAIN_ID, consecutive
from toyevm.rollups.encodings.span_transactions import decode_transactions, transaction_columns
from toyevm.rollups.values import Batch
from toyevm.transactions import Transaction, encode_transaction


def varint(number: int) -> bytes:
    """Protobuf's: groups of seven bits, the lowest first, the top bit set on all but the last."""
    groups = [number >> shift & 0x7F for shift in range(0, max(number.bit_length(), 1), 7)]
    return bytes([group | 0x80 for group in groups[:-1]] + groups[-1:])


def bits(flags: list[bool]) -> bytes:
    """A big-endian number whose lowest bit is the first flag, left-padded to whole bytes."""
    text = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(text or "0", 2).to_bytes((len(flags) + 7) // 8, "big")


def specified_transactions(raws: list[bytes]) -> bytes:
    """Creation bits, parity bits, signatures, receivers, data, nonces, gas limits, protection bits: in this order."""
    creations, parities, protected = [], [], []
    signatures = tos = data = nonces = gases = b""
    for raw in raws:
        if raw[0] >= 0xC0:
            nonce, price, gas, to, value, payload, v, r, s = rlp.decode(raw)
            rest, parity = [value, price, payload], int.from_bytes(v, "big")
            protected.append(parity >= 35)
            parity = (parity - 35) % 2 if parity >= 35 else parity - 27
        elif raw[0] == 1:
            _, nonce, price, gas, to, value, payload, access, y, r, s = rlp.decode(raw[1:])
            rest, parity = [value, price, payload, access], int.from_bytes(y, "big")
        else:
            _, nonce, tip, price, gas, to, value, payload, access, *more, y, r, s = rlp.decode(raw[1:])
            rest, parity = [value, tip, price, payload, access, *more], int.from_bytes(y, "big")
        creations.append(to == b"")
        parities.append(parity == 1)
        signatures += r.rjust(32, b"\0") + s.rjust(32, b"\0")
        tos += to
        data += (b"" if raw[0] >= 0xC0 else raw[:1]) + rlp.encode(rest)
        nonces += varint(int.from_bytes(nonce, "big"))
        gases += varint(int.from_bytes(gas, "big"))
    return bits(creations) + bits(parities) + signatures + tos + data + nonces + gases + bits(protected)


@given(st.lists(unbound, max_size=12))
def test_the_columns_of_transactions_are_those_of_the_specification(txs: list[Transaction]) -> None:
    raws = [encode_transaction(tx) for tx in txs]
    ours = b"".join(content for _, content in transaction_columns(raws, L2_CHAIN_ID))
    assert ours == specified_transactions(raws)
    assert decode_transactions(Cursor(ours), len(raws), L2_CHAIN_ID) == raws


@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_a_span_is_that_of_the_specification_but_for_epoch_bits_and_seconds(batch: Batch) -> None:
    pairs = list(pairwise(batch))
    specified = (
        varint(batch[0].timestamp - SPAN.genesis_timestamp)
        + varint(batch[-1].epoch_number)
        + batch[0].parent_hash[:20]
        + batch[-1].epoch_hash[:20]
        + varint(len(batch))
        + bits([late.epoch_number > early.epoch_number for early, late in pairs])  # theirs: one more, for the first
        + b"".join(varint(late.timestamp - early.timestamp) for early, late in pairs)  # theirs: none
        + b"".join(varint(len(block.transactions)) for block in batch)
        + specified_transactions([raw for block in batch for raw in block.transactions])
    )
    assert SPAN.encode(batch) == specified


def test_the_parts_of_a_span_are_its_columns() -> None:
    raws = [encode_transaction(Transaction(type=2, chain_id=L2_CHAIN_ID, to=b"\7" * 20, nonce=300, value=9, r=1, s=2))]
    assert by_part(transaction_columns(raws, L2_CHAIN_ID)) == {
        "to": b"\0" + b"\7" * 20,
        "signatures": b"\0" + (1).to_bytes(32, "big") + (2).to_bytes(32, "big"),
        "framing": b"\x02\xc5",
        "value": b"\x09",
        "fees": b"\x80\x80",
        "data": b"\x80",
        "access list": b"\xc0",
        "nonce": b"\xac\x02",
        "gas": b"\x88\xa4\x01",
        "chain id": b"",
    }
    parts = SPAN.parts(consecutive([tuple(raws), ()]))
    assert {name: len(parts[name]) for name in ("timestamp", "epoch", "parent")} == {
        "timestamp": 2,
        "epoch": 23,
        "parent": 20,
    }
