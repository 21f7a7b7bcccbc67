"""The checks by which anyone finds out what does not fit in a chain of sealed blocks.

A header names its parent by hash, and its contents by roots. So every lie shows somewhere: in a root that the contents
do not have, or, once the header was changed to match, in a child that names another parent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toyevm.blocks import bloom
from toyevm.results import SealedBlock
from toyevm.transactions import encode_transaction
from toyevm.trie import ordered_trie_root

NAMES = ("parent hash", "state root", "transactions root", "receipts root", "logs bloom", "own hash")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in block number `number` that does not fit: one of `NAMES`."""

    number: int
    name: str


def find_faults(blocks: Sequence[SealedBlock]) -> list[Fault]:
    """Return what anyone can check without executing anything: the links, and the roots of what is in the blocks.

    The state root is not among them: only those who run the transactions can tell whether it is right.
    """
    faults = []
    for index, block in enumerate(blocks):
        header = block.header
        checks = {
            "parent hash": index == 0 or header.parent_hash == blocks[index - 1].hash,
            "transactions root": header.transactions_root
            == ordered_trie_root([encode_transaction(tx) for tx in block.transactions]),
            "receipts root": header.receipts_root
            == ordered_trie_root([receipt.encode() for receipt in block.receipts]),
            "logs bloom": header.logs_bloom == bloom(log for receipt in block.receipts for log in receipt.logs),
        }
        faults += [Fault(header.number, name) for name, fits in checks.items() if not fits]
    return faults
