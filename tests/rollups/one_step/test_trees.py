"""Trees that follow from their content alone, and of which a part is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm import rlp
from toyevm.crypto import keccak256
from toyevm.rollups.one_step import arrays, maps
from toyevm.rollups.one_step.byte_strings import PartialCode, as_number, code_of, number, whole
from toyevm.rollups.one_step.journal_tree import strings
from toyevm.rollups.one_step.nodes import Malformed, Missing, Node, PrunedNode, WatchedNode
from toyevm.rollups.one_step.witness import NotCanonical, decode_witness, encode_witness
from toyevm.rollups.one_step.work import write_bytes
from toyevm.vm.frame import Code

keys = st.binary(min_size=1, max_size=1)


def root_of(node: Node | None) -> bytes | None:
    return node and node.hash


@given(st.lists(st.tuples(keys, st.none() | st.binary(max_size=3))))
def test_a_map_is_what_it_holds_however_it_came_about(changes: list[tuple[bytes, bytes | None]]) -> None:
    model: dict[bytes, Node] = {}
    root: Node | None = None
    for key, value in changes:
        root = maps.put(root, key, None if value is None else Node(value))
        model.pop(key, None)
        if value is not None:
            model[key] = Node(value)
    assert root_of(root) == root_of(maps.bulk(model))
    for key in map(bytes, ([i] for i in range(256))):
        entry = maps.get(root, key)
        assert (entry and entry.value) == (model[key].value if key in model else None)


def written_out(leaves: dict[str, bytes], depth: int = 0) -> bytes:
    """Return the hash of a map once more, from its description: its keys' hashes as text of 256 bits."""
    if not leaves:
        return bytes(32)
    if len(leaves) == 1:
        ((bits, value),) = leaves.items()
        return keccak256(b"\0" + int(bits, 2).to_bytes(32, "big") + value)
    sides = [{bits: value for bits, value in leaves.items() if bits[depth] == side} for side in "01"]
    return keccak256(b"\2" + b"".join(written_out(side, depth + 1) for side in sides))


@given(st.dictionaries(st.binary(max_size=2), st.binary(max_size=2), max_size=30))
def test_the_hash_of_a_map_is_as_described(held: dict[bytes, bytes]) -> None:
    described = {f"{int.from_bytes(keccak256(key), 'big'):0256b}": value for key, value in held.items()}
    assert (root_of(maps.bulk({key: Node(value) for key, value in held.items()})) or bytes(32)) == written_out(
        described
    )


@given(st.lists(st.tuples(keys, st.booleans()), min_size=1), keys)
def test_a_map_is_changed_by_its_watched_part_alone(held: list[tuple[bytes, bool]], key: bytes) -> None:
    root = maps.bulk({each: Node(b"\1") for each, _ in held})
    for entry in (Node(b"\2"), None):
        seen: set[bytes] = set()
        whole_map = WatchedNode(root, seen) if root else None
        expected = maps.put(whole_map, key, entry)
        assert root is not None
        part = decode_witness(encode_witness(root, seen))
        assert root_of(maps.put(part, key, entry)) == root_of(expected)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_an_array_is_what_it_holds(numbers: list[int]) -> None:
    words = [number.to_bytes(32, "big") for number in numbers]
    root: Node | None = None
    size = 0
    for index, word in enumerate(words):
        root, size = arrays.raise_to(root, size, index + 1), index + 1
        root = arrays.put(root, arrays.height_of(size), index, word)
    assert root_of(root) == root_of(arrays.bulk(words))
    assert [arrays.get(root, arrays.height_of(size), index) for index in range(size)] == words


@given(st.binary(max_size=200))
def test_jump_targets_show_in_one_chunk(code: bytes) -> None:
    code = bytes(byte if byte % 5 else (0x5B, 0x60, 0x7F)[byte % 3] for byte in code)
    partial = PartialCode(code_of(code))
    assert {target for target in range(300) if target in partial} == Code(code).jump_targets
    padded = code + bytes(100)
    assert [partial[i] for i in range(len(code) + 40)] == list(padded[: len(code) + 40])
    assert partial[len(code) // 2 : len(code) // 2 + 32] == padded[len(code) // 2 :][:32]


@given(st.binary(min_size=33, max_size=300), st.integers(0, 320), st.integers(0, 320), st.integers(0, 99))
def test_a_window_reads_as_bytes_do(data: bytes, start: int, size: int, more: int) -> None:
    part, expected = whole(code_of(data), is_code=True)[start : start + size], data[start : start + size]
    assert (len(part), bool(part)) == (len(expected), bool(expected))
    padded = part.ljust(size + more, b"\0")
    pieces = [padded[i : i + 32] for i in range(0, len(padded), 32)]
    assert b"".join(bytes(piece) for piece in pieces) == expected.ljust(size + more, b"\0")


def test_what_is_pruned_has_a_hash_and_nothing_else() -> None:
    pruned = PrunedNode(b"\1" * 32)
    assert Node(b"", (pruned,)).hash == Node(b"", (PrunedNode(b"\1" * 32),)).hash
    with pytest.raises(Missing):
        _ = pruned.value


def test_a_node_of_another_shape_is_malformed() -> None:
    with pytest.raises(Malformed):
        maps.get(Node(b"", (None,)), b"key")
    with pytest.raises(Malformed):
        arrays.get(Node(b"\1", ()), 1, 0)
    for leaf in (Node(b"\1", (None,)), Node(b"", ()), Node(bytes(33), ()), Node(b"", (None,))):
        with pytest.raises(Malformed):
            arrays.get(leaf, 0, 0)


def test_a_map_is_no_deeper_than_its_keys_are_long() -> None:
    root: Node | None = None
    for _ in range(256):
        root = Node(b"", (root, root))
    assert maps.get(root, b"key") is None
    with pytest.raises(Malformed, match="deeper"):
        maps.get(Node(b"", (root, root)), b"key")


@pytest.mark.parametrize("value", [b"\0", b"\0\1", bytes(32)])
def test_a_number_has_one_form(value: bytes) -> None:
    with pytest.raises(Malformed):
        number(value)
    assert [number(as_number(each)) for each in (0, 1, 255, 256, 2**256 - 1)] == [0, 1, 255, 256, 2**256 - 1]


@pytest.mark.parametrize("item", [b"one", [b"one"], [b"one", b"two", b"three"], [b"one", [b"two"]]])
def test_a_value_of_another_form_is_malformed(item: rlp.Item) -> None:
    assert strings(rlp.encode([b"one", b"two"]), 2) == [b"one", b"two"]
    with pytest.raises(Malformed):
        strings(rlp.encode(item), 2)


def test_nothing_is_written_behind_the_end_of_memory() -> None:
    assert write_bytes(None, 2, 63, b"\1") is not None
    for offset, data in ((64, b"\1"), (63, b"\1\1")):
        with pytest.raises(Malformed):
            write_bytes(None, 2, offset, data)


def test_a_node_that_has_not_been_there_before_is_not_canonical() -> None:
    parent = Node(b"", (Node(b"x"), Node(b"y")))
    witness = encode_witness(parent, {parent.hash})
    assert decode_witness(witness).hash == parent.hash
    for number_before in (0, 1):  # in place of the second child: the first, and one that is not there
        changed = bytes([2, 0b1101]) + witness[2:34] + number_before.to_bytes(2, "big")
        if number_before == 0:
            assert decode_witness(changed).children[1] is not None
            continue
        with pytest.raises(NotCanonical):
            decode_witness(changed)
