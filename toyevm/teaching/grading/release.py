"""The notebook with the solutions is the source; what students get is made from it, and never edited.

nbgrader's own steps do the work, in nbgrader's order, so that cells, locks and checksums are those that
`nbgrader generate_assignment` would write. What we add is that the same source gives the same bytes on every machine:
what depends on the day or the editor is dropped, and the gradebook is left out.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.files import write_whole
from toyevm.teaching.lab.course import ROOT
from toyevm.teaching.lab.notebooks import clear_outputs, to_json

CODE_STUB = "...  # Your turn"  # instead of a solution: harmless where it stands, and what a check knows as missing
PRIVATE = ("marking.toml", "turns.toml")  # lie beside a source and are never released
ASSIGNMENT = re.compile(r"[0-9][0-9]-[a-z0-9-]+")

# nbgrader.converters.GenerateAssignment.preprocessors, but for headers, generated tests and the gradebook.
_STEPS = (
    "LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ClearHiddenTests", "ClearMarkScheme",
    "ComputeChecksums", "CheckCellMetadata",
)  # fmt: skip
_CELL_METADATA = ("deletable", "editable", "nbgrader", "tags")
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def write_exercises(root: Path = ROOT) -> list[Path]:
    """Write root/exercises from root/solutions; return the notebooks, in order.

    Raises:
        InputError: no solutions, one that is not a notebook nbgrader takes, or an exercise that has no source.
    """
    made = make_exercises(root / "solutions")
    there = [path for path in (root / "exercises").glob("*/*") if not path.name.startswith(".")]
    if stale := {path.relative_to(root / "exercises").as_posix() for path in there} - set(made):
        raise InputError(f"exercises/{min(stale)} has no source", expected="it deleted, or made in solutions/")
    for name, data in made.items():
        write_whole(root / "exercises" / name, data, make_folder=True)
    return [root / "exercises" / name for name in made]


def make_exercises(solutions: Path) -> dict[str, bytes]:
    """Return what is to be released, by its path below exercises/: notebooks, and the files beside them."""
    sources = sorted(path for path in solutions.glob("*/*.ipynb") if path.stem == path.parent.name)
    if not sources:
        raise InputError("no solutions", str(solutions), "NN-name/NN-name.ipynb: students' bundles have none")
    made = {}
    for source in sources:
        name = source.stem
        if not ASSIGNMENT.fullmatch(name):
            raise InputError(f"{name!r} is no name of an assignment", str(source), "NN-name")
        for path in sorted(source.parent.iterdir()):
            if path.is_file() and path.name not in PRIVATE and not path.name.startswith("."):
                data = path.read_bytes()
                made[f"{name}/{path.name}"] = release_notebook(data, str(path)) if path == source else data
    return made


def release_notebook(data: bytes, where: str) -> bytes:
    """Return the students' version of a notebook with solutions.

    Raises:
        InputError: nbgrader cannot make one; it says why.
    """
    nbformat: Any = import_module("nbformat")
    preprocessors: Any = import_module("nbgrader.preprocessors")
    notebook = nbformat.reads(clear_outputs(data, where).decode(), as_version=4)
    settings = {"ClearSolutions": {"code_stub": {"python": CODE_STUB}}}
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # it prints whole cells, and we say it in one line
    try:
        for step in _STEPS:
            notebook, _ = getattr(preprocessors, step)(**settings.get(step, {})).preprocess(notebook, {})
    except Exception as error:  # each step has its own way to complain
        raise InputError(f"nbgrader refuses it: {' '.join(str(error).split())}", where=where) from error
    return to_json(_steady(notebook))


def _steady(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook without what depends on the day, the editor or the kernel's version."""
    cells = []
    for cell in notebook["cells"]:
        kept = {name: cell["metadata"][name] for name in _CELL_METADATA if name in cell["metadata"]}
        cells.append({**cell, "metadata": kept, "source": cell["source"].splitlines(keepends=True)})
    metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": notebook["nbformat_minor"]}


def main() -> int:
    """Write exercises/ and say what was written."""
    try:
        for path in write_exercises():
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    except InputError as error:
        sys.stderr.write(f"toyevm: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
