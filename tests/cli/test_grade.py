"""`toyevm grade`: a class is marked on a desk, said in JSON or sentences, and what needs a look is said."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command
from tests.teaching.grading.conftest import release, sample
from tests.teaching.grading.sample import FULL, HONEST, NAME, fill, place
from toyevm.teaching.grading import attacks, mark
from toyevm.teaching.lab.variants import Variant

__all__ = ["release", "sample"]


@pytest.fixture
def course(sample: Path, marker: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample in place of the course, and an empty folder to stand in."""
    monkeypatch.setattr("toyevm.teaching.lab.course.ROOT", sample)
    monkeypatch.chdir(tmp_path)
    return sample


@pytest.fixture
def submitted(course: Path, release: Path, tmp_path: Path) -> Path:
    """What three students handed in: all right, one wrong, no notebook."""
    folder = tmp_path / "submitted"
    place(folder, "ada", fill(release, HONEST))
    place(folder, "bob", fill(release, HONEST | {"number": "my_number = '[red]x[/]'"}))
    (folder / "eve" / NAME).mkdir(parents=True)
    return folder


def totals(report: dict[str, Any]) -> dict[str, float]:
    return {row["student"]: row["points"] for row in report["rows"] if row["item"] == "total"}


def test_marks_are_said_in_json_and_kept_on_the_desk(toyevm: Command, submitted: Path) -> None:
    report = toyevm.succeeds("grade", submitted, "--assignment", NAME)
    assert totals(report) == {"ada": sum(FULL), "bob": sum(FULL) - 1, "eve": 0}
    assert (report["marked"], report["notebooks"], report["desk"]) == (2, 2, f"grading/desk/{NAME}")
    with Path("grading", "desk", NAME, "marks.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(report["rows"]) == 12
    again = toyevm.succeeds("grade", submitted, "--assignment", NAME)
    assert again == report | {"marked": 0}


def test_at_a_terminal_each_student_has_a_line(toyevm: Command, submitted: Path) -> None:
    (submitted / "[red]x" / NAME).mkdir(parents=True)
    answer = toyevm.on_terminal("grade", submitted, "--assignment", NAME)
    assert answer.code == 0
    assert "all points" in answer.out
    assert "number 0/1:" in answer.out
    assert "[red]x" in answer.out  # no markup
    assert "2 notebooks marked now, 0 known" in answer.out


def test_one_student_again_and_one_item(toyevm: Command, submitted: Path, release: Path) -> None:
    words = ("grade", submitted, "--assignment", NAME, "--desk", "desk")
    toyevm.succeeds(*words)
    assert toyevm.succeeds(*words, "--student", "bob", "--again")["marked"] == 1
    assert toyevm.succeeds(*words, "--item", "number", "--again")["marked"] == 2


def test_a_zip_of_moodle_and_a_roster_say_who_is_there_and_whose_numbers_they_have(
    toyevm: Command, course: Path, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile("01.zip", "w") as archive:
        for name in ("Ada Lovelace_101", "Bob Ng_102", "Mallory Mist_103"):
            data = json.dumps(fill(release, HONEST))
            archive.writestr(f"{name}_assignsubmission_file/{NAME}.ipynb", data)
    Path("class.csv").write_text("id,name\nal7,Ada Lovelace\nbn1,Bob Ng\nzz9,Zoe Zand\n")
    whose: list[str] = []
    read = mark.read_assignment

    def read_for(name: str, root: Path, variant: Variant | None = None) -> mark.Assignment:
        whose.extend(variant.student for variant in [variant] if variant)
        return read(name, root, variant)

    monkeypatch.setattr("toyevm.teaching.desk.run.read_assignment", read_for)
    words = ("grade", "01.zip", "--assignment", NAME, "--roster", "class.csv", "--release", "2027")
    answer = toyevm(*words)
    assert totals(answer.json) == {"al7": sum(FULL), "bn1": sum(FULL), "zz9": 0}
    assert sorted(whose) == ["al7", "bn1"]
    assert (answer.json["absent"], answer.json["unmatched"]) == (["zz9"], 1)
    assert "Mallory" in answer.err
    assert "Mallory" not in toyevm(*words, "--anonymous").err


def test_ids_of_ones_own_and_the_worksheet_of_moodle_are_two_rosters(
    toyevm: Command, course: Path, release: Path
) -> None:
    with zipfile.ZipFile("01.zip", "w") as archive:
        data = json.dumps(fill(release, HONEST))
        archive.writestr(f"A. Lovelace_101_assignsubmission_file/{NAME}.ipynb", data)
    Path("class.csv").write_text("id,email\nal7,ada@x.edu\n")
    Path("sheet.csv").write_text("Identifier,Full name,Email address\nParticipant 101,Ada Lovelace,ada@x.edu\n")
    words = ("grade", "01.zip", "--assignment", NAME, "--roster", "class.csv")
    assert toyevm(*words).json["absent"] == ["al7"]  # the file is said to be nobody's
    assert totals(toyevm.succeeds(*words, "--roster", "sheet.csv")) == {"al7": sum(FULL)}


def test_a_due_date_that_nothing_can_be_held_to_is_said(
    toyevm: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: Path, course: Path
) -> None:
    said = "nothing says when anything was handed in"
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("01.zip", "w") as archive:
        data = json.dumps(fill(release, HONEST))
        archive.writestr(f"Ada Lovelace_101_assignsubmission_file/{NAME}.ipynb", data)
    sheet = "Identifier,Full name,Email address,Status\nParticipant 101,Ada Lovelace,ada@x.edu,{}\n"
    words = ("grade", "01.zip", "--assignment", NAME, "--roster", "sheet.csv", "--desk", "desk")
    Path("desk").mkdir()
    Path("desk/overrides.toml").write_text("[late]\ndue = 2026-11-30T12:00:00+00:00\npercent_per_day = 10\n")
    Path("sheet.csv").write_text(sheet.format(""))
    assert said in toyevm(*words).err
    Path("sheet.csv").write_text(sheet.format("Submitted for grading - 1 hour 1 min late"))
    late = toyevm(*words)
    assert said not in late.err
    assert totals(late.json) == {"ada@x.edu": sum(FULL) * 0.9}
    Path("sheet.csv").write_text(sheet.format("Submitted for grading"))
    on_time = toyevm(*words)
    assert said not in on_time.err
    assert totals(on_time.json) == {"ada@x.edu": sum(FULL)}


def test_numbers_without_a_roster_are_said_to_go_by_the_names_of_the_place(toyevm: Command, submitted: Path) -> None:
    answer = toyevm("grade", submitted, "--assignment", NAME, "--release", "2027")
    assert "without --roster, students have the numbers of what" in answer.err


def test_codes_stand_in_place_of_students(toyevm: Command, submitted: Path) -> None:
    words = ("grade", submitted, "--assignment", NAME, "--desk", "desk", "--anonymous")
    answer = toyevm(*words)
    assert not any(name in answer.out + answer.err for name in ("ada", "bob", "eve"))
    assert sorted(totals(answer.json).values()) == [0, 5, 6]
    table = Path("desk", "marks-anonymous.csv").read_text()
    assert not any(name in table for name in ("ada,", "bob,", "eve,"))
    (code,) = (code for code, points in totals(answer.json).items() if points == 6)
    assert toyevm.succeeds(*words, "--student", code, "--again")["marked"] == 1


def test_one_question_is_shown_across_the_class(toyevm: Command, submitted: Path) -> None:
    words = ("grade", submitted, "--assignment", NAME, "--question", "number")
    found = toyevm.succeeds(*words)
    assert {(tuple(each["students"]), each["text"], each["points"]) for each in found} == {
        (("ada",), HONEST["number"], 1), (("bob",), "my_number = '[red]x[/]'", 0), (("eve",), "", 0),
    }  # fmt: skip
    assert "3 different answers of 3 students" in toyevm.on_terminal(*words).out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--assignment", "02"), "no assignment '02'"),
        (("--student", "nobody"), "no student 'nobody'"),
        (("--item", "nothing"), "no item 'nothing'"),
        (("--question", "nothing"), "no item 'nothing'"),
        (("--dask", "nowhere"), "no Dask scheduler"),
        (("--dask", "tcp://127.0.0.1:1", "--jobs", "2"), "one of the two"),
        (("--jobs", "0"), "--jobs"),
        (("--desk", "file/desk"), "Not a directory"),
        (("--release", ""), "--release: it is empty"),
        (("--check-isolation",), "but for --jobs"),
        (("--desk", "submitted/desk"), "it lies in"),
        (("--desk", "submitted"), "it lies in"),
    ],
)
def test_bad_input_is_said_in_one_line(toyevm: Command, submitted: Path, words: tuple[str, ...], says: str) -> None:
    Path("file").touch()
    options = words if "--assignment" in words else ("--assignment", NAME, *words)
    assert says in toyevm.refuses("grade", submitted, *options)


def test_a_mistake_in_the_overrides_is_said_in_one_line(toyevm: Command, submitted: Path) -> None:
    toyevm.succeeds("grade", submitted, "--assignment", NAME, "--desk", "desk")
    Path("desk", "overrides.toml").write_text("[[override]]\nstudent = 'adda'\n")
    assert "no student 'adda'" in toyevm.refuses("grade", submitted, "--assignment", NAME, "--desk", "desk")


def test_a_desk_in_use_is_refused(toyevm: Command, submitted: Path) -> None:
    from toyevm.teaching.desk.journal import DeskJournal

    with DeskJournal(Path("desk"), NAME):
        assert "another run" in toyevm.refuses("grade", submitted, "--assignment", NAME, "--desk", "desk")


def test_what_the_marker_failed_at_is_said_and_the_exit_code_tells(
    toyevm: Command, submitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: Any) -> None:
        raise OSError

    monkeypatch.setattr("toyevm.teaching.desk.worker.mark_notebook", fails)
    answer = toyevm("grade", submitted, "--assignment", NAME)
    assert answer.code == 1
    assert answer.err == "toyevm: not marked as they should be: ada, bob; the column fault says why\n"


PROGRAM = """
import sys
import zipfile
from pathlib import Path
from toyevm.teaching.lab import course
course.ROOT = Path(sys.argv.pop(1))
from toyevm.cli import main
from toyevm.teaching.desk import run
kept = run._Run.keep
def keep(*given):
    kept(*given)
    print("kept", flush=True)
run._Run.keep = keep
main()
"""


def test_ctrl_c_says_how_to_go_on_and_does_not_wait(course: Path, release: Path, tmp_path: Path) -> None:
    for number in range(4):
        place(tmp_path / "submitted", f"s{number}", fill(release, HONEST | {"number": f"my_number = {number}"}))
    place(tmp_path / "submitted", "slow", fill(release, HONEST | {"double": "while True:\n    pass"}))
    command = [sys.executable, "-c", PROGRAM, course, "grade", "submitted", "--assignment", NAME, "--jobs", "2"]
    variables = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        command, cwd=tmp_path, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "kept\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=3)
    assert process.returncode == 130
    assert err.splitlines() == [
        "toyevm: stopped; what was finished is on the desk, and the same command goes on from there"
    ]


@pytest.mark.usefixtures("marker")
def test_the_attacks_of_the_tests_can_be_run_on_the_sandbox_here(
    toyevm: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: attacks.ATTACKS[name] for name in list(attacks.ATTACKS)[:2]}
    monkeypatch.setattr(attacks, "ATTACKS", few)
    rows = toyevm.succeeds("grade", "--check-isolation")
    assert [(row["attack"], row["holds"]) for row in rows] == [(name, True) for name in few]
    assert "2 of 2 attacks win nothing; isolation: bubblewrap" in toyevm.on_terminal("grade", "--check-isolation").out


@pytest.mark.usefixtures("marker")
def test_an_attack_that_wins_is_said_and_the_exit_code_tells(toyevm: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    won = attacks.AttackOutcome("a thief", "bubblewrap", "0 points", "16 points", ())
    monkeypatch.setattr(attacks, "check_isolation", lambda *given: [won])
    answer = toyevm("grade", "--check-isolation")
    assert (answer.code, answer.json[0]["holds"]) == (1, False)
    assert "a thief" in toyevm.on_terminal("grade", "--check-isolation").out


@pytest.mark.parametrize("words", [("x", "--check-isolation"), (), ("x",), ("--assignment", "y")])
def test_what_to_mark_is_said_whole_or_not_at_all(toyevm: Command, words: tuple[str, ...]) -> None:
    assert "--assignment" in toyevm.refuses("grade", *words)
