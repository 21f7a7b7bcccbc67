"""Programs that nobody thought of: seeded, structured so that most of them live, three contracts that call each other.

The writer keeps track of the height of the stack, so that an instruction mostly finds its operands; masks keep offsets,
slots and sizes small. Now and then it breaks its own rules.
"""

from __future__ import annotations

import random

from .assembly import Part, Raw, asm, call, deployer
from .model import CANCUN, MAIN, OSAKA, OTHER, SHANGHAI, THIRD, Account, StateTest, Tx, since
from .oracle import FORKS

SEED = 20_240_117
COUNT = 60
CONTRACTS = (MAIN, OTHER, THIRD)
BINARY = "ADD MUL SUB DIV SDIV MOD SMOD EXP SIGNEXTEND LT GT SLT SGT EQ AND OR XOR BYTE SHL SHR SAR".split()
ASKS = (
    "ADDRESS ORIGIN CALLER CALLVALUE CALLDATASIZE CODESIZE GASPRICE COINBASE TIMESTAMP NUMBER GASLIMIT CHAINID "
    "SELFBALANCE BASEFEE PREVRANDAO PC MSIZE GAS RETURNDATASIZE"
).split()


def random_programs() -> list[StateTest]:
    """Return one test a seed; the forks take turns."""
    tests = []
    for i in range(COUNT):
        fork, rng = FORKS[i % len(FORKS)], random.Random(SEED + i)
        pre = {who: Account(_Writer(rng, fork).program(), 1000, 1, _storage(rng)) for who in CONTRACTS}
        tx = Tx(
            data=[rng.randbytes(rng.randrange(80))], value=[rng.choice((0, 0, 5))], gas=[rng.choice((300_000, 900_000))]
        )
        tests.append(StateTest(f"random_{i:02}", [fork], pre, tx, "mixed"))
    return tests


def _storage(rng: random.Random) -> dict[int, int]:
    return {slot: rng.randrange(1, 5) for slot in range(8) if rng.random() < 0.4}


class _Writer:
    """Writes one program, instruction by instruction, knowing how high the stack is."""

    def __init__(self, rng: random.Random, fork: str) -> None:
        self.rng, self.height, self.labels = rng, 0, 0
        self.has = {start: fork in since(start) for start in (SHANGHAI, CANCUN, OSAKA)}

    def program(self) -> bytes:
        """Return 15 to 60 instructions and an end."""
        body: list[Part] = [self.statement(2) for _ in range(self.rng.randrange(15, 60))]
        return asm(body, self.ending())

    def statement(self, depth: int) -> Part:
        """Return one thing to do; `depth` bounds how blocks nest."""
        simple = [self.constant] * 4 + [self.binary] * 5 + [self.other_arithmetic, self.ask, self.shuffle, self.shuffle]
        simple += [
            self.memory,
            self.memory,
            self.storage,
            self.storage,
            self.hashing,
            self.copying,
            self.log,
            self.look,
        ]
        complex_ = [self.call, self.call, self.create, self.branch, self.loop, self.mischief]
        if depth and self.rng.random() < 0.2:
            return self.rng.choice(complex_)()
        return self.rng.choice(simple)()

    def block(self, length: int) -> Part:
        """Return simple statements that leave the stack at the height where they found it and never reach below it."""
        outer, self.height = self.height, 0
        body = [self.statement(0) for _ in range(length)] + ["POP"] * self.height
        self.height = outer
        return body

    def need(self, n: int) -> Part:
        """Push constants until there are `n` operands."""
        return [self.constant() for _ in range(max(0, n - self.height))]

    def effect(self, pops: int, pushes: int, *parts: Part) -> Part:
        """Return `parts` after what they need, and note the new height."""
        needed = self.need(pops)
        self.height += pushes - pops
        return [needed, *parts]

    def constant(self) -> Part:
        self.height += 1
        edges = (0, 1, 2, 31, 32, 255, 256, 2**64, 2**255, 2**256 - 1, 2**255 - 1)
        if self.has[SHANGHAI] and self.rng.random() < 0.1:
            return "PUSH0"
        if self.rng.random() < 0.5:
            return self.rng.randrange(256)
        return self.rng.choice((self.rng.choice(edges), self.rng.getrandbits(256), self.rng.getrandbits(64)))

    def binary(self) -> Part:
        return self.effect(2, 1, self.rng.choice(BINARY))

    def other_arithmetic(self) -> Part:
        unary = ["ISZERO", "NOT", "CLZ" if self.has[OSAKA] else "NOT"]
        if self.rng.random() < 0.5:
            return self.effect(1, 1, self.rng.choice(unary))
        return self.effect(3, 1, self.rng.choice(("ADDMOD", "MULMOD")))

    def ask(self) -> Part:
        late = ["BLOBBASEFEE"] if self.has[CANCUN] else []
        return self.effect(0, 1, self.rng.choice(ASKS + late))

    def shuffle(self) -> Part:
        n = self.rng.randrange(1, 7)
        if self.height > 9:
            return self.effect(1, 0, "POP")
        pops, pushes, name = (n + 1, n + 1, f"SWAP{n}") if self.rng.random() < 0.5 else (n, n + 1, f"DUP{n}")
        return self.effect(pops, pushes, name)

    def memory(self) -> Part:
        offset: Part = [0x1FF, "AND"]
        choice = self.rng.randrange(3)
        if choice == 0:
            return self.effect(1, 1, offset, "MLOAD")
        return self.effect(2, 0, offset, "MSTORE" if choice == 1 else "MSTORE8")

    def storage(self) -> Part:
        kind = "T" if self.has[CANCUN] and self.rng.random() < 0.3 else "S"
        if self.rng.random() < 0.5:
            return self.effect(1, 1, 7, "AND", f"{kind}LOAD")
        small: Part = ["SWAP1", 3, "AND SWAP1"] if self.rng.random() < 0.6 else []
        return self.effect(2, 0, small, 7, "AND", f"{kind}STORE")

    def hashing(self) -> Part:
        return self.effect(1, 1, 0xFF, "AND", self.rng.randrange(100), "KECCAK256")

    def copying(self) -> Part:
        size, source, target = (self.rng.randrange(n) for n in (70, 100, 200))
        names = ["CALLDATACOPY", "CODECOPY"] + ["MCOPY"] * self.has[CANCUN]
        return self.effect(0, 0, size, source, target, self.rng.choice(names))

    def log(self) -> Part:
        n = self.rng.randrange(4)
        return self.effect(n, 0, self.rng.randrange(50), self.rng.randrange(50), f"LOG{n}")

    def look(self) -> Part:
        """Ask about an account, a word of the call data, or a block hash."""
        who = self.rng.choice((*CONTRACTS, "CALLER", "ORIGIN", 4, 0xBEEF))
        looks: list[Part] = [[who, name] for name in ("BALANCE", "EXTCODESIZE", "EXTCODEHASH")]
        looks += [[self.rng.randrange(90), "CALLDATALOAD"], [self.rng.randrange(3), "BLOCKHASH"]]
        return self.effect(0, 1, self.rng.choice(looks))

    def call(self) -> Part:
        kind = self.rng.choice(("CALL", "CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"))
        who = self.rng.choice((*CONTRACTS, *CONTRACTS, 2, 4, 0xBEEF))
        window = (self.rng.randrange(100), self.rng.randrange(70))
        value, gas = self.rng.choice((0, 0, 1, 10**6)), self.rng.choice((1000, 40_000, 120_000))
        flag = call(who, kind=kind, gas=gas, value=value, inputs=window, outputs=window[::-1])
        after: list[Part] = ["RETURNDATASIZE", 0, 64, "RETURNDATACOPY"]
        return self.effect(0, 1, flag, after if self.rng.random() < 0.5 else [])

    def create(self) -> Part:
        """Deploy a tiny program, or run one that fails."""
        inits = (deployer(asm(7, 1, "SSTORE")), asm(0, 0, "REVERT"), asm("CALLER", 2, "SSTORE"), b"\xfe" * 3)
        init = self.rng.choices(inits, (8, 4, 8, 1))[0]
        put: Part = [init[:32].ljust(32, b"\0"), 0, "MSTORE"]
        salt: list[Part] = [self.rng.randrange(3)] if self.rng.random() < 0.5 else []
        return self.effect(
            0, 1, put, salt, min(32, len(init)), 0, self.rng.choice((0, 1)), "CREATE2" if salt else "CREATE"
        )

    def branch(self) -> Part:
        self.labels += 1
        label = f"b{self.labels}"
        needed = self.effect(1, 0)
        return [needed, self.rng.choice(([], "ISZERO")), f"@{label}", "JUMPI", self.block(5), f":{label}"]

    def loop(self) -> Part:
        """Repeat a block two to five times; the counter lies below what the block sees."""
        self.labels += 1
        label = f"l{self.labels}"
        body = self.block(6)
        return [self.rng.randrange(2, 6), f":{label}", body, 1, "SWAP1 SUB DUP1", f"@{label}", "JUMPI POP"]

    def mischief(self) -> Part:
        """Mostly nothing; sometimes something that ends the frame badly."""
        if self.rng.random() < 0.9:
            return []
        past_the_end: Part = [99, 0, 0, "RETURNDATACOPY"]
        bad: list[Part] = ["INVALID", Raw(b"\x0c"), ["POP"] * 40, [1, "JUMP"], [2**40, "MLOAD POP"], past_the_end]
        return self.rng.choice(bad)

    def ending(self) -> Part:
        """Keep what is on the stack, then return, revert, stop or, rarely, self-destruct."""
        keep: list[Part] = [[8 + i, "SSTORE"] for i in range(min(self.height, 3))]
        ends: list[Part] = [[64, 0, "RETURN"], "STOP", [32, 0, "REVERT"], "CALLER SELFDESTRUCT"]
        return [keep, self.rng.choices(ends, (6, 9, 1, 1))[0]]
