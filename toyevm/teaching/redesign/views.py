"""What a contract did beside what the specification says, call by call: the first difference, in words.

After each call the views are asked about those whom it concerns, at the end about everybody; by one person or another,
since a view that answers each caller differently is no view. What a view answers besides is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle

from toyevm.contracts import Contract
from toyevm.contracts.abi import reason_of
from toyevm.results import TxResult
from toyevm.state import BlockView, StateView
from toyevm.teaching.grading.quoting import quoted
from toyevm.teaching.redesign.specification import TicketCall, TicketOffice
from toyevm.teaching.redesign.suite import OWNER, TicketBout
from toyevm.teaching.redesign.trial import Lost, Trial, TrialBlock
from toyevm.types import Version
from toyevm.vm.message import execute_message

VIEW_GAS = 500_000  # some 200 words of storage


class Comparison:
    """A trial beside the specification.

    Attributes:
        numbers: of whoever holds a ticket. A number is the contract's choice; then it stays with the ticket.
    """

    def __init__(self, contract: Contract, bout: TicketBout, trial: Trial) -> None:
        self.contract, self.trial = contract, trial
        self.office = TicketOffice(OWNER, bout.capacity)
        self.numbers: dict[str, int] = {}
        self._callers = cycle(trial.people.values())

    def compare(self) -> None:
        """Follow the past and the block that is timed.

        Raises:
            Lost: with the first difference.
        """
        self._follow(self.trial.past, "before the block, call")
        self._follow(self.trial.timed, "call")

    def _follow(self, stage: TrialBlock, label: str) -> None:
        view = BlockView(stage.workload.pre)
        coinbase = stage.workload.block.header.coinbase
        for number, (call, result) in enumerate(zip(stage.calls, stage.result.results, strict=True)):
            view.commit(Version(number), result.diff)
            view.pay(Version(number), coinbase, result.fee)
            where = f"{label} {number}, {call}"
            self._check_answer(call, result, where)
            self._check_views(stage, view, dict.fromkeys([call.sender, call.who or call.sender]), f"after {where}")
        self._check_views(stage, view, self.trial.people, "at the end of a block")

    def _check_answer(self, call: TicketCall, result: TxResult, where: str) -> None:
        why = self.office.answer(call)
        if result.succeeded and why:
            raise Lost(f"{where}: it was done; the specification refuses it, {why!r}")
        if not result.succeeded and not why:
            raise Lost(
                f"{where}: it was refused, {quoted(reason_of(result) or 'no reason')}; the specification does it"
            )
        if why:
            return
        if call.function == "give":
            self.numbers[call.who] = self.numbers.pop(call.sender)
        if call.function == "refund":
            del self.numbers[call.sender]

    def _check_views(self, stage: TrialBlock, view: StateView, people: Iterable[str], where: str) -> None:
        office = self.office
        self._expect(office.sold, self._asked(stage, view, "sold"), f"{where}: sold()")
        self._expect(office.revenue, self._asked(stage, view, "revenue"), f"{where}: revenue()")
        for who in people:
            credit, said = office.credit.get(who, 0), self._asked(stage, view, "credit_of", who)
            self._expect(credit, said, f"{where}: credit_of({who})")
            self._check_number(who, self._asked(stage, view, "ticket_of", who), f"{where}: ticket_of({who})")

    def _check_number(self, who: str, said: int, where: str) -> None:
        if who not in self.office.holders:
            return self._expect(0, said, where)
        if who in self.numbers:
            return self._expect(self.numbers[who], said, where)
        if not 1 <= said <= self.office.capacity:
            raise Lost(f"{where} is {_short(said)}; the specification says 1 to {self.office.capacity}")
        if other := next((holder for holder, number in self.numbers.items() if number == said), None):
            raise Lost(f"{where} is {said}, which {other} holds; the specification says another")
        self.numbers[who] = said

    def _expect(self, right: int, said: int, where: str) -> None:
        if said != right:
            raise Lost(f"{where} is {_short(said)}; the specification says {right}")

    def _asked(self, stage: TrialBlock, view: StateView, function: str, who: str = "") -> int:
        """Return what a view answers to the next caller."""
        workload, people = stage.workload, self.trial.people
        data = self.contract.call_data(function, *([people[who].address] if who else []))
        env = workload.chain.env(workload.block)
        caller, address = next(self._callers).address, self.trial.address
        answer = execute_message(view, env, sender=caller, address=address, input=data, gas=VIEW_GAS)
        if answer.error is not None or len(answer.output) != 32:
            raise Lost(f"{function}({who}) gives no number: {answer.error or f'{len(answer.output)} bytes'}")
        return int.from_bytes(answer.output, "big")


def _short(number: int) -> str:
    return str(number) if number < 10**12 else f"{number:#x}"[:12] + "…"
