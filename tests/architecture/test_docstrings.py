"""What a reader meets explains itself: modules, public classes and public functions have docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.project import PACKAGE, REPOSITORY

TRIVIAL = 6  # statements: what is that short, and has no loop, says all by its name (many an opcode does)

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def undocumented(path: Path) -> list[str]:
    """Return what in a source file should have a docstring and has none."""
    tree = ast.parse(path.read_text())
    missing = [] if ast.get_docstring(tree) else ["the module"]
    return missing + [node.name for node in public(tree) if not ast.get_docstring(node) and not is_trivial(node)]


def public(scope: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    """Yield the public classes, functions and methods of a scope; not what is local to a function."""
    for node in scope.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def is_trivial(node: Definition) -> bool:
    """Return whether a definition is short and simple: a row of assignments, a property, one call."""
    if isinstance(node, ast.ClassDef):
        return all(isinstance(part, ast.Assign | ast.Pass) for part in node.body)
    inside = [part for statement in node.body for part in ast.walk(statement)]
    statements = [part for part in inside if isinstance(part, ast.stmt)]
    blocks = (ast.For, ast.While, ast.Try, ast.With, ast.Match)
    return len(statements) <= TRIVIAL and not any(isinstance(part, blocks) for part in statements)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_everything_public_has_a_docstring(path: Path) -> None:
    assert undocumented(path) == []


LONG = "    a = 1\n" * 6 + "    return a\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1\n", ["the module"]),
        ("", ["the module"]),
        ('"""Doc."""\n', []),
        (f'"""Doc."""\ndef f():\n{LONG}', ["f"]),
        (f'"""Doc."""\nasync def f():\n{LONG}', ["f"]),
        (f'"""Doc."""\ndef f():\n    """Doc."""\n{LONG}', []),
        (f'"""Doc."""\ndef _f():\n{LONG}', []),
        ('"""Doc."""\ndef f(x):\n    return x\n', []),
        ('"""Doc."""\ndef f(xs):\n    for x in xs:\n        print(x)\n', ["f"]),
        ('"""Doc."""\nclass C:\n    x: int\n', ["C"]),
        ('"""Doc."""\nclass C(B):\n    name = "c"\n', []),
        ('"""Doc."""\nclass C:\n    """Doc."""\n    def m(self):\n' + LONG.replace("    ", "        "), ["m"]),
    ],
)
def test_a_missing_docstring_is_found(tmp_path: Path, source: str, expected: list[str]) -> None:
    path = tmp_path / "module.py"
    path.write_text(source)
    assert undocumented(path) == expected
