"""The repository holds what it should, where it should, and nothing that is true of one machine only."""

from __future__ import annotations

import re

import pytest

from tests.architecture.project import REPOSITORY, project_files

TOP_LEVEL = set(
    """
    course toyevm exercises solutions tests environment.yml
    README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md LICENSE pyproject.toml uv.lock Makefile nbgrader_config.py
    .ci .github .gitignore .gitattributes .pre-commit-config.yaml .editorconfig .python-version
    """.split()
)
REQUIRED = {"toyevm", "tests", "environment.yml", "README.md", "ARCHITECTURE.md", "LICENSE", "pyproject.toml", ".ci"}

# Homes, the folders of build machines, what a kernel calls a cell. In pieces, so that this line is not one of them.
MACHINE_PATH = re.compile(
    r"(?<![\w.~/-])(?:/" + "work/|/" + r"home/(?!me\b)\w|/" + "root/|/" + r"Users/\w|/" + "opt/|/" + r"tmp/ipykernel)"
    r"|[A-Z]:\\{1,2}Users"
)


def machine_paths(text: str) -> list[str]:
    return [match.group() for match in MACHINE_PATH.finditer(text)]


NAMES_TESTS = re.compile(r"\.github/.*\.ya?ml|\.ci/|Makefile$|CONTRIBUTING\.md$")


def missing_tests(text: str) -> list[str]:
    """Return the paths below tests/ that are not there; NAME and NN stand for any."""
    named = [path.rstrip("./") for path in re.findall(r"\btests/[\w./-]*", text)]
    return [path for path in named if not re.search("NAME|NN", path) and not (REPOSITORY / path).exists()]


def text_of(name: str) -> str:
    data = (REPOSITORY / name).read_bytes()
    return "" if b"\0" in data[:8_000] else data.decode()  # the rest are archives and pictures


def test_the_top_level_holds_only_agreed_files() -> None:
    assert {name.partition("/")[0] for name in project_files()} - TOP_LEVEL == set()


def test_the_top_level_holds_every_required_file() -> None:
    assert REQUIRED - {name.partition("/")[0] for name in project_files()} == set()


def test_a_students_copy_is_ignored_by_git() -> None:
    assert "my-course/" in (REPOSITORY / ".gitignore").read_text().splitlines()


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {name: machine_paths(text_of(name)) for name in project_files()}
    assert {name: paths for name, paths in found.items() if paths} == {}


@pytest.mark.parametrize("name", [name for name in project_files() if NAMES_TESTS.match(name)])
def test_every_path_of_tests_that_a_build_or_a_guide_names_is_there(name: str) -> None:
    assert missing_tests(text_of(name)) == []


def test_a_path_of_tests_that_is_gone_is_found() -> None:
    text = "pytest tests/machine tests/unit, then `tests/teaching/lessons/NAME/`, tests/conftest.py. Or tests/gone.py:"
    assert missing_tests(text) == ["tests/unit", "tests/gone.py"]
    names = ["CONTRIBUTING.md", "Makefile", ".ci/run", ".github/workflows/ci.yml"]
    assert [name for name in names if not NAMES_TESTS.match(name)] == []


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "work/main/toyevm",
        '"/' + 'home/someone/x"',
        "(/" + "root/.cache)",
        "/" + "Users/someone",
        "C:\\" + "Users\\someone",
        "File /" + "tmp/ipykernel_77/1.py",
    ],
)
def test_a_machine_path_is_found(text: str) -> None:
    assert machine_paths(text)


@pytest.mark.parametrize(
    "text",
    ["proof of work/stake", "state/root/", "https://example.org/home/x", "~/work/x", "/home/me/notes", "/tmp/out.json"],
)
def test_what_only_looks_like_a_machine_path_is_not_reported(text: str) -> None:
    assert machine_paths(text) == []
