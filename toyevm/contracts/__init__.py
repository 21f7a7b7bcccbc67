"""Contracts that lessons, workloads and benchmarks run: Vyper sources, each beside what the compiler made of it.

The compiled artefact is kept in the repository, so that nobody needs a compiler; `python -m toyevm.contracts.recompile`
renews it, and a test tells when source and artefact disagree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from toyevm.crypto import keccak256
from toyevm.errors import InputError


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

    def call_data(self, function: str, *arguments: int | bytes) -> bytes:
        """Return the input that calls `function`; an argument is a word, or bytes that fit into one (an address).

        >>> load_contract("erc20").call_data("transfer", b"\\xbb" * 20, 5)[:4].hex()
        'a9059cbb'
        """
        return self._selector(function, len(arguments)) + b"".join(map(_as_word, arguments))

    def _selector(self, function: str, argument_count: int) -> bytes:
        for entry in self.abi:
            if entry["type"] == "function" and entry["name"] == function and len(entry["inputs"]) == argument_count:
                return keccak256(f"{function}({','.join(i['type'] for i in entry['inputs'])})".encode())[:4]
        raise InputError(f"{self.name} has no function {function} of {argument_count} arguments")


def _as_word(argument: int | bytes) -> bytes:
    return argument.to_bytes(32, "big") if isinstance(argument, int) else argument.rjust(32, b"\0")


def mapping_slot(slot: int, key: int | bytes) -> int:
    """Return where Vyper keeps entry `key` of the mapping at `slot`: at the hash of both (Solidity: key first).

    >>> mapping_slot(5, b"\\xbb" * 20) == int.from_bytes(keccak256(_as_word(5) + _as_word(b"\\xbb" * 20)), "big")
    True
    """
    return int.from_bytes(keccak256(_as_word(slot) + _as_word(key)), "big")


@lru_cache
def load_contract(name: str) -> Contract:
    """Return the compiled contract of this name.

    Raises:
        InputError: when there is none.
    """
    artefact = files(__package__) / f"{name}.json"
    if not artefact.is_file():
        raise InputError(f"no contract named {name!r}")
    fields = json.loads(artefact.read_text(encoding="utf-8"))
    return Contract(
        name=name,
        compiler=fields["compiler"],
        evm_version=fields["evmVersion"],
        creation_code=bytes.fromhex(fields["bytecode"][2:]),
        code=bytes.fromhex(fields["runtimeBytecode"][2:]),
        abi=tuple(fields["abi"]),
        slots=fields["slots"],
    )
