"""A sparse Merkle tree: a map from hashed keys to nodes, whose shape follows from its keys alone.

The bits of keccak256(key) lead from the root to a leaf. A leaf stands as high as it can: where its key is the only one
below. So a map with n keys is about log2(n) deep, not 256, and a key that is absent is shown by the leaf, or the
nothing, where it would have to be. A leaf's value begins with the hash of its key; what follows is the entry's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.crypto import keccak256
from toyevm.rollups.one_step.nodes import Malformed, Node
from toyevm.types import Hash32

KEY_SIZE = 32
Way = tuple[Node | None, ...]


def get(root: Node | None, key: bytes) -> Node | None:
    """Return the entry of a key, its value and children, or None where there is none."""
    path = keccak256(key)
    leaf = _walk(root, path)[1]
    if leaf is None or leaf.value[:KEY_SIZE] != path:
        return None
    return Node(leaf.value[KEY_SIZE:], leaf.children)


def put(root: Node | None, key: bytes, entry: Node | None) -> Node | None:
    """Return the map with this entry; None takes the key out."""
    path = keccak256(key)
    branches, old = _walk(root, path)
    depth = len(branches)
    if entry is None:
        if old is None or old.value[:KEY_SIZE] != path:
            return root
        return _shrink(branches, path)
    new: Node = Node(path + entry.value, entry.children)
    if old is not None and old.value[:KEY_SIZE] != path:
        new = _part(new, old, depth)
    return _rebuild(branches, path, new)


def bulk(entries: Mapping[bytes, Node]) -> Node | None:
    """Return the map with all these entries at once."""
    leaves = [(keccak256(key), entry) for key, entry in entries.items()]
    return _build(sorted(leaves, key=lambda pair: pair[0]), 0)


def _build(leaves: list[tuple[Hash32, Node]], depth: int) -> Node | None:
    if not leaves:
        return None
    if len(leaves) == 1:
        path, entry = leaves[0]
        return Node(path + entry.value, entry.children)
    cut = next((i for i, (path, _) in enumerate(leaves) if _bit(path, depth)), len(leaves))
    return Node(b"", (_build(leaves[:cut], depth + 1), _build(leaves[cut:], depth + 1)))


def _walk(node: Node | None, path: Hash32) -> tuple[list[Way], Node | None]:
    """Follow a path: the pairs of children that were passed, and the leaf or the nothing in which it ends."""
    branches: list[Way] = []
    while node is not None and not node.value:
        pair = (node.child(0, 2), node.child(1, 2))
        if len(branches) == 8 * KEY_SIZE:
            raise Malformed("a map is deeper than its keys are long")
        node = pair[_bit(path, len(branches))]
        branches.append(pair)
    if node is not None and len(node.value) < KEY_SIZE:
        raise Malformed("a leaf without a key")
    return branches, node


def _part(new: Node, old: Node, depth: int) -> Node:
    """Return the node above two leaves that agree in their first `depth` bits."""
    side = _bit(new.value, depth)
    if side != _bit(old.value, depth):
        return Node(b"", (old, new) if side else (new, old))
    below = _part(new, old, depth + 1)
    return Node(b"", (None, below) if side else (below, None))


def _shrink(branches: list[Way], path: Hash32) -> Node | None:
    """Take out the leaf at the end; a leaf that is left alone below a branch moves up into its place."""
    left: Node | None = None
    while branches:
        pair = branches[-1]
        side = _bit(path, len(branches) - 1)
        sibling = pair[1 - side]
        if left is None and sibling is not None and not sibling.value:
            break
        if left is not None and sibling is not None:
            break
        left = left if sibling is None else sibling
        branches.pop()
    return _rebuild(branches, path, left)


def _rebuild(branches: list[Way], path: Hash32, node: Node | None) -> Node | None:
    for depth in reversed(range(len(branches))):
        pair = branches[depth]
        node = Node(b"", (pair[0], node) if _bit(path, depth) else (node, pair[1]))
    return node


def _bit(path: Hash32, depth: int) -> int:
    return path[depth >> 3] >> (7 - (depth & 7)) & 1
