"""Run notebooks from top to bottom and store what they show: `store_outputs.py NOTEBOOK...`.

What a notebook shows must be the same in each run, so nothing is kept that is not: no times, no numbers of widgets.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

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
        if "outputs" in cell:
            cell.outputs = list(tidy(cell.outputs))
    nbformat.write(notebook, path)


def tidy(outputs: Iterable[Any]) -> Iterator[Any]:
    """Leave out the numbers of widgets, and join text that came in two pieces, as it does now and then."""
    last = None
    for output in outputs:
        output.get("data", {}).pop(WIDGET, None)
        if last is not None and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            last = output
            yield output


if __name__ == "__main__":
    for name in sys.argv[1:]:
        store_outputs(Path(name))
        print(f"{name}: stored")
