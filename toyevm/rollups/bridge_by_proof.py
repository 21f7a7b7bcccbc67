"""The door to a bridge with a fault (l1_bridge_by_proof.vy): one burn on L2 is paid as often as it can be proven anew.

The true story: in October 2021 Gerhard Wagner found that Polygon's Plasma bridge told exits apart by a packed path that
the caller sends along. The first byte of such a path says whether the number of its digits is odd, and the bridge asked
for nothing else of it: 224 bytes say "even". Some 850 million dollars were at risk; he was paid 2 million.
"""

from __future__ import annotations

from typing import Any

from toyevm.contracts import load_contract
from toyevm.crypto import keccak256
from toyevm.rollups.bridge import GATEWAY, Bridge, WithdrawalMessage, slot_proof_of
from toyevm.rollups.l2 import L2Chain
from toyevm.transactions import Transaction
from toyevm.types import Hash32
from toyevm.workloads.wallets import Wallet

FAULTY = load_contract("l1_bridge_by_proof")
RIGHT_BYTE = 0x20  # a leaf, an even number of digits
ODD = (1, 3)
ACCEPTED_BYTES = tuple(byte for byte in range(256) if byte >> 4 not in ODD)


def packed_path(message: WithdrawalMessage, first_byte: int = RIGHT_BYTE) -> bytes:
    """Return the path to the slot of a message, in the gateway's tree, with a first byte that may be any."""
    return bytes([first_byte]) + keccak256(message.slot.to_bytes(32, "big"))


class BridgeByProof:
    """What can be done at the faulty L1 end; deposits and withdrawals are those of `Bridge`."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge

    def prove(
        self,
        wallet: Wallet,
        message: WithdrawalMessage,
        chain: L2Chain,
        number: int,
        first_byte: int = RIGHT_BYTE,
        **fields: Any,
    ) -> tuple[Transaction, Hash32]:
        """Prove that a message was sent; return the transaction, and the exit that it opens."""
        path, proof = packed_path(message, first_byte), slot_proof_of(chain.entry(number).world, GATEWAY, message.slot)
        tx = self.bridge.submit(wallet, "prove_withdrawal", *message, number, path, proof, **fields)
        return tx, keccak256(path + proof)

    def finalize(self, wallet: Wallet, exit_: Hash32, **fields: Any) -> Transaction:
        """Have an exit paid."""
        return self.bridge.submit(wallet, "finalize_withdrawal", exit_, **fields)
