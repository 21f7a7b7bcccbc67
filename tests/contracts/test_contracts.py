"""The contracts of the repository: artefact and source agree, and the token does what ERC-20 says."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from toyevm.contracts import contract_names, contract_source, load_contract, mapping_slot, slot_names
from toyevm.contracts.compile import compile_vyper
from toyevm.contracts.recompile import APPLICATIONS, compile_source, sources
from toyevm.errors import InputError
from toyevm.state import WorldState
from toyevm.types import Location
from toyevm.vm.message import DEFAULT_ADDRESS, MessageResult, execute_message, world_with_code

ALL = sorted(sources(), key=lambda path: path.stem)
SOURCES = sorted(APPLICATIONS.rglob("*.vy"), key=lambda path: path.stem)
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


@pytest.mark.parametrize("source", ALL, ids=lambda path: path.name)
def test_artefact_comes_from_its_source(source: Path) -> None:
    pytest.importorskip("vyper")
    import json

    assert json.loads(source.with_suffix(".json").read_text()) == compile_source(source)


def test_the_sources_are_those_of_the_agreed_contracts() -> None:
    agreed = [
        *("amm", "election", "election_sharded", "erc20", "erc20_mint", "erc20_sharded"),
        *("land_registry", "land_registry_counter", "nft_market", "nft_market_counter", "payments"),
        *("security_token", "security_token_one_trail"),
        *("remittance", "remittance_tills", "token_sale", "token_sale_sharded"),
        *("title", "title_numbered"),
    ]
    assert [path.stem for path in SOURCES] == sorted(agreed)
    assert [path.stem for path in ALL] == list(contract_names())
    assert all(contract_source(path.stem) == path.read_text() for path in ALL)


@pytest.mark.parametrize("source", [path for path in ALL if path.stem != "erc20"], ids=lambda path: path.name)
def test_a_source_says_what_it_is_a_model_of(source: Path) -> None:
    """erc20.vy is described in the package: lesson 02 shows its creation code, which ends with a hash of the source."""
    head = source.read_text().split('"""')[1].lower()
    assert [word for word in ("@notice models", "omits", "storage:", "hot:") if word not in head] == []
    slots = load_contract(source.stem).slots
    assert [name for name in slots if name.lower() not in head] == []  # the layout is described in full


def test_a_slot_is_named_after_what_lives_there() -> None:
    sharded = load_contract("erc20_sharded")
    names = slot_names(sharded, {"owner": OWNER})
    first = sharded.slots["supplyShards"]
    assert [names[first], names[first + 15]] == ["supplyShards[0]", "supplyShards[15]"]
    assert names[sharded.slots["balanceOf"]] == "balanceOf"
    assert names[mapping_slot(sharded.slots["mintAllowance"], OWNER)] == "mintAllowance[owner]"
    assert balance_slot(RECEIVER) not in slot_names(ERC20, {"owner": OWNER})


def test_a_contract_without_storage_has_no_names_of_slots() -> None:
    assert slot_names(replace(ERC20, slots={}), {"owner": OWNER}) == {}


# A student's own Vyper

OWN = """
count: public(uint256)


@external
def add(number: uint256):
    self.count += number
"""


def test_a_students_own_source_runs() -> None:
    pytest.importorskip("vyper")
    contract = compile_vyper(OWN, "mine")
    assert (contract.name, contract.slots) == ("mine", {"count": 0})
    result = execute_message(world_with_code(contract.code), input=contract.call_data("add", 5))
    assert changed_slots(result) == {0: 5}
    assert compile_vyper((SOURCES[0]).read_text(), SOURCES[0].stem) == load_contract(SOURCES[0].stem)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (OWN.replace("number\n", "nmber\n"), r"mine\.vy line 7: UndeclaredDefinition: 'nmber'"),
        ("def (", r"mine\.vy line 2: SyntaxException: EOF"),
        ("# pragma version 0.3.10\n" + OWN, r"mine\.vy( line \d+)?: VersionException"),
    ],
)
def test_a_mistake_in_a_students_source_is_named_in_one_line(source: str, complaint: str) -> None:
    pytest.importorskip("vyper")
    with pytest.raises(InputError, match=complaint) as caught:
        compile_vyper(source, "mine")
    assert "\n" not in str(caught.value)


def test_without_the_compiler_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vyper", None)  # as if it were not there
    with pytest.raises(InputError, match=r"^Vyper is not installed \(expected pip install 'toyevm\[contracts\]'\)$"):
        compile_vyper(OWN)


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


def test_nobody_sends_more_than_they_have() -> None:
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
