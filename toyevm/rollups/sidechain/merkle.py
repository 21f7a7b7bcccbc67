"""The leaf that stands for a block in a checkpoint: one hash for a whole range of blocks lies above such leaves.

A leaf is the hash of what an exit needs of a header: number, time, transactions root, receipts root, a word each. The
contract on L1 hashes four words again, and need not take a header in RLP apart. Polygon PoS does the same: on Ethereum
`keccak256(abi.encodePacked(blockNumber, blockTime, txRoot, receiptRoot))` (RootChainManager.sol, 0xPolygon/pos-portal,
read in 2026). As there, zeros fill the lowest row up to a power of two (`toyevm/contracts/merkle.py`). The state root
is in no leaf: a checkpoint says what happened, not what the accounts are.
"""

from __future__ import annotations

from toyevm.blocks import Header
from toyevm.crypto import keccak256
from toyevm.types import Hash32


def header_leaf(header: Header) -> Hash32:
    """Return the leaf of a block: the hash of its number, time, transactions root and receipts root, a word each."""
    numbers = header.number.to_bytes(32, "big") + header.timestamp.to_bytes(32, "big")
    return keccak256(numbers + header.transactions_root + header.receipts_root)
