"""A writer of programs that mostly live: it knows how high the stack is, and never reaches below what it owns.

Everything that decides how a machine may take code apart is here on purpose: loops that carry values on the stack,
branches that meet again, internal calls that return through the stack or through memory, jump tables, the same slot
again and again, gas that is looked at. Masks keep offsets, slots and sizes small. Now and then it breaks its own rules.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from tests.vectors.vectorsource.assembly import Part, Raw, asm, call, deployer, memory_bytes
from toyevm.forks import Fork
from toyevm.types import Address
from toyevm.vm.opcodes import Opcode, mnemonics_of

BINARY = "ADD MUL SUB DIV SDIV MOD SMOD SIGNEXTEND LT GT SLT SGT EQ AND OR XOR BYTE SHL SHR SAR".split()
TRUTHS = "LT GT SLT SGT EQ".split()
ASKS = (
    "ADDRESS ORIGIN CALLER CALLVALUE CALLDATASIZE CODESIZE GASPRICE COINBASE TIMESTAMP NUMBER GASLIMIT CHAINID "
    "SELFBALANCE BASEFEE PREVRANDAO PC MSIZE GAS GAS RETURNDATASIZE"
).split()
EDGES = (0, 1, 2, 3, 7, 8, 31, 32, 33, 64, 255, 256, 257, 2**32, 2**64 - 1, 2**160, 2**255 - 1, 2**255, 2**256 - 1)
OFFSETS = (0, 0, 1, 31, 32, 33, 64, 64, 96, 100, 128, 0x1E0, 0x1FF)
GUEST_GAS = (0, 700, 2_300, 9_000, 40_000, 120_000, "GAS", "GAS")
CALLS = ("CALL", "CALL", "CALLCODE", "DELEGATECALL", "STATICCALL")
# What has a statement of its own, or several. Any other instruction of a fork is a newcomer, written as its row says.
FAMILIAR = frozenset((*BINARY, *ASKS, *CALLS)) | frozenset(
    "STOP ADDMOD MULMOD EXP ISZERO NOT CLZ KECCAK256 BALANCE CALLDATALOAD CALLDATACOPY CODECOPY MCOPY RETURNDATACOPY "
    "EXTCODECOPY EXTCODESIZE EXTCODEHASH BLOCKHASH BLOBHASH BLOBBASEFEE POP PUSH0 MLOAD MSTORE MSTORE8 SLOAD SSTORE "
    "TLOAD TSTORE JUMP JUMPI JUMPDEST CREATE CREATE2 RETURN REVERT INVALID SELFDESTRUCT".split()
)
FAMILIES = re.compile(r"(PUSH|DUP|SWAP|LOG)\d+")
# Memory from here on belongs to the writer: return addresses, counters. Below, programs write where they like.
KEPT = 0x400


def instructions(code: bytes) -> list[bytes]:
    """Cut bytecode into instructions, each with its immediate bytes.

    >>> instructions(bytes.fromhex("600150")) == [bytes.fromhex("6001"), bytes.fromhex("50")]
    True
    """
    cut, pc = [], 0
    while pc < len(code):
        end = pc + (code[pc] - 0x5E if 0x60 <= code[pc] <= 0x7F else 1)
        cut.append(code[pc:end])
        pc = end
    return cut


def newcomers(fork: Fork) -> list[Opcode]:
    """Return the instructions of a fork that the statements below do not know.

    >>> from toyevm.forks import OSAKA
    >>> newcomers(OSAKA)
    []
    """
    return [row for name, row in mnemonics_of(fork).items() if name not in FAMILIAR and not FAMILIES.fullmatch(name)]


class Writer:
    """Writes one program.

    Args:
        targets: whom it calls and asks about.
        likes: how often each kind of statement is chosen, by the name of the method; others weigh 1.
        mischief: the chance that a statement breaks the rules.
    """

    def __init__(
        self,
        rng: random.Random,
        fork: Fork,
        targets: Sequence[Address],
        likes: dict[str, int] | None = None,
        mischief: float = 0.002,
    ) -> None:
        self.rng, self.targets, self.mischief = rng, targets, mischief
        self.height = 0  # of the stack, counted from where the present function was entered
        self.floor = 0  # what lies below must stay as it is
        self.labels = 0
        self.functions: list[tuple[str, int, int]] = []  # (label, arguments, results)
        self.has = mnemonics_of(fork)
        self.newcomers = newcomers(fork)
        likes = likes or {}
        weights = {name: likes.get(name, weight) for name, weight in SIMPLE.items()}
        if self.newcomers:
            weights["newcomer"] = 4
        self._simple, self._simple_weights = list(weights), list(weights.values())
        weights = {name: likes.get(name, weight) for name, weight in COMPOUND.items()}
        self._compound, self._compound_weights = list(weights), list(weights.values())

    def program(self, length: int, ending: Part | None = None) -> bytes:
        """Return about `length` statements, an end that keeps what they left, and the functions they call."""
        bodies = [self.function() for _ in range(self.rng.choice((0, 0, 1, 2)))]
        self.height = self.floor = 0
        first: list[Part] = [
            self.input() for _ in range(self.rng.choice((0, 2, 4, 6, 18)))
        ]  # what no compiler can foresee
        main: list[Part] = [first, [self.statement(2) for _ in range(length)]]
        return asm(main, self.keep(), ending if ending is not None else self.ending(), bodies)

    # What there is to say

    def statement(self, depth: int) -> Part:
        """Return one thing to do; `depth` bounds how blocks nest."""
        if self.rng.random() < self.mischief:
            return self.misdeed()
        if depth and self.rng.random() < 0.22:
            name = self.rng.choices(self._compound, self._compound_weights)[0]
            return getattr(self, name)(depth - 1)
        name = self.rng.choices(self._simple, self._simple_weights)[0]
        return getattr(self, name)()

    def level(self, length: int, depth: int, height: int | None = None) -> Part:
        """Return statements that leave the stack as high as it was, or at `height`."""
        height = self.height if height is None else height
        body: list[Part] = [self.statement(depth) for _ in range(length)]
        return [body, self.settle(height)]

    def settle(self, height: int) -> Part:
        parts: list[Part] = ["POP"] * max(0, self.height - height)
        parts += [self.rng.choice(EDGES) for _ in range(max(0, height - self.height))]
        self.height = height
        return parts

    def effect(self, pops: int, pushes: int, *parts: Part) -> Part:
        """Return `parts` after the operands they lack, and note the new height."""
        needed = [self.constant() for _ in range(max(0, pops - (self.height - self.floor)))]
        self.height += pushes - pops
        return [needed, *parts]

    def label(self) -> str:
        self.labels += 1
        return f"l{self.labels}"

    # Words

    def constant(self) -> Part:
        """Push an operand: a constant, or, now and then, a word that is known only when the program runs."""
        if self.rng.random() < 0.2:
            return self.input()
        self.height += 1
        if "PUSH0" in self.has and self.rng.random() < 0.1:
            return "PUSH0"
        if self.rng.random() < 0.4:
            return self.rng.randrange(256)
        size = self.rng.randrange(1, 33)
        return self.rng.choice((self.rng.choice(EDGES), self.rng.getrandbits(256), self.rng.randbytes(size)))

    def binary(self) -> Part:
        if self.height - self.floor >= 2 and self.rng.random() < 0.2:
            return self.effect(0, 1, self.same(2), self.rng.choice(BINARY))
        return self.effect(2, 1, self.rng.choice(BINARY))

    def same(self, n: int) -> Part:
        """Push `n` copies of words that are there: what has been computed is used more than once."""
        return [f"DUP{self.rng.randrange(1, min(self.height, 15) + 1)}" for _ in range(n)]

    def truth(self) -> Part:
        negations: Part = ["ISZERO"] * self.rng.randrange(3)
        if self.rng.random() < 0.3:
            both: Part = [self.rng.choice(TRUTHS), "SWAP2", self.rng.choice(TRUTHS), self.rng.choice(("AND", "OR"))]
            return self.effect(4, 1, both, negations)
        return self.effect(2, 1, self.rng.choice(TRUTHS), negations)

    def shift(self) -> Part:
        name = self.rng.choice(("SHL", "SHL", "SHR", "SAR", "BYTE", "SIGNEXTEND"))
        return self.effect(1, 1, self.rng.choice((0, 1, 5, 8, 31, 32, 96, 224, 255, 256)), name)

    def unary(self) -> Part:
        return self.effect(1, 1, self.rng.choice(["ISZERO", "NOT", "CLZ" if "CLZ" in self.has else "NOT"]))

    def modular(self) -> Part:
        return self.effect(3, 1, self.rng.choice(("ADDMOD", "MULMOD")))

    def newcomer(self) -> Part:
        """Write an instruction that no other statement has, on words that are there, on small ones, or on any."""
        row = self.rng.choice(self.newcomers)
        word = Raw(bytes([row.code]) + self.rng.randbytes(row.immediate_size))
        choice = self.rng.randrange(3)
        if choice == 0 and self.height > self.floor:
            return self.effect(0, row.pushes, self.same(row.pops), word)
        if choice == 1:
            return self.effect(0, row.pushes, [self.rng.choice(OFFSETS) for _ in range(row.pops)], word)
        return self.effect(row.pops, row.pushes, word)

    def power(self) -> Part:
        small: Part = [0xFFFF, "AND SWAP1"] if self.rng.random() < 0.7 else []
        return self.effect(2, 1, "SWAP1", small, "EXP")

    def ask(self) -> Part:
        late = ["BLOBBASEFEE"] if "BLOBBASEFEE" in self.has else []
        return self.effect(0, 1, self.rng.choice(ASKS + late))

    def shuffle(self) -> Part:
        own = self.height - self.floor
        if own > 24 or (own and self.rng.random() < 0.2):
            return self.effect(1, 0, "POP")
        n = self.rng.choice((1, 1, 2, 2, 3, 4, self.rng.randrange(1, 17)))
        if own > 8 and self.rng.random() < 0.5:
            n = self.rng.randrange(1, 17)
        if self.rng.random() < 0.5:
            n = min(n, max(own - 1, 1))
            return self.effect(n + 1, n + 1, f"SWAP{n}")
        return self.effect(0, 1, f"DUP{min(n, self.height)}") if self.height else self.constant()

    # Memory

    def offset(self) -> Part:
        """Push an offset: mostly one that can be foreseen."""
        if self.rng.random() < 0.7 or self.height <= self.floor:
            return self.rng.choice(OFFSETS)
        return [self.same(1), 0x1FF, "AND"]

    def memory(self) -> Part:
        offset = self.offset()
        choice = self.rng.randrange(5)
        if choice < 2:
            return self.effect(0, 1, offset, "MLOAD")
        if choice == 4:
            return self.effect(1, 0, offset, "MSTORE8")
        return self.effect(1, 0, offset, "MSTORE")

    def remember(self) -> Part:
        """Write a word and read it again, perhaps a little beside."""
        where, beside = self.rng.choice(OFFSETS), self.rng.choice((0, 0, 0, 1, 31, 32))
        return self.effect(1, 1, where, "MSTORE", where + beside, "MLOAD")

    def hashing(self) -> Part:
        size: Part = self.rng.choice((0, 1, 32, 64, 64, 100))
        if self.rng.random() < 0.3 and self.height > self.floor:
            size = [self.same(1), 0xFF, "AND"]
        return self.effect(0, 1, size, self.rng.choice(OFFSETS), "KECCAK256")

    def copying(self) -> Part:
        size, source, target = (self.rng.randrange(n) for n in (70, 100, 200))
        names = ["CALLDATACOPY", "CODECOPY"] + ["MCOPY"] * ("MCOPY" in self.has)
        if self.rng.random() < 0.2:
            who = self.rng.choice(self.targets)
            return self.effect(0, 0, size, source, target, who, "EXTCODECOPY")
        return self.effect(0, 0, size, source, target, self.rng.choice(names))

    def input(self) -> Part:
        where = 32 * self.rng.randrange(4) if self.rng.random() < 0.9 else self.rng.randrange(140)
        self.height += 1
        return [where, "CALLDATALOAD"]

    # State

    def slot(self) -> Part:
        return self.rng.randrange(4) if self.rng.random() < 0.7 else [self.constant_word(), 7, "AND"]

    def constant_word(self) -> Part:
        return self.same(1) if self.height > self.floor else self.rng.randrange(99)

    def storage(self) -> Part:
        kind = "T" if "TLOAD" in self.has and self.rng.random() < 0.25 else "S"
        slot = self.slot()
        if self.rng.random() < 0.55:
            return self.effect(0, 1, slot, f"{kind}LOAD")
        small: Part = [3, "AND"] if self.rng.random() < 0.6 else []
        return self.effect(1, 0, small, slot, f"{kind}STORE")

    def count_up(self) -> Part:
        """Read, change and write one slot, as balances and counters do."""
        slot, change = self.rng.randrange(4), self.rng.choice(("ADD", "XOR", "SUB", "AND"))
        return self.effect(0, 0, slot, "SLOAD", self.rng.choice((1, 1, 0, 3)), change, slot, "SSTORE")

    def mapping(self) -> Part:
        """Work on an entry of a mapping: its slot is the hash of a key and a number."""
        where: Part = [self.constant_word(), 3, "AND", 32, "MSTORE", self.rng.randrange(2), 0, "MSTORE"]
        where = [where, 64, 0, "KECCAK256"]
        if self.rng.random() < 0.5:
            return self.effect(0, 1, where, "SLOAD")
        return self.effect(1, 0, where, "SSTORE")

    def log(self) -> Part:
        n = self.rng.randrange(5)
        return self.effect(n, 0, self.rng.randrange(50), self.rng.randrange(50), f"LOG{n}")

    def look(self) -> Part:
        """Ask about an account or a block hash."""
        who = self.rng.choice((*self.targets, "CALLER", "ORIGIN", "ADDRESS", 4, 0xBEEF))
        if self.rng.random() < 0.15:
            names = ["BLOCKHASH"] + ["BLOBHASH"] * ("BLOBHASH" in self.has)
            return self.effect(0, 1, self.rng.randrange(7), self.rng.choice(names))
        return self.effect(0, 1, who, self.rng.choice(("BALANCE", "EXTCODESIZE", "EXTCODEHASH")))

    # Ways through the program

    def condition(self) -> Part:
        """Push what a branch depends on: a comparison, a word, a constant, the gas that is left."""
        choice = self.rng.randrange(8)
        if choice == 0:
            return self.effect(0, 1, self.rng.randrange(2))
        if choice == 1:
            return self.effect(0, 1, self.rng.choice((1_000, 20_000, 90_000)), "GAS", self.rng.choice(("LT", "GT")))
        if choice == 2:
            return self.effect(0, 1, self.rng.randrange(4), "SLOAD")
        if choice == 3:
            return self.effect(0, 1, self.constant_word(), 1, "AND")
        return self.truth()

    def branch(self, depth: int) -> Part:
        """Do one thing or not, or one of two; both ways end at the same height."""
        other, end = self.label(), self.label()
        condition = self.condition()
        self.height -= 1
        height = self.height + self.rng.choice((0, 0, 1, -1 if self.height > self.floor else 0))
        start = self.height
        first = self.level(self.rng.randrange(1, 6), depth, height)
        if self.rng.random() < 0.5 and height == start:
            return [condition, f"@{end}", "JUMPI", first, f":{end}"]
        self.height = start
        second = self.level(self.rng.randrange(1, 6), depth, height)
        return [condition, f"@{other}", "JUMPI", first, f"@{end} JUMP :{other}", second, f":{end}"]

    def escape(self, depth: int) -> Part:
        """Leave early, as a check at the start of a function does; rarely taken."""
        on, condition = self.label(), self.condition()
        self.height -= 1
        always: Part = [1, "OR"] if self.rng.random() < 0.9 else []
        return [condition, always, f"@{on}", "JUMPI", 32, 0, self.rng.choice(("REVERT", "REVERT", "RETURN")), f":{on}"]

    def loop(self, depth: int) -> Part:
        """Repeat a block; its counter lies below the values the block carries from turn to turn."""
        top, end = self.label(), self.label()
        carried = self.rng.choice((0, 0, 1, 2, 3))
        turns = self.rng.choice((2, 3, 5, 9, 30)) if depth else self.rng.choice((1, 2, 4))
        outer = self.floor
        start: list[Part] = [turns]
        self.height += 1
        self.floor = self.height
        start += [self.constant() for _ in range(carried)]
        body: Part = self.level(self.rng.randrange(1, 7), depth)
        if carried > 1 and self.rng.random() < 0.5:
            body = [body, f"SWAP{carried - 1}"]  # what was a turn's first word is the next one's last
        self.height, self.floor = self.height - 1, outer
        bring = f"SWAP{carried}" if carried else ""
        count: Part = [bring, 1, "SWAP1 SUB", bring]
        again = f"DUP{carried + 1}"
        done: Part = [bring, "POP"]
        if not carried and self.rng.random() < 0.3:
            done = [f":{self.label()}", "BALANCE POP"]  # what follows the loop at once has no fixed price
        if self.rng.random() < 0.5:
            return [start, f":{top}", body, count, again, f"@{top}", "JUMPI", done]
        ahead: Part = [again, "ISZERO", f"@{end}", "JUMPI"]
        return [start, f":{top}", ahead, body, count, f"@{top} JUMP :{end}", done]

    def long_loop(self, depth: int) -> Part:
        """Repeat little, often: enough visits for the compiler's default; the counter is in memory or on the stack."""
        top, turns = self.label(), self.rng.randrange(26, 60)
        body = self.level(self.rng.randrange(1, 4), 0)
        if self.rng.random() < 0.5:
            down: Part = [1, KEPT, "MLOAD SUB DUP1", KEPT, "MSTORE"]
            return [turns, KEPT, "MSTORE", f":{top}", body, down, f"@{top}", "JUMPI"]
        self.height, self.floor, outer = self.height + 1, self.height + 1, self.floor
        body = self.level(self.rng.randrange(1, 4), 0)
        self.height, self.floor = self.height - 1, outer
        return [turns, f":{top}", body, 1, "SWAP1 SUB DUP1", f"@{top}", "JUMPI POP"]

    def function(self) -> Part:
        """Return a function: it finds its return address below its arguments, and leaves results in their place."""
        name, arguments, results = f"f{len(self.functions)}", self.rng.randrange(4), self.rng.randrange(3)
        self.height, self.floor = 1 + arguments, 1
        body = self.level(self.rng.randrange(1, 9), 1, 1 + results)
        self.functions.append((name, arguments, results))
        return [f":{name}", body, f"SWAP{results}" if results else "", "JUMP"]

    def internal_call(self, depth: int) -> Part:
        """Call a function of this program; its return address waits on the stack, or first in memory."""
        if not self.functions:
            return self.statement(depth)
        name, arguments, results = self.rng.choice(self.functions)
        back = self.label()
        outer = self.height
        give: list[Part] = [self.constant() for _ in range(arguments)]
        self.height = outer
        address: Part = f"@{back}"
        if self.rng.random() < 0.15:
            address = [f"@{back}", KEPT + 32, "MSTORE", KEPT + 32, "MLOAD"]
        self.height += results
        return [address, give, f"@{name} JUMP :{back}"]

    def recursion(self, depth: int) -> Part:
        """Call a function that calls itself: the same code at another height each time."""
        f, base, back, again = (self.label() for _ in range(4))
        turns = self.rng.choice((3, 8, 40))
        self.height += 1
        return [
            [f"@{back}", turns, f"@{f} JUMP"],
            [f":{f}", "DUP1 ISZERO", f"@{base}", "JUMPI"],  # back n
            [f"@{again}", 1, "DUP3 SUB", f"@{f} JUMP :{again}", self.rng.choice(BINARY), "SWAP1 JUMP"],
            [f":{base}", "POP", 5, "SWAP1 JUMP", f":{back}"],
        ]

    def computed_jump(self, depth: int) -> Part:
        """Jump to one of two places, chosen by arithmetic on their addresses."""
        a, b, end = self.label(), self.label(), self.label()
        condition, start = self.condition(), self.height - 1
        self.height = start
        first = self.level(self.rng.randrange(1, 4), depth, start)
        second = self.level(self.rng.randrange(1, 4), depth, start)
        choice: Part = "ISZERO" if self.rng.random() < 0.95 else []
        where: Part = [choice, f"@{b} @{a}", "SUB MUL", f"@{b}", "ADD JUMP"]
        return [condition, where, f":{a}", first, f"@{end} JUMP :{b}", second, f":{end}"]

    def jump_table(self, depth: int) -> Part:
        """Jump into a row of jumps, as the dispatcher of a contract does."""
        count = self.rng.choice((2, 4))
        table, cases, end = self.label(), [self.label() for _ in range(count)], self.label()
        index: Part = [self.constant_word(), count - 1, "AND"]
        rows = [[f":{table}_{i}", f"@{case} JUMP"] for i, case in enumerate(cases)]
        start = self.height
        blocks = [[f":{case}", self.level(self.rng.randrange(1, 4), 0, start), f"@{end} JUMP"] for case in cases]
        return [index, 5, "MUL", f"@{table}_0", "ADD JUMP", rows, blocks, f":{end}"]

    # Other accounts

    def call(self, depth: int) -> Part:
        kind, gas = self.rng.choice(CALLS), self.rng.choice(GUEST_GAS)
        window = (self.rng.randrange(100), self.rng.randrange(70))
        flag = call(
            self.rng.choice(self.targets), kind=kind, gas=gas, value=self.rng.choice((0, 0, 0, 1, 10**6)),
            inputs=window, outputs=window[::-1],
        )  # fmt: skip
        return self.effect(0, 1, flag, self.aftermath())

    def attempt(self, depth: int) -> Part:
        """Let another's code work on our own storage, and then look: it may have failed, and be undone."""
        kind = self.rng.choice(("DELEGATECALL", "CALLCODE"))
        flag = call(self.rng.choice(self.targets), kind=kind, gas=self.rng.choice((9_000, 60_000, "GAS")))
        return self.effect(0, 1, flag, "POP", self.rng.randrange(4), "SLOAD")

    def aftermath(self) -> Part:
        """Look at what a call returned: all of it, or, rarely, more than that."""
        if self.rng.random() < 0.03:
            return [40, 0, 64, "RETURNDATACOPY"]
        return self.rng.choice(([], [], ["RETURNDATASIZE", 0, 64, "RETURNDATACOPY"], [0, 0, 0, "RETURNDATACOPY"]))

    def precompile(self, depth: int) -> Part:
        """Call a precompile with what is in memory, or with an input it likes."""
        prepared: list[tuple[int, bytes]] = [
            (1, self.rng.randbytes(32) + (27).to_bytes(32, "big") + self.rng.randbytes(64)),
            (2, self.rng.randbytes(40)), (3, b"x"), (4, self.rng.randbytes(70)),
            (5, b"".join(n.to_bytes(32, "big") for n in (2, 1, 2)) + self.rng.randbytes(5)),
            (6, b"".join(n.to_bytes(32, "big") for n in (1, 2, 1, 2))),
            (7, b"".join(n.to_bytes(32, "big") for n in (1, 2, self.rng.randrange(99)))), (8, b""),
            (9, self.rng.randrange(9).to_bytes(4, "big") + self.rng.randbytes(208) + b"\x01"),
        ]  # fmt: skip
        number, data = self.rng.choice(prepared)
        if self.rng.random() < 0.2:
            number, data = self.rng.randrange(1, 20), b""
        size = len(data) if self.rng.random() < 0.8 else self.rng.randrange(100)
        kind = self.rng.choice(CALLS)
        flag = call(
            number, kind=kind, gas=self.rng.choice((100, 7_000, 50_000)), inputs=(0x200, size), outputs=(64, 64)
        )
        return self.effect(0, 1, memory_bytes(data, 0x200), flag, self.aftermath())

    def create(self, depth: int) -> Part:
        """Deploy a small program, or one that fails; perhaps call what came of it."""
        runtime = asm(self.rng.choice(([7, 1, "SSTORE"], ["CALLER SELFDESTRUCT"], [0, "SLOAD", 1, "ADD", 0, "SSTORE"])))
        inits = (
            deployer(runtime), asm(0, 0, "REVERT"), asm("CALLER", 2, "SSTORE"), b"\xfe" * 3, asm("CALLER SELFDESTRUCT"),
            asm(0xEF, 0, "MSTORE8", 1, 0, "RETURN"), asm(32, 0, "RETURN"), deployer(self.loop_code()),
        )  # fmt: skip
        init = self.rng.choices(inits, (8, 2, 4, 1, 2, 1, 2, 6))[0]
        salt: list[Part] = [self.rng.randrange(2)] if self.rng.random() < 0.5 else []
        make: Part = [salt, len(init), 0x200, self.rng.choice((0, 0, 1)), "CREATE2" if salt else "CREATE"]
        if self.rng.random() < 0.5:
            make = [make, 0, 0, 0, 0, 0, "DUP6", 50_000, "CALL POP"]
        return self.effect(0, 1, memory_bytes(init, 0x200), make)

    def loop_code(self) -> bytes:
        """Return a short program with a loop, for a contract that is new."""
        count: Part = [1, "SWAP1 SUB DUP1", "@t", "JUMPI"]
        body: Part = self.rng.choice(([], [5, "SLOAD POP"], ["DUP1", 0, "MSTORE"]))
        return asm(self.rng.randrange(2, 30), ":t", body, count)

    # Endings

    def misdeed(self) -> Part:
        """Return something that ends the frame badly, or might."""
        grow = self.label()
        bad: list[Part] = [
            "INVALID", Raw(b"\x0c"), ["POP"] * 40, [1, "JUMP"], [2**40, "MLOAD POP"], [99, 0, 0, "RETURNDATACOPY"],
            [f":{grow}", "DUP1", f"@{grow}", "JUMP"], ["GAS", "JUMP"], [2**256 - 1, 0, "LOG0"], ["ADD"] * 20,
            ["SWAP16"], [1, 5, "JUMPI"], [Raw(b"\x60\x5b"), "PC", 1, "SWAP1 SUB JUMP"], [0, 0, "REVERT"], "PC POP",
            [2**255, 0, "MSTORE8 POP"], [self.rng.randrange(1024), f":{grow}", "GAS", f"@{grow}", "JUMP"],
        ]  # fmt: skip
        return self.rng.choice(bad)

    def keep(self) -> Part:
        """Mix what is on the stack and in memory into one word, and put it where it can be seen from outside."""
        if self.rng.random() < 0.1:
            return []
        ways = self.rng.choice((("XOR",), ("XOR", "ADD", "SUB")))
        mix: Part = [self.rng.choice(ways) for _ in range(self.height - self.floor)]
        word: Part = [0x220 if self.rng.random() < 0.7 else 0, 0, "KECCAK256", mix]
        show: list[Part] = [[0, "MSTORE"], [8, "SSTORE"], ["DUP1", 0, "MSTORE", 0, 0, "LOG1"]]
        gas: Part = ["GAS", 32, "MSTORE"] if self.rng.random() < 0.5 else []
        return [word, self.rng.choice(show), gas]

    def ending(self) -> Part:
        ends: list[Part] = [
            [0xA0, 0, "RETURN"], "STOP", [64, 0, "REVERT"], [self.rng.choice(self.targets), "SELFDESTRUCT"]
        ]  # fmt: skip
        return self.rng.choices(ends, (9, 9, 1, 1))[0]


SIMPLE = {
    "constant": 5,
    "binary": 10,
    "truth": 3,
    "unary": 2,
    "shift": 3,
    "modular": 1,
    "power": 1,
    "ask": 2,
    "shuffle": 7,
    "memory": 4,
    "remember": 2,
    "hashing": 1,
    "copying": 1,
    "input": 1,
    "storage": 3,
    "count_up": 1,
    "mapping": 1,
    "log": 1,
    "look": 1,
}
"""Statements that stand alone -> how often they are chosen."""

COMPOUND = {
    "branch": 5,
    "escape": 3,
    "loop": 5,
    "long_loop": 2,
    "internal_call": 5,
    "recursion": 1,
    "computed_jump": 2,
    "jump_table": 1,
    "call": 4,
    "attempt": 1,
    "precompile": 1,
    "create": 1,
}
"""Statements that hold others, or reach other frames -> how often they are chosen."""
