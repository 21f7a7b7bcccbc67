"""A desk whose files somebody edited by hand: all that reads it works, or says in one line which file is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.teaching.desk.desks import a_desk, marks
from tests.teaching.grading.sample import ITEMS, NAME
from toyevm.errors import InputError
from toyevm.teaching.desk.feedback import write_feedback
from toyevm.teaching.desk.item_statistics import item_statistics
from toyevm.teaching.desk.journal import NAME as JOURNAL
from toyevm.teaching.desk.marks import marks_of, points_of, to_csv, totals
from toyevm.teaching.desk.register import NAME as REGISTER
from toyevm.teaching.desk.register import read_register
from toyevm.teaching.desk.tables import to_wide
from toyevm.teaching.grading.mark import Assignment, read_assignment

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 10**400, 2**63, 1e308, float("inf"), float("nan"), "", "<script>", "\0",
    "x" * 100_000, [], {}, [[]], "../../etc/passwd",
)  # fmt: skip
EDITS = 300  # of each file


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value in a document."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield from places(each, (*path, key))


def edited(document: Any, rng: Random) -> str:
    """Return a document with one value replaced by an odd one, or left out."""
    way = rng.choice(list(places(document)))
    at = document
    for key in way[:-1]:
        at = at[key]
    if rng.random() < 0.2:
        del at[way[-1]]
    else:
        at[way[-1]] = rng.choice(ODD)
    return json.dumps(document)


def read_all(desk: Path, what: Assignment) -> None:
    """Do what `toyevm marks` does with a desk."""
    register, rows = read_register(desk), marks_of(desk)
    to_csv(rows)
    to_wide(rows, list(register.items))
    totals(rows)
    points_of(rows)
    item_statistics(rows)
    write_feedback(desk / "feedback", what, desk, register, rows, {})


def complaint_of(desk: Path, what: Assignment) -> str:
    try:
        read_all(desk, what)
    except InputError as error:
        return str(error)
    return ""


@pytest.fixture
def desk(tmp_path: Path, release: Path) -> Path:
    found = {"ada": marks((2, 1, 1)), "bob": marks((0, 0, 0), "adds-two"), "cyd": None}
    return a_desk(tmp_path / "desk", release, found, late={"bob": 90.0}, overrides="[late]\npercent_per_day = 10\n")


@pytest.fixture(scope="module")
def what(sample: Path) -> Assignment:
    return read_assignment(NAME, sample)


def test_the_desk_itself_is_read(desk: Path, what: Assignment) -> None:
    read_all(desk, what)


@pytest.mark.parametrize("name", [REGISTER, JOURNAL])
def test_an_edit_by_hand_is_read_or_named(desk: Path, what: Assignment, name: str) -> None:
    rng, path = Random(17), desk / name
    good = path.read_text()
    lines = good.splitlines() if name == JOURNAL else [good]
    named = 0
    for _ in range(EDITS):
        at = rng.randrange(len(lines))
        path.write_text("\n".join([*lines[:at], edited(json.loads(lines[at]), rng), *lines[at + 1 :]]) + "\n")
        complaint = complaint_of(desk, what)
        assert not complaint or str(desk) in complaint
        assert len(complaint) < 500
        named += bool(complaint)
    assert named > EDITS // 3
    path.write_text(good)
    read_all(desk, what)


def test_points_that_the_marker_cannot_have_given_are_a_damaged_line(desk: Path) -> None:
    path = desk / JOURNAL
    for points in ("1" + "0" * 400, "-1", "true", "1.5", "NaN"):
        text = path.read_text()
        path.write_text(text.replace('"points":2', f'"points":{points}', 1))
        with pytest.raises(InputError, match=r"line 2 is damaged"):
            marks_of(desk)
        path.write_text(text)
    assert (NAME, len(ITEMS)) == (read_register(desk).assignment, 3)
