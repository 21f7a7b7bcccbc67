"""Compiled code does what the interpreter does, where it is easiest to get wrong; tests/fuzz tries the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import pretend
from toyevm.assembler import assemble
from toyevm.forks import FORKS, OSAKA, Fork
from toyevm.vm import compiler
from toyevm.vm.frame import Code, prepare
from toyevm.vm.message import MessageResult, default_env, execute_message, world_with_code
from toyevm.vm.opcodes import Opcode, mnemonics_of
from toyevm.workloads.statetests import run_file

VECTORS = sorted((Path(__file__).parents[1] / "vectors").glob("*.json"))


@pytest.fixture(autouse=True)
def forget_compiled_code() -> Iterator[None]:
    prepare.cache_clear()
    yield
    prepare.cache_clear()


def run_on(monkeypatch: pytest.MonkeyPatch, hot_after: float, code: bytes, gas: int, fork: Fork) -> MessageResult:
    prepare.cache_clear()
    monkeypatch.setattr(compiler, "HOT_AFTER", hot_after)
    return execute_message(world_with_code(code, storage={1: 5}), default_env(fork), gas=gas)


def differs(monkeypatch: pytest.MonkeyPatch, code: bytes, gas: int = 100_000, fork: Fork = OSAKA) -> bool:
    interpreted, compiled = (run_on(monkeypatch, hot_after, code, gas, fork) for hot_after in (float("inf"), 0))
    return interpreted != compiled


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_vector_passes_compiled_from_the_first_visit(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(compiler, "HOT_AFTER", 0)
    outcomes = run_file((path.name, path.read_bytes()))
    assert ([row for row in outcomes.rows if not row["pass"]], outcomes.problems) == ([], [])


PROGRAMS = {
    "a stack that overflows inside a block": f"{'PUSH0 ' * 1000} JUMPDEST {'PUSH0 ' * 40} {'POP ' * 40}",
    "a difference below zero": "PUSH 1 PUSH0 CALLDATALOAD SUB  PUSH 1 SSTORE",
    "a word overwritten by a byte": "PUSH 7 PUSH 64 MSTORE  PUSH 1 PUSH 90 MSTORE8  PUSH 64 MLOAD  PUSH 1 SSTORE",
    "a word overwritten somewhere": "PUSH 7 PUSH0 MSTORE  PUSH 9 GAS PUSH0 MUL MSTORE  PUSH0 MLOAD  PUSH 1 SSTORE",
    "a word overwritten by another": "PUSH 7 PUSH 32 MSTORE  PUSH 0xffff PUSH 1 MSTORE  PUSH 32 MLOAD  PUSH 1 SSTORE",
    "a word overwritten by a copy": "PUSH 7 PUSH0 MSTORE  PUSH 32 PUSH0 PUSH0 CODECOPY  PUSH0 MLOAD  PUSH 1 SSTORE",
    "a slot read cold, then warm": "PUSH 1 SLOAD  PUSH 1 SLOAD ADD  PUSH 2 SSTORE",
    "a function called twice": """
        PUSH 7 PUSH @first PUSH @double JUMP    first: JUMPDEST PUSH @second PUSH @double JUMP    second: JUMPDEST
        PUSH 1 SSTORE STOP    double: JUMPDEST SWAP1 DUP1 ADD SWAP1 JUMP""",
    "a demand that fails at last": """
        PUSH 5  loop: JUMPDEST  PUSH 1 SWAP1 SUB  DUP1 PUSH @fine JUMPI  PUSH @fail JUMP
        fine: JUMPDEST  PUSH @loop JUMP    fail: JUMPDEST PUSH0 PUSH0 REVERT""",
    "a loop that ends in a free instruction": """
        PUSH 9  loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI  JUMPDEST STOP""",
    "a loop that ends in a dear one": """
        PUSH 9  loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI  JUMPDEST ADDRESS BALANCE PUSH 1 SSTORE""",
    "a loop over memory": "PUSH 9  loop: JUMPDEST DUP1 DUP1 PUSH 32 MUL MSTORE  PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_tiers_agree_at_every_gas_limit(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    code = assemble(PROGRAMS[name])
    enough = run_on(monkeypatch, float("inf"), code, 100_000, OSAKA).gas_used
    limits = range(enough + 2) if enough < 3_000 else range(0, enough + 2, max(1, enough // 300))
    assert [gas for gas in [*limits, enough - 1, enough] if differs(monkeypatch, code, gas)] == []


def test_a_fork_with_other_prices_is_charged_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    dear = replace(OSAKA, name="Dear", gas=replace(OSAKA.gas, warm_access=1_000, keccak_word=60))
    code = bytes.fromhex("5f545f545f5460205f2060205f2000")
    assert not differs(monkeypatch, code, fork=dear)
    assert run_on(monkeypatch, 0, code, 100_000, dear).gas_used != run_on(monkeypatch, 0, code, 100_000, OSAKA).gas_used


def test_code_made_to_be_expensive_to_compile_stays_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compiled of one contract is bounded by its length, however many places it can be entered at."""
    monkeypatch.setattr(compiler, "HOT_AFTER", 0)
    code = b"\x5b" * 20_000
    execute_message(world_with_code(code))
    blocks = prepare(code).blocks[OSAKA].values()
    assert sum(hasattr(block, "source") for block in blocks) * compiler.MAX_EFFORT < 6 * len(code)


def test_ways_out_with_long_stacks_keep_functions_short() -> None:
    """A word pushed from 32 bytes, copied to the limit, and ways out that would all write it down."""
    code = Code(bytes.fromhex("5b7f" + "ff" * 32 + "80" * 149 + "54" * 149) * 3)
    source = compiler.write_block(code, 1, OSAKA) or ""
    assert 0 < len(source) < 300_000


# What tier 1 does not write itself, on purpose. Whoever adds an instruction decides: here, or among what is FOLLOWED.
LEFT_TO_TIER_0 = {"REVERT", "INVALID", "SELFDESTRUCT", "CREATE", "CREATE2"} | {
    "CALL", "CALLCODE", "DELEGATECALL", "STATICCALL",
}  # fmt: skip
CALLED_FROM_TIER_0 = {
    "EXP", "BALANCE", "SELFBALANCE", "EXTCODESIZE", "EXTCODECOPY", "EXTCODEHASH", "RETURNDATACOPY", "MCOPY", "TLOAD",
    "TSTORE", "GASPRICE", "BLOCKHASH", "COINBASE", "PREVRANDAO", "GASLIMIT", "CHAINID", "BASEFEE", "BLOBHASH",
    "BLOBBASEFEE",
}  # fmt: skip


def treatment(row: Opcode, fork: Fork) -> str:
    """Tell what a compiled function does at an instruction, on operands as simple as can be."""
    before, after = bytes.fromhex("3050" * 4 + "6020" * row.pops), bytes(row.immediate_size) + bytes.fromhex("30" * 9)
    source = compiler.write_block(Code(before + bytes([row.code]) + after), 0, fork) or ""
    if f"op_{row.name.lower()}(frame)" in source:
        return "called"
    return "written" if re.search(rf"#.* {row.name}\b", source) else "left"


def treated(how: str) -> set[str]:
    newest = max(FORKS.values(), key=lambda fork: fork.rank)
    return {row.name for row in mnemonics_of(newest).values() if treatment(row, newest) == how}


def test_tier_1_leaves_to_tier_0_what_it_says_and_nothing_else() -> None:
    assert treated("left") == LEFT_TO_TIER_0
    assert treated("called") == CALLED_FROM_TIER_0


@pytest.mark.parametrize("name", ["XOR", "CALLER", "SLOAD", "TLOAD", "PUSH7", "DUP16"])
def test_an_instruction_that_tier_1_forgets_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = treated("left")
    monkeypatch.setattr(compiler, "FOLLOWED", compiler.FOLLOWED - {name})
    assert treated("left") == before | {name} != before


def test_an_instruction_nobody_taught_tier_1_is_left_to_tier_0() -> None:
    with pretend.registered():
        assert treated("left") == LEFT_TO_TIER_0 | {"BLEND"}


MISTAKES = {
    "the stack is not checked": ("if len(stack) > ", "if False and len(stack) > "),
    "gas is not given back on leaving": ("frame.gas_left = gas + ", "frame.gas_left = gas + 0 * "),
    "a sum is not cut to a word": (") & M", ")"),
    "a loaded slot is paid for twice": ("gas = frame.gas_left - ", "gas = frame.gas_left - 100 - "),
    "memory does not grow": ("if len(memory) < ", "if False and len(memory) < "),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_compiled_text_is_noticed(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    old, new = MISTAKES[mistake]
    honest = compiler.write_block
    monkeypatch.setattr(compiler, "write_block", lambda *a: (honest(*a) or "").replace(old, new) or None)
    found = False
    for source in PROGRAMS.values():
        code = assemble(source)
        for gas in (50, 120, 2_150, 5_000, 23_000, 100_000):
            try:
                found = found or differs(monkeypatch, code, gas)
            except (IndexError, ValueError, OverflowError):
                found = True
    assert found
