"""`toyevm marks`: a desk's marks into files, said in JSON; who is left out is said."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command
from tests.teaching.desk.desks import a_desk, marks
from tests.teaching.grading.conftest import release, sample
from tests.teaching.grading.sample import FULL

__all__ = ["release", "sample"]

CANVAS = "Student,ID,SIS Login ID,Section,Sample (7)\n    Points Possible,,,,6\nA,1,ada,S,\nB,2,bob,S,\nC,3,cy,S,1\n"


@pytest.fixture
def desk(sample: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("toyevm.teaching.lab.course.ROOT", sample)
    monkeypatch.chdir(tmp_path)
    return a_desk(tmp_path / "desk", release, {"ada": marks(FULL), "bob": marks((2, 0, 1), "first"), "eve": None})


@pytest.mark.parametrize("kind", ["long", "wide", "parquet", "nbgrader"])
def test_marks_in_every_form(toyevm: Command, desk: Path, kind: str) -> None:
    report = toyevm.succeeds("marks", desk, "--to", kind, "--out", "out/marks")
    assert (report["students"], report["out"]) == (3, "out/marks")
    assert Path("out/marks").stat().st_size > 100


def test_a_gradebook_of_canvas_is_filled_and_who_is_left_out_is_said(toyevm: Command, desk: Path) -> None:
    Path("canvas.csv").write_text(CANVAS)
    answer = toyevm("marks", desk, "--to", "canvas", "--gradebook", "canvas.csv", "--out", "new.csv")
    assert answer.code == 1  # eve is on the desk, and not in the gradebook
    assert answer.json["filled"] == 2
    assert answer.json["left"] == {"eve": "is not in the gradebook"}
    assert "canvas.csv line 5: C: nobody on the desk" in answer.err
    assert Path("new.csv").read_text() == CANVAS.replace("ada,S,", "ada,S,6").replace("bob,S,", "bob,S,3")


def test_codes_stand_in_place_of_students(toyevm: Command, desk: Path) -> None:
    toyevm.succeeds("marks", desk, "--to", "wide", "--out", "wide.csv", "--anonymous")
    with Path("wide.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert not {"ada", "bob", "eve"} & {row["student"] for row in rows}
    assert sorted(float(row["total"]) for row in rows) == [0, 3, 6]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing to do"),
        (("--to", "excel", "--out", "x"), "no kind 'excel'"),
        (("--to", "wide"), "--to and --out go together"),
        (("--to", "canvas", "--out", "x"), "--gradebook"),
        (("--to", "wide", "--out", "x", "--scale"), "--scale"),
        (("--to", "canvas", "--out", "canvas.csv", "--gradebook", "canvas.csv"), "would write over"),
        (("--to", "nbgrader", "--out", "x", "--anonymous"), "--anonymous"),
        (("--to", "canvas", "--out", "x", "--gradebook", "none.csv"), "none.csv"),
    ],
)
def test_what_cannot_be_meant_is_one_line_and_writes_nothing(
    toyevm: Command, desk: Path, words: tuple[str, ...], said: str
) -> None:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert said in toyevm.refuses("marks", desk, *words)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_a_folder_that_is_no_desk_is_refused(toyevm: Command, desk: Path) -> None:
    assert "a desk of `toyevm grade`" in toyevm.refuses("marks", desk.parent, "--to", "wide", "--out", "x")


@pytest.mark.parametrize(
    "wrong",
    [{"items": 3}, {"items": {"x": "2"}}, {"attempts": [{"student": "ada"}]}, {"absent": 3}, {"unmatched": ["x"]}, 3],
)
def test_a_register_that_is_none_is_refused(toyevm: Command, desk: Path, wrong: Any) -> None:
    document = json.loads((desk / "register.json").read_text())
    (desk / "register.json").write_text(json.dumps(document | wrong if isinstance(wrong, dict) else wrong))
    assert "no register" in toyevm.refuses("marks", desk, "--to", "wide", "--out", "x")


def test_a_register_that_is_nested_too_deep_is_refused(toyevm: Command, desk: Path) -> None:
    (desk / "register.json").write_text("[" * 200_000)
    assert "no register" in toyevm.refuses("marks", desk, "--to", "wide", "--out", "x")


def test_pages_for_students_and_the_report_go_with_a_table(toyevm: Command, desk: Path) -> None:
    words = ("--to", "wide", "--out", "wide.csv", "--feedback", "pages", "--report", "report.html")
    report = toyevm.succeeds("marks", desk, *words)
    assert (report["pages"], report["similar"]) == (3, 0)
    assert sorted(path.name for path in Path("pages").iterdir()) == ["ada.html", "bob.html", "eve.html"]
    assert b"how the class did" in Path("report.html").read_bytes()


def test_a_report_under_codes_has_no_names(toyevm: Command, desk: Path) -> None:
    toyevm.succeeds("marks", desk, "--report", "report.html", "--anonymous")
    assert not {"ada", "bob", "eve"} & set(re.findall(r"\w+", Path("report.html").read_text()))


def test_at_a_terminal_it_is_a_sentence(toyevm: Command, desk: Path) -> None:
    Path("canvas.csv").write_text(CANVAS + "E,4,eve,S,\n")
    answer = toyevm.on_terminal("marks", desk, "--to", "canvas", "--gradebook", "canvas.csv", "--out", "new.csv")
    assert (answer.code, answer.err.count("eve: nothing was handed in")) == (0, 1)
    assert "2 of 3 students have a mark in 'Sample (7)' now, found by SIS Login ID." in " ".join(answer.out.split())
