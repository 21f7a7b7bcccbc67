"""Bytes and blobs: there and back, canonical, and whatever is broken is refused by name."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import DecodingError, InputError
from toyevm.rollups.blobs import decode_blob, encode_blob, from_blobs, to_blobs
from toyevm.rollups.costs import BLOB_BYTES, USABLE_BYTES
from toyevm.vm.curves import BLS_MODULUS

SAMPLE, WHOLE = 1_000, 100_000
REASONS = ("in the length", "a length of", "a spare byte", "bytes behind", " bytes (expected")
REFUSED = dict.fromkeys(REASONS, 0)


def some(size: int) -> bytes:
    return Random(size).randbytes(size)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 63, 64, 4_095, 4_096, USABLE_BYTES - 1, USABLE_BYTES])
def test_a_blob_gives_back_its_data(size: int) -> None:
    blob = encode_blob(some(size))
    assert len(blob) == BLOB_BYTES
    assert decode_blob(blob) == some(size)


@given(data=st.binary(max_size=500))
def test_zeros_at_the_end_are_data_too(data: bytes) -> None:
    for padded in (data, data + b"\0", b"\0" + data):
        assert decode_blob(encode_blob(padded)) == padded


@pytest.mark.parametrize("byte", [b"\xff", b"\x80", b"\0"])
def test_every_number_of_a_blob_is_below_the_order_of_the_curve(byte: bytes) -> None:
    blob = encode_blob(byte * USABLE_BYTES)
    assert all(int.from_bytes(blob[at : at + 32], "big") < BLS_MODULUS for at in range(0, BLOB_BYTES, 32))


@pytest.mark.parametrize("size", [0, 1, USABLE_BYTES, USABLE_BYTES + 1, 2 * USABLE_BYTES, 300_000])
def test_long_data_takes_as_few_blobs_as_hold_it(size: int) -> None:
    blobs = to_blobs(some(size))
    assert len(blobs) == max(1, -(-size // USABLE_BYTES))
    assert from_blobs(blobs) == some(size)


def test_too_much_for_one_blob_is_refused() -> None:
    with pytest.raises(InputError, match="126,977 bytes"):
        encode_blob(bytes(USABLE_BYTES + 1))


@pytest.mark.parametrize(
    ("at", "byte", "words"),
    [(0, 64, "64 in the length"), (32, 255, "255 in the length"), (0, 63, "a length of 25"), (96, 1, "a spare byte"),
     (BLOB_BYTES - 32, 1, "a spare byte"), (BLOB_BYTES - 1, 1, "bytes behind"), (64, 0, "bytes behind")],
)  # fmt: skip
def test_a_hostile_blob_is_refused_by_name(at: int, byte: int, words: str) -> None:
    blob = bytearray(encode_blob(some(35)))
    assert blob[at] != byte
    blob[at] = byte
    with pytest.raises(DecodingError, match=f"^blob: .*{words}"):
        decode_blob(bytes(blob))


@pytest.mark.parametrize("size", [0, 1, BLOB_BYTES - 1, BLOB_BYTES + 1])
def test_a_blob_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(DecodingError, match=f"^blob: {size:,} bytes"):
        decode_blob(bytes(size))


def mutated(blob: bytes, random: Random) -> bytes:
    """Return the blob with one to four bytes changed, a part of it gone or doubled, or other bytes in its place."""
    changed = bytearray(blob)
    kind = random.randrange(6)
    if kind == 0:
        start = random.randrange(BLOB_BYTES)
        del changed[start : start + random.randrange(1, 100)]
    elif kind == 1:
        start = random.randrange(BLOB_BYTES)
        changed[start:start] = changed[start : start + 40]
    else:
        step = random.choice((1, 32))  # 32: only where the spare bytes are
        for _ in range(random.randrange(1, 5)):
            changed[random.randrange(random.choice((4, BLOB_BYTES // step))) * step] = random.randrange(256)
    return bytes(changed)


def assert_all_are_refused_or_decode_to_other_data(count: int) -> None:
    random, refused, decoded = Random(13), dict(REFUSED), 0
    blobs = [encode_blob(some(size)) for size in (0, 40, 5_000, USABLE_BYTES)]
    for _ in range(count):
        blob = mutated(random.choice(blobs), random)
        try:
            data = decode_blob(blob)
        except DecodingError as error:
            (reason,) = [words for words in REASONS if words in str(error)]
            refused[reason] += 1
        else:
            decoded += 1
            assert encode_blob(data) == blob
    assert sum(refused.values()) + decoded == count
    assert min(refused.values()) > 0
    assert decoded > 0


def test_a_mutated_blob_is_refused_by_name_or_is_another_blob() -> None:
    assert_all_are_refused_or_decode_to_other_data(SAMPLE)


@pytest.mark.whole
def test_a_hundred_thousand_mutated_blobs_are_refused_by_name_or_are_other_blobs() -> None:
    assert_all_are_refused_or_decode_to_other_data(WHOLE)
