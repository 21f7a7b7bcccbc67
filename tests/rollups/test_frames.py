"""A channel comes back from its frames; whatever does not belong to it is dropped alone, by name."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import DecodingError, InputError
from toyevm.rollups.dropped import DropReason
from toyevm.rollups.frames import (
    FRAME_OVERHEAD,
    Channel,
    ChannelBank,
    ChannelFrame,
    ChannelLimits,
    cut,
    read_submission,
    submission_of,
)
from toyevm.rollups.values import L1Block

A, B = b"A" * 16, b"B" * 16
LIMITS = ChannelLimits(frame_bytes=10, channel_bytes=20, unpacked_bytes=100, timeout=3)


def frame(channel: bytes, number: int, data: bytes = b"", last: bool = False) -> bytes:
    return submission_of([ChannelFrame(channel, number, data, last)])


def read(
    *blocks: Sequence[bytes], limits: ChannelLimits = LIMITS
) -> tuple[list[Channel], list[tuple[DropReason, int, int | None]]]:
    """Return the channels that L1 blocks 1, 2, … with these submissions close, and what is dropped."""
    bank, channels, dropped = ChannelBank(), [], []
    for number, submissions in enumerate(blocks, start=1):
        block = L1Block(number, bytes(32), bytes(32), 12 * number, tuple(submissions))
        bank, closed, away = bank.read(block, limits)
        channels += closed
        dropped += [(one.reason, one.l1_number, one.position) for one in away]
    return channels, dropped


@given(st.binary(max_size=200), st.integers(1, 50), st.integers(1, 5))
def test_a_channel_comes_back_from_its_frames(data: bytes, size: int, per_submission: int) -> None:
    frames = cut(data, size)
    groups = [frames[start : start + per_submission] for start in range(0, len(frames), per_submission)]
    channels, dropped = read([submission_of(group) for group in groups], limits=ChannelLimits())
    assert [channel.data for channel in channels] == [data]
    assert dropped == []
    assert sum(len(one.encode()) for one in frames) == len(data) + FRAME_OVERHEAD * len(frames)


def test_a_frame_is_laid_out_as_in_the_op_stack() -> None:
    """Channel id 16, number 2, length 4, data, is-last 1; a version byte before the first (OP Stack, derivation)."""
    assert (
        submission_of([ChannelFrame(A, 258, b"xyz", True)]).hex()
        == "00" + "41" * 16 + "0102" + "00000003" + "78797a" + "01"
    )


def test_a_channel_is_known_by_its_content() -> None:
    assert cut(b"abc", 2) == cut(b"abc", 2)
    assert cut(b"abc", 2)[0].channel != cut(b"abd", 2)[0].channel
    assert cut(b"abc", 2, channel=A)[0].channel == A


def test_an_empty_channel_is_one_empty_frame() -> None:
    assert [(one.number, one.data, one.is_last) for one in cut(b"", 1)] == [(0, b"", True)]
    assert len(cut(b"a", 1)) == 1


@pytest.mark.parametrize(("data", "found"), [(b"", "missing"), (b"\x07\x08", "07")])
def test_a_submission_of_another_version_is_named(data: bytes, found: str) -> None:
    with pytest.raises(DecodingError) as caught:
        read_submission(data)
    assert str(caught.value) == f"version {found} (expected 00)"


def test_more_frames_than_numbers_are_refused() -> None:
    assert len(cut(bytes(2**16), 1)) == 2**16
    with pytest.raises(InputError, match="65,537 bytes in frames of 1"):
        cut(bytes(2**16 + 1), 1)
    with pytest.raises(InputError):
        cut(b"abc", 0)


WHOLE = submission_of([ChannelFrame(A, 0, b"abc", False), ChannelFrame(A, 1, b"de", True)])


@pytest.mark.parametrize("size", range(len(WHOLE)))
def test_a_shortened_submission_is_refused_or_ends_with_a_whole_frame(size: int) -> None:
    if size == 1 + FRAME_OVERHEAD + 3:
        assert len(read_submission(WHOLE[:size])) == 1
        return
    with pytest.raises(DecodingError):
        read_submission(WHOLE[:size])


@pytest.mark.parametrize("wrong", [b"\1" + WHOLE[1:], WHOLE + b"\0", WHOLE[:-1] + b"\2", b"\0" + b"\xff" * 100])
def test_a_malformed_submission_is_dropped_as_a_whole_and_alone(wrong: bytes) -> None:
    channels, dropped = read([frame(B, 0, b"ok", last=True), wrong, frame(A, 0, b"ok", last=True)])
    assert [channel.id for channel in channels] == [B, A]
    assert dropped == [(DropReason.MALFORMED_SUBMISSION, 1, 1)]


CASES = {
    "a frame of the largest size": ([[frame(A, 0, bytes(10), last=True)]], [A], []),
    "a larger frame": (
        [[frame(A, 0, bytes(11), last=True), frame(B, 0, b"ok", last=True)]],
        [B],
        [(DropReason.FRAME_TOO_LARGE, 1, 0)],
    ),
    "a frame of a channel that was never opened": ([[frame(A, 1, last=True)]], [], [(DropReason.NOT_OPEN, 1, 0)]),
    "a frame of another channel than the open one": (
        [[frame(A, 0), frame(B, 1), frame(A, 1, last=True)]],
        [A],
        [(DropReason.NOT_OPEN, 1, 1)],
    ),
    "a frame twice": (
        [[frame(A, 0), frame(A, 0), frame(A, 1), frame(A, 0), frame(A, 1), frame(A, 2, last=True)]],
        [A],
        [(DropReason.DUPLICATE_FRAME, 1, position) for position in (1, 3, 4)],
    ),
    "a closed channel again": (
        [[frame(A, 0, b"1", last=True)], [frame(A, 1, last=True), frame(A, 0, b"2", last=True)]],
        [A, A],
        [(DropReason.NOT_OPEN, 2, 0)],
    ),
    "another channel under the same id": (
        [[frame(A, 0, b"wrong"), frame(A, 0, b"right"), frame(A, 1, last=True)]],
        [A],
        [(DropReason.UNFINISHED, 1, 1)],
    ),
    "a gap, then what was missing": (
        [[frame(A, 0), frame(A, 2, last=True), frame(A, 1), frame(A, 2, last=True)]],
        [A],
        [(DropReason.GAP, 1, 1)],
    ),
    "a new channel before the old one is closed": (
        [[frame(A, 0), frame(B, 0), frame(A, 1, last=True), frame(B, 1, last=True)]],
        [B],
        [(DropReason.UNFINISHED, 1, 1), (DropReason.NOT_OPEN, 1, 2)],
    ),
    "a channel closed in the last moment": ([[frame(A, 0)], [], [], [frame(A, 1, last=True)]], [A], []),
    "a channel closed too late": (
        [[frame(A, 0)], [], [], [], [frame(A, 1, last=True), frame(B, 0, last=True)]],
        [B],
        [(DropReason.TIMED_OUT, 5, None), (DropReason.NOT_OPEN, 5, 0)],
    ),
    "a channel of the largest size": (
        [[frame(A, 0, bytes(10))], [frame(A, 1, bytes(10), last=True)]],
        [A],
        [],
    ),
    "a larger channel": (
        [[frame(A, 0, bytes(10)), frame(A, 1, bytes(10)), frame(A, 2, b"x", last=True), frame(B, 0, last=True)]],
        [B],
        [(DropReason.CHANNEL_TOO_LARGE, 1, 2)],
    ),
}


@pytest.mark.parametrize(("blocks", "closed", "dropped"), CASES.values(), ids=CASES)
def test_what_does_not_belong_to_a_channel_is_dropped_by_name(
    blocks: list[list[bytes]], closed: list[bytes], dropped: list[tuple[DropReason, int, int | None]]
) -> None:
    channels, away = read(*blocks)
    assert [channel.id for channel in channels] == closed
    assert away == dropped


def test_nobody_can_spoil_a_channel_by_taking_its_id_first() -> None:
    for wrong in (frame(A, 0, b"x", last=True), frame(A, 0, b"x"), frame(A, 7)):
        channels, _ = read([wrong, frame(A, 0, b"ab"), frame(A, 0, b"ab"), frame(A, 1, b"c", last=True)])
        assert channels[-1].data == b"abc"
    channels, _ = read([frame(A, 0, b"abc"), frame(A, 0, b"abc", last=True)])  # the same, said not to be all
    assert channels == [Channel(A, b"abc", l1_number=1, position=1)]


def test_a_channel_over_several_blocks_says_where_it_was_closed() -> None:
    channels, _ = read([frame(A, 0, b"ab")], [frame(A, 1, b"cd"), frame(A, 2, b"e", last=True)])
    assert channels == [Channel(A, b"abcde", l1_number=2, position=1)]


def test_sixty_thousand_tiny_frames_take_less_than_a_few_seconds() -> None:
    """A channel that costs its square to put together would stop every node."""
    submission = submission_of(cut(bytes(60_000), 1))
    started = time.process_time()
    channels, dropped = read([submission], limits=ChannelLimits())
    assert time.process_time() - started < 5
    assert (len(channels[0].data), dropped) == (60_000, [])


@given(st.integers(0, 2**32))
def test_frames_in_any_order_never_give_a_channel_that_was_not_sent(seed: int) -> None:
    random = Random(seed)
    frames = cut(b"0123456789", 3) + cut(b"abcdefghij", 4)
    shuffled = random.choices(frames, k=12)
    channels, dropped = read([submission_of([one]) for one in shuffled], limits=ChannelLimits())
    assert {channel.data for channel in channels} <= {b"0123456789", b"abcdefghij"}
    used = sum(4 if channel.data[:1] == b"0" else 3 for channel in channels)
    assert used + len(dropped) <= len(shuffled) + len([one for one in dropped if one[0] is DropReason.UNFINISHED])
