"""What a block comes to in another order of its transactions.

A block is a list, not a set. The same signed transactions in another order are another block: one may fail that
succeeded before, another may cost more, and some orders are not a block at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block, Header
from toyevm.errors import InputError, InvalidBlock, InvalidTransaction
from toyevm.sealing import seal_block
from toyevm.state import WorldState
from toyevm.teaching.lab.turns import repeat
from toyevm.transactions import Transaction
from toyevm.units import GWEI
from toyevm.workloads.tokens import TOKEN, token_balance, token_world
from toyevm.workloads.transfers import read_payment, sign_payments
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import BASE_FEE, PRODUCER

CONFIG = RunConfig()
OPEN_HEADER = Header(
    number=1,
    timestamp=12,
    coinbase=PRODUCER,
    gas_limit=6_000_000,
    base_fee_per_gas=BASE_FEE,
    excess_blob_gas=0,
    parent_beacon_root=bytes(32),
)


@dataclass(frozen=True)
class Shuffle:
    """What may be put into order: the world before, signed transactions with a label each, and whose tokens to show."""

    pre: WorldState
    transactions: tuple[Transaction, ...]
    labels: tuple[str, ...]
    names: tuple[str, ...]


def token_shuffle(balances: Mapping[str, int], payments: Sequence[str]) -> Shuffle:
    """Return token payments such as "Ann pays Bob 5" to put into order, in a world where people have these tokens."""
    read = list(map(read_payment, payments))
    names = tuple(dict.fromkeys([*balances, *(name for one in read for name in (one.payer, one.payee))]))
    signed = sign_payments(read, unit=1, token=True)
    return Shuffle(token_world(balances, names), signed, tuple(payments), names)


@dataclass(frozen=True)
class OrderOutcome:
    """What one order gives; a refused one has a `problem` and no header.

    Args:
        order: numbers of transactions, from 0, as they stand in the block.
        rows: (status, gas used) of each transaction, in block order; shorter when the block is refused.
        ether: by how many gwei each account's ether changed.
    """

    order: tuple[int, ...]
    rows: tuple[tuple[str, int], ...]
    header: Header | None = None
    balances: Mapping[str, int] = field(default_factory=dict)
    ether: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""

    @property
    def state_root(self) -> bytes | None:
        """The root of the world after the block; None when it was refused."""
        return self.header.state_root if self.header else None

    def ended(self, status: str) -> list[int]:
        """Return the transactions with this status, in the order of the block."""
        return [tx for tx, row in zip(self.order, self.rows, strict=True) if row[0] == status]


def read_order(order: object, count: int) -> tuple[int, ...]:
    """Return an order of `count` transactions, numbered from 0.

    Raises:
        InputError: it is none.
    """
    numbers = tuple(order) if isinstance(order, (list, tuple, range)) else ()
    if any(type(number) is not int for number in numbers) or sorted(numbers) != list(range(count)):
        raise InputError(f"{repeat(order)} is not an order", expected=f"each number from 0 to {count - 1}, once")
    return numbers


def run_order(shuffle: Shuffle, order: Sequence[int]) -> OrderOutcome:
    """Execute and seal the block with the transactions in this order.

    Raises:
        InputError: `order` is not a permutation of their numbers.
    """
    numbers = read_order(order, len(shuffle.transactions))
    block = Block(OPEN_HEADER, tuple(shuffle.transactions[i] for i in numbers))
    try:
        result = BACKENDS.named("sequential").execute_block(shuffle.pre, block, CONFIG).result
    except InvalidBlock as error:
        return OrderOutcome(numbers, (), problem=_problem(shuffle, numbers, error))
    post = shuffle.pre.apply(result.diff)
    rows = tuple(("success" if one.succeeded else one.error or "failure", one.gas_used) for one in result.results)
    header = seal_block(CONFIG.chain, block, result, post).header
    tokens = {name: token_balance(post, TOKEN, wallet(name).address) for name in shuffle.names}
    return OrderOutcome(numbers, rows, header, tokens, _ether(shuffle, post))


def _ether(shuffle: Shuffle, post: WorldState) -> dict[str, int]:
    known = {wallet(name).address: name for name in shuffle.names} | {PRODUCER: "producer"}
    before = {address: account.balance for address, account in shuffle.pre.accounts.items()}
    changes = {address: account.balance - before.get(address, 0) for address, account in post.accounts.items()}
    return {known.get(address, address.hex()): wei // GWEI for address, wei in changes.items() if wei}


def _problem(shuffle: Shuffle, order: tuple[int, ...], error: InvalidBlock) -> str:
    cause = error.__cause__
    if error.tx_index is None or not isinstance(cause, InvalidTransaction):
        return f"the block: {error}"
    culprit = shuffle.labels[order[error.tx_index]]
    if cause.reason in ("nonce-too-high", "nonce-too-low"):
        return f"{culprit}: signed with nonce {cause.actual}, but the sender's next nonce is {cause.limit}"
    return f"{culprit}: {cause}"
