"""The two commands a newcomer types work, or say in one line why not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project import REPOSITORY

TARGETS = [
    "lab",
    "test",
    "check",
    "bundle",
    "wheel",
    "lock",
    "conformance",
    "whole",
    "layers",
    "fuzz",
    "bench",
    "clean",
    "help",
]
TOOLS = ["make", "sh", "rm", "cp", "find", "awk", "tail", "touch"]

OLD_PYTHON = "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'Python 3.9.2'; else exit 1; fi\n"
NO_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac\n'
BROKEN_VENV = '#!/bin/sh\nif [ "$1" = -m ]; then mkdir .venv; exit 1; fi\n'

# A Python, or a uv, that makes an environment of itself and writes down what it is told to install.
INSTALLER = """#!/bin/sh
case "$1 $2" in
    "-m venv" | "venv "*) mkdir -p .venv/bin && cp bin/python3 .venv/bin/python ;;
    "-m pip" | "pip install") echo "$@" >> installed.txt ;;
    *) exec "{python}" "$@" ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout of nothing but the Makefile, and a PATH with few commands and no Python."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in [*TOOLS, "mkdir"]:
        found = shutil.which(tool)
        assert found, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def add_command(folder: Path, name: str, script: str) -> None:
    (folder / "bin" / name).write_text(script)
    (folder / "bin" / name).chmod(0o755)


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make; nothing of a make that runs this test reaches it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    variables = kept | {"PATH": str(folder / "bin")}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False)


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if not line.startswith("make")]


@pytest.mark.parametrize("target", ["lab", "test"])
def test_an_old_python_gets_one_clear_line(folder: Path, target: str) -> None:
    add_command(folder, "python3", OLD_PYTHON)
    done = make(folder, target)
    assert done.returncode != 0
    (line,) = complaints(done)
    assert "needs Python 3.11 or newer" in line
    assert "Python 3.9.2" in line


def test_no_python_at_all_gets_one_clear_line(folder: Path) -> None:
    done = make(folder, "lab")
    (line,) = complaints(done)
    assert "needs Python 3.11 or newer" in line


def test_a_python_without_venv_gets_one_clear_line(folder: Path) -> None:
    add_command(folder, "python3", NO_VENV)
    (line,) = complaints(make(folder, "lab"))
    assert "python3-venv" in line


def test_half_an_environment_is_not_left_behind(folder: Path) -> None:
    add_command(folder, "python3", BROKEN_VENV)
    assert make(folder, "lab").returncode != 0
    assert not (folder / ".venv").exists()


def test_a_newer_python_under_another_name_is_found(folder: Path) -> None:
    add_command(folder, "python3", OLD_PYTHON)
    add_command(folder, "python3.12", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    done = make(folder, ".venv/bin/python")
    assert done.returncode == 0, done.stderr
    assert (folder / ".venv/bin/python").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(folder: Path) -> None:
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to(folder / "gone")
    (folder / ".venv/.installed-course").touch()
    add_command(folder, "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    assert make(folder, ".venv/bin/python").returncode == 0
    assert not (folder / ".venv/.installed-course").exists()


@pytest.mark.parametrize("with_uv", [False, True])
def test_what_is_installed_has_the_versions_of_the_lock(folder: Path, with_uv: bool) -> None:
    for name in ("python3", *(["uv"] if with_uv else [])):
        add_command(folder, name, INSTALLER.format(python=sys.executable))
    (folder / "uv.lock").write_text(
        '[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "https://pypi.org/simple" }\n'
    )
    done = make(folder, ".venv/.installed-test")
    assert done.returncode == 0, done.stderr
    (line,) = (folder / "installed.txt").read_text().splitlines()
    assert line.startswith("pip install" if with_uv else "-m pip install")
    assert "-c .venv/constraints.txt -e .[course,test,bench]" in line
    assert (folder / ".venv/constraints.txt").read_text() == "a==1\n"


def test_help_names_every_target(folder: Path) -> None:
    listed = make(folder).stdout
    assert [target for target in TARGETS if f"make {target} " not in listed] == []


def test_clean_keeps_a_students_work(folder: Path) -> None:
    work = folder / "my-course" / "__pycache__" / "work.ipynb"
    rubbish = folder / "toyevm" / "__pycache__" / "x.pyc"
    for path in (work, rubbish):
        path.parent.mkdir(parents=True)
        path.touch()
    assert make(folder, "clean").returncode == 0
    assert work.exists()
    assert not rubbish.exists()


def test_continuous_integration_can_be_started() -> None:
    path = REPOSITORY / ".ci" / "run"
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0
