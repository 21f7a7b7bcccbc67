"""Blocks of statements such as `x = 5` or `y = x`: transactions that read one storage slot and write another.

Payments always read and write what they touch. With statements one can take the three hazards apart: `x` looks, `x = 5`
sets, `y = x` copies, `x = x + 1` counts. Each is a signed transaction of a sender of its own that calls one contract,
the *board*, whose slots are named by letters.
"""

from __future__ import annotations

import re

from toyevm.assembler import assemble
from toyevm.contracts.abi import encode_arguments
from toyevm.errors import InputError
from toyevm.state import Account
from toyevm.types import Address, Location
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, sign_block
from toyevm.workloads.workload import Workload

BOARD: Address = b"\xb0" * 20
STATEMENT = re.compile(r"(?:([a-z])\s*=\s*)?([a-z]|\d{1,3})(?:\s*\+\s*(\d{1,3}))?")
# Input: where to write, where to read, a number to add; slot 0 is none.
SOURCE = """
        PUSH1 64 CALLDATALOAD               ; [number]
        PUSH1 32 CALLDATALOAD               ; [from, number]
        DUP1 PUSH @read JUMPI
        POP PUSH @write JUMP
read:   JUMPDEST SLOAD ADD                  ; [value]
write:  JUMPDEST PUSH0 CALLDATALOAD         ; [to, value]
        DUP1 PUSH @set JUMPI STOP
set:    JUMPDEST SSTORE
"""


def statement_block(text: str) -> Workload:
    """Return a block with a transaction for each statement; semicolons or lines between them.

    Raises:
        InputError: naming the first statement that cannot be read.

    >>> len(statement_block("x = 5; y = x; x").block.transactions)
    3
    """
    calls = tuple(
        PlannedCall(f"sender {number}", BOARD, _input(statement)) for number, statement in enumerate(statements(text))
    )
    return sign_block(PlannedBlock(calls, {"board": (BOARD, Account(nonce=1, code=assemble(SOURCE)))}))


def statements(text: str) -> list[str]:
    """Return the statements of a text, without spaces around them."""
    return [part for part in map(str.strip, re.split(r"[;\n]", text)) if part]


def board_letter(location: Location) -> str:
    """Return the letter of a slot of the board; "" for any other location."""
    return chr(ord("a") + location.key - 1) if location.address == BOARD and 1 <= location.key <= 26 else ""


def _input(statement: str) -> bytes:
    found = STATEMENT.fullmatch(statement)
    if found is None:
        raise InputError(f"cannot read {statement!r}", "board", 'something like "x", "x = 5" or "y = x + 1"')
    target, source, number = found[1], found[2], int(found[3] or 0)
    words = (_slot(target), 0, number + int(source)) if source.isdigit() else (_slot(target), _slot(source), number)
    return encode_arguments(*words)


def _slot(letter: str | None) -> int:
    return ord(letter) - ord("a") + 1 if letter else 0
