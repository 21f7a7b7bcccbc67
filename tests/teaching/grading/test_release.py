"""What is released comes from the solutions, byte for byte, gives nothing away, and marks as it should in nbgrader."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.teaching.grading.folder import grade_folder
from tests.teaching.grading.leaks import leaks, regions, secret_digests, secret_texts, stored_results
from tests.teaching.grading.sample import HONEST, NAME, SECRET, place, source_notebook, write_sample
from toyevm.errors import InputError
from toyevm.teaching.grading.mark import read_assignment
from toyevm.teaching.grading.release import CODE_STUB, make_exercises, release_notebook, write_exercises
from toyevm.teaching.grading.submission import Role

SOLUTIONS = REPOSITORY / "solutions"
ASSIGNMENTS = sorted(path.stem for path in SOLUTIONS.glob("*/*.ipynb"))
SAMPLED = "01-the-machine"  # programs and numbers; the sample has a function


@pytest.fixture(scope="module")
def released() -> dict[str, bytes]:
    return make_exercises(SOLUTIONS)


def notebooks(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    return {name: json.loads(data) for name, data in files.items() if name.endswith(".ipynb")}


# --- the same bytes -------------------------------------------------------------------------------------------------


def test_the_stored_exercises_are_those_that_make_exercises_writes(released: dict[str, bytes]) -> None:
    exercises = REPOSITORY / "exercises"
    files = [path for path in exercises.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts]
    stored = {path.relative_to(exercises).as_posix(): path.read_bytes() for path in files}
    assert stored.keys() == released.keys()
    assert [name for name in stored if stored[name] != released[name]] == []


def test_a_release_does_not_depend_on_the_run_of_its_source() -> None:
    first, again = source_notebook(), source_notebook()
    for number, cell in enumerate(again["cells"]):
        cell["metadata"] |= {"execution": {"iopub.execute_input": "today"}, "collapsed": True}
        if cell["cell_type"] == "code":
            cell |= {"execution_count": number + 40, "outputs": []}
    again["metadata"] |= {"widgets": {}, "language_info": {"name": "python", "version": "3.99"}}
    one, other = (release_notebook(json.dumps(notebook).encode(), "x") for notebook in (first, again))
    assert one == other


def test_a_change_of_the_source_reaches_the_release() -> None:
    changed = source_notebook()
    changed["cells"][0]["source"] = "# Sample, improved"
    one, other = (release_notebook(json.dumps(notebook).encode(), "x") for notebook in (source_notebook(), changed))
    assert one != other


def test_a_second_release_changes_nothing(tmp_path: Path) -> None:
    write_exercises(write_sample(tmp_path))
    before = {path: path.read_bytes() for path in (tmp_path / "exercises").rglob("*.*")}
    write_exercises(tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "exercises").rglob("*.*")} == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cell: cell.update(source="### BEGIN SOLUTION\nx = 1"), "no end solution"),
        (lambda cell: cell["metadata"].clear(), "non-solution cell"),
        (lambda cell: cell["metadata"]["nbgrader"].update(grade_id="setup"), "nbgrader refuses it"),
    ],
)
def test_a_source_that_nbgrader_refuses_is_refused_in_one_line(
    change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    notebook = source_notebook()
    change(notebook["cells"][2])
    with pytest.raises(InputError, match=message) as caught:
        release_notebook(json.dumps(notebook).encode(), "sample.ipynb")
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.where == "sample.ipynb"


def test_an_exercise_without_a_source_is_refused(tmp_path: Path) -> None:
    root = write_sample(tmp_path)
    (root / "exercises" / "09-gone").mkdir(parents=True)
    (root / "exercises" / "09-gone" / "09-gone.ipynb").write_text("{}")
    with pytest.raises(InputError, match="09-gone"):
        write_exercises(root)


def test_what_jupyter_leaves_beside_an_exercise_needs_no_source(tmp_path: Path) -> None:
    root = write_sample(tmp_path)
    (first, *_) = write_exercises(root)
    (first.parent / ".ipynb_checkpoints").mkdir()
    assert first in write_exercises(root)


def test_a_folder_without_solutions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no solutions"):
        write_exercises(tmp_path)


# --- nothing given away ---------------------------------------------------------------------------------------------


def test_no_solution_hash_or_stored_result_is_released(released: dict[str, bytes]) -> None:
    assert leaks(released, SOLUTIONS) == []
    assert {name: stored_results(notebook) for name, notebook in notebooks(released).items()} == {
        name: [] for name in notebooks(released)
    }


def test_the_leak_scan_has_secrets_to_look_for() -> None:
    assert len(list(regions(SOLUTIONS))) >= 7
    assert len(secret_texts(SOLUTIONS)) > 20
    assert len(secret_digests(SOLUTIONS)) > 100


def _sources(sample: Path) -> dict[str, bytes]:
    return make_exercises(sample / "solutions")


LEAKS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "solution": lambda n: n["cells"][2].update(source=HONEST["double"]),
    "solution in other lines": lambda n: n["cells"][0].update(source="    " + HONEST["double"].replace(" ", "  ")),
    "marker": lambda n: n["cells"][2].update(source="### BEGIN SOLUTION"),
    "hash of a short value": lambda n: n["cells"][4].update(
        source=f"assert digest(x) == {hashlib.sha256(str(SECRET).encode()).hexdigest()!r}"
    ),
    "md5": lambda n: n["metadata"].update(check=hashlib.md5(str(SECRET).encode()).hexdigest()),
}


@pytest.mark.parametrize("name", LEAKS)
def test_every_planted_leak_is_found(sample: Path, release: Path, name: str) -> None:
    notebook = json.loads(release.read_bytes())
    key = f"{NAME}/{NAME}.ipynb"
    assert leaks({key: json.dumps(notebook).encode()}, sample / "solutions") == []
    LEAKS[name](notebook)
    assert leaks({key: json.dumps(notebook).encode()}, sample / "solutions") != []


def test_no_private_file_is_released(sample: Path) -> None:
    turns = b'[[turn]]\nid = "double"\nright = "4"\n'
    (sample / "solutions" / NAME / "turns.toml").write_bytes(turns)
    assert {name.rsplit("/", 1)[-1] for name in _sources(sample)} == {f"{NAME}.ipynb", "data.txt"}
    assert leaks({f"{NAME}/turns.toml": turns}, sample / "solutions") != []
    marking = (sample / "solutions" / NAME / "marking.toml").read_bytes()
    assert leaks({f"{NAME}/marking.toml": marking}, sample / "solutions") != []
    assert leaks({f"{NAME}/notes.md": marking}, sample / "solutions") != []


def test_every_stored_result_is_found() -> None:
    assert len(stored_results(source_notebook())) == 7


# --- what an untouched notebook does --------------------------------------------------------------------------------


def run_all(notebook: Any, folder: Path) -> Any:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    client = nbclient.NotebookClient(
        nbformat.reads(json.dumps(notebook), as_version=4),
        timeout=60,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute()  # raises at the first cell that does


def printed(cell: dict[str, Any]) -> str:
    shown = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell["outputs"]]
    return "".join(map("".join, shown))


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_an_untouched_exercise_runs_to_its_end(
    released: dict[str, bytes], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOYEVM_MODE", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    done = run_all(json.loads(released[f"{name}/{name}.ipynb"]), REPOSITORY / "exercises" / name)
    checks = [cell for cell in done.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(checks) == len(read_assignment(name).items)
    assert [cell.source for cell in checks if "Missing" not in printed(cell)] == []
    assert [cell.source for cell in done.cells if any(o.get("name") == "stderr" for o in cell.get("outputs", []))] == []


@pytest.mark.usefixtures("marker")
def test_an_untouched_notebook_earns_nothing_and_a_solved_one_everything(
    released: dict[str, bytes], tmp_path: Path
) -> None:
    for name in ASSIGNMENTS:
        for student, data in {
            "untouched": released[f"{name}/{name}.ipynb"],
            "solved": (SOLUTIONS / name / f"{name}.ipynb").read_bytes(),
        }.items():
            path = tmp_path / student / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
    for name in ASSIGNMENTS:
        rows = grade_folder(tmp_path, name, 2)
        assert [row for row in rows if row["student"] == "untouched" and row["points"]] == []
        assert [row for row in rows if row["student"] == "solved" and row["points"] != row["max"]] == []
        assert sum(row["max"] for row in rows if row["student"] == "solved") > 0


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_points_in_the_notebook_are_those_of_the_items(released: dict[str, bytes], name: str) -> None:
    assignment = read_assignment(name)
    checks = [cell for cell in assignment.release if cell.role is Role.CHECK]
    cells = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in notebooks(released)[f"{name}/{name}.ipynb"]["cells"]}  # fmt: skip  # noqa: E501
    points = {cell.name: cells[cell.name]["metadata"]["nbgrader"]["points"] for cell in checks}
    assert sum(points.values()) == assignment.marking.items.points


# --- nbgrader, as an instructor would use it ------------------------------------------------------------------------


# nbgrader starts a program to ask for the version of its schema, a second each time it opens the gradebook: ask once.
DRIVER = """
import functools, json, sys
import nbgrader.api
from nbgrader.apps import NbGraderAPI
from traitlets.config.loader import PyFileConfigLoader

nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)

api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py").load_config())
for action, *arguments in json.load(sys.stdin):
    done = getattr(api, action)(*arguments)
    assert done["success"], done.get("error") or done["log"]
"""


def nbgrader(root: Path, *actions: tuple[str, ...]) -> None:
    """Let nbgrader do these things, one after the other, with the configuration an instructor has."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "JUPYTER_CONFIG_DIR": str(root / "jupyter")}
    environment.pop("TOYEVM_MODE", None)
    done = subprocess.run(
        [sys.executable, "-c", DRIVER], cwd=root, env=environment, input=json.dumps(actions), capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]


def scores(root: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Return score and maximum by assignment and student, from nbgrader's own gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/grading/gradebook.db") as book:
        return {
            (assignment.name, submission.student.id): (submission.score, submission.max_score)
            for assignment in book.assignments
            for submission in assignment.submissions
        }


BY_NBGRADER = [[SAMPLED], pytest.param(ASSIGNMENTS, marks=pytest.mark.whole)]


@pytest.fixture(scope="module", params=BY_NBGRADER, ids=["one", "all"])
def nbgrader_course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instructor's checkout after release, collection and autograding: the sample and real assignments.

    Three students hand in: one nothing but the release, one the solutions, one without the check of the first item.
    """
    root = write_sample(tmp_path_factory.mktemp("course"))
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    for name in request.param:
        shutil.copytree(SOLUTIONS / name, root / "solutions" / name)
        shutil.copytree(REPOSITORY / "course" / name, root / "course" / name)
    shutil.copy(REPOSITORY / "course" / "concepts.toml", root / "course")
    submitted = root / "grading" / "submitted"
    for name, data in make_exercises(root / "solutions").items():
        if name.endswith(".ipynb"):
            for student, content in {"untouched": data, "solved": (root / "solutions" / name).read_bytes()}.items():
                (submitted / student / name).parent.mkdir(parents=True)
                (submitted / student / name).write_bytes(content)
    unchecked = source_notebook()
    unchecked["cells"] = [cell for cell in unchecked["cells"] if cell["id"] != "check-double"]
    place(submitted, "unchecked", unchecked)
    students = [(path.parent.name, path.name) for path in sorted(submitted.glob("*/*"))]
    nbgrader(
        root,
        *(("generate_assignment", name) for name in [NAME, *request.param]),
        *(("autograde", name, student) for student, name in students),
    )
    return root


@pytest.mark.slow
def test_nbgrader_would_release_the_same(nbgrader_course: Path) -> None:
    made = make_exercises(nbgrader_course / "solutions")
    exercises = nbgrader_course / "exercises"
    theirs = {path.relative_to(exercises).as_posix(): path.read_bytes() for path in exercises.rglob("*.*")}
    assert theirs.keys() == made.keys()
    for name in notebooks(made):
        ours, nbgraders = (json.loads(data)["cells"] for data in (made[name], theirs[name]))
        assert len(ours) == len(nbgraders)
        for our, their in zip(ours, nbgraders, strict=True):
            assert "".join(our["source"]) == "".join(their["source"])
            assert our["metadata"].get("nbgrader") == their["metadata"].get("nbgrader")
            assert our["metadata"].get("deletable") == their["metadata"].get("deletable")


@pytest.mark.slow
def test_nbgrader_gives_an_untouched_notebook_nothing_and_a_solved_one_everything(nbgrader_course: Path) -> None:
    found = scores(nbgrader_course)
    names = {path.name for path in nbgrader_course.glob("solutions/*")}
    assert {name for name, _ in found} == names >= {NAME, SAMPLED}
    for name in names:
        score, most = found[name, "solved"]
        assert score == most > 0, name
        assert found[name, "untouched"] == (0, most)
    assert found[NAME, "unchecked"] == found[NAME, "solved"]  # a deleted check is asked all the same


def test_a_released_stub_runs_and_returns_nothing(release: Path) -> None:
    sources = ["".join(cell["source"]) for cell in json.loads(release.read_bytes())["cells"]]
    assert sum(CODE_STUB in source for source in sources) == 3
    namespace: dict[str, Any] = {}
    for source in sources:
        if CODE_STUB in source:
            exec(source, namespace)
    assert namespace["merge"]([1], [2]) is None
