"""A layer for tests: an L1 that is a list of blocks and nothing else, people with savings on L2, and a sequencer."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from toyevm.crypto import keccak256
from toyevm.rollups.batches import make_batch, post
from toyevm.rollups.encodings.base import BatchEncoding
from toyevm.rollups.encodings.signed_rlp import SignedRlp
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.encodings.span import Span
from toyevm.rollups.l2 import L2Chain, RollupConfig
from toyevm.rollups.values import Deposit, L1Block
from toyevm.state import Account, WorldState
from toyevm.transactions import encode_transaction
from toyevm.types import ZERO_HASH
from toyevm.units import ETHER, GWEI
from toyevm.workloads.wallets import wallet

PEOPLE = ("Ann", "Bob", "Cleo", "Dan")
START = 1_700_000_000
GENESIS_EPOCH = 100


def config(**changes: Any) -> RollupConfig:
    """Return the rules of the layer, with short windows; people have 100 ether each."""
    accounts = {wallet(name).address: Account(balance=100 * ETHER) for name in PEOPLE}
    rules = {"genesis_epoch": GENESIS_EPOCH, "genesis_timestamp": START, "sequencing_window": 20, "max_drift": 60}
    return RollupConfig(**{"genesis": WorldState(accounts), **rules, **changes})


def encodings(rules: RollupConfig) -> dict[str, BatchEncoding]:
    """Return what can stand in a channel, by name."""
    span = Span(rules.chain.chain_id, rules.genesis_timestamp)
    return {"signed RLP": SignedRlp(), "singular": Singular(), "span": span}


class ListedL1:
    """L1 as a list of blocks; another `salt` gives blocks with other hashes."""

    def __init__(self, salt: str = "") -> None:
        self.salt = salt
        self.blocks = [L1Block(GENESIS_EPOCH, self._hash(GENESIS_EPOCH, ZERO_HASH), ZERO_HASH, START)]

    @property
    def head(self) -> L1Block:
        return self.blocks[-1]

    def mine(self, submissions: Sequence[bytes] = (), deposits: Sequence[Deposit] = (), seconds: int = 12) -> L1Block:
        parent = self.head
        block = L1Block(
            number=parent.number + 1,
            hash=self._hash(parent.number + 1, parent.hash),
            parent_hash=parent.hash,
            timestamp=parent.timestamp + seconds,
            submissions=tuple(submissions),
            deposits=tuple(deposits),
        )
        self.blocks.append(block)
        return block

    def reorg(self, depth: int, salt: str) -> list[L1Block]:
        """Drop the last blocks and return them; those to come have other hashes."""
        dropped = self.blocks[len(self.blocks) - depth :]
        del self.blocks[len(self.blocks) - depth :]
        self.salt = salt
        return dropped

    def _hash(self, number: int, parent_hash: bytes) -> bytes:
        return keccak256(f"{self.salt}/{number}/{parent_hash.hex()}".encode())


class Layer:
    """L1 and the sequencer's L2 beside it."""

    def __init__(self, seed: int = 0, rules: RollupConfig | None = None) -> None:
        self.rules = rules or config()
        self.l1, self.chain = ListedL1(), L2Chain(self.rules)
        self.random = Random(seed)
        self.deposits = 0

    def pay(self, count: int = 1) -> tuple[bytes, ...]:
        """Return payments that are valid on the sequencer's head."""
        nonces = {name: self.nonce(name) for name in PEOPLE}
        raws = []
        for _ in range(count):
            payer, payee = self.random.sample(PEOPLE, 2)
            raws.append(payment(payer, payee, self.random.randint(1, 1_000) * GWEI, nonces[payer]))
            nonces[payer] += 1
        return tuple(raws)

    def nonce(self, name: str) -> int:
        return self.chain.world.accounts.get(wallet(name).address, Account()).nonce

    def sequence(self, blocks: int = 1, payments: int = 1, epoch: L1Block | None = None) -> tuple[int, int]:
        """Make L2 blocks in the epoch of L1's head; return the number of the first and the last."""
        first = self.chain.head.number + 1
        l1_block = epoch or self.l1.head
        for _ in range(blocks):
            self.chain.append(self.chain.next_input(l1_block, self.pay(payments)), l1_block)
        return first, self.chain.head.number

    def deposit(self, name: str, amount: int = 1_000) -> Deposit:
        """Return a deposit for somebody, in gwei."""
        self.deposits += 1
        return Deposit(self.deposits, wallet(name).address, amount)

    def submissions(self, first: int, last: int | None = None, encoding: str = "span", **options: Any) -> list[bytes]:
        """Return the submissions for L2 blocks `first` to `last`."""
        return post(make_batch(self.chain, first, last), encodings(self.rules)[encoding], **options)


def payment(payer: str, payee: str, amount: int, nonce: int, chain_id: int = 42) -> bytes:
    """Return a signed payment on L2, in wei."""
    tx = wallet(payer).sign(
        chain_id=chain_id,
        nonce=nonce,
        to=wallet(payee).address,
        value=amount,
        max_fee_per_gas=100 * GWEI,
        max_priority_fee_per_gas=GWEI,
    )
    return encode_transaction(tx)


def run_of(layer: Layer, l1_blocks: int, seed: int = 0, frame_bytes: int = 150) -> None:
    """Let L1 grow by so many blocks, with L2 blocks, deposits and submissions as they may come."""
    random, names = Random(seed), list(encodings(layer.rules))
    waiting: list[bytes] = []
    posted = layer.chain.head.number
    for _ in range(l1_blocks):
        deposits = [layer.deposit(random.choice(PEOPLE)) for _ in range(random.choice((0, 0, 1, 2)))]
        here, waiting = waiting[:4], waiting[4:]
        layer.l1.mine(here, deposits)
        _, last = layer.sequence(random.randint(1, 3), random.randint(0, 3))
        if not waiting and random.random() < 0.7:
            name = random.choice(names)
            compressor = random.choice(("zlib", "brotli"))
            waiting = layer.submissions(posted + 1, last, name, compressor=compressor, frame_bytes=frame_bytes)
            posted = last
    while waiting:
        layer.l1.mine(waiting[:4])
        layer.sequence()
        waiting = waiting[4:]
