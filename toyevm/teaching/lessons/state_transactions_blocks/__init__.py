"""Lesson 02: a chain on one computer, the order of a block, trees, hashes and the fee market."""

from __future__ import annotations

from toyevm.teaching.lessons.state_transactions_blocks.chain_faults import find_faults
from toyevm.teaching.lessons.state_transactions_blocks.chain_view import show_chain
from toyevm.teaching.lessons.state_transactions_blocks.hash_view import show_bits, show_tree
from toyevm.teaching.lessons.state_transactions_blocks.hashes import changed_bits
from toyevm.teaching.lessons.state_transactions_blocks.local_chain import LocalChain
from toyevm.teaching.lessons.state_transactions_blocks.market_view import show_market
from toyevm.teaching.lessons.state_transactions_blocks.order import run_order, token_shuffle
from toyevm.teaching.lessons.state_transactions_blocks.order_player import OrderPlayer
from toyevm.teaching.lessons.state_transactions_blocks.order_view import show_order
from toyevm.teaching.lessons.state_transactions_blocks.short_merkle import (
    honest_path,
    leaf_hash,
    levels_of,
    pair_hash,
    weak_verify,
)

__all__ = [
    "LocalChain", "OrderPlayer", "changed_bits", "find_faults", "honest_path", "leaf_hash",
    "levels_of", "pair_hash", "run_order", "show_bits", "show_chain", "show_market", "show_order", "show_tree",
    "token_shuffle", "weak_verify",
]  # fmt: skip
