"""Names for locations, such as "token: balanceOf[Ann]" instead of a slot number of seventy digits.

A contract is recognised by its code; then its variables have names, and so have the entries of its mappings under any
key that we know: the people of the story, and small numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from toyevm.contracts import Contract, contract_names, load_contract, slot_names
from toyevm.types import Location
from toyevm.workloads.workload import Workload

MOST_NUMBERS = 1_000  # keys of mappings that are tokens, parcels, candidates
LONGEST_ARRAY = 64  # that is an entry of a mapping


class LocationNames:
    """Name the locations of a workload."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self._slots: dict[bytes, Mapping[int, str]] = {}

    def __call__(self, location: Location) -> str:
        """Return a location in words: what the contract calls the slot, else whose balance, nonce or slot it is."""
        name = self._variable(location) if location.is_slot else ""
        return f"{self.workload.name(location.address)}: {name}" if name else self.workload.location_name(location)

    def _variable(self, location: Location) -> str:
        """Return what the contract calls a slot; of an array in a mapping, which element it is."""
        names = self._named(location.address)
        for index in range(LONGEST_ARRAY):
            if found := names.get(location.key - index):
                return f"{found}[{index}]" if index else found
        return ""

    def _named(self, address: bytes) -> Mapping[int, str]:
        if address not in self._slots:
            account = self.workload.pre.accounts.get(address)
            contract = _contracts_by_code().get(account.code) if account else None
            people = {name: address for address, name in self.workload.names.items()}
            self._slots[address] = _numbered(contract.name) | slot_names(contract, people) if contract else {}
        return self._slots[address]


@lru_cache
def _numbered(name: str) -> dict[int, str]:
    """Return what lives in which slot of a contract under small numbers: the same for everybody who uses it."""
    return slot_names(load_contract(name), {str(number): number for number in range(MOST_NUMBERS)})


@lru_cache
def _contracts_by_code() -> dict[bytes, Contract]:
    return {contract.code: contract for contract in map(load_contract, contract_names())}
