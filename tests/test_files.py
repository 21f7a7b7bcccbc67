"""Files are written whole or not at all, several of them together."""

from __future__ import annotations

from pathlib import Path

import pytest

from toyevm.files import write_together


def test_all_files_are_written_and_no_draft_is_left(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"old")
    write_together({first: b"1", second: b"2"})
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_if_one_cannot_be_drafted_none_is_touched(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "no folder" / "second"
    first.write_bytes(b"old")
    with pytest.raises(OSError, match="no folder"):
        write_together({first: b"1", second: b"2"})
    assert first.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [first]
