"""L2: a toyevm chain whose every block refers to a block of L1, its epoch, and takes in that block's deposits.

A block is a function of the one before, its `BlockInput` and the L1 block of its epoch; so whoever has the same inputs
and the same L1 has the same chain, to the last bit. The header says which epoch it was: its number stands in the extra
data, its hash where Ethereum has the root of the beacon block.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from toyevm.blocks import Block, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.errors import DecodingError, InputError, InvalidBlock
from toyevm.rollups.frames import ChannelLimits
from toyevm.rollups.kept_chain import KeptBlock, KeptChain, first_block
from toyevm.rollups.values import BlockInput, Deposit, L1Block
from toyevm.sealing import child_header
from toyevm.state import WorldState
from toyevm.transactions import BLOB, Transaction, decode_transaction
from toyevm.types import Address, Hash32
from toyevm.workloads.workload import BASE_FEE, BLOCK_GAS, PRODUCER, Workload

L2_CHAIN = ChainConfig(chain_id=42)


@dataclass(frozen=True)
class RollupConfig:
    """Everything that all nodes of a layer agree on.

    Attributes:
        genesis: the world before the first block.
        genesis_epoch: the number of the L1 block that L2 begins after.
        genesis_timestamp: of L2's block 0, in seconds.
        sequencing_window: in L1 blocks: a block of epoch e counts if it is on L1 by block e + window.
        max_drift: in seconds, how far a block's timestamp may be ahead of its epoch's.
        max_reorg: in L1 blocks, how far back a node can go without starting anew.
        sequencer: who gets the tips.
        gas_limit: of every block.
        base_fee: of block 0, in wei.
    """

    chain: ChainConfig = L2_CHAIN
    genesis: WorldState = field(default_factory=WorldState, repr=False)
    genesis_epoch: int = 0
    genesis_timestamp: int = 0
    sequencing_window: int = 20
    max_drift: int = 600
    max_reorg: int = 10
    limits: ChannelLimits = field(default_factory=ChannelLimits)
    sequencer: Address = PRODUCER
    gas_limit: int = BLOCK_GAS
    base_fee: int = BASE_FEE


def config_for(workload: Workload, **changes: Any) -> RollupConfig:
    """Return the rules of a layer on which a workload's transactions can run; `changes` are fields of the rules."""
    header = workload.block.header
    rules = {"gas_limit": header.gas_limit, "base_fee": header.base_fee_per_gas, "sequencer": header.coinbase}
    return RollupConfig(**{"chain": workload.chain, "genesis": workload.pre, **rules, **changes})


@dataclass(frozen=True)
class L2Block(KeptBlock):
    """A block of L2, and what it was made of."""

    input: BlockInput
    deposits: tuple[Deposit, ...] = ()

    @property
    def number(self) -> int:
        return self.sealed.header.number

    @property
    def hash(self) -> Hash32:
        return self.sealed.hash

    @property
    def timestamp(self) -> int:
        return self.sealed.header.timestamp

    @property
    def epoch(self) -> int:
        """The number of its L1 block."""
        return self.input.epoch_number


class L2Chain(KeptChain[L2Block]):
    """Blocks of L2 from block 0 on, each with the world after it."""

    def __init__(self, config: RollupConfig) -> None:
        super().__init__(config.chain, _genesis(config))
        self.config = config

    @property
    def blocks(self) -> list[L2Block]:
        return self.entries

    @property
    def head(self) -> L2Block:
        return self.entries[-1]

    @property
    def hashes(self) -> list[Hash32]:
        return [block.hash for block in self.blocks]

    def next_input(
        self, l1_block: L1Block, transactions: tuple[bytes, ...] = (), timestamp: int | None = None
    ) -> BlockInput:
        """Return what the sequencer would make the next block of, in the epoch of `l1_block`.

        The timestamp is by default the earliest that there can be.

        Raises:
            InputError: an epoch has been left out, or is over.
        """
        if l1_block.number not in (self.head.epoch, self.head.epoch + 1):
            raise InputError(f"epoch {l1_block.number} after {self.head.epoch}", expected="the same, or the next one")
        earliest = max(self.head.timestamp + 1, l1_block.timestamp)
        seconds = earliest if timestamp is None else timestamp
        return BlockInput(self.head.hash, l1_block.number, l1_block.hash, seconds, transactions)

    def append(self, block_input: BlockInput, l1_block: L1Block) -> L2Block:
        """Execute the next block, seal it, and return it.

        Whether the input may come next is not asked here (see `derivation`); the hashes in it may be shortened, so
        those of the parent and of the epoch are taken from the chains.

        Raises:
            InvalidBlock: a transaction is not one, or may not be in the block; the chain is as it was.
        """
        done = self.execute(self.open_block(block_input, l1_block))
        whole_input = replace(
            block_input, parent_hash=self.head.hash, epoch_number=l1_block.number, epoch_hash=l1_block.hash
        )
        self.entries.append(_with_origin(done, whole_input, self._deposits(l1_block)))
        return self.head

    def _deposits(self, l1_block: L1Block) -> tuple[Deposit, ...]:
        """Return what the next block takes in, if it is of this epoch."""
        return l1_block.deposits if l1_block.number > self.head.epoch else ()

    def open_block(self, block_input: BlockInput, l1_block: L1Block) -> Block:
        """Return the next block, not yet executed.

        Raises:
            InvalidBlock: what should be a transaction is none, or is one with blobs.
        """
        header = replace(
            child_header(self.chain, self.head.sealed.header),
            timestamp=block_input.timestamp,
            extra_data=_epoch_data(l1_block.number),
            parent_beacon_root=l1_block.hash if self.chain.fork.beacon_root else None,
        )
        transactions = [_decode(raw, tx_index) for tx_index, raw in enumerate(block_input.transactions)]
        withdrawals = [Withdrawal(one.nonce, l1_block.number, one.to, one.amount) for one in self._deposits(l1_block)]
        return self.next_block(header, transactions, withdrawals)


def _genesis(config: RollupConfig) -> L2Block:
    first = first_block(
        config.chain,
        config.genesis,
        gas_limit=config.gas_limit,
        base_fee=config.base_fee,
        coinbase=config.sequencer,
        timestamp=config.genesis_timestamp,
        extra_data=_epoch_data(config.genesis_epoch),
    )
    return _with_origin(first, BlockInput(bytes(32), config.genesis_epoch, bytes(32), config.genesis_timestamp))


def _with_origin(done: KeptBlock, block_input: BlockInput, deposits: tuple[Deposit, ...] = ()) -> L2Block:
    return L2Block(done.sealed, done.results, done.world, block_input, deposits)


def _epoch_data(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _decode(raw: bytes, tx_index: int) -> Transaction:
    try:
        tx = decode_transaction(raw)
    except DecodingError as error:
        raise InvalidBlock(str(error), tx_index) from error
    if tx.type == BLOB:
        raise InvalidBlock("a blob transaction: L2 has no blobs", tx_index)
    return tx
