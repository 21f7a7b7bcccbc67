"""Compile the Vyper sources of this folder anew: `python -m toyevm.contracts.recompile`, with Vyper 0.4.3 installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def compile_source(source: Path) -> dict[str, Any]:
    """Return the artefact of one source; the source itself names compiler and EVM version, in its first lines."""
    import vyper
    from vyper.compiler import compile_code

    formats = ("bytecode", "bytecode_runtime", "abi", "layout", "settings_dict")
    compiled = compile_code(source.read_text(encoding="utf-8"), Path(source.name), output_formats=formats)
    return {
        "compiler": f"vyper {vyper.__version__}",
        "evmVersion": compiled["settings_dict"]["evm_version"],
        "bytecode": compiled["bytecode"],
        "runtimeBytecode": compiled["bytecode_runtime"],
        "abi": compiled["abi"],
        "slots": {name: place["slot"] for name, place in compiled["layout"]["storage_layout"].items()},
    }


def main() -> None:
    """Compile every source beside this file and write its artefact."""
    for source in sorted(Path(__file__).parent.glob("*.vy")):
        text = json.dumps(compile_source(source), indent=2) + "\n"
        source.with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
