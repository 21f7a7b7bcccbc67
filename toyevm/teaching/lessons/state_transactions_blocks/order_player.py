"""A block whose order you choose: exchange neighbours, and watch the state root."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.state_transactions_blocks.order import OrderOutcome, Shuffle, read_order, run_order
from toyevm.teaching.lessons.state_transactions_blocks.order_view import picture_of


class OrderPlayer(Player):
    """Exchange neighbours with a button for each pair; `put` and `exchange` do the same by call.

    Raises:
        InputError: ipywidgets is not installed; `run_order` works without it.
    """

    NAME, INSTEAD = "the order player", "run_order and show_order work without it"

    def __init__(self, shuffle: Shuffle) -> None:
        self.shuffle = shuffle
        self.seen: dict[tuple[int, ...], OrderOutcome] = {}
        self._visit(range(len(shuffle.transactions)))
        super().__init__()

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
        return picture_of(self.shuffle, self.outcome, self.roots, len(self.seen))

    def put(self, order: Sequence[int]) -> None:
        """Show the block with the transactions in this order, by their numbers from 0."""
        self._visit(order)
        self._show()

    def _visit(self, order: Sequence[int]) -> None:
        numbers = read_order(order, len(self.shuffle.transactions))
        outcome = self.seen.get(numbers) or run_order(self.shuffle, numbers)
        self._order = outcome.order
        self.seen[outcome.order] = outcome

    def exchange(self, position: int) -> None:
        """Exchange the transaction at `position`, from 0, with the next one."""
        order = list(self._order)
        if type(position) is not int or not 0 <= position < len(order) - 1:
            raise InputError(f"nothing to exchange at position {position}", expected=f"0 to {len(order) - 2}")
        order[position], order[position + 1] = order[position + 1], order[position]
        self.put(order)

    def _controls(self) -> Sequence[Sequence[Any]]:
        count = len(self.shuffle.transactions)
        swaps = [
            self._button(
                f"swap positions {first} and {first + 1}", "exchange two neighbours", partial(self.exchange, first)
            )
            for first in range(count - 1)
        ]
        return [[*swaps, self._button("as signed", "go back to the first order", lambda: self.put(range(count)))]]
