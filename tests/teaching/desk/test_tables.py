"""Marks out as tables, read back by csv and pyarrow; into nbgrader's gradebook, read back by its own API."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, MissingEntry

from tests.teaching.desk.desks import WHY, a_desk, marks
from tests.teaching.grading.sample import FULL, ITEMS, NAME
from toyevm.errors import InputError
from toyevm.teaching.desk.marks import COLUMNS, MarkRow, marks_of, points_of, to_csv
from toyevm.teaching.desk.nbgrader_gradebook import write_gradebook
from toyevm.teaching.desk.roster import Student
from toyevm.teaching.desk.tables import to_parquet, to_wide
from toyevm.teaching.grading.mark import Assignment, read_assignment

BY_HAND = """\
[late]
percent_per_day = 10
[[override]]
student = "bob"
item = "number"
points = 0.5
comment = "nearly"
[[override]]
student = "bob"
comment = "=good"
"""
FOUND = {"ada": marks(FULL), "bob": marks((2, 0, 1), "first"), "eve": marks((0, 0, 0), fault="the marker failed: x")}


@pytest.fixture
def rows(release: Path, tmp_path: Path) -> list[MarkRow]:
    found = FOUND | {"gone": None, "=1+1": marks((2, 1, 0))}
    return marks_of(a_desk(tmp_path / "desk", release, found, late={"bob": 1500.0}, overrides=BY_HAND))


@pytest.fixture
def what(sample: Path) -> Assignment:
    return read_assignment(NAME, sample)


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nbgrader find the commands of this environment; toyevm must not need it."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)


def sums(rows: list[MarkRow]) -> dict[str, float]:
    return {name: points_of(row for row in rows if row.student == name) for name in {row.student for row in rows}}


def test_the_wide_table_adds_up_and_is_inert(rows: list[MarkRow]) -> None:
    found = {row["student"]: row for row in csv.DictReader(io.StringIO(to_wide(rows, ITEMS).decode()))}
    assert {name.lstrip("'"): float(row["total"]) for name, row in found.items()} == sums(rows)
    assert all(
        float(row["total"]) == sum(float(row[item]) for item in (*ITEMS, "late penalty")) for row in found.values()
    )
    assert "'=1+1" in found
    assert [found["bob"][name] for name in ("late", "late penalty", "by hand", "comments")] == [
        "1500.0", "-0.7", "number", "number: nearly; submission: =good",
    ]  # fmt: skip
    assert found["eve"]["faults"] == "the marker failed: x"


def test_the_long_table_is_one_row_an_item(rows: list[MarkRow]) -> None:
    found = list(csv.DictReader(io.StringIO(to_csv(rows).decode())))
    assert [(row["item"], float(row["points"])) for row in found] == [(row.item, row.points) for row in rows]


def test_parquet_says_what_the_rows_say(rows: list[MarkRow]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(to_parquet(rows)))
    assert table.column_names == list(COLUMNS)
    assert table.to_pylist() == [asdict(row) for row in rows]
    assert str(table.schema.field("points").type) == "double"
    assert str(table.schema.field("attempt").type) == "int64"


def test_without_pyarrow_a_line_says_what_to_install(rows: list[MarkRow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"toyevm\[parquet\]"):
        to_parquet(rows)


# --- nbgrader ---------------------------------------------------------------------------------------------------------


def test_a_new_gradebook_has_the_tables_of_nbgraders_own_and_needs_no_command(
    rows: list[MarkRow], what: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}").close()
    monkeypatch.setenv("PATH", "")
    write_gradebook(tmp_path / "ours.db", what, rows)
    found = []
    for name in ("theirs.db", "ours.db"):
        with closing(sqlite3.connect(tmp_path / name)) as book:
            tables = sorted(book.execute("SELECT name, sql FROM sqlite_master WHERE name <> 'alembic_version'"))
            found.append((tables, book.execute("SELECT * FROM alembic_version").fetchall()))
    assert found[0] == found[1]


def test_nbgrader_reads_back_points_marks_by_hand_penalties_and_comments(
    rows: list[MarkRow], what: Assignment, tmp_path: Path
) -> None:
    path = tmp_path / "gradebook.db"
    roster = [Student("ada", "Ada King Lovelace", "ada@x.org")]
    assert write_gradebook(path, what, rows, roster) == 4
    with closing(Gradebook(f"sqlite:///{path}")) as book:
        assert book.find_assignment(NAME).max_score == sum(FULL)
        found = {each.student.id: each for each in book.assignment_submissions(NAME)}
        totals = {name: each.score - each.late_submission_penalty for name, each in found.items()}
        assert totals == pytest.approx({name: points for name, points in sums(rows).items() if name != "gone"})
        assert found["bob"].late_submission_penalty == pytest.approx(0.7)
        number = book.find_grade("check-number", NAME, NAME, "bob")
        assert (number.auto_score, number.manual_score, number.max_score) == (0, 0.5, 1)
        comment = book.find_comment("number", NAME, NAME, "bob")
        assert (comment.auto_comment, comment.manual_comment) == (WHY, f"nearly\n{WHY}")
        assert "submission: =good" in book.find_comment("merge", NAME, NAME, "bob").comment
        ada = book.find_student("ada")
        assert (ada.first_name, ada.last_name, ada.email) == ("Ada King", "Lovelace", "ada@x.org")
        assert (found["eve"].needs_manual_grade, found["ada"].needs_manual_grade) == (True, False)
        assert book.find_student("gone").score == 0
        with pytest.raises(MissingEntry):
            book.find_submission(NAME, "gone")


def test_what_else_is_in_a_gradebook_stays_and_marks_are_renewed(
    rows: list[MarkRow], what: Assignment, tmp_path: Path, release: Path
) -> None:
    path = tmp_path / "gradebook.db"
    with closing(Gradebook(f"sqlite:///{path}")) as book:
        for assignment in ("other", NAME):
            book.add_assignment(assignment)
            book.add_notebook(assignment, assignment)
            book.add_grade_cell("check-double", assignment, assignment, max_score=2, cell_type="code")
            for student in ("ada", "nobody"):
                book.update_or_create_student(student, first_name="A")
                book.add_submission(assignment, student)
                book.find_grade("check-double", assignment, assignment, student).manual_score = 1
        book.db.commit()
    write_gradebook(path, what, rows)
    write_gradebook(path, what, rows)
    with closing(Gradebook(f"sqlite:///{path}")) as book:
        assert book.find_submission("other", "ada").score == 1
        assert book.find_submission(NAME, "nobody").score == 1
        assert book.find_submission(NAME, "ada").score == 1 + 1 + 3  # what was given by hand there stands
        assert book.find_student("ada").first_name == "A"
        assert len(book.assignment_submissions(NAME)) == 5


def test_a_file_that_is_no_gradebook_stays_as_it_is(rows: list[MarkRow], what: Assignment, tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    path.write_bytes(b"my thesis" * 100)
    with pytest.raises(InputError, match="no gradebook of nbgrader"):
        write_gradebook(path, what, rows)
    assert path.read_bytes() == b"my thesis" * 100


def test_without_nbgrader_a_line_says_what_to_install(
    rows: list[MarkRow], what: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nbgrader.api", None)
    with pytest.raises(InputError, match=r"toyevm\[instructor\]"):
        write_gradebook(tmp_path / "gradebook.db", what, rows)
