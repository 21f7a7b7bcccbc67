"""A chain that keeps its blocks: each as it was sealed, with what its transactions did and the world after it.

L1, L2 and a sidechain differ in who may write the next block and in what goes into it. What they do with it is the
same, and stands here: begin, execute, seal, keep, look up, go back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from toyevm.backends import BACKENDS, Backend, RunConfig
from toyevm.blocks import Block, Header, Log, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.errors import InputError
from toyevm.results import SealedBlock, TxResult
from toyevm.sealing import seal_block
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address, Hash32
from toyevm.workloads.workload import PRODUCER

HASHES_KEPT = 256  # BLOCKHASH sees no further
SEQUENTIAL = BACKENDS.named("sequential")


@dataclass(frozen=True)
class KeptBlock:
    """A sealed block, what each of its transactions did, and the world after it."""

    sealed: SealedBlock
    results: tuple[TxResult, ...] = field(repr=False)
    world: WorldState = field(repr=False)


Kept = TypeVar("Kept", bound=KeptBlock)


class KeptChain(Generic[Kept]):
    """Blocks from block 0 on.

    Attributes:
        chain: its rules.
        entries: the blocks, each at the place that its number says.
        backend: who executes them.
    """

    backend: Backend = SEQUENTIAL

    def __init__(self, chain: ChainConfig, genesis: Kept) -> None:
        self.chain, self.entries = chain, [genesis]

    @property
    def world(self) -> WorldState:
        """The world after the newest block."""
        return self.entries[-1].world

    def next_block(
        self, header: Header, transactions: Sequence[Transaction] = (), withdrawals: Sequence[Withdrawal] = ()
    ) -> Block:
        """Return a block to follow the newest one, not yet executed: with the hashes that BLOCKHASH can see."""
        ancestors = {entry.sealed.header.number: entry.sealed.hash for entry in self.entries[-HASHES_KEPT:]}
        return Block(header, tuple(transactions), tuple(withdrawals), ancestor_hashes=ancestors)

    def execute(self, block: Block) -> KeptBlock:
        """Execute the next block and seal it. It is not kept yet.

        Raises:
            InvalidBlock: a transaction may not be in it, or it does not follow the newest block.
        """
        return _sealed(self.chain, self.world, block, self.entries[-1].sealed.header, self.backend)

    def rewind(self, number: int) -> None:
        """Forget every block after this one.

        Raises:
            InputError: there is no such block.
        """
        self.entry(number)
        del self.entries[number + 1 :]

    # What anybody can look up

    def entry(self, number: int) -> Kept:
        """Return block `number`, with what belongs to it; raise InputError if there is none."""
        if number not in range(len(self.entries)):
            raise InputError(f"no block {number}", type(self).__name__, f"0 to {len(self.entries) - 1}")
        return self.entries[number]

    def has(self, number: int, hash_: Hash32) -> bool:
        """Tell whether block `number` is the one with this hash: a reorg may have replaced it."""
        return 0 <= number < len(self.entries) and self.entries[number].sealed.hash == hash_

    def account(self, address: Address) -> Account:
        """Return an account as it is after the newest block."""
        return self.world.accounts.get(address, Account())

    def logs(self, number: int, address: Address) -> list[Log]:
        """Return what a contract has logged in one block, in order; raise InputError if there is no such block."""
        return [log for result in self.entry(number).results for log in result.logs if log.address == address]


def first_block(
    chain: ChainConfig,
    world: WorldState,
    *,
    gas_limit: int,
    base_fee: int,
    coinbase: Address = PRODUCER,
    timestamp: int = 0,
    extra_data: bytes = b"",
) -> KeptBlock:
    """Return block 0 of a chain on which all that is in `world` is there from the beginning."""
    header = Header(
        coinbase=coinbase,
        gas_limit=gas_limit,
        timestamp=timestamp,
        extra_data=extra_data,
        base_fee_per_gas=base_fee,
        excess_blob_gas=0 if chain.fork.blobs else None,
        parent_beacon_root=bytes(32) if chain.fork.beacon_root else None,
    )
    return _sealed(chain, world, Block(header), None, SEQUENTIAL)


def _sealed(chain: ChainConfig, pre: WorldState, block: Block, parent: Header | None, backend: Backend) -> KeptBlock:
    result = backend.execute_block(pre, block, RunConfig(chain)).result
    world = pre.apply(result.diff)
    return KeptBlock(seal_block(chain, block, result, world, parent), result.results, world)
