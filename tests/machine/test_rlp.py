"""RLP against the `rlp` package: the same bytes for every tree, and a refusal of everything that is not canonical."""

from __future__ import annotations

from contextlib import suppress

import pytest
import rlp as oracle
from hypothesis import example, given
from hypothesis import strategies as st

from toyevm import rlp
from toyevm.errors import DecodingError

trees = st.recursive(st.binary(max_size=70), lambda children: st.lists(children, max_size=8), max_leaves=30)


@given(trees)
@example([b"x" * 54])
@example([b"x" * 55])
@example([[b"x" * 300] * 300])
@example(b"x" * 70_000)
def test_a_tree_is_encoded_as_the_oracle_does_and_comes_back(tree):
    encoded = rlp.encode(tree)
    assert encoded == oracle.encode(tree)
    assert rlp.decode(encoded) == tree


@given(st.integers(0, 2**256 - 1))
@example(0)
@example(127)
@example(128)
def test_an_integer_is_encoded_as_the_oracle_does_and_comes_back(number):
    assert rlp.encode(number) == oracle.encode(number)
    assert rlp.decode_int(rlp.decode(rlp.encode(number))) == number


def test_tuples_and_integers_in_a_list_are_items_too():
    assert rlp.encode(
        (b"a", (1, [0])),
    ) == rlp.encode([b"a", [b"\x01", [b""]]])


@given(st.binary(max_size=80))
def test_bytes_decode_exactly_when_the_oracle_decodes_them_and_encode_back(data):
    try:
        expected = oracle.decode(data, strict=True)
    except oracle.exceptions.DecodingError:
        with pytest.raises(DecodingError):
            rlp.decode(data)
    else:
        assert rlp.decode(data) == expected
        assert rlp.encode(rlp.decode(data)) == data


@given(trees, st.data())
def test_a_changed_byte_never_makes_a_second_encoding_of_the_same_tree(tree, data):
    encoded = bytearray(rlp.encode(tree))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(DecodingError):
        assert rlp.decode(bytes(encoded)) != tree


@pytest.mark.parametrize(
    ("what", "data"),
    {
        "empty input": "",
        "something after the item": "8080",
        "prefix of a byte that needs none": "8100",
        "string cut off": "83646f",
        "list cut off": "c2",
        "item that reaches beyond its list": "c283aabb",
        "item that reaches beyond its inner list": "c5c283010203",
        "length cut off": "b9",
        "length of a short string in the long form": "b837" + "00" * 55,
        "length of a short list in the long form": "f837" + "00" * 55,
        "length with a leading zero": "b90038" + "00" * 56,
        "list length with a leading zero": "f90038" + "00" * 56,
        "string longer than any memory": "bfffffffffffffffff",
        "list longer than any memory": "ffffffffffffffffff",
    }.items(),
)
def test_what_is_not_canonical_is_refused(what, data):
    with pytest.raises(DecodingError):
        rlp.decode(bytes.fromhex(data))


@pytest.mark.parametrize("opening", [b"\xc1", b"\xf9\x7f\xff", b"\xfb\x00\x7f\xff\xff"])
def test_a_tower_of_lists_is_refused_and_not_a_recursion_error(opening):
    with pytest.raises(DecodingError):
        rlp.decode(opening * 100_000)


def test_lists_may_be_nested_as_deep_as_the_limit_says_and_no_deeper():
    def tower(height: int) -> bytes:
        data = b"\xc0"
        for _ in range(height - 1):
            data = rlp.header(rlp.LIST, len(data)) + data
        return data

    assert rlp.encode(rlp.decode(tower(rlp.MAX_DEPTH))) == tower(rlp.MAX_DEPTH)
    with pytest.raises(DecodingError, match="nested"):
        rlp.decode(tower(rlp.MAX_DEPTH + 1))


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x01", b"\x01" * 33, [], [b"\x01"]])
def test_what_is_no_canonical_integer_is_refused(data):
    with pytest.raises(DecodingError):
        rlp.decode_int(data)


def test_an_integer_may_have_as_many_bytes_as_its_field():
    assert rlp.decode_int(b"\xff" * 8, max_bytes=8) == 2**64 - 1
    with pytest.raises(DecodingError):
        rlp.decode_int(b"\xff" * 9, max_bytes=8)


def test_a_negative_integer_has_no_encoding():
    with pytest.raises(OverflowError):
        rlp.encode(-1)
