"""Lesson 15: what DeFi, NFTs and games do to a chain; how far a block goes in parallel is its applications' doing."""

from __future__ import annotations

from toyevm.teaching.lessons.applications.mix_view import show_mix, show_profile
from toyevm.teaching.lessons.applications.mixer_player import WorkloadMixer
from toyevm.teaching.lessons.applications.studies import (
    attack_sheet,
    bargain,
    both_designs,
    falling_price,
    half_and_half,
    mixed_block,
    ranked,
)

__all__ = [
    "WorkloadMixer",
    "attack_sheet",
    "bargain",
    "both_designs",
    "falling_price",
    "half_and_half",
    "mixed_block",
    "ranked",
    "show_mix",
    "show_profile",
]
