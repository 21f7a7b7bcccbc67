"""`toyevm` lends names: each is there and comes from one module, and `import toyevm` imports no other package."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import toyevm
from tests.architecture.project import PACKAGE, REPOSITORY

ASK = """
import json, sys
before = set(sys.modules)
import toyevm
new = set(sys.modules) - before
print(json.dumps(sorted(name for name in new if name.partition(".")[0] not in sys.stdlib_module_names)))
"""


@pytest.mark.parametrize("name", toyevm.__all__)
def test_a_name_comes_from_its_module(name: str) -> None:
    assert getattr(toyevm, name) is getattr(import_module(toyevm._HOMES[name]), name)


def test_no_name_is_lent_by_two_modules_or_is_that_of_a_module() -> None:
    names = [name for lent in toyevm._LENT.values() for name in lent.split()]
    assert len(set(names)) == len(names) == len(toyevm.__all__) > 50
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert set(names) & modules == set()


def test_every_name_is_shown_by_dir() -> None:
    assert set(toyevm.__all__) <= set(dir(toyevm))


def test_importing_toyevm_imports_no_other_package() -> None:
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})" + ASK]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == ["toyevm", "toyevm.moved"]  # which says where old names have gone


def test_a_name_that_nobody_lends_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="module 'toyevm' has no attribute 'nonsense'"):
        toyevm.nonsense  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'nonsense'"):
        exec("from toyevm import nonsense")


def test_a_lesson_begins_with_two_imports_of_toyevm_at_most() -> None:
    for folder in ("course", "solutions"):
        for path in sorted((REPOSITORY / folder).glob("*/*.ipynb")):
            assert first_imports(path) <= 2, path.name


def first_imports(path: Path) -> int:
    """Return how many import statements of toyevm the cell has in which a notebook gathers its imports."""
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]}
    source = cells.get("imports", cells.get("setup", ""))
    assert "import" in source, path.name
    return sum(line.startswith("from toyevm") for line in source.split("\n"))
