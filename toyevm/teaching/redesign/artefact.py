"""What a team hands in: an artefact as `toyevm.contracts.compile` writes it, with the functions that are agreed.

Only its creation code is run, and calls are encoded by the agreed ABI: what its own says is compared with it, no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from toyevm.contracts import Contract, contract_from
from toyevm.errors import InputError
from toyevm.workloads.json_input import parse_bytes, parse_list, parse_object, read_json

FIELDS = ("bytecode", "abi")
MOST_BYTES = 1 << 20  # of the file
MOST_CREATION_CODE = 49_152 - 32  # bytes (EIP-3860), of which the capacity takes 32
FUNCTIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # name: types that it takes, and returns
    "grant": (("address", "uint256"), ()),
    "buy": ((), ()),
    "give": (("address",), ()),
    "refund": ((), ()),
    "close": ((), ()),
    "credit_of": (("address",), ("uint256",)),
    "ticket_of": (("address",), ("uint256",)),
    "sold": ((), ("uint256",)),
    "revenue": ((), ("uint256",)),
}
CONSTRUCTOR = ("uint256",)
MOST_SLOTS = 10_000


@lru_cache
def starter() -> Contract:
    """Return the contract that redesigns are compared with: the one in `course/capstone/redesign`, kept here too.

    A team may change that one, and the judge must not.
    """
    file = files("toyevm") / "teaching" / "redesign" / "tickets.json"
    return contract_from("tickets", json.loads(file.read_text(encoding="utf-8")))


def contract_of(path: Path) -> Contract:
    """Return the contract in an artefact.

    Raises:
        InputError: it is no artefact, another contract, or too long to be created.
    """
    where = str(path)
    document = parse_object(read_json(path, MOST_BYTES), where)
    if missing := [name for name in FIELDS if name not in document]:
        raise InputError(f"no {missing[0]!r}", where, "what `python -m toyevm.contracts.compile SOURCE.vy` writes")
    code = parse_bytes(document["bytecode"], f"{where} bytecode")
    if len(code) > MOST_CREATION_CODE:
        raise InputError(f"creation code of {len(code):,} bytes", where, f"at most {MOST_CREATION_CODE:,}")
    _check_abi(parse_list(document["abi"], f"{where} abi"), where)
    return Contract(path.stem, "", "", code, b"", starter().abi, _slots(document.get("slots")))


def _check_abi(abi: list[Any], where: str) -> None:
    """Raise InputError where a function is missing, or takes or returns something else."""
    found: dict[str, set[Any]] = {}
    for entry in abi:
        if isinstance(entry, Mapping):
            name = entry.get("name") if entry.get("type") == "function" else entry.get("type")
            found.setdefault(str(name), set()).add((_types(entry.get("inputs")), _types(entry.get("outputs"))))
    if (CONSTRUCTOR, ()) not in found.get("constructor", ()):
        raise InputError("the constructor is another", where, f"__init__({', '.join(CONSTRUCTOR)})")
    for name, (takes, returns) in FUNCTIONS.items():
        if (takes, returns) not in found.get(name, ()):
            words = f"{name}({', '.join(takes)})" + (f" -> {', '.join(returns)}" if returns else "")
            what = f"function {name} is another" if name in found else f"no function {name}"
            raise InputError(what, where, words)


def _slots(said: Any) -> dict[str, int]:
    """Return where variables lie, which only names places for its team; nothing, if that is no plain table."""
    if not isinstance(said, Mapping) or not all(
        name.isidentifier() and type(slot) is int and 0 <= slot < MOST_SLOTS for name, slot in said.items()
    ):
        return {}
    return dict(said)


def _types(items: Any) -> tuple[str, ...]:
    known = items if isinstance(items, list) else []
    return tuple(str(item.get("type")) if isinstance(item, Mapping) else "" for item in known)
