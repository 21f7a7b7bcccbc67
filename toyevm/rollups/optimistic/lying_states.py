"""The states of a liar: true up to one micro-step, then another, and from there on consistent with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

from toyevm.crypto import keccak256
from toyevm.errors import InvalidProof
from toyevm.rollups.one_step.block_trace import effects_of, state_after
from toyevm.rollups.one_step.layout import DONE, open_state
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.nodes import Malformed, Missing, Node
from toyevm.rollups.one_step.witness import make_witness
from toyevm.rollups.optimistic.block_states import BlockStates, needed_input
from toyevm.rollups.optimistic.claims import ItemClaim
from toyevm.rollups.optimistic.corruptions import Corruption
from toyevm.rollups.optimistic.posted_input import encode_posted
from toyevm.types import Hash32

MOST_STEPS = 4_096  # of a lie that is told consistently; then the liar makes something up
TRIES = 60


@dataclass(frozen=True)
class LiePlace:
    """A micro-step of an item."""

    item: int
    at: int


class LyingStates:
    """A trace with one lie in it; None for a corruption: from the place on, hashes of nothing."""

    def __init__(self, truth: BlockStates, place: LiePlace, corruption: Corruption | None, seed: int) -> None:
        self.truth, self.place, self.corruption, self.seed = truth, place, corruption, seed
        self._nodes: list[Node | None] = []  # after the item with the lie, after the next, and so on

    @property
    def items(self) -> int:
        return self.truth.items

    @cached_property
    def path(self) -> list[Node]:
        """The states from the lie on, up to the end of the item or to where it leads nowhere."""
        if self.corruption is None:
            return []
        changed = self.corruption(self.truth.node(self.place.item, self.place.at), Random(self.seed))
        assert changed is not None, "place_for has tried it"
        states, context = [changed], self.truth.steps(self.place.item).context
        try:
            while len(states) < MOST_STEPS and (after := micro_step(states[-1], context)).hash != states[-1].hash:
                states.append(after)
        except (Malformed, Missing):
            pass
        return states

    def made_up(self, *where: int) -> Hash32:
        """Return a hash of nothing."""
        return keccak256(repr((self.seed, *where)).encode())

    def after(self, count: int) -> ItemClaim:
        count = min(count, self.items)
        if count <= self.place.item:
            return self.truth.after(count)
        height = self._height if count == self.place.item + 1 else self.truth.height(count - 1)
        return ItemClaim(self._hash_after(count), height)

    @property
    def _height(self) -> int:
        if not self.path:
            return self.truth.height(self.place.item)
        return max(self.place.at + len(self.path) - 2, 0).bit_length()

    def _hash_after(self, count: int) -> Hash32:
        state = self.node_after(count)
        return self.made_up(count) if state is None else state.hash

    def node_after(self, count: int) -> Node | None:
        """Return the state after so many items, if the lie leads to one: later items do there what they truly do."""
        first = self.place.item + 1
        if not self._nodes:
            is_done = bool(self.path) and open_state(self.path[-1])[0].name == DONE
            self._nodes.append(self.path[-1] if is_done else None)
        while len(self._nodes) <= count - first:  # one after the other: in a long block, recursion goes too deep
            self._nodes.append(self._after_item(first + len(self._nodes) - 1, self._nodes[-1]))
        return self._nodes[count - first]

    def _after_item(self, item: int, before: Node | None) -> Node | None:
        if before is None:
            return None
        trace = self.truth.trace
        room = trace.env.gas_limit - open_state(trace.states[item])[0].gas
        return state_after(before, effects_of(trace.worlds[item], trace.env, trace.items[item], room))

    def state(self, item: int, at: int) -> Hash32:
        """Return the hash of what the liar says that the state is there."""
        if item != self.place.item or at < self.place.at:
            return self.truth.state(item, at)
        if not self.path:
            return self.made_up(item, at)
        node = self.path[min(at - self.place.at, len(self.path) - 1)]
        is_end = at - self.place.at >= len(self.path) - 1
        return self._hash_after(item + 1) if is_end else node.hash

    def evidence(self, item: int, at: int) -> tuple[bytes, bytes]:
        """Return a witness of what the liar has; nothing where that is nothing."""
        if item != self.place.item or at < self.place.at:
            return self.truth.evidence(item, at)
        if not self.path:
            return b"", b""
        node = self.path[min(at - self.place.at, len(self.path) - 1)]
        context = self.truth.steps(item).context
        try:
            return make_witness(node, context), encode_posted(needed_input(node, context))
        except (Malformed, Missing):
            return b"", b""


def lie_about(truth: BlockStates, corruption: Corruption | None, rng: Random) -> LyingStates:
    """Return states with a lie somewhere, that is still there at the end of its item.

    Raises:
        InvalidProof: none was found.
    """
    for _ in range(TRIES):
        item = rng.randrange(truth.items)
        place = LiePlace(item, rng.randrange(1, truth.steps(item).count + 1))
        lie = LyingStates(truth, place, corruption, rng.getrandbits(32))
        if corruption is None or is_possible(lie):
            return lie
    raise InvalidProof("nothing in this block can be lied about so")


def is_possible(lie: LyingStates) -> bool:
    """Tell whether there is something to lie about in this place, and whether it matters."""
    place, truth = lie.place, lie.truth
    state = truth.node(place.item, place.at)
    if lie.corruption is None or lie.corruption(state, Random(lie.seed)) is None:
        return lie.corruption is None
    return lie.after(place.item + 1).state != truth.after(place.item + 1).state
