"""What is remembered is whole or not there, can be deleted, and never stops a lesson."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from toyevm.errors import InputError
from toyevm.teaching.lab import progress as module
from toyevm.teaching.lab.lessons import Lesson, progress_path
from toyevm.teaching.lab.progress import FILE, Progress
from toyevm.teaching.lab.workspace import prepare_workspace

LESSON = "03-shop"
COURSE = Path(__file__).parent / "fixture_lesson" / "course"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A student's working copy."""
    (tmp_path / "source").mkdir()
    prepare_workspace(COURSE, tmp_path / "copy")
    return tmp_path / "copy"


def note(progress: Progress, item: str = "a") -> None:
    progress.record("checks", item, lambda entry: {"tries": entry.get("tries", 0) + 1})


def tries(progress: Progress, item: str = "a") -> int:
    return progress.entry("checks", item).get("tries", 0)


def test_what_was_done_outlives_the_kernel(copy: Path) -> None:
    Lesson(copy / "course" / LESSON).predict("shop", choose="A")
    assert (copy / FILE).is_file()
    assert "You bet **A**" in Lesson(copy / "course" / LESSON).reveal("shop").text


def test_a_checkout_keeps_no_progress(repository: Path) -> None:
    assert progress_path(repository / "course" / "01-the-machine") is None
    assert progress_path(COURSE / LESSON) is None


def test_two_notebooks_keep_each_others_entries(tmp_path: Path) -> None:
    path = tmp_path / FILE
    one, other = Progress("01", path), Progress("02", path)
    note(one)
    note(other)
    note(one, "b")
    assert (tries(one), tries(other), tries(one, "b")) == (1, 1, 1)
    assert tries(Progress("01", path)) == 1


def test_a_crash_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / FILE
    note(Progress("01", path))
    before = path.read_bytes()

    def crash(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", crash)
    progress = Progress("01", path)
    note(progress)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path], "no draft is left behind"
    assert "No space left on device" in progress.trouble
    assert tries(progress) == 2, "the lesson goes on, in memory"


@pytest.fixture
def ordinary_recursion() -> Iterator[None]:
    """Undo what EELS does to the limit when it is imported: with it, deep JSON would overflow the stack of C."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", b"[]", b"null", b'{"format": 2}', b'{"format": 1}', b'{"format": 1, "lessons": 7}',
     b'{"format": 1, "lessons": {"01": 7}}', b'{"format": 1, "lessons": {"01": {"checks": {"a": 7}}}}', b"[" * 100_000],
)  # fmt: skip
def test_a_damaged_file_is_set_aside_and_the_lesson_goes_on(
    content: bytes, tmp_path: Path, ordinary_recursion: None
) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    progress = Progress("01", path)
    assert tries(progress) == 0
    note(progress)
    assert tries(Progress("01", path)) == 1
    assert path.with_name(FILE + ".damaged").read_bytes() == content, "nothing of anybody's is thrown away"


def test_a_second_damaged_file_is_kept_beside_the_first(tmp_path: Path) -> None:
    path = tmp_path / FILE
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        note(Progress("01", path))
    aside = {file.name: file.read_bytes() for file in tmp_path.glob(FILE + ".damaged*")}
    assert aside == {f"{FILE}.damaged{end}": content for end, content in (("", b"one"), ("1", b"two"), ("2", b"three"))}


def test_a_folder_in_its_place_does_not_stop_a_lesson(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    progress = Progress("01", tmp_path / FILE)
    note(progress)
    assert tries(progress) == 1
    assert "cannot be read" in progress.trouble


def test_forgetting_leaves_nothing_behind(copy: Path) -> None:
    path = copy / FILE
    for name in ("01", "02"):
        note(Progress(name, path))
    Progress("01", path).forget()
    assert (tries(Progress("01", path)), tries(Progress("02", path))) == (0, 1)
    Progress("02", path).forget()
    assert not path.exists()
    note(Progress("01", path))
    Lesson(copy / "course" / LESSON).forget(everything=True)
    assert not path.exists()


def test_memory_can_be_forgotten() -> None:
    progress = Progress("01")
    note(progress)
    progress.forget()
    assert tries(progress) == 0


def test_the_file_can_be_read_by_its_owner(copy: Path) -> None:
    lab = Lesson(copy / "course" / LESSON)
    lab.check("units", 6)
    lab.hint("units")
    document = json.loads((copy / FILE).read_text())
    assert document["lessons"][LESSON] == {
        "checks": {"units": {"tries": 1, "status": "recorded"}},
        "hints": {"units": {"level": 1}},
    }
    text = lab.progress().text
    assert "- Six transfers: recorded, tries: 1, hints seen: 1" in text
    assert f"Kept in {FILE}, and nowhere else." in text


def test_a_strange_entry_does_not_stop_the_summary(copy: Path) -> None:
    lab = Lesson(copy / "course" / LESSON)
    entries = {"checks": {"units": {"x": 1}}, "hints": {"units": {}}, "predictions": {"shop": {"last": "Z"}}}
    (copy / FILE).write_text(json.dumps({"format": module.FORMAT, "lessons": {LESSON: entries}}))
    assert "Six transfers" in lab.progress().text
    with pytest.raises(InputError):
        lab.reveal("shop")
    lab.predict("shop", choose="A")
    assert "You bet **A**" in lab.reveal("shop").text


def test_nothing_is_written_elsewhere(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(copy.rglob("*"))
    monkeypatch.chdir(copy)
    lab = Lesson(copy / "course" / LESSON)
    lab.predict("shop", choose="A")
    lab.check("plus", "PUSH0")
    lab.reflect("own-words", "because every one of them needs the one before it")
    assert set(copy.rglob("*")) - before == {copy / FILE}
    assert os.listdir(copy / "course" / LESSON) == ["items.toml"]
