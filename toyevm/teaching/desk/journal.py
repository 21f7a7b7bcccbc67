"""What the marker found, in a file that only grows: a line for each submission, on disk before the next one counts.

So whatever ends a run, all that was finished is there, and the next run goes on from it. An entry is kept under a hash
of all that its marks depend on (`keys`); of several with one key, the last counts. Half a line at the end, which a
killed run leaves, is dropped. One run at a time: the file is locked, and the lock ends with the process that holds it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from reprlib import repr as shorten
from types import TracebackType
from typing import Any, Self

from toyevm.errors import InputError
from toyevm.files import GrowingFile
from toyevm.teaching.grading.mark import ItemMark

NAME = "journal.jsonl"
FORMAT = "toyevm journal 1"
MOST_POINTS = 1_000_000  # of an item: more is a slip of whoever edited the file
_EXPECTED = "a folder for the desk that can be written"
_BUSY = ("another run marks on this desk", "one run at a time")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """The marks of one notebook, which has this hash, by this marker.

    `student` is whose numbers they are, where each has their own.
    """

    key: str
    notebook: str
    student: str
    isolation: str
    marker: str
    items: tuple[ItemMark, ...]

    @property
    def is_finished(self) -> bool:
        """Whether the marker did its work: what it failed at, the next run tries again."""
        return not any(mark.fault for mark in self.items)


class DeskJournal(Mapping[str, JournalEntry]):
    """The entries by key, and the file, open for more and locked; use it with `with`.

    Raises:
        InputError: the file cannot be written, is no journal or another assignment's, or another run writes to it.
    """

    def __init__(self, desk: Path, assignment: str) -> None:
        try:
            desk.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write it: {error.strerror}", str(desk), _EXPECTED) from error
        self._file = GrowingFile(desk / NAME, _EXPECTED, _BUSY)
        try:
            self._entries = self._take_up(assignment)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __getitem__(self, key: str) -> JournalEntry:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: JournalEntry) -> None:
        """Keep an entry: it is on disk when this returns.

        Raises:
            InputError: it cannot be written.
        """
        self._file.append(_line(asdict(entry)))
        self._entries[entry.key] = entry

    def _take_up(self, assignment: str) -> dict[str, JournalEntry]:
        """Read what is there, and cut off half a line; an empty file, or one with half a first line, is a new one."""
        data = self._file.read()
        first = _first_line(assignment)
        if data != first and first.startswith(data):
            self._file.cut(0)
            self._file.append(first)
            return {}
        entries, length = _parse(data, str(self._file.path), assignment)
        if length < len(data):
            self._file.cut(length)
        return entries


def read_journal(desk: Path, assignment: str) -> dict[str, JournalEntry]:
    """Return the entries of a desk by key, also while a run adds to them.

    Raises:
        InputError: there is no journal, or it cannot be read.
    """
    path = desk / NAME
    try:
        return _parse(path.read_bytes(), str(path), assignment)[0]
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror}", str(path), "a desk of `toyevm grade`") from error


def _parse(data: bytes, where: str, assignment: str) -> tuple[dict[str, JournalEntry], int]:
    """Return the entries, and how many bytes their lines take."""
    lines = data.splitlines(keepends=True)
    match _json(lines[0]) if lines else None:
        case {"format": str(found), "assignment": str(other)} if found == FORMAT:
            if other != assignment:
                raise InputError(f"it is the desk of {shorten(other)}", where, f"that of {shorten(assignment)}")
        case _:
            raise InputError("it is no journal of marks", where, f"a first line with {FORMAT!r}")
    entries: dict[str, JournalEntry] = {}
    length = len(lines[0])
    for number, line in enumerate(lines[1:], 2):
        entry = _entry(_json(line)) if line.endswith(b"\n") else None
        if entry is None and number == len(lines):  # a file that the run, or the system, did not write to its end
            break
        if entry is None:
            raise InputError(f"line {number} is damaged", where, "an entry; without that line, the rest holds")
        entries[entry.key] = entry
        length += len(line)
    return entries, length


def _entry(document: Any) -> JournalEntry | None:
    try:
        items = tuple(ItemMark(**item) for item in document.pop("items"))
        entry = JournalEntry(items=items, **document)
    except (TypeError, LookupError, AttributeError):
        return None
    texts = [getattr(entry, field.name) for field in fields(JournalEntry) if field.name != "items"]
    texts += [text for mark in items for text in (mark.item, mark.misconception, mark.message, mark.fault)]
    good = all(isinstance(text, str) for text in texts) and all(map(_has_points, items))
    return entry if good else None


def _has_points(mark: ItemMark) -> bool:
    """Tell whether these are points that the marker can have given."""
    return type(mark.points) is type(mark.max) is int and 0 <= mark.points <= mark.max <= MOST_POINTS


def _line(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _first_line(assignment: str) -> bytes:
    return _line({"format": FORMAT, "assignment": assignment})


def _json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
