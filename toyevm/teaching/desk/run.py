"""Mark a class: whoever is missing in the journal is marked, and written down as soon as it is finished.

    register first, so that everybody is on the desk; then a window of submissions at the executor; what comes back goes
    into the journal at once.

Only this process writes to the desk. Marks depend on a submission and nothing beside it, so neither the number of jobs
nor the order in which they finish shows in them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.desk import marks as marking
from toyevm.teaching.desk.intake import HandedIn, Intake
from toyevm.teaching.desk.journal import DeskJournal, JournalEntry
from toyevm.teaching.desk.keys import conditions, content_hash, key_of, marker
from toyevm.teaching.desk.policy import write_template
from toyevm.teaching.desk.register import (
    NAME,
    Register,
    Registered,
    notebook_path,
    read_register,
    write_file,
    write_register,
)
from toyevm.teaching.desk.worker import Elsewhere, Marked, isolation_at, mark
from toyevm.teaching.grading.mark import Assignment, not_marked, read_assignment
from toyevm.teaching.grading.ruling import fault_of
from toyevm.teaching.grading.sandbox import Sandbox
from toyevm.teaching.lab.variants import Variant

MARKS = "marks.csv"
WINDOW = 64  # submissions at the executor at a time: enough for any cluster we know, little enough to keep in memory


@dataclass(frozen=True, slots=True)
class ClassMarks:
    """The marks as they count now; how many notebooks there are, were marked by this run, or by another marker."""

    register: Register
    rows: tuple[marking.MarkRow, ...]
    notebooks: int
    marked: int
    by_another: int

    @property
    def faults(self) -> list[marking.MarkRow]:
        """The rows at which the marker failed; not those to which it was not sent."""
        return [row for row in self.rows if row.fault not in ("", marking.NOT_YET)]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to mark: these students, or all; with `again` also what is in the journal.

    Of `items`, only these marks are taken over, where the same notebook has been marked before. Who is not marked keeps
    the marks they have.
    """

    students: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    again: bool = False


def grade_class(
    intake: Intake,
    what: Assignment,
    desk: Path,
    place: Sandbox | Elsewhere,
    executor: Executor,
    *,
    root: Path,
    release: str | None = None,
    only: Selection = Selection(),
    progress: Callable[[str, int], None] = lambda name, left: None,
) -> ClassMarks:
    """Mark what the desk has no marks of yet; return the marks of the class.

    Args:
        place: a sandbox, or for an executor on other computers how to open one there.
        executor: what marks; it stays open. What it has not begun is taken back when this ends early.
        root: where course/ and solutions/ are.
        release: the word under which each student got numbers of their own, if they did.
        only: what to mark, of what there is.
        progress: is told whose marks are there, and how many are missing; once before the first.

    Raises:
        InputError: the desk cannot be written, is another run's at this moment or another assignment's; nothing like
            that student or item is there.
    """
    with DeskJournal(desk, what.name) as journal:
        register = _register(intake, what, place, _isolation(place, executor), release)
        _check(only, register)
        register = _keep_others(register, desk, only)
        policy = marking.policy_of(desk, register)  # a fault in it is said before an hour's work
        counting = [each for student in register.students for each in policy.counting(register.of(student)) if each.key]
        _write_desk(desk, register, intake)
        run = _Run(what, place, executor, journal, desk, root, release, only)
        left = run.missing(counting)
        progress("", len(left))
        run.mark_all(left, progress)
        rows = tuple(marking.marks_of(desk))
        write_file(desk / MARKS, marking.to_csv(marking.with_totals(rows)))
        keys = {each.key for each in counting}
        by_another = sum(journal[key].marker != marker() for key in keys if key in journal)
        return ClassMarks(register, rows, len(keys), len(left), by_another)


@dataclass(frozen=True, slots=True)
class _Run:
    """What all submissions of a run share."""

    what: Assignment
    place: Sandbox | Elsewhere
    executor: Executor
    journal: DeskJournal
    desk: Path
    root: Path
    release: str | None
    only: Selection

    def missing(self, attempts: Iterable[Registered]) -> list[Registered]:
        """Return what is to be marked: one for each key."""
        chosen: dict[str, Registered] = {}
        for attempt in attempts:
            known = self.journal.get(attempt.key)
            is_known = known is not None and known.is_finished and not self.only.again
            if not is_known and attempt.student in (self.only.students or {attempt.student}):
                chosen.setdefault(attempt.key, attempt)
        return list(chosen.values())

    def mark_all(self, left: list[Registered], progress: Callable[[str, int], None]) -> None:
        """Mark them, a window at a time."""
        waiting, running = deque(left), dict[Future[Marked], Registered]()
        try:
            while waiting or running:
                while waiting and len(running) < WINDOW:
                    attempt = waiting.popleft()
                    running[self.submit(attempt)] = attempt
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    attempt = running.pop(future)
                    self.keep(attempt, self.outcome(future))
                    progress(attempt.student, len(waiting) + len(running))
        finally:
            for future in running:
                future.cancel()

    def submit(self, attempt: Registered) -> Future[Marked]:
        """Hand a submission over; if its numbers do not work out, or nobody takes it, the future has failed already."""
        try:
            what = self.what
            if self.release is not None:
                what = read_assignment(what.name, self.root, Variant(attempt.student, self.release))
            return self.executor.submit(mark, what, self.place, notebook_path(self.desk, attempt.notebook).read_bytes())
        except (InputError, RuntimeError, OSError) as error:
            failed: Future[Marked] = Future()
            failed.set_exception(error)
            return failed

    def outcome(self, future: Future[Marked]) -> Marked:
        """Return the marks; where a process died, or anything else of ours failed, a fault in their place."""
        try:
            return future.result()
        except InputError as error:  # of our own files, so its words are ours
            return Marked(not_marked(self.what, fault=f"the marker failed: {error}"), "")
        except Exception as error:
            return Marked(not_marked(self.what, fault=fault_of(error)), "")

    def keep(self, attempt: Registered, marked: Marked) -> None:
        """Write an entry down."""
        owner = attempt.student if self.release is not None else ""
        items = marked.items
        if self.only.items and (before := _before(self.journal, attempt.notebook, owner)):
            marks = {each.item: each for each in before.items}
            items = tuple(each if each.item in self.only.items else marks.get(each.item, each) for each in items)
        self.journal.add(JournalEntry(attempt.key, attempt.notebook, owner, marked.isolation, marker(), items))


def _before(journal: DeskJournal, notebook: str, owner: str) -> JournalEntry | None:
    """Return the newest marks of the same notebook, of whatever conditions."""
    found = [each for each in journal.values() if (each.notebook, each.student) == (notebook, owner)]
    return found[-1] if found else None


def _isolation(place: Sandbox | Elsewhere, executor: Executor) -> str:
    """Return how answers are isolated, as the executor's processes know it."""
    return place.isolation if isinstance(place, Sandbox) else executor.submit(isolation_at, place).result()


def _register(
    intake: Intake, what: Assignment, place: Sandbox | Elsewhere, isolation: str, release: str | None
) -> Register:
    """Return who handed in what, each notebook with the key of its marks."""
    same = conditions(what, place.limits, isolation)
    attempts = []
    for handed in intake.handed:
        notebook = content_hash([handed.notebook]) if handed.notebook is not None else ""
        variant = None if release is None else Variant(handed.student, release)
        key = key_of(same, notebook, variant) if notebook else ""
        problem = "" if notebook else handed.problem or "there is no notebook"
        attempts.append(
            Registered(handed.student, handed.attempt, _minutes(handed), handed.source, problem, notebook, key)
        )
    worth = {item: what.marking.items.exercise(item).points for item in what.items}
    absent = tuple(student.id for student in intake.absent)
    unmatched, ignored = (
        tuple((each.path, each.why) for each in files) for files in (intake.unmatched, intake.ignored)
    )
    return Register(what.name, worth, isolation, release, tuple(attempts), absent, unmatched, ignored)


def _minutes(handed: HandedIn) -> float | None:
    """Return how late something was; the least there is, where nobody says how much."""
    return None if handed.late is None else max(0.01, round(handed.late.total_seconds() / 60, 2))


def _keep_others(register: Register, desk: Path, only: Selection) -> Register:
    """Return the register with the keys of the last run for all who are not to be marked."""
    if not only.students or not (desk / NAME).exists():
        return register
    keys = {(each.student, each.notebook): each.key for each in read_register(desk).attempts}
    attempts = [
        each if each.student in only.students else replace(each, key=keys.get((each.student, each.notebook), each.key))
        for each in register.attempts
    ]
    return replace(register, attempts=tuple(attempts))


def _check(only: Selection, register: Register) -> None:
    """Refuse students and items that there are not."""
    if strangers := only.students - set(register.students):
        raise InputError(f"no student {min(strangers)!r} in this class", "--student", "an id as in intake.csv")
    if unknown := only.items - set(register.items):
        raise InputError(f"no item {min(unknown)!r}", "--item", " | ".join(register.items))


def _write_desk(desk: Path, register: Register, intake: Intake) -> None:
    """Put on the desk what a run begins with: what was handed in first, since the register speaks of it."""
    for draft in desk.rglob(".*.draft"):  # of a run that was killed
        draft.unlink()
    for handed in intake.handed:
        if handed.notebook is not None:
            path = notebook_path(desk, content_hash([handed.notebook]))
            if not path.exists():
                write_file(path, handed.notebook)
    write_register(desk, register)
    write_template(desk)
