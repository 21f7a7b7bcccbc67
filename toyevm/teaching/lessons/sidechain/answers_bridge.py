"""What lesson 10 says to moves of two chains, and to the key under which a bridge notes an exit."""

from __future__ import annotations

from typing import Any

from toyevm.teaching.kit.two_chains import TwoChains, read_moves
from toyevm.teaching.lab.turns import Reply, call, missing, read_words, repeat, right, wrong

WAIT = 2  # blocks on a deposit
PROOF, AGAIN = b"\x00proof", b"\x20proof"  # one proof, written in two ways
FIELDS = ("block", "tx", "log")
APART = (  # two burns that are two, and what tells them apart
    ((6, 3, 0), (6, 3, 1), "log"), ((6, 0, 0), (6, 3, 0), "tx"), ((6, 0, 0), (7, 0, 0), "block"),
    ((1, 12, 0), (11, 2, 0), "glued"), ((2, 3, 4), (4, 3, 2), "order"), ((6, 1, 2), (6, 2, 1), "order"),
    ((6, 1, 11), (6, 2, 1), "glued"),
)  # fmt: skip


def unbacked(answer: Any) -> Reply:
    """Judge moves after which the sidechain has more ether than the escrow."""
    if answer is None or not read_words(answer, "moves, such as deposit block credit").strip():
        return missing("moves, such as deposit block credit.")
    moves = read_moves(answer)
    model = TwoChains(moves, WAIT)
    shown = "\n".join(model.lines[1:])
    if model.supply > model.escrow:
        return right(
            "Ann has both: her ether on L1 again, and 5 on the sidechain. Which wait stops a reorg of 3?", shown
        )
    if not any(move.startswith("reorg") for move in moves):
        return wrong("no-reorg", "Each credit has its deposit on L1. Which move takes a deposit away?", shown)
    if model.supply:
        text = "The deposit is still on L1, below the blocks that were replaced. How deep does it lie?"
        return wrong("too-shallow", text, shown)
    if any(ether for _, ether in model.lost):
        text = "The deposit is gone, but nothing was credited for it. What must happen before the reorg?"
        return wrong("reorg-too-early", text, shown)
    return wrong(
        "never-credited", f"Nothing was credited: {WAIT} blocks must lie on a deposit. How many lie on yours?", shown
    )


def exit_key(answer: Any) -> Reply:
    """Judge a function from an exit to the key under which the bridge notes it."""
    if answer is None:
        return missing("a function.")
    first, again = (call(answer, 6, 3, 1, proof) for proof in (PROOF, AGAIN))
    if first is None or first is ...:
        return missing("what `key` returns.")
    if repeat(first) != repeat(again):
        shown = f"the burn (6, 3, 1), its proof written in two ways\nkeys  {repeat(first)}\n      {repeat(again)}"
        text = "One burn has two keys, so it is paid twice. Which part of your key can a thief write in another way?"
        return wrong("proof-in-the-key", text, shown)
    for one, other, missed in APART:
        keys = [repeat(call(answer, *place, PROOF)) for place in (one, other)]
        if keys[0] == keys[1]:
            return _same_key(one, other, missed, keys[0])
    return right("One burn, one key. Does the key have to be secret?", f"{len(APART) + 1} cases of {len(APART) + 1}")


def _same_key(one: tuple[int, ...], other: tuple[int, ...], missed: str, key: str) -> Reply:
    shown = f"two burns, {one} and {other}: both have the key {key}, so the second is never paid"
    if missed in FIELDS:
        return wrong(f"{missed}-is-left-out", f"They differ in the {missed} only. Where is it in your key?", shown)
    text = "The same digits come from different numbers. How can you keep the numbers apart?"
    return wrong("numbers-run-together", text, shown)
