"""A machine that holds a part of its state: the interpreter's own `step` runs on it, and looks into what it needs.

Each container has the shape that the instructions expect, and opens nodes only as far as it is asked. Afterwards
`node` builds the commitment again, from what was changed and what was never opened.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from toyevm.crypto import keccak256
from toyevm.rollups.one_step import arrays
from toyevm.rollups.one_step.arrays import WORD_SIZE
from toyevm.rollups.one_step.byte_strings import (
    AnyBytes,
    PartialCode,
    Source,
    Whole,
    Window,
    as_number,
    code_of,
    number,
    string_of,
    whole,
)
from toyevm.rollups.one_step.context import MOST_PRECOMPILE_INPUT, Context, Unpaid
from toyevm.rollups.one_step.journal_tree import strings
from toyevm.rollups.one_step.layout import (
    FRAME_PARTS,
    Phase,
    call_node,
    frame_node,
    open_call,
    outcome_node,
    stack_chain,
    state_node,
)
from toyevm.rollups.one_step.nodes import Malformed, Missing, Node, unlink
from toyevm.rollups.one_step.partial_journal import PartialJournal
from toyevm.rollups.one_step.work import Desk, Kind, write_bytes
from toyevm.types import Address, Hash32, Word
from toyevm.vm.frame import MAX_MEMORY, Frame, Machine, Message
from toyevm.vm.precompiles import Precompile


class PartialStack:
    """A stack of which only the top is known, as far as it was asked for."""

    def __init__(self, node: Node | None, height: int) -> None:
        self._rest, self._hidden, self._known = node, height, list[Word]()

    def _reveal(self, count: int) -> None:
        while len(self._known) < count:
            value, self._rest = unlink(self._rest)
            if len(value) > WORD_SIZE:
                raise Malformed("not a word on the stack")
            self._known.insert(0, number(value))
            self._hidden -= 1

    def __len__(self) -> int:
        return self._hidden + len(self._known)

    def append(self, word: Word) -> None:
        self._known.append(word)

    def pop(self) -> Word:
        self._reveal(1)
        return self._known.pop()

    def __getitem__(self, place: int | slice) -> Any:
        self._reveal(-(place.start if isinstance(place, slice) else place))
        return self._known[place]

    def __setitem__(self, place: int, word: Word) -> None:
        self._reveal(-place)
        self._known[place] = word

    def __delitem__(self, place: slice) -> None:
        self._reveal(-place.start)
        del self._known[place]

    def node(self) -> tuple[int, Node | None]:
        """Return the height and the chain."""
        return len(self), stack_chain(self._known, self._rest)


class PartialMemory:
    """Memory as an array of words; here it is read and written a word at a time."""

    def __init__(self, node: Node | None, capacity: int) -> None:
        self.root, self.capacity = node, capacity

    def __len__(self) -> int:
        return self.capacity * WORD_SIZE

    @property
    def source(self) -> Source:
        return Source(Node(as_number(len(self)), (self.root,)))

    def __getitem__(self, part: slice) -> bytes:
        return self.source.read(part.start, part.stop - part.start)

    def __setitem__(self, part: slice, data: bytes) -> None:
        self.root = write_bytes(self.root, self.capacity, part.start, data)

    def __iadd__(self, zeros: bytes) -> PartialMemory:
        after = self.capacity + len(zeros) // WORD_SIZE
        self.root, self.capacity = arrays.raise_to(self.root, self.capacity, after), after
        return self


class PartialFrame(Frame):
    """A frame over its node. What the call was, its input and its return data are opened when they are asked for."""

    __slots__ = ("_call", "_returned", "desk")
    _OF_THE_CALL = ("message", "address", "input", "mark", "memory_room")

    def __init__(self, message: Message, machine: Machine, mark: Any) -> None:
        assert isinstance(machine, PartialMachine)
        caller = machine.frames[-1] if machine.frames else None
        room = caller.memory_room - len(caller.raw_memory) if caller else MAX_MEMORY
        self._begin(machine, machine.code_node(message.code), 0, message.gas)
        self.stack, self.raw_memory = PartialStack(None, 0), PartialMemory(None, 0)  # type: ignore[assignment]
        self._call = call_node(message, room, machine.string_node(message.input), mark)
        self._returned: Node | None = None

    @classmethod
    def of(cls, node: Node, machine: PartialMachine) -> PartialFrame:
        """Open a committed frame."""
        frame = cls.__new__(cls)
        parts = [node.child(i, FRAME_PARTS) for i in range(FRAME_PARTS)]
        pc, gas_left, height, capacity = map(number, strings(node.value, 4))
        if parts[3] is None or gas_left > machine.context.gas_cap:
            raise Malformed("not a frame")
        frame._begin(machine, parts[2], pc, gas_left)
        frame.stack = PartialStack(parts[0], height)  # type: ignore[assignment]
        frame.raw_memory = PartialMemory(parts[1], capacity)  # type: ignore[assignment]
        frame._call, frame._returned = parts[3], parts[4]
        return frame

    def _begin(self, machine: PartialMachine, code: Node | None, pc: int, gas_left: int) -> None:
        self.code, self.pc, self.gas_left = PartialCode(code), pc, gas_left  # type: ignore[assignment]
        self.env, self.tx, self.journal, self.desk = machine.env, machine.tx, machine.journal, machine.desk
        self.words, self.failure = {}, None

    def __getattr__(self, name: str) -> Any:
        if name == "return_data":
            self.return_data = whole(self._returned)  # type: ignore[assignment]
        elif name in self._OF_THE_CALL:
            self.message, self.memory_room = open_call(self._call)
            self.address = self.message.address
            self.input = whole(self._call.child(0, 2))  # type: ignore[assignment]
            start = self._call.child(1, 2)
            if start is None:
                raise Malformed("a frame without a beginning")
            self.mark = start  # type: ignore[assignment]
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def read_memory(self, offset: int, size: int) -> Any:
        memory: Any = self.raw_memory
        there = min(size, max(0, len(memory) - offset))
        return Window(memory.source, offset, there, there) if size else b""

    def write_memory(self, offset: int, data: AnyBytes) -> None:
        memory: Any = self.raw_memory
        if len(data):
            window = whole(string_of(data)) if isinstance(data, bytes) else data
            assert isinstance(window, Window)
            memory.root = self.desk.ask_about(Kind.COPY, window, memory.root, offset, memory.capacity).child(0, 1)

    def keccak256(self, data: AnyBytes) -> Hash32:
        return keccak256(data) if isinstance(data, bytes) else self.desk.ask_about(Kind.HASH, data).value

    def node(self, machine: PartialMachine, below: Node | None) -> Node:
        """Return the commitment, with the frame below it."""
        stack: Any = self.stack
        memory: Any = self.raw_memory
        code: Any = self.code
        try:
            returned = machine.string_node(object.__getattribute__(self, "return_data"))
        except AttributeError:  # never opened
            returned = self._returned
        parts = (code.node, self._call, returned, below)
        return frame_node(self.pc, self.gas_left, stack.node(), (memory.capacity, memory.root), parts)


class PartialFrames:
    """The frames as a list, as far as the interpreter uses one: the last is opened when it is asked for."""

    def __init__(self, node: Node | None, machine: PartialMachine) -> None:
        self._below, self._machine, self._open = node, machine, list[PartialFrame]()

    def __bool__(self) -> bool:
        return bool(self._open) or self._below is not None

    def __getitem__(self, place: int) -> PartialFrame:
        if not self._open and self._below is not None:
            node = self._below
            self._open, self._below = [PartialFrame.of(node, self._machine)], node.child(5, FRAME_PARTS)
        return self._open[place]

    def append(self, frame: PartialFrame) -> None:
        self._open.append(frame)

    def pop(self) -> PartialFrame:
        frame = self[-1]
        self._open.pop()
        return frame

    def node(self) -> Node | None:
        """Return the chain of frames, the innermost in front."""
        node = self._below
        for frame in self._open:
            node = frame.node(self._machine, node)
        return node


class PartialPrecompiles:
    """The precompiles, with inputs as whole byte strings: they are trusted primitives, and no step is shown inside."""

    def __init__(self, machine: PartialMachine) -> None:
        self._machine, self._rows, self._paid = machine, machine.context.env.precompiles, machine.context.paid_gas

    def get(self, address: Address) -> Precompile | None:
        row = self._rows.get(address)
        if row is None:
            return None
        whole_input = self._machine.whole_input
        return replace(row, gas=lambda data: row.gas(whole_input(data)), run=lambda data: self._run(row, data))

    def _run(self, row: Precompile, data: AnyBytes) -> bytes:
        input = self._machine.whole_input(data)
        if self._paid is not None and (gas := row.gas(input)) > self._paid:
            raise Unpaid(gas)
        return row.run(input)


class PartialMachine(Machine):
    """A machine over the nodes of its frames and its journal."""

    frame_type: ClassVar[type[Frame]] = PartialFrame

    def __init__(self, context: Context, frame: Node | None, journal: Node, desk: Desk) -> None:
        self.context, self.desk = context, desk
        self.gas_room = 0
        self._long_input: Node | None = None
        self.partial_journal = PartialJournal(journal, context.env, self.kept_code, self.string_node)
        env = replace(context.env, precompiles=PartialPrecompiles(self))  # type: ignore[arg-type]
        super().__init__(env, context.tx, self.partial_journal)
        self._frames = PartialFrames(frame, self)
        self.frames = self._frames  # type: ignore[assignment]

    def string_node(self, data: AnyBytes) -> Node | None:
        """Return the node of a byte string; one that is part of another has to be taken out first."""
        if isinstance(data, bytes):
            return string_of(data)
        if not len(data):
            return None
        if isinstance(data, Whole) and not data.source.is_code:
            return data.source.node
        return self.desk.ask_about(Kind.TAKE, data)

    def code_node(self, code: AnyBytes) -> Node | None:
        """Return the node of code; bytes that become code have to be cut into chunks first."""
        if isinstance(code, bytes):
            return code_of(code)
        if isinstance(code, Whole) and code.source.is_code:
            return code.source.node
        return self.desk.ask_about(Kind.CHUNKS, code)

    def whole_input(self, data: AnyBytes) -> bytes:
        """Return the input of a precompile, out of the witness or, a long one, as it was posted."""
        if isinstance(data, bytes):
            return data
        if len(data) <= MOST_PRECOMPILE_INPUT:
            return b"".join(data.read(i, min(128, len(data) - i)) for i in range(0, len(data), 128))
        if self._long_input is None:  # the price is asked first, then the answer
            self._long_input = self.string_node(data)
        node = self._long_input
        assert node is not None
        posted = self.context.posted.get(node.hash)
        if posted is None:
            raise Missing(node.hash)
        return posted

    def kept_code(self, code: AnyBytes) -> tuple[Node | None, Hash32]:
        """Return node and hash of an account's new code."""
        if isinstance(code, bytes):
            return code_of(code), keccak256(code) if code else b""
        return self.code_node(code), self.desk.ask_about(Kind.HASH, code).value

    def state(self, phase: Phase) -> Node:
        """Return the commitment to the machine as it is."""
        return state_node(phase, self._frames.node(), self.partial_journal.mark, self.outcome_node())

    def outcome_node(self) -> Node | None:
        """Return the commitment to the outcome, if there is one."""
        if self.outcome is None:
            return None
        failure, output = self.outcome.failure, self.string_node(self.outcome.output)
        return outcome_node(self.outcome.gas_left, failure.name if failure else None, output)
