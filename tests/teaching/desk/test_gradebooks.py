"""Marks into what Canvas and Moodle exported, read back by the columns that their importers go by.

There is no live server here: what their importers do is taken from their sources, which `gradebooks` names.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.teaching.desk.desks import a_desk, marks
from tests.teaching.grading.sample import FULL, NAME
from toyevm.errors import InputError
from toyevm.teaching.desk.gradebooks import CANVAS, MOODLE, Filled, Wanted, fill
from toyevm.teaching.desk.marks import MarkRow, marks_of
from toyevm.teaching.desk.roster import Student, read_roster

CANVAS_HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Other (7),01 Sample (12345),Current Score,Final Score\n"
CANVAS_POINTS = "    Points Possible,,,,,10,6,(read only),(read only)\n"
CANVAS_ROWS = (
    '"Lovelace, Ada",901,u1,ada,"A, and B",9.50,,95,95\n'
    '"Bridge, Bob",902,u2,bob,A,"1,5",3,15,15\n'
    '"Eve, Eve",903,u3,eve,A,,EX,,\n'
    '"Stranger, Sam",904,u4,sam,A,2,4,20,20\n'
    '"Student, Test",905,,abcdef,A,,,,\n'
)
MOODLE_HEADER = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
)
MOODLE_ROWS = (
    'Participant 11,Ada Lovelace,ada@x.org,"Submitted, late",-,6.00,Yes,"Monday, 1 March",-,\n'
    "Participant 12,Bob Bridge,bob@x.org,Submitted,3.00,6.00,Yes,-,-,<p>toyevm 01-sample – older</p>\n"
    "Participant 13,Eve Eve,eve@x.org,Submitted,-,6.00,No,-,-,\n"
    'Participant 14,Sam Stranger,sam@x.org,Submitted,2.00,6.00,Yes,-,-,"mine, ""kept"""\n'
)


@pytest.fixture
def rows(release: Path, tmp_path: Path) -> list[MarkRow]:
    found = {"ada": marks(FULL), "bob": marks((2, 0, 1)), "eve": marks((0, 0, 0)), "gone": None}
    return marks_of(a_desk(tmp_path / "desk", release, found))


def exported(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "exported.csv"
    path.write_bytes(text.encode())
    return path


def canvas(tmp_path: Path, rows: Sequence[MarkRow], text: str = "", **more: object) -> Filled:
    path = exported(tmp_path, text or CANVAS_HEADER + CANVAS_POINTS + CANVAS_ROWS)
    return fill(CANVAS, path, rows, Wanted(NAME, **more))  # type: ignore[arg-type]


def moodle(
    tmp_path: Path, rows: Sequence[MarkRow], text: str = "", roster: Sequence[Student] | None = None, **more: object
) -> Filled:
    path = exported(tmp_path, text or MOODLE_HEADER + MOODLE_ROWS)
    return fill(MOODLE, path, rows, Wanted(NAME, **more), roster)  # type: ignore[arg-type]


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


PEOPLE = [Student("ada", email="ada@x.org"), Student("bob", email="bob@x.org"), Student("eve", email="eve@x.org")]


# --- Canvas -----------------------------------------------------------------------------------------------------------


def test_canvas_gets_the_marks_and_nothing_else_changes(tmp_path: Path, rows: list[MarkRow]) -> None:
    filled = canvas(tmp_path, rows)
    expected = CANVAS_HEADER + CANVAS_POINTS + CANVAS_ROWS
    expected = expected.replace(",9.50,,95", ",9.50,6,95").replace('"1,5",3,15', '"1,5",3,15')
    assert filled.data.decode() == expected
    assert {row["ID"]: row["01 Sample (12345)"] for row in table(filled.data) if row["ID"]} == {
        "901": "6", "902": "3", "903": "EX", "904": "4", "905": "",
    }  # fmt: skip
    assert (filled.column, filled.by, filled.filled) == ("01 Sample (12345)", "SIS Login ID", 2)


def test_who_gets_no_mark_is_named_on_both_sides(tmp_path: Path, rows: list[MarkRow]) -> None:
    filled = canvas(tmp_path, rows)
    assert filled.left == {"eve": "has EX there", "gone": "is not in the gradebook"}
    assert list(filled.strangers) == ["line 6: Stranger, Sam"]


def test_the_row_of_points_and_the_posting_row_are_nobodys(tmp_path: Path, rows: list[MarkRow]) -> None:
    text = CANVAS_HEADER + ",,,,,,Manual Posting,,\n" + CANVAS_POINTS + CANVAS_ROWS
    filled = canvas(tmp_path, rows, text)
    assert filled.data.decode().splitlines()[1:3] == text.splitlines()[1:3]
    assert len(filled.strangers) == 1


def test_a_mark_the_marker_failed_at_is_no_zero(release: Path, tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "desk", release, {"ada": marks((0, 0, 0), fault="the marker failed: x"), "bob": ()})
    filled = canvas(tmp_path, marks_of(desk))
    assert filled.left == {"ada": "the marker failed: x", "bob": "not marked yet"}
    assert filled.data.decode() == CANVAS_HEADER + CANVAS_POINTS + CANVAS_ROWS


def test_a_fault_that_the_instructor_marked_by_hand_counts(release: Path, tmp_path: Path) -> None:
    by_hand = "".join(
        f'[[override]]\nstudent = "ada"\nitem = "{item}"\npoints = 1\n' for item in ("double", "number", "merge")
    )
    found = {"ada": marks((0, 0, 0), fault="the marker failed: x")}
    filled = canvas(tmp_path, marks_of(a_desk(tmp_path / "desk", release, found, overrides=by_hand)))
    assert table(filled.data)[1]["01 Sample (12345)"] == "3"


def test_absent_students_get_a_zero_only_when_asked_for(release: Path, tmp_path: Path) -> None:
    found = marks_of(a_desk(tmp_path / "desk", release, {"ada": None, "bob": marks(FULL)}))
    assert canvas(tmp_path, found).left == {"ada": "nothing was handed in"}
    filled = canvas(tmp_path, found, zeros=True)
    assert (filled.left, table(filled.data)[1]["01 Sample (12345)"]) == ({}, "0")


def test_an_assignment_worth_something_else_there_is_refused_or_scaled(tmp_path: Path, rows: list[MarkRow]) -> None:
    text = CANVAS_HEADER + CANVAS_POINTS.replace("10,6", "10,100") + CANVAS_ROWS
    with pytest.raises(InputError, match="worth 100 there, and 6 here"):
        canvas(tmp_path, rows, text)
    filled = table(canvas(tmp_path, rows, text, scale=True).data)
    assert [row["01 Sample (12345)"] for row in filled[1:3]] == ["100", "50"]


def test_two_rows_of_one_student_are_both_left_alone(tmp_path: Path, rows: list[MarkRow]) -> None:
    text = CANVAS_HEADER + CANVAS_POINTS + CANVAS_ROWS + '"Lovelace, Ada",999,u9,ADA,B,,,,\n'
    filled = canvas(tmp_path, rows, text)
    assert filled.left["ada"] == "is in the gradebook twice, in lines 3 and 8".replace(" and", ",")
    assert filled.data.decode() == text


def test_a_number_of_another_column_is_nobodys_id(release: Path, tmp_path: Path) -> None:
    """`902` is a student's id at the university, and another's number at Canvas."""
    found = marks_of(a_desk(tmp_path / "desk", release, {"u1": marks(FULL), "u2": marks(FULL), "902": marks(FULL)}))
    filled = canvas(tmp_path, found)
    assert (filled.by, filled.left) == ("SIS User ID", {"902": "is not in the gradebook"})


def test_students_who_are_called_as_their_files_are_found_by_name_and_number(release: Path, tmp_path: Path) -> None:
    found = marks_of(a_desk(tmp_path / "desk", release, {"lovelaceada_901": marks(FULL), "bridgebob_901": marks(FULL)}))
    filled = canvas(tmp_path, found)
    assert (filled.by, filled.filled) == ("name and number", 1)
    assert filled.left == {"bridgebob_901": "is not in the gradebook"}


def test_a_column_is_asked_for_or_the_only_one_of_that_name(tmp_path: Path, rows: list[MarkRow]) -> None:
    text = CANVAS_HEADER.replace("01 Sample", "Homework") + CANVAS_POINTS + CANVAS_ROWS
    with pytest.raises(InputError, match=r"--column, one of: Other \(7\) \| Homework \(12345\)"):
        canvas(tmp_path, rows, text)
    assert canvas(tmp_path, rows, text, column="homework (12345)").filled == 2
    with pytest.raises(InputError, match="not to be changed"):
        canvas(tmp_path, rows, column="Final Score")


def test_canvas_in_a_country_of_semicolons(tmp_path: Path, rows: list[MarkRow]) -> None:
    text = "\ufeffStudent;ID;SIS Login ID;Section;Sample (12345)\n    Points Possible;;;;6,00\nAda;901;ada;A, B;\n"
    assert canvas(tmp_path, rows, text).data.decode() == text.replace("A, B;", "A, B;6")


def test_first_and_last_names_apart(tmp_path: Path, rows: list[MarkRow]) -> None:
    text = "LastName,FirstName,ID,SIS Login ID,Section,Sample (1)\n    Points Possible,,,,,6\n"
    text += "X,Ada,1,ada,A,\nY,Sam,2,sam,A,\n"
    filled = canvas(tmp_path, rows, text)
    assert (filled.filled, list(filled.strangers)) == (1, ["line 4: Y Sam"])


# --- Moodle -----------------------------------------------------------------------------------------------------------


def test_moodle_gets_marks_and_comments_and_nothing_else_changes(tmp_path: Path, rows: list[MarkRow]) -> None:
    filled = moodle(tmp_path, rows, roster=PEOPLE)
    before, after = table((MOODLE_HEADER + MOODLE_ROWS).encode()), table(filled.data)
    assert [row["Grade"] for row in after] == ["6", "3", "-", "2.00"]
    assert after[0]["Feedback comments"] == "toyevm 01-sample – double 2/2 – number 1/1 – merge 3/3"
    assert "number 0/1: It is right on the cases you see" in after[1]["Feedback comments"]
    changed = {"Grade", "Feedback comments"}
    assert [{k: v for k, v in row.items() if k not in changed} for row in after] == [
        {k: v for k, v in row.items() if k not in changed} for row in before
    ]
    assert filled.data.decode().splitlines()[3:] == (MOODLE_HEADER + MOODLE_ROWS).splitlines()[3:]
    assert filled.left == {"eve": "has a grade there that cannot be changed", "gone": "is not in the gradebook"}
    assert list(filled.strangers) == ["line 5: Sam Stranger"]


def test_a_comment_that_somebody_wrote_there_stays(tmp_path: Path, rows: list[MarkRow]) -> None:
    text = MOODLE_HEADER + MOODLE_ROWS.replace("<p>toyevm 01-sample – older</p>", "see me")
    filled = moodle(tmp_path, rows, text, PEOPLE)
    assert table(filled.data)[1]["Feedback comments"] == "see me"
    assert (filled.kept_comments, table(filled.data)[1]["Grade"]) == (1, "3")


def test_words_of_a_submission_are_no_markup_and_no_formula_in_moodle(release: Path, tmp_path: Path) -> None:
    found = {"ada": marks((0, 1, 3), message="yours: “<img src=x onerror=alert(1)>;=1+1”")}
    filled = moodle(tmp_path, marks_of(a_desk(tmp_path / "desk", release, found)), roster=PEOPLE)
    comment = table(filled.data)[0]["Feedback comments"]
    assert "<" not in comment
    assert ";=" not in comment
    assert "“<img src=x onerror=alert(1)>" in html.unescape(comment)


def test_identifiers_of_moodle_are_those_of_a_roster_of_moodles(tmp_path: Path, release: Path) -> None:
    path = exported(tmp_path, MOODLE_HEADER + MOODLE_ROWS)
    roster = read_roster(path)
    found = {student.id: marks(FULL) for student in roster[:2]}
    filled = moodle(tmp_path, marks_of(a_desk(tmp_path / "desk", release, found)), roster=roster)
    assert (filled.by, filled.filled) == ("Email address", 2)
    named = {"Ada Lovelace_11": marks(FULL), "Bob Bridge_12": marks(FULL)}  # as they are called without a roster
    filled = moodle(tmp_path, marks_of(a_desk(tmp_path / "other", release, named)))
    assert (filled.by, filled.filled) == ("name and number", 2)
    numbered = [Student("x1", numbers={"moodle": "11"}), Student("x2", numbers={"moodle": "12"})]
    found = {"x1": marks(FULL), "x2": marks(FULL)}
    filled = moodle(tmp_path, marks_of(a_desk(tmp_path / "third", release, found)), roster=numbered)
    assert (filled.by, filled.filled) == ("Identifier", 2)


def test_an_export_of_all_grades_of_moodles_course(tmp_path: Path, rows: list[MarkRow]) -> None:
    text = (
        '"First name","Last name","ID number","Email address","Assignment: Sample (Real)",'
        '"Assignment: Sample (Feedback)","Course total (Real)"\n'
        '"Ada","Lovelace","ada","ada@x.org","-","","-"\n"Sam","S","s9","s@x.org","5.00","good","5.00"\n'
    )
    filled = moodle(tmp_path, rows, text)
    assert filled.data.decode().splitlines()[1:] == [
        '"Ada","Lovelace","ada","ada@x.org","6","toyevm 01-sample – double 2/2 – number 1/1 – merge 3/3","-"',
        '"Sam","S","s9","s@x.org","5.00","good","5.00"',
    ]


@pytest.mark.parametrize("platform", [CANVAS, MOODLE])
def test_another_file_is_refused(tmp_path: Path, rows: list[MarkRow], platform: object) -> None:
    with pytest.raises(InputError, match="no gradebook of"):
        fill(platform, exported(tmp_path, "a,b\n1,2\n"), rows, Wanted(NAME))  # type: ignore[arg-type]


def test_an_address_that_two_students_share_is_nobodys(tmp_path: Path, rows: list[MarkRow]) -> None:
    shared = [Student("ada", email="ada@x.org"), Student("eve", email="bob@x.org"), Student("bob", email="bob@x.org")]
    filled = moodle(tmp_path, rows, roster=shared)
    assert filled.filled == 1
    assert filled.left["bob"] == "is not in the gradebook"
    assert table(filled.data)[1]["Grade"] == "3.00"
