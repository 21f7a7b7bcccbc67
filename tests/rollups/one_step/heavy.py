"""A state in which witnesses are as long as they get: many accounts, slots and warm entries, 24 kB of code.

python -m tests.rollups.one_step.heavy      how long the witness of each kind of micro-step is at most
"""

from __future__ import annotations

import statistics

from tests.rollups.one_step.samples import name_of
from tests.support.worlds import ALICE, BOB, CONTRACT, ETHER, NOBODY, authorize, environment, signed
from toyevm.assembler import assemble
from toyevm.crypto import keccak256
from toyevm.forks import PRAGUE
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.items import item_of
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.witness import make_witness
from toyevm.state import Account, WorldState
from toyevm.transactions import SET_CODE
from toyevm.types import Address
from toyevm.vm.instructions.calls import DELEGATION_PREFIX

HOLDERS = 4096
DELEGATED: Address = bytes.fromhex("de" * 20)
WORKER: Address = bytes.fromhex("30" * 20)
HEIR: Address = bytes.fromhex("4e" * 20)


def many_accounts() -> dict[Address, Account]:
    holders = {keccak256(b"holder %d" % i)[:20]: Account(nonce=i, balance=ETHER + i) for i in range(HOLDERS)}
    return {ALICE: Account(balance=100 * ETHER), BOB: Account(balance=100 * ETHER), **holders}


def many_slots() -> dict[int, int]:
    return {int.from_bytes(keccak256(b"slot %d" % i), "big"): 2**255 + i for i in range(HOLDERS)} | dict.fromkeys(
        range(300), 7
    )


def call(kind: str, target: Address, *, value: int | None, input_size: int = 64) -> str:
    amount = "" if value is None else f"PUSH {value}"
    return f"PUSH 64 PUSH 31 PUSH {input_size} PUSH 33 {amount} PUSH20 0x{target.hex()} GAS {kind} POP "


def heavy_world() -> WorldState:
    """Return a world in which CONTRACT calls everybody, with full words everywhere, deep in its stack and its code."""
    full = 2**256 - 1
    words = "".join(f"PUSH32 {hex(full - i)} PUSH {32 * i} MSTORE " for i in range(80))
    slots = "".join(f"PUSH {i} SLOAD POP " for i in range(120))
    stack = f"PUSH32 {hex(full)} " * 17
    changes = (
        "PUSH32 0x" + "77" * 32 + " PUSH 3 SSTORE PUSH 0 PUSH 3 SSTORE PUSH 9 PUSH 1000 TSTORE PUSH 1000 TLOAD POP "
    )
    calls = (
        call("CALL", WORKER, value=1)
        + call("CALL", DELEGATED, value=2)
        + call("CALL", NOBODY, value=3)
        + call("CALLCODE", WORKER, value=1)
        + call("DELEGATECALL", DELEGATED, value=None)
        + call("STATICCALL", DELEGATED, value=None)
        + call("STATICCALL", (2).to_bytes(20, "big"), value=None, input_size=2048)
        + call("STATICCALL", (4).to_bytes(20, "big"), value=None, input_size=2500)
    )
    init_code = assemble("PUSH 200 PUSH 0 RETURN").ljust(32, b"\xff")
    others = (
        f"PUSH32 0x{init_code.hex()} PUSH 0 MSTORE PUSH 9 PUSH 300 PUSH 0 PUSH 1 CREATE2 POP "
        "PUSH 300 PUSH 0 PUSH 1 CREATE POP DUP16 SWAP16 POP "
        f"PUSH20 0x{HEIR.hex()} EXTCODEHASH POP PUSH20 0x{DELEGATED.hex()} EXTCODESIZE POP "
        f"PUSH 300 PUSH 3 PUSH 7 PUSH20 0x{WORKER.hex()} EXTCODECOPY PUSH 33 PUSH 1 KECCAK256 POP "
        "PUSH 300 PUSH 31 KECCAK256 POP PUSH 1 PUSH 2 PUSH 3 PUSH 4 PUSH 300 PUSH 31 LOG4 PUSH 33 MLOAD POP "
        "PUSH 300 PUSH 65 PUSH 33 MCOPY "
    )
    body = words + slots + stack + changes + calls + others + f"PUSH20 0x{HEIR.hex()} SELFDESTRUCT"
    worker = assemble(f"{words} PUSH 5 PUSH 4 SSTORE PUSH20 0x{HEIR.hex()} BALANCE POP PUSH 333 PUSH 31 RETURN")
    accounts = many_accounts() | {
        CONTRACT: Account(1, ETHER, assemble(body).ljust(24_576, b"\x5b"), many_slots()),
        WORKER: Account(1, ETHER, worker.ljust(24_576, b"\x5b"), many_slots()),
        DELEGATED: Account(1, ETHER, DELEGATION_PREFIX + WORKER, many_slots()),
    }
    return WorldState(accounts)


def heavy_trace() -> BlockTrace:
    """Return a block with one transaction that does it all."""
    access = ((CONTRACT, (1, 2**200)),)
    tx = signed(gas_limit=25_000_000, value=5, type=SET_CODE, authorizations=(authorize(),), access_list=access)
    env = environment(PRAGUE)
    return BlockTrace(heavy_world(), env, [item_of(env, tx)])


def longest() -> tuple[float, dict[str, int]]:
    """Return the median of all witnesses of the heavy transaction, and the longest of each kind of micro-step."""
    steps = heavy_trace().steps(0)
    state, sizes, most = steps.before, list[int](), dict[str, int]()
    for _ in range(steps.count):
        name, size = name_of(state, steps.context), len(make_witness(state, steps.context))
        most[name] = max(size, most.get(name, 0))
        sizes.append(size)
        state = micro_step(state, steps.context)
    return statistics.median(sizes), dict(sorted(most.items(), key=lambda item: -item[1]))


if __name__ == "__main__":
    median, most = longest()
    print(f"median {median:g} bytes")
    for name, size in most.items():
        print(f"{size:5} {name}")
