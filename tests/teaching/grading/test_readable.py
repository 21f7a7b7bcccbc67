"""What an answer may read is named: wherever the checkout and the environments lie, nothing else of them is there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from toyevm.teaching.grading import sandbox
from toyevm.teaching.lab import derivations

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
        ("env/lib/toyevm", "env"),
        ("env/lib/site-packages", "env"),  # installed, and no checkout at all
        ("checkout", "env"),
    ],
)
def test_only_toyevm_and_environments_are_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkout: str, environment: str
) -> None:
    root, env = tmp_path / checkout, tmp_path / environment
    own = () if checkout.endswith("site-packages") else PRIVATE
    write(root, ("toyevm/__init__.py", "toyevm/lab/items.py", "toyevm/lab/derivations.py", *own))
    write(root, ("toyevm/lab/__pycache__/derivations.cpython-311.pyc", "toyevm/lab/__pycache__/items.cpython-311.pyc"))
    write(env, ENVIRONMENT)
    for name in ("prefix", "exec_prefix"):
        monkeypatch.setattr(sys, name, str(env))
    monkeypatch.setattr(sys, "executable", str(env / "bin" / "python"))
    monkeypatch.setattr(sys, "path", [str(root), str(env / "lib" / "site-packages")])  # root: an editable install
    monkeypatch.setattr(sandbox, "PACKAGE", root / "toyevm")
    monkeypatch.setattr(derivations, "__file__", str(root / "toyevm" / "lab" / "derivations.py"))
    found = set()
    for path in sandbox._readable([root / "solutions"]):
        if path.is_relative_to(tmp_path):
            found |= {path} if path.is_file() else {file for file in path.rglob("*") if file.is_file()}
    package = {"__init__.py", "lab/items.py", "lab/__pycache__/items.cpython-311.pyc"}
    assert found == {env / name for name in ENVIRONMENT} | {root / "toyevm" / name for name in package}
