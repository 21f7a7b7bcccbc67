"""Make a failing program small enough to be understood: fewer accounts, fewer instructions, less gas.

Delta debugging (Zeller and Hildebrandt 2002): take away halves, then quarters, and so on, and keep what still fails.
When instructions go, the others move; a PUSH of the place of a JUMPDEST is put right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from tests.fuzz.programs import SENDER, Program
from tests.fuzz.writer import instructions
from toyevm.forks import Fork
from toyevm.state import Account
from toyevm.transactions import LEGACY, Transaction
from toyevm.vm.opcodes import opcodes_of

Test = Callable[[Program], bool]
T = TypeVar("T")


def minimise(program: Program, fails: Test, attempts: int = 600) -> Program:
    """Return a smaller program that fails as well; try at most so many programs."""
    left = attempts

    def still_fails(candidate: Program) -> bool:
        nonlocal left
        left -= 1
        return left >= 0 and candidate != program and fails(candidate)

    for smaller in _simplifications(program):
        candidate = smaller(program)
        if still_fails(candidate):
            program = candidate
    before = None
    while before != program and left > 0:
        before = program
        for address in sorted(program.accounts, key=lambda who: -len(program.accounts[who].code)):
            program = _smaller_code(program, address, still_fails)
        if program.tx.to is None:
            program = _smaller_init_code(program, still_fails)
    return _less_gas(program, still_fails)


def _simplifications(program: Program) -> Iterator[Callable[[Program], Program]]:
    """Yield ways to leave out something else than instructions."""
    for address in program.accounts:
        if address != SENDER:
            yield lambda now, who=address: replace(now, accounts={a: v for a, v in now.accounts.items() if a != who})
            yield lambda now, who=address: _with_account(now, who, storage={})
            yield lambda now, who=address: _with_account(now, who, balance=0)
    if program.tx.to is not None:
        yield lambda now: _with_tx(now, data=b"")
    yield lambda now: _with_tx(now, value=0)
    yield lambda now: _with_tx(now, access_list=())
    plain = {"type": LEGACY, "authorizations": (), "access_list": (), "blob_hashes": (), "max_priority_fee_per_gas": 0}
    yield lambda now: _with_tx(now, max_fee_per_blob_gas=0, **plain)


def _with_tx(program: Program, **changes: object) -> Program:
    tx: Transaction = replace(program.tx, **changes)  # type: ignore[arg-type]
    return replace(program, tx=tx)


def _with_account(program: Program, address: bytes, **changes: object) -> Program:
    if address not in program.accounts:
        return program
    account: Account = replace(program.accounts[address], **changes)  # type: ignore[arg-type]
    return replace(program, accounts=program.accounts | {address: account})


def _smaller_code(program: Program, address: bytes, fails: Test) -> Program:
    parts = instructions(program.accounts[address].code)
    kept = reduce(range(len(parts)), lambda kept: fails(_with_account(program, address, code=rebuilt(parts, kept))))
    return _with_account(program, address, code=rebuilt(parts, kept)) if len(kept) < len(parts) else program


def _smaller_init_code(program: Program, fails: Test) -> Program:
    parts = instructions(program.tx.data)
    kept = reduce(range(len(parts)), lambda kept: fails(_with_tx(program, data=rebuilt(parts, kept))))
    return _with_tx(program, data=rebuilt(parts, kept)) if len(kept) < len(parts) else program


def reduce(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return as few of the items as still fail, one by one needed.

    >>> reduce(range(100), lambda kept: 17 in kept and 71 in kept)
    [17, 71]
    """
    kept, size = list(items), len(items)
    while size >= 1:
        start = 0
        while start < len(kept):
            candidate = kept[:start] + kept[start + size :]
            if fails(candidate):
                kept = candidate
            else:
                start += size
        size //= 2
    return kept


def rebuilt(parts: list[bytes], kept: Sequence[int]) -> bytes:
    """Return the code of the instructions that are kept; jumps to those that moved are put right.

    >>> code = bytes.fromhex("5050600556005b")  # POP POP PUSH1 5 JUMP STOP JUMPDEST: the jump misses by one
    >>> rebuilt(instructions(bytes.fromhex("5050600656005b")), [2, 3, 4, 5]).hex()
    '600456005b'
    """
    before, after, chosen = {}, {}, set(kept)
    old = new = 0
    for i, part in enumerate(parts):
        before[i], after[i] = old, new
        old += len(part)
        new += len(part) * (i in chosen)
    moved = {before[i]: after[i] for i, part in enumerate(parts) if part == b"\x5b"}
    code = b""
    for i in kept:
        part = parts[i]
        target = int.from_bytes(part[1:], "big")
        if 2 <= len(part) <= 4 and target in moved:
            part = part[:1] + moved[target].to_bytes(len(part) - 1, "big")
        code += part
    return code


def _less_gas(program: Program, fails: Test) -> Program:
    step = program.gas // 2
    while step:
        less = replace(program, gas=program.gas - step)
        if less.gas > 0 and fails(less):
            program = less
        else:
            step //= 2
    return program


def listing(code: bytes, fork: Fork) -> str:
    """Return bytecode as one line of mnemonics.

    >>> from toyevm.forks import OSAKA
    >>> listing(bytes.fromhex("6001505b"), OSAKA)
    'PUSH1 0x01 POP 3:JUMPDEST'
    """
    rows, words, at = opcodes_of(fork.rank), [], 0
    for part in instructions(code):
        name = rows[part[0]].name
        name = f"{at}:{name}" if name == "JUMPDEST" else name
        words.append(f"{name} 0x{part[1:].hex()}" if len(part) > 1 else name)
        at += len(part)
    return " ".join(words)
