"""A place where contracts are created by their own constructors and called one message after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import count

from toyevm.contracts import Contract, mapping_slot
from toyevm.contracts.abi import Argument
from toyevm.crypto import address_of
from toyevm.results import TxResult
from toyevm.state import ABSENT, Account, StateDiff, WorldState
from toyevm.types import Address, Field, Location
from toyevm.vm.frame import BlockEnv
from toyevm.vm.message import MessageResult, default_env, execute_message

STRANGERS = [bytes([byte]) * 32 for byte in (1, 2)]  # private keys of people who have no number


@cache
def person(number: int) -> Address:
    """Return an address that ends in this number, below 256; so those of neighbours end in different digits."""
    return next(address for address in map(_address, count(1)) if address[-1] == number)


@cache
def _address(number: int) -> Address:
    """Return whose private key this number is."""
    address = address_of(number.to_bytes(32, "big"))
    _KEYS[address] = number.to_bytes(32, "big")
    return address


def signing_key(sender: Address) -> bytes | None:
    """Return the private key of a person; None for whoever has none."""
    return _KEYS.get(sender)


_KEYS: dict[Address, bytes] = {address_of(key): key for key in STRANGERS}
OWNER = person(0xFF)


@dataclass(frozen=True)
class Place:
    """A contract, and where it is."""

    contract: Contract
    address: Address


class Stage:
    """Contracts, and what their callers have made of them so far."""

    def __init__(self) -> None:
        self.world = WorldState()
        self.env: BlockEnv = default_env()
        self.last: MessageResult | TxResult | None = None
        self._created = 0
        self._answers: tuple[WorldState, BlockEnv, dict[tuple[Address, bytes], int]] = (self.world, self.env, {})

    def create(self, contract: Contract, *arguments: Argument) -> Place:
        """Run the constructor, as OWNER, and keep what it leaves."""
        self._created += 1
        address = bytes([0xC0]) * 19 + bytes([self._created])
        init_code = contract.creation_data(*arguments)
        self.world = WorldState({**self.world.accounts, address: Account(1, 0, init_code)})
        result = execute_message(self.world, self.env, sender=OWNER, address=address)
        assert result.error is None
        assert result.output == contract.code
        writes = {**result.write_set, Location(address, Field.CODE): result.output}
        self.world = self.world.apply(StateDiff(writes))
        return Place(contract, address)

    def call(self, sender: Address, place: Place, function: str, *arguments: Argument, value: int = 0) -> bool:
        """Call, and return whether it went through; if it did, its effects stay."""
        data = place.contract.call_data(function, *arguments)
        self.last = self.perform(sender, place.address, data, value)
        assert self.last.error in (None, "revert")
        return self.last.error is None

    def perform(self, sender: Address, to: Address, data: bytes, value: int) -> MessageResult | TxResult:
        """Let the call happen: here a message, without the transaction around it."""
        result = execute_message(self.world, self.env, sender=sender, address=to, input=data, value=value)
        if result.error is None:
            self.world = self.world.apply(StateDiff(result.write_set))
        return result

    def ask(self, place: Place, function: str, *arguments: Argument) -> int:
        """Return the word that a function answers: the same one, as long as nothing has happened."""
        world, env, answers = self._answers
        if world is not self.world or env is not self.env:
            answers = {}
            self._answers = self.world, self.env, answers
        question = place.address, place.contract.call_data(function, *arguments)
        if question not in answers:
            result = execute_message(self.world, self.env, address=place.address, input=question[1])
            assert result.error is None
            answers[question] = int.from_bytes(result.output)
        return answers[question]

    def stored(self, place: Place, variable: str, *keys: int | bytes) -> int:
        """Return a variable, or an entry of a mapping (of mappings), as storage holds it."""
        slot = reduce(mapping_slot, keys, place.contract.slots[variable])
        return self.world.accounts[place.address].storage.get(slot, 0)

    def balance(self, owner: Place | Address) -> int:
        """Return how much ether is at a place, or at an address that may be unknown yet."""
        address = owner.address if isinstance(owner, Place) else owner
        return self.world.accounts.get(address, ABSENT).balance

    def at_block(self, number: int) -> None:
        self.env = replace(self.env, number=number)

    def at_second(self, timestamp: int) -> None:
        self.env = replace(self.env, timestamp=timestamp)
