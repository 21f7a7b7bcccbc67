"""Where everything of a running machine stands in its commitment. Both sides build it here: from data, and from parts.

    state    phase                                  frame, journal, pending work or outcome
    frame    pc, gas, stack height, memory words    stack, memory, code, call, return data, the frame below
    call     caller, address, value, depth, return range, flags, memory room      input, the journal when it began
    pending                                         answers so far, the work
    outcome  gas left, what went wrong              output

What one opcode touches stands together and high; what it rarely touches stands deeper. The stack is a chain of words,
the top in front; the frames are a chain; memory is an array of words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from toyevm import rlp
from toyevm.rollups.one_step.byte_strings import as_number, number
from toyevm.rollups.one_step.journal_tree import strings
from toyevm.rollups.one_step.nodes import Malformed, Node, hashed, link
from toyevm.vm.frame import Message

STATIC, CREATE = 1, 2
FRAME_PARTS, STATE_PARTS = 6, 3


DONE, BEFORE, RUN, CLEAN = b"done", b"before", b"run", b"clean"


class Phase(NamedTuple):
    """What surrounds the code just now, how far it is, and the gas that the items before have used.

    `at` counts the items that are done, or what has been done before the first frame.
    """

    name: bytes = RUN
    at: int = 0
    gas: int = 0


RUNNING = Phase()  # a machine on its own


def state_node(phase: Phase, frame: Node | None, journal: Node | None, extra: Node | None) -> Node:
    """Return a state; `phase` says what surrounds the code, `extra` is pending work, or the outcome without a frame."""
    return Node(rlp.encode(list(phase)), (frame, journal, extra))


def open_state(state: Node) -> tuple[Phase, Node | None, Node, Node | None]:
    """Return phase, frame, journal and what else there is."""
    name, at, gas = strings(state.value, 3)
    frame, journal, extra = (state.child(i, STATE_PARTS) for i in range(STATE_PARTS))
    if journal is None or name not in (DONE, BEFORE, RUN, CLEAN):
        raise Malformed("not a state")
    return Phase(name, number(at), number(gas)), frame, journal, extra


def frame_node(
    pc: int,
    gas_left: int,
    stack: tuple[int, Node | None],
    memory: tuple[int, Node | None],
    parts: tuple[Node | None, Node, Node | None, Node | None],
) -> Node:
    """Return a frame; stack and memory with their sizes, then code, call, return data, and the frame below."""
    value = rlp.encode([pc, gas_left, stack[0], memory[0]])
    return hashed(Node(value, (stack[1], memory[1], *parts)))


def stack_chain(words: Iterable[int], rest: Node | None = None) -> Node | None:
    """Return a stack, its top in front; `words` from below to above."""
    for word in words:
        rest = link(as_number(word), rest)
    return rest


def call_node(message: Message, memory_room: int, input: Node | None, start: Node) -> Node:
    """Return what does not change while a frame lives."""
    flags = STATIC * message.is_static | CREATE * message.is_create
    numbers = [message.value, message.depth, message.return_offset, message.return_size, flags, memory_room]
    return Node(rlp.encode([message.caller, message.address, *numbers]), (input, start))


def open_call(node: Node) -> tuple[Message, int]:
    """Return the message of a frame, without its code and input, and its memory room."""
    caller, address, *rest = strings(node.value, 8)
    value, depth, return_offset, return_size, flags, memory_room = map(number, rest)
    if len(caller) != len(address) or len(address) != 20 or flags > STATIC | CREATE:
        raise Malformed("not a call")
    message = Message(caller, address, b"", 0, value, b"", None, depth, return_offset, return_size)
    message.is_static, message.is_create = bool(flags & STATIC), bool(flags & CREATE)
    return message, memory_room


def outcome_node(gas_left: int, error: str | None, output: Node | None) -> Node:
    """Return how the outermost frame ended."""
    return Node(rlp.encode([gas_left, (error or "").encode()]), (output,))


def pending_node(answers: list[Node], work: Node) -> Node:
    """Return work to be done, and the answers that the step has been given before."""
    chain: Node | None = None
    for answer in answers:
        chain = Node(b"", (answer, chain))
    return Node(b"", (chain, work))


def open_pending(node: Node) -> tuple[Node | None, Node]:
    """Return the chain of answers and the work."""
    work = node.child(1, 2)
    if work is None or node.value:
        raise Malformed("not pending work")
    return node.child(0, 2), work


def answers_of(chain: Node | None) -> list[Node]:
    """Return the answers, the oldest first."""
    answers: list[Node] = []
    while chain is not None:
        answer, chain = chain.child(0, 2), chain.child(1, 2)
        if answer is None or len(answers) > FRAME_PARTS:
            raise Malformed("not a chain of answers")
        answers.append(answer)
    return answers[::-1]
