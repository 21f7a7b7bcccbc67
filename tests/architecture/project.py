"""The project as its own files describe it: one place that reads pyproject.toml and lists the sources."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "toyevm"


def pyproject(root: Path = REPOSITORY) -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text())


def layers() -> list[set[str]]:
    """Return the names of the modules of each layer, layer 0 first."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    (lines,) = (each["layers"] for each in contracts if each["type"] == "layers" and each["containers"] == ["toyevm"])
    return [set(re.findall(r"\w+", line)) for line in reversed(lines)]


def sources(package: Path = PACKAGE, first: int = 0, last: int | None = None) -> list[Path]:
    """Return the source files of layers `first` to `last`; the package's own __init__ counts as layer 0."""
    names = set().union(*layers()[first : None if last is None else last + 1])
    if first == 0:
        names.add("__init__")
    return [path for path in sorted(package.rglob("*.py")) if path.relative_to(package).parts[0].split(".")[0] in names]


def module_name(path: Path, package: Path = PACKAGE) -> str:
    """Return the dotted name under which a source file is imported."""
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def project_files() -> list[str]:
    """Return the files that are tracked, or would be: what git neither ignores nor has seen deleted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return sorted({name for name in listed.split("\0") if name and (REPOSITORY / name).is_file()})
