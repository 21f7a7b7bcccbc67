"""The sidechain of lesson 10, block by block, before any checkpoint of the student's.

    1-3  empty                    4  the mixed block of all lessons, 40 transactions
    5    empty                    6  four people burn, or seem to
    7    empty                    8  empty, the newest

Ether that is sent to the *gateway* stays there, and a log says to whom L1 owes it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from toyevm.assembler import assemble
from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block, Header
from toyevm.results import SealedBlock
from toyevm.rollups.sidechain.chain import GATEWAY, GATEWAY_CONTRACT
from toyevm.rollups.sidechain.exits import forge_block
from toyevm.sealing import child_header, seal_block
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.trie import EMPTY_TRIE_ROOT
from toyevm.types import Address
from toyevm.units import ETHER, GWEI
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import SAVINGS, Workload

PAYROLL, LOOKALIKE = (bytes([digit]) * 20 for digit in (0xB2, 0xB3))
PEOPLE = ("Ann", "Bob", "Cleo", "Dan", "Eve")
BURNS_AT, MIXED_AT, NEWEST = 6, 4, 8
BURN = GATEWAY_CONTRACT.call_data("burn", wallet("Bob").address)[:4]
PAID = (("Dan", 2), ("Bob", 5))  # whom the payroll pays through the bridge, in one transaction, in ether


def _payroll() -> bytes:
    calls = [
        f"PUSH32 0x{(BURN + bytes(28)).hex()} PUSH0 MSTORE PUSH20 0x{wallet(name).address.hex()} PUSH1 4 MSTORE "
        f"PUSH0 PUSH0 PUSH1 36 PUSH0 PUSH8 {ether * ETHER} PUSH20 0x{GATEWAY.hex()} GAS CALL POP"
        for name, ether in PAID
    ]
    return assemble("\n".join([*calls, "STOP"]))


def _lookalike() -> bytes:
    topic = GATEWAY_CONTRACT.event_topic("Burned")
    return assemble(
        f"PUSH8 {9 * ETHER} PUSH0 MSTORE PUSH20 0x{wallet('Bob').address.hex()} PUSH32 {topic:#066x} "
        "PUSH1 32 PUSH0 LOG2 STOP"
    )


@cache
def mixed() -> Workload:
    """Return the block that runs through all lessons."""
    return APPLICATIONS["mixed"](40)


@cache
def side_blocks() -> tuple[SealedBlock, ...]:
    """Return the blocks of the sidechain from 0 to the newest."""
    chain, world = mixed().chain, _first_world()
    header = Header(
        number=0, timestamp=0, coinbase=mixed().block.header.coinbase, gas_limit=30_000_000, base_fee_per_gas=GWEI,
        excess_blob_gas=0, parent_beacon_root=bytes(32), state_root=world.root, transactions_root=EMPTY_TRIE_ROOT,
        receipts_root=EMPTY_TRIE_ROOT, withdrawals_root=EMPTY_TRIE_ROOT,
    )  # fmt: skip
    sealed = [SealedBlock(header, (), ())]
    bodies = {MIXED_AT: mixed().block.transactions, BURNS_AT: _burning()}
    for number in range(1, NEWEST + 1):
        block = Block(child_header(chain, sealed[-1].header), bodies.get(number, ()))
        result = BACKENDS.named("sequential").execute_block(world, block, RunConfig(chain)).result
        world = world.apply(result.diff)
        sealed.append(seal_block(chain, block, result, world, parent=sealed[-1].header))
    return tuple(sealed)


def _first_world() -> WorldState:
    people = {wallet(name).address: Account(balance=SAVINGS) for name in PEOPLE}
    contracts = {GATEWAY: GATEWAY_CONTRACT.code, PAYROLL: _payroll(), LOOKALIKE: _lookalike()}
    return WorldState(
        people | dict(mixed().pre.accounts)
        | {address: Account(nonce=1, code=code, balance=SAVINGS * (address == PAYROLL))
           for address, code in contracts.items()}
    )  # fmt: skip


def _burning() -> tuple[Transaction, ...]:
    burn = GATEWAY_CONTRACT
    return (
        _call("Cleo", GATEWAY, burn.call_data("burn", wallet("Cleo").address), 7),
        _call("Bob", GATEWAY, burn.call_data("burn", wallet("Bob").address), 5, gas=22_500),  # too little: it fails
        _call("Bob", LOOKALIKE, b"", 0, nonce=1),
        _call("Dan", PAYROLL, b"", 0),
    )


def _call(name: str, to: Address, data: bytes, ether: int, *, nonce: int = 0, gas: int = 200_000) -> Transaction:
    fees = {"max_fee_per_gas": 30 * GWEI, "max_priority_fee_per_gas": GWEI}
    return wallet(name).sign(nonce=nonce, to=to, data=data, value=ether * ETHER, gas_limit=gas, **fees)


def invented(number: int, burns: dict[str, int]) -> SealedBlock:
    """Return a block that nobody executed: its receipts are made up, one for each burn, and its header fits them."""
    parent = side_blocks()[min(number, NEWEST + 1) - 1].header
    forged = forge_block(parent, [(wallet(name).address, ether * ETHER) for name, ether in burns.items()])
    return replace(forged, header=replace(forged.header, number=number))
