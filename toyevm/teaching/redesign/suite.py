"""The blocks on which a redesign is judged: so many calls of so many people, by a seed.

The block that is timed has one before it and one after it. In the first, everybody is granted credit, and those who
will return a ticket or give it away buy it; in the last, the owner closes. The owner has credit for more tickets than
there are, and tickets can be given away: no contract can tell from the grants that it will not sell out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from toyevm.errors import InputError
from toyevm.teaching.redesign.specification import PRICE, TicketCall, TicketOffice
from toyevm.workloads.json_input import read_json
from toyevm.workloads.planned_blocks import user

OWNER = "owner"
MOST = {"calls": 300, "capacity": 5_000, "refunds": 300, "gifts": 300, "users": 500, "closes": 1}
LEAST = {"refunds": 0, "gifts": 0, "closes": 0, "users": 2}
LONGEST_SUITE = 50
OWNERS_CREDIT, SECOND_GRANT = 2**63, 2**32  # all grants of a bout together are less than 2**64, as is promised


class TicketPlan(NamedTuple):
    """The calls of a trial, block by block; with another seed everybody has another address."""

    capacity: int
    first: tuple[TicketCall, ...] = ()
    timed: tuple[TicketCall, ...] = ()
    last: tuple[TicketCall, ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class TicketBout:
    """One block to be judged on.

    Args:
        calls: how many transactions the block has.
        capacity: tickets.
        refunds, gifts: how many of the calls are these, of which every fifth is by anybody; all others buy. Half of the
            gifts go to one person.
        users: people, of whom one in ten who hold nothing yet has too little credit.
        closes: 1 if the owner closes in this block, before the last tenth of the calls; then they try again, as a
            stranger did.

    Raises:
        InputError: a number is too small, too large, or none.
    """

    calls: int = 200
    capacity: int = 400
    refunds: int = 0
    gifts: int = 0
    users: int = 450
    closes: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, number in asdict(self).items():
            least, most = LEAST.get(name, 1), MOST.get(name)
            if type(number) is not int or not (most is None or least <= number <= most):
                raise InputError(f"{name} {number!r}", "suite", f"a whole number, {least} to {most}")
        if self.holders + 3 * self.closes > self.calls:
            raise InputError("more refunds and gifts than calls", "suite", "at most `calls`, 3 less if it closes")
        if self.holders > min(self.capacity, self.users):
            raise InputError("more refunds and gifts than tickets or users", "suite", "at most `capacity` and `users`")

    def __str__(self) -> str:
        default = TicketBout()
        said = [f"{name} {value}" for name, value in asdict(self).items() if value != getattr(default, name)]
        return ", ".join(said) or "as it is by default"

    @property
    def holders(self) -> int:
        """How many people have a ticket before the block."""
        return self.refunds + self.gifts

    def plan(self) -> TicketPlan:
        """Return all calls of the bout."""
        first, timed = self._first(), self._timed()
        return TicketPlan(self.capacity, first, timed, self._last((*first, *timed)), self.seed)

    def _first(self) -> tuple[TicketCall, ...]:
        """Return grants, one of them by a stranger, purchases, and more grants to some who have credit by then.

        The owner buys a ticket too, offers it to themselves, and returns it.
        """
        random, people = Random(f"past {self.seed}"), [user(number) for number in range(self.users)]
        credit = [random.randrange(PRICE, 9 * PRICE) for _ in people]
        credit[self.holders :: 10] = [PRICE - 1 for _ in credit[self.holders :: 10]]
        grants = [_granted(*each) for each in zip(people, credit, strict=True)] + [_granted(OWNER, OWNERS_CREDIT)]
        random.shuffle(grants)
        owners = [TicketCall(OWNER, "buy"), TicketCall(OWNER, "give", OWNER), TicketCall(OWNER, "refund")]
        bought = [TicketCall(person, "buy") for person in people[: self.holders]]
        able = [person for person, amount in zip(people, credit, strict=True) if amount >= PRICE]
        more = [_granted(person, SECOND_GRANT) for person in able[::10]]
        return (TicketCall(people[0], "grant", people[0], PRICE), *grants, *owners, *bought, *more)

    def _timed(self) -> tuple[TicketCall, ...]:
        random, people = Random(f"block {self.seed}"), [user(number) for number in range(self.users)]
        holders = [random.choice(people) if number % 5 == 4 else people[number] for number in range(self.holders)]
        calls = [TicketCall(person, "refund") for person in holders[: self.refunds]]
        for number, giver in enumerate(holders[self.refunds :]):
            calls.append(TicketCall(giver, "give", people[-1] if number % 2 else random.choice(people)))
        calls += [TicketCall(buyer, "buy") for buyer in self._buyers(random, people)]
        random.shuffle(calls)
        if self.closes:
            early = len(calls) - self.calls // 10
            calls[early:early] = [TicketCall(who, "close") for who in (people[0], OWNER, OWNER)]
        return tuple(calls)

    def _buyers(self, random: Random, people: list[str]) -> list[str]:
        """Return who buys: first those without a ticket, in any order, then anybody, who may have one by then."""
        count, without = self.calls - self.holders - 3 * self.closes, people[self.holders :]
        again = count // 10
        once = random.sample(without, min(len(without), count - again))
        return once + random.choices(people, k=count - len(once))

    def _last(self, before: Iterable[TicketCall]) -> tuple[TicketCall, ...]:
        """Return a close, and then each function by some who hold a ticket and by some who do not."""
        random, office = Random(f"last {self.seed}"), TicketOffice(OWNER, self.capacity)
        for call in before:
            office.answer(call)
        people = [user(number) for number in range(self.users)]
        random.shuffle(people)
        holders = [person for person in people if person in office.holders][:5]
        others = [person for person in people if person not in office.holders][:5]
        some = [*holders, *others, OWNER]
        return (
            *(TicketCall(who, "close") for who in (people[0], OWNER, OWNER)),
            *(_granted(who, PRICE) for who in some),
            *(TicketCall(who, function) for function in ("buy", "refund") for who in some),
            *(TicketCall(giver, "give", giver) for giver in holders),
            *(TicketCall(giver, "give", taker) for giver, taker in zip(holders, others, strict=False)),
        )


def _granted(who: str, amount: int) -> TicketCall:
    return TicketCall(OWNER, "grant", who, amount)


SUITE = (
    TicketBout(),
    TicketBout(capacity=100, seed=1),
    TicketBout(refunds=80, seed=2),
    TicketBout(gifts=80, seed=3),
    TicketBout(capacity=110, refunds=40, gifts=20, closes=1, seed=4),
    TicketBout(capacity=5_000, closes=1, seed=5),
    TicketBout(capacity=90, refunds=60, gifts=20, users=200, seed=6),
)
"""The open suite: to train on. What counts is a hidden one, in the same form."""


def read_bouts(path: Path) -> tuple[TicketBout, ...]:
    """Read a suite: a JSON list of objects with some of the fields of `TicketBout`.

    Raises:
        InputError: it is none.
    """
    document: Any = read_json(path)
    if not isinstance(document, list) or not 1 <= len(document) <= LONGEST_SUITE:
        raise InputError("no list of bouts", str(path), f'[{{"capacity": 100, "seed": 7}}, …], at most {LONGEST_SUITE}')
    return tuple(_bout(each, f"{path} [{number}]") for number, each in enumerate(document))


def _bout(document: Any, where: str) -> TicketBout:
    names = [each.name for each in fields(TicketBout)]
    if not isinstance(document, Mapping) or set(document) - set(names):
        raise InputError("no bout", where, ", ".join(names))
    try:
        return TicketBout(**document)
    except InputError as error:
        raise InputError(error.what, where, error.expected) from None
