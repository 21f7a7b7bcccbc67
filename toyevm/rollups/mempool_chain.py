"""A kept chain that takes transactions from anybody: they wait in a mempool until a block has room for them.

One object stands for a whole network: it has the mempool, produces the blocks and keeps them. L1 is one, and so is a
sidechain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

from toyevm.blocks import Block, Header, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.errors import InputError, InvalidBlock, InvalidTransaction
from toyevm.results import SealedBlock, TxResult
from toyevm.rollups.kept_chain import KeptBlock, KeptChain, first_block
from toyevm.sealing import child_header
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.transition import check_transaction
from toyevm.types import Address
from toyevm.units import GWEI
from toyevm.vm.frame import BlockEnv
from toyevm.vm.message import MessageResult, execute_message
from toyevm.workloads.block_building import tried
from toyevm.workloads.wallets import Wallet
from toyevm.workloads.workload import PRODUCER, SLOT_SECONDS, TIP

TIMES = 2**64  # as many as a timestamp can tell apart
CALL_GAS = 5_000_000
GAS_LIMIT, FIRST_BASE_FEE, MAX_FEE = 30_000_000, 10 * GWEI, 100 * GWEI


class MempoolChain(KeptChain[KeptBlock]):
    """A chain with a mempool and a virtual clock.

    Args:
        chain: its rules.
        world: what is there from the first block on.

    Attributes:
        now: the time, in seconds since the first block.
        pool: the transactions that are in no block yet, in the order in which they came.
        refused: the transactions that no block could take, each with the reason.
        credits: what each block credits though nobody has signed for it, by its number.
        extra_data: what the headers to come say besides.
    """

    extra_data = b""

    def __init__(self, chain: ChainConfig, world: WorldState) -> None:
        super().__init__(chain, first_block(chain, world, gas_limit=GAS_LIMIT, base_fee=FIRST_BASE_FEE))
        self.now = 0
        self.pool: list[Transaction] = []
        self.refused: list[tuple[Transaction, str]] = []
        self.credits: dict[int, tuple[Withdrawal, ...]] = {}

    @property
    def head(self) -> Header:
        """The newest header."""
        return self.entries[-1].sealed.header

    # What people do

    def send(self, tx: Transaction) -> Transaction:
        """Put a transaction into the mempool.

        Raises:
            InvalidTransaction: it can be in no block, as things stand; one that only has to wait is taken.
        """
        if tx in self.pool:
            raise InvalidTransaction("already-in-the-mempool")
        try:
            check_transaction(self.world, self._next_env(), tx)
        except InvalidTransaction as error:
            if error.reason not in FOR_A_TURN_OR_PRICE:
                raise
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

    def call(self, to: Address, data: bytes, sender: Address = PRODUCER) -> MessageResult:
        """Ask a contract something; nothing changes."""
        return execute_message(self.world, self._next_env(), sender=sender, address=to, input=data)

    def result(self, tx: Transaction) -> TxResult:
        """Return what a transaction did.

        Raises:
            InputError: it is in no block.
        """
        for entry in reversed(self.entries):
            if tx in entry.sealed.transactions:
                return entry.results[entry.sealed.transactions.index(tx)]
        raise InputError(f"transaction 0x{tx.hash.hex()} is in no block", type(self).__name__)

    def _next_env(self) -> BlockEnv:
        return self.chain.env(self.next_block(child_header(self.chain, self.head)))

    # What time does

    def mine(self, seconds: int = SLOT_SECONDS, withdrawals: Sequence[Withdrawal] = ()) -> SealedBlock:
        """Seal the next block, with what fits of the mempool; who waits for a lower nonce or fee stays there.

        Args:
            seconds: after the block before.
            withdrawals: what it credits, though nobody has signed for it.

        Raises:
            InputError: no second passes, or not a whole number of them, or more than a header can say.
        """
        if not isinstance(seconds, int) or not 1 <= seconds < TIMES - self.now:
            expected = f"a whole number, at least 1, and below {TIMES - self.now}"
            raise InputError(f"{seconds!r:.80} seconds after the block before", "mine", expected)
        header = self._next_header(self.now + seconds)
        entry, self.pool = self._fill(self.next_block(header, self.pool, withdrawals))
        self.credits[header.number] = tuple(withdrawals)
        self.entries.append(entry)
        self.now = header.timestamp
        return entry.sealed

    def empty(self, number: int) -> list[SealedBlock]:
        """Make block `number` and those after it anew, each with its credits only; return them as they were.

        Raises:
            InputError: there is no such block, or it is the first.
        """
        old = [entry.sealed for entry in self.entries[number:]]
        self.rewind(number - 1)
        for sealed in old:
            header = self._next_header(sealed.header.timestamp)
            self.entries.append(self.execute(self.next_block(header, (), self.credits[header.number])))
        return old

    def _next_header(self, timestamp: int) -> Header:
        return replace(child_header(self.chain, self.head), timestamp=timestamp, extra_data=self.extra_data)

    def _fill(self, block: Block) -> tuple[KeptBlock, list[Transaction]]:
        """Return the block with all of its transactions that may be in it, and those that have to wait."""
        later: list[Transaction] = []
        with suppress(InvalidBlock):  # mostly all of them may
            return self.execute(block), later
        return self.execute(replace(block, transactions=tuple(self._choose(block, later)))), later

    def _choose(self, block: Block, later: list[Transaction]) -> Iterator[Transaction]:
        """Yield the transactions that can be in the block; the others are added to `later`, or are refused."""
        for tx, error in tried(self.chain, self.world, block):
            if error is None:
                yield tx
            elif error.reason in WAITS:
                later.append(tx)
            else:
                self.refused.append((tx, str(error)))


FOR_A_TURN_OR_PRICE = ("nonce-too-high", "max-fee-below-base-fee", "blob-fee-too-low")
WAITS = (*FOR_A_TURN_OR_PRICE, "gas-limit-above-block", "too-many-blobs")  # and for room


def first_free_nonce(account: Account, address: Address, pool: Iterable[Transaction]) -> int:
    """Return the nonce that the next transaction of an account needs: after a reorg, the pool may have gaps."""
    taken = {tx.nonce for tx in pool if tx.sender == address}
    return next(nonce for nonce in count(account.nonce) if nonce not in taken)
