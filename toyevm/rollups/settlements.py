"""Settlements as backends: who imports this module finds them in `BACKENDS`, behind those that only execute."""

from __future__ import annotations

from toyevm.backends import BACKENDS
from toyevm.rollups.base import SettlementBackend
from toyevm.rollups.optimistic.settlement import OptimisticSettlement
from toyevm.rollups.sidechain.settlement import SidechainSettlement
from toyevm.rollups.zk_rollup.settlement import ZkRollupSettlement

SETTLEMENTS: tuple[SettlementBackend, ...] = (
    SettlementBackend(SidechainSettlement.name, SidechainSettlement.summary, SidechainSettlement, inner="block_stm"),
    SettlementBackend(ZkRollupSettlement.name, ZkRollupSettlement.summary, ZkRollupSettlement, inner="block_stm"),
    SettlementBackend(OptimisticSettlement.name, OptimisticSettlement.summary, OptimisticSettlement, inner="block_stm"),
)

for settlement in SETTLEMENTS:
    BACKENDS.register(settlement)
