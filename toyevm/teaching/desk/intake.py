"""Files in: from a place where a class handed in to the notebook of each student, with nothing dropped in silence.

    place --open--> entries --layouts--> parcels --roster--> students --choose--> attempts, the latest of which counts

Every file ends up in one of three lists: handed in by somebody, unmatched (with why), or ignored (with why).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from toyevm.errors import InputError
from toyevm.teaching.desk.archive import Entry, hidden_part, open_place, read_inner_zip, shown
from toyevm.teaching.desk.layouts import LAYOUTS, NOTEBOOK, ZIP, Parcel, Piece, Sorted, below_wrapper, copy_number
from toyevm.teaching.desk.roster import Directory, Sender, Student, bad_id, fold

MOST_BYTES_A_STUDENT = 48 << 20  # of a class of 300, some may be hostile; they share the reader's memory
MOST_ATTEMPTS = 20
MOST_NAMED = 10  # files of a student's zip; who wants to know of more looks into it
SOME_TIME = timedelta.resolution  # how late, where a place says that it was late and not by how much

_LESSON = re.compile(rb"""lesson\(\s*\\?["']([0-9][0-9]-[a-z0-9-]+)\\?["']""")  # within JSON


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a student handed in once; where there is no notebook, `problem` says why.

    `attempt` counts from 1; `late` is None where it was in time or nothing says when it was; `at` is when, if known.
    """

    student: str
    attempt: int
    late: timedelta | None
    source: str
    notebook: bytes | None
    problem: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A file that may be somebody's, and nobody knows whose."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file that is nobody's answer."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in, by student and attempt; who handed in nothing; and what is left over."""

    handed: tuple[HandedIn, ...]
    absent: tuple[Student, ...]
    unmatched: tuple[Unmatched, ...]
    ignored: tuple[Ignored, ...] = ()

    @property
    def latest(self) -> Mapping[str, HandedIn]:
        """What counts, by student."""
        return {one.student: one for one in self.handed}  # in the order of the attempts


def collect(
    place: Path, assignment: str, roster: Sequence[Student] | None = None, due: datetime | None = None
) -> Intake:
    """Return what a class handed in, in the order of its students.

    Without a roster, students are called what the place calls them; with one, nobody is who is not in it.

    Args:
        place: a folder, or a zip, as one of the layouts has it.
        due: after that, a notebook is late, as far as the place says when it came; without a zone it is in UTC.

    Raises:
        InputError: there is nothing to be read there.
    """
    work = _Intake(assignment, None if roster is None else Directory(roster), due and _aware(due))
    with open_place(place) as entries:
        if not entries:
            raise InputError("no submissions", str(place), "what students handed in")
        for parcels in work.by_student(work.sort(entries)).values():
            work.hand_in(parcels)
    return work.result(roster)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Matched:
    """A parcel, the student it is from, and how good the match is: the smaller the better."""

    student: str
    sender: Sender
    rank: tuple[bool, int]
    parcel: Parcel


class _Intake:
    """One run of `collect`."""

    def __init__(self, assignment: str, directory: Directory | None, due: datetime | None) -> None:
        self.assignment, self.directory, self.due = assignment, directory, due
        self.prefix = ""
        self.handed: list[HandedIn] = []
        self.unmatched: dict[str, str] = {}
        self.ignored: dict[str, str] = {}
        self.elsewhere: set[str] = set()

    # --- whose ------------------------------------------------------------------------------------------------------

    def sort(self, entries: Sequence[Entry]) -> list[tuple[int, Parcel]]:
        """Return the parcels, each with the number of its layout."""
        plain = []
        for entry in entries:
            if entry.refused:
                self.unmatched[shown(entry.path)] = entry.refused
            elif hidden := hidden_part(entry.path):
                self.ignored[shown(hidden)] = "hidden, or made by a system"
            else:
                plain.append(entry)
        left = below_wrapper(plain, self.assignment, self._is_known)
        if left and len(left[0].path) < len(plain[0].path):
            self.prefix = shown(plain[0].path[: len(plain[0].path) - len(left[0].path)]) + "/"
        parcels = []
        for number, layout in enumerate(LAYOUTS):
            found: Sorted = layout(left, self.assignment)
            parcels += [(number, parcel) for parcel in found.parcels]
            self.ignored |= {self._where(entry): why for entry, why in found.ignored}
            self.unmatched |= {self._where(entry): why for entry, why in found.unclear}
            left = found.rest
        self.unmatched |= {self._where(entry): "no known form of handing in" for entry in left}
        return parcels

    def _where(self, entry: Entry) -> str:
        return self.prefix + shown(entry.path)

    def _is_known(self, name: str) -> bool:
        try:
            return self.directory is not None and bool(self.directory.find(Sender("", id=name)))
        except InputError:
            return False

    def by_student(self, parcels: Sequence[tuple[int, Parcel]]) -> dict[str, list[_Matched]]:
        """Return whose each parcel is; of two that would be the same student's, the one that is surely so."""
        found: defaultdict[str, list[_Matched]] = defaultdict(list)
        for number, parcel in parcels:
            for sender in parcel.senders:
                try:
                    student, is_sure = self._find(sender)
                except InputError as error:
                    self._leave(parcel, str(error))
                else:
                    found[fold(student)].append(_Matched(student, sender, (not is_sure, number), parcel))
        chosen = {}
        for matches in found.values():
            if kept := self._surest(matches):
                chosen[kept[0].student] = kept
        return dict(sorted(chosen.items()))

    def _find(self, sender: Sender) -> tuple[str, bool]:
        if self.directory is not None:
            return self.directory.find(sender)
        if wrong := bad_id(sender.label):
            raise InputError(f"{sender.label!r} is no name for a student: {wrong}")
        return sender.label, True

    def _surest(self, matches: Sequence[_Matched]) -> list[_Matched]:
        """Return the matches to keep: one place's, under one name."""
        best = min(match.rank for match in matches)
        kept = [match for match in matches if match.rank == best]
        names = sorted({match.sender.label for match in kept})
        for match in matches:
            if len(names) > 1:
                self._leave(match.parcel, f"{' and '.join(map(repr, names))} may be the same student")
            elif match.rank != best:
                self._leave(match.parcel, f"{match.student} handed in as {names[0]!r} too")
        return kept if len(names) == 1 else []

    def _leave(self, parcel: Parcel, why: str) -> None:
        for piece in parcel.pieces:
            self.unmatched[self._where(piece.entry)] = " ".join(shown([why]).split())

    # --- which ------------------------------------------------------------------------------------------------------

    def hand_in(self, matches: Sequence[_Matched]) -> None:
        """Add a student's attempts, the latest one last."""
        student = matches[0].student
        pieces = [replace(piece, at=match.parcel.at) for match in matches for piece in match.parcel.pieces]
        if not pieces:
            self.elsewhere.add(student)
            return
        bag = _Bag(self.assignment, self.prefix)
        for piece in pieces:
            bag.add(piece)
        for number, one in enumerate(bag.attempts(), 1):
            late, at = self._late(one.piece), one.piece.at
            self.handed.append(HandedIn(student, number, late, one.where, one.notebook, one.problem, at))
        self.ignored |= bag.ignored

    def _late(self, piece: Piece) -> timedelta | None:
        if piece.at is not None and self.due is not None:
            return piece.at - self.due if piece.at > self.due else None
        return SOME_TIME if piece.late else None

    def result(self, roster: Sequence[Student] | None) -> Intake:
        """Return all of it. Of a group, a file is both handed in and unmatched, where one of them cannot be found."""
        handed = {one.student for one in self.handed}
        absent = roster if roster is not None else [Student(name) for name in sorted(self.elsewhere)]
        return Intake(
            tuple(self.handed),
            tuple(student for student in absent if student.id not in handed),
            tuple(Unmatched(path, why) for path, why in sorted(self.unmatched.items())),
            tuple(Ignored(path, why) for path, why in sorted(self.ignored.items())),
        )


@dataclass(frozen=True, slots=True)
class _Attempt:
    where: str
    piece: Piece
    notebook: bytes | None = None
    problem: str = ""

    @property
    def came(self) -> tuple[datetime, int, str]:
        return self.piece.at or datetime.min.replace(tzinfo=UTC), self.piece.order, self.where


class _Bag:
    """All the files of one student, of which some are the assignment's notebook."""

    def __init__(self, assignment: str, prefix: str) -> None:
        self.assignment, self.prefix = assignment, prefix
        self.named = re.compile(rf"(?<![a-z0-9]){re.escape(fold(assignment))}(?![a-z0-9])")
        self.left = MOST_BYTES_A_STUDENT
        self.notebooks: list[_Attempt] = []
        self.others: list[_Attempt] = []
        self.ignored: dict[str, str] = {}

    def add(self, piece: Piece) -> None:
        """Take a file, or what is in it if it is a zip."""
        where = self.prefix + shown(piece.entry.path)
        if piece.kind == NOTEBOOK:
            self.notebooks.append(_Attempt(where, piece))
            return
        problem = piece.entry.problem
        if piece.kind == ZIP and not problem and not piece.entry.is_folder:
            problem = self._open(where, piece)
        if piece.entry.is_folder:
            problem = problem or "there is no notebook"
        self.others.append(_Attempt(where, piece, problem=problem))

    def _open(self, where: str, piece: Piece) -> str:
        """Take what is in a zip; return what is wrong with it."""
        try:
            data = piece.entry.read()
            self._charge(len(data))
            inside = read_inner_zip(data, "")
        except InputError as error:
            return str(error)
        others = 0
        for entry in inside:
            inner, name = f"{where}/{shown(entry.path)}", entry.path[-1]
            order = piece.order or copy_number(PurePosixPath(name).stem)[1]
            one = _Attempt(inner, replace(piece, entry=entry, name=name, order=order), problem=entry.refused)
            if PurePosixPath(name).suffix.casefold() == NOTEBOOK and (entry.refused or not hidden_part(entry.path)):
                (self.others if entry.refused else self.notebooks).append(one)
            elif (others := others + 1) <= MOST_NAMED:
                self.ignored[inner] = "in a zip, and no notebook"
        if others > MOST_NAMED:
            self.ignored[f"{where}/…"] = f"{others - MOST_NAMED:,} more, in a zip, and no notebooks"
        return ""

    def _charge(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise InputError("too much from one student", expected=f"at most {MOST_BYTES_A_STUDENT:,} bytes in all")

    def attempts(self) -> list[_Attempt]:
        """Return the attempts, the latest one last; there is always one, if only to say what is wrong."""
        self.notebooks.sort(key=lambda one: one.came)
        named = [one for one in self.notebooks if self.named.search(fold(PurePosixPath(one.piece.name).name))]
        made = self._read(named) or self._unnamed() or [self._nothing()]
        used = {one.where for one in made}
        names = {one.where for one in named} - used
        aside = [one.where for one in (*self.notebooks, *self.others) if one.where not in used]
        self.ignored |= dict.fromkeys(aside, f"not the notebook {self.assignment}")
        self.ignored |= dict.fromkeys(names, f"before the last {MOST_ATTEMPTS} attempts")
        return made

    def _read(self, chosen: Sequence[_Attempt]) -> list[_Attempt]:
        """Return the last of them with their contents: first the one that counts, in case it is too much in all."""
        return [self._read_one(one) for one in reversed(chosen[-MOST_ATTEMPTS:])][::-1]

    def _read_one(self, one: _Attempt) -> _Attempt:
        try:
            data = one.piece.entry.read()
            self._charge(len(data))
            if not data.strip():
                raise InputError("an empty file")
            if (lessons := _lessons(data)) and self.assignment not in lessons:
                raise InputError(f"the notebook of {min(lessons)}", expected=self.assignment)
        except InputError as error:
            return replace(one, problem=str(error))
        return replace(one, notebook=data)

    def _unnamed(self) -> list[_Attempt]:
        """Return the attempts where no notebook has the assignment's name: those that say inside that they are it."""
        read = self._read(self.notebooks)
        sound = [one for one in read if one.notebook is not None]
        ours = [one for one in sound if self.assignment in _lessons(one.notebook or b"")]
        if len(sound) > 1 and not ours:
            names = ", ".join(one.where for one in sound[-MOST_NAMED:])
            return [replace(sound[-1], notebook=None, problem=f"nothing says which notebook counts: {names}")]
        return ours or sound or read[-1:]

    def _nothing(self) -> _Attempt:
        first = next((one for one in self.others if one.problem), self.others[0])
        names = sorted(PurePosixPath(one.where).name for one in self.others)[:MOST_NAMED]
        return replace(first, problem=first.problem or f"there is no notebook, but {', '.join(names)}")


def _lessons(data: bytes) -> set[str]:
    """Return the lessons that a notebook opens: every exercise begins with `lab = lesson("NN-name")`."""
    return {name.decode() for name in _LESSON.findall(data)}
