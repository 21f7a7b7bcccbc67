"""The opcode table: one row for each instruction. Only the compiler, its fast twin, says some of it a second time.

A row says how many words it takes from the stack and leaves there, the part of its price that never varies, the
function that does the rest, and the fork that brought it. The interpreter reads the first three before it calls the
fourth, so no function checks the stack or charges a fixed price.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from toyevm.forks import FORKS, Fork
from toyevm.types import WORD_MASK, to_signed
from toyevm.vm.frame import MAX_STACK, Frame, Message, Refusal, Return
from toyevm.vm.instructions import arithmetic as a
from toyevm.vm.instructions import calls, context, flow, storage
from toyevm.vm.instructions.arithmetic import binary, ternary, unary
from toyevm.vm.instructions.context import as_word, copy_from, push_value

# What a function asks of the interpreter: a new frame or why there is none, the end of this one, or nothing.
Action = Message | Refusal | Return | None


class Opcode(NamedTuple):
    """One row. `pushes` counts what is on the stack afterwards; DUP2 takes two words and leaves three."""

    code: int
    name: str
    pops: int
    pushes: int
    gas: int
    run: Callable[[Frame], Action]
    since: str = "London"

    @property
    def immediate_size(self) -> int:
        """How many bytes of data follow the opcode: PUSH has 1 to 32, all others none."""
        return self.code - 0x5F if 0x60 <= self.code <= 0x7F else 0


OPCODES: tuple[Opcode, ...] = (
    Opcode(0x00, "STOP", 0, 0, 0, flow.stop),
    Opcode(0x01, "ADD", 2, 1, 3, a.add),
    Opcode(0x02, "MUL", 2, 1, 5, a.mul),
    Opcode(0x03, "SUB", 2, 1, 3, a.sub),
    Opcode(0x04, "DIV", 2, 1, 5, binary(lambda x, y: x // y if y else 0)),
    Opcode(0x05, "SDIV", 2, 1, 5, binary(a.sdiv)),
    Opcode(0x06, "MOD", 2, 1, 5, binary(lambda x, y: x % y if y else 0)),
    Opcode(0x07, "SMOD", 2, 1, 5, binary(a.smod)),
    Opcode(0x08, "ADDMOD", 3, 1, 8, ternary(lambda x, y, n: (x + y) % n if n else 0)),
    Opcode(0x09, "MULMOD", 3, 1, 8, ternary(lambda x, y, n: x * y % n if n else 0)),
    Opcode(0x0A, "EXP", 2, 1, 10, a.exp),
    Opcode(0x0B, "SIGNEXTEND", 2, 1, 5, binary(a.signextend)),
    Opcode(0x10, "LT", 2, 1, 3, a.lt),
    Opcode(0x11, "GT", 2, 1, 3, a.gt),
    Opcode(0x12, "SLT", 2, 1, 3, binary(lambda x, y: int(to_signed(x) < to_signed(y)))),
    Opcode(0x13, "SGT", 2, 1, 3, binary(lambda x, y: int(to_signed(x) > to_signed(y)))),
    Opcode(0x14, "EQ", 2, 1, 3, a.eq),
    Opcode(0x15, "ISZERO", 1, 1, 3, a.iszero),
    Opcode(0x16, "AND", 2, 1, 3, a.and_),
    Opcode(0x17, "OR", 2, 1, 3, a.or_),
    Opcode(0x18, "XOR", 2, 1, 3, a.xor),
    Opcode(0x19, "NOT", 1, 1, 3, unary(lambda x: x ^ WORD_MASK)),
    Opcode(0x1A, "BYTE", 2, 1, 3, binary(a.byte)),
    Opcode(0x1B, "SHL", 2, 1, 3, binary(lambda n, x: (x << n) & WORD_MASK if n < 256 else 0)),
    Opcode(0x1C, "SHR", 2, 1, 3, binary(lambda n, x: x >> n if n < 256 else 0)),
    Opcode(0x1D, "SAR", 2, 1, 3, binary(a.sar)),
    Opcode(0x1E, "CLZ", 1, 1, 5, unary(lambda x: 256 - x.bit_length()), since="Osaka"),
    Opcode(0x20, "KECCAK256", 2, 1, 30, context.keccak),
    Opcode(0x30, "ADDRESS", 0, 1, 2, push_value(lambda frame: as_word(frame.address))),
    Opcode(0x31, "BALANCE", 1, 1, 0, context.balance),
    Opcode(0x32, "ORIGIN", 0, 1, 2, push_value(lambda frame: as_word(frame.tx.origin))),
    Opcode(0x33, "CALLER", 0, 1, 2, push_value(lambda frame: as_word(frame.message.caller))),
    Opcode(0x34, "CALLVALUE", 0, 1, 2, push_value(lambda frame: frame.message.value)),
    Opcode(0x35, "CALLDATALOAD", 1, 1, 3, context.calldataload),
    Opcode(0x36, "CALLDATASIZE", 0, 1, 2, push_value(lambda frame: len(frame.input))),
    Opcode(0x37, "CALLDATACOPY", 3, 0, 3, copy_from(lambda frame: frame.input)),
    Opcode(0x38, "CODESIZE", 0, 1, 2, push_value(lambda frame: len(frame.code.raw))),
    Opcode(0x39, "CODECOPY", 3, 0, 3, copy_from(lambda frame: frame.code.raw)),
    Opcode(0x3A, "GASPRICE", 0, 1, 2, push_value(lambda frame: frame.tx.gas_price)),
    Opcode(0x3B, "EXTCODESIZE", 1, 1, 0, context.extcodesize),
    Opcode(0x3C, "EXTCODECOPY", 4, 0, 0, context.extcodecopy),
    Opcode(0x3D, "RETURNDATASIZE", 0, 1, 2, push_value(lambda frame: len(frame.return_data))),
    Opcode(0x3E, "RETURNDATACOPY", 3, 0, 3, context.returndatacopy),
    Opcode(0x3F, "EXTCODEHASH", 1, 1, 0, context.extcodehash),
    Opcode(0x40, "BLOCKHASH", 1, 1, 20, context.blockhash),
    Opcode(0x41, "COINBASE", 0, 1, 2, push_value(lambda frame: as_word(frame.env.coinbase))),
    Opcode(0x42, "TIMESTAMP", 0, 1, 2, push_value(lambda frame: frame.env.timestamp)),
    Opcode(0x43, "NUMBER", 0, 1, 2, push_value(lambda frame: frame.env.number)),
    Opcode(0x44, "PREVRANDAO", 0, 1, 2, push_value(lambda frame: frame.env.randao_or_difficulty)),
    Opcode(0x45, "GASLIMIT", 0, 1, 2, push_value(lambda frame: frame.env.gas_limit)),
    Opcode(0x46, "CHAINID", 0, 1, 2, push_value(lambda frame: frame.env.chain_id)),
    Opcode(0x47, "SELFBALANCE", 0, 1, 5, push_value(lambda frame: frame.journal.balance(frame.address))),
    Opcode(0x48, "BASEFEE", 0, 1, 2, push_value(lambda frame: frame.env.base_fee_per_gas)),
    Opcode(0x49, "BLOBHASH", 1, 1, 3, context.blobhash, since="Cancun"),
    Opcode(0x4A, "BLOBBASEFEE", 0, 1, 2, push_value(lambda frame: frame.env.blob_base_fee), since="Cancun"),
    Opcode(0x50, "POP", 1, 0, 2, flow.pop),
    Opcode(0x51, "MLOAD", 1, 1, 3, flow.mload),
    Opcode(0x52, "MSTORE", 2, 0, 3, flow.mstore),
    Opcode(0x53, "MSTORE8", 2, 0, 3, flow.mstore8),
    Opcode(0x54, "SLOAD", 1, 1, 0, storage.sload),
    Opcode(0x55, "SSTORE", 2, 0, 0, storage.sstore),
    Opcode(0x56, "JUMP", 1, 0, 8, flow.jump),
    Opcode(0x57, "JUMPI", 2, 0, 10, flow.jumpi),
    Opcode(0x58, "PC", 0, 1, 2, push_value(lambda frame: frame.pc - 1)),
    Opcode(0x59, "MSIZE", 0, 1, 2, push_value(lambda frame: len(frame.raw_memory))),
    Opcode(0x5A, "GAS", 0, 1, 2, push_value(lambda frame: frame.gas_left)),
    Opcode(0x5B, "JUMPDEST", 0, 0, 1, flow.jumpdest),
    Opcode(0x5C, "TLOAD", 1, 1, 100, storage.tload, since="Cancun"),
    Opcode(0x5D, "TSTORE", 2, 0, 100, storage.tstore, since="Cancun"),
    Opcode(0x5E, "MCOPY", 3, 0, 3, flow.mcopy, since="Cancun"),
    Opcode(0x5F, "PUSH0", 0, 1, 2, push_value(lambda frame: 0), since="Shanghai"),
    Opcode(0x60, "PUSH1", 0, 1, 3, flow.push1),
    *(Opcode(0x5F + n, f"PUSH{n}", 0, 1, 3, flow.push(n)) for n in range(2, 33)),
    *(Opcode(0x7F + n, f"DUP{n}", n, n + 1, 3, flow.dup(n)) for n in range(1, 17)),
    *(Opcode(0x8F + n, f"SWAP{n}", n + 1, n + 1, 3, flow.swap(n)) for n in range(1, 17)),
    *(Opcode(0xA0 + n, f"LOG{n}", 2 + n, 0, 375 * (n + 1), storage.log(n)) for n in range(5)),
    Opcode(0xF0, "CREATE", 3, 1, 32_000, calls.create(is_salted=False)),
    Opcode(0xF1, "CALL", 7, 1, 0, calls.call(takes_value=True)),
    Opcode(0xF2, "CALLCODE", 7, 1, 0, calls.call(takes_value=True, in_own_account=True)),
    Opcode(0xF3, "RETURN", 2, 0, 0, flow.return_),
    Opcode(0xF4, "DELEGATECALL", 6, 1, 0, calls.call(in_own_account=True, keeps_caller=True)),
    Opcode(0xF5, "CREATE2", 4, 1, 32_000, calls.create(is_salted=True)),
    Opcode(0xFA, "STATICCALL", 6, 1, 0, calls.call(is_static=True)),
    Opcode(0xFD, "REVERT", 2, 0, 0, flow.revert),
    Opcode(0xFE, "INVALID", 0, 0, 0, flow.invalid),
    Opcode(0xFF, "SELFDESTRUCT", 1, 0, 5_000, calls.selfdestruct),
)

BY_NAME = {opcode.name: opcode for opcode in OPCODES}
BY_CODE = {opcode.code: opcode for opcode in OPCODES}


@lru_cache
def opcodes_of(rank: int) -> tuple[Opcode, ...]:
    """Return the 256 rows of the fork with this rank; a byte that is no instruction there gets a row that halts."""

    def row(code: int) -> Opcode:
        known = BY_CODE.get(code)
        if known is not None and FORKS[known.since].rank <= rank:
            return known
        return Opcode(code, f"0x{code:02x}", 0, 0, 0, flow.invalid)

    return tuple(row(code) for code in range(256))


def mnemonics_of(fork: Fork) -> dict[str, Opcode]:
    """Return the instructions that a fork has, by name, in the order of their codes.

    >>> "CLZ" in mnemonics_of(FORKS["Prague"]), mnemonics_of(FORKS["Osaka"])["CLZ"].gas
    (False, 5)
    """
    return {row.name: row for row in opcodes_of(fork.rank) if row.name in BY_NAME}


Dispatch = tuple[tuple[Callable[[Frame], Action], int, int, int], ...]


@lru_cache
def _dispatch_of(rank: int, jumpdest: Callable[[Frame], Action]) -> Dispatch:
    return tuple(
        (jumpdest if row.code == 0x5B else row.run, row.gas, row.pops, MAX_STACK + row.pops - row.pushes)
        for row in opcodes_of(rank)
    )


def dispatch_of(fork: Fork, jumpdest: Callable[[Frame], Action] = flow.jumpdest) -> Dispatch:
    """Return what the inner loop needs of each row: function, fixed gas, least and greatest stack height before it.

    `jumpdest` may stand in for the function of JUMPDEST: the places where code can be entered begin there.
    """
    return _dispatch_of(fork.rank, jumpdest)
