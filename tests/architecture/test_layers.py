"""A module imports only from layers below it, wherever in the file the import stands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project import PACKAGE, REPOSITORY, layers

UPWARD = {
    "at the top": "from toyevm.forks import Fork\n",
    "in a function": "def later() -> None:\n    from toyevm.forks import Fork\n",
    "for type checkers only": "import typing\nif typing.TYPE_CHECKING:\n    from toyevm.forks import Fork\n",
    "of a module, not a name": "import toyevm.forks\n",
    "of a module in a package": "from toyevm.teaching.lab import workspace\n",
}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package in `root`, which comes before an installed one."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    variables = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGE, tmp_path / "toyevm", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def test_no_module_imports_from_above() -> None:
    done = lint(REPOSITORY)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("where", UPWARD)
def test_an_upward_import_is_found(where: str, copy: Path) -> None:
    path = copy / "toyevm" / "types.py"
    path.write_text(path.read_text() + "\n" + UPWARD[where])
    done = lint(copy)
    assert done.returncode == 1, done.stdout
    assert "toyevm.types is not allowed to import toyevm." in done.stdout


def test_a_module_of_no_layer_is_found(copy: Path) -> None:
    (copy / "toyevm" / "utils.py").write_text('"""Where everything ends up."""\n')
    done = lint(copy)
    assert done.returncode == 1, done.stdout
    assert "utils" in done.stdout


def test_a_cycle_inside_a_layer_is_found(copy: Path) -> None:
    path = copy / "toyevm" / "types.py"  # errors imports types
    path.write_text(path.read_text() + "\ndef later() -> None:\n    from toyevm.errors import InputError\n")
    done = lint(copy)
    assert done.returncode == 1, done.stdout
    assert "No import cycles, inside a layer or a package BROKEN" in done.stdout


def test_an_import_of_the_classroom_by_the_system_is_found(copy: Path) -> None:
    path = copy / "toyevm" / "bench" / "machine.py"
    path.write_text(path.read_text() + "\nfrom toyevm.teaching.kit import svg\n")
    done = lint(copy)
    assert done.returncode == 1, done.stdout
    assert "toyevm.bench is not allowed to import toyevm.teaching" in done.stdout


FORBIDDEN = {
    "lessons/speculation/attempts.py": "Lessons never import each other BROKEN",
    "kit/svg.py": "The classroom has rows of its own BROKEN",
    "desk/policy.py": "whichever lesson they are of BROKEN",
}


@pytest.mark.parametrize("where", FORBIDDEN)
def test_an_import_of_a_lesson_is_found(copy: Path, where: str) -> None:
    path = copy / "toyevm" / "teaching" / where
    path.write_text(path.read_text() + "\nfrom toyevm.teaching.lessons.conflicts import studies\n")
    done = lint(copy)
    assert done.returncode == 1, done.stdout
    assert FORBIDDEN[where] in done.stdout


@pytest.mark.parametrize("where", ["grading/mark.py", "lab/marking.py", "lessons/conflicts/studies.py"])
def test_an_import_of_the_desk_by_what_is_below_it_is_found(copy: Path, where: str) -> None:
    path = copy / "toyevm" / "teaching" / where
    path.write_text(path.read_text() + "\ndef later() -> None:\n    from toyevm.teaching.desk import policy\n")
    done = lint(copy)
    assert done.returncode == 1, done.stdout
    assert "The classroom has rows of its own BROKEN" in done.stdout


def test_the_layers_are_the_thirteen_of_the_design() -> None:
    assert len(layers()) == 13
    assert layers()[0] == {"types", "units", "errors"}
    assert "vm" in layers()[4]
    assert layers()[7:9] == [{"simulation"}, {"backends"}]
    assert layers()[11] == {"teaching"}
    assert "cli" in layers()[12]
