"""One list has one encoding, and nothing else is taken for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.access_lists.published import PUBLISHED, published_list
from toyevm import rlp
from toyevm.access_lists import (
    AccountChanges,
    BlockAccessList,
    Change,
    LieKind,
    MalformedAccessList,
    count_items,
    decode,
    encode,
    flatten,
    gather,
    hash_of,
)
from toyevm.errors import InputError

WORDS = st.integers(0, 2**256 - 1) | st.integers(0, 300)
ADDRESSES = st.binary(min_size=20, max_size=20)


def changes(values: st.SearchStrategy[int | bytes], **sizes: int) -> st.SearchStrategy[tuple[Change, ...]]:
    found = st.dictionaries(st.integers(0, 2**32 - 1) | st.integers(0, 5), values, max_size=4, **sizes)
    return found.map(lambda each: tuple(Change(at, each[at]) for at in sorted(each)))


@st.composite
def accounts(draw: st.DrawFn, address: bytes) -> AccountChanges:
    writes = draw(st.dictionaries(WORDS, changes(WORDS, min_size=1), max_size=4))
    reads = draw(st.sets(WORDS, max_size=4)) - writes.keys()
    return AccountChanges(
        address,
        tuple(sorted(writes.items())),
        tuple(sorted(reads)),
        draw(changes(WORDS)),
        draw(changes(st.integers(0, 2**64 - 1))),
        draw(changes(st.binary(max_size=60))),
    )


@st.composite
def lists(draw: st.DrawFn) -> BlockAccessList:
    return tuple(draw(accounts(address)) for address in sorted(draw(st.sets(ADDRESSES, max_size=4))))


@pytest.mark.parametrize("published", PUBLISHED)
def test_a_published_list_has_the_hash_of_its_header(published: str) -> None:
    accesses = published_list(PUBLISHED[published])
    assert hash_of(accesses).hex() == published
    assert decode(encode(accesses)) == accesses


def test_an_empty_list_has_the_hash_that_the_proposal_names() -> None:
    assert encode(()) == b"\xc0"
    assert hash_of(()).hex() == "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"


@given(lists())
def test_what_is_encoded_is_decoded_again(accesses: BlockAccessList) -> None:
    assert decode(encode(accesses)) == accesses
    assert gather(flatten(accesses)) == accesses


@given(lists(), st.data())
def test_other_bytes_are_refused_or_are_another_list(accesses: BlockAccessList, data: st.DataObject) -> None:
    encoded = bytearray(encode(accesses))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(encoded) - 1))
        encoded[place] = data.draw(st.integers(0, 255))
    try:
        other = decode(bytes(encoded))
    except MalformedAccessList:
        return
    assert encode(other) == bytes(encoded)


def test_items_are_addresses_and_slots_however_often_these_change() -> None:
    twice = (Change(1, 5), Change(2, 6))
    accesses = (AccountChanges(bytes(20), ((1, twice),), (2,), twice), AccountChanges(b"\1" * 20))
    assert count_items(accesses) == 4


ONE, TWO = b"\1" * 20, b"\2" * 20
PAIR = [[1, 7]]
FULL = [ONE, [[5, PAIR]], [6], PAIR, PAIR, [[1, b"\x60"]]]


def with_part(number: int, part: rlp.Item) -> rlp.Item:
    return [[*FULL[:number], part, *FULL[number + 1 :]]]


HOSTILE: dict[str, tuple[rlp.Item, LieKind]] = {
    "not a list": (b"abc", LieKind.MALFORMED),
    "a string for an account": ([b"abc"], LieKind.MALFORMED),
    "five parts": ([FULL[:5]], LieKind.MALFORMED),
    "seven parts": ([[*FULL, []]], LieKind.MALFORMED),
    "an address of 19 bytes": (with_part(0, bytes(19)), LieKind.MALFORMED),
    "an address of 21 bytes": (with_part(0, bytes(21)), LieKind.MALFORMED),
    "a list for an address": (with_part(0, []), LieKind.MALFORMED),
    "accounts out of order": ([[TWO, *FULL[1:]], FULL], LieKind.UNSORTED),
    "an account twice": ([FULL, FULL], LieKind.DUPLICATE),
    "written slots out of order": (with_part(1, [[256, PAIR], [5, PAIR]]), LieKind.UNSORTED),
    "a written slot twice": (with_part(1, [[5, PAIR], [5, [[2, 8]]]]), LieKind.DUPLICATE),
    "a slot with a leading zero": (with_part(1, [[b"\0\5", PAIR]]), LieKind.MALFORMED),
    "a slot of 33 bytes": (with_part(1, [[b"\1" * 33, PAIR]]), LieKind.MALFORMED),
    "a value of 33 bytes": (with_part(1, [[5, [[1, b"\1" * 33]]]]), LieKind.MALFORMED),
    "a value with a leading zero": (with_part(1, [[5, [[1, b"\0"]]]]), LieKind.MALFORMED),
    "a slot without changes": (with_part(1, [[5, []]]), LieKind.EMPTY_CHANGES),
    "a slot's changes out of order": (with_part(1, [[5, [[2, 8], [1, 7]]]]), LieKind.UNSORTED),
    "a slot changed twice at once": (with_part(1, [[5, [[1, 8], [1, 7]]]]), LieKind.DUPLICATE),
    "read slots out of order": (with_part(2, [256, 6]), LieKind.UNSORTED),
    "a read slot twice": (with_part(2, [6, 6]), LieKind.DUPLICATE),
    "a read slot with a leading zero": (with_part(2, [b"\0\6"]), LieKind.MALFORMED),
    "a read slot in a list": (with_part(2, [[6]]), LieKind.MALFORMED),
    "a slot both read and written": (with_part(2, [5]), LieKind.READ_AND_WRITTEN),
    "balances out of order": (with_part(3, [[2, 8], [1, 7]]), LieKind.UNSORTED),
    "two balances at once": (with_part(3, [[1, 8], [1, 7]]), LieKind.DUPLICATE),
    "a balance with a leading zero": (with_part(3, [[1, b"\0\7"]]), LieKind.MALFORMED),
    "an index with a leading zero": (with_part(3, [[b"\0\1", 7]]), LieKind.MALFORMED),
    "an index of five bytes": (with_part(3, [[2**32, 7]]), LieKind.MALFORMED),
    "three for a pair": (with_part(3, [[1, 7, 7]]), LieKind.MALFORMED),
    "a nonce of nine bytes": (with_part(4, [[1, 2**64]]), LieKind.MALFORMED),
    "two nonces at once": (with_part(4, [[1, 8], [1, 7]]), LieKind.DUPLICATE),
    "nonces out of order": (with_part(4, [[2, 8], [1, 7]]), LieKind.UNSORTED),
    "codes out of order": (with_part(5, [[2, b"\1"], [1, b"\2"]]), LieKind.UNSORTED),
    "two codes at once": (with_part(5, [[1, b"\1"], [1, b"\2"]]), LieKind.DUPLICATE),
    "a list for code": (with_part(5, [[1, []]]), LieKind.MALFORMED),
    "an index after the block": (with_part(3, [[4, 7]]), LieKind.INDEX_OUT_OF_RANGE),
    "a slot's index after the block": (with_part(1, [[5, [[4, 7]]]]), LieKind.INDEX_OUT_OF_RANGE),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_list_is_refused_with_its_kind(name: str) -> None:
    assert decode(rlp.encode([FULL]), transactions=2), "what all these are made from is right"
    item, kind = HOSTILE[name]
    with pytest.raises(InputError) as refused:
        decode(rlp.encode(item), transactions=2)
    assert isinstance(refused.value, MalformedAccessList)
    assert refused.value.lie.kind is kind
    assert "\n" not in str(refused.value)


NO_ENCODINGS = (b"", b"\xc1", b"\xc0\xc0", b"\xc0\0", bytes(9), b"\xc1" * 200, None, 5, "c0", [], 1.5)


@pytest.mark.parametrize("data", NO_ENCODINGS)
def test_what_is_no_encoding_at_all_is_malformed(data: object) -> None:
    with pytest.raises(MalformedAccessList, match="block access list"):
        decode(data)  # type: ignore[arg-type]


def test_slots_are_in_numeric_order_and_not_in_that_of_their_bytes() -> None:
    """A case of execution-specs (test_cases.md): 0x0100 and 0x010000 come after 0xff."""
    slots = (0, 2, 0xFF, 0x100, 0x10000)
    accesses = (AccountChanges(ONE, tuple((slot, (Change(1, 1),)) for slot in slots), (3, 0x200)),)
    assert decode(encode(accesses)) == accesses
    upside_down = replace(accesses[0], storage_reads=(0x200, 3))
    with pytest.raises(MalformedAccessList, match="unsorted"):
        decode(encode((upside_down,)))
