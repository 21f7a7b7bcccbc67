"""What was finished is in the journal, whatever ended the run; and nothing else is."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from toyevm.errors import InputError
from toyevm.teaching.desk.journal import NAME, DeskJournal, JournalEntry, read_journal
from toyevm.teaching.grading.mark import ItemMark


def entry(key: str, points: int = 1, fault: str = "") -> JournalEntry:
    return JournalEntry(
        key, f"notebook of {key}", "", "bubblewrap", "m", (ItemMark("x", points, 2, "id", "söme “words”\n", fault),)
    )


def written(desk: Path, *entries: JournalEntry) -> bytes:
    with DeskJournal(desk, "01") as journal:
        for each in entries:
            journal.add(each)
    return (desk / NAME).read_bytes()


def test_what_is_added_is_read_back_and_the_last_of_a_key_counts(tmp_path: Path) -> None:
    written(tmp_path / "new" / "desk", entry("a"), entry("b"), entry("a", 2))
    found = read_journal(tmp_path / "new" / "desk", "01")
    assert found == {"a": entry("a", 2), "b": entry("b")}
    with DeskJournal(tmp_path / "new" / "desk", "01") as journal:
        assert dict(journal) == found


def test_an_entry_is_on_disk_when_add_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_size))
    with DeskJournal(tmp_path, "01") as journal:
        for key in "abc":
            journal.add(entry(key))
            assert synced[-1] == (tmp_path / NAME).stat().st_size
    assert len(synced) == 4  # the first line, and one a submission


def test_a_file_that_ends_anywhere_keeps_all_whole_lines_and_grows_on(tmp_path: Path) -> None:
    data = written(tmp_path / "whole", entry("a"), entry("b"))
    lines = data.splitlines(keepends=True)
    for length in range(len(data) + 1):
        desk = tmp_path / str(length)
        desk.mkdir()
        (desk / NAME).write_bytes(data[:length])
        whole = [key for number, key in enumerate("ab", 2) if length >= len(b"".join(lines[:number]))]
        with DeskJournal(desk, "01") as journal:
            assert list(journal) == whole
            journal.add(entry("c"))
        assert list(read_journal(desk, "01")) == [*whole, "c"]


@pytest.mark.parametrize("zeros", [b"\0" * 100, b"\0\n"])
def test_an_end_that_the_system_did_not_write_is_dropped(tmp_path: Path, zeros: bytes) -> None:
    data = written(tmp_path, entry("a"))
    (tmp_path / NAME).write_bytes(data + zeros)
    assert list(read_journal(tmp_path, "01")) == ["a"]
    assert written(tmp_path) == data


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[]", b"3", b"x", b'{"key": "k"}', json.dumps({"key": "k", "notebook": "", "student": "", "isolation": "",
     "marker": "", "items": [{"item": "x", "points": "1", "max": 2}]}).encode()],
)  # fmt: skip
def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path, line: bytes) -> None:
    lines = written(tmp_path, entry("a"), entry("b")).splitlines()
    lines[1] = line
    (tmp_path / NAME).write_bytes(b"\n".join(lines) + b"\n")
    with pytest.raises(InputError, match="line 2 is damaged"):
        read_journal(tmp_path, "01")


def test_the_desk_of_another_assignment_is_refused(tmp_path: Path) -> None:
    data = written(tmp_path, entry("a"))
    with pytest.raises(InputError, match=r"it is the desk of '01'"):
        DeskJournal(tmp_path, "02")
    assert (tmp_path / NAME).read_bytes() == data


@pytest.mark.parametrize("data", [b"student,points\n", b"{}\n", b"\n"])
def test_another_file_is_refused_and_left_alone(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    with pytest.raises(InputError, match="no journal"):
        DeskJournal(tmp_path, "01")
    assert (tmp_path / NAME).read_bytes() == data


def test_a_second_run_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    with DeskJournal(tmp_path, "01") as journal:
        journal.add(entry("a"))
        with pytest.raises(InputError, match="another run marks on this desk"):
            DeskJournal(tmp_path, "01")
        assert list(read_journal(tmp_path, "01")) == ["a"]  # to look is allowed
    assert written(tmp_path, entry("b"))


def hold(desk: Path, ready: multiprocessing.synchronize.Event) -> None:
    with DeskJournal(desk, "01") as journal:
        journal.add(entry("a"))
        ready.set()
        signal.pause()


def test_the_lock_of_a_killed_run_is_no_lock(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold, args=(tmp_path, ready))
    process.start()
    assert ready.wait(60)
    with pytest.raises(InputError, match="another run"):
        DeskJournal(tmp_path, "01")
    process.kill()
    process.join()
    with DeskJournal(tmp_path, "01") as journal:
        assert list(journal) == ["a"]


def test_what_the_marker_failed_at_is_not_finished() -> None:
    assert entry("a").is_finished
    assert not entry("a", fault="the marker failed: OSError").is_finished


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_desk_that_is_no_folder_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write it") as caught:
        DeskJournal(tmp_path / place, "01")
    assert len(str(caught.value).splitlines()) == 1
