"""What a block consists of, one after the other: system calls, transactions, withdrawals and rewards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toyevm.blocks import Block
from toyevm.errors import InvalidTransaction
from toyevm.system import BEACON_ROOTS, BLOCK_HASH_HISTORY, BLOCK_REWARD, REQUEST_QUEUES
from toyevm.transactions import Transaction
from toyevm.transition import CheckedTransaction, check_form
from toyevm.types import Address
from toyevm.units import GWEI
from toyevm.vm.frame import BlockEnv


@dataclass(frozen=True)
class InvalidItem:
    """A transaction that could not enter any block; it changes nothing."""

    reason: str


@dataclass(frozen=True)
class SystemCall:
    """A call by nobody, before or after the transactions of a block."""

    address: Address
    input: bytes = b""


@dataclass(frozen=True)
class Credit:
    """A withdrawal or a reward: so many wei that come from nowhere."""

    address: Address
    amount: int


Item = CheckedTransaction | InvalidItem | SystemCall | Credit


def item_of(env: BlockEnv, tx: Transaction) -> CheckedTransaction | InvalidItem:
    """Return what a transaction is as far as it can be said without the state."""
    try:
        return check_form(env, tx)
    except InvalidTransaction as error:
        return InvalidItem(error.reason)


def items_of(env: BlockEnv, block: Block) -> Iterator[Item]:
    """Yield the items of a block in order, as `system.begin_block` and `system.end_block` have it."""
    if env.fork.beacon_root:
        yield SystemCall(BEACON_ROOTS, block.header.parent_beacon_root or bytes(32))
    if env.fork.block_hash_history:
        yield SystemCall(BLOCK_HASH_HISTORY, block.header.parent_hash)
    for tx in block.transactions:
        yield item_of(env, tx)
    for withdrawal in block.withdrawals:
        yield Credit(withdrawal.address, withdrawal.amount * GWEI)
    if not env.fork.proof_of_stake:
        for ommer in block.ommers:
            yield Credit(ommer.coinbase, BLOCK_REWARD * (8 + ommer.number - env.number) // 8)
        yield Credit(env.coinbase, BLOCK_REWARD + BLOCK_REWARD // 32 * len(block.ommers))
    if env.fork.requests:
        yield from (SystemCall(queue) for queue in REQUEST_QUEUES)
