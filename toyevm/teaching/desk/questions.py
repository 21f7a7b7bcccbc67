"""One question across the class: what each student wrote for an item, equal answers together.

Reading one question at a time is fairer than one student at a time, and quicker: a class gives few different answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.desk.marks import MarkRow
from toyevm.teaching.desk.register import Register, notebook_path
from toyevm.teaching.grading.mark import Assignment
from toyevm.teaching.grading.submission import Role, checked_items, read_notebook

LONGEST = 4_000  # characters of an answer


@dataclass(frozen=True, slots=True)
class Answer:
    """A text, what it earned, and who wrote it."""

    text: str
    points: float
    misconception: str
    message: str
    students: tuple[str, ...]


def answers_to(item: str, what: Assignment, desk: Path, register: Register, rows: Iterable[MarkRow]) -> list[Answer]:
    """Return the answers to an item, those of most students first.

    Raises:
        InputError: the assignment has no such item.
    """
    if item not in what.items:
        raise InputError(f"no item {item!r}", what.name, " | ".join(what.items))
    names = answer_cells(what)[item]
    kept = register.notebooks
    found: dict[tuple[str, float, str, str], list[str]] = {}
    for row in rows:
        if row.item == item:
            text = answer_text(desk, kept.get((row.student, row.attempt), ""), names)
            found.setdefault((text, row.points, row.misconception, row.message), []).append(row.student)
    answers = [Answer(*answer, tuple(students)) for answer, students in found.items()]
    return sorted(answers, key=lambda answer: -len(answer.students))


def answer_cells(what: Assignment) -> Mapping[str, list[str]]:
    """Return the names of the cells in which each item is answered: those since the check before its own."""
    cells: dict[str, list[str]] = {}
    names: list[str] = []
    for cell in what.release:
        if cell.role is Role.ANSWER:
            names.append(cell.name)
        elif cell.role is Role.CHECK:
            cells |= dict.fromkeys(checked_items(cell), names)
            names = []
    return cells


def answer_text(desk: Path, notebook: str, names: Iterable[str]) -> str:
    """Return what a notebook, of this hash, has in these cells: printable, and cut where it is long."""
    if not notebook:
        return ""
    try:
        sources = {cell.name: cell.source for cell in read_notebook(notebook_path(desk, notebook).read_bytes())}
    except (OSError, InputError):
        return ""
    text = "\n\n".join(sources[name].strip() for name in names if name in sources)[:LONGEST].expandtabs(4)
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)  # it reaches a terminal
