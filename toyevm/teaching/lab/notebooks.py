"""Clear a notebook's outputs."""

from __future__ import annotations

import json
from typing import Any

from toyevm.errors import InputError


def clear_outputs(data: bytes, where: str) -> bytes:
    """Return a notebook without outputs, execution counts and widget state.

    Raises:
        InputError: not a notebook of format 4.

    >>> cell = {"cell_type": "code", "execution_count": 7, "outputs": ["42"], "source": "6 * 7", "metadata": {}}
    >>> cleared = clear_outputs(json.dumps({"nbformat": 4, "cells": [cell], "metadata": {}}).encode(), "a.ipynb")
    >>> json.loads(cleared)["cells"][0]["outputs"], json.loads(cleared)["cells"][0]["execution_count"]
    ([], None)
    """
    try:
        notebook = json.loads(data)
        if notebook["nbformat"] != 4:
            raise ValueError
        notebook["metadata"].pop("widgets", None)
        for cell in notebook["cells"]:
            cell["metadata"].pop("execution", None)  # times of day
            if cell["cell_type"] == "code":
                cell.update(execution_count=None, outputs=[])
        return to_json(notebook)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InputError("not a notebook", where=where, expected="JSON in notebook format 4") from None


def to_json(document: dict[str, Any]) -> bytes:
    """Return JSON in the shape in which Jupyter writes it, so that saving an unchanged notebook changes nothing."""
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
