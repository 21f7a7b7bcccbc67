"""Demand against room, block by block."""

from __future__ import annotations

from typing import NamedTuple


class LoadRow(NamedTuple):
    """One block under load; `base_fee` is in gwei, `waiting` is counted after the block."""

    number: int
    arrived: int
    included: int
    waiting: int
    base_fee: float
