"""Three layers of different kinds, behind the same few words: send, build, replace, and what is final.

    rollup      its blocks stand on L1, and are what L1 says; a reorg of L1 is one of the rollup
    sidechain   its validators sign milestones; before a milestone they may change their minds
    validium    its operator keeps the blocks and tells L1 a state root; before that is deep enough, blocks may be lost

What they differ in is how a block can be lost, and when it no longer can. (A validium's root comes with a proof; here
L1 believes the operator's key, since the lesson is another.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from toyevm.chain import ChainConfig
from toyevm.results import SealedBlock
from toyevm.rollups.kept_chain import KeptChain
from toyevm.rollups.l1 import L1
from toyevm.rollups.mempool_chain import MAX_FEE, MempoolChain, first_free_nonce
from toyevm.rollups.roles import PROPOSAL_GAS, TRUSTED_ROOTS, Batcher, Sequencer
from toyevm.rollups.sidechain.sidechain import Sidechain
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address
from toyevm.workloads.wallets import Wallet
from toyevm.workloads.workload import TIP

MAX_L1_REORG = 4  # L1 blocks: what lies deeper is final
CALL_GAS = 1_000_000
VALIDIUM_CHAIN = ChainConfig(chain_id=43)


class Member(Protocol):
    """One layer of a cluster."""

    name: str

    @property
    def chain(self) -> KeptChain[Any]:
        """Its blocks, as it promises them."""
        ...

    @property
    def locally_final(self) -> int:
        """The last block that no reorg of its own, or of L1, can take back."""
        ...

    def sign(self, wallet: Wallet, to: Address, data: bytes) -> Transaction:
        """Return the next transaction of a wallet."""
        ...

    def send(self, tx: Transaction) -> Transaction:
        """Take a transaction for one of the next blocks."""
        ...

    def build(self, timestamp: int) -> None:
        """Make the next block, or the next ones."""
        ...

    def replace(self, number: int) -> None:
        """Leave out the transactions of a block that is not valid; those of the blocks after it may come again."""
        ...


class FinalL1:
    """What of L1 is final: the blocks that have once been so deep that no reorg reaches them.

    Once: a reorg makes L1 shorter for a while, and what was final stays so. Two in a row reach no deeper than one.
    """

    def __init__(self, l1: L1) -> None:
        self.l1, self._number = l1, l1.head.number

    @property
    def number(self) -> int:
        """The last final block of L1; before the layers began, all was."""
        self._number = max(self._number, self.l1.head.number - MAX_L1_REORG)
        return self._number

    @property
    def deepest_reorg(self) -> int:
        """How many blocks a reorg of L1 can take back now."""
        return self.l1.head.number - self.number


class RollupMember:
    """A rollup: sequencer, batcher and full node on an L1."""

    name = "rollup"

    def __init__(self, sequencer: Sequencer, batcher: Batcher, final_l1: FinalL1) -> None:
        self.sequencer, self.batcher, self.node, self.final_l1 = sequencer, batcher, sequencer.node, final_l1

    @property
    def chain(self) -> KeptChain[Any]:
        return self.sequencer.chain

    @property
    def locally_final(self) -> int:
        return self.node.pipeline.height_at(self.final_l1.number)

    def sign(self, wallet: Wallet, to: Address, data: bytes) -> Transaction:
        chain, pool = self.sequencer.chain, self.sequencer.pool
        nonce = first_free_nonce(chain.account(wallet.address), wallet.address, pool)
        return wallet.sign(to=to, data=data, nonce=nonce, chain_id=chain.chain.chain_id, **FEES)

    def send(self, tx: Transaction) -> Transaction:
        return self.sequencer.send(tx)

    def build(self, timestamp: int) -> None:
        """Make the blocks of L1's new epochs, and post them; when they come, L1 decides."""
        self.sequencer.sequence()
        self.batcher.post()

    def replace(self, number: int) -> None:
        chain = self.sequencer.chain
        block, later = chain.entry(number), chain.blocks[number + 1 :]
        self.node.overrule(block)
        chain.rewind(number - 1)
        chain.append(replace(block.input, transactions=()), self.node.read(block.epoch))
        self.sequencer.pool = _again((each.sealed for each in later), self.sequencer.pool)


class _OwnChain:
    """What sidechain and validium share: one chain with a mempool."""

    blocks: MempoolChain

    @property
    def chain(self) -> KeptChain[Any]:
        return self.blocks

    def sign(self, wallet: Wallet, to: Address, data: bytes) -> Transaction:
        return self.blocks.sign(wallet, to, data, gas_limit=CALL_GAS)

    def send(self, tx: Transaction) -> Transaction:
        return self.blocks.send(tx)

    def replace(self, number: int) -> None:
        _, *later = self.blocks.empty(number)
        self.blocks.pool = _again(later, self.blocks.pool)

    def reorg(self, number: int, keep: bool = True) -> None:
        """Prefer another branch from block `number` on; without `keep`, the transactions are lost."""
        self.blocks.extra_data = (int.from_bytes(self.blocks.extra_data, "big") + 1).to_bytes(4, "big")
        lost = self.blocks.empty(number)
        self.blocks.pool = _again(lost if keep else (), self.blocks.pool)


class SidechainMember(_OwnChain):
    """A sidechain with its validators."""

    name = "sidechain"

    def __init__(self, side: Sidechain) -> None:
        self.side, self.blocks = side, side.chain

    @property
    def locally_final(self) -> int:
        return self.side.final

    def build(self, timestamp: int) -> None:
        self.side.produce(timestamp - self.blocks.now)


class ValidiumMember(_OwnChain):
    """A chain of one operator, who tells L1 its state roots."""

    name = "validium"

    def __init__(self, final_l1: FinalL1, operator: Wallet, roots: Address, world: Mapping[Address, Account]) -> None:
        self.l1, self.final_l1, self.operator, self.roots = final_l1.l1, final_l1, operator, roots
        self.blocks = MempoolChain(VALIDIUM_CHAIN, WorldState(dict(world)))
        self._first = self.l1.head.number

    @property
    def locally_final(self) -> int:
        deep = range(self._first, self.final_l1.number + 1)
        told = {log.topics[1]: log.data for at in deep for log in self.l1.logs(at, self.roots)}
        kept = [number for number, root in told.items() if self._has(number, root)]
        return max(kept, default=0)

    def _has(self, number: int, root: bytes) -> bool:
        entries = self.blocks.entries
        return number < len(entries) and entries[number].sealed.header.state_root == root

    def build(self, timestamp: int) -> None:
        """Seal the next block, and tell L1 its root."""
        header = self.blocks.mine(timestamp - self.blocks.now).header
        upto = self.l1.entries[-1].sealed
        data = TRUSTED_ROOTS.call_data("accept", header.number, header.state_root, upto.header.number, upto.hash)
        self.l1.submit(self.operator, self.roots, data, gas_limit=PROPOSAL_GAS)


FEES = {"gas_limit": CALL_GAS, "max_fee_per_gas": MAX_FEE, "max_priority_fee_per_gas": TIP}


def _again(lost: Iterable[SealedBlock], pool: Iterable[Transaction]) -> list[Transaction]:
    return [tx for sealed in lost for tx in sealed.transactions] + list(pool)
