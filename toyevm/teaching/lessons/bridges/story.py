"""A story of four messages between three layers, before and after a reorg of the sidechain.

Blocks have short names: S3 is the third block of the sidechain that the story shows. The layers, and the rule that says
which blocks stand, are those of `toyevm.rollups.interop`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from toyevm.errors import InputError
from toyevm.rollups.interop.cluster import Cluster
from toyevm.rollups.interop.validity import BlockId, MessageGraph
from toyevm.teaching.lessons.bridges.port import LAYERS, LETTERS, PEOPLE

REPLACED, COLUMNS = 2, 6  # from this block of the sidechain on, if nothing else is said; of so many
REPLACEABLE = (*(f"S{at}" for at in range(1, COLUMNS + 1)), *(f"V{at}" for at in range(2, COLUMNS + 1)))  # V1 is final


@dataclass(frozen=True)
class Arrow:
    """A message: the block that executes it, the block that sent it, and its tokens."""

    executing: str
    initiating: str
    words: str


@dataclass(frozen=True)
class MessageStory:
    """What a figure shows: blocks, messages, and which blocks are lost or not valid, each with the reason."""

    columns: int
    arrows: tuple[Arrow, ...]
    lost: tuple[str, ...] = ()
    fallen: tuple[tuple[str, str], ...] = ()

    @property
    def blocks(self) -> list[str]:
        """The names of all blocks, layer by layer."""
        return [f"{LETTERS[layer]}{at}" for layer in LAYERS for at in range(1, self.columns + 1)]

    @property
    def lines(self) -> list[str]:
        """What the figure says, line by line."""
        lines = [f"blocks {LETTERS[layer]}1 to {LETTERS[layer]}{self.columns}: {layer}" for layer in LAYERS]
        lines += [f"{each.executing} executes a message of {each.initiating}: {each.words}" for each in self.arrows]
        if self.lost:
            lines.append(f"replaced: {', '.join(self.lost)}")
            lines += [f"{name} is not valid: {why}" for name, why in self.fallen] or ["no block of another layer falls"]
        return lines


# (tick, who, source, destination, amount, tick in which it is relayed)
MESSAGES = (
    (1, "Cleo", "sidechain", "validium", 9, 2),
    (2, "Ann", "sidechain", "rollup", 5, 3),
    (4, "Ann", "rollup", "validium", 3, 5),
    (3, "Bob", "validium", "sidechain", 2, 4),
)


def _played() -> tuple[Cluster, dict[BlockId, str]]:
    """Return the layers after the story, and the names of their blocks.

    The rollup begins each block of L1 with an empty block of its own; it shares the name of the one with transactions.
    """
    cluster, names = Cluster((*PEOPLE, "Cleo")), dict[BlockId, str]()
    cluster.tick()
    for tick in range(1, COLUMNS + 1):
        for at, who, source, destination, amount, relayed in MESSAGES:
            if at == tick:
                cluster.send_tokens(who, source, destination, amount)
            if relayed == tick:
                (sent,) = [m for m in cluster.sent(source) if m.call.destination == cluster.chain_id(destination)]
                cluster.relay("Rita", sent)
        heights = {layer: len(cluster.members[layer].chain.entries) for layer in LAYERS}
        cluster.tick()
        for layer, first in heights.items():
            for number in range(first, len(cluster.members[layer].chain.entries)):
                names[BlockId(cluster.chain_id(layer), number)] = f"{LETTERS[layer]}{tick}"
    return cluster, names


def _arrows(graph: MessageGraph, names: dict[BlockId, str]) -> tuple[Arrow, ...]:
    tokens = {
        (source, destination): f"{amount} tokens of {who}'s" for _, who, source, destination, amount, _ in MESSAGES
    }
    layer = {LETTERS[name]: name for name in LAYERS}
    found = []
    for edge in graph.edges:
        executing, initiating = names[edge.executing], names[edge.initiating]
        found.append(Arrow(executing, initiating, tokens[layer[initiating[0]], layer[executing[0]]]))
    return tuple(sorted(found, key=lambda each: int(each.executing[1:])))


@cache
def before_the_reorg() -> MessageStory:
    """Return the story as it is before the sidechain replaces blocks."""
    cluster, names = _played()
    return MessageStory(COLUMNS, _arrows(cluster.graph(), names))


@cache
def after_the_reorg(first: str = f"S{REPLACED}") -> MessageStory:
    """Return the story with what a reorg has taken along.

    Args:
        first: the first block that is replaced, of sidechain or validium; all later ones of its layer are, too.

    Raises:
        InputError: there is no such block, or it is final.
    """
    if first not in REPLACEABLE:
        raise InputError(f"{first!r:.40}", expected=f"a block that can be replaced: {' | '.join(REPLACEABLE)}")
    cluster, names = _played()
    arrows = _arrows(cluster.graph(), names)
    (layer,) = (name for name in LAYERS if LETTERS[name] == first[0])
    lost = tuple(f"{first[0]}{at}" for at in range(int(first[1:]), COLUMNS + 1))
    cluster.reorg(layer, len(lost))
    refusals: dict[str, str] = {}
    for block, why in sorted(cluster.settle().refusals.items()):
        refusals.setdefault(names[block], str(why))
    fallen = tuple((name, refusals[name]) for name in before_the_reorg().blocks if name in refusals)
    return MessageStory(COLUMNS, arrows, lost, fallen)
