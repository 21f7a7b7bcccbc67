"""One micro-step: from a state to the next, on a state that is whole or one that holds only what the step needs."""

from __future__ import annotations

from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.layout import answers_of, open_pending, open_state, pending_node, state_node
from toyevm.rollups.one_step.nodes import Malformed, Node
from toyevm.rollups.one_step.partial_journal import PartialJournal
from toyevm.rollups.one_step.partial_machine import PartialFrames, PartialMachine
from toyevm.rollups.one_step.work import Desk, Unfinished, Work
from toyevm.vm.interpreter import step


def micro_step(state: Node, context: Context) -> Node:
    """Return the state after one micro-step; a machine that has stopped stays as it is.

    Raises:
        Missing: the state does not hold what the step looks into.
        Malformed: the state is none.
    """
    phase, frame, journal, extra = open_state(state)
    if frame is None:
        return state
    if journal is None:
        raise Malformed("a frame without a journal")
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
        return state_of(machine, phase)
    except Unfinished as unfinished:
        return state_node(phase, frame, journal, pending_node(answers, unfinished.work.node()))


def state_of(machine: PartialMachine, phase: bytes) -> Node:
    """Return the commitment to a machine after its step."""
    frames: PartialFrames = machine.frames  # type: ignore[assignment]
    journal: PartialJournal = machine.journal  # type: ignore[assignment]
    return state_node(phase, frames.node(), journal.tree.node(), machine.outcome_node())
