"""Files in: from a place where a class handed in to the notebook of each student, with nothing dropped in silence.

    place --open--> entries --layouts--> parcels --roster--> students --choose--> attempts, the latest of which counts

Every file ends up in one of three lists: handed in by somebody, unmatched (with why), or ignored (with why).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from toyevm.errors import InputError
from toyevm.teaching.desk.archive import Entry, hidden_part, open_place, shown
from toyevm.teaching.desk.choice import Bag
from toyevm.teaching.desk.directory import Directory
from toyevm.teaching.desk.layouts import LAYOUTS, below_wrapper
from toyevm.teaching.desk.parcels import ZIP, Parcel, Piece, Sorted
from toyevm.teaching.desk.roster import Sender, Student, bad_id, fold

LONGEST_PROBLEM = 300
SOME_TIME = timedelta.resolution  # how late, where a place says that it was late and not by how much


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
        if len(plain) == 1 and self._is_lone_zip(plain[0]):
            raise InputError(
                "a zip and nothing else", shown(plain[0].path), "that zip, in place of the folder it is in"
            )
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

    def _is_lone_zip(self, entry: Entry) -> bool:
        name = PurePosixPath(entry.path[0])
        return len(entry.path) == 1 and name.suffix.casefold() == ZIP and not self._is_known(name.stem)

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
        bag = Bag(self.assignment, self.prefix)
        for piece in pieces:
            bag.add(piece)
        for number, one in enumerate(bag.attempts(), 1):
            late, at = self._late(one.piece), one.piece.at
            if late is None and at is None and self.directory is not None:
                late = self.directory.by_id[student].late or None  # of their latest: Moodle keeps one
            self.handed.append(
                HandedIn(student, number, late, one.where, one.notebook, one.problem[:LONGEST_PROBLEM], at)
            )
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
