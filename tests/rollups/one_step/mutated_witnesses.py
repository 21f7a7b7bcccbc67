"""Witnesses that are not: bytes changed, nodes changed, left out or put in. Each is refused, by name, at once.

    python -m tests.rollups.one_step.mutated_witnesses --count 10000
    python -m tests.rollups.one_step.mutated_witnesses --seed 7013 --count 1    one again

The number of a case decides everything. Each case has a second half: somebody claims a state of their own making, with
a witness that fits. It may lead anywhere or be refused, but nothing is raised and nothing hangs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from functools import cache
from random import Random
from time import process_time

from tests.rollups.one_step.samples import Sample, samples
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.nodes import Node, PrunedNode, WatchedNode
from toyevm.rollups.one_step.witness import StepRefused, check_step, decode_witness, encode_witness, make_witness
from toyevm.types import Hash32

SECONDS = 2.0  # a thousand times what a check takes
EDGES = (b"", b"\0", b"\1", b"\xff", b"\xff" * 8, b"\xff" * 32, bytes(32), b"\x80" * 40)


@cache
def pool(programs: int = 12, each: int = 12) -> list[tuple[Sample, bytes]]:
    """Return samples with their witnesses."""
    return [(sample, make_witness(sample.state, sample.context)) for sample in samples(range(programs), each)]


def changed_bytes(rng: Random, witness: bytes) -> bytes:
    """Change, take out, put in, double or exchange some bytes."""
    data, place, size = bytearray(witness), rng.randrange(len(witness)), rng.choice((1, 1, 2, 32, 34))
    kind = rng.randrange(6)
    if kind == 0:
        data[place] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del data[place : place + size]
    elif kind == 2:
        data[place:place] = rng.randbytes(size)
    elif kind == 3:
        data[place:place] = data[place : place + size]
    elif kind == 4:
        data = data[:place]
    else:
        other = pool()[rng.randrange(len(pool()))][1]
        data[place:] = other[rng.randrange(len(other)) :]
    return bytes(data)


def opened_in(state: Node) -> list[Node]:
    """Return the nodes that a decoded witness opens."""
    found, todo = [], [state]
    while todo:
        node = todo.pop()
        if not isinstance(node, PrunedNode):
            found.append(node)
            todo += [child for child in node.children if child is not None]
    return found


def with_node(root: Node, target: Hash32, new: Node) -> Node:
    """Return the same tree with another node in one place, or several, where the old one was."""
    if root.hash == target:
        return new
    if isinstance(root, PrunedNode):
        return root
    return Node(root.value, tuple(child and with_node(child, target, new) for child in root.children))


def forged(rng: Random, state: Node) -> Node:
    """Return a state with one node changed: its value, or its children."""
    node = rng.choice(opened_in(state))
    value, children = node.value, list(node.children)
    kind = rng.randrange(5)
    if kind == 0 or not children:
        value = rng.choice((rng.choice(EDGES), rng.randbytes(len(value)), value + b"\1", value[1:], value[:-1]))
    elif kind == 1:
        children[rng.randrange(len(children))] = None
    elif kind == 2:
        rng.shuffle(children)
    elif kind == 3:
        children = children[:-1]
    else:
        children[rng.randrange(len(children))] = rng.choice(opened_in(state))
    return with_node(state, node.hash, Node(value, tuple(children)))


def changed_nodes(rng: Random, sample: Sample, witness: bytes) -> bytes:
    """Forge a node, leave one out, or put in one that nobody looks into."""
    kind = rng.randrange(3)
    if kind == 0:
        state = forged(rng, decode_witness(witness))
        return encode_witness(state, {node.hash for node in opened_in(state)})
    seen: set[Hash32] = set()
    micro_step(WatchedNode(sample.state, seen), sample.context)
    if kind == 1:
        seen.discard(rng.choice(sorted(seen)))
    else:
        shown = sample_nodes(sample.state, seen)
        below = [child for node in shown for child in node.children if child is not None]
        hidden = {child.hash for child in below if not isinstance(child, PrunedNode)} - seen
        seen |= {rng.choice(sorted(hidden))} if hidden else set()
    return encode_witness(sample.state, seen)


def checked(root: Hash32, witness: bytes, sample: Sample) -> Hash32 | StepRefused | str:
    """Check a step; a text says what went wrong with the check."""
    start = process_time()
    try:
        answer = check_step(root, witness, sample.context)
    except Exception as error:
        return f"Raised {type(error).__name__}: {error}"
    return answer if process_time() - start < SECONDS else f"Too slow: {process_time() - start:.1f} s"


def try_case(number: int) -> list[str]:
    """Try one case and return what became of it; a fault begins with a capital letter."""
    rng = Random(number)
    sample, witness = rng.choice(pool())
    changed = witness
    while changed == witness:
        changed = changed_bytes(rng, witness) if rng.random() < 0.5 else changed_nodes(rng, sample, witness)
    answer = checked(sample.state.hash, changed, sample)
    outcome = answer if isinstance(answer, str) else getattr(answer, "reason", f"Accepted: {sample.name}")
    claim = forged(rng, decode_witness(witness))
    answer = checked(claim.hash, encode_witness(claim, {node.hash for node in opened_in(claim)}), sample)
    claimed = answer if isinstance(answer, str) else "claimed: " + getattr(answer, "reason", "leads on")
    return [outcome, claimed]


def sample_nodes(state: Node, seen: set[Hash32]) -> list[Node]:
    """Return the nodes of a whole state that are in `seen`."""
    found: dict[Hash32, Node] = {}
    todo = [state]
    while todo:
        node = todo.pop()
        if node.hash in seen and node.hash not in found:
            found[node.hash] = node
            todo += [child for child in node.children if child is not None]
    return list(found.values())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    counts, faults = Counter[str](), dict[int, list[str]]()
    for number in range(options.seed, options.seed + options.count):
        outcome = try_case(number)
        counts.update(outcome)
        if any(text[0].isupper() for text in outcome):
            faults[number] = outcome
    print(json.dumps({"counts": counts, "faults": faults}, indent=2))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
