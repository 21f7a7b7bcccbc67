"""Whose is a file? Each place where students hand in writes that into names of its own: one function a place.

A layout takes the entries that it knows, and leaves the others to the next. What no layout takes is nobody's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from toyevm.errors import InputError
from toyevm.teaching.desk.archive import Entry
from toyevm.teaching.desk.gradescope import METADATA, SUBMISSION, gradescope
from toyevm.teaching.desk.parcels import NOTEBOOK, ZIP, Layout, Parcel, Piece, Sorted, copy_number, piece_of, read_time
from toyevm.teaching.desk.roster import Sender, fold
from toyevm.teaching.grading.release import ASSIGNMENT

# --- Moodle ---------------------------------------------------------------------------------------------------------

# The first of what looks like a number: a name has no "_" in Moodle, but what students call their files may have any.
_MOODLE = re.compile(r"(?P<name>.*?)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)


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
            parcels[sender].append(piece_of(entry, inside))
    made.parcels = [Parcel((sender,), tuple(pieces)) for sender, pieces in parcels.items()]
    return made


# --- Canvas ---------------------------------------------------------------------------------------------------------

_CANVAS = re.compile(
    r"(?:(?P<anon_late>LATE_)?anon_(?P<anon>[A-Za-z0-9]+)|(?P<name>\w*?)(?P<late>_LATE)?_(?P<user>\d+))"
    r"(?:_(?P<file>\d+)_(?P<own>.+)|_(?P<typed>(?:text|link)\.html))",
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
        if re.match(r"\d+_", found["own"] or ""):  # a user called "x_12" has the file x_12_11_900_01-x.ipynb
            made.unclear.append((entry, "its name can be read in two ways"))
            continue
        place = "canvas, anonymous" if found["anon"] else "canvas"  # whose codes are no users' ids
        sender = Sender(place, found["user"] or found["anon"], found["name"] or "")
        late = bool(found["late"] or found["anon_late"])
        parcels[sender].append(Piece(entry, found["own"] or found["typed"], int(found["file"] or 0), late))
    made.parcels = [Parcel((sender,), tuple(pieces)) for sender, pieces in parcels.items()]
    return made


# --- nbgrader, and folders made by hand ------------------------------------------------------------------------------


def nbgrader(entries: Sequence[Entry], assignment: str) -> Sorted:
    """Sort folders of students: nbgrader's `submitted/STUDENT/ASSIGNMENT/NAME.ipynb`, or what a student's folder holds.

    Where a student's folder has one for the assignment, only that counts; where it has only those of other assignments,
    the student has not handed in. In that folder `timestamp.txt` says when, as `2015-02-02 15:58:23.948203 UTC`:
    nbgrader writes it there, over one of the student's. Anywhere else it is the student's word.

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
            if ours and entry.path[depth:] == ("timestamp.txt",):
                at = _timestamp(entry)
            pieces.append(piece_of(entry, PurePosixPath(*entry.path[depth:]).as_posix() if entry.path[depth:] else ""))
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
    if _MOODLE.fullmatch(name) or SUBMISSION.fullmatch(name) or known(name):
        return False
    if fold(name) == fold(assignment):
        return True
    if all(len(entry.path) > 2 and fold(entry.path[0]) == fold(assignment) for entry in inside):
        return True
    if any(fold(entry.path[0]) == fold(assignment) for entry in inside):
        return False  # a student's
    if any(len(entry.path) > 2 and _is_in(entry, assignment) for entry in inside):
        return True
    tops = {entry.path[0] for entry in inside}
    alone = {entry.path[0] for entry in inside if len(entry.path) == 1}
    if METADATA in tops or any(map(_MOODLE.fullmatch, tops)) or any(map(_CANVAS.fullmatch, alone)):
        return True
    return any(known(top) or known(copy_number(PurePosixPath(top).stem)[0]) for top in tops)
