"""What goes wrong when transactions run side by side and nobody checks.

A transaction has two halves: it *runs*, which means that it reads and works out what to write, and it *writes*. Written
as a schedule, "A1 A2 B1 B2" is one after the other, and "A1 B1 A2 B2" lets B read before A has written. This executor
does as it is told. It is no backend: it gives wrong results, on purpose, so that one can see which schedules are safe,
and what the others destroy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import NamedTuple

from toyevm.blocks import Block
from toyevm.chain import MAINNET, ChainConfig
from toyevm.errors import InputError, InvalidTransaction
from toyevm.results import TxResult
from toyevm.state import BlockView, WorldState
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Location, Value, Version

RUN, WRITE = 1, 2


class Half(NamedTuple):
    """Half a transaction: it runs, or it writes."""

    tx_index: int
    half: int

    def __str__(self) -> str:
        return f"{letter(self.tx_index)}{self.half}"


@dataclass(frozen=True)
class Event:
    """One half as it happened, and what the world holds after it."""

    half: Half
    result: TxResult
    world: WorldState


@dataclass(frozen=True)
class Play:
    """A schedule as it was played, and the state that the order of the block would have led to."""

    pre: WorldState
    events: tuple[Event, ...]
    missing: tuple[Half, ...]
    expected: WorldState

    @property
    def post(self) -> WorldState:
        return self.events[-1].world if self.events else self.pre

    @property
    def is_complete(self) -> bool:
        return not self.missing

    def wrong(self, locations: Sequence[Location]) -> dict[Location, tuple[Value, Value]]:
        """Return which of these locations do not hold what they should in the end: (what they hold, what is right)."""
        found = {place: (self.post.read(place).value, self.expected.read(place).value) for place in locations}
        return {place: values for place, values in found.items() if values[0] != values[1]}


def letter(tx_index: int) -> str:
    """Return the name of a transaction in a schedule.

    >>> letter(0), letter(2)
    ('A', 'C')
    """
    return ascii_uppercase[tx_index]


def read_schedule(text: str, count: int) -> tuple[Half, ...]:
    """Read a schedule of `count` transactions, or the beginning of one: "A1 B1 A2 B2".

    Raises:
        InputError: a word that is no half of a transaction, one that occurs twice, or a write before its run.

    >>> [str(half) for half in read_schedule("a1 b1 a2", count=2)]
    ['A1', 'B1', 'A2']
    """
    last = letter(count - 1)
    halves: list[Half] = []
    for word in re.split(r"[\s,]+", text.strip().upper()) if text.strip() else []:
        if not re.fullmatch(rf"[A-{last}][12]", word):
            raise InputError(f"{word!r} is no half of a transaction", "schedule", f"A1, A2 and so on up to {last}2")
        half = Half(ascii_uppercase.index(word[0]), int(word[1]))
        if half in halves:
            raise InputError(f"{word} occurs twice", "schedule", "each half once")
        if half.half == WRITE and half._replace(half=RUN) not in halves:
            raise InputError(f"{word} comes before {word[0]}1", "schedule", "a transaction that runs before it writes")
        halves.append(half)
    return tuple(halves)


def play(pre: WorldState, block: Block, schedule: str, chain: ChainConfig = MAINNET) -> Play:
    """Execute the transactions of `block` in halves, as `schedule` says; it may stop before the end.

    Raises:
        InputError: a schedule that cannot be read, or a transaction that may not run where it stands in it.
    """
    count = len(block.transactions)
    if not 1 <= count <= len(ascii_uppercase):
        raise InputError(f"{count} transactions", expected=f"1 to {len(ascii_uppercase)}, a letter for each")
    halves = read_schedule(schedule, count)
    everything = [Half(tx_index, half) for tx_index in range(count) for half in (RUN, WRITE)]
    return Play(
        pre,
        _perform(pre, block, halves, chain),
        tuple(half for half in everything if half not in halves),
        _perform(pre, block, everything, chain)[-1].world,
    )


def _perform(pre: WorldState, block: Block, halves: Sequence[Half], chain: ChainConfig) -> tuple[Event, ...]:
    env, view = chain.env(block), BlockView(pre)
    results: dict[int, TxResult] = {}
    events = []
    for half in halves:
        tx_index = half.tx_index
        if half.half == RUN:
            try:
                checked = check_transaction(view, env, block.transactions[tx_index])
            except InvalidTransaction as error:
                raise InputError(f"{half} is refused here: {error}", "schedule") from error
            results[tx_index] = execute_transaction(view, env, checked)
        else:
            view.commit(Version(tx_index), results[tx_index].diff)
            view.pay(Version(tx_index), env.coinbase, results[tx_index].fee)
        events.append(Event(half, results[tx_index], pre.apply(view.diff())))
    return tuple(events)
