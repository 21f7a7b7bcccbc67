"""Lesson 10: a sidechain, its checkpoints on L1, the bridge, and who has to be trusted."""

from __future__ import annotations

from toyevm.teaching.kit.named_tree import pair
from toyevm.teaching.lessons.sidechain.signers_player import SignerSwitches
from toyevm.teaching.lessons.sidechain.signers_view import show_signing
from toyevm.teaching.lessons.sidechain.studies import hidden_block, three_of_five, what_l1_checked, what_l1_gets
from toyevm.teaching.lessons.sidechain.town import open_town, ready_town

__all__ = [
    "SignerSwitches", "hidden_block", "open_town", "pair", "ready_town", "show_signing", "three_of_five",
    "what_l1_checked", "what_l1_gets",
]  # fmt: skip
