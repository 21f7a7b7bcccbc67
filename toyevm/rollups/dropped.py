"""What a layer's node found on L1 and did not use, each with its reason: nothing there can make derivation fail.

Anybody can send anything to the inbox. So whatever is wrong with it has a name, is noted, and is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DropReason(StrEnum):
    """Why something was not used: the first group is about frames, then channels, then blocks."""

    MALFORMED_SUBMISSION = "malformed submission"
    FRAME_TOO_LARGE = "frame too large"
    NOT_OPEN = "frame of a channel that is not open"
    DUPLICATE_FRAME = "duplicate frame"
    GAP = "gap before the frame"

    UNFINISHED = "unfinished channel, another was opened"
    TIMED_OUT = "unfinished channel, its time is over"
    CHANNEL_TOO_LARGE = "channel too large"
    NOT_UNPACKED = "channel that does not unpack"
    UNPACKS_TOO_LARGE = "channel that unpacks to too much"
    MALFORMED_BATCH = "malformed batch"

    PAST = "block in the past"
    WRONG_PARENT = "block with another parent"
    EPOCH_OUT_OF_ORDER = "epoch out of order"
    UNKNOWN_EPOCH = "epoch that L1 does not have yet"
    WRONG_EPOCH = "epoch with another hash"
    TOO_LATE = "block after its sequencing window"
    TOO_EARLY_FOR_EPOCH = "timestamp before its epoch"
    DRIFTED = "timestamp too far from its epoch"
    INVALID_TRANSACTION = "invalid transaction, so an empty block"
    INVALID_MESSAGE = "message that was never sent, so an empty block"


@dataclass(frozen=True)
class Dropped:
    """One thing that was not used.

    Attributes:
        l1_number: the L1 block that it came with; for something unfinished, the block in which that was noticed.
        position: the submission in that L1 block, counted from 0; None where no single one is to blame.
        detail: numbers and hashes, for people.
    """

    reason: DropReason
    l1_number: int
    position: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        where = "" if self.position is None else f", submission {self.position}"
        return f"L1 block {self.l1_number}{where}: {self.reason}" + (f" ({self.detail})" if self.detail else "")
