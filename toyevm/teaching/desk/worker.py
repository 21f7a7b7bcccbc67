"""Mark one notebook, in whatever process is asked to: one of this computer, or of a Dask cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.desk.standin import ItemMark, fault_of, mark_notebook, not_marked
from toyevm.teaching.grading.mark import Assignment
from toyevm.teaching.grading.sandbox import Limits, Sandbox, SandboxReport, open_sandbox


@dataclass(frozen=True, slots=True)
class Marked:
    """What the marker found; `wall_hit` says that it waited too long, which a busy computer may be to blame for."""

    items: tuple[ItemMark, ...]
    isolation: str
    wall_hit: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """How to open a sandbox, where it does not come along: away from here, folders and isolation are others."""

    secrets: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)
    weak: bool = False


@dataclass(frozen=True, slots=True)
class _Watched(Sandbox):
    """A sandbox that remembers whether a run in it was ended by the clock on the wall."""

    hits: list[bool] = field(default_factory=list)

    def run(self, steps: Sequence[Mapping[str, Any]], files: Mapping[str, bytes] | None = None) -> SandboxReport:
        report = Sandbox.run(self, steps, files)
        self.hits.append(getattr(report, "wall_hit", False))
        return report


def mark(what: Assignment, place: Sandbox | Place, notebook: bytes) -> Marked:
    """Mark a notebook; never raises for what is in it."""
    sandbox = place if isinstance(place, Sandbox) else _open(place)
    watched = _Watched(**{each.name: getattr(sandbox, each.name) for each in fields(sandbox)})
    try:
        items = mark_notebook(what, watched, notebook)
    except InputError as error:
        items = not_marked(what, message=f"not marked: {error}")
    except Exception as error:  # ours: the run goes on, and the row says so
        items = not_marked(what, fault=fault_of(error))
    return Marked(items, sandbox.isolation, any(watched.hits))


def isolation_at(place: Place) -> str:
    """Return how answers are isolated at a place; raise InputError where they cannot be."""
    return _open(place).isolation


@cache
def _open(place: Place) -> Sandbox:
    return open_sandbox(place.secrets, place.limits)
