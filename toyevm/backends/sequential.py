"""One transaction after the other, in the order of the block: the meaning of a block, and the oracle for the rest.

Each transaction reads the state its predecessors left behind. The limits of the block (gas, blobs) are checked where
they are used up: a transaction that would be fine on its own may not fit any more.
"""

from __future__ import annotations

from toyevm.backends.base import Kind, Repeats, RunConfig
from toyevm.blocks import Block
from toyevm.errors import InvalidBlock, InvalidTransaction
from toyevm.results import BlockResult, TxResult
from toyevm.simulation.run import Run
from toyevm.state import BlockView, WorldState
from toyevm.system import BlockRoom, begin_block, end_block
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Version


class SequentialBackend:
    """Preset order, one after the other."""

    name = "sequential"
    kind: Kind = "sequential"
    summary = "preset order, one after the other: the oracle"
    hint_kind: str | None = None
    repeats: Repeats = "none"

    def execute_block(self, pre: WorldState, block: Block, config: RunConfig) -> Run:
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
        return Run(BlockResult(tuple(results), view.diff(), requests), attempts=len(results))
