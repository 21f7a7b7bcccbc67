"""Block access lists (EIP-7928): everything a block looks at, and every value it leaves behind, told beforehand.

The header commits to the list, and the list travels beside the block. With it, a transaction need not wait for those
before it: what they will have written can be read off.

    values     the list as frozen values, and the same by location
    codec      its one encoding; strict, for it comes from strangers
    recorder   the list of a block that has been executed
    lies       what can be wrong with a list, by name, and where

Source: EIP-7928 as of 2026-07-09 (in review; planned for the fork Amsterdam). The package is in layer 6: it needs
what a transaction and a block do (layer 5), and nothing of how they are scheduled.
"""

from toyevm.access_lists.codec import MalformedAccessList, decode, encode, hash_of
from toyevm.access_lists.lies import InvalidAccessList, Lie, LieKind, find_lies
from toyevm.access_lists.recorder import Recorder, build
from toyevm.access_lists.values import AccountChanges, BlockAccessList, Change, count_items, flatten, gather

__all__ = [
    "AccountChanges",
    "BlockAccessList",
    "Change",
    "InvalidAccessList",
    "Lie",
    "LieKind",
    "MalformedAccessList",
    "Recorder",
    "build",
    "count_items",
    "decode",
    "encode",
    "find_lies",
    "flatten",
    "gather",
    "hash_of",
]
