"""A notebook for an older toyevm learns in one sentence what moved; nobody else notices anything."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from toyevm.moved import MOVED, MovedModules, install

# What notebooks imported before the division into two wings.
OLD = [
    "from toyevm.lab import lesson",
    "from toyevm.lab.programs import read_program, run_program",
    "from toyevm.widgets import Stepper",
    "from toyevm.widgets.lanes import job_of, show_lanes",
    "import toyevm.widgets.cores",
    "from toyevm import lab",
    "from toyevm.grading.mark import grade_folder",
]


def last_line(folder: Path, program: str, root: Path = REPOSITORY) -> str:
    """Run a program in `folder` with the toyevm of `root`, and return the last line it prints."""
    code = f"import sys; sys.path.insert(0, {str(root)!r}); {program}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return (done.stderr or done.stdout).strip().splitlines()[-1]


@pytest.mark.parametrize("statement", OLD)
def test_an_old_import_says_what_moved_and_what_to_do(statement: str, tmp_path: Path) -> None:
    line = last_line(tmp_path, statement)
    assert line.startswith("ModuleNotFoundError: toyevm.")
    assert " is now toyevm.teaching." in line
    assert "`toyevm lab` puts the new version beside it, as NAME.new.ipynb" in line


def test_the_sentence_names_the_new_version_that_lies_there(tmp_path: Path) -> None:
    for name in ("03-conflicts.ipynb", "03-conflicts.new.ipynb"):
        (tmp_path / name).touch()
    assert "the new version is 03-conflicts.new.ipynb, in this folder" in last_line(tmp_path, OLD[0])


def test_any_module_that_is_gone_is_explained_beside_a_new_version(tmp_path: Path) -> None:
    (tmp_path / "03-conflicts.new.ipynb").touch()
    line = last_line(tmp_path, "from toyevm.workloads.renamed_next_year import x")
    assert "this toyevm has no toyevm.workloads.renamed_next_year" in line
    assert "03-conflicts.new.ipynb" in line
    assert last_line(tmp_path, "import toyevm.rlp, toyevm.workloads; print('found')") == "found"


def test_elsewhere_a_missing_module_is_only_missing(tmp_path: Path) -> None:
    assert last_line(tmp_path, "import toyevm.nowhere") == "ModuleNotFoundError: No module named 'toyevm.nowhere'"
    assert importlib.util.find_spec("toyevm.nowhere") is None
    assert last_line(tmp_path, "import json.nowhere") == "ModuleNotFoundError: No module named 'json.nowhere'"


def test_what_a_checkout_forgot_to_delete_does_not_count(tmp_path: Path) -> None:
    """After a pull the old folders are still there, with nothing but compiled files."""
    for name in ("__init__", "moved"):
        (tmp_path / "toyevm").mkdir(exist_ok=True)
        (tmp_path / "toyevm" / f"{name}.py").write_bytes((REPOSITORY / "toyevm" / f"{name}.py").read_bytes())
    (tmp_path / "toyevm/widgets/__pycache__").mkdir(parents=True)
    assert "is now toyevm.teaching.kit" in last_line(tmp_path, "from toyevm.widgets import Stepper", tmp_path)


def test_no_name_in_the_table_is_still_there() -> None:
    assert [name for name in MOVED if (REPOSITORY / name.replace(".", "/")).with_suffix(".py").exists()] == []
    assert [name for name in MOVED if (REPOSITORY / name.replace(".", "/") / "__init__.py").exists()] == []


def test_every_new_name_in_the_table_is_there() -> None:
    new = {name for names in MOVED.values() for name in names.split(" and ")}
    assert [name for name in sorted(new) if importlib.util.find_spec(name) is None] == []


def test_it_is_installed_once() -> None:
    install()
    assert sum(isinstance(finder, MovedModules) for finder in sys.meta_path) == 1
