"""The ERC-20 token of this repository, as workloads use it: created, looked into, and transferred.

A contract is created by a transaction without receiver whose data is *creation code*: a program that runs once and
returns the code to keep. What the constructor is to know stands behind it, ABI-encoded: a word for each argument, and
for a string the word says where, behind all the words, its length and its bytes begin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from toyevm.contracts import load_contract, mapping_slot
from toyevm.errors import InputError
from toyevm.state import ABSENT, Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address, Location
from toyevm.workloads.mempool import GWEI
from toyevm.workloads.wallets import wallet

ERC20 = load_contract("erc20")
TOKEN: Address = b"\x70" * 20  # where `token_world` puts it
ETHER = 10**18


def encode_arguments(*arguments: int | bytes | str) -> bytes:
    """Return the ABI encoding of words (an integer, or bytes such as an address) and strings.

    >>> encode_arguments("TOY", 5).hex(" ", 32).split()[0][-2:]  # the string begins at byte 0x40
    '40'
    """
    heads, tails = b"", b""
    for argument in arguments:
        if isinstance(argument, str):
            data = argument.encode()
            heads += (32 * len(arguments) + len(tails)).to_bytes(32, "big")
            tails += len(data).to_bytes(32, "big") + data + bytes(-len(data) % 32)
        else:
            heads += argument.to_bytes(32, "big") if isinstance(argument, int) else argument.rjust(32, b"\0")
    return heads + tails


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


def token_account(balances: Mapping[Address, int]) -> Account:
    """Return the account of a token that has been around for a while, its name and symbol left empty."""
    storage = {mapping_slot(ERC20.slots["balanceOf"], holder): amount for holder, amount in balances.items() if amount}
    return Account(nonce=1, code=ERC20.code, storage=storage | {ERC20.slots["totalSupply"]: sum(balances.values())})


def token_world(balances: Mapping[str, int], people: Sequence[str] = (), ether: int = ETHER) -> WorldState:
    """Return a world with a token at TOKEN, whose holders, by name, also have a little ether, as do other `people`."""
    holders = {wallet(name).address: amount for name, amount in balances.items()}
    rich = {wallet(name).address: Account(balance=ether) for name in (*balances, *people)}
    return WorldState(rich | {TOKEN: token_account(holders)})


def sign_payments(payments: Sequence[str], **fields: int) -> tuple[Transaction, ...]:
    """Return a signed token transfer for each "Ann pays Bob 5"; every sender's nonces count up from 0.

    Args:
        fields: of every transaction, such as gas_limit; there are defaults for those that are left out.

    Raises:
        InputError: for words of another form.
    """
    nonces: Counter[str] = Counter()
    signed = []
    for sender, receiver, amount in map(read_payment, payments):
        own = {"gas_limit": 100_000, "max_fee_per_gas": 20 * GWEI, "max_priority_fee_per_gas": GWEI} | fields
        data = transfer_data(wallet(receiver).address, amount)
        signed.append(wallet(sender).sign(nonce=nonces[sender], to=TOKEN, data=data, **own))
        nonces[sender] += 1
    return tuple(signed)


def read_payment(words: str) -> tuple[str, str, int]:
    """Return who pays whom how much.

    >>> read_payment("Ann pays Bob 5")
    ('Ann', 'Bob', 5)
    """
    match words.split():
        case [sender, "pays", receiver, amount] if amount.isdecimal():
            return sender, receiver, int(amount)
    raise InputError(f"not a payment: {words!r}", expected="such as 'Ann pays Bob 5'")
