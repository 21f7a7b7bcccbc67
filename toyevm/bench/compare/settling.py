"""What settling a block takes: bytes, gas, time, proof or dispute, read off the L1 on which it was done.

What founding a layer takes (contracts, stakes, numbers for accounts) is paid once and counted in no block. Gas is that
of the course's L1: a proof or a step is checked by a precompile there, whose price is the course's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import process_time
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench.compare.figures import TaggedFigure, measured, simulated
from toyevm.blocks import Block
from toyevm.rollups.base import ExecutedBlock, Settlement
from toyevm.rollups.costs import USABLE_BYTES, tokens_of
from toyevm.rollups.l1 import L1
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import play_out
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.claims import ROOT
from toyevm.rollups.optimistic.corruptions import corrupt_storage
from toyevm.rollups.optimistic.lying_states import LiePlace, LyingStates
from toyevm.rollups.optimistic.settlement import CHALLENGER, PROPOSER, OptimisticSettlement

LIE_IN, LIE_AT = 0.5, 2  # which transaction, as a share of the block, and at which of its micro-steps


@dataclass(frozen=True)
class Traffic:
    """What L1 took for a block, from its first transaction to the last.

    Attributes:
        data: all calldata.
        gas: all gas used.
        gas_without_data: what of it was not for calldata.
        seconds: on the clock of L1, from the first block to the last.
    """

    data: bytes
    gas: int
    gas_without_data: int
    seconds: int

    @classmethod
    def on(cls, l1: L1, first: int) -> Traffic:
        """Return what is in block `first` of L1 and in all after it."""
        entries = l1.entries[first:]
        data = b"".join(tx.data for entry in entries for tx in entry.sealed.transactions)
        gas = sum(result.gas_used for entry in entries for result in entry.results)
        spent = sum(_gas_without_floor(l1, number) for number in range(first, len(l1.entries)))
        for_data = tokens_of(data) * l1.chain.fork.gas.calldata_zero
        return cls(data, gas, spent - for_data, l1.now - entries[0].sealed.header.timestamp)


def _gas_without_floor(l1: L1, number: int) -> int:
    """Return the gas that a block of L1 would have used without the floor under calldata (EIP-7623).

    The floor hides what a transaction with much data has executed, so the block is executed once more.
    """
    chain, sealed = l1.chain, l1.entries[number].sealed
    fork = replace(chain.fork, gas=replace(chain.fork.gas, calldata_floor_token=0))
    block = Block(sealed.header, sealed.transactions, l1.credits.get(number, ()))
    config = RunConfig(replace(chain, fork=fork))
    result = BACKENDS.named("sequential").execute_block(l1.entries[number - 1].world, block, config).result
    return result.gas_used


@dataclass(frozen=True)
class Settled:
    """A block that has become final on an L1 of its own.

    Attributes:
        right: whether the root that became final is that of the sequential backend.
        cpu_seconds: of the whole way, proofs included.
    """

    traffic: Traffic
    right: bool
    cpu_seconds: float


def settle(settlement: Settlement, executed: ExecutedBlock) -> Settled:
    """Bring a block to L1, and let it become final.

    Raises:
        NotProvable: the settlement cannot bring this block there; with the reason.
    """
    begun = process_time()
    submission = settlement.submit(executed)
    l1 = l1_of(submission)
    first = len(l1.entries) - 1
    root = settlement.finalize(submission)
    return Settled(Traffic.on(l1, first), root == executed.post.root, process_time() - begun)


def l1_of(submission: Any) -> L1:
    """Return the L1 that a submission stands on."""
    found = getattr(submission, "contract", None) or submission.contracts
    l1: L1 = found.l1
    return l1


def disputed(executed: ExecutedBlock, seed: int = 0) -> dict[str, TaggedFigure]:
    """Return what a dispute over the block adds: somebody doubts an honest proposal, and plays to the last step."""
    submission = OptimisticSettlement().submit(executed)
    l1, posted = l1_of(submission), submission.posted
    first = len(l1.entries) - 1
    place = LiePlace(int(len(executed.block.transactions) * LIE_IN), LIE_AT)
    lie = LyingStates(BlockStates(posted), place, corrupt_storage, seed)
    players = {PROPOSER: Challenger(BlockStates(posted)), CHALLENGER: Challenger(lie)}
    play_out(submission.board, players)
    game, traffic = submission.board.game, Traffic.on(l1, first)
    own = sum(claim.bond for claim in game.claims if claim.claimant == game.claims[ROOT].claimant)
    return {
        "rounds": simulated(max(claim.depth for claim in game.claims), "rounds"),
        "gas": simulated(traffic.gas, "gas"),
        "seconds": simulated(traffic.seconds, "s"),
        "bonds": simulated(own, "wei", "of the honest side"),
        "defended": simulated(int(game.is_defended), "of 1"),
    }


def settling_figures(settled: Settled, transactions: int) -> dict[str, TaggedFigure]:
    """Return the figures of one settlement, per transaction of the layer."""
    traffic = settled.traffic
    return {
        "bytes": simulated(len(traffic.data) / transactions, "bytes/tx"),
        "gas": simulated(traffic.gas / transactions, "gas/tx", "of the course's L1"),
        "delay": simulated(traffic.seconds, "s", "the clock of L1"),
        "blobShare": simulated(len(traffic.data) / USABLE_BYTES / transactions, "blobs/tx", "if blobs are full"),
        "cpu": measured(settled.cpu_seconds, "s", "all roles, proving included, one run"),
    }
