"""The instructor's ten commands, as course/instructor/README.md has them, with a zip and a worksheet like Moodle's."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command
from toyevm.teaching.grading.mark import read_assignment
from toyevm.teaching.lab.course import ROOT

NAME = "01-the-machine"
README = (ROOT / "course" / "instructor" / "README.md").read_text()
WRONG = {"last-step": "failing_step = 9", "trace-six": "trace = '=1+1'"}
# A name, how many of the 21 points, what is handed in.
CLASS = (("Ada Byron", 21, {}), ("Bo O'Ek", 16, WRONG), ("Cleo Ngô", 0, "essay.pdf"), ("Dan Müller-Schön", None, None))
HEADER = (
    "Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip


def commands() -> list[str]:
    """Return the ten, each with what continues it."""
    (block,) = re.findall(r"in ten commands\n.*?```sh\n(.*?)```", README, re.DOTALL)
    lines = block.replace("\\\n", " ").splitlines()
    return [line for line in lines if not line.startswith("#")]


def notebook(wrong: dict[str, str]) -> bytes:
    document: dict[str, Any] = json.loads((ROOT / "solutions" / NAME / f"{NAME}.ipynb").read_bytes())
    for cell in document["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = wrong.get(grade_id, cell["source"])
    return json.dumps(document).encode()


def write_exports(folder: Path) -> None:
    """Write what an instructor downloads: all submissions, and the grading worksheet."""
    rows = [HEADER]
    with zipfile.ZipFile(folder / "01.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, _, what) in enumerate(CLASS, 52301):
            place = f"{name}_{number}_assignsubmission_file_"
            if isinstance(what, str):
                archive.writestr(f"{place}/{what}", b"%PDF-1.4")
            elif what is not None:
                archive.writestr(f"{place}/{NAME}.ipynb", notebook(what))
            rows.append(
                (f"Participant {number}", name, "", f"s{number}@example.edu", "", "", "21", "Yes", "-", "-", "")
            )
        archive.writestr(f"Eve Elsewhere_52399_assignsubmission_file_/{NAME}.ipynb", notebook({}))
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    (folder / "worksheet.csv").write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def test_there_are_ten_commands_and_lesson_01_is_worth_what_is_said() -> None:
    assert [re.findall(r"# (\d+)", line) for line in commands()] == [[str(number)] for number in range(1, 11)]
    (points,) = re.findall(r"(\d+) in lesson 01", README)
    assert int(points) == sum(each.points for each in read_assignment(NAME).marking.items.exercises.values())


@pytest.mark.slow
@pytest.mark.usefixtures("marker")
def test_the_ten_commands_bring_a_zip_of_moodle_into_its_worksheet(
    toyevm: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grading").mkdir()
    write_exports(tmp_path / "grading")
    said = []
    for line in commands():
        command, *words = shlex.split(line, comments=True)
        if command == "${EDITOR:-nano}":
            with Path(words[0]).open("a") as file:
                file.write('[[override]]\nstudent = "s52302@example.edu"\nitem = "last-step"\npoints = 1\n')
        elif command == ".venv/bin/toyevm" and "--check-isolation" not in words:
            answer = toyevm(*words)
            assert answer.code == 0, answer.err
            said.append(answer)
    assert (said[0].json["absent"], said[0].json["unmatched"]) == (["s52304@example.edu"], 1)
    assert (said[0].json["marked"], said[2].json["marked"]) == (2, 0)
    with Path("grading", "import.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    earned = [(row["Full name"], row["Grade"]) for row in rows]
    by_hand = {"Bo O'Ek": 1}
    assert earned == [(name, "" if points is None else str(points + by_hand.get(name, 0))) for name, points, _ in CLASS]
    assert rows[2]["Feedback comments"].count("essay.pdf") == 1
    assert len(list(Path("grading", "feedback").glob("*.html"))) == len(CLASS)
    assert "last-that-ran" in Path("grading", "report.html").read_text()
