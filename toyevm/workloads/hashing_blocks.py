"""Blocks of transactions that do nothing but hash: each turns one slot of a contract over and over through keccak256.

How long one takes is a number in its data, so a block can have any lengths; transactions that work on the same slot
wait for each other. Real contracts spend their time like this where they check proofs or signatures of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.assembler import assemble
from toyevm.contracts.abi import encode_arguments
from toyevm.state import Account
from toyevm.types import Address
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, sign_block
from toyevm.workloads.workload import Workload

HASHER: Address = b"\x6d" * 20
CODE = assemble("""
    PUSH 32 CALLDATALOAD  SLOAD  PUSH0 MSTORE     ; the word in memory starts as the slot that the data names
    PUSH0 CALLDATALOAD                            ; how often
    loop: JUMPDEST
    PUSH 32 PUSH0 KECCAK256  PUSH0 MSTORE
    PUSH 1 SWAP1 SUB  DUP1 PUSH @loop JUMPI
    PUSH0 MLOAD  PUSH 32 CALLDATALOAD  SSTORE
""")
GAS_PER_ROUND, GAS_BESIDE = 81, 60_000


def hashing_block(lengths: Sequence[int], unit: int = 12_000, slots: Sequence[int] | None = None) -> Workload:
    """Return a block of transactions that hash `unit` times their length.

    Args:
        slots: which one each works on; without it, each on its own.
    """
    calls = tuple(
        PlannedCall(
            f"worker {number}",
            HASHER,
            encode_arguments(unit * length, slot),
            gas_limit=GAS_BESIDE + GAS_PER_ROUND * unit * length,
        )
        for number, (length, slot) in enumerate(zip(lengths, slots or range(len(lengths)), strict=True))
    )
    return sign_block(PlannedBlock(calls, {"hasher": (HASHER, Account(nonce=1, code=CODE))}))
