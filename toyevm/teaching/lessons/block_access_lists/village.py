"""The small block of lesson 07, and how to run blocks with and without a list.

Six real, signed transactions. `box` is a contract that does what it is told with one of its slots: 32 bytes of call
data look at a slot, 64 store a value, 96 add to it. Gas is free here, so that balances stay whole ether.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from toyevm.access_lists import BlockAccessList, build, encode
from toyevm.assembler import assemble
from toyevm.backends import Hints
from toyevm.blocks import Block, Withdrawal
from toyevm.chain import MAINNET
from toyevm.crypto import keccak256
from toyevm.simulation.run import Run
from toyevm.state import Account, WorldState
from toyevm.system import BEACON_ROOTS, BLOCK_HASH_HISTORY, CONSOLIDATION_REQUESTS, WITHDRAWAL_REQUESTS
from toyevm.teaching.kit.runs import run_on
from toyevm.units import ETHER, GWEI
from toyevm.workloads.planned_blocks import PlannedCall, sign_calls
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import PRODUCER, SAVINGS, Workload, open_header

BOX = b"\xb0" * 20
BOX_CODE = assemble("""
    CALLDATASIZE PUSH1 64 EQ PUSH @store JUMPI
    CALLDATASIZE PUSH1 96 EQ PUSH @add JUMPI
    PUSH0 CALLDATALOAD SLOAD STOP
store: JUMPDEST
    PUSH1 32 CALLDATALOAD PUSH0 CALLDATALOAD SSTORE STOP
add: JUMPDEST
    PUSH0 CALLDATALOAD SLOAD PUSH1 32 CALLDATALOAD ADD PUSH0 CALLDATALOAD SSTORE STOP
""")
HISTORY_CODE = assemble("PUSH0 CALLDATALOAD PUSH1 1 NUMBER SUB SSTORE STOP")  # its call data is the parent's hash
BOX_BEFORE = {1: 7, 3: 9}
PEOPLE = ("Ann", "Bob", "Cleo", "Dan", "Eve")
SYSTEM = {
    BEACON_ROOTS: "roots",
    BLOCK_HASH_HISTORY: "history",
    WITHDRAWAL_REQUESTS: "exits",
    CONSOLIDATION_REQUESTS: "merges",
}
TITLES = ("Ann>Bob 5", "Bob: box[2] += 40", "Cleo: box[1] = 7", "Dan: box[2] += 10", "Ann: look at box[3]",
          "Bob: box[2] += 5")  # fmt: skip


def look(person: str, slot: int) -> PlannedCall:
    """Return a call that reads a slot of the box."""
    return PlannedCall(person, BOX, _words(slot))


def store(person: str, slot: int, value: int) -> PlannedCall:
    """Return a call that stores a value in a slot of the box."""
    return PlannedCall(person, BOX, _words(slot, value))


def add(person: str, slot: int, amount: int) -> PlannedCall:
    """Return a call that adds to a slot of the box."""
    return PlannedCall(person, BOX, _words(slot, amount, 0))


def pay(payer: str, payee: str, ether: int) -> PlannedCall:
    """Return a payment."""
    return PlannedCall(payer, wallet(payee).address, value=ether * ETHER)


def block_of_calls(*calls: PlannedCall, withdrawal: tuple[str, int] | None = None) -> Workload:
    """Return a block of these calls, free of gas; the person of the withdrawal gets that many ether at its end."""
    accounts = {wallet(name).address: Account(balance=SAVINGS) for name in PEOPLE}
    accounts |= {BOX: Account(nonce=1, code=BOX_CODE, storage=BOX_BEFORE)}
    accounts |= {BLOCK_HASH_HISTORY: Account(nonce=1, code=HISTORY_CODE)}
    names = {wallet(name).address: name for name in PEOPLE} | {BOX: "box", PRODUCER: "producer"} | SYSTEM
    paid = [Withdrawal(0, 0, wallet(withdrawal[0]).address, withdrawal[1] * ETHER // GWEI)] if withdrawal else []
    header = replace(open_header(base_fee=0), parent_hash=(42).to_bytes(32, "big"))
    block = Block(header, sign_calls(calls, base_fee=0, tip=0), withdrawals=tuple(paid))
    return Workload(MAINNET, WorldState(accounts), block, names)


@cache
def village() -> Workload:
    """Return the block of the lesson: a payment, calls of the box, and a withdrawal for Eve."""
    calls = (
        pay("Ann", "Bob", 5), add("Bob", 2, 40), store("Cleo", 1, 7), add("Dan", 2, 10), look("Ann", 3),
        add("Bob", 2, 5),
    )  # fmt: skip
    return block_of_calls(*calls, withdrawal=("Eve", 32))


def run(workload: Workload, cores: int, backend: str, accesses: BlockAccessList | None = None) -> Run:
    """Return a block as a backend executes it on virtual cores, with a list beside the block if there is one."""
    hints = None if accesses is None else Hints(block_access_list=encode(accesses))
    return run_on(backend, workload, cores, hints)


def build_list(workload: Workload) -> BlockAccessList:
    """Return the access list of a block, as an honest producer builds it: execute, and note."""
    results = run(workload, 1, "sequential").result.results
    return build(workload.pre, workload.block, workload.chain, results)


def header_hash(accesses: BlockAccessList) -> str:
    """Return what the header holds of a list, in hexadecimal."""
    return keccak256(encode(accesses)).hex()


def _words(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in numbers)
