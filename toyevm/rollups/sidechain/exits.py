"""The way out: from a burn on the sidechain, by its receipt, to a checkpoint on L1.

Four hashes lie above a burn: its log is in a receipt, the receipt under the receipts root, the receipts root in a
header, the header under the root of a checkpoint. An exit shows all of it; of the sidechain, L1 knows the last alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from toyevm import rlp
from toyevm.blocks import Header, Receipt
from toyevm.contracts.merkle import merkle_path
from toyevm.errors import InputError
from toyevm.results import SealedBlock
from toyevm.rollups.sidechain.chain import burn_log
from toyevm.rollups.sidechain.merkle import header_leaf
from toyevm.transactions import FEE_MARKET
from toyevm.trie import ordered_trie_root, prove
from toyevm.types import Address, Hash32


class BurnPlace(NamedTuple):
    """Where a burn's log is: in which block, of which transaction, at which place among its logs."""

    number: int
    tx_index: int
    log_index: int = 0


@dataclass(frozen=True)
class ExitProof:
    """Everything that the bridge on L1 has to see of a burn; the bytes are those of its call."""

    checkpoint: int
    header: Header
    path: tuple[Hash32, ...]
    place: BurnPlace
    receipt_nodes: tuple[bytes, ...]

    @property
    def arguments(self) -> tuple[int | bytes, ...]:
        """What `exit` takes, in order."""
        header, place = self.header, self.place
        roots = (header.transactions_root, header.receipts_root)
        path, nodes = b"".join(self.path), rlp.encode(list(self.receipt_nodes))
        block = (self.checkpoint, header.number, header.timestamp, *roots, path)
        return (*block, place.tx_index, place.log_index, nodes)


def prove_exit(checkpoint: int, headers: Sequence[Header], sealed: SealedBlock, place: BurnPlace) -> ExitProof:
    """Return the proof of a burn in `sealed`, one of the blocks whose `headers` are under the checkpoint.

    Raises:
        InputError: the block is not among them, or has no such transaction.
    """
    numbers = [header.number for header in headers]
    if place.number not in numbers:
        raise InputError(f"block {place.number} is not under checkpoint {checkpoint}", "exit", f"{_range(numbers)}")
    if not 0 <= place.tx_index < len(sealed.receipts):
        raise InputError(f"block {place.number} has no transaction {place.tx_index}", "exit")
    path = merkle_path([header_leaf(header) for header in headers], numbers.index(place.number))
    return ExitProof(checkpoint, sealed.header, path, place, _receipt_nodes(sealed.receipts, place.tx_index))


def _receipt_nodes(receipts: Sequence[Receipt], tx_index: int) -> tuple[bytes, ...]:
    return prove({rlp.encode(at): each.encode() for at, each in enumerate(receipts)}, rlp.encode(tx_index))


def _range(numbers: Sequence[int]) -> str:
    return f"{numbers[0]} to {numbers[-1]}" if numbers else "a block"


def forge_block(parent: Header, burns: Sequence[tuple[Address, int]]) -> SealedBlock:
    """Return a block that nobody has executed, in whose receipts the gateway burns these amounts (in wei).

    It holds no transactions: whoever has the block sees the lie at once. L1 has 32 bytes of it.
    """
    receipts = tuple(Receipt(FEE_MARKET, True, 21_000 * at, (burn_log(*burn),)) for at, burn in enumerate(burns, 1))
    header = replace(
        parent,
        parent_hash=parent.hash,
        number=parent.number + 1,
        timestamp=parent.timestamp + 2,
        receipts_root=ordered_trie_root([receipt.encode() for receipt in receipts]),
    )
    return SealedBlock(header, (), receipts)
