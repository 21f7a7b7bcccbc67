"""The rules of one chain: its number, its fork, its precompiles, and the prices that follow from the parent block.

Fees for gas and for blobs follow one idea: above the target they rise, below they fall, by a bounded share a block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from toyevm.blocks import Block, Header
from toyevm.forks import DEFAULT_FORK, BlobSchedule, Fork
from toyevm.types import Address
from toyevm.vm.frame import BlockEnv
from toyevm.vm.precompiles import Precompile, precompiles_of

GAS_PER_BLOB = 2**17
MIN_BLOB_BASE_FEE = 1
ELASTICITY = 2
BASE_FEE_CHANGE_DENOMINATOR = 8


@dataclass(frozen=True)
class ChainConfig:
    """Everything that all blocks of a chain share. `extra_precompiles` are added to those of the fork."""

    chain_id: int = 1
    fork: Fork = DEFAULT_FORK
    extra_precompiles: Mapping[Address, Precompile] | None = None

    @cached_property
    def precompiles(self) -> Mapping[Address, Precompile]:
        return {**precompiles_of(self.fork), **(self.extra_precompiles or {})}

    def env(self, block: Block) -> BlockEnv:
        """Return what code can see of `block`."""
        header = block.header
        randao = int.from_bytes(header.prev_randao, "big")
        return BlockEnv(
            fork=self.fork,
            precompiles=self.precompiles,
            chain_id=self.chain_id,
            coinbase=header.coinbase,
            number=header.number,
            timestamp=header.timestamp,
            gas_limit=header.gas_limit,
            base_fee_per_gas=header.base_fee_per_gas,
            randao_or_difficulty=randao if self.fork.proof_of_stake else header.difficulty,
            blob_base_fee=blob_base_fee(self.fork.blobs, header.excess_blob_gas or 0),
            ancestor_hashes=block.ancestor_hashes,
        )


MAINNET = ChainConfig()


def next_base_fee(parent: Header) -> int:
    """Return the base fee of the block after `parent` (EIP-1559): up to an eighth more or less.

    >>> next_base_fee(Header(gas_limit=30_000_000, gas_used=30_000_000, base_fee_per_gas=800))
    900
    """
    target, fee = parent.gas_limit // ELASTICITY, parent.base_fee_per_gas
    change = fee * abs(parent.gas_used - target) // target // BASE_FEE_CHANGE_DENOMINATOR
    if parent.gas_used > target:
        return fee + max(change, 1)
    return fee - change


def fake_exponential(factor: int, numerator: int, denominator: int) -> int:
    """Approximate factor * e ** (numerator / denominator) in integers, by its Taylor series (EIP-4844).

    >>> fake_exponential(1, 3_338_477 * 2, 3_338_477)
    7
    """
    total, term, i = 0, factor * denominator, 1
    while term > 0:
        total += term
        term = term * numerator // (denominator * i)
        i += 1
    return total // denominator


def blob_base_fee(blobs: BlobSchedule | None, excess_blob_gas: int) -> int:
    """Return the price of a unit of blob gas, in wei; 1 where there are no blobs."""
    if blobs is None:
        return MIN_BLOB_BASE_FEE
    return fake_exponential(MIN_BLOB_BASE_FEE, excess_blob_gas, blobs.base_fee_update_fraction)


def next_excess_blob_gas(fork: Fork, parent: Header) -> int:
    """Return the next block's excess: a running total of blob gas above the target (EIP-4844, EIP-7918)."""
    if fork.blobs is None:
        return 0
    excess, used = parent.excess_blob_gas or 0, parent.blob_gas_used or 0
    target = fork.blobs.target * GAS_PER_BLOB
    if excess + used < target:
        return 0
    if fork.blob_base_cost * parent.base_fee_per_gas > GAS_PER_BLOB * blob_base_fee(fork.blobs, excess):
        # Blobs are cheaper than the gas to verify them: let the price rise however few there are.
        return excess + used * (fork.blobs.maximum - fork.blobs.target) // fork.blobs.maximum
    return excess + used - target
