"""Choosing what goes into a block: who builds one tries the transactions in order, and leaves out what cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.errors import InvalidTransaction
from toyevm.state import BlockView, WorldState
from toyevm.system import BlockRoom, begin_block
from toyevm.transactions import Transaction
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Version


def tried(
    chain: ChainConfig, world: WorldState, block: Block
) -> Iterator[tuple[Transaction, InvalidTransaction | None]]:
    """Yield each transaction of a block with why it cannot be in it, after those before it that can; None if it can."""
    env, view = chain.env(block), BlockView(world)
    room = BlockRoom(env)
    begin_block(view, env, block)
    for tx_index, tx in enumerate(block.transactions):
        try:
            room.check(tx)
            result = execute_transaction(view, env, check_transaction(view, env, tx))
        except InvalidTransaction as error:
            yield tx, error
            continue
        room.use(tx, result)
        view.commit(Version(tx_index), result.diff)
        view.pay(Version(tx_index), env.coinbase, result.fee)
        yield tx, None
