"""Blocks that are planned, but not signed yet: who calls what, and the contracts as they are before the block.

Contracts have the storage that they would have after a long life. Nothing is set up by transactions, so a block holds
nothing but what it is about. Plans can be mixed; signing comes last, when everybody's nonces are known.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from random import Random

from toyevm.blocks import Block
from toyevm.chain import MAINNET
from toyevm.contracts import Contract, mapping_slot
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import BASE_FEE, BLOCK_GAS, PRODUCER, SAVINGS, TIP, Workload, open_header

CALL_GAS = 300_000  # more than any call of an application needs
TRANSFER_GAS = 21_000


@dataclass(frozen=True)
class PlannedCall:
    """A transaction before it is signed; the sender is a person's name."""

    sender: str
    to: Address
    data: bytes = b""
    value: int = 0
    gas_limit: int = CALL_GAS


@dataclass(frozen=True)
class PlannedBlock:
    """Calls and the contracts they meet; `people` are those whose names matter, beside the senders."""

    calls: tuple[PlannedCall, ...]
    contracts: Mapping[str, tuple[Address, Account]] = field(default_factory=dict)
    people: Iterable[str] = ()


def sign_calls(
    calls: Iterable[PlannedCall], *, base_fee: int = BASE_FEE, tip: int = TIP, seed: int = 0
) -> tuple[Transaction, ...]:
    """Return a transaction for each call, signed by its sender; everybody's nonces count up from 0."""
    nonces: Counter[str] = Counter()
    signed = []
    for call in calls:
        signed.append(
            wallet(call.sender, seed).sign(
                nonce=nonces[call.sender],
                max_fee_per_gas=2 * base_fee + tip,
                max_priority_fee_per_gas=tip,
                gas_limit=call.gas_limit,
                to=call.to,
                value=call.value,
                data=call.data,
            )
        )
        nonces[call.sender] += 1
    return tuple(signed)


def sign_block(plan: PlannedBlock) -> Workload:
    """Return the planned block: every call signed by its sender, who has ether for the gas."""
    senders = dict.fromkeys(call.sender for call in plan.calls)
    header = open_header(gas_limit=max(BLOCK_GAS, sum(call.gas_limit for call in plan.calls)))
    names = {wallet(name).address: name for name in (*senders, *plan.people)}
    names |= {address: name for name, (address, _) in plan.contracts.items()} | {PRODUCER: "producer"}
    savings = {wallet(name).address: Account(balance=SAVINGS) for name in senders}
    pre = WorldState(savings | dict(plan.contracts.values()))
    return Workload(MAINNET, pre, Block(header, sign_calls(plan.calls)), names)


def mix_blocks(random: Random, plans: Sequence[PlannedBlock]) -> PlannedBlock:
    """Return one block of all: calls in any order, but those of each plan in theirs."""
    turns = [number for number, plan in enumerate(plans) for _ in plan.calls]
    random.shuffle(turns)
    waiting = [deque(plan.calls) for plan in plans]
    return PlannedBlock(
        calls=tuple(waiting[number].popleft() for number in turns),
        contracts={name: contract for plan in plans for name, contract in plan.contracts.items()},
        people=tuple(dict.fromkeys(name for plan in plans for name in plan.people)),
    )


def account(contract: Contract, storage: Mapping[int, int], balance: int = 0) -> Account:
    """Return a contract that has been around for a while."""
    return Account(nonce=1, balance=balance, code=contract.code, storage={k: v for k, v in storage.items() if v})


def variables(contract: Contract, values: Mapping[str, int | bytes]) -> dict[int, int]:
    """Return the slots of variables; an address is kept as the number that its bytes are."""
    return {
        contract.slots[name]: value if isinstance(value, int) else int.from_bytes(value, "big")
        for name, value in values.items()
    }


def entries(contract: Contract, variable: str, values: Mapping[int | bytes, int]) -> dict[int, int]:
    """Return the slots of a mapping's entries."""
    return {mapping_slot(contract.slots[variable], key): value for key, value in values.items()}


def user(number: int) -> str:
    """Return the name of a user of an application."""
    return f"user {number}"


def address_named(person: str) -> Address:
    return wallet(person).address


def word_named(person: str) -> int:
    """Return a person's address as storage holds it."""
    return int.from_bytes(address_named(person), "big")


def pick(random: Random, size: int, skew: float = 0.0) -> int:
    """Draw a number below `size`: all alike, or the k-th (from 1) with a weight of 1 / k ** skew (Zipf).

    >>> random = Random(1)
    >>> [pick(random, 1_000, skew=1.0) for _ in range(8)]
    [1, 318, 170, 3, 22, 15, 73, 205]
    """
    if not skew:
        return random.randrange(size)
    return random.choices(range(size), cum_weights=_zipf_weights(size, skew))[0]


@lru_cache
def _zipf_weights(size: int, skew: float) -> list[int]:
    return list(accumulate(round(2**40 / rank**skew) for rank in range(1, size + 1)))


def pick_other(random: Random, size: int, than: int, skew: float = 0.0) -> int:
    """Draw like `pick`, but somebody else."""
    while (other := pick(random, size, skew)) == than:
        pass
    return other
