"""Mark one notebook, in whatever process is asked to: this one, or one of a Dask cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from toyevm.teaching.grading.mark import Assignment, ItemMark, mark_notebook
from toyevm.teaching.grading.sandbox import Limits, Sandbox, open_sandbox


@dataclass(frozen=True, slots=True)
class Marked:
    """What the marker found, and how the answers were isolated."""

    items: tuple[ItemMark, ...]
    isolation: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How to open a sandbox on another computer, where one of ours would not be the right one."""

    secrets: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)
    weak: bool = False


def mark(what: Assignment, place: Sandbox | Elsewhere, notebook: bytes) -> Marked:
    """Mark a notebook; never raises for what is in it."""
    sandbox = place if isinstance(place, Sandbox) else _open(place)
    return Marked(mark_notebook(what, sandbox, notebook), sandbox.isolation)


def isolation_at(place: Elsewhere) -> str:
    """Return how answers are isolated at a place; raise InputError where they cannot be."""
    return _open(place).isolation


@cache
def _open(place: Elsewhere) -> Sandbox:
    return open_sandbox(place.secrets, place.limits, weak=place.weak)
