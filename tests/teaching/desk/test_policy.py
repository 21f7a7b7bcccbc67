"""What the instructor decides is laid over the marks, and what cannot be meant is named before anything is marked."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from toyevm.errors import InputError
from toyevm.teaching.desk.policy import NAME, TEMPLATE, Late, read_late, read_policy, write_template

ITEMS = {"double": 2, "merge": 3}


def policy(folder: Path, text: str, students: tuple[str, ...] = ("ada", "bob")):  # type: ignore[no-untyped-def]
    (folder / NAME).write_text(text)
    return read_policy(folder, students, ITEMS)


def test_without_a_file_nothing_is_decided(tmp_path: Path) -> None:
    found = read_policy(tmp_path, ["ada"], ITEMS)
    assert (found.attempts, found.overrides) == ("latest", {})
    assert found.late.percent(timedelta(days=100)) == 0


def test_the_template_decides_nothing_and_holds_when_its_comments_are_taken_off(tmp_path: Path) -> None:
    write_template(tmp_path)
    assert tomllib.loads(TEMPLATE) == {}
    lines = TEMPLATE.splitlines()
    whole = "\n".join(line.removeprefix("# ") for line in lines[1:] if "extension" not in line)
    found = policy(tmp_path, whole)
    assert found.of("ada", "double").points == 2
    assert found.late.percent(timedelta(days=2)) == 20
    assert read_late(tmp_path).due == datetime(2027, 3, 1, 22, 59, tzinfo=UTC)
    write_template(tmp_path)
    assert (tmp_path / NAME).read_text() == whole  # the instructor's, from then on


@pytest.mark.parametrize(
    ("minutes", "extension", "expected"),
    [(0, 0, 0), (15, 0, 0), (16, 0, 10), (15 + 1440, 0, 10), (16 + 1440, 0, 20), (99_999, 0, 50), (16, 1, 0),
     (16 + 1440, 24, 10)],
)  # fmt: skip
def test_each_day_begun_after_the_grace_costs(minutes: int, extension: int, expected: float) -> None:
    late = Late(grace_minutes=15, percent_per_day=10, most_percent=50)
    assert late.percent(timedelta(minutes=minutes), timedelta(hours=extension)) == expected


WRONG = {
    "attempt = 1": "there is no 'attempt' here",
    "attempts = 'worst'": "attempts: 'worst'",
    "late = 3": "not a table",
    "[late]\nper_day = 1": "there is no 'per_day' here",
    "[late]\npercent_per_day = -1": "percent_per_day = -1",
    "[late]\npercent_per_day = nan": "percent_per_day = nan",
    "[late]\npercent_per_day = '10'": "percent_per_day = '10'",
    "[late]\npercent_per_day = true": "percent_per_day = True",
    "[late]\ndue = '2027-03-01'": "due = '2027-03-01'",
    "[late]\ndue = 2027-03-01": "due = datetime.date(2027, 3, 1)",
    "override = 3": "not a table",
    "[[override]]\nitem = 'double'": "student is missing",
    "[[override]]\nstudent = 'ad'\ncomment = 'x'": "no student 'ad' in this class",
    "[[override]]\nstudent = 'ada'\nitem = 'doubel'": "no item 'doubel'",
    "[[override]]\nstudent = 'ada'\nitem = 'double'\npoints = 3": "3 points",
    "[[override]]\nstudent = 'ada'\npoints = 3": "points without an item",
    "[[override]]\nstudent = 'ada'\nitem = 'double'\nextension_hours = 3": "an item has no date",
    "[[override]]\nstudent = 'ada'\ncomment = 'x'\n[[override]]\nstudent = 'ada'\ncomment = 'y'": "has a second one",
    "[[override]\n": "not TOML",
    "\udcff": "not TOML",
    "a = " + "[" * 100_000: "not TOML",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_meant_is_named_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InputError) as caught:
        read_policy(tmp_path, ["ada", "bob"], ITEMS)
    assert WRONG[text] in str(caught.value)
    assert NAME in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_student_may_be_named_by_a_code(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("[[override]]\nstudent = 'bcd-fgh-jkm'\nitem = 'double'\npoints = 0\n")
    found = read_policy(tmp_path, {"ada": "ada", "bcd-fgh-jkm": "ada"}, ITEMS)
    assert found.of("ada", "double").points == 0
