"""Which of a student's files is the assignment's notebook?

The one that has its name; else the one that says inside that it is; else the only one there is. Of several, all are
kept, and the latest counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from toyevm.errors import InputError
from toyevm.teaching.desk.archive import hidden_part, read_inner_zip, shown
from toyevm.teaching.desk.parcels import NOTEBOOK, ZIP, Piece, copy_number
from toyevm.teaching.desk.roster import fold

MOST_BYTES_A_STUDENT = 48 << 20  # of a class of 300, some may be hostile; they share the reader's memory
MOST_ATTEMPTS = 20
MOST_NAMED = 10  # files of a student's zip; who wants to know of more looks into it

_LESSON = re.compile(rb"""lesson\(\s*\\?["']([0-9][0-9]-[a-z0-9-]{1,80})\\?["']""")  # within JSON


@dataclass(frozen=True, slots=True)
class Candidate:
    """A notebook that may count, and where it is; or why there is none."""

    where: str
    piece: Piece
    notebook: bytes | None = None
    problem: str = ""

    @property
    def came(self) -> tuple[datetime, int, str]:
        return self.piece.at or datetime.min.replace(tzinfo=UTC), self.piece.order, self.where


class Bag:
    """All the files of one student, of which some are the assignment's notebook."""

    def __init__(self, assignment: str, prefix: str) -> None:
        self.assignment, self.prefix = assignment, prefix
        self.named = re.compile(rf"(?<![a-z0-9]){re.escape(fold(assignment))}(?![a-z0-9])")
        self.left = MOST_BYTES_A_STUDENT
        self.notebooks: list[Candidate] = []
        self.others: list[Candidate] = []
        self.ignored: dict[str, str] = {}

    def add(self, piece: Piece) -> None:
        """Take a file, or what is in it if it is a zip."""
        where = self.prefix + shown(piece.entry.path)
        if piece.kind == NOTEBOOK:
            self.notebooks.append(Candidate(where, piece))
            return
        problem = piece.entry.problem
        if piece.kind == ZIP and not problem and not piece.entry.is_folder:
            problem = self._open(where, piece)
        if piece.entry.is_folder:
            problem = problem or "there is no notebook"
        self.others.append(Candidate(where, piece, problem=problem))

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
            one = Candidate(inner, replace(piece, entry=entry, name=name, order=order), problem=entry.refused)
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

    def attempts(self) -> list[Candidate]:
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

    def _read(self, chosen: Sequence[Candidate]) -> list[Candidate]:
        """Return the last of them with their contents: first the one that counts, in case it is too much in all."""
        return [self._read_one(one) for one in reversed(chosen[-MOST_ATTEMPTS:])][::-1]

    def _read_one(self, one: Candidate) -> Candidate:
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

    def _unnamed(self) -> list[Candidate]:
        """Return the attempts where no notebook has the assignment's name: those that say inside that they are it."""
        read = self._read(self.notebooks)
        sound = [one for one in read if one.notebook is not None]
        ours = [one for one in sound if self.assignment in _lessons(one.notebook or b"")]
        if len(sound) > 1 and not ours:
            names = _quoted(one.where for one in sound[-MOST_NAMED:])
            return [replace(sound[-1], notebook=None, problem=f"nothing says which notebook counts: {names}")]
        return ours or sound or read[-1:]

    def _nothing(self) -> Candidate:
        first = next((one for one in self.others if one.problem), self.others[0])
        names = _quoted(sorted(PurePosixPath(one.where).name for one in self.others)[:MOST_NAMED])
        return replace(first, problem=first.problem or f"there is no notebook, but {names}")


def _quoted(names: Iterable[str]) -> str:
    """Return what students call their files, so that nobody takes it for what we say."""
    return ", ".join(map(repr, names))


def _lessons(data: bytes) -> set[str]:
    """Return the lessons that a notebook opens: every exercise begins with `lab = lesson("NN-name")`."""
    return {name.decode() for name in _LESSON.findall(data)}
