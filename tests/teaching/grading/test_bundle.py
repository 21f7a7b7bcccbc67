"""The students' bundle: all they need, nothing that marks them, and it works where nothing is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.teaching.grading.leaks import SHOWN, leaks, stored_results
from tests.teaching.grading.sample import NAME, SECRET, write_sample
from toyevm.errors import InputError
from toyevm.teaching.grading import bundle
from toyevm.teaching.grading.bundle import bundle_files, write_bundle
from toyevm.teaching.grading.mark import read_assignment
from toyevm.teaching.grading.release import write_exercises
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.marking import read_marking
from toyevm.teaching.lab.variants import Variant

LESSON = "01-the-machine"
TOP_LEVEL = {"README.md", *bundle.TOP_LEVEL, "toyevm", "course", "exercises"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bundle(REPOSITORY, tmp_path_factory.mktemp("dist") / "toyevm-course.zip")


@pytest.fixture(scope="module")
def files(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        return {name.removeprefix("toyevm-course/"): opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder / "toyevm-course"


def test_the_top_level_holds_exactly_the_agreed_files(files: dict[str, bytes]) -> None:
    assert {name.partition("/")[0] for name in files} == TOP_LEVEL


def test_everything_students_need_is_in_the_bundle(files: dict[str, bytes]) -> None:
    lessons = {f"course/{path.parent.name}/{path.name}" for path in (REPOSITORY / "course").glob("*/*.ipynb")}
    items = {f"course/{path.parent.name}/{path.name}" for path in (REPOSITORY / "course").glob("[0-9]*/items.toml")}
    exercises = {f"exercises/{path.parent.name}/{path.name}" for path in (REPOSITORY / "exercises").glob("*/*.ipynb")}
    needed = {"toyevm/cli/app.py", "toyevm/teaching/lab/lessons.py"}
    needed |= {f"course/{LESSON}/block.json", "course/concepts.toml"}
    assert needed | lessons | items | exercises <= files.keys()
    assert exercises


def test_nothing_that_marks_students_is_in_the_bundle(files: dict[str, bytes]) -> None:
    assert [leak for leak in leaks(files, REPOSITORY / "solutions") if leak not in SHOWN] == []
    assert [name for name in files if "marking.toml" in name or "solution" in name or "instructor" in name] == []
    assert [name for name in files if name.startswith("tests") or "__pycache__" in name or "/." in name] == []
    stored = {name: stored_results(json.loads(data)) for name, data in files.items() if name.endswith(".ipynb")}
    assert {name: cells for name, cells in stored.items() if cells} == {}


def test_no_file_names_a_path_of_the_machine_that_made_it(files: dict[str, bytes]) -> None:
    assert [name for name, data in files.items() if str(REPOSITORY).encode() in data] == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A checkout with the sample course and everything private that one could forget to leave out."""
    root = write_sample(tmp_path / "root")
    write_exercises(root)
    for name in bundle.TOP_LEVEL:
        (root / name).write_text(f"{name}\n")
    for name in ("tests/test_x.py", "grading/gradebook.db", "toyevm/x.py", "toyevm/__pycache__/x.pyc", "secrets.txt",
                 "toyevm/.hidden", "course/.ipynb_checkpoints/x.ipynb"):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(str(SECRET))
    return root


def test_only_what_is_on_the_list_is_in_the_bundle(small: Path) -> None:
    names = {name for name, _ in bundle_files(small)}
    course = {f"course/{NAME}/{NAME}.ipynb", f"course/{NAME}/items.toml"}
    exercises = {f"exercises/{NAME}/{NAME}.ipynb", f"exercises/{NAME}/data.txt"}
    assert names == {"README.md", *bundle.TOP_LEVEL, "toyevm/x.py", *course, *exercises}


def test_a_leak_in_the_bundle_is_found(small: Path) -> None:
    assert leaks(dict(bundle_files(small)), small / "solutions") == []
    marking = (small / "solutions" / NAME / "marking.toml").read_text()
    (small / "toyevm" / "notes.md").write_text(marking)
    assert leaks(dict(bundle_files(small)), small / "solutions") != []


def test_two_bundles_of_the_same_course_are_equal(small: Path, tmp_path: Path) -> None:
    first = write_bundle(small, tmp_path / "a.zip").read_bytes()
    for path in small.rglob("*.*"):
        os.utime(path, (1, 1))
    assert write_bundle(small, tmp_path / "b.zip").read_bytes() == first


def test_a_bundle_of_half_a_checkout_is_refused(small: Path) -> None:
    (small / "LICENSE").unlink()
    with pytest.raises(InputError, match="LICENSE"):
        write_bundle(small)


# --- it works -------------------------------------------------------------------------------------------------------

RUN = """
import sys, nbclient, nbformat, pathlib
path = pathlib.Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
code = "import toyevm; print(toyevm.__file__)"
notebook.cells.append(nbformat.v4.new_code_cell(code))
done = nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(path.parent)}}).execute()
print(done.cells[-1].outputs[0].text)
"""


@pytest.mark.slow
def test_a_lesson_of_the_bundle_runs_with_what_is_in_it(unpacked: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-c", RUN, f"course/{LESSON}/{LESSON}.ipynb"]
    done = subprocess.run(
        command, cwd=unpacked, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.strip().endswith(str(unpacked / "toyevm" / "__init__.py"))


def test_a_student_can_make_a_working_copy_of_the_bundle(unpacked: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-c", "from toyevm.cli import main; main()", "lab", "--prepare-only"]
    done = subprocess.run(
        command, cwd=unpacked, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (unpacked / "my-course" / "course" / LESSON / f"{LESSON}.ipynb").exists()
    assert (unpacked / "my-course" / "exercises" / LESSON / f"{LESSON}.ipynb").exists()


@pytest.mark.parametrize("module", ["release", "grade"])
def test_a_student_who_tries_to_release_or_mark_is_told_what_is_missing(unpacked: Path, module: str) -> None:
    program = {
        "release": "from toyevm.teaching.grading.release import main; raise SystemExit(main())",
        "grade": f"from toyevm.cli import main; main(['grade', 'exercises', '--assignment', '{LESSON}'])",
    }[module]
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=unpacked, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "solutions" in done.stderr.strip().splitlines()[-1]


def test_a_student_gets_and_is_marked_by_their_own_numbers(tmp_path: Path) -> None:
    """Ada's bundle says whose numbers it has; her right answer earns full marks under her release, not under none."""
    ada = Variant("ada", "2027-spring")
    with zipfile.ZipFile(write_bundle(REPOSITORY, tmp_path / "ada.zip", ada)) as opened:
        said = opened.read(f"toyevm-course/course/{LESSON}/variant.json")
    assert json.loads(said) == {"student": "ada", "release": "2027-spring"}
    items = read_items(REPOSITORY / "course" / LESSON / "items.toml", ada)
    right = read_marking(REPOSITORY / "solutions" / LESSON / "marking.toml", items)
    common = read_marking(
        REPOSITORY / "solutions" / LESSON / "marking.toml", read_items(REPOSITORY / "course" / LESSON / "items.toml")
    )
    hers = read_assignment(LESSON, variant=ada)
    assert hers.marking.cases("trace-six") == right.cases("trace-six") != common.cases("trace-six")
    assert read_assignment(LESSON).marking.cases("trace-six") == common.cases("trace-six")


@pytest.mark.parametrize("arguments", [["2027"], ["../x", "ada"], ["2027", "a/b"], ["", "ada"]])
def test_a_release_of_nonsense_is_refused_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
