"""The course's L1: a toyevm chain that takes transactions, lets a week pass in a moment, and can lose its last blocks.

One object stands for the whole network: it produces the blocks and keeps them, with the world after each. What it adds
to Ethereum's rules is a few precompiles, so that its contracts can check what would be too dear in bytecode.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple

from toyevm.backends import BACKENDS, Backend, RunConfig
from toyevm.blocks import Block, Header, Log
from toyevm.chain import ChainConfig
from toyevm.contracts import Contract
from toyevm.errors import InputError, InvalidBlock, InvalidTransaction
from toyevm.results import BlockResult, SealedBlock, TxResult
from toyevm.rollups.block_building import tried
from toyevm.rollups.l1_data import deposits_in, l1_block_of
from toyevm.rollups.precompiles import PROOF_CHECKS
from toyevm.rollups.values import L1Block
from toyevm.sealing import child_header, seal_block
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.transition import check_transaction
from toyevm.trie import EMPTY_TRIE_ROOT
from toyevm.types import Address, Hash32
from toyevm.units import ETHER, GWEI
from toyevm.vm.frame import BlockEnv
from toyevm.vm.message import MessageResult, execute_message
from toyevm.workloads.wallets import Wallet
from toyevm.workloads.workload import PRODUCER, TIP

L1_CHAIN = ChainConfig(chain_id=900, extra_precompiles=PROOF_CHECKS)
SLOT_SECONDS = 12
HASHES_KEPT = 256  # BLOCKHASH sees no further
SAVINGS = 1_000 * ETHER
CALL_GAS, DEPLOY_GAS = 5_000_000, 16_000_000
MAX_FEE = 100 * GWEI
SEQUENTIAL = BACKENDS.named("sequential")
NOTHING = WorldState()


class L1Entry(NamedTuple):
    """A block of L1, what each of its transactions did, and the world after it."""

    sealed: SealedBlock
    results: tuple[TxResult, ...]
    world: WorldState


class L1:
    """A chain of one's own, with a mempool and a virtual clock.

    Args:
        people: who has savings in the first block.
        chain: its rules.
        world: what else is there from the first block on.

    Attributes:
        now: the time, in seconds since the first block.
        pool: the transactions that are in no block yet, in the order in which they came.
        refused: the transactions that no block could take, each with the reason.
        blobs: what was sent beside transactions, by versioned hash. That a blob is the one with this hash, the nodes of
            Ethereum check (see `kzg`); here it is taken on trust, and only another one under the same hash is refused.
        backend: who executes its blocks.
    """

    backend: Backend = SEQUENTIAL

    def __init__(
        self, people: Iterable[Wallet] = (), chain: ChainConfig = L1_CHAIN, world: WorldState = NOTHING
    ) -> None:
        self.chain, self.now = chain, 0
        world = WorldState({**world.accounts, **{person.address: Account(balance=SAVINGS) for person in people}})
        self.entries = [L1Entry(SealedBlock(_first_header(world), (), ()), (), world)]
        self.pool: list[Transaction] = []
        self.refused: list[tuple[Transaction, str]] = []
        self.blobs: dict[Hash32, bytes] = {}
        self._reorgs = 0

    @property
    def head(self) -> Header:
        """The newest header."""
        return self.entries[-1].sealed.header

    @property
    def world(self) -> WorldState:
        """The world after the newest block."""
        return self.entries[-1].world

    # What people do

    def send(self, tx: Transaction, blobs: Mapping[Hash32, bytes] | None = None) -> Transaction:
        """Put a transaction into the mempool, with the blobs that it names.

        Raises:
            InputError: a blob that it names is missing, or another one is there under its hash.
            InvalidTransaction: it can be in no block, as things stand; one that only has to wait is taken.
        """
        missing = [hash_ for hash_ in tx.blob_hashes if hash_ not in (blobs or {})]
        if missing:
            raise InputError(f"no blob for 0x{missing[0].hex()}", "send", "a sidecar for each versioned hash")
        for hash_ in tx.blob_hashes:
            if blobs and self.blobs.get(hash_, blobs[hash_]) != blobs[hash_]:
                raise InputError(f"another blob under 0x{hash_.hex()}", "send", "the one that is there")
        if tx in self.pool:
            raise InvalidTransaction("already-in-the-mempool")
        try:
            check_transaction(self.world, self._next_env(), tx)
        except InvalidTransaction as error:
            if error.reason not in FOR_A_TURN_OR_PRICE:
                raise
        self.blobs |= {hash_: blobs[hash_] for hash_ in tx.blob_hashes} if blobs else {}
        self.pool.append(tx)
        return tx

    def submit(self, wallet: Wallet, to: Address | None, data: bytes = b"", **fields: Any) -> Transaction:
        """Sign the next transaction of `wallet` and put it into the mempool; `fields` are those of `Transaction`."""
        return self.send(self.sign(wallet, to, data, **fields))

    def sign(self, wallet: Wallet, to: Address | None, data: bytes = b"", **fields: Any) -> Transaction:
        """Return the next transaction of `wallet`, signed: its nonce is the first that none in the mempool has."""
        usual = {
            "chain_id": self.chain.chain_id,
            "nonce": first_free_nonce(self.account(wallet.address), wallet.address, self.pool),
            "gas_limit": CALL_GAS,
            "max_fee_per_gas": MAX_FEE,
            "max_priority_fee_per_gas": TIP,
        }
        return wallet.sign(to=to, data=data, **{**usual, **fields})

    def deploy(self, wallet: Wallet, contract: Contract, *arguments: int | bytes | str) -> Address:
        """Create a contract in a block of its own, and return its address.

        Raises:
            InputError: its constructor fails.
        """
        tx = self.submit(wallet, None, contract.creation_data(*arguments), gas_limit=DEPLOY_GAS)
        self.mine()
        result = self.result(tx)
        if result.created_address is None or not result.succeeded:
            raise InputError(f"{contract.name} cannot be created: {result.error}", "deploy")
        return result.created_address

    def call(self, to: Address, data: bytes, sender: Address = PRODUCER) -> MessageResult:
        """Ask a contract something; nothing changes."""
        return execute_message(self.world, self._next_env(), sender=sender, address=to, input=data)

    def _next_env(self) -> BlockEnv:
        header = child_header(self.chain, self.head)
        return self.chain.env(Block(header, ancestor_hashes=self._ancestor_hashes()))

    def _ancestor_hashes(self) -> dict[int, Hash32]:
        """Return what BLOCKHASH can see."""
        return {entry.sealed.header.number: entry.sealed.hash for entry in self.entries[-HASHES_KEPT:]}

    # What time does

    def mine(self, seconds: int = SLOT_SECONDS) -> SealedBlock:
        """Seal the next block, with what fits of the mempool; who waits for a lower nonce or fee stays there.

        Raises:
            InputError: no second passes, or not a whole number of them.
        """
        if not isinstance(seconds, int) or seconds < 1:
            raise InputError(f"{seconds} seconds after the block before", "mine", "a whole number, at least 1")
        header = replace(
            child_header(self.chain, self.head),
            timestamp=self.now + seconds,
            extra_data=self._branch(),  # the same transactions, and another hash
        )
        block, result, self.pool = self._fill(header)
        world = self.world.apply(result.diff)
        sealed = seal_block(self.chain, block, result, world, parent=self.head)
        self.entries.append(L1Entry(sealed, result.results, world))
        self.now = header.timestamp
        return sealed

    def _branch(self) -> bytes:
        return self._reorgs.to_bytes((self._reorgs.bit_length() + 7) // 8, "big")

    def _fill(self, header: Header) -> tuple[Block, BlockResult, list[Transaction]]:
        """Return the block of all transactions that may be in it, what it does, and who has to wait."""
        later: list[Transaction] = []
        block, config = self._block(header, tuple(self.pool)), RunConfig(self.chain)
        with suppress(InvalidBlock):  # mostly all of them may
            return block, self.backend.execute_block(self.world, block, config).result, later
        block = self._block(header, tuple(self._choose(block, later)))
        return block, self.backend.execute_block(self.world, block, config).result, later

    def _choose(self, block: Block, later: list[Transaction]) -> Iterator[Transaction]:
        """Yield the transactions that can be in the block; the others are added to `later`, or are refused."""
        for tx, error in tried(self.chain, self.world, block):
            if error is None:
                yield tx
            elif error.reason in WAITS:
                later.append(tx)
            else:
                self.refused.append((tx, str(error)))

    def _block(self, header: Header, transactions: tuple[Transaction, ...]) -> Block:
        return Block(header, transactions, ancestor_hashes=self._ancestor_hashes())

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
        if not 1 <= depth < len(self.entries):
            raise InputError(f"a reorg of {depth} blocks", "reorg", f"1 to {len(self.entries) - 1}")
        lost = tuple(entry.sealed for entry in self.entries[-depth:])
        del self.entries[-depth:]
        self._reorgs += 1
        if keep:
            self.pool = [tx for block in lost for tx in block.transactions] + self.pool
        return lost

    # What anybody can look up

    def has(self, number: int, hash_: Hash32) -> bool:
        """Tell whether block `number` is the one with this hash: a reorg may have replaced it."""
        return 0 <= number < len(self.entries) and self.entries[number].sealed.hash == hash_

    def account(self, address: Address) -> Account:
        """Return an account as it is after the newest block."""
        return self.world.accounts.get(address, Account())

    def result(self, tx: Transaction) -> TxResult:
        """Return what a transaction did.

        Raises:
            InputError: it is in no block.
        """
        for entry in reversed(self.entries):
            if tx in entry.sealed.transactions:
                return entry.results[entry.sealed.transactions.index(tx)]
        raise InputError(f"transaction 0x{tx.hash.hex()} is in no block", "L1")

    def logs(self, number: int, address: Address) -> list[Log]:
        """Return what a contract has logged in one block, in order.

        Raises:
            InputError: there is no such block.
        """
        return [log for result in self._entry(number).results for log in result.logs if log.address == address]

    def data(self, number: int, inbox: Address, bridge: Address, batcher: Address | None = None) -> L1Block:
        """Return what a block holds for a layer: what the batcher sent to its inbox, what was locked in its bridge.

        Args:
            batcher: whose transactions count; None for anybody's.

        Raises:
            InputError: there is no such block, or a blob of the batcher is not there any more.
        """
        deposits = deposits_in(self.logs(number, bridge))
        return l1_block_of(self._entry(number).sealed, self.blobs, inbox, batcher, deposits)

    def _entry(self, number: int) -> L1Entry:
        if not 0 <= number < len(self.entries):
            raise InputError(f"no block {number}", "L1", f"0 to {self.head.number}")
        return self.entries[number]


FOR_A_TURN_OR_PRICE = ("nonce-too-high", "max-fee-below-base-fee", "blob-fee-too-low")
WAITS = (*FOR_A_TURN_OR_PRICE, "gas-limit-above-block", "too-many-blobs")  # and for room


def first_free_nonce(account: Account, address: Address, pool: Iterable[Transaction]) -> int:
    """Return the nonce that the next transaction of an account needs: after a reorg, the pool may have gaps."""
    taken = {tx.nonce for tx in pool if tx.sender == address}
    return next(nonce for nonce in count(account.nonce) if nonce not in taken)


def _first_header(world: WorldState) -> Header:
    return Header(
        coinbase=PRODUCER,
        state_root=world.root,
        gas_limit=30_000_000,
        base_fee_per_gas=10 * GWEI,
        withdrawals_root=EMPTY_TRIE_ROOT,
        blob_gas_used=0,
        excess_blob_gas=0,
        parent_beacon_root=bytes(32),
    )
