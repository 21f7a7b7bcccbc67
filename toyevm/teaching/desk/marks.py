"""Marks out: what the marker found, and what the instructor decided, laid together in one row an item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import timedelta
from pathlib import Path

from toyevm.teaching.desk.anonymous import known_codes
from toyevm.teaching.desk.journal import JournalEntry, read_journal
from toyevm.teaching.desk.policy import Policy, read_policy
from toyevm.teaching.desk.register import ABSENT, Register, Registered, read_register
from toyevm.teaching.desk.safe_csv import csv_table
from toyevm.teaching.grading.sandbox import WARNINGS

WHOLE = "submission"  # the item of a row about all of it: what being late costs, what the instructor says
TOTAL = "total"
NOT_YET = "not marked yet"


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A student's mark for an item, as it counts.

    Where being late costs points, or the instructor says something about the whole, there is one more row, of the item
    `WHOLE`: its points are 0 or below, its max is 0. So a student's points always add up to their total. `override` is
    what the marker had given, where the instructor's points stand in its place; `late` is in minutes, None in time or
    where nobody knows; `attempt` is 0 where nothing was handed in. `isolation`
    says of a weak one what it does not stop.
    """

    student: str
    assignment: str
    item: str
    points: float
    max: float
    misconception: str = ""
    message: str = ""
    fault: str = ""
    isolation: str = ""
    attempt: int = 0
    late: float | None = None
    override: float | None = None
    comment: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the marker failed at it, and nobody gave points by hand."""
        return bool(self.fault) and self.override is None


COLUMNS = tuple(field.name for field in fields(MarkRow))


def marks_of(desk: Path) -> list[MarkRow]:
    """Return the marks of a desk as they are now, by student and in the order of the items, also while a run goes on.

    Raises:
        InputError: it is no desk, or something in its overrides cannot be meant.
    """
    register = read_register(desk)
    return lay_together(register, read_journal(desk, register.assignment), policy_of(desk, register))


def policy_of(desk: Path, register: Register) -> Policy:
    """Return the instructor's policy; students may be named by their codes."""
    codes = known_codes(desk, register.students)
    names = {name: name for name in register.students} | {code: name for name, code in codes.items()}
    return read_policy(desk, names, register.items)


def lay_together(register: Register, journal: Mapping[str, JournalEntry], policy: Policy) -> list[MarkRow]:
    """Return a row for each student and item, of the attempt that counts."""
    rows: list[MarkRow] = []
    for student in register.students:
        counting = policy.counting(register.of(student))
        tries = [_rows(register, each, journal.get(each.key), policy) for each in reversed(counting)]
        rows += max(tries, key=points_of) if tries else _nothing(register, student, policy)
    return rows


def points_of(rows: Iterable[MarkRow]) -> float:
    """Return what rows add up to.

    >>> points_of([MarkRow("ada", "01", "x", 2, 3), MarkRow("ada", "01", WHOLE, -0.4, 0)])
    1.6
    """
    points = round(sum(row.points for row in rows), 2)
    return int(points) if points == int(points) else points


def by_student(rows: Iterable[MarkRow]) -> dict[str, list[MarkRow]]:
    """Return each student's rows, students and rows in the order in which they come."""
    found: dict[str, list[MarkRow]] = {}
    for row in rows:
        found.setdefault(row.student, []).append(row)
    return found


def is_absent(own: Iterable[MarkRow]) -> bool:
    """Return whether these are the rows of a student who handed in nothing and got no points by hand."""
    return all(row.message == ABSENT and row.override is None for row in own if row.item != WHOLE)


def totals(rows: Sequence[MarkRow]) -> list[MarkRow]:
    """Return a row for each student, of the item `TOTAL`."""
    return [
        replace(
            own[0], item=TOTAL, points=points_of(own), max=sum(row.max for row in own), misconception="", message="",
            fault="", override=None, comment="",
        )
        for own in by_student(rows).values()
    ]  # fmt: skip


def with_totals(rows: Sequence[MarkRow]) -> list[MarkRow]:
    """Return the rows, and after each student's the total."""
    sums = {row.student: row for row in totals(rows)}
    made: list[MarkRow] = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        made.append(row)
        if after is None or after.student != row.student:
            made.append(sums[row.student])
    return made


def under_codes(rows: Sequence[MarkRow], codes: Mapping[str, str]) -> list[MarkRow]:
    """Return the rows with codes in place of students, in the order of the codes: that of a class list would tell."""
    return sorted((replace(row, student=codes[row.student]) for row in rows), key=lambda row: row.student)


def to_csv(rows: Sequence[MarkRow]) -> bytes:
    """Return rows as CSV that a spreadsheet will not take for formulas."""
    return csv_table(COLUMNS, [tuple(asdict(row).values()) for row in rows])


def _rows(register: Register, attempt: Registered, entry: JournalEntry | None, policy: Policy) -> list[MarkRow]:
    """Return the rows of one attempt."""
    blank = MarkRow(
        attempt.student, register.assignment, WHOLE, 0, 0, isolation=register.isolation, attempt=attempt.attempt,
        late=attempt.late,
    )  # fmt: skip
    rows = [replace(blank, item=item, max=most) for item, most in register.items.items()]
    if attempt.problem:
        rows = [replace(row, message=f"not marked: {attempt.problem}") for row in rows]
    elif entry is None:
        rows = [replace(row, fault=NOT_YET) for row in rows]
    else:
        rows = [
            replace(blank, isolation=WARNINGS.get(entry.isolation, entry.isolation), **asdict(mark))
            for mark in entry.items
        ]
    return _decided(rows, blank, policy)


def _nothing(register: Register, student: str, policy: Policy) -> list[MarkRow]:
    blank = MarkRow(student, register.assignment, WHOLE, 0, 0)
    rows = [replace(blank, item=item, max=most, message=ABSENT) for item, most in register.items.items()]
    return _decided(rows, blank, policy)


def _decided(rows: Sequence[MarkRow], blank: MarkRow, policy: Policy) -> list[MarkRow]:
    """Return rows with the instructor's points and comments, and one for the whole where there is anything to say."""
    made = [_by_hand(row, policy) for row in rows]
    said, points = policy.of(blank.student), points_of(made)
    percent = policy.late.percent(timedelta(minutes=blank.late or 0), timedelta(hours=said.extension_hours))
    if lost := round(points * percent / 100, 2):
        blank = replace(blank, points=-lost, message=f"late: {percent:g} % taken off")
    return [*made, replace(blank, comment=said.comment)] if lost or said.comment else made


def _by_hand(row: MarkRow, policy: Policy) -> MarkRow:
    said = policy.of(row.student, row.item)
    if said.points is not None:
        row = replace(row, points=said.points, override=row.points)
    return replace(row, comment=said.comment)
