"""Blocks and what they leave behind: header, receipts, logs, withdrawals.

A header commits to everything by hashes: to the transactions, the receipts, the withdrawals and the state after the
block. A block to be executed is a header whose commitments are still zero; `seal_block` fills them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from toyevm import rlp
from toyevm.crypto import keccak256
from toyevm.transactions import Transaction, encode_transaction
from toyevm.trie import EMPTY_TRIE_ROOT
from toyevm.types import ZERO_ADDRESS, ZERO_HASH, Address, Hash32, Word

EMPTY_OMMERS_HASH = bytes.fromhex("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347")
EMPTY_BLOOM = bytes(256)


class Log(NamedTuple):
    """An event: what LOG0 to LOG4 leave in the receipt."""

    address: Address
    topics: tuple[Word, ...]
    data: bytes

    def as_rlp(self) -> rlp.Item:
        return [self.address, [topic.to_bytes(32, "big") for topic in self.topics], self.data]


def bloom(logs: Iterable[Log]) -> bytes:
    """Return the 2048-bit filter of the addresses and topics in `logs`, three bits each (yellow paper, 4.3.1)."""
    bits = 0
    for log in logs:
        for entry in (log.address, *(topic.to_bytes(32, "big") for topic in log.topics)):
            digest = keccak256(entry)
            for i in (0, 2, 4):
                bits |= 1 << (int.from_bytes(digest[i : i + 2], "big") & 2047)
    return bits.to_bytes(256, "big")


@dataclass(frozen=True)
class Receipt:
    """What a transaction did, as the header commits to it; `cumulative_gas` counts from the start of the block."""

    type: int
    succeeded: bool
    cumulative_gas: int
    logs: tuple[Log, ...]

    @cached_property
    def bloom(self) -> bytes:
        return bloom(self.logs)

    def encode(self) -> bytes:
        body = rlp.encode([int(self.succeeded), self.cumulative_gas, self.bloom, [log.as_rlp() for log in self.logs]])
        return bytes([self.type]) + body if self.type else body


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A payment from the beacon chain (EIP-4895); `amount` is in gwei."""

    index: int
    validator_index: int
    address: Address
    amount: int

    def encode(self) -> bytes:
        return rlp.encode(self.as_rlp())

    def as_rlp(self) -> rlp.Item:
        return [self.index, self.validator_index, self.address, self.amount]


@dataclass(frozen=True, kw_only=True)
class Header:
    """A block header. Fields that its fork does not know are None and left out of the encoding."""

    parent_hash: Hash32 = ZERO_HASH
    ommers_hash: Hash32 = EMPTY_OMMERS_HASH
    coinbase: Address = ZERO_ADDRESS
    state_root: Hash32 = ZERO_HASH
    transactions_root: Hash32 = EMPTY_TRIE_ROOT
    receipts_root: Hash32 = EMPTY_TRIE_ROOT
    logs_bloom: bytes = field(default=EMPTY_BLOOM, repr=False)
    difficulty: int = 0
    number: int = 0
    gas_limit: int = 30_000_000
    gas_used: int = 0
    timestamp: int = 0
    extra_data: bytes = b""
    prev_randao: Hash32 = ZERO_HASH  # the proof-of-work mix hash before Paris
    nonce: bytes = bytes(8)
    base_fee_per_gas: int = 0
    withdrawals_root: Hash32 | None = None
    blob_gas_used: int | None = None
    excess_blob_gas: int | None = None
    parent_beacon_root: Hash32 | None = None
    requests_hash: Hash32 | None = None

    @cached_property
    def hash(self) -> Hash32:
        return keccak256(self.encode())

    def encode(self) -> bytes:
        return rlp.encode(self.as_rlp())

    def as_rlp(self) -> rlp.Item:
        values = (getattr(self, name) for name in self.__dataclass_fields__)
        return [value for value in values if value is not None]


@dataclass(frozen=True)
class Block:
    """A block to execute; commitments and gas used may still be unset in its header.

    `ommers` are stale siblings, rewarded before Paris; `ancestor_hashes` are those BLOCKHASH can see, by number.
    """

    header: Header
    transactions: tuple[Transaction, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    ommers: tuple[Header, ...] = ()
    ancestor_hashes: Mapping[int, Hash32] = field(default_factory=dict, repr=False)

    def encode(self) -> bytes:
        """Return the block as nodes send it to each other; withdrawals are left out before the fork that knows them."""
        raws = [(tx.type, encode_transaction(tx)) for tx in self.transactions]
        transactions = [raw if type_ else rlp.decode(raw) for type_, raw in raws]  # a typed one is a string, not a list
        parts: list[rlp.Item] = [self.header.as_rlp(), transactions, [ommer.as_rlp() for ommer in self.ommers]]
        if self.header.withdrawals_root is not None:
            parts.append([withdrawal.as_rlp() for withdrawal in self.withdrawals])
        return rlp.encode(parts)
