"""What a class handed in comes in whole: each file is a student's attempt, or is listed with the reason why not."""

from __future__ import annotations

import csv
import io
import json
import os
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.teaching.desk import choice
from toyevm.teaching.desk.intake import SOME_TIME, Intake, collect
from toyevm.teaching.desk.roster import Student, bad_id, fold, read_roster

NAME, OTHER = "01-sample", "02-other"
FILE = f"{NAME}.ipynb"


def notebook(text: str = "", lesson: str | None = NAME) -> bytes:
    source = f'lab = lesson("{lesson}")\n{text}' if lesson else text
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


BOOK = notebook()
CLASS = (
    Student("ada", "Ada Lovelace", "ada@x.edu", {"moodle": "1", "canvas": "11", "sis": "s1"}),
    Student("bob", "Bob Hope", "bob@x.edu", {"moodle": "2", "canvas": "12", "sis": "s2"}),
    Student("zoe", "Zoë O'Neil", "zoe@x.edu", {}),
)
Files = Mapping[str, bytes]


def write(place: Path, files: Files) -> Path:
    for name, data in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return place


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def of(files: Files, roster: Sequence[Student] | None = CLASS, due: datetime | None = None) -> Intake:
    """Collect files from a folder, and see that a zip of them gives the same, and that no file is lost."""
    with TemporaryDirectory() as name:
        folder = collect(write(Path(name) / "place", files), NAME, roster, due)
        (Path(name) / "class.zip").write_bytes(zipped(files))
        packed = collect(Path(name) / "class.zip", NAME, roster, due)
    assert folder == packed
    assert_whole(folder, files)
    return folder


def assert_whole(intake: Intake, files: Files) -> None:
    """Each file is handed in, unmatched or ignored, and is in one of these lists only."""
    handed = {one.source.partition(".zip/")[0] + (".zip" if ".zip/" in one.source else "") for one in intake.handed}
    unmatched, ignored = ({one.path for one in lists} for lists in (intake.unmatched, intake.ignored))
    for name in ("".join(sign if sign.isprintable() else "?" for sign in name) for name in files):
        listed = [
            name in handed,
            name in unmatched,
            any(name == path or name.startswith(f"{path}/") for path in ignored),
        ]
        assert any(listed), (name, intake)
        assert name.endswith(".zip") or sum(listed) == 1, (name, intake)


def books(intake: Intake) -> dict[str, bytes | None]:
    return {student: one.notebook for student, one in intake.latest.items()}


def why(intake: Intake, path: str) -> str:
    return next(one.why for one in (*intake.unmatched, *intake.ignored) if one.path == path)


# --- five places ----------------------------------------------------------------------------------------------------


def test_nbgrader_folders() -> None:
    found = of({f"ada/{NAME}/{FILE}": BOOK, f"ada/{NAME}/data.csv": b"1", f"bob/{NAME}/{FILE}": notebook("b")})
    assert books(found) == {"ada": BOOK, "bob": notebook("b")}
    assert [student.id for student in found.absent] == ["zoe"]
    assert why(found, f"ada/{NAME}/data.csv") == f"not the notebook {NAME}"


def test_nbgrader_folders_of_several_assignments() -> None:
    files = {f"ada/{NAME}/{FILE}": BOOK, f"ada/{OTHER}/{OTHER}.ipynb": b"2", f"bob/{OTHER}/{OTHER}.ipynb": b"2"}
    found = of(files)
    assert books(found) == {"ada": BOOK}
    assert [student.id for student in found.absent] == ["bob", "zoe"]
    assert why(found, f"bob/{OTHER}/{OTHER}.ipynb") == "of another assignment"
    assert [student.id for student in of(files, None).absent] == ["bob"]  # known, by what else came


@pytest.mark.parametrize(
    ("stamp", "late"),
    [
        ("2026-11-30 12:00:00.000000 UTC", None),
        ("2026-11-30 12:00:00.000001 UTC", timedelta(microseconds=1)),
        ("2026-11-30 15:00:00 UTC", timedelta(hours=3)),
        ("2026-11-30 15:00:00.000000 Europe/Vienna", timedelta(hours=2)),
        ("2026-11-30 15:00:00 +0100", timedelta(hours=2)),
        ("2026-12-01T12:00:00Z", timedelta(days=1)),
        ("yesterday", None),
        ("", None),
        ("2026-11-30 15:00:00 ../../etc/passwd", None),
    ],
)
def test_a_timestamp_says_how_late(stamp: str, late: timedelta | None) -> None:
    files = {f"ada/{NAME}/{FILE}": BOOK, f"ada/{NAME}/timestamp.txt": stamp.encode()}
    (one,) = of(files, due=datetime(2026, 11, 30, 12, tzinfo=UTC)).handed
    assert one.late == late
    assert of(files).handed[0].late is None  # nobody said when it was due


def test_a_timestamp_of_the_students_own_says_nothing() -> None:
    late = b"2026-11-30 11:00:00 UTC"
    due = datetime(2026, 11, 30, 10, tzinfo=UTC)
    for place in ("ada/timestamp.txt", f"ada/{NAME}/deep/timestamp.txt"):
        (one,) = of({place.rpartition("/")[0] + f"/{FILE}": BOOK, place: late}, due=due).handed
        assert one.late is None
    (one,) = of({f"ada/{NAME}/{FILE}": BOOK, f"ada/{NAME}/timestamp.txt": late}, due=due).handed
    assert one.late == timedelta(hours=1)


def test_a_worksheet_says_who_of_moodles_students_is_late() -> None:
    roster = (
        Student("ada", "Ada Lovelace", numbers={"moodle": "1"}, late=timedelta(hours=1)),
        Student("bob", "Bob Ray", numbers={"moodle": "2"}, late=timedelta()),
    )
    files = {f"Ada Lovelace_1_assignsubmission_file_/{FILE}": BOOK, f"Bob Ray_2_assignsubmission_file_/{FILE}": BOOK}
    assert {one.student: one.late for one in of(files, roster).handed} == {"ada": timedelta(hours=1), "bob": None}


@pytest.mark.parametrize("end", ["", "_"])
def test_moodle_folders_become_ids_of_the_roster_and_never_their_names(end: str) -> None:
    files = {
        f"Ada Lovelace_1_assignsubmission_file{end}/{FILE}": BOOK,
        f"Participant_2_assignsubmission_file{end}/deep/{FILE}": BOOK,
        f"Zoë ONeil_77_assignsubmission_file{end}/{FILE}": BOOK,
        f"Zoë ONeil_77_assignsubmission_onlinetext{end}/onlinetext.html": b"<p>",
        f"Eve_9_assignsubmission_file{end}/{FILE}": BOOK,
    }
    found = of(files)
    assert books(found) == dict.fromkeys(["ada", "bob", "zoe"], BOOK)
    assert [one.why for one in found.unmatched] == ["nobody in the roster is 'Eve_9'"]
    assert sorted(books(of(files, None))) == ["Ada Lovelace_1", "Eve_9", "Participant_2", "Zoë ONeil_77"]


def test_moodle_flat_files() -> None:
    start = "Ada Lovelace_1_assignsubmission_file_"
    found = of({f"{start}{FILE}": BOOK, f"{start}{NAME} (1).ipynb": notebook("2"), f"{start}notes.txt": b"n"})
    assert [(one.attempt, one.notebook) for one in found.handed] == [(1, BOOK), (2, notebook("2"))]
    assert books(found) == {"ada": notebook("2")}


def test_two_of_one_name_are_told_apart_by_number_or_not_at_all() -> None:
    twins = [Student("a1", "Ada Lovelace", "", {"moodle": "1"}), Student("a2", "Ada Lovelace", "", {"moodle": "2"})]
    files = {f"Ada Lovelace_{number}_assignsubmission_file_/{FILE}": notebook(str(number)) for number in (1, 2)}
    assert books(of(files, twins)) == {"a1": notebook("1"), "a2": notebook("2")}
    unknown = of(files, [Student("a1", "Ada Lovelace"), Student("a2", "Ada Lovelace")])
    assert not unknown.handed
    assert {one.why for one in unknown.unmatched} == {
        "may be from any of a1, a2 (expected a column moodle in the roster)"
    }
    one_of_them = of(files, [Student("a1", "Ada Lovelace")])
    assert not one_of_them.handed
    assert {one.why for one in one_of_them.unmatched} == {
        "'Ada Lovelace_1' and 'Ada Lovelace_2' may be the same student"
    }


def test_canvas_files_late_and_resubmitted() -> None:
    files = {
        f"lovelaceada_11_900_{FILE}": notebook("first"),
        f"lovelaceada_LATE_11_1000_{NAME}-1.ipynb": notebook("second"),
        f"hopebob_12_950_{NAME}-2.ipynb": BOOK,
        f"oneilzoë_LATE_13_960_{FILE}": BOOK,
    }
    found = of(files)
    assert books(found) == {"ada": notebook("second"), "bob": BOOK, "zoe": BOOK}
    assert [(one.student, one.attempt, one.late) for one in found.handed] == [
        ("ada", 1, None), ("ada", 2, SOME_TIME), ("bob", 1, None), ("zoe", 1, SOME_TIME),
    ]  # fmt: skip
    assert sorted(books(of(files, None))) == ["hopebob_12", "lovelaceada_11", "oneilzoë_13"]


def test_what_a_student_calls_a_file_or_themselves_leads_to_nobody_else() -> None:
    trick = f"x_2_assignsubmission_file_{FILE}"
    moodle = of({f"Ada Lovelace_1_assignsubmission_file_{trick}": BOOK, f"{in_moodle(CLASS[1])}": notebook("b")})
    assert books(moodle) == {"ada": BOOK, "bob": notebook("b")}
    inside = of({f"Ada Lovelace_1_assignsubmission_file_/{trick}": BOOK, in_moodle(CLASS[1]): notebook("b")})
    assert books(inside) == {"ada": BOOK, "bob": notebook("b")}
    canvas = of({f"lovelaceada_11_900_hopebob_12_901_{FILE}": BOOK, in_canvas(CLASS[1]): notebook("b")})
    assert books(canvas) == {"ada": BOOK, "bob": notebook("b")}
    renamed = of({f"x_12_11_900_{FILE}": BOOK, in_canvas(CLASS[1]): notebook("b")})
    assert books(renamed) == {"bob": notebook("b")}
    assert why(renamed, f"x_12_11_900_{FILE}") == "its name can be read in two ways"


def test_a_code_of_an_anonymous_canvas_is_no_user_s_id() -> None:
    assert not of({f"anon_11_900_{FILE}": BOOK}).handed


def test_a_student_alone_cannot_hand_in_for_others() -> None:
    found = of({f"eve/{NAME}/{FILE}": BOOK, f"eve/bob/{NAME}/{FILE}": BOOK, "eve/submission_metadata.yml": b""}, None)
    assert list(books(found)) == ["eve"]


def test_a_folder_with_nothing_but_a_zip_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"Course-01-42.zip": zipped({in_moodle(CLASS[0]): BOOK}), ".DS_Store": b""})
    for roster in (None, CLASS):
        with pytest.raises(InputError, match="that zip, in place of the folder"):
            collect(tmp_path, NAME, roster)
    assert books(of({"ada.zip": zipped({FILE: BOOK})})) == {"ada": BOOK}


def test_canvas_without_names_and_without_files() -> None:
    found = of({f"anon_Ab1_5_{FILE}": BOOK, f"LATE_anon_Cd2_6_{FILE}": BOOK, "hopebob_12_text.html": b"<p>"}, None)
    assert {one.student: one.late for one in found.handed} == {"Ab1": None, "Cd2": SOME_TIME, "hopebob_12": None}
    assert found.latest["hopebob_12"].problem == "there is no notebook, but 'hopebob_12_text.html'"


METADATA = """---
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: s1
    :email: ada@x.edu
  - :name: Somebody Else
    :sid:
    :email: BOB@x.edu
  :created_at: 2026-11-30 15:00:00.000000000 Z
  :results:
    tests:
    - output: "submission_9:\\n  :submitters:"
submission_2:
  :submitters:
  - :name: Eve
    :sid: '9'
"""


def test_gradescope_folders_and_groups() -> None:
    files = {
        "submission_metadata.yml": METADATA.encode(),
        f"submission_1/{FILE}": BOOK,
        f"submission_2/{FILE}": BOOK,
        f"submission_3/{FILE}": BOOK,
    }
    found = of(files, due=datetime(2026, 11, 30, 12))  # taken for UTC
    assert books(found) == {"ada": BOOK, "bob": BOOK}
    assert {one.late for one in found.handed} == {timedelta(hours=3)}
    assert [one.why for one in found.unmatched] == [
        "nobody in the roster is '9'", "submission_metadata.yml does not say whose it is",
    ]  # fmt: skip
    wrapped = of({f"assignment_7_export/{name}": data for name, data in files.items()})
    assert books(wrapped) == books(found)
    assert wrapped.handed[0].source == f"assignment_7_export/submission_1/{FILE}"


@pytest.mark.parametrize("data", [b"", b"3", b"- a", b"{", b"\xff", b"a: &a [*a]", b"submission_1: {':submitters': 3}"])
def test_gradescope_lists_that_say_nothing_match_nobody(data: bytes) -> None:
    try:
        found = of({"submission_metadata.yml": data, f"submission_1/{FILE}": BOOK})
    except InputError as error:
        assert "submission_metadata.yml" in str(error)  # noqa: PT017
    else:
        assert not found.handed


def test_gradescope_folders_without_their_list_are_nobody_s() -> None:
    found = of({f"submission_1/{FILE}": BOOK, f"submission_2/{FILE}": BOOK}, None)
    assert not found.handed
    assert {one.why for one in found.unmatched} == {"no submission_metadata.yml says whose it is"}


def test_flat_files_named_after_students() -> None:
    found = of({"ada.ipynb": BOOK, f"bob_{NAME}.ipynb": BOOK, f"{NAME}-zoe (1).ipynb": BOOK, "eve.ipynb": BOOK})
    assert books(found) == dict.fromkeys(["ada", "bob", "zoe"], BOOK)
    assert [one.path for one in found.unmatched] == ["eve.ipynb"]


def test_flat_files_beside_folders() -> None:
    found = of(
        {f"ada/{NAME}/{FILE}": BOOK, "bob.ipynb": BOOK, "ada.ipynb": notebook("x"), FILE: BOOK, "notes.txt": b""}
    )
    assert books(found) == {"ada": BOOK, "bob": BOOK}
    assert why(found, "ada.ipynb") == "ada handed in as 'ada' too"
    assert why(found, FILE) == "its name says no student"
    assert why(found, "notes.txt").startswith("neither a notebook nor a zip")


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["ada ", " ada", "Ada", "ADA", "ada\u00a0", "ａｄａ"])
@pytest.mark.parametrize("roster", [CLASS, None])
def test_a_name_that_only_looks_like_a_student_s_takes_nothing_from_them(
    other: str, roster: Sequence[Student] | None
) -> None:
    found = of({f"ada/{NAME}/{FILE}": BOOK, f"{other}/{NAME}/{FILE}": notebook("forged")}, roster)
    if roster is None and not bad_id(other):  # who of the two is meant, nobody can say
        assert not found.handed
    else:
        assert books(found) == {"ada": BOOK}
    assert f"{other}/{NAME}/{FILE}".replace("\u00a0", "?") in {one.path for one in found.unmatched}


def test_a_name_that_only_looks_like_a_student_s_is_theirs_where_nobody_else_is() -> None:
    assert books(of({f"ADA /{NAME}/{FILE}": BOOK})) == {"ada": BOOK}


def test_unicode_forms_of_a_name_are_one_name() -> None:
    roster = [Student("josé")]
    apart = unicodedata.normalize("NFD", "josé")
    assert books(of({f"{apart}/{NAME}/{FILE}": BOOK}, roster)) == {"josé": BOOK}
    both = of({f"{apart}/{NAME}/{FILE}": notebook("x"), f"josé/{NAME}/{FILE}": BOOK}, roster)
    assert books(both) == {"josé": BOOK}
    assert [one.why for one in both.unmatched] == ["josé handed in as 'josé' too"]


@pytest.mark.parametrize("name", ["eve\n", "e\x1bve", "ada ", "\u202eeve"])
def test_an_invalid_name_is_no_student(name: str) -> None:
    found = of_disk({f"{name}/{NAME}/{FILE}": BOOK, f"bob/{NAME}/{FILE}": BOOK}, None)
    assert list(books(found)) == ["bob"]
    assert len(found.unmatched) == 1
    assert (found.unmatched[0].path + found.unmatched[0].why).isprintable()


def of_disk(files: Files, roster: Sequence[Student] | None = CLASS) -> Intake:
    with TemporaryDirectory() as name:
        return collect(write(Path(name), files), NAME, roster)


def test_hidden_folders_and_a_system_s_files_are_named_and_ignored() -> None:
    files = {
        f".hidden/{NAME}/{FILE}": BOOK,
        f"ada/{NAME}/.ipynb_checkpoints/{NAME}-checkpoint.ipynb": BOOK,
        f"ada/{NAME}/{FILE}": BOOK,
        "__MACOSX/ada/._x": b"",
        ".DS_Store": b"",
        "Thumbs.db": b"",
    }
    found = of(files)
    assert len(found.handed) == 1
    assert {one.path for one in found.ignored} == {
        ".hidden", f"ada/{NAME}/.ipynb_checkpoints", "__MACOSX", ".DS_Store", "Thumbs.db",
    }  # fmt: skip


def test_a_folder_around_all_of_them_is_no_student() -> None:
    for files in (
        {f"class/ada/{NAME}/{FILE}": BOOK},
        {f"class/{NAME}/ada/{FILE}": BOOK, f"class/{NAME}/bob/{FILE}": BOOK},
        {f"{NAME}/ada.ipynb": BOOK},
        {"class/ada.ipynb": BOOK, "class/eve.ipynb": BOOK},
        {f"class/Ada Lovelace_1_assignsubmission_file_/{FILE}": BOOK},
        {f"submissions/lovelaceada_11_900_{FILE}": BOOK, "__MACOSX/x": b""},
    ):
        assert books(of(files))["ada"] == BOOK, files


def test_a_class_of_one_is_not_taken_for_a_folder_around_it() -> None:
    for files in ({f"ada/{NAME}/{FILE}": BOOK}, {f"ada/{FILE}": BOOK}):
        assert books(of(files, None)) == books(of(files)) == {"ada": BOOK}


# --- which notebook -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"my work.ipynb": BOOK}, BOOK),
        ({"my work.ipynb": notebook("x", None)}, notebook("x", None)),
        ({"my work.ipynb": BOOK, "other.ipynb": notebook("", OTHER)}, BOOK),
        ({"my work.ipynb": BOOK, "scratch.ipynb": notebook("x", None)}, BOOK),
        ({FILE: notebook("x", None), "scratch.ipynb": BOOK}, notebook("x", None)),
        ({FILE: BOOK, f"{OTHER}.ipynb": notebook("", OTHER)}, BOOK),
        ({"01-Sample.IPYNB": BOOK}, BOOK),
        ({f"ada_{FILE}": BOOK}, BOOK),
        ({f"deep/er/{FILE}": BOOK}, BOOK),
        ({"work.zip": zipped({FILE: BOOK, "a.txt": b"", "__MACOSX/x": b""})}, BOOK),
        ({"work.zip": zipped({f"ada/{FILE}": BOOK, f"ada/{OTHER}.ipynb": notebook("", OTHER)})}, BOOK),
        ({FILE: BOOK, f"{NAME} (1).ipynb": notebook("2"), f"{NAME} (10).ipynb": notebook("10")}, notebook("10")),
        ({FILE: BOOK, f"{NAME}-Copy1.ipynb": notebook("copy")}, notebook("copy")),
    ],
)
def test_of_several_notebooks_the_assignment_s_counts(files: Files, expected: bytes) -> None:
    assert books(of({f"ada/{name}": data for name, data in files.items()})) == {"ada": expected}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({f"{OTHER}.ipynb": notebook("", OTHER)}, "the notebook of 02-other (expected 01-sample)"),
        ({FILE: notebook("", OTHER)}, "the notebook of 02-other (expected 01-sample)"),
        ({"a.ipynb": notebook("a", None), "b.ipynb": notebook("b", None)}, "nothing says which notebook counts"),
        ({"report.pdf": b"%PDF", "a.txt": b""}, "there is no notebook, but 'a.txt', 'report.pdf'"),
        ({FILE: b""}, "an empty file"),
        ({FILE: b" \n"}, "an empty file"),
        ({FILE: b" " * ((16 << 20) + 1)}, "too large (expected at most 16,777,216 bytes)"),
        ({"work.zip": b"no zip"}, "not a zip, or one that is damaged or cut off"),
        ({"work.zip": zipped({FILE: BOOK})[:-20]}, "not a zip, or one that is damaged or cut off"),
        ({"work.zip": zipped({f"../{FILE}": BOOK})}, "its name leads out of the archive"),
        ({"work.zip": zipped({FILE: b" " * (15 << 20)})}, "a bomb: it unpacks to more than 100 times its size"),
        ({"work.zip": zipped({"work.zip": zipped({FILE: BOOK})})}, "there is no notebook, but 'work.zip'"),
        ({"work.rar": b"Rar!"}, "there is no notebook, but 'work.rar'"),
        ({"work.zip": zipped({})}, "there is no notebook, but 'work.zip'"),
    ],
)
def test_what_is_no_notebook_to_mark_is_handed_in_with_the_reason(files: Files, says: str) -> None:
    (one,) = of({f"ada/{NAME}/{name}": data for name, data in files.items()}).handed
    assert (one.student, one.notebook) == ("ada", None)
    assert says in one.problem


def test_a_huge_file_in_a_class_zip_says_so_too() -> None:
    files = {f"ada/{NAME}/{FILE}": os.urandom((16 << 20) + 1), f"bob/{NAME}/{FILE}": BOOK}
    found = of(files)
    assert books(found) == {"ada": None, "bob": BOOK}
    assert found.latest["ada"].problem.startswith("too large")


def test_links_pipes_and_empty_folders_are_handed_in_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, {f"bob/{NAME}/{FILE}": BOOK, f"ada/{NAME}/x": b""})
    (tmp_path / "ada" / NAME / FILE).symlink_to(tmp_path / "bob" / NAME / FILE)
    (tmp_path / "eve").symlink_to(tmp_path / "bob")
    (tmp_path / "empty").mkdir()
    (tmp_path / "pipe" / NAME).mkdir(parents=True)
    os.mkfifo(tmp_path / "pipe" / NAME / FILE)
    found = collect(tmp_path, NAME)
    assert {one.student: one.problem for one in found.handed} == {
        "ada": "a link", "bob": "", "empty": "there is no notebook", "eve": "a link", "pipe": "not a plain file",
    }  # fmt: skip


def test_one_student_s_flood_costs_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "MOST_BYTES_A_STUDENT", 1_000)
    flood = {f"ada/{NAME} ({number}).ipynb": notebook("x" * 300) for number in range(1, 9)}
    found = of({**flood, f"bob/{FILE}": BOOK})
    assert books(found) == {"ada": notebook("x" * 300), "bob": BOOK}  # the one that counts is read first
    assert [bool(one.notebook) for one in found.handed if one.student == "ada"] == [False] * 6 + [True] * 2


def test_all_attempts_are_kept_and_the_latest_counts() -> None:
    files = {f"lovelaceada_11_{number}_{NAME}.ipynb": notebook(str(number)) for number in (99, 100, 101)}
    found = of(files)
    assert [(one.attempt, one.notebook) for one in found.handed] == [
        (number, notebook(str(98 + number))) for number in (1, 2, 3)
    ]
    assert books(found) == {"ada": notebook("101")}


def test_names_that_lead_out_of_a_class_s_zip_match_nobody(tmp_path: Path) -> None:
    names = [f"../ada/{NAME}/{FILE}", f"bob/../ada/{NAME}/{FILE}", f"/ada/{NAME}/{FILE}", f"zoe/{NAME}/{FILE}"]
    (tmp_path / "class.zip").write_bytes(zipped(dict.fromkeys(names, BOOK)))
    found = collect(tmp_path / "class.zip", NAME, CLASS)
    assert list(books(found)) == ["zoe"]
    assert sorted(one.path for one in found.unmatched) == sorted(names[:3])


def test_of_two_submissions_the_later_counts() -> None:
    sender = '  :submitters:\n  - :sid: s1\n  :created_at: "2026-11-30 {}:00:00 Z"\n'
    files = {
        "submission_metadata.yml": f"submission_1:\n{sender.format(15)}submission_2:\n{sender.format(12)}".encode(),
        f"submission_1/{FILE}": notebook("at three"),
        f"submission_2/{NAME} (4).ipynb": notebook("at noon"),
    }
    assert books(of(files)) == {"ada": notebook("at three")}


def test_a_problem_is_one_short_line_whatever_files_are_called() -> None:
    found = of({f"ada/{number} please look: {'x' * 200}.txt": b"" for number in range(9)})
    assert len(found.latest["ada"].problem) == 300
    assert found.latest["ada"].problem.startswith("there is no notebook, but '0 please look")


def test_attempts_beyond_what_anybody_makes_are_named_and_left() -> None:
    files = {f"ada/{NAME} ({number}).ipynb": notebook(str(number)) for number in range(1, 26)}
    found = of(files)
    assert [one.notebook for one in found.handed] == [notebook(str(number)) for number in range(6, 26)]
    assert why(found, f"ada/{NAME} (5).ipynb") == "before the last 20 attempts"


def test_a_zip_of_many_files_does_not_fill_the_list() -> None:
    found = of({"ada/work.zip": zipped({FILE: BOOK, **{f"{number}.txt": b"" for number in range(500)}})})
    assert books(found) == {"ada": BOOK}
    assert len(found.ignored) == 12
    assert why(found, "ada/work.zip/…") == "490 more, in a zip, and no notebooks"


def test_a_name_longer_than_a_disk_has_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "class.zip").write_bytes(zipped({"_" * 65_000 + ".ipynb": BOOK, "ada.ipynb": BOOK}))
    found = collect(tmp_path / "class.zip", NAME)
    assert list(books(found)) == ["ada"]
    assert [one.why for one in found.unmatched] == ["its name is too long"]


def test_flat_files_of_several_assignments() -> None:
    found = of({f"ada_{FILE}": BOOK, f"ada_{OTHER}.ipynb": BOOK, f"{OTHER}_bob (1).ipynb": BOOK}, None)
    assert books(found) == {"ada": BOOK}
    assert [student.id for student in found.absent] == ["bob"]
    assert {one.why for one in found.ignored} == {"of another assignment"}


def test_nothing_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no submissions"):
        collect(tmp_path, NAME)
    with pytest.raises(InputError):
        collect(tmp_path / "gone", NAME)


def test_an_empty_roster_matches_nobody() -> None:
    found = of({f"ada/{NAME}/{FILE}": BOOK}, [])
    assert (found.handed, found.absent, len(found.unmatched)) == ((), (), 1)


# --- any class, in any of the layouts -------------------------------------------------------------------------------

LETTERS = st.characters(categories=("Ll", "Lu"), max_codepoint=0x2FF)
WORD = st.text(LETTERS, min_size=2, max_size=8)


@dataclass(frozen=True)
class Drawn:
    """A class, and what some of them wrote."""

    students: tuple[Student, ...]
    answers: Mapping[str, bytes]


@st.composite
def classes(draw: st.DrawFn) -> Drawn:
    ids = draw(st.lists(WORD.map(str.lower), min_size=1, max_size=6, unique_by=fold))
    names = [f"{draw(WORD)} {draw(WORD)}" for _ in ids]  # two may have the same
    students = tuple(
        Student(
            one,
            name,
            f"m{number}@x.edu",
            {"moodle": str(100 + number), "canvas": str(200 + number), "sis": f"S{number}"},
        )
        for number, (one, name) in enumerate(zip(ids, names, strict=True))
        if not bad_id(one)
    )
    answers = {
        student.id: notebook(draw(st.text(max_size=20)))
        for student in students
        if draw(st.sampled_from([True, True, False]))
    }
    return Drawn(students, answers)


def letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def in_nbgrader(student: Student) -> str:
    return f"{student.id}/{NAME}/{FILE}"


def in_moodle(student: Student) -> str:
    return f"{student.name}_{student.numbers['moodle']}_assignsubmission_file_/{FILE}"


def flat_from_moodle(student: Student) -> str:
    return f"{student.name}_{student.numbers['moodle']}_assignsubmission_file_{FILE}"


def in_canvas(student: Student) -> str:
    return f"{letters(student.name)}_{student.numbers['canvas']}_9{student.numbers['canvas']}_{FILE}"


def in_gradescope(student: Student) -> str:
    return f"submission_{student.numbers['moodle']}/{FILE}"


def as_flat(student: Student) -> str:
    return f"{student.id}_{FILE}"


LAYOUTS: list[Callable[[Student], str]] = [
    in_nbgrader, in_moodle, flat_from_moodle, in_canvas, in_gradescope, as_flat,
]  # fmt: skip


def gradescope_list(students: Sequence[Student]) -> bytes:
    return json.dumps(
        {
            in_gradescope(student).partition("/")[0]: {
                ":submitters": [{":name": student.name, ":sid": student.numbers["sis"], ":email": student.email}]
            }
            for student in students
        }
    ).encode()  # JSON is YAML


@settings(max_examples=40, deadline=None)
@given(classes())
def test_a_class_comes_in_the_same_from_every_layout(drawn: Drawn) -> None:
    for layout in LAYOUTS:
        files = {
            layout(student): drawn.answers[student.id] for student in drawn.students if student.id in drawn.answers
        }
        if not files:
            continue
        if layout is in_gradescope:
            files["submission_metadata.yml"] = gradescope_list(drawn.students)
        found = of(files, drawn.students)
        assert books(found) == drawn.answers, layout
        assert found.unmatched == ()
        assert {student.id for student in found.absent} == {student.id for student in drawn.students} - set(
            drawn.answers
        )


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=12)
PARTS = st.sampled_from(["ada", "ada ", "Ada", NAME, FILE, "x.zip", "submission_1", ".h", "A_1_assignsubmission_file_"])
PATHS = st.lists(PARTS | NAMES, min_size=1, max_size=4).map("/".join)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(PATHS, st.sampled_from([BOOK, b"", b"PK", zipped({FILE: BOOK})]), min_size=1, max_size=8))
def test_no_file_is_ever_lost(files: dict[str, bytes]) -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "class.zip"
        place.write_bytes(zipped(files))
        for roster in (CLASS, None):
            try:
                found = collect(place, NAME, roster)
            except InputError as error:
                assert "a zip and nothing else" in str(error)  # noqa: PT017
                continue
            listed = [*(one.source for one in found.handed), *(one.path for one in (*found.unmatched, *found.ignored))]
            assert all(text.isprintable() for text in listed)
            for name in files:
                clean = "".join(
                    sign if sign.isprintable() else "?" for sign in name.replace("\\", "/").removesuffix("/")
                )
                assert any(
                    clean == path or path.startswith(f"{clean}/") or clean.startswith(f"{path}/") for path in listed
                )
            assert len({(one.student, one.attempt) for one in found.handed}) == len(found.handed)
            assert not any(bad_id(one.student) for one in found.handed)


def test_the_roster_that_moodle_exports_fits_its_zip(tmp_path: Path) -> None:
    text = io.StringIO()
    rows = [["Identifier", "Full name", "Email address", "Status"]]
    rows += [[f"Participant {student.numbers['moodle']}", student.name, student.email, ""] for student in CLASS[:2]]
    csv.writer(text).writerows(rows)
    (tmp_path / "grades.csv").write_text(text.getvalue())
    found = of({in_moodle(student): BOOK for student in CLASS[:2]}, read_roster(tmp_path / "grades.csv"))
    assert books(found) == {"ada@x.edu": BOOK, "bob@x.edu": BOOK}
