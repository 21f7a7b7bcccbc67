"""Contracts in the place of the rollup's own: what somebody brings, and twins of the standing ones.

A twin does the same by other code, which costs other gas: who finds something in it has looked at code or gas.
`twins.json` has what the compiler makes of the standing sources without its optimizer (`# pragma optimize none`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from toyevm.contracts import Contract, contract_from
from toyevm.errors import InputError
from toyevm.rollups.optimistic.dispute_contract import GAME, PORTAL
from toyevm.workloads.json_input import parse_bytes, read_json

Place = Literal["portal", "game"]
KNOWN_BY: dict[Place, str] = {"portal": "finalize_withdrawal", "game": "propose"}  # a function that the other lacks
STANDING: dict[Place, Contract] = {"portal": PORTAL, "game": GAME}
EXPECTED = "what a compiler made of a portal or of a dispute game"
MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class PlantedContract:
    """A contract, and whose place it takes."""

    name: str
    place: Place
    contract: Contract = field(repr=False)


@lru_cache
def twin(place: Place) -> Contract:
    """Return a contract that does what the standing one does, by other code."""
    codes = json.loads((files("toyevm") / "teaching" / "hunt" / "twins.json").read_text(encoding="utf-8"))
    return _called_as(place, f"twin of the {place}", codes[place])


def read_planted(path: Path) -> PlantedContract:
    """Read a compiled contract, as `toyevm.contracts.compile` writes it; its ABI says in whose place it stands.

    Raises:
        InputError: it is none, or has not the functions of either.
    """
    document: Any = read_json(path, MOST_BYTES)
    if not isinstance(document, dict) or not isinstance(document.get("abi"), list):
        raise InputError("no compiled contract", str(path), EXPECTED)
    functions = [entry.get("name") for entry in document["abi"] if isinstance(entry, dict)]
    for place, function in KNOWN_BY.items():
        if function in functions:
            code = "0x" + parse_bytes(document.get("bytecode"), f"{path}: bytecode").hex()
            return PlantedContract(path.stem, place, _called_as(place, path.stem, code))
    raise InputError("neither a portal nor a dispute game", str(path), " or ".join(KNOWN_BY.values()))


def _called_as(place: Place, name: str, code: str) -> Contract:
    """Return a contract that is called as the standing one is, whatever its own ABI says."""
    artefact = {"bytecode": code, "runtimeBytecode": "0x", "abi": STANDING[place].abi, "slots": {}}
    return contract_from(name, artefact | {"compiler": "", "evmVersion": ""})
