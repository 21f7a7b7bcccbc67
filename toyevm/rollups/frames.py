"""Frames: a channel, which may be long, in pieces that fit into submissions, and the channel put together again.

    submission    00, then frames
    frame         channel 16    number 2    length 4    data    is last 1

One channel is open at a time (OP Stack, since Holocene). Frame 0 opens a channel and drops one that was unfinished; the
next number continues; any other frame is dropped alone. The last one closes the channel, and a channel that is not
closed in time is dropped. A submission is read as a whole or not at all.

Ids are free to choose, so an id says nothing about whose channel it is: one that was closed may be opened again, and
another frame 0 under the same id opens another channel. Only the very frame 0 that opened it is a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from toyevm.crypto import keccak256
from toyevm.errors import DecodingError, InputError
from toyevm.rollups.dropped import Dropped, DropReason
from toyevm.rollups.encodings.cursor import Cursor
from toyevm.rollups.values import L1Block

SUBMISSION_VERSION = b"\0"
CHANNEL_ID = 16
FRAME_OVERHEAD = CHANNEL_ID + 2 + 4 + 1
MAX_FRAMES = 2**16  # of one channel: what a number has room for


@dataclass(frozen=True)
class ChannelLimits:
    """How much of L1's data a node is willing to hold and to unpack.

    Attributes:
        frame_bytes: of one frame's data.
        channel_bytes: of one channel, still compressed.
        unpacked_bytes: of one channel, after decompression: room for 16,000 transfers. A byte may be an item of a list,
            and an item is up to 70 bytes and a microsecond to Python, so it is a fifth of the OP Stack's.
        timeout: in L1 blocks, from the first frame of a channel to its last.
    """

    frame_bytes: int = 1_000_000
    channel_bytes: int = 2_000_000
    unpacked_bytes: int = 2_000_000
    timeout: int = 50


class ChannelFrame(NamedTuple):
    """A piece of a channel."""

    channel: bytes
    number: int
    data: bytes
    is_last: bool

    def encode(self) -> bytes:
        """Return the frame as it stands in a submission."""
        length = len(self.data).to_bytes(4, "big")
        return self.channel + self.number.to_bytes(2, "big") + length + self.data + bytes([self.is_last])


class Channel(NamedTuple):
    """A channel whose last frame has come, and where that was."""

    id: bytes
    data: bytes
    l1_number: int
    position: int


def cut(data: bytes, size: int, channel: bytes | None = None) -> list[ChannelFrame]:
    """Return the frames of a channel with this content, `size` bytes in each; its id is the start of its hash.

    Raises:
        InputError: more frames than there are numbers.
    """
    if size < 1 or len(data) > size * MAX_FRAMES:
        raise InputError(f"{len(data):,} bytes in frames of {size}", expected=f"at most {MAX_FRAMES:,} frames")
    name = keccak256(data)[:CHANNEL_ID] if channel is None else channel
    starts = range(0, max(len(data), 1), size)
    return [
        ChannelFrame(name, number, data[start : start + size], start == starts[-1])
        for number, start in enumerate(starts)
    ]


def submission_of(frames: Iterable[ChannelFrame]) -> bytes:
    """Return one submission with these frames in it."""
    return SUBMISSION_VERSION + b"".join(frame.encode() for frame in frames)


def read_submission(data: bytes) -> list[ChannelFrame]:
    """Return the frames in a submission.

    Raises:
        DecodingError: it is not made of at least one whole frame and nothing else.
    """
    if data[:1] != SUBMISSION_VERSION:
        raise DecodingError(f"version {data[:1].hex() or 'missing'}", expected="00")
    cursor = Cursor(data[1:])
    frames = [_read_frame(cursor)]
    while cursor.left:
        frames.append(_read_frame(cursor))
    return frames


def _read_frame(cursor: Cursor) -> ChannelFrame:
    channel, number = cursor.take(CHANNEL_ID), cursor.integer(2)
    content, flag = cursor.take(cursor.integer(4)), cursor.integer(1)
    if flag > 1:
        raise DecodingError(f"is-last flag {flag}", expected="0 or 1")
    return ChannelFrame(channel, number, content, bool(flag))


@dataclass(frozen=True)
class OpenChannel:
    """A channel whose last frame is still to come."""

    id: bytes
    opened_at: int  # the L1 block
    pieces: tuple[bytes, ...]


@dataclass(frozen=True)
class ChannelBank:
    """What is kept between two L1 blocks: the open channel, if there is one."""

    open: OpenChannel | None = None

    def read(self, block: L1Block, limits: ChannelLimits) -> tuple[ChannelBank, list[Channel], list[Dropped]]:
        """Return the bank after an L1 block, the channels it closed, and what was dropped."""
        reading = _Reading(self, block.number, limits)
        for position, submission in enumerate(block.submissions):
            try:
                frames = read_submission(submission)
            except DecodingError as error:
                reading.drop(DropReason.MALFORMED_SUBMISSION, position, str(error))
                continue
            for frame in frames:
                reading.take(frame, position)
        return reading.bank(), reading.channels, reading.dropped


class _Reading:
    """The bank while one L1 block is read; `id` is that of the open channel, empty when there is none."""

    def __init__(self, bank: ChannelBank, l1_number: int, limits: ChannelLimits) -> None:
        self.l1_number, self.limits = l1_number, limits
        self.channels: list[Channel] = []
        self.dropped: list[Dropped] = []
        self.id = b""
        if bank.open is not None:
            self.id, self.opened_at, self.pieces = bank.open.id, bank.open.opened_at, list(bank.open.pieces)
            self.size = sum(map(len, self.pieces))
            if l1_number > self.opened_at + limits.timeout:
                self.give_up(DropReason.TIMED_OUT, None)

    def bank(self) -> ChannelBank:
        """Return what is to be kept until the next L1 block."""
        return ChannelBank(OpenChannel(self.id, self.opened_at, tuple(self.pieces)) if self.id else None)

    def drop(self, reason: DropReason, position: int | None, detail: str) -> None:
        self.dropped.append(Dropped(reason, self.l1_number, position, detail))

    def give_up(self, reason: DropReason, position: int | None) -> None:
        """Drop the open channel."""
        self.drop(reason, position, f"channel {self.id.hex()}: {len(self.pieces)} frames, {self.size:,} bytes")
        self.id = b""

    def take(self, frame: ChannelFrame, position: int) -> None:
        """Take one frame: it opens a channel, continues one, or is dropped."""
        reason = self._refusal(frame)
        if reason is not None:
            self.drop(reason, position, f"channel {frame.channel.hex()}, frame {frame.number}")
            return
        if frame.number == 0:
            if self.id:
                self.give_up(DropReason.UNFINISHED, position)
            self.id, self.opened_at, self.pieces, self.size = frame.channel, self.l1_number, [], 0
        self.pieces.append(frame.data)
        self.size += len(frame.data)
        if self.size > self.limits.channel_bytes:
            self.give_up(DropReason.CHANNEL_TOO_LARGE, position)
        elif frame.is_last:
            self.channels.append(Channel(self.id, b"".join(self.pieces), self.l1_number, position))
            self.id = b""

    def _refusal(self, frame: ChannelFrame) -> DropReason | None:
        """Return why a frame cannot be used, or None."""
        if len(frame.data) > self.limits.frame_bytes:
            return DropReason.FRAME_TOO_LARGE
        if frame.channel != self.id:
            return DropReason.NOT_OPEN if frame.number else None
        due = len(self.pieces)
        if frame.number == 0:
            return DropReason.DUPLICATE_FRAME if frame.data == self.pieces[0] and not frame.is_last else None
        if frame.number != due:
            return DropReason.DUPLICATE_FRAME if frame.number < due else DropReason.GAP
        return None
