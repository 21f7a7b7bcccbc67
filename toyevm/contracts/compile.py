"""Compiling a Vyper source to a contract that can be called, for who wants to change one and has the compiler.

Vyper is not needed to run anything: the contracts of this repository are kept compiled. A source of one's own gets an
artefact beside it by `python -m toyevm.contracts.compile SOURCE.vy`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toyevm.contracts import Contract, contract_from
from toyevm.errors import InputError

FORMATS = ("bytecode", "bytecode_runtime", "abi", "layout", "settings_dict")


def compile_vyper(source_text: str, name: str = "contract") -> Contract:
    """Return the contract that a Vyper source describes.

    Raises:
        InputError: Vyper is not installed, or does not accept the source; one line says what and where.
    """
    return contract_from(name, compile_artefact(source_text, name))


def compile_artefact(source_text: str, name: str) -> dict[str, Any]:
    """Return what is kept in the repository of a source; it may itself name compiler and EVM version, at its top."""
    try:
        import vyper
        from vyper.compiler import compile_code
        from vyper.evm.opcodes import DEFAULT_EVM_VERSION
        from vyper.exceptions import VyperException
    except ImportError as error:
        raise InputError("Vyper is not installed", expected="pip install 'toyevm[contracts]'") from error
    try:
        compiled = compile_code(source_text, Path(f"{name}.vy"), output_formats=FORMATS)
    except SyntaxError as error:  # the compiler reads a source by Python's parser first
        raise InputError(f"{type(error).__name__}: {error.msg}", f"{name}.vy line {error.lineno}") from error
    except VyperException as error:
        raise InputError(
            f"{type(error).__name__}: {_one_line(error.message)}", f"{name}.vy{_line_of(error)}"
        ) from error
    return {
        "compiler": f"vyper {vyper.__version__}",
        "evmVersion": compiled["settings_dict"].get("evm_version", DEFAULT_EVM_VERSION),
        "bytecode": compiled["bytecode"],
        "runtimeBytecode": compiled["bytecode_runtime"],
        "abi": compiled["abi"],
        "slots": {name: place["slot"] for name, place in compiled["layout"].get("storage_layout", {}).items()},
    }


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _line_of(error: Any) -> str:
    """Return " line N", as far as the compiler knows it: it hangs on the piece of syntax that it could not take."""
    places = [place[1] if isinstance(place, tuple) else place for place in error.annotations or ()]
    line = error.lineno or next((place.lineno for place in places if hasattr(place, "lineno")), None)
    return f" line {line}" if line else ""


def compile_file(source: Path) -> Path:
    """Compile a source, write its artefact beside it, and return where that is.

    Raises:
        InputError: it is no .vy file or cannot be read, it does not compile, or the artefact cannot be written.
    """
    if source.suffix != ".vy":
        raise InputError("not a Vyper source", str(source), "SOURCE.vy")
    try:
        text = source.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror}", str(source), "a Vyper source") from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", str(source), "a Vyper source") from error
    artefact = json.dumps(compile_artefact(text, source.stem), indent=2) + "\n"
    made = source.with_suffix(".json")
    try:
        made.write_text(artefact, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write it: {error.strerror}", str(made)) from error
    return made


def main(arguments: Sequence[str]) -> int:
    """Compile the sources that are named, and say where their artefacts are."""
    try:
        if not arguments:
            raise InputError("no source", expected="python -m toyevm.contracts.compile SOURCE.vy")
        for source in arguments:
            sys.stdout.write(f"{compile_file(Path(source))}\n")
    except InputError as error:
        sys.stderr.write(f"toyevm: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
