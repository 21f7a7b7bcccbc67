"""The sample course, as its instructor has it: with the notebook from which the release is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toyevm.teaching.grading.attacks import sample
from toyevm.teaching.grading.attacks.sample import (
    FULL,
    HONEST,
    ITEMS,
    NAME,
    PROGRAM,
    SECRET,
    STUBS,
    check_of,
    nbgrader,
    setup_of,
)

__all__ = ["FULL", "HONEST", "ITEMS", "NAME", "PROGRAM", "SECRET", "fill", "nbgrader", "place", "write_sample"]


def code(source: str, name: str, metadata: dict[str, Any]) -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": "from the author's desk\n"}]
    return sample.code(source, name, metadata) | {"execution_count": 7, "outputs": outputs}


def source_notebook() -> dict[str, Any]:
    """The instructor's notebook."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Sample"},
        code(setup_of(NAME), "setup", nbgrader("setup", locked=True)),
    ]
    for item, points in zip(ITEMS, FULL, strict=True):
        body = HONEST[item].partition("\n")[2] if item == "merge" else HONEST[item]
        indent = "    " if item == "merge" else ""
        solution = f"{STUBS[item]}\n{indent}### BEGIN SOLUTION\n{body}\n{indent}### END SOLUTION"
        cells.append(code(solution, item, nbgrader(item, solution=True)))
        checks = nbgrader(f"check-{item}", grade=True, locked=True, points=points)
        cells.append(code(check_of(item), f"check-{item}", checks))
    metadata = {"kernelspec": {"display_name": "mine", "language": "python", "name": "python3"}, "author": "me"}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_sample(root: Path) -> Path:
    """Write the private and public sources of the first assignment."""
    for name, text in {
        f"course/{NAME}/items.toml": sample.ITEMS_TOML[NAME],
        f"course/{NAME}/{NAME}.ipynb": json.dumps(source_notebook() | {"cells": []}),
        "course/instructor/cards.md": "what to expect",
        f"solutions/{NAME}/marking.toml": sample.marking_toml(NAME),
        f"solutions/{NAME}/{NAME}.ipynb": json.dumps(source_notebook()),
        f"solutions/{NAME}/data.txt": "seven\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def fill(release: Path, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return a released notebook with some cells replaced, by their ids, as a student would."""
    notebook: dict[str, Any] = json.loads(sample.fill(json.loads(release.read_bytes()), answers))
    return notebook


def place(folder: Path, student: str, notebook: dict[str, Any] | bytes) -> Path:
    """Put a submission where nbgrader collects it."""
    path = folder / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
    return path
