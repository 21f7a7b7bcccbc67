"""A running call is data: code, program counter, stack, memory, gas. The machine is a list of them.

Nothing of a run hides in Python's own call stack. So a machine can be stepped, shown, stopped before any opcode and
resumed later, and committed to in a dispute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, ClassVar, NamedTuple

from toyevm.crypto import keccak256
from toyevm.errors import FrameFailure
from toyevm.forks import Fork
from toyevm.journal import Journal
from toyevm.types import ZERO_ADDRESS, Address, Hash32, Word
from toyevm.vm.precompiles import Precompile

MAX_DEPTH = 1024
MAX_STACK = 1024
# No gas limit that fits a block pays for as much memory as this; without the bounds, of one frame and of all together,
# a run with gas for nothing could fill the host.
MAX_FRAME_MEMORY, MAX_MEMORY = 2**28, 2**30 + 2**28


@dataclass(frozen=True)
class BlockEnv:
    """What code can ask about the block it runs in, and the rules of its fork."""

    fork: Fork
    precompiles: Mapping[Address, Precompile]
    chain_id: int = 1
    coinbase: Address = ZERO_ADDRESS
    number: int = 0
    timestamp: int = 0
    gas_limit: int = 30_000_000
    base_fee_per_gas: int = 0
    randao_or_difficulty: Word = 0  # one opcode, two meanings: the Merge changed what 0x44 answers (EIP-4399)
    blob_base_fee: int = 1
    ancestor_hashes: Mapping[int, Hash32] = field(default_factory=dict, repr=False)

    @cached_property
    def always_warm(self) -> dict[Address, bool]:
        return dict.fromkeys(self.precompiles, True)


class TxEnv(NamedTuple):
    """What code can ask about the transaction it runs in."""

    origin: Address = ZERO_ADDRESS
    gas_price: int = 0
    blob_hashes: tuple[Hash32, ...] = ()


class Code:
    """A contract's code, prepared for running.

    `padded` ends in zeros, so that running off the end meets a STOP and a PUSH at the end finds its bytes.
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.padded = raw + bytes(33)
        self.compile_budget = 1000 + 4 * len(raw)  # instructions that may still be compiled
        self.blocks: defaultdict[Fork, dict[int, Any]] = defaultdict(dict)  # at each pc: visits, then a function

    @cached_property
    def jump_targets(self) -> frozenset[int]:
        """Find the JUMPDESTs that are instructions, not data of a PUSH."""
        targets, pc, code = [], 0, self.raw
        while pc < len(code):
            opcode = code[pc]
            if opcode == 0x5B:
                targets.append(pc)
            pc += opcode - 0x5E if 0x60 <= opcode <= 0x7F else 1
        return frozenset(targets)


@lru_cache(maxsize=1024)
def prepare(code: bytes) -> Code:
    """Return the prepared form of `code`; the last 1024 are remembered, with what was compiled of them."""
    return Code(code)


@dataclass(slots=True)
class Message:
    """A request for a call or a creation: everything a new frame needs to know."""

    caller: Address
    address: Address  # whose storage and balance the code works on; for a creation, the new account
    code: bytes  # what to run: init code, for a creation
    gas: int
    value: int = 0  # what CALLVALUE says, in wei; moved only if `transfers`
    input: bytes = b""
    precompile: Precompile | None = None  # what answers in place of `code`
    depth: int = 0
    return_offset: int = 0  # where in the caller's memory the output goes
    return_size: int = 0
    transfers: bool = True
    is_static: bool = False
    is_create: bool = False
    collides: bool = False  # a creation where there is a contract already: it fails before it begins


@dataclass(slots=True)
class Refusal:
    """A call or creation may not even begin: the caller gets back this gas, and 0 on the stack."""

    gas: int = 0


@dataclass(slots=True)
class Return:
    """The frame ends well, with this output."""

    output: bytes = b""


class Frame:
    """One call in progress. Opcode functions change nothing else, except the state through the journal.

    `mark` is the place in the journal to which a failure of this frame goes back. `words` are words of the memory, at
    multiples of 32, that compiled code has at hand. `raw_memory` may be older there, but is always long enough.
    """

    __slots__ = (
        *("address", "blocks", "code", "env", "failure", "gas_left", "input", "journal", "mark", "memory_room"),
        *("message", "pc", "raw_memory", "return_data", "stack", "tx", "words"),
    )

    def __init__(self, message: Message, machine: Machine, mark: int) -> None:
        self.message = message
        self.address = message.address
        self.input = message.input
        self.code = prepare(message.code)
        self.blocks = self.code.blocks[machine.env.fork]
        self.gas_left = message.gas
        self.pc = 0
        self.stack: list[Word] = []
        self.raw_memory = bytearray()
        caller = machine.frames[-1] if machine.frames else None
        self.memory_room: int = caller.memory_room - len(caller.raw_memory) if caller else MAX_MEMORY
        self.words: dict[int, Word] = {}
        self.return_data = b""
        self.env, self.tx, self.journal = machine.env, machine.tx, machine.journal
        self.mark = mark
        self.failure: FrameFailure | None = None  # set when the frame has ended in one

    @property
    def memory(self) -> bytearray:
        """The memory, everything written down."""
        if self.words:
            for offset, word in self.words.items():
                self.raw_memory[offset : offset + 32] = word.to_bytes(32, "big")
            self.words.clear()
        return self.raw_memory

    # What moves bytes, however many, goes through these three; on a machine in a dispute it is done piece by piece.

    def read_memory(self, offset: int, size: int) -> bytes:
        """Return a copy of a range that has been paid for; an empty one may lie anywhere."""
        return bytes(self.memory[offset : offset + size]) if size else b""

    def write_memory(self, offset: int, data: bytes) -> None:
        """Put `data` into memory that has been paid for."""
        if data:
            self.memory[offset : offset + len(data)] = data

    def keccak256(self, data: bytes) -> Hash32:
        """Return the hash of what was read."""
        return keccak256(data)


@dataclass(slots=True)
class Outcome:
    """How the outermost frame ended: `failure` is None when it ended well."""

    gas_left: int
    output: bytes = b""
    failure: FrameFailure | None = None


class Machine:
    """The frames of one message call, the innermost last; `outcome` is set when none is left."""

    frame_type: ClassVar[type[Frame]] = Frame

    def __init__(self, env: BlockEnv, tx: TxEnv, journal: Journal) -> None:
        self.env, self.tx, self.journal = env, tx, journal
        self.frames: list[Frame] = []
        self.outcome: Outcome | None = None
