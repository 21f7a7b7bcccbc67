"""A course of one small assignment, so that what is tested here does not depend on what the lessons ask.

Three answers are marked: a program (2 points), a number that only marking.toml knows (1), a function (3).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME = "01-sample"
SECRET = 8191
FULL = (2, 1, 3)
ITEMS = ("double", "number", "merge")

_HINTS = 'hints = ["a", "b", "c"]'
ITEMS_TOML = f"""
[[exercise]]
id = "double"
title = "Double"
prompt = "Return twice the input."
objective = "o"
concepts = []
points = 2
judge = "program"
answer = "my_program"
{_HINTS}
[[exercise.case]]
name = "three"
input = [3]
expect = {{ output = [6] }}

[[exercise]]
id = "number"
title = "Number"
prompt = "Which number?"
objective = "o"
concepts = []
points = 1
judge = "value"
answer = "my_number"
{_HINTS}

[[exercise]]
id = "merge"
title = "Merge"
prompt = "Merge two sorted lists."
objective = "o"
concepts = []
points = 3
judge = "function"
answer = "merge"
{_HINTS}
[[exercise.case]]
name = "short"
args = [[1], [2]]
expect = {{ value = [1, 2] }}
"""

MARKING_TOML = f"""
[[item]]
id = "double"
[[item.case]]
name = "none"
input = [0]
expect = {{ output = [0] }}

[[item]]
id = "number"
expected = {SECRET}

[[item]]
id = "merge"
[[item.case]]
name = "long"
args = [[1, 4, 9], [2, 3, 10]]
expect = {{ value = [1, 2, 3, 4, 9, 10] }}
[[item.case]]
name = "same"
args = [[5], [5]]
expect = {{ value = [5, 5] }}
"""

PROGRAM = 'my_program = "PUSH1 0 CALLDATALOAD DUP1 ADD PUSH1 0 MSTORE PUSH1 32 PUSH1 0 RETURN"'
HONEST = {
    "double": PROGRAM,
    "number": f"my_number = {SECRET}",
    "merge": "def merge(left, right):\n    return sorted(left + right)",
}
STUBS = {"double": "my_program = None", "number": "my_number = None", "merge": "def merge(left, right):"}
SETUP = f'from toyevm.teaching.lab import lesson\n\nlab = lesson("{NAME}")\nlimit = 10'


def nbgrader(name: str, **more: Any) -> dict[str, Any]:
    return {
        "grade": False,
        "grade_id": name,
        "locked": False,
        "schema_version": 3,
        "solution": False,
        "task": False,
    } | more


def code(source: str, name: str, metadata: dict[str, Any]) -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": "from the author's desk\n"}]
    return {
        "cell_type": "code", "execution_count": 7, "id": name, "metadata": {"nbgrader": metadata},
        "outputs": outputs, "source": source,
    }  # fmt: skip


def source_notebook() -> dict[str, Any]:
    """The instructor's notebook."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Sample"},
        code(SETUP, "setup", nbgrader("setup", locked=True)),
    ]
    variables = {"double": "my_program", "number": "my_number", "merge": "merge"}
    for item, points in zip(ITEMS, FULL, strict=True):
        body = HONEST[item].partition("\n")[2] if item == "merge" else HONEST[item]
        indent = "    " if item == "merge" else ""
        solution = f"{STUBS[item]}\n{indent}### BEGIN SOLUTION\n{body}\n{indent}### END SOLUTION"
        cells.append(code(solution, item, nbgrader(item, solution=True)))
        check = f'lab.check("{item}", {variables[item]})'
        cells.append(code(check, f"check-{item}", nbgrader(f"check-{item}", grade=True, locked=True, points=points)))
    metadata = {"kernelspec": {"display_name": "mine", "language": "python", "name": "python3"}, "author": "me"}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_sample(root: Path) -> Path:
    """Write the private and public sources of the course."""
    for name, text in {
        f"course/{NAME}/items.toml": ITEMS_TOML,
        f"course/{NAME}/{NAME}.ipynb": json.dumps(source_notebook() | {"cells": []}),
        "course/instructor/cards.md": "what to expect",
        f"solutions/{NAME}/marking.toml": MARKING_TOML,
        f"solutions/{NAME}/{NAME}.ipynb": json.dumps(source_notebook()),
        f"solutions/{NAME}/data.txt": "seven\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def fill(release: Path, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return a released notebook with some cells replaced, by their ids, as a student would."""
    notebook: dict[str, Any] = json.loads(release.read_bytes())
    for cell in notebook["cells"]:
        if cell["id"] in answers:
            cell["source"] = answers[cell["id"]]
    return notebook


def place(folder: Path, student: str, notebook: dict[str, Any] | bytes) -> Path:
    """Put a submission where nbgrader collects it."""
    path = folder / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
    return path
