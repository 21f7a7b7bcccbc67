"""Whose is a file? Each place where students hand in writes that into names of its own: one function a place.

A layout takes the entries that it knows, and leaves the others to the next. What no layout takes is nobody's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from toyevm.errors import InputError
from toyevm.teaching.desk.archive import Entry
from toyevm.teaching.desk.roster import Sender, fold
from toyevm.teaching.grading.release import ASSIGNMENT

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


# --- Moodle ---------------------------------------------------------------------------------------------------------

_MOODLE = re.compile(r"(?P<name>.*)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)


def moodle(entries: Sequence[Entry], assignment: str) -> Sorted:
    """Sort Moodle's "Download all submissions".

    Folders `Full Name_12345_assignsubmission_file_/…` (up to Moodle 4.0; later without the last `_`), or, where the
    teacher does not download in folders, flat `Full Name_12345_assignsubmission_file_01-x.ipynb`. The number is that of
    "Participant 12345" in the grading worksheet; in anonymous submissions the name is "Participant". Only the last
    attempt is in it.

    Source: Moodle, mod/assign/classes/downloader.php and locallib.php (github.com/moodle/moodle, read 2026-11-30).
    """
    made, parcels = Sorted(), defaultdict[Sender, list[Piece]](list)
    for entry in entries:
        found = _MOODLE.fullmatch(entry.path[0])
        inside = PurePosixPath(*entry.path[1:]).as_posix() if len(entry.path) > 1 else (found and found["file"]) or ""
        if not found:
            made.rest.append(entry)
        elif found["plugin"] != "file":
            made.ignored.append((entry, f"Moodle's {found['plugin']}, no file of a student's"))
        else:
            sender = Sender("moodle", found["number"], found["name"].strip())
            parcels[sender].append(_piece(entry, inside))
    made.parcels = [Parcel((sender,), tuple(pieces)) for sender, pieces in parcels.items()]
    return made


def _piece(entry: Entry, name: str) -> Piece:
    return Piece(entry, name, copy_number(PurePosixPath(name).stem)[1])


# --- Canvas ---------------------------------------------------------------------------------------------------------

_CANVAS = re.compile(
    r"(?:(?P<name>\w*?)(?P<late>_LATE)?_(?P<user>\d+)|(?P<anon_late>LATE_)?anon_(?P<anon>[A-Za-z0-9]+))"
    r"(?:_(?P<file>\d+)_(?P<own>.+)|_(?P<text>(?:text|link)\.html))",
    re.DOTALL,
)


def canvas(entries: Sequence[Entry], assignment: str) -> Sorted:
    """Sort Canvas' "Download Submissions": flat files `lastnamefirstname_LATE_123_456_01-x-1.ipynb`.

    123 is the user's id (column ID of the gradebook), 456 the file's, which grows with time; LATE is there if it was.
    `-1` is Canvas' own, for a file named as one that the student handed in before. Anonymous:
    `anon_Ab12C_456_01-x.ipynb`.

    Source: Canvas, lib/content_zipper.rb (get_filename, add_upload_submission) and Attachment.make_unique_filename
    (github.com/instructure/canvas-lms, read 2026-11-30).
    """
    made, parcels = Sorted(), defaultdict[Sender, list[Piece]](list)
    for entry in entries:
        found = _CANVAS.fullmatch(entry.path[0]) if len(entry.path) == 1 and not entry.is_folder else None
        if not found:
            made.rest.append(entry)
            continue
        sender = Sender("canvas", found["user"] or found["anon"], found["name"] or "")
        late = bool(found["late"] or found["anon_late"])
        parcels[sender].append(Piece(entry, found["own"] or found["text"], int(found["file"] or 0), late))
    made.parcels = [Parcel((sender,), tuple(pieces)) for sender, pieces in parcels.items()]
    return made


# --- Gradescope -----------------------------------------------------------------------------------------------------

METADATA = "submission_metadata.yml"
_SUBMISSION = re.compile(r"submission_\d+")


def gradescope(entries: Sequence[Entry], assignment: str) -> Sorted:
    """Sort Gradescope's "Export Submissions": folders `submission_12345/…`, and one file at the top that says whose.

    `submission_metadata.yml` has for each folder `:submitters:`, a list of `:name:`, `:sid:` and `:email:`, and
    `:created_at:`. Those who handed in together all get the same notebook.

    Source: no page of Gradescope's describes it (gradescope-autograders.readthedocs.io is about another file of nearly
    this name); the form is what ten public programs read that handle such an export (github.com, looked up 2026-11-30).

    Raises:
        InputError: that file cannot be read.
    """
    made, folders = Sorted(), defaultdict[str, list[Entry]](list)
    metadata = next((entry for entry in entries if entry.path == (METADATA,)), None)
    for entry in entries:
        if entry is metadata:
            made.ignored.append((entry, "Gradescope's list of who handed in"))
        elif _SUBMISSION.fullmatch(entry.path[0]):
            folders[entry.path[0]].append(entry)
        else:
            made.rest.append(entry)
    listed = _listed(metadata) if metadata else {}
    for name, inside in folders.items():
        senders, at = _submitters(listed.get(name))
        if senders:
            pieces = [_piece(entry, PurePosixPath(*entry.path[1:]).as_posix()) for entry in inside]
            made.parcels.append(Parcel(senders, tuple(pieces), at))
        else:
            why = f"{METADATA} does not say whose it is" if metadata else f"no {METADATA} says whose it is"
            made.unclear += [(entry, why) for entry in inside]
    return made


def _listed(metadata: Entry) -> Mapping[str, Any]:
    try:
        yaml: Any = import_module("yaml")
    except ImportError:
        raise InputError("Gradescope's list needs PyYAML", METADATA, "pip install 'toyevm[instructor]'") from None
    try:
        document = yaml.load(metadata.read(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError("not YAML", METADATA, "the file as Gradescope exported it") from error
    except InputError as error:
        raise InputError(str(error), METADATA) from None
    if not isinstance(document, dict):
        raise InputError("no list of submissions", METADATA, "the file as Gradescope exported it")
    return document


def _submitters(record: Any) -> tuple[tuple[Sender, ...], datetime | None]:
    match record:
        case {":submitters": list(people)}:
            senders = [_submitter(person) for person in people if isinstance(person, dict)]
            return tuple(sender for sender in senders if sender.label), read_time(record.get(":created_at"))
    return (), None


def _submitter(person: Mapping[str, Any]) -> Sender:
    sid, name, email = (str(person.get(key) or "").strip() for key in (":sid", ":name", ":email"))
    return Sender("gradescope", "", name, sid or email, email)


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


# --- nbgrader, and folders made by hand ------------------------------------------------------------------------------


def nbgrader(entries: Sequence[Entry], assignment: str) -> Sorted:
    """Sort folders of students: nbgrader's `submitted/STUDENT/ASSIGNMENT/NAME.ipynb`, or what a student's folder holds.

    Where a student's folder has one for the assignment, only that counts; where it has only those of other assignments,
    the student has not handed in. `timestamp.txt` beside the notebook says when, as `2015-02-02 15:58:23.948203 UTC`.

    Source: nbgrader 0.9, user guide, "Managing assignment files manually", and exchange/default/submit.py (2026-11-30).
    """
    made, students = Sorted(), defaultdict[str, list[Entry]](list)
    for entry in entries:
        alone = len(entry.path) == 1 and not entry.is_folder and not (entry.problem and "." not in entry.path[0])
        (made.rest if alone else students[entry.path[0]]).append(entry)
    for name, inside in students.items():
        ours = [entry for entry in inside if _is_in(entry, assignment)]
        if not ours and all(len(entry.path) > 1 and _is_other(entry) for entry in inside):
            made.ignored += [(entry, "of another assignment") for entry in inside]
            made.parcels.append(Parcel((Sender("", id=name),), ()))
            continue
        if ours:
            others = [entry for entry in inside if not _is_in(entry, assignment)]
            made.ignored += [(entry, f"not in the folder {assignment}") for entry in others]
        depth = 2 if ours else 1
        pieces, at = [], None
        for entry in ours or inside:
            if entry.path[depth:] == ("timestamp.txt",):
                at = _timestamp(entry)
            pieces.append(_piece(entry, PurePosixPath(*entry.path[depth:]).as_posix() if entry.path[depth:] else ""))
        made.parcels.append(Parcel((Sender("", id=name),), tuple(pieces), at))
    return made


def _is_in(entry: Entry, assignment: str) -> bool:
    return len(entry.path) > 1 and fold(entry.path[1]) == fold(assignment)


def _is_other(entry: Entry) -> bool:
    return bool(ASSIGNMENT.fullmatch(entry.path[1])) and (len(entry.path) > 2 or entry.is_folder)


def _timestamp(entry: Entry) -> datetime | None:
    try:
        return read_time(entry.read()[:200].decode())
    except (InputError, UnicodeDecodeError):
        return None


# --- flat files -----------------------------------------------------------------------------------------------------


_OTHER = re.compile(rf"(?P<before>.+)[ _]{ASSIGNMENT.pattern}|{ASSIGNMENT.pattern}[ _](?P<after>.+)", re.DOTALL)


def flat(entries: Sequence[Entry], assignment: str) -> Sorted:
    """Sort files named after their student: `ada.ipynb`, `ada_01-x (1).ipynb`, `01-x-ada.ipynb`, `ada.zip`.

    The number is what browsers add to a second download: Chromium, GetUniquePath in base/files (read 2026-11-30).
    """
    made, parcels = Sorted(), defaultdict[str, list[Piece]](list)
    for entry in entries:
        stem, suffix = PurePosixPath(entry.path[0]).stem, PurePosixPath(entry.path[0]).suffix.casefold()
        name, number = copy_number(stem)
        student = re.sub(rf"[ _-]*{re.escape(assignment)}[ _-]*", "", name, count=1, flags=re.IGNORECASE)
        if len(entry.path) > 1:
            made.rest.append(entry)
        elif suffix not in (NOTEBOOK, ZIP):
            made.ignored.append((entry, "neither a notebook nor a zip, and in no student's folder"))
        elif not student.strip():
            made.unclear.append((entry, "its name says no student"))
        elif student == name and (other := _OTHER.fullmatch(name)):
            made.ignored.append((entry, "of another assignment"))
            parcels[other["after"] or other["before"]] += []
        else:
            named = entry.path[0] if student != name else f"{assignment}{suffix}"
            parcels[student].append(Piece(entry, named, number))
    made.parcels = [Parcel((Sender("", id=name),), tuple(pieces)) for name, pieces in parcels.items()]
    return made


LAYOUTS: tuple[Layout, ...] = (moodle, canvas, gradescope, nbgrader, flat)


def below_wrapper(entries: Sequence[Entry], assignment: str, known: Callable[[str], bool]) -> list[Entry]:
    """Return entries without a folder around all of them that is no student's, as in a zip that was packed anew."""
    while len({entry.path[0] for entry in entries}) == 1 and all(len(entry.path) > 1 for entry in entries):
        inside = [_moved(entry) for entry in entries]
        if not _is_wrapper(entries[0].path[0], inside, assignment, known):
            break
        entries = inside
    return list(entries)


def _moved(entry: Entry) -> Entry:
    return Entry(entry.path[1:], entry.problem, entry.refused, entry.is_folder, entry.content)


def _is_wrapper(name: str, inside: Sequence[Entry], assignment: str, known: Callable[[str], bool]) -> bool:
    if _MOODLE.fullmatch(name) or _SUBMISSION.fullmatch(name) or known(name):
        return False
    if fold(name) == fold(assignment):
        return True
    if all(len(entry.path) > 2 and fold(entry.path[0]) == fold(assignment) for entry in inside):
        return True
    if any(len(entry.path) > 2 and _is_in(entry, assignment) for entry in inside):
        return True
    tops = {entry.path[0] for entry in inside}
    alone = {entry.path[0] for entry in inside if len(entry.path) == 1}
    if METADATA in tops or any(map(_MOODLE.fullmatch, tops)) or any(map(_CANVAS.fullmatch, alone)):
        return True
    return any(known(top) or known(copy_number(PurePosixPath(top).stem)[0]) for top in tops)
