"""`lesson(...)` works wherever a notebook may lie, needs no display, and lets an unsolved notebook run to its end."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.lab.bank import FIXTURE, REPOSITORY
from toyevm.errors import InputError
from toyevm.teaching.lab import lesson
from toyevm.teaching.lab.check import Feedback
from toyevm.teaching.lab.lessons import find_lesson
from toyevm.teaching.lab.variants import VARIANT, Variant, variant_bytes
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lab.workspace import prepare_workspace

COURSE = FIXTURE / "course"
SOLUTIONS = sorted((REPOSITORY / "solutions").glob("*/[0-9][0-9]-*.ipynb"))
STUB = "...  # Your turn"

# ipywidgets and matplotlib may not even be looked for.
WITHOUT_DISPLAY = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("ipywidgets", "matplotlib", "IPython", "numpy", "networkx"):
            raise ImportError(name)

sys.meta_path.insert(0, Refuse())
from toyevm.teaching.lab import lesson

lab = lesson("01-the-machine")
for panel in (lab.predict("sub-order"), lab.predict("sub-order", choose="C"), lab.reveal("sub-order", run=1),
              lab.check("larger", ...), lab.check("larger", "PUSH0"), lab.hint("larger"), lab.parsons("larger"),
              lab.retrieve(), lab.reflect("failed-read-set"), lab.progress(), lab.forget()):
    assert panel._repr_mimebundle_()["text/plain"]
print(lab)
"""


def test_the_laboratory_needs_no_display() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DISPLAY], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "<lesson 01-the-machine: 7 predictions, 8 exercises, 21 points>\n"


@pytest.mark.parametrize("folder", [".", "course", "course/03-shop", "solutions/03-shop", "exercises/03-shop/deep"])
def test_a_lesson_is_found_from_wherever_its_notebook_lies(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_workspace(COURSE, tmp_path)
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / folder)
    assert find_lesson("03-shop") == tmp_path / "course" / "03-shop"


def test_outside_a_course_only_the_lessons_of_the_checkout_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert lesson("01-the-machine").items.points == 21  # that of the checkout
    for name in ("04-none", "", "01", "../course/01-the-machine"):
        with pytest.raises(InputError, match="no lesson"):
            lesson(name)


def test_a_student_of_a_variant_gets_their_own_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_workspace(COURSE, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert lesson("03-shop").items.exercise("plus").numbers == {"n": 7}
    for student in "abcde":
        variant = Variant(student, "autumn")
        (tmp_path / "course" / "03-shop" / VARIANT).write_bytes(variant_bytes(variant))
        own = lesson("03-shop").items.exercise("plus")
        assert own.numbers == variant.draw("plus", own.parameters)


def test_a_marker_finds_the_private_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_workspace(COURSE, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOYEVM_MODE", "mark")
    monkeypatch.setenv("TOYEVM_SOLUTIONS", str(FIXTURE / "solutions"))
    assert lesson("03-shop").check("units", 3) == 2
    monkeypatch.chdir(FIXTURE)
    monkeypatch.delenv("TOYEVM_SOLUTIONS")
    assert lesson("03-shop").check("units", 3) == 2


def unsolved(source: str) -> str:
    """Return a cell as students get it."""
    region = r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION$"
    return re.sub(region, rf"\g<1>{STUB}", source, flags=re.DOTALL | re.MULTILINE)


def run_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run an unsolved notebook; return what the last line of each check came to, by grade_id."""
    monkeypatch.chdir(path.parent)
    names: dict[str, Any] = {}
    came: dict[str, Any] = {}
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] != "code":
            continue
        source, role = unsolved("".join(cell["source"])), cell["metadata"].get("nbgrader", {})
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors := io.StringIO()):
            if role.get("grade"):
                came[role["grade_id"]] = eval(source, names)
            else:
                exec(source, names)
        assert errors.getvalue() == ""
    return came


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_an_unsolved_notebook_runs_to_its_end_and_earns_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came = run_all(path, monkeypatch)
    assert came
    for feedback in came.values():
        assert isinstance(feedback, Feedback)
        assert feedback.verdict.status is Status.MISSING
        assert feedback.text.startswith(f"**{feedback.verdict.item.title}")
        assert f"Missing: `{feedback.verdict.item.answer}`" in feedback.text
    monkeypatch.setenv("TOYEVM_MODE", "mark")
    assert set(run_all(path, monkeypatch).values()) == {0}


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_an_exercise_is_worth_the_same_in_nbgrader(path: Path) -> None:
    """The points in the notebook's metadata are those of the items, and every item is checked once."""
    items = lesson(path.stem).items
    cells = json.loads(path.read_text())["cells"]
    worth = {}
    for cell in cells:
        role = cell["metadata"].get("nbgrader", {})
        if role.get("grade"):
            (item_id,) = re.findall(r'lab\.check\(\s*"([^"]+)"', "".join(cell["source"]))
            assert item_id not in worth
            worth[item_id] = role["points"]
    assert worth == {item.id: item.points for item in items.exercises.values()}


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SOLUTIONS))
def test_each_exercise_of_each_lesson_gives_its_hints(name: str) -> None:
    """Some exercises share a name with a turn of their lesson: `hint` means the exercise."""
    folder = REPOSITORY / "course" / name
    if not (folder / "items.toml").is_file():
        return
    lab = lesson(name)
    for item in lab.items.exercises.values():
        for level, words in enumerate(item.hints, 1):
            assert lab.hint(item.id, level).text.startswith(f"**Hint {level} of 3.** {words}"), item.id
