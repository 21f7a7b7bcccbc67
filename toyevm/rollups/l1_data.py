"""What an L1 block holds for a layer: the batcher's submissions, and the deposits that the bridge has logged.

The inbox is an address without code. Nothing on L1 needs to know what a batch says, so nothing should be paid for
looking at it: a contract there would only cost gas, and could fail. Who the batcher is, its signature says; what
anybody else sends to the inbox does not count, or L2 could be buried in rubbish. So do the OP Stack's nodes
(specs.optimism.io, derivation, L1 retrieval). Arbitrum's inbox is a contract that chains hashes of the batches, because
its disputes read them there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from toyevm.blocks import Log
from toyevm.contracts import load_contract
from toyevm.errors import DecodingError, InputError
from toyevm.results import SealedBlock
from toyevm.rollups.blobs import decode_blob
from toyevm.rollups.values import Deposit, L1Block
from toyevm.transactions import Transaction
from toyevm.types import Address, Hash32, to_address

INBOX: Address = to_address(0xFF << 152 | 42)  # nobody has its key; as on the OP Stack, it ends with the layer's number


def l1_block_of(
    sealed: SealedBlock,
    blobs: Mapping[Hash32, bytes],
    inbox: Address,
    batcher: Address | None,
    deposits: Iterable[Deposit],
) -> L1Block:
    """Return what a block holds for the layer with this inbox and this batcher.

    A transaction that failed counts too: its bytes are on L1. A blob that is malformed holds nothing.

    Raises:
        InputError: a blob of the batcher is not there any more.
    """
    header = sealed.header
    posts = [tx for tx in sealed.transactions if tx.to == inbox and batcher in (None, tx.sender)]
    submissions = tuple(data for tx in posts for data in _posted(tx, blobs))
    return L1Block(header.number, sealed.hash, header.parent_hash, header.timestamp, submissions, tuple(deposits))


def _posted(tx: Transaction, blobs: Mapping[Hash32, bytes]) -> Iterator[bytes]:
    """Yield what a transaction has posted: its blobs, or, where it has none, its calldata."""
    if not tx.blob_hashes:
        yield tx.data
    for hash_ in tx.blob_hashes:
        if hash_ not in blobs:
            raise InputError(f"no blob 0x{hash_.hex()}", "L1", "blobs that are still kept")
        try:
            yield decode_blob(blobs[hash_])
        except DecodingError:
            continue


def deposits_in(logs: Iterable[Log]) -> Iterator[Deposit]:
    """Yield the deposits among the logs of a bridge (l1_bridge.vy), in order."""
    topic = load_contract("l1_bridge").event_topic("Deposited")
    for log in logs:
        if log.topics[:1] == (topic,):
            yield Deposit(log.topics[1], to_address(log.topics[2]), int.from_bytes(log.data, "big"))
