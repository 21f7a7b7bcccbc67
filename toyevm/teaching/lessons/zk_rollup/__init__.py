"""Lesson 13: a trace, its rules, a STARK proof of it, and a rollup of payments that is proven."""

from __future__ import annotations

from toyevm.teaching.kit.stark.extension_view import show_column
from toyevm.teaching.kit.stark.folds_player import FoldsPlayer
from toyevm.teaching.kit.stark.folds_view import show_folds
from toyevm.teaching.kit.stark.rules_player import RulesPlayer
from toyevm.teaching.kit.stark.rules_view import show_rules
from toyevm.teaching.kit.stark.tamper_player import TamperPlayer
from toyevm.teaching.kit.stark.tamper_view import show_tampering
from toyevm.teaching.kit.stark.trace_view import show_trace
from toyevm.teaching.lessons.zk_rollup.book import book, book_proof
from toyevm.teaching.lessons.zk_rollup.claims import claim
from toyevm.teaching.lessons.zk_rollup.growth_view import growth
from toyevm.teaching.lessons.zk_rollup.studies import (
    attacks_on_data,
    bits_of_rounds,
    changed_cells,
    mixed_block,
    payment_table,
    prove_batch,
    what_a_stranger_reads,
)

__all__ = [
    "FoldsPlayer", "RulesPlayer", "TamperPlayer", "attacks_on_data", "bits_of_rounds", "book", "book_proof",
    "changed_cells", "claim", "growth", "mixed_block", "payment_table", "prove_batch", "show_column", "show_folds",
    "show_rules", "show_tampering", "show_trace", "what_a_stranger_reads",
]  # fmt: skip
