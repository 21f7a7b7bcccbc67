"""Tier 1: the code that runs most, turned into Python.

The interpreter looks up, checks and charges for every single instruction. But straight code always does the same, so
it can be *written down* once: this module follows the instructions from a place that is visited often, as if it ran
them, with names in place of values, and writes a Python function that does the same to the frame:

    PUSH1 7  ADD  DUP1  PUSH1 5  SHR  XOR      becomes      t1 = (7 + s1) & M
                                                            ... (t1 >> 5) ^ t1

- The stack lives in local names; PUSH, DUP and SWAP vanish. The real stack is brought up to date on leaving.
- Gas is charged for a whole *segment* at once. A segment ends where somebody could look, at GAS, SSTORE or a call, or
  where a price is known only afterwards. Whoever leaves before its end is given back the rest. Only what may not happen
  at all, growing memory or a cold slot, is paid for where it does.
- Memory is used by the word: `frame.words` has them as numbers until somebody asks for bytes.
- A jump to a known place is followed. A conditional jump leaves the function on its less usual side. A jump back to
  the start makes the function a loop.

Whenever something is out of the ordinary (not enough gas for a segment, a bad jump, a full stack) the function puts the
frame in order and returns at that instruction, and the interpreter, tier 0, does the rest. What can halt in between,
such as SSTORE, is the interpreter's own function; where its gas matters, it is given exactly what it would have had. So
errors, and what a failing run has read, are the interpreter's in every case.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

from toyevm.crypto import keccak256
from toyevm.errors import InputError, Suspend
from toyevm.forks import Fork
from toyevm.types import WORD_MASK
from toyevm.vm.frame import MAX_FRAME_MEMORY, MAX_STACK, Code, Frame, Return, prepare
from toyevm.vm.gas import growth_cost, words
from toyevm.vm.instructions import arithmetic, storage
from toyevm.vm.instructions.context import slice_padded
from toyevm.vm.opcodes import BY_NAME, Opcode, opcodes_of


def _hot_after(text: str) -> float:
    """Return after how many visits a place is worth compiling: 0 compiles everything, "never" nothing."""
    if text != "never" and not text.isdecimal():
        raise InputError(f"not a number of visits: {text!r}", "TOYEVM_HOT_AFTER", "a whole number, or never")
    return float("inf") if text == "never" else int(text)


HOT_AFTER = _hot_after(os.environ.get("TOYEVM_HOT_AFTER", "64"))  # to compile costs as much as some hundred visits
MAX_EFFORT = 300  # for one function: an instruction is one, a word to put back on the stack at a way out an eighth
LEAST_EFFORT = 4  # what is shorter gains nothing by being a function
MAX_EXPRESSION = 120  # characters of an expression before it gets a name
MAX_RANGE = 4096  # bytes of memory that are hashed, copied or logged in place; above, tier 0 does it
JUMPDEST = 0x5B

Block = Callable[[Frame], Any]


def visit(frame: Frame) -> Any:
    """Run the compiled functions from where the frame stands, as far as they lead, or count the visit.

    Stands in for the function of JUMPDEST, and is called when a frame begins or goes on. Returns an action, as
    instructions do. Where a read is refused they put gas and pc back themselves.
    """
    blocks = frame.blocks
    while True:
        block = blocks.get(frame.pc, 0)
        if block.__class__ is int:
            if block < HOT_AFTER or frame.code.compile_budget <= 0:
                blocks[frame.pc] = block + 1
                return None
            block = blocks[frame.pc] = compile_block(frame.code, frame.pc, frame.env.fork)
        try:
            action = block(frame)
        except Suspend as refusal:
            refusal.is_rewound = True
            raise
        if action is not None or frame.code.padded[frame.pc] != JUMPDEST or frame.gas_left < 1:
            return action
        frame.pc += 1
        frame.gas_left -= 1


def compile_block(code: Code, start: int, fork: Fork) -> Block:
    """Return a function that runs the code from `start` on, as far as it can be foreseen."""
    source = write_block(code, start, fork)
    if source is None:
        return _leave_to_tier_0
    names: dict[str, Any] = {"TARGETS": code.jump_targets}
    exec(source, _NAMES, names)
    block: Block = names["block"]
    block.source = source  # type: ignore[attr-defined]  # for `toyevm run --explain`
    return block


def compiled_source(code: bytes, fork: Fork) -> str:
    """Return the Python that was written for `code` so far: a function for each place where it is entered often."""
    blocks = prepare(code).blocks[fork]
    return "\n".join(block.source for _, block in sorted(blocks.items()) if hasattr(block, "source"))


def _leave_to_tier_0(frame: Frame) -> None:
    """Stand in for a block that is not worth a function."""


def write_block(code: Code, start: int, fork: Fork) -> str | None:
    """Return the Python source for the code at `start`, or None if it is too short to pay."""
    writer = _Writer(code, start, fork)
    writer.walk()
    code.compile_budget -= writer.effort  # code made to be expensive to compile is not compiled for ever
    return writer.source() if writer.effort >= LEAST_EFFORT else None


class Term(NamedTuple):
    """What stands for a word: a name, a number, or an expression.

    `opposite` is set for a truth value: the expression for its negation. `constant` is set for a known word.
    """

    text: str
    opposite: str | None = None
    constant: int | None = None

    @property
    def is_name(self) -> bool:
        return self.constant is not None or self.text.isidentifier()

    @property
    def word(self) -> str:
        """The text of an integer, for a place where True would not do."""
        return f"(1 if {self.text} else 0)" if self.opposite else self.text

    @property
    def operand(self) -> str:
        """The text of an integer that can stand beside an operator."""
        return self.word if self.is_name or self.opposite else f"({self.text})"

    @property
    def encoded(self) -> str:
        """The text of the word as bytes."""
        return f"{f'({self.text})' if self.constant is not None else self.operand}.to_bytes(32)"


def known(value: int) -> Term:
    return Term(hex(value) if value > 9 else str(value), constant=value)


# What an instruction computes, {0} being the top of the stack. An operand that occurs twice is given a name first.
WORDS = {
    "ADD": "({0} + {1}) & M",
    "MUL": "({0} * {1}) & M",
    "SUB": "({0} - {1}) & M",
    "DIV": "{0} // {1} if {1} else 0",
    "SDIV": "sdiv({0}, {1})",
    "MOD": "{0} % {1} if {1} else 0",
    "SMOD": "smod({0}, {1})",
    "ADDMOD": "({0} + {1}) % {2} if {2} else 0",
    "MULMOD": "{0} * {1} % {2} if {2} else 0",
    "SIGNEXTEND": "signextend({0}, {1})",
    "AND": "{0} & {1}",
    "OR": "{0} | {1}",
    "XOR": "{0} ^ {1}",
    "NOT": "{0} ^ M",
    "BYTE": "{1} >> 248 - 8 * {0} & 0xff if {0} < 32 else 0",
    "SHL": "({1} << {0}) & M if {0} < 256 else 0",
    "SHR": "{1} >> {0} if {0} < 256 else 0",
    "SAR": "sar({0}, {1})",
    "CLZ": "256 - {0}.bit_length()",
}
TRUTHS = {  # and the opposite
    "LT": ("{0} < {1}", "{0} >= {1}"),
    "GT": ("{0} > {1}", "{0} <= {1}"),
    "SLT": ("{0} ^ SIGN < {1} ^ SIGN", "{0} ^ SIGN >= {1} ^ SIGN"),
    "SGT": ("{0} ^ SIGN > {1} ^ SIGN", "{0} ^ SIGN <= {1} ^ SIGN"),
    "EQ": ("{0} == {1}", "{0} != {1}"),
    "ISZERO": ("{0} == 0", "{0} != 0"),
}
SURROUNDINGS = {
    "CALLER": "word(frame.message.caller)",
    "ADDRESS": "word(frame.address)",
    "ORIGIN": "word(frame.tx.origin)",
    "TIMESTAMP": "frame.env.timestamp",
    "NUMBER": "frame.env.number",
    "CALLVALUE": "frame.message.value",
    "CALLDATASIZE": "len(frame.input)",
    "RETURNDATASIZE": "len(frame.return_data)",
    "CODESIZE": "len(frame.code.raw)",
    "MSIZE": "len(memory)",
}
DIVISIONS = {"DIV", "MOD", "ADDMOD", "MULMOD"}  # the last operand is the divisor
COPIED_FROM = {"CALLDATACOPY": "frame.input", "CODECOPY": "frame.code.raw"}
# The interpreter's own functions do these, on the real stack (copies and logs only if their length is not known).
READS_STATE = {"BALANCE", "SELFBALANCE", "EXTCODESIZE", "EXTCODECOPY", "EXTCODEHASH"}
COPIES = {"KECCAK256", "CALLDATACOPY", "CODECOPY", "RETURNDATACOPY", "MCOPY", "LOG0", "LOG1", "LOG2", "LOG3", "LOG4"}
ENDS_SEGMENT = READS_STATE | COPIES | {"EXP"}
FIXED_PRICE = {  # and these, whose price is their row's: they need not know how much gas is left
    *("GASPRICE", "BLOCKHASH", "COINBASE", "PREVRANDAO", "GASLIMIT", "CHAINID", "BASEFEE", "BLOBHASH", "BLOBBASEFEE"),
    *("TLOAD", "TSTORE"),
}
BRANCHES = {"JUMPI", "STOP", "RETURN", "REVERT", "INVALID", "SELFDESTRUCT"}
MAX_GIVING_UP = 40  # instructions before a REVERT, for a branch that only fails
# A function goes through these. It ends before any other instruction: what nobody taught us is tier 0's.
FOLLOWED = {
    *(WORDS.keys() | TRUTHS.keys() | SURROUNDINGS.keys() | ENDS_SEGMENT | FIXED_PRICE),
    *(f"PUSH{n}" for n in range(33)),
    *(f"{name}{n}" for name in ("DUP", "SWAP") for n in range(1, 17)),
    *("POP", "PC", "GAS", "CALLDATALOAD", "MLOAD", "MSTORE", "MSTORE8", "SLOAD", "SSTORE"),
    *("JUMP", "JUMPI", "JUMPDEST", "STOP", "RETURN"),
}


@dataclass
class _Segment:
    """A stretch of instructions that is paid for together; `total` is known when it has ended."""

    total: int = 0


class _Hole(NamedTuple):
    """Text that ends in an amount of gas, filled in at the end: a segment's total less what was `spent` before."""

    before: str
    segment: _Segment
    spent: int

    def __str__(self) -> str:
        amount = self.segment.total - self.spent
        if amount < 0:
            return f"{self.before[:-1]}- {-amount}"
        return f"{self.before} {amount}" if amount else self.before[:-2]


class _Exit(NamedTuple):
    """A way out of the function: what is on the stack then, above the words that have not been `taken` from it."""

    depth: int
    pc: int | str
    gas: Any
    way: str
    words: tuple[Term, ...]
    taken: int


class _Writer:
    """Follows the code and notes what the function does; `source` writes it down when all is known.

    `taken` is how many words of the stack at entry the function uses: s1, the top of it, s2, ...
    """

    def __init__(self, code: Code, start: int, fork: Fork) -> None:
        self.code, self.start, self.rows = code, start, opcodes_of(fork.rank)
        self.gas = fork.gas
        self.pc = start
        self.stack: list[Term] = []
        self.taken = self.highest = self.names = self.effort = 0
        self.is_loop = False
        self.memory_size = 0  # memory is known to be at least this long
        self.segment = _Segment()
        self.lines: list[tuple[int, tuple[Any, ...]] | _Exit] = []  # (depth, parts of the text)
        self.checks: list[tuple[_Segment, range]] = []  # which lines charge for a segment

    # Writing

    def write(self, *parts: Any, depth: int = 0) -> None:
        self.lines.append((depth, parts))

    def name(self, text: str) -> Term:
        """Give a value a name and return it."""
        self.names += 1
        self.write(f"t{self.names} = {text}")
        return Term(f"t{self.names}")

    def named(self, term: Term) -> Term:
        return term if term.is_name else self.name(term.word)

    def push(self, term: Term) -> None:
        self.stack.append(self.name(term.word) if len(term.text) > MAX_EXPRESSION else term)
        self.highest = max(self.highest, len(self.stack) - self.taken)

    def need(self, depth: int) -> None:
        """Make sure that the `depth` top words of the stack have names."""
        while len(self.stack) < depth:
            self.taken += 1
            self.stack.insert(0, Term(f"s{self.taken}"))

    def rest(self, spent: int, before: str = "gas +") -> _Hole:
        """Return the gas as tier 0 has it: what this segment has paid for in advance is given back."""
        return _Hole(before, self.segment, spent)

    def leave(
        self, pc: int | str, gas: Any = "gas", depth: int = 0, way: str = "return None", operands: Any = ()
    ) -> None:
        """Write the way out: bring stack, pc and gas up to date. `operands` are put back on the stack, bottom first."""
        self.lines.append(_Exit(depth, pc, gas, way, (*self.stack, *operands), self.taken))
        self.effort += (self.taken + len(self.stack)) // 8

    def begin_segment(self) -> None:
        self.segment = _Segment()
        begin = len(self.lines)
        self.write(_Hole("gas -=", self.segment, 0))
        self.write("if gas < 0:")
        self.leave(self.pc, self.rest(0), depth=1)
        self.checks.append((self.segment, range(begin, len(self.lines))))

    # Following

    def walk(self) -> None:
        """Follow the code until it ends, cannot be foreseen, or has been followed far enough."""
        seen = {self.situation(self.start - 1)}
        self.begin_segment()
        while True:
            row = self.rows[self.code.padded[self.pc]]
            ends = row.name not in FOLLOWED or self.effort >= MAX_EFFORT
            if ends or (row.code == JUMPDEST and self.situation(self.pc) in seen):
                return self.leave(self.pc)
            self.effort += 1
            at, spent = self.pc, self.segment.total
            self.segment.total += row.gas
            self.need(row.pops)
            self.pc += 1 + row.immediate_size
            self.write(f"# {at:#06x} {row.name}{immediate(self.code.padded[at + 1 : self.pc])}")
            if row.code == JUMPDEST:
                seen.add(self.situation(at))
            elif row.name in ("STOP", "RETURN"):
                if self.end(row, at, spent):
                    return None
            elif row.name in ("JUMP", "JUMPI"):
                if self.jump(row, at, spent):
                    return None
            else:
                self.instruction(row, at, spent)

    def instruction(self, row: Opcode, at: int, spent: int) -> None:
        """Write one instruction that goes on to the next."""
        name, stack = row.name, self.stack
        if row.immediate_size or name == "PUSH0":
            self.push(known(int.from_bytes(self.code.padded[at + 1 : self.pc], "big")))
        elif name.startswith("DUP"):
            stack[-row.pops] = self.named(stack[-row.pops])
            self.push(stack[-row.pops])
        elif name.startswith("SWAP"):
            stack[-1], stack[-row.pops] = stack[-row.pops], stack[-1]
        elif name == "POP":
            stack.pop()
        elif name == "PC":
            self.push(known(at))
        elif name in WORDS or name in TRUTHS:
            self.compute(row)
        elif name in SURROUNDINGS:
            self.push(self.name(SURROUNDINGS[name]))
        elif name == "CALLDATALOAD":
            place = self.place("frame.input", self.named(stack.pop()), 32)
            self.push(self.name(f'word({place}.ljust(32, b"\\0"))'))
        elif name in ("MLOAD", "MSTORE", "MSTORE8"):
            self.access_memory(row, at, spent)
        elif name == "KECCAK256" and 0 < (stack[-2].constant or 0) <= MAX_RANGE:
            self.hash(at, spent)
        elif name in COPIED_FROM and 0 < (stack[-3].constant or 0) <= MAX_RANGE:
            self.copy(name, at, spent)
        elif name.startswith("LOG") and 0 < (stack[-2].constant or 0) <= MAX_RANGE:
            self.log(at, spent, topic_count=row.pops - 2)
        elif name == "GAS":
            self.push(self.name("gas"))
            self.begin_segment()
        elif name == "SLOAD":
            self.load(at, spent)
        elif name == "SSTORE":
            self.store(at)
        else:
            self.call_tier_0(row, at)

    def compute(self, row: Opcode) -> None:
        """Write an instruction that needs nothing but its operands; work it out now if they are known."""
        operands = [self.stack.pop() for _ in range(row.pops)]
        first = operands[0]
        if all(term.constant is not None for term in operands):
            scratch = SimpleNamespace(stack=[term.constant for term in reversed(operands)])
            row.run(scratch)  # type: ignore[arg-type]
            self.push(known(scratch.stack[-1]))
        elif row.name == "ISZERO" and first.opposite is not None:
            self.push(Term(first.opposite, first.text))
        elif row.name in ("AND", "OR") and all(term.opposite for term in operands):
            text = WORDS[row.name].format(*(f"({term.text})" for term in operands))
            self.push(Term(text, f"not ({text})"))
        elif row.name in ("SHL", "SHR", "BYTE") and first.constant is not None:
            self.push(_shifted(row.name, first.constant, operands[1].operand))
        else:
            template, opposite = (WORDS[row.name], None) if row.name in WORDS else TRUTHS[row.name]
            if row.name in DIVISIONS and operands[-1].constant:
                template = template.partition(" if ")[0]
            texts = [
                (self.named(term) if template.count(f"{{{i}}}") > 1 else term).operand
                for i, term in enumerate(operands)
            ]
            self.push(Term(template.format(*texts), opposite and opposite.format(*texts)))

    def end(self, row: Opcode, at: int, spent: int) -> bool:
        """Write STOP or RETURN; return False if tier 0 has to do it."""
        output = ""
        if row.name == "RETURN":
            offset, size = self.stack[-1], self.stack[-2]
            if size.constant is None or size.constant > 2**20:
                self.leave(at, self.rest(spent))
                return True
            self.stack.pop(), self.stack.pop()
            if size.constant:
                output = self.bytes_at(self.named(offset), size, at, spent, (size, offset))
        self.write("frame.gas_left = gas")
        self.write(f"return Return({output})")
        return True

    # Memory

    def end_of(self, offset: Term, length: int) -> str:
        return hex(offset.constant + length) if offset.constant is not None else f"{offset.text} + {length}"

    def place(self, buffer: str, offset: Term, length: int) -> str:
        return f"{buffer}[{offset.text} : {self.end_of(offset, length)}]"

    def ensure_memory(self, offset: Term, length: int, at: int, spent: int, operands: Any, depth: int = 0) -> None:
        """Write the check that memory is long enough, and what to do when it is not."""
        if offset.constant is None:
            self.write(f"if len(memory) < {self.end_of(offset, length)}:", depth=depth)
        elif offset.constant + length <= self.memory_size:
            return
        else:
            self.memory_size = (offset.constant + length + 31) // 32 * 32
            self.write(f"if len(memory) < {self.memory_size}:", depth=depth)
        self.write(f"left = lengthen(frame, gas, {self.end_of(offset, length)})", depth=depth + 1)
        self.write("if left < 0:", depth=depth + 1)
        self.leave(at, self.rest(spent), depth=depth + 2, operands=operands)
        self.write("gas = left", depth=depth + 1)

    def access_memory(self, row: Opcode, at: int, spent: int) -> None:
        """Write MLOAD, MSTORE or MSTORE8."""
        offset = self.named(self.stack.pop())
        if row.name == "MLOAD":
            self.push(self.word_at(offset, at, spent, (offset,)))
            return
        value = self.named(self.stack.pop())
        length, operands = 1 if row.name == "MSTORE8" else 32, (value, offset)
        if length == 32 and offset.constant is None:
            self.write(f"if {offset.text} in words:")
            self.write(f"words[{offset.text}] = {value.text}", depth=1)
            self.write("else:")
            self.ensure_memory(offset, length, at, spent, operands, depth=1)
            self.write(f"store_word(frame, {offset.text}, {value.text})", depth=1)
        else:
            self.ensure_memory(offset, length, at, spent, operands)
            if length == 1:
                self.write(f"frame.memory[{offset.text}] = {value.operand} & 0xff")
            elif offset.constant is not None and offset.constant % 32 == 0:
                self.write(f"words[{offset.text}] = {value.text}")
            else:
                self.write(f"{self.place('frame.memory', offset, 32)} = {value.encoded}")

    def word_at(self, offset: Term, at: int, spent: int, operands: Any) -> Term:
        """Write MLOAD and return the word."""
        self.names += 1
        word = Term(f"t{self.names}")
        self.write(f"{word.text} = words.get({offset.text})")
        self.write(f"if {word.text} is None:")
        self.ensure_memory(offset, 32, at, spent, operands, depth=1)
        self.write(f"{word.text} = load_word(frame, {offset.text})", depth=1)
        return word

    def bytes_at(self, offset: Term, size: Term, at: int, spent: int, operands: Any) -> str:
        """Return the text for some bytes of memory: a few words need not be written down for that."""
        start, length = offset.constant, size.constant
        assert length is not None
        self.ensure_memory(offset, length, at, spent, operands)
        if start is None or start % 32 or length % 32 or length > 128:
            return f"bytes({self.place('frame.memory', offset, length)})"
        parts = [self.word_at(known(place), at, spent, operands) for place in range(start, start + length, 32)]
        return " + ".join(part.encoded for part in parts)

    def hash(self, at: int, spent: int) -> None:
        """Write a KECCAK256 of a known number of bytes: its price is then known as well."""
        offset, size = self.named(self.stack.pop()), self.stack.pop()
        self.segment.total += self.gas.keccak_word * words(size.constant or 0)
        self.push(self.name(f"word(keccak256({self.bytes_at(offset, size, at, spent, (size, offset))}))"))

    def copy(self, name: str, at: int, spent: int) -> None:
        """Write CALLDATACOPY or CODECOPY of a known number of bytes."""
        target, source, size = self.named(self.stack.pop()), self.named(self.stack.pop()), self.stack.pop()
        length = size.constant or 0
        self.segment.total += self.gas.copy_word * words(length)
        self.ensure_memory(target, length, at, spent, (size, source, target))
        place = self.place("frame.memory", target, length)
        self.write(f"{place} = slice_padded({COPIED_FROM[name]}, {source.text}, {length})")

    def log(self, at: int, spent: int, topic_count: int) -> None:
        """Write a LOG of a known number of bytes."""
        operands = [self.stack.pop() for _ in range(2 + topic_count)]
        offset, size, *topics = [self.named(operands[0]), *operands[1:]]
        self.segment.total += self.gas.log_byte * (size.constant or 0)
        data = self.bytes_at(offset, size, at, spent, operands[::-1])
        self.write(f"emit(frame, ({''.join(f'{topic.word}, ' for topic in topics)}), {data})")

    # State, and everything else that the interpreter's own functions do

    def load(self, at: int, spent: int) -> None:
        """Write SLOAD. A warm slot is at hand, and paid for with the segment; any other one is loaded by tier 0."""
        slot = self.named(self.stack.pop())
        self.segment.total += self.gas.warm_access
        self.names += 1
        value = Term(f"t{self.names}")
        self.write(f"{value.text} = slots.get({slot.text})")
        self.write(f"if {value.text} is None or {slot.text} not in warm:")
        self.write("frame.gas_left = ", self.rest(spent), depth=1)
        self.attempt(f"{value.text} = load(frame, {slot.text})", at, self.rest(spent), 1, (slot,))
        # The cold price is paid. The rest of the segment was paid for in advance, but tier 0 was given that back.
        self.write(self.rest(spent + self.gas.warm_access, "gas = frame.gas_left -"), depth=1)
        self.push(value)
        self.write("if gas < 0:", depth=1)
        self.leave(self.pc, "frame.gas_left", depth=2)

    def store(self, at: int) -> None:
        slot, value = self.named(self.stack.pop()), self.stack.pop()
        self.write("frame.gas_left = gas")
        self.attempt(f"store(frame, {slot.text}, {value.word})", at, "gas", 0, (value, slot))
        self.write("gas = frame.gas_left")
        self.begin_segment()

    def attempt(self, text: str, at: int, gas: Any, depth: int, operands: Any) -> None:
        """Write a read of the state, which may be refused: then everything is as it was before the instruction."""
        self.write("try:", depth=depth)
        self.write(text, depth=depth + 1)
        self.write("except Suspend:", depth=depth)
        self.leave(at, gas, depth=depth + 1, way="raise", operands=operands)

    def call_tier_0(self, row: Opcode, at: int) -> None:
        """Write a call of the interpreter's function, with its operands on the real stack."""
        ends = row.name in ENDS_SEGMENT
        operands = [self.stack.pop() for _ in range(row.pops)][::-1]
        if operands:
            self.write(f"stack += ({', '.join(term.word for term in operands)},)")
        if ends:
            self.write("frame.gas_left = gas")
        call = f"op_{row.name.lower()}(frame)"
        if row.name in READS_STATE:
            self.write("try:")
            self.write(call, depth=1)
            self.write("except Suspend:")
            if operands:
                self.write(f"del stack[-{len(operands)}:]", depth=1)
            self.leave(at, f"gas + {row.gas}", depth=1, way="raise", operands=operands)
        else:
            self.write(call)
        if row.pushes:
            self.push(self.name("stack.pop()"))
        if ends:
            self.write("gas = frame.gas_left")
            self.begin_segment()

    # Jumps

    def situation(self, pc: int) -> tuple[Any, ...]:
        """Return what tells one visit of a place from another: the height of the stack, and where to go back to.

        So a function that is called twice is followed twice, and a loop, whose rounds look alike, is not.
        """
        known_targets = [term.constant for term in self.stack if term.constant in self.code.jump_targets]
        return pc, len(self.stack) - self.taken, *known_targets

    def jump(self, row: Opcode, at: int, spent: int) -> bool:
        """Write a jump; return whether the function ends with it."""
        target = self.stack.pop()
        condition = self.stack.pop() if row.name == "JUMPI" else None
        operands = (target,) if condition is None else (condition, target)
        if target.constant is None:
            return self.jump_somewhere(self.named(target), condition, at, spent)
        if target.constant not in self.code.jump_targets:  # tier 0 knows how to fail
            self.leave(at, self.rest(spent), operands=operands)
            return True
        if condition is not None and condition.constant == 0:
            return False
        is_back = target.constant == self.start - 1 and len(self.stack) == self.taken
        rest = self.rest(self.segment.total)
        if condition is None or condition.constant is not None:
            if is_back:
                self.loop(0)
            self.pc = target.constant
            return is_back
        if is_back:
            self.write(f"if {condition.text}:")
            self.loop(1)
        elif self.is_usual(target.constant):
            self.write(f"if {condition.opposite or f'not {condition.operand}'}:")
            self.leave(self.pc, rest, depth=1)
            self.pc = target.constant
        else:
            self.write(f"if {condition.text}:")
            self.leave(target.constant, rest, depth=1)
        return False

    def is_usual(self, target: int) -> bool:
        """Tell whether a conditional jump is taken as a rule: back, as in a loop, or over code that only fails."""
        if target < self.pc:
            return True
        pc, top = self.pc, 0
        for _ in range(MAX_GIVING_UP):
            row = self.rows[self.code.padded[pc]]
            begin, pc = pc + 1, pc + 1 + row.immediate_size
            if row.name == "JUMP":
                pc, top = top, 0
            elif row.name in BRANCHES:
                break
            else:
                top = int.from_bytes(self.code.padded[begin:pc]) % len(self.code.padded)
        return row.name in ("REVERT", "INVALID")

    def loop(self, depth: int) -> None:
        """Write the jump back to the start; the JUMPDEST there costs one."""
        self.is_loop = True
        names = [f"s{k}" for k in range(self.taken, 0, -1)]
        pairs = [(name, term.word) for name, term in zip(names, self.stack, strict=True) if name != term.text]
        if pairs:
            self.write(", ".join(name for name, _ in pairs), " = ", ", ".join(word for _, word in pairs), depth=depth)
        # This may end below 0: the check at the start then leaves, and tier 0 halts.
        self.write("gas = ", self.rest(self.segment.total + 1), depth=depth)
        self.write("continue", depth=depth)

    def jump_somewhere(self, target: Term, condition: Term | None, at: int, spent: int) -> bool:
        """Write a jump to a place that is known only when it happens, such as a return address."""
        depth = 0
        if condition is not None:
            condition = self.named(condition)
            self.write(f"if {condition.text}:")
            depth = 1
        self.write(f"if {target.text} not in TARGETS:", depth=depth)
        operands = (target,) if condition is None else (condition, target)
        self.leave(at, self.rest(spent), depth=depth + 1, operands=operands)
        self.leave(target.text, self.rest(self.segment.total), depth=depth)
        return condition is None

    # The whole function

    def way_out(self, out: _Exit) -> list[tuple[int, str]]:
        """Return the lines of a way out. Words at the bottom that are as they were at entry are not touched."""
        entry = [Term(f"s{k}") for k in range(self.taken, 0, -1)]
        now = [*entry[: self.taken - out.taken], *out.words]
        same = 0
        while not self.is_loop and same < min(len(entry), len(now)) and entry[same] == now[same]:
            same += 1
        drop, words = self.taken - same, ", ".join(term.word for term in now[same:])
        lines = [f"frame.pc = {out.pc}", f"frame.gas_left = {out.gas}", out.way]
        if drop:
            lines.insert(0, f"stack[-{drop}:] = ({words},)" if words else f"del stack[-{drop}:]")
        elif words:
            lines.insert(0, f"stack += ({words},)")
        return [(out.depth, line) for line in lines]

    def source(self) -> str:
        """Return the text of the function, holes filled."""
        free = {index for segment, lines in self.checks if segment.total == 0 for index in lines}
        written: list[tuple[int, str]] = []
        for index, line in enumerate(self.lines):
            if index in free:
                continue
            if isinstance(line, _Exit):
                written += self.way_out(line)
            else:
                written.append((line[0], "".join(map(str, line[1]))))
        body = _joined(written)
        tests = [f"len(stack) < {self.taken}"] * (self.taken > 0)
        tests += [f"len(stack) > {MAX_STACK - self.highest}"] * (self.highest > 0)
        head = ["stack, gas = frame.stack, frame.gas_left"]
        if tests:
            head += [f"if {' or '.join(tests)}:", "    return None"]
        if self.taken:
            names = ", ".join(f"s{k}" for k in range(self.taken, 0, -1))
            head.append(f"{names}, = stack[-{self.taken}:]" if self.taken == 1 else f"{names} = stack[-{self.taken}:]")
        if any("memory" in text or "words" in text for _, text in body):
            head.append("memory, words = frame.raw_memory, frame.words")
        if any("slots.get" in text for _, text in body):
            head.append("slots = frame.journal.storage[frame.address]")
            head.append("warm = frame.journal.warm_slots[frame.address]")
        if self.is_loop:
            head.append("while True:")
        lines = [f"    {text}" for text in head] + ["    " * (1 + self.is_loop + depth) + text for depth, text in body]
        return "\n".join(["def block(frame, TARGETS=TARGETS):", *lines, ""])


def immediate(data: bytes) -> str:
    return f" 0x{data.hex()}" if data else ""


def _joined(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Put comments that follow each other on one line, as long as it is not too long."""
    joined: list[tuple[int, str]] = []
    for depth, text in lines:
        before = joined[-1][1] if joined else ""
        if text.startswith("# ") and before.startswith("# ") and len(before) < 80:
            joined[-1] = (depth, f"{before}  {text.split(maxsplit=2)[2]}")
        else:
            joined.append((depth, text))
    return joined


def _shifted(name: str, amount: int, operand: str) -> Term:
    """Return SHL, SHR or BYTE by a known amount."""
    if amount >= (32 if name == "BYTE" else 256):
        return known(0)
    if name == "BYTE":
        return Term(f"{operand} >> {248 - 8 * amount} & 0xff")
    return Term(f"({operand} << {amount}) & M" if name == "SHL" else f"{operand} >> {amount}")


def lengthen(frame: Frame, gas: int, end: int) -> int:
    """Pay for memory up to `end` and make it so; return the gas that is left, or less than 0 if it is not enough."""
    memory = frame.raw_memory
    if end > frame.memory_room or end > MAX_FRAME_MEMORY:
        return -1
    left = gas - growth_cost(len(memory), end)
    if left >= 0:
        memory += bytes(words(end) * 32 - len(memory))
    return left


def load_word(frame: Frame, offset: int) -> int:
    """Return a word of memory, and have it at hand from now on."""
    if offset % 32:
        return int.from_bytes(frame.memory[offset : offset + 32])
    word = frame.words[offset] = int.from_bytes(frame.raw_memory[offset : offset + 32])
    return word


def store_word(frame: Frame, offset: int, word: int) -> None:
    """Put a word into memory."""
    if offset % 32:
        frame.memory[offset : offset + 32] = word.to_bytes(32)
    else:
        frame.words[offset] = word


_NAMES: dict[str, Any] = {
    "M": WORD_MASK,
    "SIGN": 2**255,
    "word": int.from_bytes,
    "keccak256": keccak256,
    "lengthen": lengthen,
    "load_word": load_word,
    "store_word": store_word,
    "slice_padded": slice_padded,
    "load": storage.load,
    "store": storage.store,
    "emit": storage.emit,
    "Return": Return,
    "Suspend": Suspend,
    "sdiv": arithmetic.sdiv,
    "smod": arithmetic.smod,
    "sar": arithmetic.sar,
    "signextend": arithmetic.signextend,
    **{f"op_{name.lower()}": BY_NAME[name].run for name in ENDS_SEGMENT | FIXED_PRICE},
}
