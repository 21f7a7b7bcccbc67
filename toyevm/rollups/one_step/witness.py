"""A witness: the part of a state that one micro-step looks into, as bytes, and the check of a step by it alone.

Nodes are written from the root down. A child that is opened follows in its place; one that is not, as its hash; one
that occurred before, as its number; nothing, as nothing. So no hash is written that can be computed.

    node    number of children (3 bits), length of the value (5 bits; 31: it follows in two bytes),
            2 bits for each child, the value, the children
    bits    0 nothing, 1 a hash, 2 a node, 3 one of those before: two bytes

A step has one witness: bytes left over, a node that no one looks into, another way to write the same are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.rollups.one_step.context import Context, Unpaid
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.nodes import Malformed, Missing, Node, PrunedNode, WatchedNode
from toyevm.types import ZERO_HASH, Hash32

MAX_WITNESS = 2**14  # bytes; no step needs half as many
MAX_DEPTH = 300
NOTHING, HASH, OPEN, BEFORE = range(4)
LONG = 31


@dataclass(frozen=True)
class StepRefused:
    """Why a witness shows nothing: a stable name, and what was found."""

    reason: str
    detail: str = ""


def make_witness(state: Node, context: Context) -> bytes:
    """Return the witness of the next micro-step; the state must hold all that the step looks into."""
    seen: set[Hash32] = set()
    micro_step(WatchedNode(state, seen), context)
    return encode_witness(state, seen)


def check_step(root: Hash32, witness: bytes, context: Context) -> Hash32 | StepRefused:
    """Return the root of the state that follows `root`, or why the witness does not show it. It never raises.

    >>> check_step(bytes(32), b"", None).reason
    'not-canonical'
    """
    after = shown_state(root, witness, context)
    return after if isinstance(after, StepRefused) else after.hash


def shown_state(root: Hash32, witness: bytes, context: Context) -> Node | StepRefused:
    """Return the state that follows `root`, as far as the witness opens it; `check_step` returns its root."""
    try:
        state = decode_witness(witness)
        if state.hash != root:
            return StepRefused("wrong-root", f"0x{state.hash.hex()}")
        seen: set[Hash32] = set()
        after = micro_step(WatchedNode(state, seen), context)
        _ = after.hash  # or what goes wrong in it would go wrong later
        if encode_witness(state, seen) != witness:
            return StepRefused("not-minimal")
    except NotCanonical as error:
        return StepRefused("not-canonical", str(error))
    except Missing as error:
        return StepRefused("missing-node", str(error))
    except Unpaid as error:
        return StepRefused("unpaid-precompile", str(error))
    except Exception as error:  # a root can be claimed of things that are no state, and then anything may go wrong
        return StepRefused("malformed-state", str(error))
    return after


class NotCanonical(Malformed):
    """Bytes that are no witness, or not the one way to write it."""


def encode_witness(state: Node, opened: set[Hash32]) -> bytes:
    """Return a state with only these nodes open."""
    numbers: dict[Hash32, int] = {}
    parts: list[bytes] = []

    def write(node: Node) -> None:
        tags, children = 0, []
        for i, child in enumerate(node.children):
            tag = NOTHING if child is None else OPEN if child.hash in opened else HASH
            tags |= tag << 2 * i
            children.append((child, tag))
        place, size, value = len(parts), -(-len(children) // 4), node.value
        head = bytes([len(children) | min(len(value), LONG) << 3])
        parts.extend((head, b"", len(value).to_bytes(2, "big") if len(value) >= LONG else b"", value))
        for i, (child, tag) in enumerate(children):
            if child is None:
                continue
            if child.hash in numbers:
                tags |= BEFORE << 2 * i
                parts.append(numbers[child.hash].to_bytes(2, "big"))
                continue
            if tag == OPEN:
                write(child)
            else:
                parts.append(child.hash)
            numbers[child.hash] = len(numbers)
        parts[place + 1] = tags.to_bytes(size, "big")

    write(state)
    return b"".join(parts)


def decode_witness(witness: bytes) -> Node:
    """Return the state that a witness opens, or raise NotCanonical."""
    if len(witness) > MAX_WITNESS:
        raise NotCanonical(f"{len(witness)} bytes, more than {MAX_WITNESS}")
    position, before = 0, list[Node]()

    def take(size: int) -> bytes:
        nonlocal position
        if position + size > len(witness):
            raise NotCanonical("the witness ends too early")
        position += size
        return witness[position - size : position]

    def read(depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise NotCanonical("too deep")
        (head,) = take(1)
        count, length = head & 7, head >> 3
        tags = int.from_bytes(take(-(-count // 4)), "big")
        if length == LONG:
            length = int.from_bytes(take(2), "big")
            if length < LONG:
                raise NotCanonical("a short length in the long form")
        value = take(length)
        children = tuple(read_child(tags >> 2 * i & 3, depth) for i in range(count))
        return Node(value, children)

    def read_child(tag: int, depth: int) -> Node | None:
        if tag == NOTHING:
            return None
        if tag == BEFORE:
            number = int.from_bytes(take(2), "big")
            if number >= len(before):
                raise NotCanonical("a node that has not been there before")
            return before[number]
        node = read(depth + 1) if tag == OPEN else PrunedNode(take(32))
        if node.hash == ZERO_HASH:
            raise NotCanonical("a hash for nothing")
        before.append(node)
        return node

    state = read(0)
    if position != len(witness):
        raise NotCanonical(f"{len(witness) - position} bytes left over")
    return state
