"""Demand against room, block by block: who gets in, who waits, and what the base fee does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block, Header
from toyevm.chain import next_base_fee
from toyevm.transactions import Transaction
from toyevm.units import GWEI
from toyevm.workloads.payment_waves import payments_in_waves

ROOM = 20  # payments in a block
TRANSFER_GAS = 21_000
FIRST_BASE_FEE = 10 * GWEI


class LoadRow(NamedTuple):
    """One block under load; `base_fee` is in gwei, `waiting` is counted after the block."""

    number: int
    arrived: int
    included: int
    waiting: int
    base_fee: float


def run_load(arrivals: Sequence[int]) -> list[LoadRow]:
    """Return what happens, block by block, when so many payments arrive before each.

    A payment whose highest price is below the base fee waits; of the others the producer takes the best tips first.
    """
    demand = payments_in_waves(list(arrivals))
    world, base_fee, rows = demand.pre, FIRST_BASE_FEE, []
    waiting: list[Transaction] = []
    for number, wave in enumerate(demand.waves, start=1):
        waiting += wave
        ready = [tx for tx in waiting if tx.max_fee_per_gas >= base_fee]
        ready.sort(key=lambda tx: -min(tx.max_priority_fee_per_gas, tx.max_fee_per_gas - base_fee))
        header = Header(number=number, gas_limit=ROOM * TRANSFER_GAS, base_fee_per_gas=base_fee, excess_blob_gas=0)
        block = Block(header, tuple(ready[:ROOM]))
        outcome = BACKENDS.named("sequential").execute_block(world, block, RunConfig()).result
        world = world.apply(outcome.diff)
        waiting = [tx for tx in waiting if tx not in block.transactions]
        rows.append(LoadRow(number, len(wave), len(block.transactions), len(waiting), base_fee / GWEI))
        base_fee = next_base_fee(replace(header, gas_used=outcome.gas_used))
    return rows
