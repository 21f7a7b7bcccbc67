"""The states of a block by somebody else's results: those of a parallel backend, which may have read what was stale.

Its producer can defend them: within a transaction, they run the machine on what they have read. So a dispute leads to
the very opcode that was given a value other than the one that is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toyevm.results import TxResult
from toyevm.rollups.one_step.block_trace import Effects, effects_of, effects_of_result, state_after
from toyevm.rollups.one_step.commitment import world_node
from toyevm.rollups.one_step.context import Context, context_of
from toyevm.rollups.one_step.items import Item
from toyevm.rollups.one_step.layout import open_state
from toyevm.rollups.one_step.trace import StepTrace, state_between
from toyevm.state import StateView, WorldState
from toyevm.transition import CheckedTransaction
from toyevm.types import Location, Read
from toyevm.vm.frame import BlockEnv


class StaleView:
    """A world as somebody has read it: some values are not those that are there."""

    def __init__(self, world: WorldState, read_set: Mapping[Location, Read]) -> None:
        self.world, self.read_set = world, read_set

    def read(self, location: Location) -> Read:
        found = self.read_set.get(location)
        return self.world.read(location) if found is None else found


class PostedTrace:
    """Like `BlockTrace`, but what a transaction does is what `results` say."""

    def __init__(self, pre: WorldState, env: BlockEnv, items: Sequence[Item], results: Sequence[TxResult]) -> None:
        self.env, self.items = env, tuple(items)
        own = iter(results)
        self.results = [next(own, None) if isinstance(item, CheckedTransaction) else None for item in self.items]
        self.worlds, self.states = [pre], [state_between(world_node(pre))]
        for item, result in zip(self.items, self.results, strict=True):
            effects = self._effects(item, result)
            self.states.append(state_after(self.states[-1], effects))
            self.worlds.append(self.worlds[-1].apply(effects.diff))

    def _effects(self, item: Item, result: TxResult | None) -> Effects:
        if result is not None:
            return effects_of_result(self.worlds[-1], self.env, result)
        return effects_of(self.worlds[-1], self.env, item, self.env.gas_limit - open_state(self.states[-1])[0].gas)

    def context(self, index: int) -> Context:
        return context_of(self.env, self.items[index], index)

    def view(self, index: int) -> StateView:
        """Return what the producer has read for an item."""
        result = self.results[index]
        return self.worlds[index] if result is None else StaleView(self.worlds[index], result.read_set)

    def steps(self, index: int) -> StepTrace:
        """Return the micro-steps of an item, as the producer has run it."""
        return StepTrace(self.states[index], self.view(index), self.context(index))
