"""A block's way to L1: accounts get numbers, what it credits is locked, its payments are proven and posted."""

from __future__ import annotations

from toyevm.errors import InputError, NotProvable
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.l1 import L1, L1Answer
from toyevm.rollups.zk.payments.values import BRIDGE, UNIT, digest_bytes
from toyevm.rollups.zk_rollup.accounts import tree_of
from toyevm.rollups.zk_rollup.precompiles import ZK_L1_CHAIN
from toyevm.rollups.zk_rollup.provable import provable
from toyevm.rollups.zk_rollup.proven_batch import prove_batch
from toyevm.rollups.zk_rollup.root_contract import KEEPER, RollupTerms, RootContract


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
    try:
        contract.register(block.owners[1:])
    except InputError as error:
        raise NotProvable(None, str(error)) from error
    for deposit in block.deposits:
        _expect(contract.deposit(KEEPER, deposit.amount * UNIT, block.owners[deposit.payee]))
    if block.proven:
        _expect(contract.submit(prove_batch(tree, block.payments, block.deposits)))
    return contract


def _expect(answer: L1Answer) -> None:
    if not answer.accepted:
        raise NotProvable(None, f"L1 refuses: {answer.reason}")
