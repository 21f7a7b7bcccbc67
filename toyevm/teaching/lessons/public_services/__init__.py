"""Lesson 16: public services; what a hash hides, what a chain can know, who decides, and whether a chain fits."""

from __future__ import annotations

from toyevm.teaching.lessons.public_services.deeds import DEEDS
from toyevm.teaching.lessons.public_services.envelopes import copy_on_chain, hash_of
from toyevm.teaching.lessons.public_services.policy import advise
from toyevm.teaching.lessons.public_services.policy_player import PolicyExplorer
from toyevm.teaching.lessons.public_services.policy_view import show_policy
from toyevm.teaching.lessons.public_services.records import CODES, TOWN, published, record_hash
from toyevm.teaching.lessons.public_services.studies import (
    borrowed_vote,
    both_designs,
    erased_record,
    lost_house,
    lost_shares,
    mixed_traces,
    sixty_per_cent,
)
from toyevm.teaching.lessons.public_services.town_bank import BANK_CALLS, slots_table

__all__ = [
    "BANK_CALLS", "CODES", "DEEDS", "TOWN", "PolicyExplorer", "advise", "borrowed_vote", "both_designs",
    "copy_on_chain", "erased_record", "hash_of", "lost_house", "lost_shares", "mixed_traces", "published",
    "record_hash", "show_policy", "sixty_per_cent", "slots_table",
]  # fmt: skip
