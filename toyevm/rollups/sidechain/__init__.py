"""A sidechain in the manner of Polygon PoS: blocks of its own, believed on L1 because enough stake has signed."""

from __future__ import annotations

from toyevm.rollups.sidechain.sidechain import Sidechain

__all__ = ["Sidechain"]
