"""Settlements as backends: who imports this module finds them in `BACKENDS`, behind those that only execute."""

from __future__ import annotations

from toyevm.backends import BACKENDS
from toyevm.rollups.base import SettlementBackend
from toyevm.rollups.sidechain.settlement import SidechainSettlement

SETTLEMENTS: tuple[SettlementBackend, ...] = (
    SettlementBackend(SidechainSettlement.name, SidechainSettlement.summary, SidechainSettlement, inner="block_stm"),
)

for settlement in SETTLEMENTS:
    BACKENDS.register(settlement)
