"""What a whole state is about to do, in terms of the machine: the words for a verdict."""

from __future__ import annotations

from typing import NamedTuple

from toyevm.rollups.one_step.byte_strings import Source, number
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.journal_tree import strings
from toyevm.rollups.one_step.layout import FRAME_PARTS, open_call, open_state
from toyevm.rollups.one_step.nodes import Node, unlink
from toyevm.rollups.one_step.surroundings import acts_before
from toyevm.types import Address, Field, Location, to_address
from toyevm.vm.opcodes import opcodes_of

OF_ITS_SLOT = ("SLOAD", "SSTORE")
OF_ANOTHER = {"BALANCE": Field.BALANCE, "EXTCODESIZE": Field.CODE, "EXTCODEHASH": Field.CODE, "EXTCODECOPY": Field.CODE}


class NextStep(NamedTuple):
    """The next micro-step. Outside of the code, `name` is that of the phase, and only `done` acts are counted.

    `is_unit`: data for the opcode is being moved. `location` is what of the state it looks at, where that is one place.
    """

    name: str
    is_unit: bool = False
    pc: int = 0
    depth: int = 0
    address: Address = b""
    operands: tuple[int, ...] = ()
    location: Location | None = None

    def __str__(self) -> str:
        where = f" of {self.location}" if self.location is not None else ""
        return f"{self.name}{where} at pc {self.pc}, depth {self.depth}" if self.address else self.name


def next_step(state: Node, context: Context) -> NextStep:
    """Return what the next micro-step of a whole state is."""
    phase, frame, _, extra = open_state(state)
    if frame is None:
        acts = f" {phase.at + 1} of {len(acts_before(context))}" if phase.name == b"before" else ""
        return NextStep(phase.name.decode() + acts)
    pc = number(strings(frame.value, 4)[0])
    row = opcodes_of(context.env.fork.rank)[Source(frame.child(2, FRAME_PARTS), is_code=True).read(pc, 1)[0]]
    call = frame.child(3, FRAME_PARTS)
    assert call is not None
    message, _ = open_call(call)
    operands = top_words(frame, row.pops)
    location = None
    if row.name in OF_ITS_SLOT and operands:
        location = Location(message.address, operands[0])
    elif row.name in OF_ANOTHER and operands:
        location = Location(to_address(operands[0]), OF_ANOTHER[row.name])
    return NextStep(row.name, extra is not None, pc, message.depth, message.address, operands, location)


def top_words(frame: Node, count: int) -> tuple[int, ...]:
    """Return the words on top of a frame's stack, the top first; fewer where there are fewer."""
    words: list[int] = []
    rest = frame.child(0, FRAME_PARTS)
    while rest is not None and len(words) < count:
        value, rest = unlink(rest)
        words.append(number(value))
    return tuple(words)
