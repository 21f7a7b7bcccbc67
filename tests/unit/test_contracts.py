"""The contracts of the repository: artefact and source agree, and the token does what ERC-20 says."""

from __future__ import annotations

from pathlib import Path

import pytest

import toyevm.contracts
from toyevm.contracts import load_contract, mapping_slot
from toyevm.errors import InputError
from toyevm.state import WorldState
from toyevm.types import Location
from toyevm.vm.message import DEFAULT_ADDRESS, MessageResult, execute_message, world_with_code

SOURCES = sorted(Path(toyevm.contracts.__file__).parent.glob("*.vy"))
OWNER, SPENDER, RECEIVER = (bytes([byte]) * 20 for byte in (0xA1, 0xB2, 0xC3))
TRANSFER_TOPIC = 0xDDF252AD1BE2C89B69C2B068FC378DAA952BA7F163C4A11628F55A4DF523B3EF  # as block explorers show it
ERC20_SELECTORS = {  # as the standard's ABI has them
    ("name",): "06fdde03",
    ("symbol",): "95d89b41",
    ("decimals",): "313ce567",
    ("totalSupply",): "18160ddd",
    ("balanceOf", OWNER): "70a08231",
    ("allowance", OWNER, SPENDER): "dd62ed3e",
    ("transfer", RECEIVER, 1): "a9059cbb",
    ("transferFrom", OWNER, RECEIVER, 1): "23b872dd",
    ("approve", SPENDER, 1): "095ea7b3",
}
ERC20 = load_contract("erc20")


def token(balances: dict[bytes, int], allowances: dict[tuple[bytes, bytes], int] | None = None) -> WorldState:
    storage = {mapping_slot(ERC20.slots["balanceOf"], holder): amount for holder, amount in balances.items()}
    for (owner, spender), amount in (allowances or {}).items():
        storage[mapping_slot(mapping_slot(ERC20.slots["allowance"], owner), spender)] = amount
    return world_with_code(ERC20.code, storage=storage | {ERC20.slots["totalSupply"]: sum(balances.values())})


def call(world: WorldState, sender: bytes, function: str, *arguments: int | bytes) -> MessageResult:
    return execute_message(world, sender=sender, input=ERC20.call_data(function, *arguments))


def changed_slots(result: MessageResult) -> dict[int, int]:
    return {location.key: value for location, value in result.write_set.items() if location.is_slot}


def balance_slot(holder: bytes) -> int:
    return mapping_slot(ERC20.slots["balanceOf"], holder)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_artefact_comes_from_its_source(source: Path) -> None:
    pytest.importorskip("vyper")
    import json

    from toyevm.contracts.recompile import compile_source

    assert json.loads(source.with_suffix(".json").read_text()) == compile_source(source)


def test_there_are_sources() -> None:
    assert [path.stem for path in SOURCES] == ["erc20"]


def test_unknown_contract_is_named() -> None:
    with pytest.raises(InputError, match="erc21"):
        load_contract("erc21")


def test_unknown_function_is_named() -> None:
    with pytest.raises(InputError, match="transfer of 1 "):
        ERC20.call_data("transfer", 1)


def test_selectors_are_those_of_the_standard() -> None:
    assert {key: ERC20.call_data(*key)[:4].hex() for key in ERC20_SELECTORS} == ERC20_SELECTORS


def test_creation_leaves_the_runtime_code_and_the_supply() -> None:
    heads = b"".join(word.to_bytes(32) for word in (0x60, 0xA0, 10**24))  # where name and symbol begin; the supply
    strings = b"".join(len(text).to_bytes(32) + text.ljust(32, b"\0") for text in (b"Toys", b"TOY"))
    arguments = heads + strings
    result = execute_message(world_with_code(ERC20.creation_code + arguments), sender=OWNER)
    assert result.error is None
    assert result.output == ERC20.code
    assert changed_slots(result)[balance_slot(OWNER)] == 10**24
    assert changed_slots(result)[ERC20.slots["totalSupply"]] == 10**24
    assert changed_slots(result)[ERC20.slots["name"]] == 4


def test_transfer_moves_and_logs() -> None:
    result = call(token({OWNER: 100, RECEIVER: 7}), OWNER, "transfer", RECEIVER, 30)
    assert (result.error, int.from_bytes(result.output)) == (None, 1)
    assert changed_slots(result) == {balance_slot(OWNER): 70, balance_slot(RECEIVER): 37}
    (log,) = result.logs
    assert log.address == DEFAULT_ADDRESS
    assert log.topics == (TRANSFER_TOPIC, int.from_bytes(OWNER), int.from_bytes(RECEIVER))
    assert int.from_bytes(log.data) == 30


def test_nobody_sends_more_than_he_has() -> None:
    result = call(token({OWNER: 100}), OWNER, "transfer", RECEIVER, 101)
    assert (result.error, changed_slots(result), result.logs) == ("revert", {}, ())


def test_transfer_reads_two_balances_and_nothing_else_of_storage() -> None:
    result = call(token({OWNER: 100}), OWNER, "transfer", RECEIVER, 1)
    slots = {location for location in result.read_set if location.is_slot}
    assert slots == {Location(DEFAULT_ADDRESS, balance_slot(holder)) for holder in (OWNER, RECEIVER)}


def test_spender_needs_an_allowance_and_uses_it_up() -> None:
    world = token({OWNER: 100}, {(OWNER, SPENDER): 40})
    spent = call(world, SPENDER, "transferFrom", OWNER, RECEIVER, 40)
    allowance = mapping_slot(mapping_slot(ERC20.slots["allowance"], OWNER), SPENDER)
    assert changed_slots(spent) == {allowance: 0, balance_slot(OWNER): 60, balance_slot(RECEIVER): 40}
    assert call(world, SPENDER, "transferFrom", OWNER, RECEIVER, 41).error == "revert"
    assert call(world, RECEIVER, "transferFrom", OWNER, RECEIVER, 1).error == "revert"


def test_approval_is_what_allowance_answers() -> None:
    approved = call(token({OWNER: 1}), OWNER, "approve", SPENDER, 12)
    assert changed_slots(approved) == {mapping_slot(mapping_slot(ERC20.slots["allowance"], OWNER), SPENDER): 12}
    asked = call(token({OWNER: 1}, {(OWNER, SPENDER): 12}), RECEIVER, "allowance", OWNER, SPENDER)
    assert int.from_bytes(asked.output) == 12
