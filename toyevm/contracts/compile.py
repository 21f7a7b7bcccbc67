"""Compiling a Vyper source to a contract that can be called, for who wants to change one and has the compiler.

Vyper is not needed to run anything: the contracts of this repository are kept compiled.
"""

from __future__ import annotations

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
