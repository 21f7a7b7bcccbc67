"""Payments in waves: all of them can be paid, and no two have to do with each other."""

from __future__ import annotations

from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block, Header
from toyevm.units import GWEI
from toyevm.workloads.payment_waves import CHEAPEST, DEAREST, payments_in_waves


def test_waves_are_payable_by_their_payers_and_independent() -> None:
    demand = payments_in_waves([2, 0, 3])
    assert [len(wave) for wave in demand.waves] == [2, 0, 3]
    everything = tuple(tx for wave in demand.waves for tx in wave)
    assert len({tx.sender for tx in everything} | {tx.to for tx in everything}) == 10
    assert all(CHEAPEST * GWEI <= tx.max_fee_per_gas <= DEAREST * GWEI for tx in everything)
    block = Block(Header(base_fee_per_gas=CHEAPEST * GWEI, excess_blob_gas=0), everything)
    outcome = BACKENDS.named("sequential").execute_block(demand.pre, block, RunConfig()).result
    assert all(result.succeeded for result in outcome.results)
    assert demand == payments_in_waves([2, 0, 3]) != payments_in_waves([2, 0, 3], seed=1)
