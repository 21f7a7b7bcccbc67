"""A drop: 64 tokens, and a contract that sells them, which the student writes. Its slots note who reads and writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from toyevm.analysis.dependencies import longest_chain
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import call, repeat

CAP, SHARDS = 64, 8
PLACES = tuple(f"room{shard}" for shard in range(SHARDS))
CROWD = tuple((100 + 11 * buyer % 40, 1) for buyer in range(40))  # a buyer's number, and how many tokens
ALIKE = CAP * ((5, 1),)
RUSH = (*8 * ((0, 1),), (7, 2), *((buyer, 1 + buyer % 3) for buyer in range(151)))  # they want more than there is

Buy = Callable[..., Any]


class Slots(MutableMapping[str, int]):
    """Storage as a dict of whole numbers from names; a slot that was never written holds 0, as in the EVM."""

    values_: dict[str, int]
    read: set[str]
    written: set[str]

    def __init__(self, values: MutableMapping[str, int]) -> None:
        vars(self).update(values_=dict(values), read=set(), written=set())

    def __setattr__(self, name: str, value: object) -> None:
        raise InputError(f"slots.{name} = {repeat(value)}", expected=f'slots["{name}"] = …')

    def __getitem__(self, name: str) -> int:
        self.read.add(str(name))
        return self.values_.get(str(name), 0)

    def __setitem__(self, name: str, value: int) -> None:
        if type(value) is not int:
            raise InputError(f"slots[{name!r}] = {repeat(value)}", expected="a whole number")
        self.written.add(str(name))
        self.values_[str(name)] = value

    def __delitem__(self, name: str) -> None:
        self[name] = 0

    def __iter__(self) -> Iterator[str]:
        self.read.update(self.values_)
        return iter(list(self.values_))

    def __len__(self) -> int:
        self.read.update(self.values_)
        return len(self.values_)

    def __repr__(self) -> str:
        return "the slots"


@dataclass(frozen=True)
class Sale:
    """What became of some purchases: each answer, what each read and wrote; and the slots at the end."""

    answers: tuple[Any, ...]
    reads: tuple[frozenset[str], ...]
    writes: tuple[frozenset[str], ...]
    changes: tuple[bool, ...]  # whether a purchase left other values behind
    taken: tuple[int, ...]  # how much less all slots hold after it
    slots: dict[str, int]
    amounts: tuple[int, ...]

    @property
    def sold(self) -> int:
        """How many tokens buyers were told that they have."""
        return sum(amount for amount, answer in zip(self.amounts, self.answers, strict=True) if answer is True)

    @property
    def span(self) -> int:
        """The longest chain of purchases that read what another wrote."""
        writer: dict[str, int] = {}
        waits = []
        for number, (read, written) in enumerate(zip(self.reads, self.writes, strict=True)):
            waits.append({writer[name] for name in read if name in writer})
            writer |= dict.fromkeys(written, number)
        return longest_chain(waits, lambda _: 1)

    @property
    def most_read(self) -> tuple[str, int]:
        """The slot that most purchases read, and how many do."""
        return _most(self.reads)

    @property
    def hottest(self) -> tuple[str, int]:
        """The slot that most purchases write, and how many do."""
        return _most(self.writes)


def _most(touched: Sequence[frozenset[str]]) -> tuple[str, int]:
    counts = Counter(name for one in touched for name in sorted(one))
    return max(sorted(counts.items()), key=lambda item: item[1], default=("none", 0))


def sell(buy: Buy, purchases: Sequence[tuple[int, int]], start: MutableMapping[str, int] | None = None) -> Sale:
    """Let buyers call a student's function, one after the other, on slots with room for 8 tokens each.

    Raises:
        InputError: it is none, it fails, or it writes what is no whole number.
    """
    values = dict(start if start is not None else dict.fromkeys(PLACES, CAP // SHARDS))
    answers, reads, writes, changes, taken = [], [], [], [], []
    for buyer, amount in purchases:
        slots = Slots(values)
        answers.append(call(buy, slots, buyer, amount))
        changes.append(slots.values_ != values)
        taken.append(sum(values.values()) - sum(slots.values_.values()))
        values = slots.values_
        reads.append(frozenset(slots.read))
        writes.append(frozenset(slots.written))
    amounts = tuple(amount for _, amount in purchases)
    return Sale(tuple(answers), tuple(reads), tuple(writes), tuple(changes), tuple(taken), values, amounts)
