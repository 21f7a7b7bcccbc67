"""Who is meant? A number, an address or a name that a place has leads to one of the roster, or to a reason why not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from toyevm.errors import InputError
from toyevm.teaching.desk.roster import Sender, Student, fold, read_roster


def read_rosters(first: Path, *others: Path) -> tuple[Student, ...]:
    """Return the students of the first file, with the names and numbers that other files have of them.

    So ids may be your own, as those in students' bundles are, and numbers those of Moodle's worksheet.

    Raises:
        InputError: a file cannot be read, or has somebody whom the first one does not know, or may know twice.
    """
    students = {student.id: student for student in read_roster(first)}
    for path in others:
        directory = Directory(students.values())
        for other in read_roster(path):
            try:
                found, _ = directory.find(Sender("", "", other.name, other.id, other.email))
            except InputError as error:
                raise InputError(error.what, str(path), f"the students of {first}, by id, email or name") from None
            student = students[found]
            numbers = MappingProxyType({**other.numbers, **student.numbers})
            late = other.late if student.late is None else student.late
            students[found] = replace(
                student, name=student.name or other.name, email=student.email or other.email, numbers=numbers, late=late
            )
    return tuple(students.values())


def _words(name: str) -> list[str]:
    """Return the words of a name, as far as all places keep them: Moodle drops apostrophes, Canvas all but letters."""
    return re.findall(r"[^\W_]+", re.sub("['’`\"]", "", fold(name)))


def _as_words(name: str) -> set[str]:
    return {" ".join(sorted(_words(name)))} - {""}


def _run_together(name: str) -> set[str]:
    """Return the ways to write a name without spaces: Canvas begins with the last name, wherever that stands here."""
    words = _words(name)
    return {"".join(words[cut:] + words[:cut]) for cut in range(len(words))}


def _numbers_of_theirs(student: Student) -> set[str]:
    """Return the numbers that mean a student everywhere, as a university's do; those of Moodle and Canvas do not."""
    return {fold(number) for place, number in student.numbers.items() if place not in ("moodle", "canvas")} - {""}


class Directory:
    """Finds the student that a place means."""

    def __init__(self, students: Iterable[Student]) -> None:
        """Index the students by all that a place may call them."""
        self.students = tuple(students)
        self.by_id = {student.id: student for student in self.students}
        self.names = {
            "ids": self._by(lambda student: {student.id}),
            "emails": self._by(lambda student: {fold(student.email)} - {""}),
            "numbers": self._by(_numbers_of_theirs),
            "folded": self._by(lambda student: {fold(student.id)}),
            "words": self._by(lambda student: _as_words(student.name)),
            "together": self._by(lambda student: _run_together(student.name)),
        }
        self.numbered = self._by(lambda student: {f"{place} {number}" for place, number in student.numbers.items()})

    def _by(self, keys: Callable[[Student], set[str]]) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for student in self.students:
            for key in keys(student):
                found[key].append(student.id)
        return dict(found)

    def find(self, sender: Sender) -> tuple[str, bool]:
        """Return a student's id, and whether the place is sure of it: it is not, where only names look alike.

        Raises:
            InputError: nobody, or more than one, may be meant.
        """
        for table, key, is_sure in self._ways(sender):
            found = [student for student in table.get(key, []) if is_sure or self._may_be(student, sender)]
            if len(found) > 1:
                raise InputError(
                    f"may be from any of {', '.join(found)}", expected=f"a column {sender.place or 'id'} in the roster"
                )
            if found:
                return found[0], is_sure
        raise InputError(f"nobody in the roster is {sender.label!r}")

    def _may_be(self, student: str, sender: Sender) -> bool:
        """Return whether no number denies it: where a place knows a student by one, no other is theirs."""
        number = self.by_id[student].numbers.get(sender.place)
        return not (number and sender.number) or number == sender.number

    def _ways(self, sender: Sender) -> list[tuple[Mapping[str, list[str]], str, bool]]:
        names = self.names
        ways = [(self.numbered, f"{sender.place} {sender.number}", True)] if sender.number else []
        if sender.id:
            ways += [(names["ids"], sender.id, True), (names["numbers"], fold(sender.id), True)]
        if sender.email or "@" in sender.id:
            ways.append((names["emails"], fold(sender.email or sender.id), True))
        if sender.id:
            ways.append((names["folded"], fold(sender.id), False))
        for name in filter(None, (sender.name, sender.id)):
            kind, keys = ("together", _run_together(name)) if sender.place == "canvas" else ("words", _as_words(name))
            ways += [(names[kind], key, False) for key in sorted(keys)]
        return ways
