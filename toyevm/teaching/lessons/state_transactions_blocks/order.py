"""A block whose order is yours: exchange neighbours, and watch what happens to the state root.

A block is a list, not a set. The same signed transactions in another order are another block: one may fail that
succeeded before, another may cost more, and some orders are no block at all. `run_order` tells for one order,
`OrderPlayer` walks from order to order and remembers every one it has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from itertools import permutations
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block, Header
from toyevm.errors import InputError, InvalidBlock, InvalidTransaction
from toyevm.sealing import seal_block
from toyevm.state import WorldState
from toyevm.teaching.kit.player import import_ipywidgets
from toyevm.teaching.kit.stepper.view import Picture
from toyevm.teaching.lessons.state_transactions_blocks.order_view import OrderPicture, OrderRow, draw_order, order_text
from toyevm.transactions import Transaction
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
Balances = Callable[[WorldState], Mapping[str, int]]


@dataclass(frozen=True)
class Shuffle:
    """What may be put into order: the world before, an open header, and signed transactions with a label each.

    Args:
        balances: what of the world after to show, by name.
    """

    pre: WorldState
    header: Header
    transactions: tuple[Transaction, ...]
    labels: tuple[str, ...]
    balances: Balances
    config: RunConfig = CONFIG


def token_shuffle(balances: Mapping[str, int], payments: Sequence[str]) -> Shuffle:
    """Return token payments such as "Ann pays Bob 5" to put into order, in a world where people have these tokens."""
    read = list(map(read_payment, payments))
    names = list(dict.fromkeys([*balances, *(name for one in read for name in (one.payer, one.payee))]))

    def tokens(world: WorldState) -> dict[str, int]:
        return {name: token_balance(world, TOKEN, wallet(name).address) for name in names}

    signed = sign_payments(read, unit=1, token=True)
    return Shuffle(token_world(balances, names), OPEN_HEADER, signed, tuple(payments), tokens)


@dataclass(frozen=True)
class OrderOutcome:
    """What one order gives; a refused one has a `problem` and no header.

    Args:
        order: numbers of transactions, from 0, as they stand in the block.
        rows: (status, gas used) of each transaction, in block order; shorter when the block is refused.
    """

    order: tuple[int, ...]
    rows: tuple[tuple[str, int], ...]
    header: Header | None = None
    balances: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""


def run_order(shuffle: Shuffle, order: Sequence[int]) -> OrderOutcome:
    """Execute and seal the block with the transactions in this order.

    Raises:
        InputError: `order` is not a permutation of their numbers.
    """
    numbers = tuple(order)
    if sorted(numbers) != list(range(len(shuffle.transactions))):
        last = len(shuffle.transactions) - 1
        raise InputError(f"{list(numbers)} is not an order", expected=f"each number from 0 to {last}, once")
    block = Block(shuffle.header, tuple(shuffle.transactions[i] for i in numbers))
    try:
        result = BACKENDS.named("sequential").execute_block(shuffle.pre, block, shuffle.config).result
    except InvalidBlock as error:
        return OrderOutcome(numbers, (), problem=_problem(shuffle, numbers, error))
    post = shuffle.pre.apply(result.diff)
    rows = tuple(("success" if one.succeeded else one.error or "failure", one.gas_used) for one in result.results)
    header = seal_block(shuffle.config.chain, block, result, post).header
    return OrderOutcome(numbers, rows, header, shuffle.balances(post))


def show_order(shuffle: Shuffle, order: Sequence[int]) -> Picture:
    """Return the block in this order as a picture."""
    outcome = run_order(shuffle, order)
    return _picture(shuffle, outcome, (), 0)


def all_orders(shuffle: Shuffle) -> list[OrderOutcome]:
    """Return the outcome of every order there is: n! of them, so keep n small."""
    return [run_order(shuffle, order) for order in permutations(range(len(shuffle.transactions)))]


def _problem(shuffle: Shuffle, order: tuple[int, ...], error: InvalidBlock) -> str:
    cause = error.__cause__
    if error.tx_index is None or not isinstance(cause, InvalidTransaction):
        return f"the block: {error}"
    culprit = shuffle.labels[order[error.tx_index]]
    if cause.reason in ("nonce-too-high", "nonce-too-low"):
        return f"{culprit}: signed as the sender's number {cause.actual}, but number {cause.limit} comes next"
    return f"{culprit}: {cause}"


def _picture(shuffle: Shuffle, outcome: OrderOutcome, roots: Sequence[bytes], seen: int) -> Picture:
    """Draw an outcome; with a history, a root is called P, Q, R, … in the order in which it was first seen."""
    results = outcome.rows or [("", 0)] * len(outcome.order)
    header = outcome.header
    shown = OrderPicture(
        rows=tuple(
            OrderRow(number + 1, shuffle.labels[number], status, gas)
            for number, (status, gas) in zip(outcome.order, results, strict=True)
        ),
        balances=tuple(outcome.balances.items()),
        problem=outcome.problem,
        letter=chr(ord("P") + roots.index(header.state_root)) if header and seen else "",
        state_root=header.state_root if header else b"",
        transactions_root=header.transactions_root if header else b"",
        seen=seen,
        roots=len(roots),
    )
    return Picture(draw_order(shown), order_text(shown))


class OrderPlayer:
    """Exchange neighbours with a button for each pair; `put` and `exchange` do the same by call.

    Raises:
        InputError: ipywidgets is not installed; `run_order` works without it.
    """

    def __init__(self, shuffle: Shuffle) -> None:
        self.shuffle = shuffle
        self.seen: dict[tuple[int, ...], OrderOutcome] = {}
        self._build()
        self.put(range(len(shuffle.transactions)))

    @property
    def order(self) -> tuple[int, ...]:
        return self._order

    @property
    def outcome(self) -> OrderOutcome:
        return self.seen[self._order]

    @property
    def roots(self) -> list[bytes]:
        """The different state roots seen so far, in the order of their first appearance."""
        return list(dict.fromkeys(one.header.state_root for one in self.seen.values() if one.header))

    @property
    def picture(self) -> Picture:
        """What is shown, with its text twin."""
        return _picture(self.shuffle, self.outcome, self.roots, len(self.seen))

    @property
    def text(self) -> str:
        return self.picture.text

    def put(self, order: Sequence[int]) -> None:
        """Show the block with the transactions in this order, by their numbers from 0."""
        outcome = self.seen.get(tuple(order)) or run_order(self.shuffle, order)
        self._order = outcome.order
        self.seen[outcome.order] = outcome
        self._show()

    def exchange(self, place: int) -> None:
        """Exchange the transactions at `place`, from 0, and behind it."""
        order = list(self._order)
        if not 0 <= place < len(order) - 1:
            raise InputError(f"nothing to exchange at place {place}", expected=f"0 to {len(order) - 2}")
        order[place], order[place + 1] = order[place + 1], order[place]
        self.put(order)

    def _build(self) -> None:
        widgets = import_ipywidgets("the order player", "run_order and show_order work without it")

        def button(words: str, meaning: str, action: Callable[[], None]) -> Any:
            made = widgets.Button(description=words, tooltip=meaning, layout=widgets.Layout(width="auto"))
            made.on_click(lambda _: action())
            return made

        count = len(self.shuffle.transactions)
        swaps = [
            button(f"swap places {place + 1} and {place + 2}", "exchange two neighbours", partial(self.exchange, place))
            for place in range(count - 1)
        ]
        again = button("as signed", "go back to the first order", lambda: self.put(range(count)))
        self._as_text = widgets.Checkbox(
            value=False, description="as text", indent=False, layout=widgets.Layout(width="90px")
        )
        self._as_text.observe(lambda _: self._show(), "value")
        self._screen = widgets.HTML()
        controls = widgets.HBox([*swaps, again, self._as_text], layout=widgets.Layout(flex_flow="row wrap"))
        self.widget = widgets.VBox([controls, self._screen])

    def _show(self) -> None:
        picture = self.picture
        as_text = f'<pre style="margin:0;white-space:pre-wrap">{escape(picture.text)}</pre>'
        self._screen.value = as_text if self._as_text.value else picture.svg

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = dict(self.widget._repr_mimebundle_(**options))
        bundle["text/plain"] = self.text
        return bundle
