"""A machine and its commitments side by side: the plain machine says what each opcode must lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from toyevm.rollups.one_step.commitment import commit
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.journal_tree import JournalTree
from toyevm.rollups.one_step.layout import open_state
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.nodes import Node
from toyevm.vm.frame import Machine
from toyevm.vm.interpreter import step
from toyevm.vm.opcodes import opcodes_of


class Walked(NamedTuple):
    """One opcode: the states before each of its micro-steps, and the state it must lead to, by the plain machine."""

    name: str
    states: list[Node]
    after: Node


def is_pending(state: Node) -> bool:
    _, frame, _, extra = open_state(state)
    return frame is not None and extra is not None


def walk(machine: Machine, original: Node | None, context: Context) -> Iterator[Walked]:
    """Yield every opcode, and check that its micro-steps lead where the plain machine goes."""
    start = JournalTree(original)
    state = commit(machine, start)
    while machine.frames:
        frame = machine.frames[-1]
        name = opcodes_of(machine.env.fork.rank)[frame.code.padded[frame.pc]].name
        states, now = [state], micro_step(state, context)
        while is_pending(now):
            states.append(now)
            now = micro_step(now, context)
        step(machine)
        after = commit(machine, start)
        assert now.hash == after.hash, f"{name}: {len(states)} micro-steps lead elsewhere"
        yield Walked(name, states, after)
        state = after
