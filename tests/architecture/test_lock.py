"""uv.lock is what pyproject.toml asks for, names PyPI only, and gives every Python one version of each package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.architecture.project import REPOSITORY, pyproject

PYTHONS = ("3.11.4", "3.11.9", "3.12.1", "3.13.0", "3.14.0")


def lock() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "uv.lock").read_text())


def asked(project: dict[str, Any]) -> set[tuple[str, str, frozenset[str]]]:
    """Return name, bounds and marks of what pyproject.toml asks for."""
    wanted = {(text, "") for text in project["dependencies"]}
    wanted |= {(text, extra) for extra, texts in project["optional-dependencies"].items() for text in texts}
    return {row(Requirement(text), extra) for text, extra in wanted}


def row(requirement: Requirement, extra: str = "") -> tuple[str, str, frozenset[str]]:
    """Return a demand in one spelling: uv writes python_version as python_full_version."""
    marker = str(requirement.marker or "").replace('"', "'").replace("python_version", "python_full_version")
    marks = {*marker.split(" and "), f"extra == '{extra}'" if extra else ""}
    return canonicalize_name(requirement.name), str(requirement.specifier), frozenset(filter(None, marks))


def locked_demands(document: dict[str, Any]) -> set[tuple[str, str, frozenset[str]]]:
    """Return the same of what the lock file was made for."""
    (ours,) = (package for package in document["package"] if package["name"] == "toyevm")
    texts = (
        f"{each['name']}{each.get('specifier', '')}" + (f" ; {each['marker']}" if "marker" in each else "")
        for each in ours["metadata"]["requires-dist"]
    )
    return {row(Requirement(text)) for text in texts}


def differences(document: dict[str, Any], project: dict[str, Any]) -> set[Any]:
    """Return what one of the two files says and the other does not."""
    python = {SpecifierSet(document["requires-python"])} ^ {SpecifierSet(project["requires-python"])}
    return (locked_demands(document) ^ asked(project)) | python


def test_the_lock_is_made_for_what_pyproject_asks() -> None:
    assert differences(lock(), pyproject()["project"]) == set()


@pytest.mark.parametrize(
    "change",
    [
        lambda project: project["dependencies"].append("requests>=2"),
        lambda project: project["dependencies"].remove("rich>=13.7"),
        lambda project: project["optional-dependencies"]["fast"].pop(),
        lambda project: project["optional-dependencies"].update(more=["rich>=13.7"]),
        lambda project: project.update({"requires-python": ">=3.12"}),
    ],
)
def test_a_lock_that_was_not_renewed_is_found(change: Any) -> None:
    project = deepcopy(pyproject()["project"])
    change(project)
    assert differences(lock(), project) != set()


def test_every_locked_version_is_within_the_bounds() -> None:
    versions: dict[str, list[str]] = {}
    for package in lock()["package"]:
        versions.setdefault(package["name"], []).append(package["version"])
    wrong = [
        (name, version)
        for name, bounds, _ in asked(pyproject()["project"])
        for version in versions[name]
        if not SpecifierSet(bounds).contains(version, prereleases=True)
    ]
    assert wrong == []


def test_the_lock_names_pypi_and_no_other_index() -> None:
    text = (REPOSITORY / "uv.lock").read_text()
    assert set(re.findall(r"\w+://[^/\"]+", text)) == {"https://pypi.org", "https://files.pythonhosted.org"}
    sources = {str(package["source"]) for package in lock()["package"]}
    assert sources == {"{'registry': 'https://pypi.org/simple'}", "{'editable': '.'}"}


@pytest.fixture(scope="module")
def constraints(tmp_path_factory: pytest.TempPathFactory) -> list[Requirement]:
    """What the Makefile hands to pip and uv."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(REPOSITORY / name, folder)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    command = ["make", f"PYTHON={sys.executable}", ".venv/constraints.txt"]
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return [Requirement(line) for line in (folder / ".venv/constraints.txt").read_text().splitlines()]


@pytest.mark.parametrize("python", PYTHONS)
def test_every_python_gets_one_version_of_each_package(constraints: list[Requirement], python: str) -> None:
    here = {"python_full_version": python, "python_version": ".".join(python.split(".")[:2])}
    chosen = [each.name for each in constraints if each.marker is None or each.marker.evaluate(here)]
    assert len(chosen) == len(set(chosen))
    assert set(chosen) == {package["name"] for package in lock()["package"]} - {"toyevm"}


def test_without_a_lock_there_are_no_constraints(tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    done = subprocess.run(
        ["make", f"PYTHON={sys.executable}", ".venv/constraints.txt"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".venv/constraints.txt").read_text() == ""
