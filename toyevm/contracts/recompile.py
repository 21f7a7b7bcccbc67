"""Compile all Vyper sources anew: `python -m toyevm.contracts.recompile`; needs Vyper 0.4.3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toyevm.contracts.compile import compile_artefact

_TOYEVM = Path(__file__).parents[1]
APPLICATIONS = _TOYEVM / "workloads" / "applications"
ATTACKS = _TOYEVM / "workloads" / "attacks"
LAYERS = _TOYEVM / "rollups" / "contracts"


def sources() -> list[Path]:
    """Return the sources of the applications, of the attacks, of the layers, each in alphabetical order."""
    return [path for folder in (APPLICATIONS, ATTACKS, LAYERS) for path in sorted(folder.rglob("*.vy"))]


def compile_source(source: Path) -> dict[str, Any]:
    """Return the artefact of one source; the source itself names compiler and EVM version, in its first lines."""
    return compile_artefact(source.read_text(encoding="utf-8"), source.stem)


def main() -> None:
    """Compile every source and write its artefact beside it."""
    for source in sources():
        text = json.dumps(compile_source(source), indent=2) + "\n"
        source.with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
