"""What a student handed in is a file from a stranger; what we released is what was asked.

So the release decides which cells there are and in which order, and the submission only fills them:

    in the release           in the submission                 is run
    a locked cell            anything, or nothing              the release's
    an answer cell           there                             the student's
    an answer cell           missing, or no code any more      nothing, and the mark says so
    an answer cell           there more than once              the last one, as nbgrader does
    a check                  anything                          never: answers are taken where it stands
    no such cell             code the student added            the student's, after the cell it follows

Nothing is parsed beyond a fixed size and a fixed depth.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.grading.plainjson import read_json

MOST_BYTES = 16 << 20
MOST_CELLS = 2_000


class Role(StrEnum):
    """What a cell of the release is for."""

    ANSWER = "answer"
    CHECK = "check"
    LOCKED = "locked"
    FREE = "free"  # the student may do with it what they like


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell; `name` is its nbgrader id, or "" when it has none."""

    name: str
    source: str
    role: Role = Role.FREE


@dataclass(frozen=True, slots=True)
class Assembled:
    """The notebook to run: cells in order, and for each answer cell that is not simply there, what is odd about it."""

    cells: tuple[Cell, ...]
    oddities: Mapping[str, str] = field(default_factory=dict)


def read_release(path: Path) -> tuple[Cell, ...]:
    """Return the code cells of a released notebook.

    Raises:
        InputError: it is not there, or not a notebook.
    """
    try:
        cells = _cells(read_json(path.read_bytes()))
    except OSError as error:
        raise InputError(
            f"cannot read: {error.strerror}", where=str(path), expected="what make exercises wrote"
        ) from error
    except InputError as error:
        raise InputError(f"not a notebook: {error}", where=str(path)) from None
    return tuple(Cell(_name(cell), _source(cell), _role(cell)) for cell in cells if cell.get("cell_type") == "code")


def read_notebook(data: bytes) -> tuple[Cell, ...]:
    """Return the code cells of a notebook as it was handed in.

    Raises:
        InputError: saying in a few words why there is nothing to mark.
    """
    document = read_json(data, MOST_BYTES)
    try:
        cells = _cells(document)
    except InputError as error:
        raise InputError(f"not a notebook: {error}") from None
    return tuple(Cell(_name(cell), _source(cell)) for cell in cells if cell.get("cell_type") == "code")


def _cells(document: Any) -> list[dict[str, Any]]:
    """Return the cells of a notebook of format 4, as far as they are of the right shape."""
    match document:
        case {"nbformat": 4, "cells": list(cells)} if all(isinstance(cell, dict) for cell in cells):
            if len(cells) > MOST_CELLS:
                raise InputError(f"{len(cells):,} cells", expected=f"at most {MOST_CELLS:,}")
            return cells
    raise InputError("no cells", expected="notebook format 4")


def _source(cell: Mapping[str, Any]) -> str:
    match cell.get("source"):
        case str(text):
            return text
        case list(lines) if all(isinstance(line, str) for line in lines):
            return "".join(lines)
    return ""


def _nbgrader(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    match cell.get("metadata"):
        case {"nbgrader": dict(data)}:
            return data
    return {}


def _name(cell: Mapping[str, Any]) -> str:
    name = _nbgrader(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def _role(cell: Mapping[str, Any]) -> Role:
    data = _nbgrader(cell)
    if data.get("solution"):
        return Role.ANSWER
    if data.get("grade"):
        return Role.CHECK
    return Role.LOCKED if data.get("locked") else Role.FREE


def assemble_notebook(release: Sequence[Cell], submitted: Sequence[Cell]) -> Assembled:
    """Fill the release with a student's answers, by the table above."""
    named = {cell.name: cell for cell in release if cell.role is not Role.FREE}
    own = _own_cells(named, submitted)
    answers = {cell.name: cell for cell in submitted if cell.name in named}  # of two, the last
    counts = [cell.name for cell in submitted]
    cells, oddities = list(own.get("", ())), {}
    for cell in release:
        if cell.role is Role.FREE:
            continue  # the student's copy of it is one of the student's own cells
        if cell.role is not Role.ANSWER:
            cells.append(cell)
        else:
            source = answers[cell.name].source if cell.name in answers else ""
            cells.append(Cell(cell.name, source, Role.ANSWER))
        if cell.role is Role.ANSWER and counts.count(cell.name) != 1:
            oddities[cell.name] = "was there twice; the last one counts" if cell.name in answers else "is missing"
        if cell.role is not Role.ANSWER and (cell.name not in answers or answers[cell.name].source != cell.source):
            oddities[cell.name] = "was changed; the original counts" if cell.name in answers else "was deleted"
        cells += own.get(cell.name, ())
    return Assembled(tuple(cells), oddities)


def _own_cells(named: Mapping[str, Cell], submitted: Sequence[Cell]) -> dict[str, list[Cell]]:
    """Return the cells that a student added, by the name of the cell they follow; messages call none by its own."""
    own: dict[str, list[Cell]] = {}
    follows = ""
    for cell in submitted:
        if cell.name in named:
            follows = cell.name
        else:
            own.setdefault(follows, []).append(Cell("", cell.source))
    return own


def checked_items(cell: Cell) -> Iterator[str]:
    """Yield the ids of the items that a cell checks: `lab.check("id", …)`.

    >>> list(checked_items(Cell("t", 'lab.check("trace", my_trace)')))
    ['trace']
    """
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse(cell.source)):
            match node:
                case ast.Call(func=ast.Attribute(attr="check"), args=[ast.Constant(value=str(item)), *_]):
                    yield item
