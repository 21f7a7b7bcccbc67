"""The frames in letters follow the rules of the real ones, and the sequencer's broken posts are refused by name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from toyevm.rollups.derivation import derive
from toyevm.rollups.dropped import DropReason
from toyevm.rollups.frames import ChannelBank, ChannelFrame, ChannelLimits, submission_of
from toyevm.rollups.values import L1Block
from toyevm.teaching.lessons.batches_data_cost.fire import after_the_fire
from toyevm.teaching.lessons.batches_data_cost.frames import (
    EVENING,
    LetterFrame,
    assemble,
    derive_by_hand,
    payable,
    read_frame,
)
from toyevm.teaching.lessons.batches_data_cost.real_layer import RULES, derive_again, layer, posted

FIRST = {
    "A": LetterFrame("A", 0, False, "a"),
    "B": LetterFrame("B", 0, False, "b"),
    "C": LetterFrame("C", 0, True, "c"),
}
LATER = st.builds(LetterFrame, st.sampled_from("ABC"), st.integers(1, 3), st.booleans(), st.sampled_from("xyz"))
FRAMES = st.one_of(st.sampled_from(list(FIRST.values())), LATER)  # a letter has one frame 0 only


def joined_by_the_library(frames: list[LetterFrame]) -> list[str]:
    """Return the texts of the channels that the real derivation closes, each frame in a post of its own."""
    posts = [
        submission_of([ChannelFrame(f.channel.encode() * 16, f.number, f.text.encode(), f.is_last)]) for f in frames
    ]
    block = L1Block(0, bytes(32), bytes(32), 0, tuple(posts))
    _, closed, _ = ChannelBank().read(block, ChannelLimits())
    return [channel.data.decode() for channel in closed]


@given(st.lists(FRAMES, max_size=12))
def test_letters_are_joined_as_the_real_frames_are(frames: list[LetterFrame]) -> None:
    assert assemble(frames) == joined_by_the_library(frames)


def test_the_evening_has_eleven_posts_and_three_payments() -> None:
    assert sum(map(len, EVENING.values())) == 11
    assert derive_by_hand(EVENING) == ["Ann>Bob 6", "Dan>Cleo 80", "Cleo>Bob 2"]


def test_a_payment_that_the_payer_cannot_make_is_dropped_alone() -> None:
    assert payable(["Ann>Bob 90", "Ann>Bob 11", "Bob>Ann 190", "no payment", "Ann>Bob 200"]) == [
        "Ann>Bob 90", "Bob>Ann 190", "Ann>Bob 200",
    ]  # fmt: skip


def test_what_is_no_frame_is_none() -> None:
    assert [read_frame(text) for text in ("#?x", "A:x", "a0:x", "A!0:x", "")] == [None] * 5


def test_the_layer_is_derived_bit_by_bit_among_broken_posts() -> None:
    config, chain = layer()
    assert derive(posted(config, chain), config).hashes == chain.hashes
    reasons = [DropReason.MALFORMED_SUBMISSION, DropReason.DUPLICATE_FRAME, DropReason.NOT_OPEN, DropReason.GAP,
               DropReason.UNPACKS_TOO_LARGE, DropReason.NOT_UNPACKED]  # fmt: skip
    told = derive_again()
    assert list(RULES) == reasons
    assert [rule for rule in RULES.values() if rule not in told] == []


def test_the_root_alone_shows_nothing_and_the_batch_shows_everything() -> None:
    assert "refused" in after_the_fire("root")
    assert after_the_fire("root and batch").endswith("accepted, 3 ether")
