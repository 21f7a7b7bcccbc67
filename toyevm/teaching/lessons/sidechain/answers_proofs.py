"""What lesson 10 says to paths, roots and exits."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.kit.named_tree import joined, leaves, pair, root_of, written
from toyevm.teaching.lab.turns import Reply, call, missing, read_list, repeat, right, wrong

BLOCK, ROOT = "h6", "h4567"
NODES = ("h4", "h5", "h6", "h7", "h45", "h67", ROOT)


def path_of_block(answer: Any) -> Reply:
    """Judge the siblings that lead from block 6 to the root."""
    if answer is None:
        return missing('a list of names, such as ["h5", "h67"].')
    path = [_node(entry) for entry in read_list(answer, 'names of hashes, such as ["h5", "h67"]', 8)]
    if not path:
        return missing("the names.")
    node, shown = BLOCK, [f"start       {BLOCK}"]
    for sibling in path:
        if node == ROOT:
            return wrong(
                "too-long", f"You have reached the root, and {sibling} is left. What is it for?", "\n".join(shown)
            )
        after = joined(node, sibling)
        shown.append(f"with {sibling:<6} {after or 'no hash of this tree'}")
        if after is None:
            return _no_sibling(node, sibling, "\n".join(shown))
        node = after
    if node != ROOT:
        text = f"You stop at {node}. L1 has only the root {ROOT}. Which hash is still missing beside {node}?"
        return wrong("too-short", text, "\n".join(shown))
    return right("Two hashes for four blocks. How many would it be for 1,024 blocks?", "\n".join(shown))


def _no_sibling(node: str, sibling: str, shown: str) -> Reply:
    if sibling == node:
        return wrong(
            "itself", f"{node} is what L1 has at this point. Which hash stands *beside* it in the tree?", shown
        )
    if sibling == ROOT:
        return wrong("the-root-too", "L1 has the root already. Which hashes do you need to *reach* it?", shown)
    if node[1:] in sibling[1:]:
        text = f"{sibling} stands above {node}, and L1 computes it. From {node} and which other hash?"
        return wrong("what-is-computed", text, shown)
    if sibling[1:] in node[1:]:
        return wrong("used-before", f"{sibling} is in {node} already. Which blocks are still missing?", shown)
    if len(sibling) > len(node):
        text = f"{sibling} stands a row above {node}. What stands beside {node} in its own row?"
        return wrong("from-the-top", text, shown)
    if len(sibling) < len(node):
        text = f"{sibling} is one block, and {node} is two. Which single hash stands for {sibling} and its neighbour?"
        return wrong("all-leaves", text, shown)
    return wrong("not-beside", f"{node} and {sibling} do not stand side by side. Which two are hashed together?", shown)


def _node(entry: Any) -> str:
    if not isinstance(entry, str) or entry.strip().casefold() not in NODES:
        raise InputError(repeat(entry), expected=f"one of {' '.join(NODES)}")
    return entry.strip().casefold()


def root_function(answer: Any) -> Reply:
    """Judge a function that computes the root of a checkpoint."""
    if answer is None:
        return missing("a function.")
    for count in (4, 1, 2, 8):
        names = leaves(count)
        hashes = list(names.values())
        value = call(answer, list(hashes))
        if value is None or value is ...:
            return missing("what `checkpoint_root` returns.")
        if value != root_of(hashes) or not isinstance(value, bytes):
            return _not_root(value, names)
    text = (
        "It passes with 1, 2, 4 and 8 leaves. These 32 bytes are all that L1 gets of the blocks' content. "
        "What can nobody compute from them?"
    )
    return right(text, f"4 leaves: {written(root_of(list(leaves(4).values())), leaves(4))}")


def _not_root(value: Any, names: dict[str, bytes]) -> Reply:
    hashes, count = list(names.values()), len(names)
    made = written(value, names) if isinstance(value, bytes) and len(value) == 32 else repeat(value)
    shown = f"{count} {'leaf' if count == 1 else 'leaves'}: you return {made}"
    if isinstance(value, (list, tuple)):
        text = f"You return a row of {len(value)}. The root is one hash. When may the loop end?"
        return wrong("one-row", text, shown)
    if not isinstance(value, bytes) or len(value) != 32:
        return wrong("no-hash", "A root is 32 bytes. What does `pair` return?", shown)
    if value in names.values():
        text = "You return one of the leaves. How do the others get into the root?" if count > 1 else ""
        return wrong("a-leaf", text or "Which of the two is it?", shown)
    if count == 1:
        return wrong("one-leaf", "With one leaf there is nothing to pair. What is the root, then?", shown)
    if made.count("h") < count:
        missed = " ".join(name for name in names if name not in made.replace("(", " ").replace(")", " ").split())
        return wrong(
            "leaves-missing",
            f"Not in it: {missed or 'nothing'}. A root must change with every leaf. Where do you lose them?",
            shown,
        )
    if twice := [name for name in names if made.count(name) > 1]:
        return wrong("twice", f"{twice[0]} is in it {made.count(twice[0])} times. In how many pairs is a leaf?", shown)
    if value == root_of([*hashes[::-1]]):
        return wrong("right-before-left", "You hash the right one first. What does that do to everyone's paths?", shown)
    chain = hashes[0]
    for each in hashes[1:]:
        chain = pair(chain, each)
    if value == chain:
        text = (
            f"A chain, not a tree: h4 stands below {count - 1} hashes. How long is the proof of the first block then?"
        )
        return wrong("a-chain", text, shown)
    return wrong(
        "another-tree", "All leaves are in it, in another shape. Which are neighbours in the lowest row?", shown
    )
