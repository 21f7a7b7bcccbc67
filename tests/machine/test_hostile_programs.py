"""Programs at the limits of the machine, in both tiers: depth, size of memory, of code and of what was returned.

EELS judges what they did and what it cost. One more set of programs runs in a process with little memory and little
time, through the command, as a stranger would run them.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.fuzz import eels, programs
from tests.fuzz.eels import Answer
from tests.fuzz.programs import MAIN, PRICE, SENDER, TIP, Program
from tests.fuzz.set_code import asked
from tests.fuzz.tiers import NEVER, hot_after
from tests.machine.test_hostile_transactions import limited
from tests.machine.test_limits import ERRORS, WITH_OPERANDS
from tests.support.oracles import specification
from tests.vectors.vectorsource.assembly import Part, Raw, asm, call, memory_bytes, store
from toyevm.assembler import assemble
from toyevm.forks import FORKS, LONDON, OSAKA, PRAGUE, SHANGHAI, Fork
from toyevm.state import Account
from toyevm.transactions import FEE_MARKET, Transaction
from toyevm.vm import gas
from toyevm.vm.frame import prepare
from toyevm.vm.instructions import calls, context
from toyevm.vm.message import MessageResult, default_env, execute_message, world_with_code
from toyevm.vm.opcodes import OPCODES

TIERS = {"interpreted": NEVER, "compiled": 0}
both_tiers = pytest.mark.parametrize("visits", TIERS.values(), ids=TIERS.keys())


@pytest.fixture(autouse=True)
def forget_compiled_code() -> Iterator[None]:
    prepare.cache_clear()
    yield
    prepare.cache_clear()


# Depth

DIVE = """
    PUSH 32 PUSH 0 PUSH 0 PUSH 0 {value} ADDRESS GAS {kind}
    RETURNDATASIZE ADD  PUSH 31 NOT AND      ; 32 if it answered, 0 if it was refused
    POP  PUSH 0 MLOAD PUSH 1 ADD PUSH 0 MSTORE  PUSH 32 PUSH 0 RETURN
"""
ENDLESS_GAS = 10**15


def dive(kind: str, visits: float, fork: Fork = OSAKA) -> MessageResult:
    value = "PUSH 0" if kind in ("CALL", "CALLCODE") else ""
    limit = sys.getrecursionlimit()
    with hot_after(visits):
        result = execute_message(
            world_with_code(assemble(DIVE.format(kind=kind, value=value))), default_env(fork), gas=ENDLESS_GAS
        )
    assert sys.getrecursionlimit() == limit
    return result


@both_tiers
@pytest.mark.parametrize("kind", ["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"])
def test_calls_go_exactly_1024_deep(kind: str, visits: float) -> None:
    result = dive(kind, visits)
    assert (result.error, int.from_bytes(result.output, "big")) == (None, 1_025)
    assert result.gas_used == dive(kind, NEVER).gas_used


@both_tiers
@pytest.mark.parametrize("kind", ["CREATE", "CREATE2"])
@pytest.mark.parametrize("fork", [LONDON, OSAKA], ids=str)
def test_creations_go_exactly_1024_deep(fork: Fork, kind: str, visits: float) -> None:
    """Init code that creates itself again; the deepest finds no room, keeps its gas, and its nonce does not rise."""
    salt = "PUSH1 7" if kind == "CREATE2" else ""
    code = assemble(f"CODESIZE PUSH1 0 PUSH1 0 CODECOPY {salt} CODESIZE PUSH1 0 PUSH1 0 {kind} PUSH1 0 SSTORE", LONDON)
    with hot_after(visits):
        result = execute_message(world_with_code(code), default_env(fork), gas=ENDLESS_GAS)
    nonces = sorted(value for location, value in result.write_set.items() if location.key == -3)
    made = [value for location, value in result.write_set.items() if location.key == 0]
    assert result.error is None
    assert nonces == [1, *[2] * 1_024]
    assert len(made) == len(set(made)) == 1_024  # all but the deepest hold an address


@pytest.mark.parametrize("limit", [1_023, 1_025])
def test_another_limit_of_depth_is_noticed(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(calls, "MAX_DEPTH", limit)
    assert int.from_bytes(dive("CALL", NEVER).output, "big") == limit + 1


# Memory

OFFSETS = (0, 1, 63, 64, 65, 2**16, 2**28, 2**32, 2**63, 2**64 - 1, 2**64, 2**128, 2**255, 2**256 - 32, 2**256 - 1)
SIZES = (0, 1, 32, 64, 65, 2**16, 2**28, 2**32 - 1, 2**64, 2**255, 2**256 - 1)
SHAPES = {  # operands from the top of the stack: o an offset, s a size, other numbers as they are
    "MLOAD": "o", "MSTORE": "o5", "MSTORE8": "o5", "KECCAK256": "os", "CALLDATALOAD": "o", "CALLDATACOPY": "oos",
    "CODECOPY": "oos", "EXTCODECOPY": "4oos", "RETURNDATACOPY": "oos", "MCOPY": "oos", "LOG0": "os", "LOG4": "os1234",
    "CREATE": "0os", "CREATE2": "0os7", "CALL": "940osos", "CALLCODE": "940osos", "DELEGATECALL": "94osos",
    "STATICCALL": "94osos", "RETURN": "os", "REVERT": "os",
}  # fmt: skip


def operands(rng: random.Random, shape: str) -> list[int]:
    """Return operands, top first; at least one of them is out of the ordinary."""
    while True:
        chosen = [rng.choice(OFFSETS) if c == "o" else rng.choice(SIZES) if c == "s" else int(c) for c in shape]
        if any(number > 32 for number in chosen):
            return chosen


def reaching(name: str, seed: int, fork: Fork) -> Program:
    """Return a transaction that tries one instruction with many operands, some known when it is compiled.

    Each try is a call of its own, with 64 bytes of memory and 64 of return data; what it left is stored.
    """
    rng = random.Random(seed)
    accounts = {SENDER: Account(balance=10**30)}
    tries: list[Part] = []
    for i in range(14):
        chosen, known = operands(rng, SHAPES[name]), i % 2 == 0
        given: list[Part] = [[n if known else [32 * k, "CALLDATALOAD"]] for k, n in enumerate(chosen)]
        begin: Part = [1, 32, "MSTORE", call(4, inputs=(0, 64)), "POP"]
        code = asm(
            begin, given[::-1], name, "MSIZE", 0, "MSTORE", 32, 0, "RETURN" if name not in ("RETURN", "REVERT") else ""
        )
        where = (0x4000 + i).to_bytes(20, "big")
        accounts[where] = Account(nonce=1, code=code)
        data = b"".join(number.to_bytes(32, "big") for number in chosen)
        flag = call(where, gas=60_000, inputs=(0, len(data)), outputs=(0, 32))
        tries += [memory_bytes(data, 0), "GAS", store(8 * i, flag), "GAS SWAP1 SUB", 8 * i + 1, "SSTORE"]
        tries += [store(8 * i + 2, 0, "MLOAD"), store(8 * i + 3, "RETURNDATASIZE")]
    accounts[MAIN] = Account(nonce=1, code=asm(*tries))
    return Program(f"{name} {seed}", fork, accounts, sending(to=MAIN), 8_000_000)


def sending(**fields: Any) -> Transaction:
    return Transaction(type=FEE_MARKET, chain_id=1, max_fee_per_gas=PRICE, max_priority_fee_per_gas=TIP, **fields)


@cache
def judged(name: str, seed: int, fork: Fork) -> Answer:
    """Return what EELS says about it."""
    return asked(reaching(name, seed, fork))


def differs(name: str, seed: int, fork: Fork, visits: float) -> bool:
    program = reaching(name, seed, fork)
    with hot_after(visits):
        return bool(eels.answer(program, program.signed) != judged(name, seed, fork))


@both_tiers
@pytest.mark.parametrize("name", SHAPES)
def test_an_instruction_reaches_for_memory_as_in_the_specification(name: str, visits: float) -> None:
    specification()
    for seed, fork in enumerate((OSAKA, OSAKA) if name == "MCOPY" else (LONDON, PRAGUE, OSAKA)):
        assert not differs(name, seed, fork, visits)
        assert judged(name, seed, fork).succeeded


MISTAKES = {
    "the high part of an offset is lost": lambda offset, size: (offset % 2**64, size),
    "the high part of a size is lost": lambda offset, size: (offset, size % 2**64),
    "an empty range needs memory": lambda offset, size: (offset, size) if size else (offset % 2**16, 1),
    "an end is rounded down": lambda offset, size: (max(0, offset - 31), size),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_price_of_memory_is_found(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    specification()
    honest, change = gas.expansion, MISTAKES[mistake]
    for module in (gas, calls, context):
        if hasattr(module, "expansion"):
            monkeypatch.setattr(module, "expansion", lambda frame, *where: honest(frame, *change(*where)))
    names = ("KECCAK256", "CALLDATACOPY", "CALL", "RETURN")
    assert any(differs(name, seed, fork, NEVER) for name in names for seed, fork in enumerate((LONDON, PRAGUE, OSAKA)))


@pytest.mark.parametrize("row", WITH_OPERANDS, ids=lambda row: row.name)
def test_the_tiers_take_huge_operands_alike(row: Any) -> None:
    """As known numbers, and as numbers that only the input knows."""
    rng, fork = random.Random(row.code), FORKS[row.since]
    for _ in range(4):
        chosen = [rng.choice(OFFSETS) for _ in range(row.pops)]
        known = " ".join(f"PUSH {n}" for n in reversed(chosen))
        unknown = " ".join(f"PUSH {32 * k} CALLDATALOAD" for k in reversed(range(row.pops)))
        data = b"".join(number.to_bytes(32, "big") for number in chosen)
        for source in (known, unknown):
            world, results = world_with_code(assemble(f"{source} {row.name}", fork)), []
            for visits in TIERS.values():
                with hot_after(visits):
                    results.append(execute_message(world, default_env(fork), input=data, gas=3_000_000))
            assert results[0] == results[1]
            assert results[0].error in ERRORS


# Code


def creating(kind: str, size: int, deployed: int, fork: Fork, first: int = 0) -> Program:
    """Return a transaction whose contract creates another: `size` bytes of init code, `deployed` bytes of code."""
    init = asm(first, 0, "MSTORE8", deployed, 0, "RETURN").ljust(size, b"\0")[:size]
    salt: list[Part] = [5] if kind == "CREATE2" else []
    if kind == "transaction":
        return _created_by_transaction(init, fork)
    make: Part = [memory_bytes(init[:32].rstrip(b"\0"), 0), "GAS", salt, size, 0, 0, kind]
    code = asm(make, 0, "SSTORE", "GAS SWAP1 SUB", 1, "SSTORE", store(2, "RETURNDATASIZE"), store(3, "MSIZE"))
    accounts = {SENDER: Account(balance=10**30), MAIN: Account(nonce=1, code=code)}
    return Program(kind, fork, accounts, sending(to=MAIN), 12_000_000)


def _created_by_transaction(init: bytes, fork: Fork) -> Program:
    accounts = {SENDER: Account(balance=10**30)}
    return Program("transaction", fork, accounts, sending(to=None, data=init), 12_000_000)


@pytest.mark.parametrize("fork", [LONDON, SHANGHAI, OSAKA], ids=str)
@pytest.mark.parametrize("kind", ["CREATE", "CREATE2", "transaction"])
def test_the_limits_of_code_size_are_those_of_the_specification(kind: str, fork: Fork) -> None:
    specification()
    sizes = [(49_152, 1), (49_153, 1), (100, 24_576), (100, 24_577), (0, 0)]
    verdicts = {pair: eels.check(creating(kind, *pair, fork)) for pair in sizes}
    assert {pair: verdict.difference for pair, verdict in verdicts.items() if verdict.difference} == {}
    with_prefix = eels.check(creating(kind, 100, 1, fork, first=0xEF))
    assert with_prefix.difference is None
    refused = [pair for pair, verdict in verdicts.items() if not verdict.outcome.startswith("success")]
    assert refused or kind != "transaction"


@pytest.mark.parametrize("change", [{"max_code_size": 24_575}, {"max_init_code_size": 49_153}])
def test_another_limit_of_code_size_is_noticed(monkeypatch: pytest.MonkeyPatch, change: dict[str, int]) -> None:
    monkeypatch.setitem(FORKS, "Shanghai", replace(SHANGHAI, **change))
    programs.environment.cache_clear()
    try:
        with pytest.raises(AssertionError):
            test_the_limits_of_code_size_are_those_of_the_specification("CREATE", SHANGHAI)
    finally:
        programs.environment.cache_clear()


# Strangers


def strange_code(rng: random.Random) -> str:
    """Return code that asks for memory, calls, creates and repeats, most of it nonsense; never a loop for long."""
    names = [row for row in OPCODES if row.name not in ("STOP", "INVALID")]
    parts: list[Part] = []
    for _ in range(rng.randrange(1, 40)):
        row = rng.choice(names)
        numbers = [rng.choice((*OFFSETS, 0, 1, 32, 100, 1_000)) for _ in range(row.pops if row.pops <= 7 else 1)]
        parts += [*numbers, Raw(bytes([row.code])) if row.immediate_size == 0 else rng.randrange(256)]
    code = asm(*parts) if rng.random() < 0.9 else rng.randbytes(rng.randrange(80))
    return code.hex()


def run_strangers(count: int = 60) -> None:
    """Run strange programs through the command, one JSON a line; to be called where memory and time are short."""
    from toyevm.cli import run_command

    rng = random.Random(3)
    for i in range(count):
        chosen = rng.choice(tuple(FORKS))
        code, amount = strange_code(rng), rng.choice(("100", "30000", "3000000"))
        arguments = ["run", "--code", code, "--gas", amount, "--fork", chosen, "--warmup", rng.choice("01")]
        assert run_command([*arguments, "--input", "0x" + "ff" * rng.choice((0, 4, 100))]) == 0, i


def fill_memory(amount: int) -> None:
    """Go down some ninety levels, each with the same large memory, until `amount` of gas is spent; in both tiers."""
    size = min(32 * int((512 * amount / 200) ** 0.5), 2**27)
    source = f"PUSH 1 PUSH {size - 1} MSTORE8 PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH 0 ADDRESS GAS CALL"
    for visits in TIERS.values():
        with hot_after(visits):
            result = execute_message(world_with_code(assemble(source)), gas=amount)
        assert result.error is None
        assert result.gas_used > amount // 5


@pytest.mark.parametrize(
    ("amount", "megabytes"),
    [(45_000_000, 600), (10**9, 600), (10**15, 1_800)],
    ids=["a block", "the command", "far too much"],
)
def test_memory_that_can_be_paid_for_fits(amount: int, megabytes: int) -> None:
    done = limited(f"from {__name__} import fill_memory; fill_memory({amount})", megabytes=megabytes, seconds=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_strangers_code_breaks_the_command() -> None:
    done = limited(f"from {__name__} import run_strangers; run_strangers()", megabytes=900, seconds=30)
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 60
    assert {answer["error"] for answer in answers} <= ERRORS
    assert len({answer["error"] for answer in answers}) >= 4
