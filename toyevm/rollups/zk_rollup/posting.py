"""A block's way to L1: accounts get numbers, what it credits is locked, its payments are proven and posted."""

from __future__ import annotations

from toyevm.errors import NotProvable
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.l1 import L1
from toyevm.rollups.zk.payments.proofs import prove_payments
from toyevm.rollups.zk.payments.values import BRIDGE, UNIT, digest_bytes
from toyevm.rollups.zk_rollup.accounts import tree_of
from toyevm.rollups.zk_rollup.precompiles import ZK_L1_CHAIN
from toyevm.rollups.zk_rollup.provable import provable
from toyevm.rollups.zk_rollup.root_contract import KEEPER, RollupTerms, RootContract
from toyevm.rollups.zk_rollup.signed_batch import encode_payments


def post(executed: ExecutedBlock) -> RootContract:
    """Return the contract, on an L1 of its own, once it has taken the block's payments.

    Raises:
        NotProvable: there is something in the block that cannot be proven, or L1 refuses it.
        InvalidTransaction: nobody on L1 has as much as the block credits.
    """
    block = provable(executed)
    tree = tree_of(executed.pre, block.owners)
    terms = RollupTerms(digest_bytes(tree.root), tree.leaf(BRIDGE).balance, executed.chain.chain_id)
    contract = RootContract(L1([KEEPER], ZK_L1_CHAIN), terms)
    contract.register(block.owners[1:])
    for deposit in block.deposits:
        contract.deposit(KEEPER, deposit.amount * UNIT, block.owners[deposit.payee])
    if block.proven:
        statement, proof = prove_payments(tree, block.proven)
        data = encode_payments(block.payments)
        answer = contract.submit(digest_bytes(statement.new_root), data, len(block.deposits), proof)
        if not answer.accepted:
            raise NotProvable(None, answer.reason)
    return contract
