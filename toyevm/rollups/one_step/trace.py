"""The micro-steps of one item of a block, numbered: what a player of a dispute needs, at any index, without the rest.

A plain machine runs; a commitment is made only where somebody asks. Now and then a copy of the machine is kept, so
that to go back is not to begin again: bisection asks for 20 states of a million.

State 0 is the one after the item before, with this item's number still to come; state `count` the one after the item,
and every later state too, for what has finished steps to itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from toyevm.errors import InvalidTransaction
from toyevm.rollups.one_step.clone import clone, size_of
from toyevm.rollups.one_step.commitment import commit
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.counting import StepCounter
from toyevm.rollups.one_step.items import SystemCall
from toyevm.rollups.one_step.journal_tree import JournalTree
from toyevm.rollups.one_step.layout import DONE, RUN, Phase, open_state, state_node
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.nodes import Node, PrunedNode
from toyevm.rollups.one_step.surroundings import acts_before
from toyevm.state import StateView
from toyevm.system import SYSTEM_ADDRESS, SYSTEM_CALL_GAS
from toyevm.transition import CheckedTransaction, begin_transaction, check_sender
from toyevm.vm.frame import Machine
from toyevm.vm.message import begin_message

MOST_KEPT, MOST_KEPT_BYTES = 64, 2**28  # copies of the machine, and what they may take together


class Kept(NamedTuple):
    """A copy of the machine, and the number of the micro-step before which it stands."""

    at: int
    machine: Machine


class Tampering(NamedTuple):
    """A change that nobody may make, once `at` micro-steps are done."""

    at: int
    change: Callable[[Machine], None]


def state_between(world: Node | None, index: int = 0, gas_used: int = 0) -> Node:
    """Return the state between two items: `index` of them are done and have used so much gas of the block."""
    return state_node(Phase(DONE, index, gas_used), None, JournalTree(world).node(), None)


class StepTrace:
    """The micro-steps of an item.

    Args:
        before: the state before it, whole.
        view: the same world, for the plain machine. (That of a backend with a bug may be another.)
        tampering: what a liar does to the machine, and after which micro-step: at the first border of two opcodes.
    """

    def __init__(self, before: Node, view: StateView, context: Context, tampering: Tampering | None = None) -> None:
        self.before, self._tampering = before, tampering
        self._counter = StepCounter(context.env)
        self.context = replace(context, posted=self._counter.posted)
        phase, _, journal, _ = open_state(before)
        self._phase = Phase(RUN, 0, phase.gas)
        self._journal = JournalTree(JournalTree.of(journal).world, PrunedNode(before.hash))
        self._start = 1 + len(acts_before(context))  # where the machine stands before its first opcode
        self._kept: list[Kept] = []
        machine = self._machine(view)
        if machine is None:
            self._end = self._start = 1
        else:
            self._end = self._run_through(machine)

    def _machine(self, view: StateView) -> Machine | None:
        """Return the plain machine before its first opcode; None where no code is run."""
        env, item = self._counter.env, self.context.item
        if isinstance(item, CheckedTransaction):
            gas_room = self.context.env.gas_limit - self._phase.gas
            try:
                checked = check_sender(view, env, item)
            except InvalidTransaction:
                return None
            return begin_transaction(view, env, checked).machine if item.tx.gas_limit <= gas_room else None
        if isinstance(item, SystemCall):
            address, input = item.address, item.input
            return begin_message(view, env, sender=SYSTEM_ADDRESS, address=address, input=input, gas=SYSTEM_CALL_GAS)
        return None

    def _run_through(self, machine: Machine) -> int:
        """Run to the end, keep copies on the way, and return the number of micro-steps till then."""
        index, apart, due = self._start, 256, self._start
        while machine.frames:
            if index >= due:
                self._kept.append(Kept(index, clone(machine)))
                while len(self._kept) > 1 and (len(self._kept) >= MOST_KEPT or self._kept_bytes > MOST_KEPT_BYTES):
                    self._kept, apart = self._kept[::2], 2 * apart
                due = index + apart
            index = self._after_opcode(machine, index)
        self._kept.append(Kept(index, clone(machine)))
        return index

    @property
    def _kept_bytes(self) -> int:
        return sum(size_of(machine) for _, machine in self._kept)

    @cached_property
    def count(self) -> int:
        """How many micro-steps the item has."""
        return self._end + len(self._tail) - 1

    @cached_property
    def _tail(self) -> list[Node]:
        """The states from the end of the code on; without code, from the first act on."""
        states = [self.state(self._end)]
        while (after := micro_step(states[-1], self.context)).hash != states[-1].hash:
            states.append(after)
        return states

    def state(self, index: int) -> Node:
        """Return the state before micro-step `index`, whole."""
        if index > self._end:
            return self._tail[min(index - self._end, len(self._tail) - 1)]
        if index < self._start or not self._kept:
            return self._on(self.before, index)
        border, machine = self._machine_at(index)
        return self._on(commit(machine, self._journal, self._phase), index - border)

    def _after_opcode(self, machine: Machine, index: int) -> int:
        """Run one opcode that begins with micro-step `index`; return the number of the one after it."""
        after = index + self._counter.step(machine)
        if self._tampering is not None and index < self._tampering.at <= after:
            self._tampering.change(machine)
        return after

    def _machine_at(self, index: int) -> Kept:
        """Return the machine before the opcode that micro-step `index` belongs to."""
        place = bisect_right(self._kept, index, key=lambda kept: kept.at) - 1
        here, machine = self._kept[place].at, clone(self._kept[place].machine)
        while here < index:
            after = self._after_opcode(machine, here)
            if after > index:  # it is in the midst of this opcode
                return self._machine_at(here)
            here = after
        return Kept(here, machine)

    def _on(self, state: Node, count: int) -> Node:
        for _ in range(count):
            state = micro_step(state, self.context)
        return state
