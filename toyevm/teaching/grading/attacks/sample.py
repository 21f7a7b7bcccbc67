"""A course of two small assignments, so that what is attacked does not depend on what the lessons ask.

`01-sample`: a program (2 points), a number that only marking.toml knows (1), a function (3).
`02-hidden`: two functions (2, 1), a number (1), a program (2); all that is hidden in it is a *canary*, a number of 20
digits that occurs nowhere else, so that it is found in whatever it leaks into.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME, HIDDEN = "01-sample", "02-hidden"
SECRET = 8191
FULL = (2, 1, 3)
ITEMS = ("double", "number", "merge")
FULL_HIDDEN = (2, 1, 1, 2)
HIDDEN_ITEMS = ("probe", "echo", "word", "store")
CANARIES = (58211907340982651147, 73940028516671930254, 91362750488130296515, 64805193277041958326)

_HINTS = 'hints = ["a", "b", "c"]'


def _exercise(item: str, points: int, judge: str, answer: str, rest: str = "") -> str:
    return f"""
[[exercise]]
id = "{item}"
title = "{item.title()}"
prompt = "As it was said."
objective = "o"
concepts = []
points = {points}
judge = "{judge}"
answer = "{answer}"
{_HINTS}
{rest}"""


def _case(name: str, given: str, expect: str) -> str:
    return f'[[exercise.case]]\nname = "{name}"\n{given}\nexpect = {{ {expect} }}\n'


ITEMS_TOML = {
    NAME: _exercise("double", 2, "program", "my_program", _case("three", "input = [3]", "output = [6]"))
    + _exercise("number", 1, "value", "my_number")
    + _exercise("merge", 3, "function", "merge", _case("short", "args = [[1], [2]]", "value = [1, 2]")),
    HIDDEN: _exercise("probe", 2, "function", "probe", _case("seven", "args = [7]", "value = 8"))
    + _exercise("echo", 1, "function", "echo", _case("nine", "args = [9]", "value = [9]"))
    + _exercise("word", 1, "value", "my_word")
    + _exercise("store", 2, "program", "my_store", _case("three", "input = [3]", "output = [3]")),
}


def marking_toml(name: str, canaries: tuple[int, int, int, int] = CANARIES) -> str:
    """Return the private side of an assignment."""
    if name == NAME:
        return f"""
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
    one, two, three, four = canaries
    return f"""
[[item]]
id = "probe"
[[item.case]]
name = "case {one}"
args = [{one}]
expect = {{ value = {one + 1} }}
[[item.misconception]]
id = "adds-two"
belief = "the next number is the one after it"
symptom = {{ case = "case {one}", value = {one + 2} }}
message = "Given {one}, is {one + 2} the next number?"

[[item]]
id = "echo"
[[item.case]]
name = "case {two}"
args = [{two}]
expect = {{ value = [{two}] }}

[[item]]
id = "word"
expected = {three}

[[item]]
id = "store"
[[item.case]]
name = "case {four}"
input = [{four}]
expect = {{ output = [{four}] }}
"""


PROGRAM = 'my_program = "PUSH1 0 CALLDATALOAD DUP1 ADD PUSH1 0 MSTORE PUSH1 32 PUSH1 0 RETURN"'
HONEST = {
    "double": PROGRAM,
    "number": f"my_number = {SECRET}",
    "merge": "def merge(left, right):\n    return sorted(left + right)",
    "probe": "def probe(number):\n    return number + 1",
    "echo": "def echo(number):\n    return [number]",
    "word": f"my_word = {CANARIES[2]}",
    "store": 'my_store = "PUSH1 0 CALLDATALOAD PUSH1 0 MSTORE PUSH1 32 PUSH1 0 RETURN"',
}
STUBS = {
    "double": "my_program = None", "number": "my_number = None", "merge": "def merge(left, right):",
    "probe": "def probe(number):", "echo": "def echo(number):", "word": "my_word = None", "store": "my_store = None",
}  # fmt: skip
VARIABLES = {
    "double": "my_program", "number": "my_number", "merge": "merge",
    "probe": "probe", "echo": "echo", "word": "my_word", "store": "my_store",
}  # fmt: skip
POINTS = dict(zip((*ITEMS, *HIDDEN_ITEMS), (*FULL, *FULL_HIDDEN), strict=True))
STUB = "...  # Your turn"


def items_of(name: str) -> tuple[str, ...]:
    """Return the items of an assignment, in order."""
    return ITEMS if name == NAME else HIDDEN_ITEMS


def setup_of(name: str) -> str:
    """Return the cell with which a notebook begins."""
    return f'from toyevm.teaching.lab import lesson\n\nlab = lesson("{name}")\nlimit = 10'


def check_of(item: str) -> str:
    """Return the cell that checks an item."""
    return f'lab.check("{item}", {VARIABLES[item]})'


def nbgrader(name: str, **more: Any) -> dict[str, Any]:
    """Return what nbgrader notes of a cell."""
    return {
        "grade": False, "grade_id": name, "locked": False, "schema_version": 3, "solution": False, "task": False,
    } | more  # fmt: skip


def released(name: str) -> dict[str, Any]:
    """Return the notebook of an assignment as students get it; a test compares it with what nbgrader makes."""
    cells = [code(setup_of(name), "setup", nbgrader("setup", locked=True))]
    for item in items_of(name):
        stub = f"{STUBS[item]}\n    {STUB}" if STUBS[item].startswith("def ") else f"{STUBS[item]}\n{STUB}"
        cells.append(code(stub, item, nbgrader(item, solution=True)))
        checks = nbgrader(f"check-{item}", grade=True, locked=True, points=POINTS[item])
        cells.append(code(check_of(item), f"check-{item}", checks))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def code(source: str, name: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell."""
    return {
        "cell_type": "code", "execution_count": None, "id": name, "metadata": {"nbgrader": dict(metadata)},
        "outputs": [], "source": source,
    }  # fmt: skip


def fill(notebook: Mapping[str, Any], answers: Mapping[str, str], after: Mapping[str, str] | None = None) -> bytes:
    """Return a released notebook as a student hands it in.

    Args:
        answers: sources by the id of their cell.
        after: cells that the student added, by the id of the cell that they follow.
    """
    cells: list[dict[str, Any]] = []
    for cell in notebook["cells"]:
        cells.append(cell | {"source": answers.get(cell["id"], cell["source"])})
        if cell["id"] in (after or {}):
            cells.append({"cell_type": "code", "metadata": {}, "outputs": [], "source": (after or {})[cell["id"]]})
    return json.dumps({**notebook, "cells": cells}).encode()


def write_course(root: Path, canaries: tuple[int, int, int, int] = CANARIES) -> Path:
    """Write all that the marking of both assignments needs."""
    for name in (NAME, HIDDEN):
        for place, text in {
            f"course/{name}/items.toml": ITEMS_TOML[name],
            f"solutions/{name}/marking.toml": marking_toml(name, canaries),
            f"exercises/{name}/{name}.ipynb": json.dumps(released(name)),
            "course/concepts.toml": "",
        }.items():
            path = root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return root
