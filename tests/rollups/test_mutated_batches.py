"""A sample of the changed batches; `python -m tests.rollups.mutated_batches` tries as many as one likes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.backends.mutation import mutations_of, planted
from tests.rollups.mutated_batches import main, scene, try_case, try_cases
from toyevm.rollups import frames
from toyevm.rollups.dropped import DropReason
from toyevm.rollups.encodings.cursor import Cursor


def test_changed_batches_raise_nothing_hang_nowhere_and_lose_nothing() -> None:
    sums = try_cases(range(1_500))
    print(sums.counts)
    assert sums.faults == []
    assert sums.counts["posted"] > 900
    assert sums.counts["nothing lost"] > 0.9 * sums.counts["posted"]
    for reason in (
        *(DropReason.MALFORMED_SUBMISSION, DropReason.NOT_UNPACKED, DropReason.MALFORMED_BATCH, DropReason.PAST),
        *(DropReason.INVALID_TRANSACTION, DropReason.GAP, DropReason.NOT_OPEN, DropReason.WRONG_PARENT),
    ):
        assert sums.counts[str(reason)] > 0, reason
    for name in ("signed RLP", "singular", "span", "payment records", "netted diff"):
        assert sums.counts[f"{name}: refused"] > 20 < 1_000 * sums.counts[f"{name}: decoded"], name


def test_a_case_leaves_the_scene_as_it_was() -> None:
    before = (scene().node.chain.hashes, list(scene().node.dropped), list(scene().node.l1_blocks))
    try_cases(range(50))
    assert before == (scene().node.chain.hashes, scene().node.dropped, scene().node.l1_blocks)


def test_the_number_of_a_case_decides_everything() -> None:
    assert try_cases(range(60)).counts == try_cases(range(60)).counts
    assert try_cases(range(60)).counts != try_cases(range(60, 120)).counts


@contextmanager
def bug(module: str, words: str) -> Iterator[None]:
    """Plant the first change to a module whose name has these words in it."""
    mutation = next(one for one in mutations_of(f"toyevm.rollups.{module}") if words in one.name)
    with planted(mutation):
        yield


@pytest.mark.parametrize(
    ("module", "words", "fault"),
    [
        ("encodings.cursor", "Cursor.take: compare size > self.left -> size >= self.left", "lost"),
        ("encodings.cursor", "Cursor.take: condition", "DecodingError|Error|lost"),
        ("encodings.cursor", "Cursor.uvarint: condition if not byte", "Error|lost|not finished"),
        ("frames", "_Reading._refusal: condition if frame.channel != self.id", "Error|lost"),
        ("derivation", "Pipeline._read_batch: compare reason is DropReason.PAST", "Error|lost"),
        ("derivation", "Pipeline._refusal: condition if not (follows", "lost"),
    ],
)
def test_a_bug_is_found(module: str, words: str, fault: str) -> None:
    scene()
    with bug(module, words):
        sums = try_cases(range(400))
    assert sums.faults
    assert re.search(fault, " ".join(sums.faults))


def test_the_bug_that_it_found_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that took whatever came under the id of its last channel for a duplicate."""
    closed: set[bytes] = set()
    refusal = frames._Reading._refusal

    def refuse_closed(self: frames._Reading, frame: frames.ChannelFrame) -> DropReason | None:
        if frame.channel in closed and frame.channel != self.id:
            return DropReason.DUPLICATE_FRAME
        if frame.is_last:
            closed.add(frame.channel)
        return refusal(self, frame)

    scene()
    monkeypatch.setattr(frames._Reading, "_refusal", refuse_closed)
    assert any("lost" in fault for fault in try_cases(range(300)).faults)


def test_an_exception_and_a_hang_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    scene()
    monkeypatch.setattr(Cursor, "rlp_item", lambda self: 1 // 0)
    assert any("ZeroDivisionError" in fault for fault in try_cases(range(50)).faults)

    def hang(self: Cursor) -> None:
        while True:
            pass

    monkeypatch.setattr(Cursor, "rlp_item", hang)
    monkeypatch.setattr("tests.rollups.mutated_batches.SECONDS", 0.05)
    assert any("not finished" in fault for number in range(50) for fault in try_case(number).faults)


def test_the_command_says_what_became_of_the_cases(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mutated_batches", "--count", "40", "--seed", "7", "--jobs", "1"])
    assert main() == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["faults"]) == (40, [])
    assert sum(count for what, count in told["counts"].items() if "refused" in what or "decoded" in what) > 0
