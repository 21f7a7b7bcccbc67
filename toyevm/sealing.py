"""From the outcome of a block to its header: receipts, bloom, and every root, each computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from toyevm.blocks import Block, Header, Receipt, bloom
from toyevm.chain import GAS_PER_BLOB, ChainConfig, next_base_fee, next_excess_blob_gas
from toyevm.errors import InvalidBlock
from toyevm.results import BlockResult, SealedBlock
from toyevm.state import WorldState
from toyevm.system import requests_hash
from toyevm.transactions import encode_transaction
from toyevm.trie import ordered_trie_root


def receipts_of(block: Block, result: BlockResult) -> tuple[Receipt, ...]:
    """Return one receipt a transaction; the gas in it is the block's running total."""
    totals = accumulate(one.gas_used for one in result.results)
    return tuple(
        Receipt(tx.type, one.succeeded, total, one.logs)
        for tx, one, total in zip(block.transactions, result.results, totals, strict=True)
    )


def seal_block(
    chain: ChainConfig, block: Block, result: BlockResult, post: WorldState, parent: Header | None = None
) -> SealedBlock:
    """Complete the header of an executed block; `post` is the state after it, `pre.apply(result.diff)`.

    With `parent`, the header before this one, raise InvalidBlock when the block does not follow it; in any case when it
    is larger than its fork allows.
    """
    if parent is not None:
        check_link(chain, parent, block.header)
    receipts = receipts_of(block, result)
    header = replace(header_after(chain, block, result, receipts), state_root=post.root)
    return SealedBlock(header, block.transactions, receipts)


def header_after(chain: ChainConfig, block: Block, result: BlockResult, receipts: Sequence[Receipt]) -> Header:
    """Complete a header with all that can be told without the state: the state root stays as it was.

    Raises:
        InvalidBlock: it is larger than its fork allows.
    """
    fork = chain.fork
    header = replace(
        block.header,
        transactions_root=ordered_trie_root([encode_transaction(tx) for tx in block.transactions]),
        receipts_root=ordered_trie_root([receipt.encode() for receipt in receipts]),
        logs_bloom=bloom(log for receipt in receipts for log in receipt.logs),
        gas_used=result.gas_used,
        withdrawals_root=ordered_trie_root([w.encode() for w in block.withdrawals]) if fork.withdrawals else None,
        blob_gas_used=GAS_PER_BLOB * sum(len(tx.blob_hashes) for tx in block.transactions) if fork.blobs else None,
        requests_hash=requests_hash(result.requests) if fork.requests else None,
    )
    if fork.max_block_size is not None:
        size = len(replace(block, header=header).encode())
        if size > fork.max_block_size:
            raise InvalidBlock(f"{size:,} bytes are too many for a block, {fork.max_block_size:,} are allowed")
    return header


def child_header(chain: ChainConfig, parent: Header, seconds: int = 12) -> Header:
    """Return the header with which the block after `parent` starts: number, prices and limits set, roots not yet."""
    fork = chain.fork
    return Header(
        parent_hash=parent.hash,
        coinbase=parent.coinbase,
        number=parent.number + 1,
        gas_limit=parent.gas_limit,
        timestamp=parent.timestamp + seconds,
        base_fee_per_gas=next_base_fee(parent),
        excess_blob_gas=next_excess_blob_gas(fork, parent) if fork.blobs else None,
        parent_beacon_root=bytes(32) if fork.beacon_root else None,
    )


def check_link(chain: ChainConfig, parent: Header, header: Header) -> None:
    """Check everything in a header that follows from the one before; raise InvalidBlock with what does not fit."""
    expected = child_header(chain, parent)
    for name in ("parent_hash", "number", "base_fee_per_gas", "excess_blob_gas"):
        if getattr(header, name) != getattr(expected, name):
            raise InvalidBlock(f"{name} does not follow from the parent")
    if header.timestamp <= parent.timestamp:
        raise InvalidBlock("timestamp is not after the parent's")
    if abs(header.gas_limit - parent.gas_limit) >= parent.gas_limit // 1024 or header.gas_limit < 5000:
        raise InvalidBlock("gas_limit moves too far from the parent's")
