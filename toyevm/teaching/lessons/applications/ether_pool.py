"""A pool of ether in Python that runs the receiver's code while it pays, as a call of the EVM does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toyevm.deadline import OutOfTime
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import call, repeat

DEEPEST = 12  # calls of Eve's into the pool while it pays
SAVED = {"Ann": 3, "Bob": 2, "Eve": 1}  # ether

Withdraw = Callable[..., Any]


class EtherPool:
    """What a student's `withdraw(pool, who)` sees: `owed`, a dict, and `pay`."""

    def __init__(self, withdraw: Withdraw, thief: str = "Eve") -> None:
        self.owed: dict[str, int] = dict(SAVED)
        self.ether = sum(SAVED.values())
        self.busy = False
        self._received, self._steps = dict.fromkeys(SAVED, 0), list[str]()
        self._withdraw, self._thief, self._depth = withdraw, thief, 0

    def __repr__(self) -> str:
        return "the pool"

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name) or not isinstance(value, {"owed": dict, "ether": int}.get(name, object)):
            was = f"but it was {repeat(getattr(self, name))}. Which entry did you mean?"
            raise InputError(f"`pool.{name} = {repeat(value)}`, {was}")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise InputError(f"`del pool.{name}`: then nobody has it. Which entry did you mean?")

    @property
    def received(self) -> dict[str, int]:
        """What each has been paid: a copy, which a student may change."""
        return dict(self._received)

    @property
    def steps(self) -> list[str]:
        """The payments in words: a copy."""
        return list(self._steps)

    def pay(self, who: str, amount: int) -> None:
        """Send ether; the receiver's code runs before this returns. More than there is reverts."""
        if type(amount) is not int or amount < 0:
            raise InputError(f"pool.pay({who!r}, {repeat(amount)})", expected="a whole number of ether, from 0")
        if amount > self.ether:
            raise NotEnough
        self.ether -= amount
        self._received[who] = self._received.get(who, 0) + amount
        self._steps.append(f"{'  ' * self._depth}pay {who} {amount}: {self.ether} left")
        if who == self._thief and amount and self._depth < DEEPEST:
            self._again(who)

    def visit(self, who: str) -> str:
        """Let somebody call `withdraw`; return why it reverted, or "". A call that reverts leaves nothing behind.

        Raises:
            InputError: the pool refused a value, or the call did not come back.
        """
        before = dict(self.owed), self.ether, self.busy, self.received, self.steps
        try:
            call(self._withdraw, self, who)
        except InputError as error:
            if isinstance(error.__cause__, InputError) or isinstance(error.__context__, OutOfTime):
                raise  # the pool refused a value, or a loop does not end: no revert
            self.owed, self.ether, self.busy, self._received, self._steps = before
            return "not enough ether" if isinstance(error.__cause__, NotEnough) else str(error)
        return ""

    def _again(self, who: str) -> None:
        """Call into the pool once more, from the receiver's code; if that reverts, the receiver does not mind."""
        before = dict(self.owed), self.ether, self.busy, self.received, self.steps
        self._depth += 1
        try:
            self._withdraw(self, who)
        except (Exception, SystemExit):  # the inner call reverts; the outer one goes on
            self.owed, self.ether, self.busy, self._received, self._steps = before
        finally:
            self._depth -= 1


class NotEnough(Exception):
    """The pool has less ether than it is to pay."""


def visited(withdraw: Withdraw, *order: str) -> tuple[EtherPool, dict[str, str]]:
    """Return the pool after these people have withdrawn, and why calls reverted, by person."""
    pool = EtherPool(withdraw)
    failures = {who: why for who in order if (why := pool.visit(who))}
    return pool, failures
