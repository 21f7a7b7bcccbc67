"""Compile the Vyper sources of this folder anew: `python -m toyevm.contracts.recompile`, with Vyper 0.4.3 installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toyevm.contracts.compile import compile_artefact


def compile_source(source: Path) -> dict[str, Any]:
    """Return the artefact of one source; the source itself names compiler and EVM version, in its first lines."""
    return compile_artefact(source.read_text(encoding="utf-8"), source.stem)


def main() -> None:
    """Compile every source beside this file and write its artefact."""
    for source in sorted(Path(__file__).parent.glob("*.vy")):
        text = json.dumps(compile_source(source), indent=2) + "\n"
        source.with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
