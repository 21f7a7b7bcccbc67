"""Bytes that are moved: each unit is a micro-step, and where they end up is what the plain machine says."""

from __future__ import annotations

import pytest

from tests.rollups.one_step.walk import walk
from toyevm.assembler import assemble
from toyevm.crypto import keccak256
from toyevm.forks import PRAGUE
from toyevm.rollups.one_step.commitment import world_node
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.counting import StepCounter
from toyevm.rollups.one_step.trace import clone
from toyevm.rollups.one_step.witness import check_step, make_witness
from toyevm.state import Account, WorldState
from toyevm.vm.message import DEFAULT_ADDRESS, begin_message, default_env

ECHO = bytes.fromhex("aa" * 20)  # returns its input, twice as long
FAILS = bytes.fromhex("ab" * 20)  # reverts with 500 bytes of its code
FILL = "CODESIZE PUSH0 PUSH0 CODECOPY "  # the code itself, and zeros behind
REVERTS = assemble("PUSH2 333 PUSH0 REVERT").ljust(32, b"\0")
CODE = {
    "keccak": FILL + "PUSH2 1000 PUSH1 7 KECCAK256 PUSH1 135 PUSH0 KECCAK256 PUSH1 136 PUSH0 KECCAK256 STOP",
    "copies": FILL + "PUSH2 999 PUSH1 3 PUSH1 33 CODECOPY PUSH2 300 PUSH2 5000 PUSH1 1 CALLDATACOPY "
    "PUSH2 333 PUSH1 31 PUSH1 65 CALLDATACOPY PUSH2 300 PUSH1 1 PUSH2 400 ADDRESS EXTCODECOPY "
    "PUSH1 90 PUSH0 PUSH1 17 MCOPY PUSH1 90 PUSH1 17 PUSH0 MCOPY PUSH2 3000 PUSH3 100000 PUSH0 CODECOPY STOP",
    "log": FILL + "PUSH1 9 PUSH1 8 PUSH2 300 PUSH1 5 LOG2 PUSH1 33 PUSH0 LOG0 PUSH1 32 PUSH0 LOG0 STOP",
    "return": FILL + "PUSH2 333 PUSH1 1 RETURN",
    "revert": FILL + "PUSH2 333 PUSH1 1 REVERT",
    "call": FILL + f"PUSH2 100 PUSH2 50 PUSH2 333 PUSH1 9 PUSH0 PUSH20 0x{ECHO.hex()} GAS CALL "
    "RETURNDATASIZE PUSH1 1 PUSH1 99 RETURNDATACOPY STOP",
    "call that returns": FILL + f"PUSH2 100 PUSH2 50 PUSH2 333 PUSH1 9 PUSH20 0x{ECHO.hex()} GAS STATICCALL "
    "RETURNDATASIZE PUSH0 PUSH1 99 RETURNDATACOPY PUSH2 200 PUSH2 200 PUSH0 PUSH0 "
    f"PUSH20 0x{FAILS.hex()} GAS DELEGATECALL "
    "RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY PUSH2 9999 PUSH0 PUSH0 RETURNDATACOPY",
    "create": "PUSH2 400 PUSH1 0 PUSH0 CODECOPY PUSH2 400 PUSH1 0 PUSH0 CREATE STOP",
    "identity": "PUSH2 3000 PUSH0 PUSH2 3000 PUSH1 1 PUSH0 PUSH1 4 GAS CALL RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY "
    "PUSH2 70 PUSH0 PUSH2 70 PUSH1 1 PUSH1 2 GAS STATICCALL STOP",
    "long and just not too long": "PUSH0 PUSH0 PUSH2 2048 PUSH0 PUSH1 2 GAS STATICCALL "
    "PUSH0 PUSH0 PUSH2 2049 PUSH0 PUSH1 2 GAS STATICCALL STOP",
    "create that reverts": f"PUSH32 0x{REVERTS.hex()} PUSH0 MSTORE PUSH1 32 PUSH0 PUSH0 CREATE "
    "RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY PUSH1 9 PUSH1 32 PUSH0 PUSH0 CREATE2 STOP",
    "transient": "PUSH2 4660 PUSH1 1 TSTORE PUSH1 1 TLOAD PUSH1 1 SSTORE PUSH2 4661 PUSH1 1 TSTORE PUSH1 1 TLOAD "
    "PUSH1 2 SSTORE PUSH1 1 TLOAD PUSH0 PUSH1 1 TSTORE PUSH1 1 TLOAD PUSH1 3 SSTORE STOP",
    "too dear": "PUSH5 0xffffffffff PUSH0 KECCAK256",
    "beyond memory": "PUSH2 400 PUSH2 2000 PUSH0 CREATE PUSH0 PUSH2 400 PUSH2 9000 PUSH0 CREATE2 STOP",
}
DEPLOYS = assemble("PUSH2 999 PUSH0 PUSH0 CODECOPY PUSH2 200 PUSH0 RETURN") + bytes([0x7F]) * 200
CODE["creates code"] = (
    "PUSH32 0x" + DEPLOYS[:32].ljust(32, b"\x7f").hex() + " PUSH0 MSTORE CALLDATASIZE PUSH0 PUSH1 32 CALLDATACOPY "
    "PUSH1 1 PUSH2 400 PUSH0 PUSH0 CREATE2 PUSH1 1 PUSH2 400 PUSH0 PUSH0 CREATE2 PUSH2 300 PUSH0 PUSH0 CREATE "
    "EXTCODEHASH PUSH2 400 PUSH0 PUSH0 CREATE EXTCODESIZE STOP"
)


@pytest.mark.parametrize("name", CODE)
def test_every_unit_is_a_step_that_a_witness_shows(name: str) -> None:
    echo = assemble(
        "CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY CALLDATASIZE PUSH0 CALLDATASIZE CALLDATACOPY "
        "CALLDATASIZE DUP1 ADD PUSH0 RETURN"
    )
    fails = assemble("PUSH2 500 PUSH0 PUSH0 CODECOPY PUSH2 500 PUSH0 REVERT")
    accounts = {
        ECHO: Account(code=echo),
        FAILS: Account(code=fails),
        DEFAULT_ADDRESS: Account(code=assemble(CODE[name])),
    }
    world = WorldState(accounts)
    counter = StepCounter(default_env(PRAGUE))
    machine = begin_message(world, counter.env, input=b"\x5b\x60" * 200, gas=400_000)
    counted, posting = clone(machine), clone(machine)
    while posting.frames:
        counter.step(posting)
    context = Context(default_env(PRAGUE), machine.tx, posted=counter.posted)
    for walked in walk(machine, world_node(world), context):
        assert counter.step(counted) == len(walked.states), walked.name
        for state, after in zip(walked.states, [*walked.states[1:], walked.after]):
            witness = make_witness(state, context)
            assert check_step(state.hash, witness, context) == after.hash
            assert len(witness) <= 4096


def test_a_hash_is_a_step_a_block() -> None:
    code = assemble("PUSH2 1000 PUSH0 KECCAK256 STOP")
    world = WorldState({DEFAULT_ADDRESS: Account(code=code)})
    machine = begin_message(world)
    steps = {walked.name: walked for walked in walk(machine, world_node(world), Context(machine.env, machine.tx))}
    assert len(steps["KECCAK256"].states) == 1 + (1000 // 136 + 1) + 1  # try, blocks, try again
    assert keccak256(bytes(1000)).lstrip(b"\0") in {
        node.value for node in steps["KECCAK256"].after.children[0].children[:1]
    }
