"""An answer in assembly is data: it is run here, in a small world, under limits, and what it did is a value.

Gas is the limit that the machine itself keeps; the number of steps and the size of the source are ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toyevm.analysis.dependencies import critical_path, dependency_graph
from toyevm.assembler import assemble, instructions
from toyevm.errors import InputError
from toyevm.forks import DEFAULT_FORK, Fork
from toyevm.results import TxResult
from toyevm.state import StateDiff
from toyevm.vm.frame import Machine
from toyevm.vm.interpreter import step
from toyevm.vm.message import (
    DEFAULT_ADDRESS,
    DEFAULT_SENDER,
    begin_message,
    default_env,
    finish_message,
    world_with_code,
)
from toyevm.vm.opcodes import opcodes_of

MOST_GAS = 200_000  # of one run, unless the item says otherwise
MOST_STEPS = 100_000
LONGEST_SOURCE = 20_000  # characters
TOO_MANY_STEPS = "too many steps"
HEX = re.compile(r"0[xX](?:[0-9a-fA-F]{2})*")

Given = Mapping[str, Any]  # of a case: input, storage, value, gas; or calls instead of input: lists of sender and words


@dataclass(frozen=True)
class ProgramRun:
    """How a run of a program, or of several calls in a row, ended, and what it left behind; output of the last call.

    Args:
        storage: the contract's slots that are not 0 in the end.
        error: None, "revert", the name of an exceptional halt, or `TOO_MANY_STEPS`.
        stops_at: the opcode of the last step.
        stack: bottom first, before the last step.
        chain: the longest chain of calls each of which read what the one before wrote.
    """

    code: bytes
    output: bytes
    storage: Mapping[int, int]
    error: str | None
    gas_used: int
    steps: int
    stops_at: str
    stack: tuple[int, ...]
    chain: int = 1


def opcodes_in(code: bytes, fork: Fork = DEFAULT_FORK) -> frozenset[str]:
    """Return the opcodes that stand in a program for `run_program`, whether they run or not.

    >>> sorted(opcodes_in(assemble("PUSH1 2 PUSH1 3 ADD")))
    ['ADD', 'PUSH1']
    """
    return frozenset(row.opcode.name for row in instructions(code, fork))


def read_program(answer: str | bytes) -> bytes:
    """Return the bytecode of an answer: assembly, or hexadecimal that begins with 0x.

    Raises:
        InputError: it is neither (`AssemblerError` says in which line).

    >>> read_program("PUSH1 2").hex(), read_program(" 0x6002 ").hex()
    ('6002', '6002')
    """
    if isinstance(answer, bytes):
        return answer
    if len(answer) > LONGEST_SOURCE:
        raise InputError("the program is too long", expected=f"at most {LONGEST_SOURCE:,} characters")
    text = answer.strip()
    if HEX.fullmatch(text):
        return bytes.fromhex(text[2:])
    return assemble(answer)


def run_program(code: bytes, given: Given, *, gas: int = MOST_GAS, fork: Fork = DEFAULT_FORK) -> ProgramRun:
    """Run `code` on what a case gives it: once, or once for each call, on what those before left behind.

    >>> run_program(assemble("PUSH1 0 CALLDATALOAD PUSH1 1 SSTORE"), {"input": [7]}).storage
    {1: 7}
    >>> run_program(assemble("PUSH1 1 CALLER SSTORE"), {"calls": [[5], [9], [5]]}).chain
    2
    """
    gas = given.get("gas", gas)
    storage = {to_number(slot): to_number(value) for slot, value in given.get("storage", {}).items()}
    world, env = world_with_code(code, storage=storage), default_env(fork)
    results: list[TxResult] = []
    steps = 0
    for sender, data in _calls(given):
        machine = begin_message(world, env, sender=sender, input=data, value=given.get("value", 0), gas=gas)
        more, last, stack = _drive(machine, MOST_STEPS - steps)
        steps += more
        if machine.outcome is None:
            return ProgramRun(code, b"", storage, TOO_MANY_STEPS, gas, steps, last, stack)
        result = finish_message(machine, gas)
        results.append(TxResult(not result.error, result.gas_used, 0, result.read_set, result.write_set))
        world = world.apply(StateDiff(result.write_set))
        if result.error:
            break
    after = {slot: value for slot, value in sorted(world.accounts[DEFAULT_ADDRESS].storage.items()) if value}
    used, chain = sum(one.gas_used for one in results), critical_path(dependency_graph(results), lambda _: 1).length
    return ProgramRun(code, result.output, after, result.error, used, steps, last, stack, chain)


def _calls(given: Given) -> list[tuple[bytes, bytes]]:
    """Return who calls with which input."""
    if "calls" not in given:
        return [(DEFAULT_SENDER, to_bytes(given.get("input", [])))]
    return [(to_number(sender).to_bytes(20, "big"), to_bytes(words)) for sender, *words in given["calls"]]


def _drive(machine: Machine, most: int) -> tuple[int, str, tuple[int, ...]]:
    """Step until the machine stops or we lose patience; return the steps, the last opcode and the stack before it."""
    rows, steps = opcodes_of(machine.env.fork.rank), 0
    last = "STOP"
    stack: tuple[int, ...] = ()
    while machine.frames and steps < most:
        frame = machine.frames[-1]
        last, stack = rows[frame.code.padded[frame.pc]].name, tuple(frame.stack)
        step(machine)
        steps += 1
    return steps, last, stack


def to_number(value: int | str) -> int:
    """Return a number of a case: TOML has keys as text, and hexadecimal may stand for large numbers.

    >>> to_number("0x10"), to_number(7)
    (16, 7)
    """
    return int(value, 0) if isinstance(value, str) else value


def to_bytes(value: int | str | Sequence[int | str]) -> bytes:
    """Return input or output: a word, a list of words, or 0x and hexadecimal digits for bytes as they are.

    >>> to_bytes([1, 2]).hex() == "01".zfill(64) + "02".zfill(64), to_bytes("0xff00"), to_bytes([])
    (True, b'\\xff\\x00', b'')
    """
    if isinstance(value, str):
        return bytes.fromhex(value.removeprefix("0x"))
    words = [value] if isinstance(value, int) else value
    return b"".join((to_number(word) % 2**256).to_bytes(32, "big") for word in words)


def show_bytes(data: bytes) -> str:
    """Return input or output for a reader: words in decimal where they are words, else hexadecimal.

    >>> show_bytes((7).to_bytes(32, "big")), show_bytes(b""), show_bytes(b"\\x01\\x02"), show_bytes(b"\\0")
    ('7', 'nothing', '0x0102 (2 bytes)', '0x00 (1 byte)')
    """
    if not data:
        return "nothing"
    if len(data) % 32 == 0 and len(data) <= 128:
        return ", ".join(show_word(int.from_bytes(data[at : at + 32], "big")) for at in range(0, len(data), 32))
    shown = data.hex() if len(data) <= 40 else f"{data[:20].hex()}…{data[-4:].hex()}"
    return f"0x{shown} ({len(data)} byte{'s' if len(data) != 1 else ''})"


def show_word(word: int) -> str:
    """Return a word for a reader: a number just below 2**256 as what it was meant to be.

    >>> show_word(10**6), show_word(2**256 - 1), show_word(2**255)
    ('1,000,000', '2**256 - 1', '0x8000000000000000000000000000000000000000000000000000000000000000')
    """
    if word < 10**15:
        return f"{word:,}"
    return f"2**256 - {2**256 - word:,}" if 2**256 - word < 10**9 else f"{word:#x}"


def show_storage(storage: Mapping[int, int]) -> str:
    """Return slots that are not 0 for a reader.

    >>> show_storage({0: 42, 3: 1}), show_storage({})
    ('slot 0 = 42, slot 3 = 1', 'all slots 0')
    """
    return ", ".join(f"slot {slot} = {show_word(value)}" for slot, value in sorted(storage.items())) or "all slots 0"
