"""The course's L1: a toyevm chain that carries blobs, lets a week pass in a moment, and can lose its last blocks.

What it adds to Ethereum's rules is a few precompiles, so that its contracts can check what would be too dear in
bytecode.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from toyevm.chain import ChainConfig
from toyevm.contracts import Contract
from toyevm.contracts.abi import reason_of
from toyevm.errors import InputError
from toyevm.results import SealedBlock, TxResult
from toyevm.rollups.l1_data import deposits_in, l1_block_of
from toyevm.rollups.mempool_chain import MempoolChain
from toyevm.rollups.precompiles import PROOF_CHECKS
from toyevm.rollups.values import L1Block
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address, Hash32
from toyevm.units import ETHER
from toyevm.workloads.wallets import Wallet

L1_CHAIN = ChainConfig(chain_id=900, extra_precompiles=PROOF_CHECKS)
SAVINGS = 1_000 * ETHER
DEPLOY_GAS = 16_000_000


class L1Answer(NamedTuple):
    """What L1 said to a transaction."""

    tx: Transaction
    result: TxResult

    @property
    def accepted(self) -> bool:
        return self.result.succeeded

    @property
    def reason(self) -> str:
        """Why not, in the contract's words; empty if it was accepted."""
        return reason_of(self.result) or ""


class L1(MempoolChain):
    """A chain of one's own.

    Args:
        people: who has savings in the first block.
        chain: its rules.

    Attributes:
        blobs: what was sent beside transactions, by versioned hash. That a blob is the one with this hash, the nodes of
            Ethereum check (see `kzg`); here it is taken on trust, and only another one under the same hash is refused.
    """

    def __init__(self, people: Iterable[Wallet] = (), chain: ChainConfig = L1_CHAIN) -> None:
        super().__init__(chain, WorldState({person.address: Account(balance=SAVINGS) for person in people}))
        self.blobs: dict[Hash32, bytes] = {}
        self._reorgs = 0

    def send(self, tx: Transaction, blobs: Mapping[Hash32, bytes] | None = None) -> Transaction:
        """Put a transaction into the mempool, with the blobs that it names.

        Raises:
            InputError: a blob that it names is missing, or another one is there under its hash.
            InvalidTransaction: it can be in no block, as things stand; one that only has to wait is taken.
        """
        sent = blobs or {}
        for hash_ in tx.blob_hashes:
            if hash_ not in sent:
                raise InputError(f"no blob for 0x{hash_.hex()}", "send", "a sidecar for each versioned hash")
            if self.blobs.get(hash_, sent[hash_]) != sent[hash_]:
                raise InputError(f"another blob under 0x{hash_.hex()}", "send", "the one that is there")
        super().send(tx)
        self.blobs |= {hash_: sent[hash_] for hash_ in tx.blob_hashes}
        return tx

    def ask(self, wallet: Wallet, to: Address | None, data: bytes, **fields: Any) -> L1Answer:
        """Send a transaction in a block of its own, and return what L1 says to it; `fields` as in `submit`."""
        tx = self.submit(wallet, to, data, **fields)
        self.mine()
        return L1Answer(tx, self.result(tx))

    def deploy(self, wallet: Wallet, contract: Contract, *arguments: int | bytes | str) -> Address:
        """Create a contract in a block of its own, and return its address.

        Raises:
            InputError: its constructor fails.
        """
        answer = self.ask(wallet, None, contract.creation_data(*arguments), gas_limit=DEPLOY_GAS)
        result = answer.result
        if result.created_address is None or not answer.accepted:
            raise InputError(f"{contract.name} cannot be created: {result.error}", "deploy")
        return result.created_address

    # What time does

    def wait(self, seconds: int) -> SealedBlock:
        """Let time pass: one block at the end of it stands for all that could have been there."""
        return self.mine(seconds)

    def reorg(self, depth: int, keep: bool = True) -> tuple[SealedBlock, ...]:
        """Take back the last blocks, as if the network had come to prefer another branch; return them.

        Time does not go back. The next blocks have other hashes.

        Args:
            keep: their transactions are in the mempool again; if not, they are lost.

        Raises:
            InputError: there are not so many blocks after the first.
        """
        if depth not in range(1, len(self.entries)):
            raise InputError(f"a reorg of {depth} blocks", "reorg", f"1 to {len(self.entries) - 1}")
        lost = tuple(entry.sealed for entry in self.entries[-depth:])
        self.rewind(self.head.number - depth)
        self._reorgs += 1
        self.extra_data = self._reorgs.to_bytes((self._reorgs.bit_length() + 7) // 8, "big")
        if keep:
            self.pool = [tx for block in lost for tx in block.transactions] + self.pool
        return lost

    # What anybody can look up

    def data(self, number: int, inbox: Address, bridge: Address, batcher: Address | None = None) -> L1Block:
        """Return what a block holds for a layer: what the batcher sent to its inbox, what was locked in its bridge.

        Args:
            batcher: whose transactions count; None for anybody's.

        Raises:
            InputError: there is no such block, or a blob of the batcher is not there any more.
        """
        deposits = deposits_in(self.logs(number, bridge))
        return l1_block_of(self.entry(number).sealed, self.blobs, inbox, batcher, deposits)
