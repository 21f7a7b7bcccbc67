"""The ERC-20 token of this repository: how it is created, where it keeps balances, and how a transfer is asked for.

A contract is created by a transaction without receiver whose data is *creation code*: a program that runs once and
returns the code to keep. What the constructor is to know stands behind it, ABI-encoded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toyevm.contracts import load_contract, mapping_slot
from toyevm.contracts.abi import encode_arguments
from toyevm.state import ABSENT, Account, WorldState
from toyevm.types import Address, Location
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

ERC20 = load_contract("erc20")
TOKEN: Address = b"\x70" * 20  # where every generated block has it


def creation_data(name: str, symbol: str, supply: int) -> bytes:
    """Return the data of a transaction that creates a token; its sender gets the whole supply."""
    return ERC20.creation_code + encode_arguments(name, symbol, supply)


def transfer_data(receiver: Address, amount: int) -> bytes:
    """Return the data of a transaction that sends tokens of its sender to `receiver`.

    >>> transfer_data(b"\\xbb" * 20, 5)[:4].hex()
    'a9059cbb'
    """
    return ERC20.call_data("transfer", receiver, amount)


def balance_location(token: Address, holder: Address) -> Location:
    """Return the storage slot in which the contract at `token` keeps what `holder` has."""
    return Location(token, mapping_slot(ERC20.slots["balanceOf"], holder))


def token_balance(world: WorldState, token: Address, holder: Address) -> int:
    """Return how many tokens `holder` has; 0 where there is no token.

    >>> ann, token = b"\\xaa" * 20, b"\\xcc" * 20
    >>> token_balance(WorldState({token: token_account({ann: 7})}), token, ann)
    7
    """
    return world.accounts.get(token, ABSENT).storage.get(balance_location(token, holder).key, 0)


def token_account(
    balances: Mapping[Address, int], allowances: Mapping[tuple[Address, Address], int] | None = None
) -> Account:
    """Return the account of a token that has been around for a while, its name and symbol left empty.

    Args:
        allowances: of each (owner, spender), how much of the owner's tokens the spender may spend.
    """
    slots = ERC20.slots
    storage = {mapping_slot(slots["balanceOf"], holder): amount for holder, amount in balances.items() if amount}
    storage[slots["totalSupply"]] = sum(balances.values())
    for (owner, spender), amount in (allowances or {}).items():
        storage[mapping_slot(mapping_slot(slots["allowance"], owner), spender)] = amount
    return Account(nonce=1, code=ERC20.code, storage=storage)


def token_world(balances: Mapping[str, int], people: Sequence[str] = (), ether: int = ETHER) -> WorldState:
    """Return a world with a token at TOKEN, whose holders, by name, also have a little ether, as do other `people`."""
    holders = {wallet(name).address: amount for name, amount in balances.items()}
    rich = {wallet(name).address: Account(balance=ether) for name in (*balances, *people)}
    return WorldState(rich | {TOKEN: token_account(holders)})
