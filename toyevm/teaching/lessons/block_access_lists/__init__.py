"""Lesson 07: the list beside the block: how it is built, used, checked, and lied about."""

from __future__ import annotations

from toyevm.teaching.lessons.block_access_lists.checking import check_all, lie_in
from toyevm.teaching.lessons.block_access_lists.inspector_player import ListInspector
from toyevm.teaching.lessons.block_access_lists.notation import edited, write_list
from toyevm.teaching.lessons.block_access_lists.studies import (
    evening,
    gas_with,
    no_ops,
    race,
    table_of_checks,
    whole,
)
from toyevm.teaching.lessons.block_access_lists.village import BOX, build_list, village

__all__ = [
    "BOX",
    "ListInspector",
    "build_list",
    "check_all",
    "edited",
    "evening",
    "gas_with",
    "lie_in",
    "no_ops",
    "race",
    "table_of_checks",
    "village",
    "whole",
    "write_list",
]
