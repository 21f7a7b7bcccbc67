"""What an answer may read is named: wherever the checkout and the environments lie, nothing else of them is there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from toyevm.teaching.grading import bubblewrap, sandbox

PRIVATE = ("solutions/marking.toml", "tests/test_x.py", "course/items.toml", ".git/HEAD", ".env", "pyproject.toml")
ENVIRONMENT = ("bin/python", "lib/site-packages/numpy/__init__.py", "pyvenv.cfg")


def write(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


@pytest.mark.parametrize(
    ("checkout", "environment"),
    [
        ("checkout", "checkout/.venv"),
        ("checkout", "checkout"),  # `python -m venv .`
        ("env/src/toyevm", "env"),  # where pip puts what it installs from git
        ("env/lib/site-packages", "env"),  # installed, and no checkout at all
        ("checkout", "env"),
    ],
)
def test_only_toyevm_and_packages_are_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkout: str, environment: str
) -> None:
    root, env = tmp_path / checkout, tmp_path / environment
    own = () if checkout.endswith("site-packages") else PRIVATE
    package = ("toyevm/__init__.py", "toyevm/teaching/lab/items.py", "toyevm/teaching/lab/derivations.py")
    write(root, (*package, *own))
    write(env, ENVIRONMENT)
    monkeypatch.setattr(sys, "path", [str(root), str(env / "lib" / "site-packages")])  # root: an editable install
    monkeypatch.setattr(bubblewrap, "PACKAGE", root / "toyevm")
    found = set()
    for path in bubblewrap.readable():
        if path.is_relative_to(tmp_path):
            found |= {path} if path.is_file() else {file for file in path.rglob("*") if file.is_file()}
    assert found == {env / "lib/site-packages/numpy/__init__.py"} | {root / name for name in package}


def test_what_derives_a_value_is_hidden_with_whatever_it_was_compiled_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = (
        "teaching/lab/derivations.py", "teaching/lab/__pycache__/derivations.cpython-311.pyc",
        "teaching/material/course/01-the-machine/items.toml",  # in a wheel: the notebook has one that is shorn
    )  # fmt: skip
    write(tmp_path, (*names, "teaching/lab/items.py", "teaching/lab/__pycache__/items.cpython-311.pyc"))
    monkeypatch.setattr(sandbox, "PACKAGE", tmp_path)
    assert set(sandbox.hidden_files()) == {tmp_path / name for name in names}
