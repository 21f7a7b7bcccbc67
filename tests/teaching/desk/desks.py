"""Desks that are marked already, without a marker: marks out start here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.teaching.grading.sample import FULL, HONEST, ITEMS, NAME, fill
from toyevm.teaching.desk.journal import DeskJournal, JournalEntry
from toyevm.teaching.desk.keys import content_hash
from toyevm.teaching.desk.register import Register, Registered, notebook_path, write_file, write_register
from toyevm.teaching.grading.mark import ItemMark

Earned = Sequence[int]
WHY = "It is right on the cases you see, and not on one that you do not see."


def marks(points: Earned, misconception: str = "", message: str = WHY, fault: str = "") -> tuple[ItemMark, ...]:
    """Return marks of the sample; where points are missing, with a message."""
    return tuple(
        ItemMark(item, one, most, misconception if one < most else "", message if one < most else "", fault)
        for item, one, most in zip(ITEMS, points, FULL, strict=True)
    )


def a_desk(
    desk: Path,
    release: Path,
    found: Mapping[str, tuple[ItemMark, ...] | None],
    *,
    answers: Mapping[str, Mapping[str, str]] = {},
    late: Mapping[str, float] = {},
    overrides: str = "",
) -> Path:
    """Write a desk on which these students have these marks; None is who handed in nothing."""
    attempts = []
    with DeskJournal(desk, NAME) as journal:
        for student, items in found.items():
            if items is None:
                continue
            document = fill(release, HONEST | answers.get(student, {}))
            document["metadata"]["of"] = student
            data = json.dumps(document).encode()
            notebook = content_hash([data])
            write_file(notebook_path(desk, notebook), data)
            attempts.append(Registered(student, 1, late.get(student), f"{student}.ipynb", "", notebook, notebook))
            if items:
                journal.add(JournalEntry(notebook, notebook, "", "bubblewrap", "test", items))
    absent = tuple(student for student, items in found.items() if items is None)
    worth = dict(zip(ITEMS, FULL, strict=True))
    write_register(desk, Register(NAME, worth, "bubblewrap", None, tuple(attempts), absent, (), ()))
    (desk / "overrides.toml").write_text(overrides)
    return desk
