"""Feedback: one page a student, of their own marks only.

It has what the student may know: points, the messages of the open run, the instructor's words and their own answers. It
has no id of a misconception, which may tell what is right, and no word about what failed at the marker's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from toyevm.teaching.desk.marks import WHOLE, MarkRow, by_student, points_of
from toyevm.teaching.desk.pages import element, folded, page, table
from toyevm.teaching.desk.questions import answer_cells, answer_text
from toyevm.teaching.desk.register import ABSENT, Register, write_file
from toyevm.teaching.grading.mark import Assignment

NOT_MARKED = "Not marked yet; your instructor knows."


def write_feedback(
    folder: Path, what: Assignment, desk: Path, register: Register, rows: Sequence[MarkRow], names: Mapping[str, str]
) -> list[Path]:
    """Write a page for each student of a desk, `ID.html`; return the files.

    Args:
        names: what to call a student, where it is not their id.

    Raises:
        InputError: a page cannot be written.
    """
    notebooks, cells, written = register.notebooks, answer_cells(what), []
    for student, own in by_student(rows).items():
        notebook = notebooks.get((student, own[0].attempt), "")
        answers = {item: answer_text(desk, notebook, cells.get(item, ())) for item in what.items}
        titles = {item: what.marking.items.exercise(item).title for item in what.items}
        path = folder / f"{student}.html"
        write_file(path, feedback_page(own, names.get(student) or student, titles, answers))
        written.append(path)
    return written


def feedback_page(own: Sequence[MarkRow], name: str, titles: Mapping[str, str], answers: Mapping[str, str]) -> bytes:
    """Return the page of one student.

    Args:
        own: their rows.
        titles: of the items.
        answers: what they wrote for each.
    """
    body = [element("p", name), *_summary(own)]
    items = [row for row in own if row.item != WHOLE]
    body.append(
        table(
            "Points of each exercise",
            ("exercise", "points", "of"),
            [(titles.get(row.item, row.item), None if row.is_open else row.points, row.max) for row in items],
        )
    )
    for row in items:
        body += _item(row, titles.get(row.item, row.item), answers.get(row.item, ""))
    for row in own:
        if row.item == WHOLE:
            body += [element("h2", "All of it"), *_said(row)]
    return page(f"Your marks for {own[0].assignment}", body)


def _summary(own: Sequence[MarkRow]) -> Iterator[str]:
    first = own[0]
    so_far = " so far: not all of it is marked yet" if any(row.is_open for row in own) else ""
    yield element("p", f"{points_of(own):g} of {sum(row.max for row in own):g} points{so_far}.")
    if all(row.message == ABSENT for row in own if row.item != WHOLE):
        yield element("p", "You handed in nothing, as far as we know.")
    elif first.attempt > 1 or first.late is not None:
        late = "" if first.late is None else ", handed in late"
        yield element("p", f"This is about your attempt {first.attempt}{late}.")


def _item(row: MarkRow, title: str, answer: str) -> Iterator[str]:
    yield element("h2", f"{title}: {'open' if row.is_open else f'{row.points:g} of {row.max:g}'}")
    yield from _said(row)
    if answer:
        yield folded("What you handed in", answer)


def _said(row: MarkRow) -> Iterator[str]:
    """Yield what there is to say about an item, or about the whole."""
    if row.is_open:
        yield element("p", NOT_MARKED, "look")
    elif row.message:
        yield element("p", row.message)
    if row.item == WHOLE and row.points:
        yield element("p", f"{row.points:+g} points.")
    if row.override is not None:
        yield element("p", "These points were given by your instructor.")
    if row.comment:
        yield element("p", "Your instructor says:") + element("blockquote", row.comment)
