"""Marks into nbgrader's gradebook, the SQLite file that its own tools show and export.

An item's points go to the check in its notebook, as nbgrader's autograder would have put them; what is given by hand is
nbgrader's manual score, and a late penalty its late penalty. Where the marker failed, nbgrader asks for a mark by hand.
Of what is in the file already, nothing else changes: other assignments, other students, manual scores given there.
"""

from __future__ import annotations

import os
import shutil
import sysconfig
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.desk.marks import WHOLE, MarkRow, by_student, is_absent
from toyevm.teaching.desk.questions import answer_cells
from toyevm.teaching.desk.register import write_file
from toyevm.teaching.desk.roster import Student
from toyevm.teaching.grading.mark import Assignment
from toyevm.teaching.grading.submission import Role, checked_items


def write_gradebook(path: Path, what: Assignment, rows: Sequence[MarkRow], roster: Iterable[Student] = ()) -> int:
    """Write the marks to a gradebook, a new one or one that is there; return for how many there is a submission.

    Raises:
        InputError: nbgrader is not installed, or the file is no gradebook of its.
    """
    try:
        from nbgrader.api import Gradebook, InvalidEntry, StatementError
    except ImportError:
        raise InputError("nbgrader is not installed", "--to nbgrader", "pip install 'toyevm[instructor]'") from None
    # In a draft: the gradebook is as it was until all of it is written.
    with TemporaryDirectory(prefix="toyevm-") as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Object of type")  # about nbgrader's own way to add a submission
        draft = Path(folder, "gradebook.db")
        try:
            if path.exists():
                shutil.copyfile(path, draft)
            with _commands_found(), closing(Gradebook(f"sqlite:///{draft}")) as book:
                book.db.connection().exec_driver_sql("PRAGMA synchronous = OFF")  # a draft
                count = _Writing(book, what, {each.id: each for each in roster}).write(rows)
                book.engine.dispose()
        except (OSError, StatementError, InvalidEntry) as error:
            raise InputError("it is no gradebook of nbgrader's", str(path), "one, or a new file") from error
        write_file(path, draft.read_bytes())
    return count


@contextmanager
def _commands_found() -> Iterator[None]:
    """Let nbgrader find the command that tells it the version of a new gradebook, though no environment is on."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), before))
    try:
        yield
    finally:
        os.environ["PATH"] = before


class _Writing:
    """One assignment on its way into a gradebook."""

    def __init__(self, book: Any, what: Assignment, people: Mapping[str, Student]) -> None:
        self.book, self.name, self.people = book, what.name, people
        self.checks = {cell.name: [*checked_items(cell)] for cell in what.release if cell.role is Role.CHECK}
        self.answers = {item: names[-1] for item, names in answer_cells(what).items() if names}
        book.update_or_create_assignment(self.name)
        book.update_or_create_notebook(self.name, self.name)
        for cell, items in self.checks.items():
            worth = sum(what.marking.items.exercise(item).points for item in items)
            book.update_or_create_grade_cell(cell, self.name, self.name, max_score=worth, cell_type="code")
        for cell in sorted(set(self.answers.values())):
            book.update_or_create_solution_cell(cell, self.name, self.name)

    def write(self, rows: Sequence[MarkRow]) -> int:
        return sum(self._student(student, own) for student, own in by_student(rows).items())

    def _student(self, student: str, own: Sequence[MarkRow]) -> bool:
        """Write a student's marks; return whether there are any."""
        person = self.people.get(student, Student(student))
        first, _, last = person.name.rpartition(" ")
        known = {"first_name": first, "last_name": last, "email": person.email}
        self.book.update_or_create_student(student, **{name: value for name, value in known.items() if value})
        if is_absent(own):
            return False
        self.book.update_or_create_submission(self.name, student)
        marks = {row.item: row for row in own}
        for cell, items in self.checks.items():
            self._grade(self._find(cell, student, "grade"), [marks[item] for item in items if item in marks])
        self._comments(student, own)
        notebook = self.book.find_submission_notebook(self.name, self.name, student)
        notebook.late_submission_penalty = -marks[WHOLE].points if WHOLE in marks else 0
        self.book.db.commit()
        return True

    def _grade(self, grade: Any, marks: Sequence[MarkRow]) -> None:
        faulty = any(row.is_open for row in marks)
        grade.auto_score = (
            None if faulty else sum(row.points if row.override is None else row.override for row in marks)
        )
        grade.needs_manual_grade = faulty
        if not faulty and any(row.override is not None for row in marks):
            grade.manual_score = sum(row.points for row in marks)

    def _comments(self, student: str, own: Sequence[MarkRow]) -> None:
        """Write what is said where the answer is; what is said about the whole, at the last answer."""
        last = next(reversed(self.answers.values()), None)
        said: dict[str, tuple[list[str], list[str]]] = {}
        for row in own:
            cell = self.answers.get(row.item, last)
            if cell is not None:
                automatic, by_hand = said.setdefault(cell, ([], []))
                prefix = f"{row.item}: " if row.item == WHOLE else ""
                automatic += [prefix + row.message] if row.message else []
                by_hand += [prefix + row.comment] if row.comment else []
        for cell, (automatic, by_hand) in said.items():
            comment = self._find(cell, student, "comment")
            comment.auto_comment = "\n".join(automatic) or None
            if by_hand:
                comment.manual_comment = "\n".join([*by_hand, *automatic])

    def _find(self, cell: str, student: str, kind: str) -> Any:
        """Return a grade or a comment; a submission that is older than its cell has none yet."""
        from nbgrader.api import Comment, Grade, MissingEntry

        try:
            return getattr(self.book, f"find_{kind}")(cell, self.name, self.name, student)
        except MissingEntry:
            find = self.book.find_grade_cell if kind == "grade" else self.book.find_solution_cell
            made = (Grade if kind == "grade" else Comment)(
                cell_id=find(cell, self.name, self.name).id,
                notebook=self.book.find_submission_notebook(self.name, self.name, student),
            )
            self.book.db.add(made)
            return made
