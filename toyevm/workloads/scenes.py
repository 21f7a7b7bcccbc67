"""How an application becomes a block: who calls what is drawn from a seed, the state before it is written down.

A *scene* is one application's part: calls that are not signed yet, and its contracts with their storage as it would
be after a long life. Nothing is set up by transactions, so a block holds nothing but what it is about. Scenes can be
mixed; signing comes last, when everybody's nonces are known.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from random import Random

from toyevm.blocks import Block, Header
from toyevm.chain import MAINNET
from toyevm.contracts import Contract, mapping_slot
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address
from toyevm.workloads.transfers import BASE_FEE, PRODUCER, SAVINGS, TIP, Workload, key_of
from toyevm.workloads.wallets import Wallet

CALL_GAS = 300_000  # more than any call here needs
BLOCK_GAS = 30_000_000


@dataclass(frozen=True)
class Call:
    """A transaction before it is signed; the sender is a person's name."""

    sender: str
    to: Address
    data: bytes = b""
    value: int = 0


@dataclass(frozen=True)
class Scene:
    """What an application adds to a block; `people` are those whose names matter, beside the senders."""

    calls: tuple[Call, ...]
    contracts: Mapping[str, tuple[Address, Account]] = field(default_factory=dict)
    people: Iterable[str] = ()


def account(contract: Contract, storage: Mapping[int, int], balance: int = 0) -> Account:
    """Return a contract that has been around for a while."""
    return Account(nonce=1, balance=balance, code=contract.code, storage={k: v for k, v in storage.items() if v})


def entries(contract: Contract, variable: str, values: Mapping[int | bytes, int]) -> dict[int, int]:
    """Return the slots of a mapping's entries."""
    return {mapping_slot(contract.slots[variable], key): value for key, value in values.items()}


@lru_cache(maxsize=20_000)
def wallet_of(person: str) -> Wallet:
    """Return a person's wallet: the same in every scene, whatever the seed."""
    return Wallet(person, key_of(person))


def address_named(person: str) -> Address:
    return wallet_of(person).address


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


def sign_scene(scene: Scene) -> Workload:
    """Return the block of a scene: every call signed by its sender, who has ether for the gas."""
    nonces: Counter[str] = Counter()
    transactions = []
    for call in scene.calls:
        transactions.append(_sign(call, nonces[call.sender]))
        nonces[call.sender] += 1
    header = Header(
        number=1,
        timestamp=12,
        coinbase=PRODUCER,
        gas_limit=max(BLOCK_GAS, CALL_GAS * len(transactions)),
        base_fee_per_gas=BASE_FEE,
        excess_blob_gas=0,
    )
    people = {address_named(name): name for name in (*nonces, *scene.people)}
    accounts = {address_named(name): Account(balance=SAVINGS) for name in nonces}
    names = people | {address: name for name, (address, _) in scene.contracts.items()} | {PRODUCER: "producer"}
    pre = WorldState(accounts | dict(scene.contracts.values()))
    return Workload(MAINNET, pre, Block(header, tuple(transactions)), names)


def _sign(call: Call, nonce: int) -> Transaction:
    return wallet_of(call.sender).sign(
        nonce=nonce,
        max_fee_per_gas=2 * BASE_FEE + TIP,
        max_priority_fee_per_gas=TIP,
        gas_limit=CALL_GAS if call.data else 21_000,
        to=call.to,
        value=call.value,
        data=call.data,
    )


def mix_scenes(random: Random, scenes: Sequence[Scene]) -> Scene:
    """Return one scene of all: calls in any order, but those of each scene in theirs."""
    turns = [number for number, scene in enumerate(scenes) for _ in scene.calls]
    random.shuffle(turns)
    waiting = [deque(scene.calls) for scene in scenes]
    return Scene(
        calls=tuple(waiting[number].popleft() for number in turns),
        contracts={name: place for scene in scenes for name, place in scene.contracts.items()},
        people=tuple(dict.fromkeys(name for scene in scenes for name in scene.people)),
    )
