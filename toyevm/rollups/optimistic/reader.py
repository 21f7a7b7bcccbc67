"""A reader of L1: rebuilds the rollup's blocks from what was proposed there, and asks nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from toyevm.blocks import Block
from toyevm.crypto import keccak256
from toyevm.errors import DecodingError, InputError
from toyevm.rollups.optimistic.block_input import decode_block_input
from toyevm.rollups.optimistic.dispute_contract import GAME, DisputeContract

PROPOSE = next(entry for entry in GAME.abi if entry.get("name") == "propose")
SELECTOR = keccak256(f"propose({','.join(one['type'] for one in PROPOSE['inputs'])})".encode())[:4]
DATA_AT = len(PROPOSE["inputs"]) - 1  # the last argument


def posted_blocks(contract: DisputeContract) -> Iterator[Block]:
    """Yield the block of each game, in the order of the games.

    Raises:
        InputError: what was posted is no block: nobody can know it.
    """
    for entry in contract.l1.entries:
        for tx, result in zip(entry.sealed.transactions, entry.results, strict=True):
            if tx.to == contract.address and tx.data[:4] == SELECTOR and result.succeeded:
                yield _block(tx.data[4:])


def final_blocks(contract: DisputeContract) -> list[Block]:
    """Return the blocks of which L1 takes the state for final, one after the other."""
    games = enumerate(posted_blocks(contract))
    blocks = {block.header.number: block for game, block in games if contract.is_accepted(game)}
    return list(blocks.values())  # of two proposals of one state, both may be accepted


def _block(arguments: bytes) -> Block:
    offset = int.from_bytes(arguments[32 * DATA_AT :][:32], "big")
    size = int.from_bytes(arguments[offset : offset + 32], "big")
    try:
        return decode_block_input(arguments[offset + 32 :][:size])
    except DecodingError as error:
        raise InputError(f"a block that is not on L1: {error}", "posted_blocks") from error
