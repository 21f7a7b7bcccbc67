"""Eight steps of the real machine, small enough for paper: slot 0 becomes 7 + 3 * 4.

State k is the machine after k steps, step k leads from state k to state k + 1, and both are counted from 0. Each state
has its commitment: a hash that covers all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from toyevm.assembler import assemble
from toyevm.rollups.one_step.clone import clone
from toyevm.rollups.one_step.commitment import commit, world_node
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.journal_tree import JournalTree
from toyevm.rollups.one_step.nodes import Node
from toyevm.rollups.one_step.witness import StepRefused, check_step, make_witness
from toyevm.types import Hash32
from toyevm.vm.frame import Machine
from toyevm.vm.interpreter import step
from toyevm.vm.message import begin_message, world_with_code

PROGRAM = ("PUSH1 7", "PUSH1 3", "PUSH1 4", "MUL", "ADD", "PUSH1 0", "SSTORE", "STOP")
STEPS = len(PROGRAM)
WORLD = world_with_code(assemble(" ".join(PROGRAM)))
Change = Callable[[Machine], None]


@dataclass(frozen=True)
class State:
    """A state that somebody claims: what there is of it in words, and the whole of it below its commitment."""

    words: str
    node: Node
    stack: tuple[int, ...] = ()  # top first

    @property
    def hash(self) -> Hash32:
        return self.node.hash

    @property
    def short(self) -> str:
        """The first six digits of the commitment."""
        return self.hash.hex()[:6]


@cache
def context() -> Context:
    """Return what L1 knows without being told."""
    machine = begin_message(WORLD)
    return Context(machine.env, machine.tx)


def story(lies: dict[int, Change]) -> tuple[State, ...]:
    """Return states 0 to 8 of a proposer who changes the machine after so many steps, and then goes on as it does."""
    machine = begin_message(WORLD)
    states = []
    for at in range(STEPS + 1):
        if at in lies:
            lies[at](machine)
        states.append(_state_of(clone(machine)))
        if machine.frames:
            step(machine)
    return tuple(states)


@cache
def honest() -> tuple[State, ...]:
    """Return the true states."""
    return story({})


def _state_of(machine: Machine) -> State:
    stack = tuple(machine.frames[-1].stack[::-1]) if machine.frames else ()
    stored = [value for value in machine.journal.write_set().values() if value]
    words = f"stack {list(stack)}" if machine.frames else "stopped"
    if stored and isinstance(stored[0], int):
        words += f", slot 0 holds {stored[0]:d}"
    return State(words, commit(machine, JournalTree(world_node(WORLD))), stack)


def step_on_l1(before: State, after: State) -> str:
    """Let L1 run the step from one state, by a witness alone, and say whether it leads to the other."""
    found = check_step(before.hash, make_witness(before.node, context()), context())
    if isinstance(found, StepRefused):
        return f"refused: {found.reason}"
    return "right" if found == after.hash else "wrong"


def eight_steps(known: int = 3) -> str:
    """Return the program, and its states: the first few of them, and the last."""
    rows = [f"state 0  {honest()[0].short}  {honest()[0].words}"]
    for at, name in enumerate(PROGRAM):
        state = honest()[at + 1]
        told = f"{state.short}  {state.words}" if at < known or at == STEPS - 1 else "?"
        rows.append(f"  step {at}   {name:<8} -> state {at + 1}  {told}")
    return "\n".join(rows)
