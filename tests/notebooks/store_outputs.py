"""Run notebooks from top to bottom and store what they show: `python tests/notebooks/store_outputs.py NOTEBOOK...`.

What a notebook shows must be the same in each run, so nothing is kept that is not: no times, no numbers of widgets.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

WIDGET = "application/vnd.jupyter.widget-view+json"


def store_outputs(path: Path) -> None:
    """Run the notebook at `path` in its own folder, and write it back with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, record_timing=False, resources=resources).execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        store_outputs(Path(name))
        print(f"{name}: stored")
