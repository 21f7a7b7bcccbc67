"""What of a lesson lies beside an answer while it is marked: enough for `lab = lesson(...)`, nothing that marks.

At home a notebook may check every answer, so the items say from what a value is derived. Here that would be the
answer. Worked cases stay, since the prompt states them. Notebooks stay away: no answer needs a lesson's stored outputs.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from toyevm.teaching.lab.items import DERIVATION_SETTINGS
from toyevm.teaching.lab.rows import unseal


def lesson_files(course: Path, lesson: str) -> dict[str, bytes]:
    """Return what an answer finds of its lesson, by path below its current folder."""
    paths = [*sorted((course / lesson).iterdir()), course / "concepts.toml"]
    files = {
        f"course/{path.relative_to(course).as_posix()}": path.read_bytes()
        for path in paths
        if path.is_file() and path.suffix != ".ipynb" and not path.name.startswith(".")
    }
    items = f"course/{lesson}/items.toml"
    return files | {items: shorn_items(files[items])}


def shorn_items(items: bytes) -> bytes:
    """Return an items.toml whose exercises neither derive a value nor know a wrong one."""
    document = tomllib.loads(unseal(items).decode())
    return to_toml(document | {"exercise": [_shorn(exercise) for exercise in document.get("exercise", [])]}).encode()


def _shorn(exercise: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in exercise.items() if name != "misconception"}
    settings = exercise.get("settings", {})
    if "derive" in settings:
        kept["settings"] = {name: value for name, value in settings.items() if name not in DERIVATION_SETTINGS}
    return kept


def to_toml(document: dict[str, Any]) -> str:
    """Return a document of text, numbers, lists and tables as TOML, one line for each name at the top.

    >>> print(to_toml({"a": [{"id": "x", "on": True}], "b": 1}))
    "a" = [{"id" = "x", "on" = true}]
    "b" = 1
    """
    return "\n".join(f"{_value(name)} = {_value(value)}" for name, value in document.items())


def _value(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{_value(name)} = {_value(part)}" for name, part in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case str():  # JSON's way to write text is TOML's, but for one character
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool():
            return str(value).lower()
    return str(value)
