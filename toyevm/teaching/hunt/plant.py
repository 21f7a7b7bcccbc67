"""Planting faults: contracts with a piece of their source replaced, compiled. It needs Vyper.

[no-delay]
contract = "optimistic_portal"
old = "…"       a piece that is in its source exactly once
new = "…"       what stands there instead
harm = "…"      a sentence
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toyevm.contracts import contract_source
from toyevm.contracts.compile import compile_artefact
from toyevm.crypto import keccak256
from toyevm.errors import InputError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")  # it becomes the name of a file
FIELDS = ("contract", "old", "new", "harm")


@dataclass(frozen=True)
class PlantedFault:
    """A piece of a contract's source, what stands there instead, and what harm it does."""

    name: str
    contract: str
    old: str
    new: str
    harm: str

    @property
    def source(self) -> str:
        """The contract's source with the fault in it.

        Raises:
            InputError: there is no such contract, or the piece is not in it exactly once.
        """
        source = contract_source(self.contract)
        if (times := source.count(self.old)) != 1:
            raise InputError(f"{self.old!r:.80} is there {times} times", self.name, f"once in {self.contract}")
        if self.new == self.old:
            raise InputError("what stands there instead is the same", self.name, "another piece of source")
        return source.replace(self.old, self.new)

    def compiled(self) -> dict[str, Any]:
        """Return what the compiler makes of it; raise InputError as `compile_artefact` does."""
        return compile_artefact(self.source, self.contract)


def read_faults(path: Path) -> list[PlantedFault]:
    """Read a file of faults.

    Raises:
        InputError: it cannot be read, or is none; the line says which fault.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", str(path), "a file of faults") from error
    except ValueError as error:
        raise InputError(f"not TOML: {error}", str(path), "a file of faults") from error
    if not document:
        raise InputError("no fault", str(path), "[name-in-letters], and below it " + ", ".join(FIELDS))
    for name, table in document.items():
        if not (isinstance(table, Mapping) and set(table) == set(FIELDS) and NAME.fullmatch(name)):
            raise InputError("no fault", f"{path}: {name}", f"a table [name-in-letters] with {', '.join(FIELDS)}")
        if strange := [field for field in FIELDS if not isinstance(table[field], str)]:
            raise InputError(f"{strange[0]} is no text", f"{path}: {name}", "text")
        if not table["harm"].strip():
            raise InputError("no harm", f"{path}: {name}", "a sentence: who loses what")
    return [PlantedFault(name, **table) for name, table in document.items()]


def plant(path: Path, folder: Path, by_number: bool = False) -> list[tuple[Path, PlantedFault]]:
    """Compile each fault of a file into a folder; return what was written.

    Args:
        by_number: name the files 0, 1, and so on, in an order that tells nothing; if not, after the faults.

    Raises:
        InputError: the file is not one of faults, Vyper is missing or refuses one, or the folder cannot be written to.
    """
    compiled = [(fault, fault.compiled()) for fault in read_faults(path)]
    if by_number:
        compiled.sort(key=lambda each: keccak256(each[1]["bytecode"].encode()))
    names = [str(number) if by_number else fault.name for number, (fault, _) in enumerate(compiled)]
    made = [(folder / f"{name}.json", *each) for name, each in zip(names, compiled, strict=True)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, _, artefact in made:
            file.write_text(json.dumps(artefact, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(error.strerror or "cannot be written to", str(folder), "a folder") from error
    return [(file, fault) for file, fault, _ in made]
