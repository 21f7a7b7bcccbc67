"""Building a block: transactions are executed in order as they are added, and what cannot be in it is left out."""

from __future__ import annotations

from collections.abc import Iterator

from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.errors import InvalidTransaction
from toyevm.results import TxResult
from toyevm.state import BlockView, WorldState
from toyevm.system import BlockRoom, begin_block, end_block
from toyevm.transactions import Transaction
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Version


class BlockBuilder:
    """A block in progress.

    Args:
        world: the state it finds.
        block: its header and what it has besides transactions; those that it has are not looked at.

    Attributes:
        room: how much gas and how many blobs still fit.
    """

    def __init__(self, chain: ChainConfig, world: WorldState, block: Block) -> None:
        self._world, self._block, self._env, self._view = world, block, chain.env(block), BlockView(world)
        self._results: list[TxResult] = []
        self.room = BlockRoom(self._env)
        begin_block(self._view, self._env, block)

    def add(self, tx: Transaction) -> TxResult:
        """Execute the next transaction.

        Raises:
            InvalidTransaction: it cannot be the next; nothing has changed.
        """
        self.room.check(tx)
        result = execute_transaction(self._view, self._env, check_transaction(self._view, self._env, tx))
        self.room.use(tx, result)
        version = Version(len(self._results))
        self._view.commit(version, result.diff)
        self._view.pay(version, self._env.coinbase, result.fee)
        self._results.append(result)
        return result

    def end(self) -> WorldState:
        """Do what a block does after its transactions; return the state that it leaves."""
        end_block(self._view, self._env, self._block, self._results)
        return self._world.apply(self._view.diff())


def tried(
    chain: ChainConfig, world: WorldState, block: Block
) -> Iterator[tuple[Transaction, InvalidTransaction | None]]:
    """Yield each transaction of a block with why it cannot be in it, after those before it that can; None if it can."""
    builder = BlockBuilder(chain, world, block)
    for tx in block.transactions:
        try:
            builder.add(tx)
        except InvalidTransaction as error:
            yield tx, error
        else:
            yield tx, None
