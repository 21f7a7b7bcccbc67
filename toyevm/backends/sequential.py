"""One transaction after the other, in the order of the block: the meaning of a block, and the oracle for the rest.

Each transaction reads the state its predecessors left behind. The limits of the block (gas, blobs) are checked where
they are used up: a transaction that would be fine on its own may not fit any more.
"""

from __future__ import annotations

from toyevm.backends.base import Kind, RunConfig
from toyevm.blocks import Block
from toyevm.chain import GAS_PER_BLOB
from toyevm.errors import InvalidBlock, InvalidTransaction
from toyevm.results import BlockResult, TxResult
from toyevm.state import BlockView, WorldState
from toyevm.system import begin_block, end_block
from toyevm.transactions import Transaction
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Version
from toyevm.vm.frame import BlockEnv


class SequentialBackend:
    """Preset order, one after the other."""

    name = "sequential"
    kind: Kind = "sequential"
    summary = "preset order, one after the other: the oracle"

    def execute_block(self, pre: WorldState, block: Block, config: RunConfig) -> BlockResult:
        """Execute `block` on `pre`; see `Backend.execute_block`."""
        env = config.chain.env(block)
        view = BlockView(pre)
        begin_block(view, env, block)
        results: list[TxResult] = []
        room = BlockRoom(env)
        for tx_index, tx in enumerate(block.transactions):
            try:
                room.check(tx)
                result = execute_transaction(view, env, check_transaction(view, env, tx))
            except InvalidTransaction as error:
                raise InvalidBlock(str(error), tx_index) from error
            room.use(tx, result)
            view.commit(Version(tx_index), result.diff)
            view.pay(Version(tx_index), env.coinbase, result.fee)
            results.append(result)
        requests = end_block(view, env, block, results)
        return BlockResult(tuple(results), view.diff(), requests, attempts=len(results))


class BlockRoom:
    """How much gas and how many blobs still fit into the block."""

    def __init__(self, env: BlockEnv) -> None:
        self.gas = env.gas_limit
        self.blob_gas = GAS_PER_BLOB * env.fork.blobs.maximum if env.fork.blobs else 0

    def check(self, tx: Transaction) -> None:
        """Raise InvalidTransaction when the transaction does not fit any more."""
        if tx.gas_limit > self.gas:
            raise InvalidTransaction("gas-limit-above-block", self.gas, tx.gas_limit)
        blob_gas = GAS_PER_BLOB * len(tx.blob_hashes)
        if blob_gas > self.blob_gas:
            raise InvalidTransaction("too-many-blobs", self.blob_gas // GAS_PER_BLOB, len(tx.blob_hashes))

    def use(self, tx: Transaction, result: TxResult) -> None:
        """Take what an executed transaction used."""
        self.gas -= result.gas_used
        self.blob_gas -= GAS_PER_BLOB * len(tx.blob_hashes)
