"""Lesson 03: which transactions conflict, as matrix, graph and hot spots."""

from __future__ import annotations

from toyevm.teaching.lessons.conflicts.conflict_player import ConflictExplorer
from toyevm.teaching.lessons.conflicts.conflict_view import show_graph, show_hot_spots, show_matrix, show_pairs
from toyevm.teaching.lessons.conflicts.contract_blocks import market_changes, study_market
from toyevm.teaching.lessons.conflicts.studies import study, study_board, study_payments

__all__ = [
    "ConflictExplorer",
    "market_changes",
    "show_graph",
    "show_hot_spots",
    "show_matrix",
    "show_pairs",
    "study",
    "study_board",
    "study_market",
    "study_payments",
]
