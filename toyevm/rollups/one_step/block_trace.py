"""A whole block as a player of a dispute has it: the state after each item, and the micro-steps inside of any.

The outer states are made from plain effects, whoever computed them: the sequential order, or a parallel backend with a
bug. The game goes over them first, and then over the micro-steps of the first item whose end is disputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from toyevm.blocks import Log
from toyevm.errors import InvalidTransaction
from toyevm.results import TxResult
from toyevm.rollups.one_step.byte_strings import string_of
from toyevm.rollups.one_step.commitment import world_after, world_node
from toyevm.rollups.one_step.context import Context, context_of
from toyevm.rollups.one_step.items import Credit, InvalidItem, Item, SystemCall
from toyevm.rollups.one_step.journal_tree import JournalTree, link_log
from toyevm.rollups.one_step.layout import DONE, Phase, open_state, outcome_node, state_node
from toyevm.rollups.one_step.nodes import Node, PrunedNode
from toyevm.rollups.one_step.trace import StepTrace, state_between
from toyevm.state import BlockView, StateDiff, WorldState
from toyevm.system import SYSTEM_ADDRESS, SYSTEM_CALL_GAS
from toyevm.transition import check_sender, execute_transaction
from toyevm.types import Version
from toyevm.vm.frame import BlockEnv
from toyevm.vm.interpreter import run
from toyevm.vm.message import begin_message, finish_message


class Effects(NamedTuple):
    """What an item leaves behind."""

    diff: StateDiff
    gas_used: int = 0
    logs: tuple[Log, ...] = ()
    outcome: Node | None = None


def effects_of(world: WorldState, env: BlockEnv, item: Item, gas_room: int) -> Effects:
    """Run an item on a plain machine; `gas_room` is what the block has left for transactions."""
    if isinstance(item, Credit):
        view = BlockView(world)
        view.pay(Version(0), item.address, item.amount)
        return Effects(view.diff())
    if isinstance(item, SystemCall):
        return _effects_of_call(world, env, item)
    try:
        if isinstance(item, InvalidItem):
            raise InvalidTransaction(item.reason)
        if item.tx.gas_limit > gas_room:
            raise InvalidTransaction("gas-limit-above-block", gas_room, item.tx.gas_limit)
        result = execute_transaction(world, env, check_sender(world, env, item))
    except InvalidTransaction as error:
        return Effects(StateDiff(), outcome=outcome_node(0, error.reason, None))
    return effects_of_result(world, env, result)


def effects_of_result(world: WorldState, env: BlockEnv, result: TxResult) -> Effects:
    """Return the effects of a transaction that somebody has executed on `world`, fee included."""
    view = BlockView(world)
    view.commit(Version(0), result.diff)
    view.pay(Version(0), env.coinbase, result.fee)
    outcome = outcome_node(result.gas_used, result.error, string_of(result.output))
    return Effects(view.diff(), result.gas_used, result.logs, outcome)


def _effects_of_call(world: WorldState, env: BlockEnv, item: SystemCall) -> Effects:
    machine = begin_message(
        world, env, sender=SYSTEM_ADDRESS, address=item.address, input=item.input, gas=SYSTEM_CALL_GAS
    )
    run(machine)
    result = finish_message(machine, SYSTEM_CALL_GAS)
    outcome = outcome_node(SYSTEM_CALL_GAS - result.gas_used, result.error, string_of(result.output))
    return Effects(StateDiff(result.write_set, frozenset(machine.journal.touched)), 0, result.logs, outcome)


def state_after(before: Node, effects: Effects) -> Node:
    """Return the state after an item with these effects."""
    phase, _, journal, _ = open_state(before)
    tree = JournalTree(world_after(JournalTree.of(journal).world, effects.diff), PrunedNode(before.hash))
    for log in effects.logs:
        tree.logs = link_log(log, string_of(log.data), tree.logs)
    done = Phase(DONE, phase.at + 1, phase.gas + effects.gas_used)
    return state_node(done, None, tree.node(), effects.outcome)


class BlockTrace:
    """The items of a block, run one after the other: `states[i]` and `worlds[i]` are before item i."""

    def __init__(self, pre: WorldState, env: BlockEnv, items: Sequence[Item]) -> None:
        self.env, self.items = env, tuple(items)
        self.worlds, self.states = [pre], [state_between(world_node(pre))]
        for item in self.items:
            gas_room = env.gas_limit - open_state(self.states[-1])[0].gas
            effects = effects_of(self.worlds[-1], env, item, gas_room)
            self.states.append(state_after(self.states[-1], effects))
            self.worlds.append(self.worlds[-1].apply(effects.diff))

    def context(self, index: int) -> Context:
        return context_of(self.env, self.items[index], index)

    def steps(self, index: int) -> StepTrace:
        """Return the micro-steps of an item."""
        return StepTrace(self.states[index], self.worlds[index], self.context(index))
