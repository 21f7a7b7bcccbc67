"""Merkle-Patricia trees against the `trie` package, and proofs against forgers."""

from __future__ import annotations

import random
from contextlib import suppress
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from toyevm import rlp, trie
from toyevm.crypto import keccak256
from toyevm.errors import InvalidProof
from toyevm.trie import EMPTY_TRIE_ROOT, ordered_trie_root, prove, trie_root, verify_proof

# Few different bytes and short values: keys share prefixes, end inside one another, and nodes are inlined.
keys = st.one_of(st.binary(max_size=3), st.lists(st.sampled_from([0x00, 0x01, 0x10, 0xFF]), max_size=5).map(bytes))
values = st.one_of(st.binary(min_size=1, max_size=3), st.binary(min_size=30, max_size=40))
maps = st.dictionaries(keys, values, max_size=12)


def oracle_of(items: dict[bytes, bytes]) -> HexaryTrie:
    tree = HexaryTrie({})
    for key, value in items.items():
        tree[key] = value
    return tree


def seeded_map(size: int, seed: int = 0, value_size: int = 40) -> dict[bytes, bytes]:
    source = random.Random(seed)
    return {source.randbytes(32): source.randbytes(value_size) for _ in range(size)}


def test_the_root_of_nothing_is_the_hash_of_the_empty_string_encoded():
    assert keccak256(rlp.encode(b"")) == EMPTY_TRIE_ROOT == trie_root({}) == ordered_trie_root([])


@given(maps)
@example({b"": b"v"})
@example({b"": b"v", b"\x00": b"w"})
def test_the_root_is_that_of_the_oracle(items):
    assert trie_root(items) == oracle_of(items).root_hash


@pytest.mark.parametrize("size", [1, 2, 17, 300])
def test_the_root_of_hashed_keys_is_that_of_the_oracle(size):
    items = seeded_map(size)
    assert trie_root(items) == oracle_of(items).root_hash


@given(maps, st.randoms(use_true_random=False))
def test_the_root_does_not_depend_on_the_order_of_arrival(items, source):
    shuffled = list(items.items())
    source.shuffle(shuffled)
    assert trie_root(dict(shuffled)) == trie_root(items)


@given(maps, keys)
def test_an_empty_value_means_an_absent_key(items, key):
    without = {k: v for k, v in items.items() if k != key}
    assert trie_root({**without, key: b""}) == trie_root(without)


@pytest.mark.parametrize("size", [1, 2, 127, 128, 129, 300])
def test_the_root_of_a_list_is_that_of_the_oracle_beyond_one_byte_of_index(size):
    listed = [b"value %d" % i for i in range(size)]
    assert ordered_trie_root(listed) == oracle_of({rlp.encode(i): v for i, v in enumerate(listed)}).root_hash


@given(maps, keys)
@example({b"\x00\x00": b"a" * 40, b"\x00\x01": b"b" * 40}, b"\x10")
def test_a_proof_shows_value_or_absence_with_the_nodes_of_the_oracle(items, key):
    root, proof = trie_root(items), prove(items, key)
    assert verify_proof(root, key, proof) == items.get(key)
    oracle_nodes = [rlp.encode(node) for node in oracle_of(items).get_proof(key)] if items else []
    assert list(proof) == [node for i, node in enumerate(oracle_nodes) if i == 0 or len(node) >= 32]


@given(maps, keys)
def test_every_key_of_the_map_can_be_proven(items, absent):
    root = trie_root(items)
    assert {key: verify_proof(root, key, prove(items, key)) for key in items} == items
    assert verify_proof(root, absent, prove(items, absent)) == items.get(absent)


@settings(max_examples=60)
@given(st.integers(0, 59), st.data())
def test_a_proof_with_one_byte_changed_is_invalid(size, data):
    items = seeded_map(size + 1, value_size=1 + size % 40)
    key = data.draw(st.sampled_from(sorted(items)))
    proof = [bytearray(node) for node in prove(items, key)]
    node = data.draw(st.sampled_from(proof))
    node[data.draw(st.integers(0, len(node) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidProof):
        verify_proof(trie_root(items), key, [bytes(node) for node in proof])


def test_a_proof_with_missing_extra_or_reordered_nodes_is_invalid():
    items = seeded_map(300)
    key = next(iter(items))
    root, proof = trie_root(items), prove(items, key)
    assert len(proof) >= 3
    forgeries = [proof[1:], proof[:-1], (), proof[::-1], (*proof, proof[-1]), (*proof, b""), proof[:1] + proof[2:]]
    for forged in forgeries:
        with pytest.raises(InvalidProof):
            verify_proof(root, key, forged)


def test_a_proof_holds_for_its_root_only():
    items = seeded_map(30)
    key = next(iter(items))
    for root in (trie_root(seeded_map(31)), EMPTY_TRIE_ROOT, b"", bytes(31)):
        with pytest.raises(InvalidProof):
            verify_proof(root, key, prove(items, key))


def test_a_proof_of_one_key_says_nothing_false_about_another():
    items = seeded_map(64)
    root = trie_root(items)
    for key in items:
        for other in (key[:-1] + bytes([key[-1] ^ 1]), key[:-1], key + b"\x00"):
            assert verify_proof(root, other, prove(items, key)) is None


PATH = bytes.fromhex("20aa")  # the whole key 0xaa, packed for a leaf


@pytest.mark.parametrize(
    ("what", "node"),
    {
        "a string": rlp.encode(b"a string that is no node"),
        "no RLP at all": b"\xff\xff",
        "nothing": b"",
        "a list of three": rlp.encode([PATH, b"x", b"y"]),
        "an empty list": rlp.encode([]),
        "a path that is a list": rlp.encode([[PATH], b"x"]),
        "a path without a flag": rlp.encode([b"", b"x"]),
        "a flag that does not exist": rlp.encode([bytes.fromhex("40aa"), b"x"]),
        "a padding that is not zero": rlp.encode([bytes.fromhex("2faa"), b"x"]),
        "a value that is a list": rlp.encode([PATH, [b"x"]]),
        "a child that is no hash": rlp.encode([bytes.fromhex("1a"), b"x" * 31]),
        "a child that is no node": rlp.encode([bytes.fromhex("1a"), [b"x"]]),
        "a tower of lists": b"\xc1" * 5000,
    }.items(),
)
def test_a_node_that_hashes_right_but_is_malformed_is_an_invalid_proof(what, node):
    with pytest.raises(InvalidProof):
        verify_proof(keccak256(node), b"\xaa", [node])


@given(st.recursive(st.binary(max_size=33), lambda parts: st.lists(parts, min_size=1, max_size=17), max_leaves=20))
def test_no_node_makes_the_verifier_fail_in_another_way(tree):
    node = rlp.encode(tree)
    with suppress(InvalidProof):
        assert isinstance(verify_proof(keccak256(node), b"\xaa", [node]), bytes | None)


def test_a_thousand_hashed_keys_take_no_more_work_than_their_nodes():
    """Count the hashes: one per node of 32 bytes or more, so nothing is built twice."""
    items = seeded_map(1000)
    with patch.object(trie, "keccak256", wraps=keccak256) as hashed:
        trie_root(items)
    assert hashed.call_count < 1500
