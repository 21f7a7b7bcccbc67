"""environment.yml (conda, Binder) and pyproject.toml install the same things."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.project import REPOSITORY, pyproject

PIP = ["-e .[course]"]


def differences(environment: dict[str, Any], project: dict[str, Any]) -> set[str]:
    """Return what one of the two files says and the other does not."""
    *packages, last = environment["dependencies"]
    conda = {canonical(text) for text in packages if text != "pip"}
    extra = {canonical(text) for text in project["optional-dependencies"]["course"] if not text.startswith("toyevm")}
    ours = extra | {canonical(f"python{project['requires-python']}")}
    return (conda ^ ours) | ({environment["name"]} ^ {project["name"]}) | (set(last["pip"]) ^ set(PIP))


def canonical(text: str) -> str:
    """Return name and bounds in one spelling, whatever their order and spaces."""
    requirement = Requirement(text)
    return f"{canonicalize_name(requirement.name)}{requirement.specifier}"


def load() -> dict[str, Any]:
    environment: dict[str, Any] = yaml.safe_load((REPOSITORY / "environment.yml").read_text())
    return environment


def test_names_and_bounds_are_the_same() -> None:
    assert differences(load(), pyproject()["project"]) == set()


def test_the_extra_that_pip_installs_exists() -> None:
    """An extra that pyproject.toml lacks is only a warning to pip, and nothing is installed."""
    assert "course" in pyproject()["project"]["optional-dependencies"]


@pytest.mark.parametrize(
    "change",
    [
        lambda environment: environment["dependencies"].insert(0, "scipy>=1"),
        lambda environment: environment["dependencies"].remove("networkx>=3.3"),
        lambda environment: environment["dependencies"].__setitem__(0, "python>=3.10"),
        lambda environment: environment["dependencies"][-1].update(pip=["-e .[courses]"]),
        lambda environment: environment.update(name="other"),
    ],
)
def test_a_difference_is_found(change: Any) -> None:
    environment = load()
    change(environment)
    assert differences(environment, pyproject()["project"]) != set()
