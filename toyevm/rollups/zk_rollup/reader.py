"""Rebuilding the accounts from L1 alone: whoever can read L1 needs no operator, to pay or to leave."""

from __future__ import annotations

from toyevm.errors import InputError
from toyevm.rollups.zk.payments.values import ProvenPayment, digest_bytes
from toyevm.rollups.zk_rollup.accounts import paid, tree_of
from toyevm.rollups.zk_rollup.root_contract import BRIDGE_ADDRESS, RootContract
from toyevm.rollups.zk_rollup.signed_batch import decode_payments
from toyevm.state import WorldState
from toyevm.types import to_address


def rebuild(contract: RootContract, genesis: WorldState) -> WorldState:
    """Return the world of L2 after the last batch, from its first world and the logs of the contract on L1.

    Raises:
        InputError: payments of a batch are not on L1, or what they make is not under the root that L1 believes.
    """
    if hidden := contract.logs("AttestedBatch"):
        raise InputError(f"the payments of {len(hidden)} batches are not on L1", "rebuild", "a batch with its data")
    owners = [BRIDGE_ADDRESS, *(to_address(log.topics[2]) for log in contract.logs("Registered"))]
    dismissed = {log.topics[1] for log in contract.logs("Dismissed")}
    queue = [
        ProvenPayment(log.topics[2], log.topics[3], int.from_bytes(log.data, "big"), None)
        for log in contract.logs("Queued")
        if log.topics[1] not in dismissed
    ]
    world, seen = genesis, 0
    for log in contract.logs("Batch"):
        _, taken, _, size = (int.from_bytes(log.data[at : at + 32], "big") for at in range(0, 128, 32))
        payments = [payment.proven for payment in decode_payments(log.data[128 : 128 + size])]
        world = paid(world, owners, [*payments, *queue[seen : seen + taken]])
        seen += taken
    if digest_bytes(tree_of(world, owners).root) != contract.root:
        raise InputError(f"the accounts on L1 are not under 0x{contract.root.hex()}", "rebuild")
    return world
