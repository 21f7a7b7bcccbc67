"""Hostile programs end in an error of the machine, in time, and never in one of Python's."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.worlds import ALICE, CONTRACT, ETHER, after, environment, execute, signed, world
from toyevm.assembler import assemble
from toyevm.forks import CANCUN, FORKS, LONDON, OSAKA, PRAGUE
from toyevm.state import Account
from toyevm.vm.message import default_env, execute_message, world_with_code
from toyevm.vm.opcodes import OPCODES
from toyevm.vm.precompiles import precompiles_of

HUGE = ("0", "1", "0x7fffffff", f"{2**32}", f"{2**63 - 1}", f"{2**64}", f"{2**255}", f"{2**256 - 1}")
ERRORS = {
    None, "revert", "out of gas", "stack underflow", "stack overflow", "invalid opcode", "invalid jump",
    "write in static call", "return data out of bounds", "init code too large", "code too large",
    "code starts with 0xef", "address collision", "precompile failure",
}  # fmt: skip
WITH_OPERANDS = [row for row in OPCODES if row.pops and not row.name.startswith(("DUP", "SWAP"))]


@pytest.mark.parametrize("row", WITH_OPERANDS, ids=lambda row: row.name)
def test_a_huge_operand_ends_in_no_error_of_python(row: Any) -> None:
    fork = FORKS[row.since]
    env = default_env(fork)
    for huge in HUGE:
        for position in range(row.pops):
            operands = ["PUSH 1"] * row.pops
            operands[position] = f"PUSH {huge}"
            result = execute_message(
                world_with_code(assemble(" ".join(operands) + f" {row.name}", fork)), env, gas=10_000_000
            )
            assert result.error in ERRORS
        everywhere = assemble(f"PUSH {huge} " * row.pops + row.name, fork)
        assert execute_message(world_with_code(everywhere), env, gas=10_000_000).error in ERRORS


@given(st.binary(max_size=80), st.sampled_from(tuple(FORKS)), st.binary(max_size=40))
@settings(max_examples=300)
def test_random_bytes_end_in_no_error_of_python(code: bytes, fork: str, input: bytes) -> None:
    pre = world({CONTRACT: Account(nonce=1, code=code, balance=3)})
    result = execute(pre, signed(data=input, gas_limit=500_000), environment(FORKS[fork]))
    assert result.error in ERRORS
    assert result.succeeded is (result.error is None)


@pytest.mark.parametrize("address", sorted(precompiles_of(OSAKA)), ids=lambda address: address.hex()[-3:])
@pytest.mark.parametrize("fork", [LONDON, CANCUN, PRAGUE, OSAKA], ids=str)
def test_a_precompile_ends_in_no_error_of_python(fork: Any, address: bytes) -> None:
    pre = world()
    for input in (b"", b"\xff", b"\xff" * 96, b"\xff" * 213, bytes(32), bytes(1_000), b"\0" * 31 + b"\xff" * 97):
        tx = signed(to=address, data=input, gas_limit=200_000)
        assert execute(pre, tx, environment(fork)).error in ERRORS


def test_an_endless_loop_ends_out_of_gas() -> None:
    start = time.process_time()
    result = execute(world(source="loop: JUMPDEST PUSH @loop JUMP"), signed(gas_limit=1_000_000))
    assert (result.error, result.gas_used) == ("out of gas", 1_000_000)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(("pushes", "error"), [(1_024, None), (1_025, "stack overflow")])
def test_the_stack_holds_exactly_1024_words(pushes: int, error: str | None) -> None:
    assert execute_message(world_with_code(b"\x5f" * pushes)).error == error


def test_code_that_runs_off_its_end_stops() -> None:
    for code in ("7f", "60", "7f01", "5b"):
        assert execute_message(world_with_code(bytes.fromhex(code))).error is None
    push_at_the_end = execute_message(world_with_code(bytes.fromhex("61ff")))  # counts as PUSH2 0xff00
    assert push_at_the_end.gas_used == 3


def test_a_jump_into_the_data_of_a_push_is_an_invalid_jump() -> None:
    assert execute_message(world_with_code(bytes.fromhex("6003565b"))).error is None
    assert execute_message(world_with_code(bytes.fromhex("600456605b"))).error == "invalid jump"


@pytest.mark.parametrize(
    ("init_code", "error"),
    [
        ("60ef60005360016000f3", "code starts with 0xef"),
        ("6160006000f3", None),
        ("6160016000f3", "code too large"),
        ("fe", "invalid opcode"),
        ("60006000fd", "revert"),
    ],
)
def test_a_creation_ends_in_code_or_in_its_error(init_code: str, error: str | None) -> None:
    pre = world()
    result = execute(pre, signed(to=None, data=bytes.fromhex(init_code), gas_limit=10_000_000))
    assert result.error == error
    post = after(pre, result)
    assert post.accounts[ALICE].nonce == 1
    if error is None:
        assert result.created_address is not None
        assert len(post.accounts[result.created_address].code) == 24_576
    else:
        assert result.created_address is None
        assert result.gas_used == 10_000_000 or error == "revert"


@pytest.mark.parametrize(
    "there",
    [Account(nonce=1), Account(code=b"\0"), Account(storage={1: 1}), Account(balance=ETHER)],
    ids=["nonce", "code", "storage", "balance"],
)
def test_a_contract_is_created_only_where_none_is(there: Account) -> None:
    from toyevm.vm.instructions.calls import contract_address

    address = contract_address(ALICE, 0)
    free = not (there.nonce or there.code or there.storage)
    result = execute(world({address: there}), signed(to=None))
    assert result.error == (None if free else "address collision")
    assert result.created_address == (address if free else None)
    assert (result.gas_used == 200_000) is not free
