"""What is handed in may be anything; the release says what was asked, and one bad file never costs another student."""

from __future__ import annotations

import copy
import csv
import json
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.teaching.grading.folder import COLUMNS, Row, grade_folder, to_csv, warnings
from tests.teaching.grading.sample import FULL, HONEST, NAME, SECRET, fill, nbgrader, place, source_notebook
from toyevm.errors import InputError
from toyevm.teaching.grading.mark import Assignment, read_assignment
from toyevm.teaching.grading.plainjson import read_json
from toyevm.teaching.grading.process import Said
from toyevm.teaching.grading.sandbox import Limits, read_outcome
from toyevm.teaching.grading.submission import Role, assemble_notebook, read_notebook, read_release
from toyevm.teaching.lab.variants import Variant

pytestmark = pytest.mark.usefixtures("marker")

Notebook = dict[str, Any]
FILE = f"{NAME}/{NAME}.ipynb"


def total(rows: list[Row], student: str) -> int:
    (row,) = (row for row in rows if row["student"] == student and row["item"] == "total")
    return int(row["points"])


def first_message(rows: list[Row], student: str) -> str:
    return str(next(row["message"] for row in rows if row["student"] == student))


# --- files ----------------------------------------------------------------------------------------------------------


def link(folder: Path, student: str, release: Path) -> None:
    (folder / student / NAME).mkdir(parents=True)
    (folder / student / FILE).symlink_to(folder / "honest" / FILE)


def linked_folder(folder: Path, student: str, release: Path) -> None:
    (folder / student).mkdir()
    (folder / student / NAME).symlink_to(folder / "honest" / NAME)


def linked_student(folder: Path, student: str, release: Path) -> None:
    (folder / student).symlink_to(folder / "honest")


def pipe(folder: Path, student: str, release: Path) -> None:
    (folder / student / NAME).mkdir(parents=True)
    os.mkfifo(folder / student / FILE)


def directory(folder: Path, student: str, release: Path) -> None:
    (folder / student / FILE).mkdir(parents=True)


def nothing(folder: Path, student: str, release: Path) -> None:
    (folder / student).mkdir()


def huge(folder: Path, student: str, release: Path) -> None:
    os.truncate(place(folder, student, b"{"), 1 << 40)  # takes no room


def content(data: bytes) -> Callable[[Path, str, Path], None]:
    return lambda folder, student, release: place(folder, student, data) and None


def cells(count: int) -> Callable[[Path, str, Path], None]:
    cell = {"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": None}

    def write(folder: Path, student: str, release: Path) -> None:
        notebook = fill(release, HONEST)
        notebook["cells"] += [cell] * count
        place(folder, student, notebook)

    return write


BAD: dict[str, tuple[Callable[[Path, str, Path], None], str]] = {
    "link": (link, "a link"),
    "link to a folder": (linked_folder, "a link"),
    "link to a student": (linked_student, "a link"),
    "pipe": (pipe, "not a plain file"),
    "directory": (directory, "not a plain file"),
    "nothing": (nothing, "there is no notebook"),
    "huge": (huge, "too large"),
    "empty": (content(b""), "not JSON"),
    "cut off": (content(b'{"cells": ['), "not JSON"),
    "binary": (content(bytes(range(256)) * 10), "not JSON"),
    "deep": (content(b"[" * 100_000), "too deep"),
    "deep and whole": (content(b'{"a":' * 50_000 + b"1" + b"}" * 50_000), "too deep"),
    "long number": (content(b'{"nbformat": ' + b"4" * 1_000_000 + b"}"), "a number is too long"),
    "quotes": (content(b'"' + b'\\"' * 1_000_000), "not JSON"),  # quadratic time, for a careless pattern
    "not an object": (content(b"3"), "not a notebook"),
    "old format": (content(b'{"nbformat": 3, "worksheets": []}'), "not a notebook"),
    "no cells": (content(b'{"nbformat": 4}'), "not a notebook"),
    "cells that are none": (content(b'{"nbformat": 4, "cells": [3]}'), "not a notebook"),
    "100,000 cells": (cells(100_000), "100,0"),
}


@pytest.fixture(scope="module")
def marked(sample: Path, release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Row], float]:
    folder = tmp_path_factory.mktemp("submitted")
    place(folder, "honest", fill(release, HONEST))
    place(folder, "zoe", fill(release, HONEST))
    for student, (write, _) in BAD.items():
        write(folder, student, release)
    (folder / "notes.txt").write_text("no student")
    (folder / ".hidden").mkdir()
    began = time.process_time()
    rows = grade_folder(folder, NAME, 2, root=sample)
    return rows, time.process_time() - began


@pytest.mark.parametrize("student", BAD)
def test_a_file_that_is_no_notebook_earns_nothing_and_says_why(marked: tuple[list[Row], float], student: str) -> None:
    rows, _ = marked
    assert total(rows, student) == 0
    assert BAD[student][1] in first_message(rows, student)
    assert len(first_message(rows, student).splitlines()) == 1


def test_honest_students_among_bad_files_lose_nothing(marked: tuple[list[Row], float]) -> None:
    rows, seconds = marked
    assert total(rows, "honest") == total(rows, "zoe") == sum(FULL)
    assert {row["student"] for row in rows} == {*BAD, "honest", "zoe"}
    assert seconds < 10


# --- cells ----------------------------------------------------------------------------------------------------------


def by_id(notebook: Notebook, name: str) -> dict[str, Any]:
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == name)
    return dict(cell)


def without(*names: str) -> Callable[[Notebook], None]:
    return lambda notebook: notebook.update(cells=[cell for cell in notebook["cells"] if cell["id"] not in names])


def twice(name: str, first: str) -> Callable[[Notebook], None]:
    """The cell `name` once more before itself, with another source."""

    def change(notebook: Notebook) -> None:
        at = [cell["id"] for cell in notebook["cells"]].index(name)
        notebook["cells"].insert(at, {**notebook["cells"][at], "source": first})

    return change


def helper(notebook: Notebook) -> None:
    """A cell of the student's own, and an answer that needs it."""
    own = {"cell_type": "code", "metadata": {}, "source": f"helper = {SECRET}", "outputs": [], "execution_count": 1}
    notebook["cells"].insert(2, own)
    set_source(notebook, "number", "my_number = helper + 0 * limit")


def set_source(notebook: Notebook, name: str, source: Any) -> None:
    for cell in notebook["cells"]:
        if cell.get("id") == name:
            cell["source"] = source


def set_metadata(name: str, value: Any) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        for cell in notebook["cells"]:
            if cell["id"] == name:
                cell["metadata"] = value

    return change


def to_markdown(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        if cell["id"] == "number":
            cell["cell_type"] = "markdown"


CHANGES: dict[str, tuple[Callable[[Notebook], None], tuple[int, int, int], str]] = {
    "answer deleted": (without("number"), (2, 0, 3), "number is missing"),
    "check deleted": (without("check-number"), FULL, ""),
    "setup deleted": (without("setup", "title"), FULL, ""),
    "all deleted": (lambda notebook: notebook.update(cells=[]), (0, 0, 0), "is missing"),
    "reversed": (lambda notebook: notebook["cells"].reverse(), FULL, ""),
    "source as lines": (lambda n: set_source(n, "number", ["my_number = \\\n", f"{SECRET}"]), FULL, ""),
    "source as number": (lambda n: set_source(n, "number", 5), (2, 0, 3), "my_number"),
    "source missing": (lambda n: set_source(n, "number", None), (2, 0, 3), "my_number"),
    "metadata as list": (set_metadata("number", []), FULL, ""),
    "id as number": (set_metadata("number", {"nbgrader": {"grade_id": 5}}), FULL, ""),  # one of their own
    "more points claimed": (set_metadata("check-number", {"nbgrader": nbgrader("check-number", points=99)}), FULL, ""),
    "answer posing as check": (
        set_metadata("number", {"nbgrader": nbgrader("check-number", grade=True, locked=True, points=1)}),
        (2, 0, 3), "is missing",
    ),
    "answer locked": (set_metadata("number", {"nbgrader": nbgrader("number", locked=True)}), FULL, ""),
    "answer as markdown": (to_markdown, (2, 0, 3), "is missing"),
    "right answer twice": (twice("number", "my_number = 3"), FULL, ""),
    "wrong answer last": (
        lambda n: (set_source(n, "number", "my_number = 3"), twice("number", f"my_number = {SECRET}")(n))[0],
        (2, 0, 3), "twice; the last one counts",
    ),
    "check twice": (twice("check-number", 'lab.check("number", 1)'), FULL, ""),
    "own helper cell": (helper, FULL, ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def changed(sample: Path, release: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    folder = tmp_path_factory.mktemp("changed")
    for student, (change, _, _) in CHANGES.items():
        notebook = fill(release, HONEST)
        change(notebook)
        place(folder, student, notebook)
    return grade_folder(folder, NAME, 2, root=sample)


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_notebook_is_marked_by_what_was_released(changed: list[Row], name: str) -> None:
    rows = [row for row in changed if row["student"] == name][:-1]
    assert tuple(row["points"] for row in rows) == CHANGES[name][1], rows
    lost = [row["message"] for row in rows if row["points"] < row["max"]]
    assert not lost or CHANGES[name][2] in lost[0]
    assert [row["max"] for row in rows] == list(FULL)


def test_the_release_tells_locked_answer_and_check_cells_apart(release: Path) -> None:
    roles = {cell.name: cell.role for cell in read_release(release)}
    assert roles["setup"] is Role.LOCKED
    assert roles["number"] is Role.ANSWER
    assert roles["check-number"] is Role.CHECK


def test_a_students_cell_runs_where_it_stands(release: Path, tmp_path: Path) -> None:
    notebook = fill(release, HONEST)
    helper(notebook)
    place(tmp_path, "ann", notebook)
    made = assemble_notebook(
        read_release(release), read_notebook((tmp_path / "ann" / NAME / f"{NAME}.ipynb").read_bytes())
    )
    assert [cell.name for cell in made.cells[:3]] == ["setup", "", "double"]
    assert made.oddities == {}


def test_a_free_cell_of_the_release_runs_once(release: Path) -> None:
    free = {"cell_type": "code", "id": "free", "metadata": {}, "source": "tries = 0"}
    notebook = json.loads(release.read_bytes())
    notebook["cells"].insert(2, free)
    path = release.with_name("with-free.json")
    path.write_text(json.dumps(notebook))
    asked = read_release(path)
    path.unlink()
    made = assemble_notebook(asked, asked)
    assert [cell.source for cell in made.cells].count("tries = 0") == 1


NAMES = st.sampled_from(["cells", "nbformat", "metadata", "nbgrader", "grade_id", "source", "cell_type"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text()
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner))


@given(DOCUMENTS)
def test_no_document_makes_the_reader_fall_over(document: Any) -> None:
    cell = {"cell_type": "code", "metadata": document, "source": document}
    for shape in (document, {"nbformat": 4, "cells": document}, {"nbformat": 4, "cells": [cell]}):
        with suppress(InputError):
            read_notebook(json.dumps(shape).encode())


@given(st.binary(max_size=200))
def test_no_bytes_on_the_pipe_make_the_marker_fall_over(data: bytes) -> None:
    outcome = read_outcome(Said(data, "", 0, 0.0, wall_hit=False), Limits())
    assert outcome.ended or b'"done"' in data


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"[" * 101, b"1" * 2_000, b"\xff", b'"\\'])
def test_json_that_no_child_writes_is_refused(text: bytes) -> None:
    with pytest.raises(InputError):
        read_json(text)


def test_brackets_in_text_do_not_count_as_nesting() -> None:
    assert read_json(json.dumps("[" * 1_000 + '"' + "{" * 1_000).encode())[:2] == "[["


# --- the whole ------------------------------------------------------------------------------------------------------


def test_the_csv_says_what_the_rows_say(sample: Path, release: Path, tmp_path: Path) -> None:
    place(tmp_path / "in", "=HYPERLINK(1)", fill(release, HONEST | {"number": "raise ValueError('a,\\n\"b\"')"}))
    rows = grade_folder(tmp_path / "in", NAME, 1, tmp_path / "marks.csv", root=sample)
    with (tmp_path / "marks.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == list(COLUMNS)
    assert [int(row["points"]) for row in table] == [row["points"] for row in rows] == [2, 0, 3, 5]
    assert {row["student"] for row in table} == {"'=HYPERLINK(1)"}  # a spreadsheet must not run it
    assert '“ValueError: a, "b" (line 1)”' in table[1]["message"]


def test_numbers_that_do_not_work_out_cost_nobody_else_their_marks(
    sample: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def numbers_of(name: str, root: Path, variant: Variant | None = None) -> Assignment:
        if variant is not None and variant.student == "bob":
            raise InputError("5 and 5 are the same number", "items.toml number")
        return read_assignment(name, root, variant)

    monkeypatch.setattr("tests.teaching.grading.folder.read_assignment", numbers_of)
    for student in ("ada", "bob", "zoe"):
        place(tmp_path, student, fill(release, HONEST))
    rows = grade_folder(tmp_path, NAME, 1, root=sample, release="2027-spring")
    assert [total(rows, student) for student in ("ada", "bob", "zoe")] == [sum(FULL), 0, sum(FULL)]
    faults = {row["fault"] for row in rows if row["student"] == "bob" and row["item"] != "total"}
    assert faults == {"the marker failed: items.toml number: 5 and 5 are the same number"}


def test_more_jobs_give_the_same_marks(sample: Path, release: Path, tmp_path: Path) -> None:
    for number in range(6):
        answers = HONEST | ({"number": "my_number = 1"} if number % 2 else {})
        place(tmp_path, f"student-{number}", fill(release, answers))
    assert to_csv(grade_folder(tmp_path, NAME, 3, root=sample)) == to_csv(grade_folder(tmp_path, NAME, 1, root=sample))


@pytest.mark.parametrize("name", ["02-other", "", "../solutions/" + NAME, "/etc", "01-sample/", "*"])
def test_an_assignment_that_does_not_exist_is_refused(sample: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "ann").mkdir()
    with pytest.raises(InputError, match="no assignment") as caught:
        grade_folder(tmp_path, name, root=sample)
    assert NAME in str(caught.value)


@pytest.mark.parametrize("folder", ["gone", "empty", "file"])
def test_a_folder_without_submissions_is_refused_in_one_line(sample: Path, tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as caught:
        grade_folder(tmp_path / folder, NAME, root=sample)
    assert len(str(caught.value).splitlines()) == 1


def test_a_release_that_forgets_a_check_is_refused(sample: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(sample, tmp_path / "root"))
    path = root / "exercises" / FILE
    notebook = json.loads(path.read_bytes())
    without("check-number")(notebook)
    path.write_text(json.dumps(notebook))
    with pytest.raises(InputError, match="0 cells check 'number'"):
        read_assignment(NAME, root)


def test_without_isolation_nothing_is_marked(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ann").mkdir()
    monkeypatch.setattr("shutil.which", lambda name, **_: None)
    with pytest.raises(InputError, match="cannot be run safely"):
        grade_folder(tmp_path, NAME, root=sample)


def test_marks_of_a_weak_isolation_come_with_a_warning(
    sample: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name, **_: None)
    monkeypatch.setattr("os.geteuid", lambda: 1_000)
    place(tmp_path / "in", "ann", fill(release, HONEST))
    rows = grade_folder(tmp_path / "in", NAME, root=sample, weak=True)
    assert total(rows, "ann") == sum(FULL)
    assert {row["isolation"] for row in rows} == {"weak"}
    assert len(warnings(rows)) == 1
    assert "can read all that you can" in warnings(rows)[0]


def test_the_instructors_own_notebook_earns_full_marks(sample: Path, tmp_path: Path) -> None:
    place(tmp_path, "me", copy.deepcopy(source_notebook()))
    assert total(grade_folder(tmp_path, NAME, root=sample), "me") == sum(FULL)
