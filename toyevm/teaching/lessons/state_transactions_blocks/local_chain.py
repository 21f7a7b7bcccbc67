"""A chain of one's own: hand it signed transactions, and it grows by a sealed block.

It keeps what a node keeps: the headers with what they commit to, and the world after the last of them. Producing and
checking are the same here: there is one computer, and nobody to agree with.
"""

from __future__ import annotations

from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block, Header
from toyevm.chain import MAINNET
from toyevm.results import BlockResult, SealedBlock
from toyevm.sealing import child_header, seal_block
from toyevm.state import WorldState
from toyevm.transactions import Transaction
from toyevm.trie import EMPTY_TRIE_ROOT
from toyevm.units import GWEI
from toyevm.workloads.workload import PRODUCER


class LocalChain:
    """Blocks one after the other, each executed on the world that the one before left.

    Args:
        world: what is there before the first block.
    """

    def __init__(self, world: WorldState) -> None:
        self.chain, self.world = MAINNET, world
        self.results: list[BlockResult] = []
        self.blocks = [SealedBlock(_first_header(world), (), ())]

    @property
    def head(self) -> Header:
        """The newest header."""
        return self.blocks[-1].header

    def add(self, *transactions: Transaction) -> SealedBlock:
        """Execute and seal the next block, with these transactions in this order.

        Raises:
            InvalidBlock: one of them may not be in it; the chain stays as it was.
        """
        block = Block(child_header(self.chain, self.head), transactions)
        result = BACKENDS.named("sequential").execute_block(self.world, block, RunConfig(self.chain)).result
        after = self.world.apply(result.diff)
        sealed = seal_block(self.chain, block, result, after, parent=self.head)
        self.world = after
        self.results.append(result)
        self.blocks.append(sealed)
        return sealed

    def report(self) -> dict[str, list[str] | str]:
        """Return in plain data what came of all transactions so far: statuses, contracts created, the state root."""
        every = [one for result in self.results for one in result.results]
        return {
            "statuses": ["success" if one.succeeded else one.error or "failure" for one in every],
            "created": [f"0x{one.created_address.hex()}" for one in every if one.created_address],
            "root": f"0x{self.head.state_root.hex()}",
        }


def _first_header(world: WorldState) -> Header:
    return Header(
        coinbase=PRODUCER,
        state_root=world.root,
        gas_limit=6_000_000,
        base_fee_per_gas=10 * GWEI,
        withdrawals_root=EMPTY_TRIE_ROOT,
        blob_gas_used=0,
        excess_blob_gas=0,
        parent_beacon_root=bytes(32),
    )
