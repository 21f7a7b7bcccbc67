"""What you did is yours: one file in your own copy of the course, to look at or delete. Nothing is sent anywhere.

Where there is no such copy (a checkout, a test), it is kept in memory and ends with the notebook. A file that cannot
be read or written never stops a lesson: a damaged one is put aside, and the lesson goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

from toyevm.files import write_whole
from toyevm.teaching.lab.notebooks import to_json

FILE = ".toyevm-progress.json"
FORMAT = 1
KINDS = ("predictions", "turns", "checks", "hints", "retrievals", "reflections")

Entry: TypeAlias = dict[str, Any]
Record: TypeAlias = dict[str, dict[str, Entry]]  # kind -> item -> what happened
Book: TypeAlias = dict[str, Record]  # lesson -> record


class Progress:
    """The record of one lesson; `path` is None where it is kept in memory only."""

    def __init__(self, lesson: str, path: Path | None = None) -> None:
        self.lesson, self.path = lesson, path
        self.trouble = ""
        self._memory: Book = {}

    def entry(self, kind: str, item_id: str) -> Entry:
        """Return what is known of one item, {} at first."""
        return dict(self._read().get(self.lesson, {}).get(kind, {}).get(item_id, {}))

    def record(self, kind: str, item_id: str, change: Callable[[Entry], Entry]) -> Entry:
        """Replace what is known of one item by `change` of it; the file is read again first, and replaced whole."""
        assert kind in KINDS
        book = self._read()
        entries = book.setdefault(self.lesson, {}).setdefault(kind, {})
        entries[item_id] = change(dict(entries.get(item_id, {})))
        self._write(book)
        return entries[item_id]

    def of(self, lesson: str) -> Record:
        """Return the record of a lesson."""
        return self._read().get(lesson, {})

    def forget(self, everything: bool = False) -> None:
        """Forget this lesson, or everything; when nothing is left, the file goes too."""
        book = {} if everything else {name: rows for name, rows in self._read().items() if name != self.lesson}
        if book or self.path is None:
            self._write(book)
            return
        self._memory = {}
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            self.trouble = f"{self.path.name} cannot be deleted: {error.strerror}"

    def _read(self) -> Book:
        if self.path is None or self.trouble:
            return self._memory
        try:
            return _checked(json.loads(self.path.read_bytes()))
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.trouble = f"{self.path.name} cannot be read ({error.strerror}); progress ends with this notebook"
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self._put_aside(self.path)
        return self._memory

    def _put_aside(self, path: Path) -> None:
        names = (f"{path.name}.damaged{number or ''}" for number in count())
        try:
            path.replace(next(aside for name in names if not (aside := path.with_name(name)).exists()))
        except OSError:
            self.trouble = f"{path.name} is damaged; progress ends with this notebook"

    def _write(self, book: Book) -> None:
        self._memory = book
        if self.path is None or self.trouble:
            return
        try:
            write_whole(self.path, to_json({"format": FORMAT, "lessons": book}))
        except OSError as error:
            self.trouble = f"{self.path.name} cannot be written ({error.strerror}); progress ends with this notebook"


def _checked(document: Any) -> Book:
    """Return the lessons of a document of our shape; raise ValueError or TypeError for any other."""
    if document["format"] != FORMAT:
        raise ValueError
    for record in document["lessons"].values():
        for entries in record.values():
            if not all(isinstance(entry, dict) for entry in entries.values()):
                raise TypeError
    return dict(document["lessons"])
