"""What passes between a layer and its L1: inputs of blocks, batches of them, and what one L1 block holds for the layer.

L1 is the main chain; L2 is a chain beside it. Everything that L2 is made of stands on L1: its transactions, in the
submissions of the batcher, and the deposits of its users. So L2 can be computed from a list of `L1Block`.
"""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.types import Address, Hash32


@dataclass(frozen=True)
class BlockInput:
    """What one L2 block is made of, before it is executed.

    Attributes:
        parent_hash: of the L2 block before it.
        epoch_number: the L1 block it refers to; the first L2 block of an epoch takes in that block's deposits.
        epoch_hash: the hash of that L1 block, so that a reorg of L1 is noticed.
        timestamp: in seconds.
        transactions: signed, in their network encoding, in order.
    """

    parent_hash: Hash32
    epoch_number: int
    epoch_hash: Hash32
    timestamp: int
    transactions: tuple[bytes, ...] = ()


Batch = tuple[BlockInput, ...]  # the inputs of consecutive L2 blocks


@dataclass(frozen=True)
class Deposit:
    """Ether locked in the bridge on L1, to appear on L2 whatever the sequencer wants; `amount` is in gwei."""

    nonce: int
    to: Address
    amount: int


@dataclass(frozen=True)
class L1Block:
    """What one L1 block holds for the layer.

    Attributes:
        timestamp: in seconds.
        submissions: the bytes that the batcher posted, one entry a transaction's calldata or a blob, in order; they
            may hold anything at all, since a broken or hostile batcher posts too.
        deposits: in the order of their nonces.
    """

    number: int
    hash: Hash32
    parent_hash: Hash32
    timestamp: int
    submissions: tuple[bytes, ...] = ()
    deposits: tuple[Deposit, ...] = ()
