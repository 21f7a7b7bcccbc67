"""Compiled contracts: what a compiler says about a Vyper source, loaded by the contract's name.

A source and its artefact, the compiler's answer, lie beside each other: in the folder of their application or
attack, in `toyevm/workloads`, or, for those of layers, in `toyevm/rollups/contracts`. The artefact is kept in the
repository, so that nobody needs a compiler; `python -m toyevm.contracts.recompile` renews it, and a test tells when the
two disagree. The creation code ends with a hash of the source, so even a changed comment changes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from toyevm.contracts.abi import Argument, encode_as, encode_word
from toyevm.crypto import keccak256
from toyevm.errors import InputError

_APPLICATIONS = files("toyevm") / "workloads" / "applications"  # one folder each, with the contracts it is made of
_ATTACKS = files("toyevm") / "workloads" / "attacks"  # likewise
_LAYERS = files("toyevm") / "rollups" / "contracts"


@dataclass(frozen=True)
class Contract:
    """A compiled contract.

    Args:
        creation_code: the init code; constructor arguments go behind it.
        code: what lies at the contract's address once it is created.
        slots: where each storage variable lives, or, for a mapping, the slot its entries are hashed from.
    """

    name: str
    compiler: str
    evm_version: str
    creation_code: bytes
    code: bytes
    abi: tuple[Mapping[str, Any], ...]
    slots: Mapping[str, int]

    def call_data(self, function: str, *arguments: Argument) -> bytes:
        """Return the input that calls `function`; bytes that the function takes as a word (an address) are one.

        >>> load_contract("erc20").call_data("transfer", b"\\xbb" * 20, 5)[:4].hex()
        'a9059cbb'
        """
        for entry in self.abi:
            if entry["type"] == "function" and entry["name"] == function and len(entry["inputs"]) == len(arguments):
                return keccak256(_signature(entry))[:4] + encode_as(_types(entry), arguments)
        raise InputError(f"{self.name} has no function {function} of {len(arguments)} arguments")

    def creation_data(self, *arguments: Argument) -> bytes:
        """Return the data of a transaction that creates the contract: its init code and what the constructor takes."""
        constructors = [_types(entry) for entry in self.abi if entry["type"] == "constructor"]
        types = constructors[0] if constructors else []
        if len(types) != len(arguments):
            raise InputError(f"the constructor of {self.name} takes {len(types)} arguments, not {len(arguments)}")
        return self.creation_code + encode_as(types, arguments)

    def event_topic(self, event: str) -> int:
        """Return the first topic of a log of this event: the hash of its name and types.

        >>> hex(load_contract("erc20").event_topic("Transfer"))[:10]
        '0xddf252ad'
        """
        for entry in self.abi:
            if entry["type"] == "event" and entry["name"] == event:
                return int.from_bytes(keccak256(_signature(entry)), "big")
        raise InputError(f"{self.name} has no event {event}")


def _types(entry: Mapping[str, Any]) -> list[str]:
    return [one["type"] for one in entry["inputs"]]


def _signature(entry: Mapping[str, Any]) -> bytes:
    return f"{entry['name']}({','.join(_types(entry))})".encode()


@lru_cache(maxsize=2**16)  # whoever names places asks for the same entries in block after block
def mapping_slot(slot: int, key: int | bytes) -> int:
    """Return where Vyper keeps entry `key` of the mapping at `slot`: at the hash of both (Solidity: key first).

    >>> mapping_slot(5, b"\\xbb" * 20) == int.from_bytes(keccak256(encode_word(5) + encode_word(b"\\xbb" * 20)), "big")
    True
    """
    return int.from_bytes(keccak256(encode_word(slot) + encode_word(key)), "big")


@lru_cache
def load_contract(name: str) -> Contract:
    """Return the compiled contract of this name.

    Raises:
        InputError: when there is none.
    """
    return contract_from(name, json.loads(_file(name, ".json").read_text(encoding="utf-8")))


def contract_source(name: str) -> str:
    """Return the Vyper source of the contract of this name.

    Raises:
        InputError: when there is none.
    """
    return _file(name, ".vy").read_text(encoding="utf-8")


@lru_cache
def contract_names() -> tuple[str, ...]:
    """Return the names of all contracts there are, in alphabetical order."""
    return tuple(sorted(_folders()))


def _file(name: str, suffix: str) -> Traversable:
    if name not in (folders := _folders()):
        raise InputError(f"no contract named {name!r}", expected=f"one of {', '.join(contract_names())}")
    return folders[name] / f"{name}{suffix}"


@lru_cache
def _folders() -> dict[str, Traversable]:
    """Return the folder in which each contract lies."""
    folders = [folder for folder in (*_APPLICATIONS.iterdir(), *_ATTACKS.iterdir(), _LAYERS) if folder.is_dir()]
    artefacts = ((folder, file.name) for folder in folders for file in folder.iterdir())
    return {name.removesuffix(".json"): folder for folder, name in artefacts if name.endswith(".json")}


def contract_from(name: str, artefact: Mapping[str, Any]) -> Contract:
    """Return the contract that an artefact describes."""
    return Contract(
        name=name,
        compiler=artefact["compiler"],
        evm_version=artefact["evmVersion"],
        creation_code=bytes.fromhex(artefact["bytecode"][2:]),
        code=bytes.fromhex(artefact["runtimeBytecode"][2:]),
        abi=tuple(artefact["abi"]),
        slots=artefact["slots"],
    )


def slot_names(contract: Contract, keys: Mapping[str, int | bytes]) -> dict[int, str]:
    """Return what lives in which slot: variables, elements of arrays, entries of mappings under these `keys`.

    Mappings inside mappings are not looked into.

    >>> token = load_contract("erc20")
    >>> names = slot_names(token, {"Bob": b"\\xbb" * 20})
    >>> names[mapping_slot(token.slots["balanceOf"], b"\\xbb" * 20)], names[token.slots["totalSupply"]]
    ('balanceOf[Bob]', 'totalSupply')
    """
    variables = sorted((slot, name) for name, slot in contract.slots.items())
    names: dict[int, str] = {}
    for place, (slot, name) in enumerate(variables):
        size = variables[place + 1][0] - slot if place + 1 < len(variables) else 1
        names |= {slot + i: f"{name}[{i}]" if size > 1 else name for i in range(size)}
        names |= {mapping_slot(slot, key): f"{name}[{label}]" for label, key in keys.items()}
    return names
