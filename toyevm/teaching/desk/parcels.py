"""What a layout makes of the files in a place: a parcel for each student, and the names and times that files carry."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from toyevm.teaching.desk.archive import Entry
from toyevm.teaching.desk.roster import Sender

NOTEBOOK, ZIP = ".ipynb", ".zip"


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a student's: `name` is what they called it; of two counts that of the later `at`, then `order`."""

    entry: Entry
    name: str
    order: int = 0
    late: bool = False
    at: datetime | None = None

    @property
    def kind(self) -> str:
        return PurePosixPath(self.name).suffix.casefold()


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that a place has of one student, or of several who handed in together; `at` is when, if it says so."""

    senders: tuple[Sender, ...]
    pieces: tuple[Piece, ...]
    at: datetime | None = None


@dataclass
class Sorted:
    """What a layout makes of entries: parcels, what it is not about, what it cannot tell; the rest it does not know."""

    parcels: list[Parcel] = field(default_factory=list)
    ignored: list[tuple[Entry, str]] = field(default_factory=list)
    unclear: list[tuple[Entry, str]] = field(default_factory=list)
    rest: list[Entry] = field(default_factory=list)


Layout: TypeAlias = Callable[[Sequence[Entry], str], Sorted]


def copy_number(stem: str) -> tuple[str, int]:
    """Return a name without what browsers, Jupyter and desktops add to that of a copy, and which copy it is.

    >>> [copy_number(stem) for stem in ("01-x", "01-x (2)", "01-x-Copy1", "01-x - Copy", "01-x copy 3")]
    [('01-x', 0), ('01-x', 2), ('01-x', 1), ('01-x', 1), ('01-x', 3)]
    """
    found = re.fullmatch(r"(.+?)(?:[ _]?\((\d{1,4})\)|(?:-| - |[ _])copy ?(\d{0,4}))", stem, re.IGNORECASE)
    if not found:
        return stem, 0
    return found[1], int(found[2] or found[3] or 1)


def piece_of(entry: Entry, name: str) -> Piece:
    """Return a file that a student called so, or a copy of it."""
    return Piece(entry, name, copy_number(PurePosixPath(name).stem)[1])


_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,6})?)\d* ?(\S*)", re.ASCII)


def read_time(value: Any) -> datetime | None:
    """Return the time that a file states, or None where it states none; what names no zone is in UTC.

    >>> print(read_time("2015-02-02 15:58:23.948203 America/Los_Angeles"))
    2015-02-02 15:58:23.948203-08:00
    """
    if isinstance(value, datetime):  # YAML's own
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        return None
    day, moment, zone = found.groups()
    try:
        if zone in ("", "Z", "UTC") or zone[0] in "+-":
            return datetime.fromisoformat(f"{day} {moment}{zone if zone[:1] in ('+', '-') else '+00:00'}")
        return datetime.fromisoformat(f"{day} {moment}").replace(tzinfo=ZoneInfo(zone))
    except (ValueError, LookupError, OSError):
        return None
