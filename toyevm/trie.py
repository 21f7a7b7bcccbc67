"""A Merkle-Patricia tree turns a whole map into one hash, and lets you prove a single entry against that hash.

Write every key in hexadecimal and follow it digit by digit from the root. There are three kinds of node, as RLP lists
(yellow paper, appendix D):

    leaf         [rest of the key, value]             only one key is left
    extension    [digits that all share, child]       several keys are left, and they agree for a while
    branch       [child 0, ..., child f, value]       they part here; `value` belongs to the key that ends here

A child is named by the hash of its encoding, so the root depends on everything below it. (A child shorter than 32 bytes
stands there itself: its hash would be longer.) The shape follows from the keys alone, never from the order in which
they came. Keys are taken as they are: the state and storage trees of Ethereum hash them first. An empty value means, as
everywhere in Ethereum, that the key is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from toyevm import rlp
from toyevm.crypto import keccak256
from toyevm.errors import DecodingError, InvalidProof
from toyevm.types import Hash32

Pairs: TypeAlias = list[tuple[str, bytes]]  # (key in hexadecimal, value), sorted, no key twice, no value empty
Node: TypeAlias = list[rlp.Item]

EMPTY_TRIE_ROOT: Hash32 = bytes.fromhex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")


def trie_root(items: Mapping[bytes, bytes]) -> Hash32:
    """Return the root hash of the tree that holds these items."""
    pairs = _pairs(items)
    return keccak256(rlp.encode(_node(pairs, 0))) if pairs else EMPTY_TRIE_ROOT


def ordered_trie_root(values: Sequence[bytes]) -> Hash32:
    """Return the root hash of a list, each value under its RLP-encoded index: transactions, receipts, withdrawals."""
    return trie_root({rlp.encode(index): value for index, value in enumerate(values)})


def prove(items: Mapping[bytes, bytes], key: bytes) -> tuple[bytes, ...]:
    """Return the encoded nodes from the root towards `key`, as eth_getProof does.

    If the key is absent, they end where it would have had to be: that proves the absence.
    """
    pairs, path, depth = _pairs(items), key.hex(), 0
    proof: list[bytes] = []
    while pairs:
        encoded = rlp.encode(_node(pairs, depth))
        if not proof or len(encoded) >= 32:  # a shorter node is part of its parent
            proof.append(encoded)
        shared = _shared_digits(pairs)
        if len(pairs) == 1 or not path.startswith(pairs[0][0][:shared]):
            break
        if shared > depth:
            depth = shared
        else:
            digit = path[depth : depth + 1]
            pairs = [pair for pair in pairs if digit and pair[0][depth : depth + 1] == digit]
            depth += 1
    return tuple(proof)


def verify_proof(root: Hash32, key: bytes, proof: Sequence[bytes]) -> bytes | None:
    """Return the value `key` has in the tree with this root hash, or None if the proof shows that it has none.

    Anything else is an InvalidProof: a node with another hash, or malformed, or too few of them, or too many.

    >>> items = {b"dog": b"puppy", b"doge": b"coin", b"horse": b"stallion"}
    >>> verify_proof(trie_root(items), b"doge", prove(items, b"doge"))
    b'coin'
    """
    if root == EMPTY_TRIE_ROOT and not proof:
        return None
    nodes = iter(proof)
    try:
        value = _walk(_open(root, nodes), key.hex(), nodes)
    except DecodingError as error:
        raise InvalidProof(f"malformed node: {error}") from None
    if next(nodes, None) is not None:
        raise InvalidProof("more nodes than the way to the key needs")
    return value


# Building: a node is a function of the pairs below it.


def _pairs(items: Mapping[bytes, bytes]) -> Pairs:
    return sorted((key.hex(), value) for key, value in items.items() if value)


def _node(pairs: Pairs, depth: int) -> Node:
    """Return the node above these pairs, whose keys agree in their first `depth` digits."""
    first = pairs[0][0]
    if len(pairs) == 1:
        return [_pack(first[depth:], is_leaf=True), pairs[0][1]]
    shared = _shared_digits(pairs)
    if shared > depth:
        return [_pack(first[depth:shared], is_leaf=False), _reference(_node(pairs, shared))]
    branch: Node = [b""] * 17
    if len(first) == depth:
        branch[16] = pairs[0][1]
        pairs = pairs[1:]
    for digit, group in groupby(pairs, key=lambda pair: pair[0][depth]):
        branch[int(digit, 16)] = _reference(_node(list(group), depth + 1))
    return branch


def _shared_digits(pairs: Pairs) -> int:
    """Return how many digits all keys share. They are sorted, so the first and the last key know."""
    first, last = pairs[0][0], pairs[-1][0]
    for i, digit in enumerate(first):
        if digit != last[i]:
            return i
    return len(first)


def _reference(node: Node) -> rlp.Item:
    encoded = rlp.encode(node)
    return keccak256(encoded) if len(encoded) >= 32 else node


def _pack(digits: str, is_leaf: bool) -> bytes:
    """Pack digits into bytes; the digit in front says whether this is a leaf, and whether their number is odd.

    >>> _pack("12345", is_leaf=False).hex(), _pack("f1cb8", is_leaf=True).hex(), _pack("0f1cb8", is_leaf=True).hex()
    ('112345', '3f1cb8', '200f1cb8')
    """
    is_odd = len(digits) % 2
    return bytes.fromhex(f"{2 * is_leaf + is_odd}{'' if is_odd else '0'}{digits}")


# Verifying: follow the key from node to node, trusting nothing but the hash that led there.


def _walk(node: rlp.Decoded, path: str, nodes: Iterator[bytes]) -> bytes | None:
    while node != b"":
        if isinstance(node, list) and len(node) == 17:
            if not path:
                return _string(node[16]) or None
            child, path = node[int(path[0], 16)], path[1:]
        elif isinstance(node, list) and len(node) == 2:
            digits, is_leaf = _unpack(_string(node[0]))
            if is_leaf:
                return _string(node[1]) if digits == path else None
            if not path.startswith(digits):
                return None
            child, path = node[1], path[len(digits) :]
        else:
            raise InvalidProof("a node is neither a pair nor a branch")
        # A child is named by its hash, unless it stands there itself, or there is none.
        node = _open(child, nodes) if isinstance(child, bytes) and child else child
    return None


def _open(expected_hash: Hash32, nodes: Iterator[bytes]) -> rlp.Decoded:
    encoded = next(nodes, None)
    if encoded is None:
        raise InvalidProof(f"the node 0x{expected_hash.hex()} is missing")
    if keccak256(encoded) != expected_hash:
        raise InvalidProof(f"a node does not have the hash 0x{expected_hash.hex()}")
    return rlp.decode(encoded)


def _unpack(packed: bytes) -> tuple[str, bool]:
    digits = packed.hex()
    if digits[:1] in ("1", "3"):
        return digits[1:], digits[0] == "3"
    if digits[:2] in ("00", "20"):
        return digits[2:], digits[0] == "2"
    raise InvalidProof(f"0x{digits} is not a packed path")


def _string(item: rlp.Decoded) -> bytes:
    if isinstance(item, bytes):
        return item
    raise InvalidProof("a list where a string belongs")
