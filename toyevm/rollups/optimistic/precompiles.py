"""Four precompiles that the L1 of an optimistic rollup has besides, and one that it has for a tree of its own.

    one_step      item, state, length of witness, length of posted, witness, posted, block
                  -> the state after one micro-step, 1 if the item is done then
    block_input   digest of deposits, digest of forced transactions, how many of these are taken, block
                  -> items, number, digest of deposits, digest of forced transactions, after the block
    forced_input  bytes that are to be a forced transaction -> nothing; it fails if no block could take them
    next_block    state after a block, the part of it that shows its world -> the state before the next block
    slot_proof    as on any L1 of the course, but under a committed state instead of a Merkle-Patricia root

Ethereum has none of them. There a micro-step is one of a MIPS processor that runs the client, done in Solidity, for
some million gas; here it is one of the machine itself, by the function that both players have. What does not hold is a
failed call. The rules of the layer's chain are part of them: who changes a rule changes what L1 believes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from toyevm.blocks import Header
from toyevm.chain import ChainConfig
from toyevm.contracts.abi import encode_arguments
from toyevm.errors import PrecompileFailure, ToyevmError
from toyevm.rollups.l1 import L1_CHAIN
from toyevm.rollups.one_step.witness import StepRefused
from toyevm.rollups.optimistic.block_input import (
    decode_block_input,
    deposit_digest,
    forced_digest,
    item_context,
    item_count,
)
from toyevm.rollups.optimistic.posted_input import GAS_SIZE, gas_of
from toyevm.rollups.optimistic.state_proofs import proven_start, read_proven_slot
from toyevm.rollups.optimistic.verifier import step_once
from toyevm.rollups.precompiles import SLOT_PROOF, proof_gas
from toyevm.transactions import Transaction, decode_transaction, encode_transaction
from toyevm.types import Address, to_address
from toyevm.vm.precompiles import Precompile

ONE_STEP, BLOCK_INPUT, NEXT_BLOCK, FORCED_INPUT = (to_address(number) for number in range(0xF006, 0xF00A))
STEP_GAS, STEP_BYTE_GAS = 200_000, 30  # a millisecond or two; of each 110 bytes of a block, a signer is recovered
INPUT_GAS, INPUT_BYTE_GAS = 3_000, 30
MOST_GAS = 2**26  # of a block of the layer: or nobody could run through one in time
MOST_FORCED_GAS = 2**24  # of a forced transaction: so a block has room for some
MOST_INPUT = 2**16 - GAS_SIZE  # bytes for a precompile of the layer: as much as L1 is shown at once, behind the gas
MOST_PRECOMPILE_GAS = 6_000_000  # of the layer: with the longest block and input, a proof still costs less than 2**24

Check = Callable[[bytes], bytes]


def step_gas(data: bytes) -> int:
    """Return what a step costs: by its length, and as much as its prover brings for a precompile; none may cost more.

    Nothing else that a step does is dear. But 213 bytes may ask BLAKE2 for a round at each unit of gas of the layer.
    """
    return STEP_GAS + STEP_BYTE_GAS * len(data) + gas_of(_step_parts(data)[1])


def input_gas(data: bytes) -> int:
    """Return what the check of a block costs: by its length alone."""
    return INPUT_GAS + INPUT_BYTE_GAS * len(data)


def _words(data: bytes, count: int) -> list[int]:
    if len(data) < 32 * count:
        raise PrecompileFailure(f"{len(data)} bytes, not even {32 * count}")
    return [int.from_bytes(data[32 * i : 32 * i + 32], "big") for i in range(count)]


def check_one_step(chain: ChainConfig, data: bytes) -> bytes:
    """Do one micro-step of a block of this chain."""
    witness, posted, block = _step_parts(data)
    context = item_context(chain, decode_block_input(block), _words(data, 1)[0])
    answer = step_once(context, data[32:64], witness, posted)
    if isinstance(answer, StepRefused):
        raise PrecompileFailure(f"{answer.reason}: {answer.detail}")
    after, is_done = answer
    return after + is_done.to_bytes(32, "big")


def _step_parts(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return witness, what is brought for a precompile, and block."""
    _, _, witness_size, posted_size = _words(data, 4)
    posted_at = 128 + witness_size
    block_at = posted_at + posted_size
    if block_at > len(data):
        raise PrecompileFailure("lengths that do not fit")
    return data[128:posted_at], data[posted_at:block_at], data[block_at:]


def check_block_input(chain: ChainConfig, data: bytes) -> bytes:
    """Say of what a block of this chain consists."""
    taken = _words(data, 3)[2]
    block = decode_block_input(data[96:])
    if taken > len(block.transactions):
        raise PrecompileFailure("fewer transactions than are forced")
    if block.header.gas_limit > MOST_GAS:
        raise PrecompileFailure("more gas than a block has")
    if block.ommers:  # a layer has none: their reward, by a number that nobody checks, would be ether out of nothing
        raise PrecompileFailure("a block with ommers")
    _check_room(block.header, block.transactions[:taken])
    raws = [encode_transaction(tx) for tx in block.transactions[:taken]]
    digests = deposit_digest(block.withdrawals, data[:32]), forced_digest(raws, data[32:64])
    return encode_arguments(item_count(chain, block), block.header.number, *digests)


def _check_room(header: Header, forced: Sequence[Transaction]) -> None:
    """Refuse a header that shuts forced transactions out: what does not fit into a block is passed over for good."""
    if forced and header.base_fee_per_gas:
        raise PrecompileFailure("a base fee for what is forced")
    if sum(tx.gas_limit for tx in forced) > header.gas_limit:
        raise PrecompileFailure("no room for what is forced")


def check_forced_input(data: bytes) -> bytes:
    """Tell whether a block could take this as a transaction; whether it can be executed, is not asked.

    Blobs are not forced: a header says what they cost, and could shut them out by it.
    """
    tx = decode_transaction(data)
    if tx.gas_limit > MOST_FORCED_GAS:
        raise PrecompileFailure("more gas than a forced transaction has")
    if tx.blob_hashes:
        raise PrecompileFailure("blobs")
    return b""


def check_next_block(data: bytes) -> bytes:
    """Return the state before the next block."""
    _words(data, 1)
    return proven_start(data[:32], data[32:])


def check_slot(data: bytes) -> bytes:
    """Return what lies in a slot under a committed state."""
    _, address, slot = _words(data, 3)
    if address >> 160:
        raise PrecompileFailure("an address of more than 20 bytes")
    return read_proven_slot(data[:32], address.to_bytes(20, "big"), slot, data[96:]).to_bytes(32, "big")


def safely(check: Check) -> Check:
    """Return a check that fails, and never breaks, whatever bytes strangers send."""

    def checked(data: bytes) -> bytes:
        try:
            return check(data)
        except PrecompileFailure:
            raise
        except (ToyevmError, ArithmeticError, LookupError, TypeError, ValueError, MemoryError, RecursionError) as error:
            raise PrecompileFailure(str(error)) from error

    return checked


def provable_chain(chain: ChainConfig) -> ChainConfig:
    """Return a chain's rules as those of a layer: a call of a precompile fails that L1 could not be shown or paid for.

    Or a lie about such a call would stand. The OP Stack bounds pairings: to 112,687 bytes, or 20 million gas (Granite).
    """

    def bounded(row: Precompile) -> Precompile:
        return replace(row, most_input=MOST_INPUT, most_gas=MOST_PRECOMPILE_GAS)

    return replace(chain, extra_precompiles={address: bounded(row) for address, row in chain.precompiles.items()})


def dispute_checks(layer: ChainConfig) -> Mapping[Address, Precompile]:
    """Return the precompiles for a layer with these rules, which it has as `provable_chain` makes them."""
    layer = provable_chain(layer)
    return MappingProxyType(
        {
            ONE_STEP: Precompile("one_step", step_gas, safely(partial(check_one_step, layer))),
            BLOCK_INPUT: Precompile("block_input", input_gas, safely(partial(check_block_input, layer))),
            FORCED_INPUT: Precompile("forced_input", input_gas, safely(check_forced_input)),
            NEXT_BLOCK: Precompile("next_block", proof_gas, safely(check_next_block)),
            SLOT_PROOF: Precompile("slot_proof", proof_gas, safely(check_slot)),
        }
    )


def optimistic_l1_chain(layer: ChainConfig) -> ChainConfig:
    """Return the rules of an L1 that settles a layer with these rules."""
    return replace(L1_CHAIN, extra_precompiles={**(L1_CHAIN.extra_precompiles or {}), **dispute_checks(layer)})
