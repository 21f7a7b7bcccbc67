"""What the next micro-step of a state is, in a word."""

from __future__ import annotations

from toyevm.forks import Fork
from toyevm.rollups.one_step.byte_strings import Source, number
from toyevm.rollups.one_step.journal_tree import strings
from toyevm.rollups.one_step.layout import open_state
from toyevm.rollups.one_step.nodes import Node
from toyevm.vm.opcodes import opcodes_of

SURROUNDINGS = {
    b"done": "the beginning",
    b"before": "what comes before the code",
    b"run": "the payment for gas",
    b"clean": "the removal of empty accounts",
}


def step_name(state: Node, fork: Fork) -> str:
    """Return an opcode, or what surrounds the code; of a state that may hold only what the step needs."""
    phase, frame, _, extra = open_state(state)
    if frame is None:
        return SURROUNDINGS[phase.name]
    pc = number(strings(frame.value, 4)[0])
    opcode = Source(frame.children[2], is_code=True).read(pc, 1)[0]
    return opcodes_of(fork.rank)[opcode].name + (" (data)" if extra is not None else "")
