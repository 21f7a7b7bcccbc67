"""A transaction as a conversation: it asks for a location, somebody answers, until it has its outcome.

The machine can be stopped before any access to the state (`Suspend`). So whoever conducts the conversation decides
*when* each question is answered, and with which version. Everything between two questions is the transaction's own
business, and depends on the answers alone: the answers are its read set.

    talk = conversation(env, tx)
    access = next(talk)                                     # wants to know a location, having used some gas
    access = talk.send(Read(version, value))                # ... the next one
    ...                                                     # StopIteration brings the outcome

It may also come out that the transaction is not allowed. Under speculation that is an outcome like any other: it was
found out from what was read, and holds as long as that holds. So is an error of whatever kind: answers of different
moments may not fit together, as when money is in two accounts at once, and a machine that is right about every state
there can be need not be right about that. Time and memory stay bounded all the same: gas pays for every step before it
is made, and how much of it there is stands in the transaction and not in the state.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from toyevm.errors import InvalidTransaction, Suspend
from toyevm.results import TxResult
from toyevm.transactions import Transaction
from toyevm.transition import buy_gas, check_form, check_sender, delegate, finish_transaction, open_first_frame
from toyevm.types import Location, Read
from toyevm.vm.frame import BlockEnv, Machine
from toyevm.vm.interpreter import run

T = TypeVar("T")


class Access(NamedTuple):
    """A question: which location, and how much gas the transaction had used when it came to it."""

    location: Location
    gas_used: int


@dataclass(frozen=True)
class Conclusion:
    """What a transaction comes to, given what it read: a result, the reason why it may not run, or what went wrong."""

    reads: dict[Location, Read]
    result: TxResult | None = None
    refusal: InvalidTransaction | None = None
    failure: Exception | None = None

    @property
    def gas(self) -> int:
        """The gas that was used up, refunds not deducted, and at least the floor of calldata: how long it ran.

        Without a result it counts for nothing after the last read.
        """
        return self.result.gas_before_refund if self.result else 0


Conversation = Generator[Access, Read, Conclusion]


class Answers:
    """A view that knows what has been answered, and suspends the machine at everything else."""

    def __init__(self, given: Mapping[Location, Read]) -> None:
        self.given: dict[Location, Read] = dict(given)

    def read(self, location: Location) -> Read:
        answer = self.given.get(location)
        if answer is None:
            raise Suspend(location)
        return answer


def conversation(env: BlockEnv, tx: Transaction, given: Mapping[Location, Read] = MappingProxyType({})) -> Conversation:
    """Run a transaction: yield an `Access` for each location it needs, be sent the `Read`, return the `Conclusion`.

    Args:
        given: the answers to its first questions, in their order, if they are known already: they are not asked again.
    """
    view = Answers(given)
    try:
        return Conclusion(view.given, (yield from _execution(view, env, tx)))
    except InvalidTransaction as refusal:
        return Conclusion(view.given, refusal=refusal)
    except Exception as failure:  # of any type: whether it counts is for validation to say
        return Conclusion(view.given, failure=failure)


def _execution(view: Answers, env: BlockEnv, tx: Transaction) -> Generator[Access, Read, TxResult]:
    form = check_form(env, tx)  # once: only what reads is tried again after an answer
    checked = yield from _answering(view, lambda: check_sender(view, env, form))
    execution = buy_gas(view, env, checked)  # reads nothing that the checks have not
    for authorization in tx.authorizations:
        yield from _answering(view, partial(delegate, execution.machine.journal, env, authorization))
    yield from _answering(view, lambda: open_first_frame(execution))
    machine = execution.machine
    yield from _answering(view, lambda: run(machine), lambda: gas_used(tx, machine))
    return (yield from _answering(view, lambda: finish_transaction(execution)))


def gas_used(tx: Transaction, machine: Machine) -> int:
    """Return what a machine that stands somewhere in the middle has used up so far."""
    return tx.gas_limit - sum(frame.gas_left for frame in machine.frames)


def _answering(
    view: Answers, action: Callable[[], T], clock: Callable[[], int] = lambda: 0
) -> Generator[Access, Read, T]:
    """Try again after each answer, until nothing more is asked."""
    while True:
        try:
            return action()
        except Suspend as question:
            location = question.location
        view.given[location] = yield Access(location, clock())
