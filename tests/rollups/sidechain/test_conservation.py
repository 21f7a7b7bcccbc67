"""Whatever people do, in any order: the escrow on L1 is what circulates on the sidechain, and what is on its way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from tests.rollups.sidechain.worlds import STAKES
from toyevm.errors import InputError, InvalidTransaction
from toyevm.rollups.sidechain import Sidechain
from toyevm.transactions import Transaction
from toyevm.units import ETHER, GWEI

USERS = ("Ann", "Bob", "Cleo")


class Play:
    """People at random, on a sidechain of their own; each step is one thing that one of them does."""

    def __init__(self, seed: int, confirmations: int = 2) -> None:
        self.random = Random(seed)
        self.side = Sidechain(STAKES, users=USERS, confirmations=confirmations)
        self.founded = self.side.l1.head.number
        self.burns: list[Transaction] = []
        self.done: dict[str, int] = {}

    def step(self) -> None:
        actions: tuple[Callable[[], object], ...] = (
            self.deposit, self.transfer, self.burn, self.produce, self.checkpoint, self.exit, self.reorg, self.mine,
        )  # fmt: skip
        action = self.random.choices(actions, weights=(3, 4, 3, 6, 2, 4, 1, 2))[0]
        with suppress(InvalidTransaction, InputError):  # too poor, or too early: they find out, and nothing happens
            action()
            self.done[action.__name__] = self.done.get(action.__name__, 0) + 1

    def amount(self) -> int:
        return self.random.randrange(1, 10**9) * GWEI

    def name(self) -> str:
        return self.random.choice(USERS)

    def deposit(self) -> None:
        self.side.deposit(self.name(), self.amount(), self.name())

    def transfer(self) -> None:
        self.side.transfer(self.name(), self.name(), self.amount())

    def burn(self) -> None:
        self.burns.append(self.side.burn(self.name(), self.amount(), self.name()))

    def produce(self) -> None:
        self.side.produce()

    def checkpoint(self) -> None:
        self.side.checkpoint(self.random.sample(list(STAKES), self.random.randrange(2, 6)))

    def exit(self) -> None:
        """Leave with any burn there ever was: it may have left already."""
        self.side.exit(self.random.choice(self.burns or [self.side.burn("Ann", 1)]))

    def reorg(self) -> None:
        """Lose the last blocks of L1, but none that the sidechain has looked at; what was in them may come again."""
        depth = self.random.randint(1, 2)
        if self.side.l1.head.number - depth >= max(self.founded, self.side.synced):
            self.side.l1.reorg(depth, keep=self.random.random() < 0.8)

    def mine(self) -> None:
        self.side.l1.mine()


def play(seed: int, steps: int, every: int) -> Play:
    played = Play(seed)
    for at in range(steps):
        played.step()
        if at % every == 0:
            assert played.side.books.missing == 0, (seed, at)
    assert played.side.books.missing == 0, seed
    return played


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_or_made(seed: int) -> None:
    played = play(seed, 250, 5)
    assert set(played.done) >= {"deposit", "transfer", "burn", "produce", "checkpoint", "exit", "reorg"}
    assert played.side.books.supply > 0


@pytest.mark.whole
@pytest.mark.parametrize("seed", range(100, 200))
def test_nothing_is_lost_or_made_in_ever_so_many_steps(seed: int) -> None:
    play(seed, 1_000, 100)


def test_the_books_notice_what_is_missing() -> None:
    played = play(5, 100, 50)
    side = played.side
    side.deposit("Ann", 7 * ETHER)
    side.l1.mine()
    side.l1.mine()
    side.produce()
    side.l1.reorg(3, keep=False)  # deeper than was waited for
    assert side.books.missing == 7 * ETHER
