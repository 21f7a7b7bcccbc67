"""One micro-step: from a state to the next, on a state that is whole or one that holds only what the step needs."""

from __future__ import annotations

from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.layout import answers_of, open_pending, open_state, pending_node, state_node
from toyevm.rollups.one_step.nodes import Node
from toyevm.rollups.one_step.partial_machine import PartialMachine
from toyevm.rollups.one_step.surroundings import surrounding_step
from toyevm.rollups.one_step.work import Desk, Unfinished, Work
from toyevm.vm.interpreter import step


def micro_step(state: Node, context: Context) -> Node:
    """Return the state after one micro-step; a machine that has stopped stays as it is.

    Raises:
        Missing: the state does not hold what the step looks into.
        ToyevmError, or what Python raises on nonsense: this is no state, whatever its hash.
    """
    phase, frame, journal, extra = open_state(state)
    if frame is None:
        return surrounding_step(state, phase, journal, extra, context)
    answers: list[Node] = []
    if extra is not None:
        chain, work_node = open_pending(extra)
        work = Work.of(work_node)
        if not work.is_done:
            pending = Node(extra.value, (chain, work.advanced().node()))
            return state_node(phase, frame, journal, pending)
        answers = [*answers_of(chain), work.answer]
    try:
        machine = PartialMachine(context, frame, journal, Desk(list(answers)))
        step(machine)
        return machine.state(phase)
    except Unfinished as unfinished:
        return state_node(phase, frame, journal, pending_node(answers, unfinished.work.node()))
