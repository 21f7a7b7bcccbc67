"""A binary Merkle tree over numbered words: memory, byte strings, code.

Its height follows from how many words there are, which is committed beside it. A word of zeros is nothing at all, and
a tree of zeros is None, so memory that has only grown costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.rollups.one_step.nodes import Malformed, Node

WORD_SIZE = 32


def height_of(count: int) -> int:
    """Return how many levels lie above `count` words.

    >>> [height_of(count) for count in (0, 1, 2, 3, 4, 5)]
    [0, 0, 1, 2, 2, 3]
    """
    return max(count - 1, 0).bit_length()


def get(root: Node | None, height: int, index: int) -> bytes:
    """Return one word: 32 bytes."""
    node = root
    for level in reversed(range(height)):
        if node is None:
            break
        node = node.child(index >> level & 1, 2)
    return bytes(WORD_SIZE) if node is None else _word(node)


def _word(leaf: Node) -> bytes:
    if leaf.children or not 0 < len(leaf.value) <= WORD_SIZE:
        raise Malformed("not a word of an array")
    return leaf.value.rjust(WORD_SIZE, b"\0")


def put(root: Node | None, height: int, index: int, word: bytes) -> Node | None:
    """Return the array with another word at `index`."""
    if height == 0:
        value = word.lstrip(b"\0")
        return Node(value) if value else None
    children = (root.child(0, 2), root.child(1, 2)) if root is not None else (None, None)
    half, inside = index >> (height - 1), index & ((1 << (height - 1)) - 1)
    changed = put(children[half], height - 1, inside, word)
    pair = (children[0], changed) if half else (changed, children[1])
    return None if pair == (None, None) else Node(b"", pair)


def raise_to(root: Node | None, before: int, after: int) -> Node | None:
    """Return an array of `before` words as one of `after`, no fewer: the new ones are zeros."""
    for _ in range(height_of(after) - height_of(before)):
        root = root and Node(b"", (root, None))
    return root


def bulk(words: Sequence[bytes]) -> Node | None:
    """Return the array of all these words at once."""
    level: list[Node | None] = [Node(value) if (value := word.lstrip(b"\0")) else None for word in words]
    while len(level) > 1:
        level += [None] * (len(level) % 2)
        level = [
            None if left is right is None else Node(b"", (left, right))
            for left, right in zip(level[::2], level[1::2], strict=True)
        ]
    return level[0] if level else None
