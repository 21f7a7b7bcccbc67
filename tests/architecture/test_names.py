"""One word, one meaning: no two public classes of the package have the same name."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from tests.architecture.project import PACKAGE, module_name


def defined_twice(package: Path) -> dict[str, list[str]]:
    """Return the public classes that more than one module defines, or one module more than once, and where."""
    homes = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(module_name(path, package))
    return {name: found for name, found in homes.items() if len(found) > 1}


def test_a_class_name_has_one_meaning() -> None:
    assert defined_twice(PACKAGE) == {}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("class Scene: ...", "class Scene: ...", {"Scene": ["toyevm.one", "toyevm.sub"]}),
        ("class Scene: ...\nclass Scene: ...", "", {"Scene": ["toyevm.one", "toyevm.one"]}),
        ("class Scene: ...", "def f():\n    class Scene: ...", {"Scene": ["toyevm.one", "toyevm.sub"]}),
        ("class Scene: ...", "from toyevm.one import Scene\nclass Place: ...", {}),
        ("class _Scene: ...", "class _Scene: ...", {}),
    ],
)
def test_a_second_definition_is_found(tmp_path: Path, one: str, other: str, expected: dict[str, list[str]]) -> None:
    package = tmp_path / "toyevm"
    (package / "sub").mkdir(parents=True)
    (package / "one.py").write_text(one)
    (package / "sub" / "__init__.py").write_text(other)
    assert defined_twice(package) == expected
