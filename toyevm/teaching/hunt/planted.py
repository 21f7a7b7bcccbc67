"""A contract that somebody brings, to stand in the place of one of the rollup's own."""

from __future__ import annotations

from dataclasses import dataclass, field
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


def read_planted(path: Path) -> PlantedContract:
    """Read a compiled contract, as `toyevm.contracts.compile` writes it; its ABI says in whose place it stands.

    Raises:
        InputError: it is none, or has not the functions of either.
    """
    document: Any = read_json(path, MOST_BYTES)
    if not isinstance(document, dict) or not isinstance(document.get("abi"), list):
        raise InputError("no compiled contract", str(path), EXPECTED)
    functions = {entry.get("name") for entry in document["abi"] if isinstance(entry, dict)}
    for place, function in KNOWN_BY.items():
        if function in functions:
            code = "0x" + parse_bytes(document.get("bytecode"), f"{path}: bytecode").hex()
            standing = STANDING[place]  # it is called as that one is, whatever else its ABI may say
            artefact = {"bytecode": code, "runtimeBytecode": "0x", "abi": standing.abi, "slots": {}}
            about = {"compiler": str(document.get("compiler", "")), "evmVersion": str(document.get("evmVersion", ""))}
            return PlantedContract(path.stem, place, contract_from(path.stem, artefact | about))
    raise InputError("neither a portal nor a dispute game", str(path), " or ".join(KNOWN_BY.values()))
