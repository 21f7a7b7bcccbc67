"""A roster says who is in the class; a place's names lead to them, or to a reason why not."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.teaching.desk.directory import Directory, read_rosters
from toyevm.teaching.desk.roster import Sender, Student, bad_id, moodle_lateness, read_roster


def read(tmp_path: Path, text: str | bytes) -> tuple[Student, ...]:
    path = tmp_path / "class.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_roster(path)


ADA = Student("ada", "Ada Lovelace", "ada@x.edu")
OWN = "id,name,email\nada,Ada Lovelace,ada@x.edu\n"


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        OWN.replace(",", ";"),
        OWN.replace(",", "\t"),
        "sep=;\n" + OWN.replace(",", ";"),
        OWN.encode("utf-8-sig"),
        OWN.encode("utf-16"),
        OWN.replace("\n", "\r\n"),
        "\nID , Name,E-mail,EMAIL ADDRESS\n\n ada ,Ada  Lovelace,,ada@x.edu\n,,,\n".lstrip("\n"),
        '"id","name","email"\n"ada","Ada Lovelace","ada@x.edu"',
        "id,first_name,last_name,email\nada,Ada,Lovelace,ada@x.edu\n",
    ],
)
def test_a_roster_is_read_however_a_spreadsheet_writes_it(tmp_path: Path, text: str | bytes) -> None:
    assert read(tmp_path, text) == (ADA,)


def test_columns_of_ones_own_say_what_places_call_a_student(tmp_path: Path) -> None:
    (ada,) = read(tmp_path, "id,moodle,canvas,sis\nada,12,,x9\n")
    assert dict(ada.numbers) == {"moodle": "12", "sis": "x9"}


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Exam (42),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,40.00,(read only)
"Lovelace, Ada",101,s1,ada,Monday,3,7
"Student, Test",999,,a1b2c3,Monday,,
"""


def test_canvas_gradebook_gives_logins_names_and_numbers(tmp_path: Path) -> None:
    (ada,) = read(tmp_path, CANVAS)
    assert (ada.id, ada.name) == ("ada", "Lovelace, Ada")
    assert dict(ada.numbers) == {"canvas": "101", "sis": "s1", "login": "ada"}


def test_canvas_names_in_two_columns_are_one_name(tmp_path: Path) -> None:
    (ada,) = read(tmp_path, "LastName,FirstName,ID,SIS Login ID,Section\nLovelace,Ada,101,ada,Monday\n")
    assert (ada.id, ada.name, ada.numbers["canvas"]) == ("ada", "Lovelace, Ada", "101")


def test_canvas_without_logins_gives_the_next_id_that_everybody_has(tmp_path: Path) -> None:
    text = 'Student,ID,SIS User ID,SIS Login ID,Section\n"A, B",1,s1,,x\n"C, D",2,s2,d,x\n'
    assert [student.id for student in read(tmp_path, text)] == ["s1", "s2"]


WORKSHEET = """Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Feedback comments
Participant 12345,Ada Lovelace,,ada@x.edu,"Submitted for grading - ",,100.00,
Participant 12346,Bob Hope,77,bob@x.edu,No submission,,100.00,
"""


def test_moodle_worksheet_gives_the_numbers_of_its_folders(tmp_path: Path) -> None:
    ada, bob = read(tmp_path, WORKSHEET)
    assert [ada.id, bob.id] == ["ada@x.edu", "bob@x.edu"]  # not everybody has an ID number
    assert dict(ada.numbers) == {"moodle": "12345"}
    assert dict(bob.numbers) == {"moodle": "12346", "sis": "77"}


def test_moodle_participants_give_names_and_ids(tmp_path: Path) -> None:
    (ada,) = read(tmp_path, 'First name,Surname,ID number,"Email address",Groups\nAda,Lovelace,77,ada@x.edu,"A, B"\n')
    assert ada == Student("77", "Ada Lovelace", "ada@x.edu", {"sis": "77"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no students"),
        ("id,name\n", "no students"),
        (CANVAS.partition('"Lovelace')[0], "no students"),
        ("colour,size\nred,3\n", "line 1: no column says who"),
        ("id,name\nada,Ada\nada,Bob\n", "line 3: 'ada' is there twice, or looks it (expected one row; see line 2)"),
        ("id,name\nada,Ada\nAda ,Bob\n", "line 3: 'Ada' is there twice"),
        ("id\njosé\nJOSE\u0301\n", "line 3"),
        ("id,name\nada,Ada\n,Bob\n", "line 3: '' is no id"),
        ("id,name\nada/../bob,Ada\n", "line 2"),
        ("id,name\n..,Ada\n", "line 2"),
        ("id,name\na\u202eda,Ada\n", "line 2"),
        (f"id\n{'a' * 101}\n", "line 2"),
        ("id,name\nada,Ada,more\n", "line 2: 3 cells (expected 2"),
        ('id,name\nada,"Ada\n', "not CSV"),
        ('id,name\nada,"Ada" x\n', "not CSV"),
        ("id,moodle\nada,1\nbob,1\n", "line 3: two students have the moodle number '1'"),
        ("id,name\nada,Zoë\n".encode("latin-1"), "not in UTF-8"),
        (b"PK\x03\x04\0\0", "not a text"),
        pytest.param(b"a" * (17 << 20), "too large", id="huge"),
    ],
)
def test_a_roster_that_could_mix_up_students_is_refused_in_one_line(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert says in str(caught.value)
    assert "class.csv" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["gone.csv", "."])
def test_a_roster_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_roster(tmp_path / name)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_makes_the_reader_fall_over(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for shape in (data, b"id,name\n" + data):
        path.write_bytes(shape)
        try:
            students = read_roster(path)
        except InputError:
            continue
        assert not any(bad_id(student.id) for student in students)


IDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="/\\"), min_size=1, max_size=12).filter(
    lambda text: not bad_id(text)
)


@given(st.lists(IDS, min_size=1, max_size=8, unique_by=lambda text: unicodedata.normalize("NFKC", text).casefold()))
def test_ids_come_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["id", "name"], *([name, "n"] for name in ids)])
    path = tmp_path_factory.getbasetemp() / "ids.csv"
    path.write_bytes(text.getvalue().encode())
    try:
        assert [student.id for student in read_roster(path)] == ids
    except InputError as error:
        assert "looks it" in str(error)  # noqa: PT017  (a case that only a second folding unites)


# --- finding --------------------------------------------------------------------------------------------------------

CLASS = (
    Student("ada", "Ada Lovelace", "ada@x.edu", {"moodle": "1", "canvas": "11", "sis": "S-1"}),
    Student("Ada2", "Lovelace, Ada", "ada2@x.edu", {"moodle": "2"}),
    Student("josé", "José O’Brien-Pérez", "", {}),
    Student("bob", "Bob van der Berg"),
    Student("g1", "Grace Hope"),
    Student("g2", "Hope, Grace"),
)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        (Sender("", id="ada"), ("ada", True)),
        (Sender("", id="ADA"), ("ada", False)),
        (Sender("", id="ada "), ("ada", False)),
        (Sender("", id="ada@X.edu"), ("ada", True)),
        (Sender("", id="s-1"), ("ada", True)),
        (Sender("", id="jose\u0301"), ("josé", False)),
        (Sender("moodle", "1", "Participant"), ("ada", True)),
        (Sender("moodle", "2", "Ada Lovelace"), ("Ada2", True)),
        (Sender("moodle", "9", "Jose\u0301 OBrien-Pérez"), ("josé", False)),
        (Sender("canvas", "11", "x"), ("ada", True)),
        (Sender("canvas", "12", "vanderbergbob"), ("bob", False)),
        (Sender("canvas", "12", "bergbobvander"), ("bob", False)),
        (Sender("canvas", "13", "obrienpérezjosé"), ("josé", False)),
        (Sender("gradescope", "", "Somebody", "S-1", ""), ("ada", True)),
        (Sender("gradescope", "", "Bob van der Berg", "unknown", "unknown@x"), ("bob", False)),
    ],
)
def test_a_place_s_name_leads_to_the_student(sender: Sender, expected: tuple[str, bool]) -> None:
    assert Directory(CLASS).find(sender) == expected


@pytest.mark.parametrize(
    ("sender", "says"),
    [
        (Sender("moodle", "9", "Ada Lovelace"), "nobody"),  # both have other numbers there
        (Sender("gradescope", "", "Ada Lovelace", "7"), "may be from any of ada, Ada2"),
        (Sender("canvas", "9", "hopegrace"), "may be from any of g1, g2"),
        (Sender("moodle", "9", "Eve"), "nobody in the roster is 'Eve_9'"),
        (Sender("moodle", "9", ""), "nobody"),
        (Sender("", id="eve"), "nobody in the roster is 'eve'"),
        (Sender("", id="1"), "nobody"),  # a Moodle number is no id elsewhere
        (Sender("canvas", "1", ""), "nobody"),  # nor is it one of Canvas'
    ],
)
def test_a_name_that_may_be_two_s_or_nobody_s_is_not_guessed(sender: Sender, says: str) -> None:
    with pytest.raises(InputError) as caught:
        Directory(CLASS).find(sender)
    assert says in str(caught.value)


# --- several files --------------------------------------------------------------------------------------------------


def both(tmp_path: Path, own: str, exported: str) -> tuple[Student, ...]:
    (tmp_path / "own.csv").write_text(own)
    (tmp_path / "moodle.csv").write_text(exported)
    return read_rosters(tmp_path / "own.csv", tmp_path / "moodle.csv")


def test_a_worksheet_adds_names_and_numbers_to_ids_of_ones_own(tmp_path: Path) -> None:
    ada, bob, eve = both(tmp_path, "id,email\nada,ADA@x.edu\nbob,bob@x.edu\neve,\n", WORKSHEET)
    assert (ada.id, ada.name, ada.numbers["moodle"]) == ("ada", "Ada Lovelace", "12345")
    assert (bob.id, bob.name, dict(bob.numbers)) == ("bob", "Bob Hope", {"moodle": "12346", "sis": "77"})
    assert eve == Student("eve")


def test_a_name_is_enough_where_it_is_one_student_s(tmp_path: Path) -> None:
    ada, _ = both(tmp_path, 'id,name\nada,"Lovelace, Ada"\nbob,Bob Hope\n', WORKSHEET)
    assert ada.numbers["moodle"] == "12345"


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ("id,name\nada,Ada Lovelace\n", "nobody in the roster is"),
        ("id,name\na1,Ada Lovelace\na2,Ada Lovelace\nbob,Bob Hope\n", "may be from any of a1, a2"),
    ],
)
def test_whom_the_first_file_does_not_know_is_named(tmp_path: Path, own: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        both(tmp_path, own, WORKSHEET)
    assert says in str(caught.value)
    assert "moodle.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "late"),
    [
        ("Submitted for grading - 1 hour 1 min late", timedelta(hours=1, minutes=1)),
        ("Submitted for grading - Graded - 2 days 3 hours late - Follow marking workflow", timedelta(days=2, hours=3)),
        ("45 mins 10 secs late", timedelta(minutes=45, seconds=10)),
        ("Submitted for grading", timedelta()),
        ("No submission", timedelta()),
        ("1 day early", timedelta()),
        ("99999999999 days late", timedelta()),
        ("", None),
    ],
)
def test_a_worksheet_says_how_late_a_submission_was(status: str, late: timedelta | None) -> None:
    assert moodle_lateness(status) == late
