"""One table over everything: every backend and every settlement on the same block, figures with their origin."""

from __future__ import annotations

from toyevm.bench.compare.figures import Tag, TaggedFigure, assumed, measured, plain, simulated, weakest
from toyevm.bench.compare.table import compare, count_pieces, is_right

__all__ = [
    "Tag",
    "TaggedFigure",
    "assumed",
    "compare",
    "count_pieces",
    "is_right",
    "measured",
    "plain",
    "simulated",
    "weakest",
]
