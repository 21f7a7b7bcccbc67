"""Bytes per transfer in every encoding, of a batch of payments made from a seed: the same figures everywhere.

Everybody is as likely as everybody else to pay and to be paid; amounts are up to an ether, in ten-thousandths; gas has
one price; savings are any number of wei. A block has 250 payments and comes two seconds after the one before, six
blocks to an epoch. With more people, or amounts with more digits, what is compressed grows, but for the signatures.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random

from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.crypto import keccak256
from toyevm.rollups.compression import COMPRESSORS, compress
from toyevm.rollups.encodings.account_index import AccountIndex
from toyevm.rollups.encodings.netted_diff import NettedDiff, net
from toyevm.rollups.encodings.payment_records import PaymentRecords
from toyevm.rollups.encodings.signed_rlp import SignedRlp
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.encodings.span import Span
from toyevm.rollups.values import Batch, BlockInput
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction, encode_transaction
from toyevm.types import Location, Value
from toyevm.units import ETHER
from toyevm.workloads.planned_blocks import TRANSFER_GAS, user
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import BASE_FEE, PRODUCER, SAVINGS, TIP, open_header

L2_CHAIN_ID = 42
TRANSFERS, PEOPLE = 3_000, 1_000
PER_BLOCK, BLOCK_SECONDS, EPOCH_BLOCKS = 250, 2, 6
SMALLEST = ETHER // 10_000


@dataclass(frozen=True)
class ByteCount:
    """Sizes of one encoding, in bytes, or in bytes per transfer."""

    raw: float
    zlib: float
    brotli: float


@dataclass(frozen=True)
class SyntheticBatch:
    """Payments in blocks, the world before them, and what they change."""

    batch: Batch
    transactions: tuple[Transaction, ...]
    before: WorldState

    @property
    def index(self) -> AccountIndex:
        """Number the accounts in the order in which they joined: by address would say more than an index knows."""
        return AccountIndex([*self.before.accounts, PRODUCER])

    def changes(self) -> dict[Location, Value]:
        """Execute the payments and return what is different after them."""
        block = Block(open_header(gas_limit=TRANSFER_GAS * len(self.transactions)), self.transactions)
        config = RunConfig(chain=ChainConfig(chain_id=L2_CHAIN_ID))
        run = BACKENDS.named("sequential").execute_block(self.before, block, config)
        return net(self.before, [run.result.diff])


def synthetic_batch(count: int = TRANSFERS, people: int = PEOPLE, seed: int = 0) -> SyntheticBatch:
    """Return `count` payments between `people`, signed, in blocks."""
    random, nonces = Random(seed), Counter[int]()
    wallets = [wallet(user(number), seed) for number in range(people)]
    transactions = []
    for _ in range(count):
        payer, payee = random.sample(range(people), 2)
        tx = wallets[payer].sign(
            chain_id=L2_CHAIN_ID,
            nonce=nonces[payer],
            max_fee_per_gas=2 * BASE_FEE + TIP,
            max_priority_fee_per_gas=TIP,
            to=wallets[payee].address,
            value=random.randint(1, ETHER // SMALLEST) * SMALLEST,
        )
        nonces[payer] += 1
        transactions.append(tx)
    raws = [encode_transaction(tx) for tx in transactions]
    blocks = [tuple(raws[start : start + PER_BLOCK]) for start in range(0, count, PER_BLOCK)]
    before = WorldState({one.address: Account(balance=random.randint(SAVINGS, 3 * SAVINGS)) for one in wallets})
    return SyntheticBatch(consecutive(blocks), tuple(transactions), before)


def consecutive(blocks: list[tuple[bytes, ...]], epoch: int = 1_000, timestamp: int = 1_700_000_000) -> Batch:
    """Return inputs of consecutive blocks with these transactions; their hashes are made up."""
    return tuple(
        BlockInput(
            parent_hash=keccak256(f"parent {number}".encode()),
            epoch_number=epoch + number // EPOCH_BLOCKS,
            epoch_hash=keccak256(f"epoch {number // EPOCH_BLOCKS}".encode()),
            timestamp=timestamp + BLOCK_SECONDS * number,
            transactions=transactions,
        )
        for number, transactions in enumerate(blocks)
    )


def byte_count(data: bytes, per: int = 1) -> ByteCount:
    """Return the size of `data`, divided by `per`: as it is, and compressed in both ways.

    Raises:
        InputError: brotli is not installed.
    """
    zlib, brotli = (len(compress(data, compressor)) / per for compressor in COMPRESSORS)
    return ByteCount(len(data) / per, zlib, brotli)


def bytes_per_transfer(count: int = TRANSFERS, people: int = PEOPLE, seed: int = 0) -> dict[str, ByteCount]:
    """Return for each encoding how many bytes a transfer takes, the largest first.

    Raises:
        InputError: brotli is not installed.
    """
    made = synthetic_batch(count, people, seed)
    span = Span(L2_CHAIN_ID, made.batch[0].timestamp)
    unsigned = b"".join(content for part, content in span.parts(made.batch).items() if part != "signatures")
    encoded = {
        "signed RLP": SignedRlp().encode(made.batch),
        "singular": Singular().encode(made.batch),
        "span": span.encode(made.batch),
        "span without signatures": unsigned,
        "payment records": PaymentRecords(made.index).encode(made.batch),
        "netted diff": NettedDiff(made.index).encode(made.changes()),
    }
    return {name: byte_count(data, per=count) for name, data in encoded.items()}


def empty_blocks(count: int = 295) -> ByteCount:
    """Return the size of so many empty blocks as singular batches: what it costs to have nothing to say."""
    return byte_count(Singular().encode(consecutive([()] * count)))
