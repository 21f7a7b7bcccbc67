"""A Merkle tree of any shape, of which one may hold only a part.

A node has a value and children; its hash covers both, so the hash of the root covers all. Nodes never change: a tree
with one leaf more is a new root that shares everything else. A child that is None stands for "nothing here", costs no
hash, and is most of a sparse tree.

Who knows only the hash of a node has it *pruned*: it can stand in its parent, but looking into it raises `Missing`.
That is the whole mechanism of a partial machine: a witness is the part of a state that one step looks into, the rest
pruned. `watched` finds out which part that is.
"""

from __future__ import annotations

from typing import Any

from toyevm.crypto import keccak256
from toyevm.errors import InvalidProof
from toyevm.types import ZERO_HASH, Hash32


class Missing(InvalidProof):
    """A step looks into a node that the witness does not hold; `hash` is the node's."""

    def __init__(self, hash_: Hash32) -> None:
        self.hash = hash_
        super().__init__(f"the witness does not hold the node 0x{hash_.hex()}")


class Malformed(InvalidProof):
    """A node is not what its place in the state asks for."""


class Node:
    """A value with children below it. The hash is that of the number of children, their hashes, and the value."""

    __slots__ = ("_hash", "children", "value")
    value: bytes
    children: tuple[Node | None, ...]
    _hash: Hash32 | None

    def __init__(self, value: bytes = b"", children: tuple[Node | None, ...] = ()) -> None:
        self.value, self.children, self._hash = value, children, None

    @property
    def hash(self) -> Hash32:
        if self._hash is None:
            hashes = [child.hash if child is not None else ZERO_HASH for child in self.children]
            self._hash = keccak256(bytes([len(hashes)]) + b"".join(hashes) + self.value)
        return self._hash

    def child(self, index: int, count: int) -> Node | None:
        """Return one of the children of a node that must have `count` of them."""
        if len(self.children) != count:
            raise Malformed(f"{len(self.children)} children where there should be {count}")
        return self.children[index]


class PrunedNode(Node):
    """A node known by its hash alone."""

    __slots__ = ()

    def __init__(self, hash_: Hash32) -> None:
        self._hash = hash_

    def __getattr__(self, name: str) -> Any:
        raise Missing(self.hash)


class WatchedNode(Node):
    """A node that notes when somebody looks into it, and lets its children do the same."""

    __slots__ = ("_node", "_seen")

    def __init__(self, node: Node, seen: set[Hash32]) -> None:
        self._node, self._seen, self._hash = node, seen, node.hash

    def __getattr__(self, name: str) -> Any:
        if name not in ("value", "children"):
            raise AttributeError(name)
        self.value = self._node.value  # a pruned node refuses, and has not been seen
        self.children = tuple(child and WatchedNode(child, self._seen) for child in self._node.children)
        self._seen.add(self.hash)
        return getattr(self, name)


def hashed(node: Node) -> Node:
    """Return the node with its hash made now: a long chain that is hashed from its end would be deep recursion."""
    _ = node.hash
    return node


def link(value: bytes, rest: Node | None) -> Node:
    """Return a chain with `value` in front of `rest`."""
    return hashed(Node(value, (rest,)))


def unlink(node: Node | None) -> tuple[bytes, Node | None]:
    """Take a chain apart into what is in front and the rest."""
    if node is None:
        raise Malformed("a chain has ended too early")
    return node.value, node.child(0, 1)
