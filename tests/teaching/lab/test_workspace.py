"""The working copy follows the course and never loses a student's work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.files import write_whole
from toyevm.teaching.lab import course, workspace
from toyevm.teaching.lab.course import ROOT, find_course
from toyevm.teaching.lab.notebooks import clear_outputs
from toyevm.teaching.lab.workspace import MANIFEST, launch_lab, prepare_workspace

LESSON = "course/01-first/01-first.ipynb"
NEWER = "course/01-first/01-first.new.ipynb"
EXERCISE = "exercises/01-first/01-first.ipynb"


def notebook(source: str, **metadata: object) -> bytes:
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": [source]},
        {
            "cell_type": "code",
            "execution_count": 3,
            "id": "b",
            "metadata": {"execution": {"iopub.execute_input": "now"}},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["the answer\n"]}],
            "source": ["print('the answer'.upper())"],
        },
    ]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one lesson, a picture of its own, and one exercise."""
    root = tmp_path / "checkout"
    for name, data in {
        LESSON: notebook("one", widgets={"state": 1}, kernelspec={"name": "python3"}),
        "course/01-first/figure.svg": b"<svg/>",
        "course/data/README": b"no suffix",
        EXERCISE: notebook("exercise"),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "my-course"


def prepare(checkout: Path, copy: Path) -> workspace.WorkspaceReport:
    return prepare_workspace(checkout / "course", copy)


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_first_copy_has_every_file(checkout: Path, copy: Path) -> None:
    report = prepare(checkout, copy)
    assert sorted(report.created) == sorted(tree(checkout))
    assert set(tree(copy)) == {*tree(checkout), MANIFEST}
    assert (copy / "course/01-first/figure.svg").read_bytes() == b"<svg/>"


def test_stored_outputs_do_not_give_the_answer_away(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    for name in (LESSON, EXERCISE):
        assert "the answer\\n" in (checkout / name).read_text()  # the tracked one has it: this test can fail
        document = json.loads((copy / name).read_bytes())
        assert document["cells"][1]["outputs"] == []
        assert document["cells"][1]["execution_count"] is None
        assert document["cells"][1]["metadata"] == {}
        assert "widgets" not in document["metadata"]


def test_sources_ids_and_kernel_stay_as_they_are(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    before, after = (json.loads((root / LESSON).read_bytes()) for root in (checkout, copy))
    assert after["metadata"] == {"kernelspec": {"name": "python3"}}
    assert [(cell["id"], cell["source"]) for cell in after["cells"]] == [
        (cell["id"], cell["source"]) for cell in before["cells"]
    ]


def test_a_saved_but_unchanged_notebook_is_not_taken_for_a_students(checkout: Path, copy: Path) -> None:
    """Jupyter writes sorted keys, one space of indent and no ASCII escapes; so do we."""
    import nbformat

    (checkout / LESSON).write_bytes(notebook("α – β", zeta=1, alpha=2))
    prepare(checkout, copy)
    before = (copy / LESSON).read_bytes()
    nbformat.write(nbformat.read(copy / LESSON, as_version=4), copy / LESSON)
    assert (copy / LESSON).read_bytes() == before


def test_a_second_run_changes_nothing(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    before = tree(copy)
    report = prepare(checkout, copy)
    assert tree(copy) == before
    assert (report.created, report.updated, report.kept, report.beside) == ([], [], [], {})
    assert sorted(report.unchanged) == sorted(tree(checkout))


def test_an_untouched_lesson_follows_the_course(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (checkout / LESSON).write_bytes(notebook("two"))
    report = prepare(checkout, copy)
    assert report.updated == [LESSON]
    assert b"two" in (copy / LESSON).read_bytes()
    assert not (copy / NEWER).exists()


def test_a_students_change_survives_when_the_course_stands_still(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / LESSON).write_bytes(b"my own work")
    report = prepare(checkout, copy)
    assert (copy / LESSON).read_bytes() == b"my own work"
    assert report.kept == [LESSON]
    assert not (copy / NEWER).exists()


def test_a_students_change_survives_when_the_course_moves_on(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / LESSON).write_bytes(b"my own work")
    (checkout / LESSON).write_bytes(notebook("two"))
    report = prepare(checkout, copy)
    assert (copy / LESSON).read_bytes() == b"my own work"
    assert report.beside == {LESSON: NEWER}
    assert b"two" in (copy / NEWER).read_bytes()
    assert any(LESSON in line and NEWER in line for line in report.lines())
    assert prepare(checkout, copy).kept == [LESSON]  # said once, not at every start


def test_a_newer_version_beside_is_renewed_while_the_student_leaves_it_alone(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / LESSON).write_bytes(b"my own work")
    for text in ("two", "three"):
        (checkout / LESSON).write_bytes(notebook(text))
        assert prepare(checkout, copy).beside == {LESSON: NEWER}
    assert b"three" in (copy / NEWER).read_bytes()


def test_work_in_the_newer_version_is_not_lost_either(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / LESSON).write_bytes(b"my own work")
    (checkout / LESSON).write_bytes(notebook("two"))
    prepare(checkout, copy)
    (copy / NEWER).write_bytes(b"more work")
    (checkout / LESSON).write_bytes(notebook("three"))
    report = prepare(checkout, copy)
    assert (copy / NEWER).read_bytes() == b"more work"
    assert report.beside == {LESSON: "course/01-first/01-first.new2.ipynb"}
    assert b"three" in (copy / report.beside[LESSON]).read_bytes()


def test_a_student_who_takes_the_newer_version_is_updated_again(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / LESSON).write_bytes(b"my own work")
    (checkout / LESSON).write_bytes(notebook("two"))
    prepare(checkout, copy)
    (copy / NEWER).replace(copy / LESSON)
    (checkout / LESSON).write_bytes(notebook("three"))
    assert prepare(checkout, copy).updated == [LESSON]


def test_a_file_without_a_suffix_gets_a_newer_one_of_its_own_name(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / "course/data/README").write_bytes(b"mine")
    (checkout / "course/data/README").write_bytes(b"theirs")
    assert prepare(checkout, copy).beside == {"course/data/README": "course/data/README.new"}


def test_a_deleted_lesson_comes_back_fresh(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / LESSON).unlink()
    assert prepare(checkout, copy).created == [LESSON]


def test_files_of_the_students_own_are_left_alone(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / "course/01-first/notes.md").write_bytes(b"notes")
    prepare(checkout, copy)
    assert (copy / "course/01-first/notes.md").read_bytes() == b"notes"


def test_a_lost_manifest_costs_no_work(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    (copy / LESSON).write_bytes(b"my own work")
    (copy / MANIFEST).unlink()
    report = prepare(checkout, copy)
    assert (copy / LESSON).read_bytes() == b"my own work"
    assert report.beside == {LESSON: NEWER}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"format": 1}',
        b'{"format": 1, "files": []}',
        b'{"format": 1, "files": {"a": 1}}',
        b'{"format": 1, "files": {"a": {"written": "x"}}}',
        b'{"format": 99, "files": {}}',
    ],
)
def test_a_damaged_manifest_stops_before_anything_is_written(checkout: Path, copy: Path, damage: bytes) -> None:
    prepare(checkout, copy)
    (copy / MANIFEST).write_bytes(damage)
    (checkout / LESSON).write_bytes(notebook("two"))
    before = tree(copy)
    with pytest.raises(InputError, match="damaged") as caught:
        prepare(checkout, copy)
    assert len(str(caught.value).splitlines()) == 1
    assert MANIFEST in caught.value.where
    assert tree(copy) == before


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"\xff\xfe",
        b'{"nbformat": 3, "worksheets": [], "metadata": {}}',
        b'{"nbformat": 4, "metadata": {}}',
        b'{"nbformat": 4, "cells": []}',
        b'{"nbformat": 4, "cells": [3], "metadata": {}}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code"}], "metadata": {}}',
        b'{"nbformat": 4, "cells": [{"metadata": {}}], "metadata": {}}',
        b'{"nbformat": 4, "cells": null, "metadata": {}}',
        b'{"nbformat": 4, "cells": [], "metadata": {"title": "\\ud800"}}',
    ],
)
def test_an_unreadable_notebook_stops_before_anything_is_written(checkout: Path, copy: Path, damage: bytes) -> None:
    prepare(checkout, copy)
    (checkout / EXERCISE).write_bytes(damage)
    (checkout / LESSON).write_bytes(notebook("two"))
    before = tree(copy)
    with pytest.raises(InputError, match="not a notebook") as caught:
        prepare(checkout, copy)
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.where.endswith("01-first.ipynb")
    assert tree(copy) == before


def test_endless_nesting_is_a_damaged_file_like_any_other(tmp_path: Path) -> None:
    """In a process of its own: some test oracles lift Python's recursion limit, and then the C stack overflows."""
    (tmp_path / "deep").write_bytes(b"[" * 100_000)
    program = """
import pathlib, sys
from toyevm.errors import InputError
from toyevm.teaching.lab.manifest import read_manifest
from toyevm.teaching.lab.notebooks import clear_outputs

path = pathlib.Path(sys.argv[1])
for read in (lambda: read_manifest(path), lambda: clear_outputs(path.read_bytes(), "deep")):
    try:
        read()
    except InputError as error:
        print(error)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "deep")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert ["damaged" in line or "not a notebook" in line for line in done.stdout.splitlines()] == [True, True]


@given(st.binary(max_size=60) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str).map(str.encode))
def test_no_bytes_make_the_cleaner_fall_over(data: bytes) -> None:
    with pytest.raises(InputError):
        clear_outputs(data, "x.ipynb")


def test_hidden_and_compiled_files_stay_behind(checkout: Path, copy: Path) -> None:
    for name in (".ipynb_checkpoints/x.ipynb", "__pycache__/x.pyc", ".secret"):
        (checkout / "course/01-first" / name).parent.mkdir(exist_ok=True)
        (checkout / "course/01-first" / name).write_bytes(b"?")
    prepare(checkout, copy)
    assert set(tree(copy / "course")) == {"01-first/01-first.ipynb", "01-first/figure.svg", "data/README"}


def test_a_checkout_without_exercises_is_accepted(checkout: Path, copy: Path) -> None:
    shutil.rmtree(checkout / "exercises")
    prepare(checkout, copy)
    assert not (copy / "exercises").exists()


@pytest.mark.parametrize("where", [".", "course", "course/mine", "exercises"])
def test_a_copy_onto_the_tracked_notebooks_is_refused(checkout: Path, where: str) -> None:
    before = tree(checkout)
    with pytest.raises(InputError, match="overwrite the course"):
        prepare(checkout, checkout / where)
    assert tree(checkout) == before


def test_a_copy_around_the_course_is_refused(checkout: Path, tmp_path: Path) -> None:
    shutil.copytree(checkout, tmp_path / "here" / "course" / "checkout")
    with pytest.raises(InputError, match="overwrite the course"):
        prepare(tmp_path / "here" / "course" / "checkout", tmp_path / "here")


def test_a_copy_onto_a_link_to_the_course_is_refused(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkout)
    with pytest.raises(InputError, match="overwrite the course"):
        prepare(checkout, tmp_path / "link")


def test_no_copy_is_made_inside_a_copy(checkout: Path, copy: Path) -> None:
    prepare(checkout, copy)
    with pytest.raises(InputError, match="working copy already"):
        prepare(checkout, copy / "course" / "my-course")


def test_a_target_that_is_a_file_gets_one_line(checkout: Path, copy: Path) -> None:
    copy.write_bytes(b"precious")
    with pytest.raises(InputError, match="my-course"):
        prepare(checkout, copy)
    assert copy.read_bytes() == b"precious"


def test_a_folder_in_the_place_of_a_lesson_gets_one_line(checkout: Path, copy: Path) -> None:
    (copy / LESSON).mkdir(parents=True)
    with pytest.raises(InputError, match=r"cannot write.*directory"):
        prepare(checkout, copy)


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lesson.ipynb"
    path.write_bytes(b"old")

    def full_disk(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:1])
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert tree(tmp_path) == {"lesson.ipynb": b"old"}


def test_what_was_written_before_a_failure_is_known_to_be_ours(
    checkout: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_on_exercises(path: Path, data: bytes, **more: bool) -> None:
        if "exercises" in path.parts:
            raise OSError(28, "No space left on device", str(path))
        write_whole(path, data, **more)

    monkeypatch.setattr(workspace, "write_whole", fail_on_exercises)
    with pytest.raises(InputError, match="No space"):
        prepare(checkout, copy)
    monkeypatch.undo()
    (checkout / LESSON).write_bytes(notebook("two"))
    report = prepare(checkout, copy)
    assert report.updated == [LESSON]
    assert report.created == [EXERCISE]


def test_the_course_is_found_beside_the_package_before_the_current_folder(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(checkout, tmp_path / "other")
    monkeypatch.setattr(course, "ROOT", checkout)
    monkeypatch.chdir(tmp_path / "other")
    assert find_course(None) == checkout / "course"


@pytest.mark.parametrize("inside", [".", "course"])
def test_the_course_is_found_in_the_current_folder(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    monkeypatch.setattr(course, "ROOT", tmp_path / "site-packages")
    monkeypatch.chdir(checkout / inside)
    assert find_course(None).resolve() == checkout / "course"


@pytest.mark.parametrize("given", [".", "course"])
def test_an_option_names_the_course_or_the_checkout(checkout: Path, given: str) -> None:
    assert find_course(checkout / given).resolve() == checkout / "course"


@pytest.mark.parametrize("option", [True, False])
def test_a_folder_without_lessons_is_no_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: bool) -> None:
    (tmp_path / "course").mkdir()
    monkeypatch.setattr(course, "ROOT", tmp_path / "site-packages")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no lessons"):
        find_course(tmp_path if option else None)


def test_preparing_only_starts_nothing(checkout: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("started"))
    monkeypatch.setattr(workspace, "find_spec", lambda _: None)  # and needs no JupyterLab
    report = launch_lab(checkout / "course", copy, prepare_only=True)
    assert len(report.created) == 4


@pytest.mark.parametrize("browser", [True, False])
def test_the_lab_opens_on_the_copy_and_phones_nobody(
    checkout: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], browser: bool
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(workspace, "_become", started.append)
    launch_lab(checkout / "course", copy, browser=browser)
    (command,) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={copy}" in command
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in command
    assert ("--no-browser" in command) is not browser
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "4 new" in captured.err


def test_the_lab_understands_its_options(copy: Path) -> None:
    """JupyterLab itself is the oracle: it shows its configuration and stops."""
    copy.mkdir()
    command = [sys.executable, "-m", "jupyterlab", *workspace._lab_options(copy, browser=False), "--show-config-json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    config = json.loads(done.stdout)
    assert config["ServerApp"]["root_dir"] == str(copy)
    assert config["LabApp"]["news_url"] in (None, "None")
    assert config["LabApp"]["check_for_updates_class"] == "jupyterlab.NeverCheckForUpdate"
    assert "unrecognized" not in done.stderr.lower()


def test_without_jupyterlab_the_student_is_told_what_to_install(
    checkout: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"toyevm\[course\]"):
        launch_lab(checkout / "course", copy)
    assert not copy.exists()


# --- a working copy from before the packages moved ------------------------------------------------------------------

OLD_CELL = "from toyevm.widgets.lanes import job_of, show_lanes\nfrom toyevm.lab import lesson"


@pytest.fixture
def old_copy(tmp_path: Path, copy: Path) -> Path:
    """A copy of the real course as it was before: the imports of then, otherwise the lessons of now."""
    old = tmp_path / "old"
    for name in ("course", "exercises"):
        shutil.copytree(ROOT / name, old / name)
    for path in old.glob("*/*/*.ipynb"):
        document = json.loads(path.read_bytes())
        code = next(cell for cell in document["cells"] if cell["cell_type"] == "code")
        code["source"] = [OLD_CELL]
        path.write_text(json.dumps(document))
    prepare(old, copy)
    return copy


def test_an_old_copy_keeps_changed_notebooks_and_an_old_import_names_the_new_version(old_copy: Path) -> None:
    changed, untouched = (old_copy / f"course/{name}/{name}.ipynb" for name in ("03-conflicts", "04-schedulers"))
    document = json.loads(changed.read_bytes())
    document["cells"].append({"cell_type": "markdown", "id": "mine", "metadata": {}, "source": ["my answer"]})
    changed.write_text(mine := json.dumps(document))
    report = prepare(ROOT, old_copy)
    assert changed.read_text() == mine
    assert report.beside == {"course/03-conflicts/03-conflicts.ipynb": "course/03-conflicts/03-conflicts.new.ipynb"}
    assert "toyevm.widgets" not in untouched.read_text()
    for statement in OLD_CELL.splitlines():
        line = failing(statement, changed.parent)
        assert " is now toyevm.teaching." in line
        assert "03-conflicts.new.ipynb" in line
    (first, *_) = (cell for cell in json.loads(untouched.read_bytes())["cells"] if cell["cell_type"] == "code")
    assert failing("".join(first["source"]), untouched.parent) == ""


def failing(program: str, folder: Path) -> str:
    """Return the last line of what a program complains about, run in `folder`."""
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]
