"""Transactions that are nothing but work: each turns a slot of one contract through a hash function, again and again.

How long one takes is a number in its data, so a block can have any lengths; who works on the same slot, waits. Real
contracts spend their time like this where they check proofs or signatures of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.assembler import assemble
from toyevm.blocks import Block, Header
from toyevm.chain import MAINNET
from toyevm.state import Account, WorldState
from toyevm.types import Address
from toyevm.workloads.mempool import GWEI
from toyevm.workloads.transfers import BASE_FEE, ETHER, PRODUCER, Workload
from toyevm.workloads.wallets import wallet

MILL: Address = b"\x6d" * 20
CODE = assemble("""
    PUSH 32 CALLDATALOAD  SLOAD  PUSH0 MSTORE     ; the word in memory starts as the slot that the data names
    PUSH0 CALLDATALOAD                            ; how often
    loop: JUMPDEST
    PUSH 32 PUSH0 KECCAK256  PUSH0 MSTORE
    PUSH 1 SWAP1 SUB  DUP1 PUSH @loop JUMPI
    PUSH0 MLOAD  PUSH 32 CALLDATALOAD  SSTORE
""")
GAS_PER_ROUND, GAS_BESIDE = 81, 60_000


def mill_block(lengths: Sequence[int], unit: int = 12_000, slots: Sequence[int] | None = None) -> Workload:
    """Return a block of transactions that hash `unit` times their length.

    Args:
        slots: which one each works on; without it, each on its own.
    """
    people = [wallet(f"miller {number}") for number in range(len(lengths))]
    transactions = []
    for number, (person, length) in enumerate(zip(people, lengths, strict=True)):
        slot = number if slots is None else slots[number]
        transactions.append(
            person.sign(
                nonce=0, to=MILL, data=(unit * length).to_bytes(32, "big") + slot.to_bytes(32, "big"),
                gas_limit=GAS_BESIDE + GAS_PER_ROUND * unit * length, max_fee_per_gas=2 * BASE_FEE,
                max_priority_fee_per_gas=GWEI,
            )
        )  # fmt: skip
    header = Header(
        number=1, timestamp=12, coinbase=PRODUCER, gas_limit=60_000_000, base_fee_per_gas=BASE_FEE, excess_blob_gas=0
    )
    rich = {person.address: Account(balance=ETHER) for person in people}
    world = WorldState(rich | {MILL: Account(nonce=1, code=CODE)})
    names = {person.address: f"miller {number}" for number, person in enumerate(people)} | {MILL: "mill"}
    return Workload(MAINNET, world, Block(header, tuple(transactions)), names)
