"""What an import of a module that has moved says: one sentence, instead of "No module named …".

Notebooks outlive the toyevm they were written for: a student's copy keeps what they changed. A module's `__getattr__`
would not do, for the import system does not ask it for submodules; and an old notebook fails before more of ours than
`import toyevm` has run, so the finder is set there. It stands first, because what a checkout forgets to delete
(`widgets/__pycache__`) is an empty package to the others.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder

MOVED = {
    "toyevm.analysis.metrics": "toyevm.simulation.metrics",
    "toyevm.analysis.schedule": "toyevm.simulation.schedule",
    "toyevm.backends.moves": "toyevm.simulation.notation",
    "toyevm.backends.naive": "toyevm.simulation.interleaver",
    "toyevm.grading": "toyevm.teaching.grading",
    "toyevm.lab": "toyevm.teaching.lab",
    "toyevm.vm.assembler": "toyevm.assembler",
    "toyevm.vm.tracer": "toyevm.tracer",
    "toyevm.widgets": "toyevm.teaching.kit and toyevm.teaching.lessons",
    "toyevm.workloads.boards": "toyevm.workloads.statement_blocks",
    "toyevm.workloads.demand": "toyevm.workloads.payment_waves",
    "toyevm.workloads.mill": "toyevm.workloads.hashing_blocks",
    "toyevm.workloads.places": "toyevm.workloads.location_names",
    "toyevm.workloads.scenes": "toyevm.workloads.planned_blocks",
    "toyevm.workloads.short_tree": "toyevm.teaching.lessons.state_transactions_blocks",
}


class MovedModules:
    """Refuse the modules of `MOVED`; beside newer versions of a student's notebooks, all that this toyevm lacks."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        """Find nothing; say where a module is now.

        Raises:
            ModuleNotFoundError: without its `name`, by which `from toyevm import …` would take it for a mere attempt.
        """
        if not name.startswith("toyevm."):
            return
        newer = newer_notebooks()
        if name in MOVED or (newer and PathFinder.find_spec(name, path) is None):
            raise ModuleNotFoundError(moved_message(name, newer))


def newer_notebooks() -> list[str]:
    """Return the new versions that `toyevm lab` has put beside a student's notebooks, in the current folder."""
    from glob import glob  # unlike pathlib, quiet where the folder is gone

    return sorted(glob("*.new*.ipynb"))


def moved_message(name: str, newer: Sequence[str]) -> str:
    """Return what moved, where the new version of the notebook lies, and what to do.

    >>> moved_message("toyevm.lab", ["03-conflicts.new.ipynb"]).partition(": ")[2]
    'the new version is 03-conflicts.new.ipynb, in this folder; open it, and copy your answers into it.'
    """
    what = f"{name} is now {MOVED[name]}" if name in MOVED else f"this toyevm has no {name}"
    if newer:
        advice = f"the new version is {' or '.join(newer)}, in this folder; open it, and copy your answers into it."
    else:
        advice = "`toyevm lab` puts the new version beside it, as NAME.new.ipynb; copy your answers into that."
    return f"{what}, and this notebook was written for an older toyevm: {advice}"


def install() -> None:
    """Ask the finder before all others, once."""
    if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, MovedModules())
