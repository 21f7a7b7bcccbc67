"""What a contract did beside what the specification says, call by call: the first difference, in words.

After each call the views are asked about those whom it concerns, after each block about everybody; by one person or
another, since a view that answers each caller differently is no view. What a view writes is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle

from toyevm.contracts import Contract
from toyevm.results import TxResult
from toyevm.state import BlockView, StateView
from toyevm.teaching.redesign.specification import TicketCall, TicketOffice
from toyevm.teaching.redesign.suite import OWNER, TicketPlan
from toyevm.teaching.redesign.trial import Lost, Trial, TrialBlock, gas_limit_of, why_it_failed
from toyevm.types import Version
from toyevm.vm.message import execute_message

VIEW_GAS = 500_000  # some 200 words of storage


class Comparison:
    """A trial beside the specification.

    Attributes:
        numbers: of whoever holds a ticket. A number is the contract's choice; then it stays with the ticket.
    """

    def __init__(self, contract: Contract, plan: TicketPlan, trial: Trial) -> None:
        self.contract, self.trial = contract, trial
        self.office = TicketOffice(OWNER, plan.capacity)
        self.numbers: dict[str, int] = {}
        self._callers = cycle(trial.people.values())

    def compare(self) -> None:
        """Follow all blocks of the trial.

        Raises:
            Lost: with the first difference.
        """
        self._follow(self.trial.first, "the first block")
        self._follow(self.trial.timed, "the timed block")
        self._follow(self.trial.last, "the last block")

    def _follow(self, block: TrialBlock, name: str) -> None:
        state = BlockView(block.workload.pre)
        coinbase = block.workload.block.header.coinbase
        for number, (call, result) in enumerate(zip(block.calls, block.result.results, strict=True)):
            state.commit(Version(number), result.diff)
            state.pay(Version(number), coinbase, result.fee)
            where = f"call {number} of {name}, {call}"
            self._check_answer(call, result, where)
            self._check_views(block, state, dict.fromkeys([call.sender, call.who or call.sender]), f"after {where}")
        self._check_views(block, state, self.trial.people, f"at the end of {name}")

    def _check_answer(self, call: TicketCall, result: TxResult, where: str) -> None:
        why = self.office.answer(call)
        if result.succeeded and why:
            raise Lost(f"{where}: it was done; the specification refuses it, {why!r}")
        if not result.succeeded and not why:
            reason = why_it_failed(result, gas_limit_of(call))
            raise Lost(f"{where}: it was refused, {reason}; the specification does it")
        if why:
            return
        if call.function == "give":
            self.numbers[call.who] = self.numbers.pop(call.sender)
        if call.function == "refund":
            del self.numbers[call.sender]

    def _check_views(self, block: TrialBlock, state: StateView, people: Iterable[str], where: str) -> None:
        def asked(function: str, who: str = "") -> tuple[int, str]:
            place = f"{where}: {function}({who})"
            return self._asked(block, state, function, who, place), place

        self._expect(self.office.sold, *asked("sold"))
        self._expect(self.office.revenue, *asked("revenue"))
        for who in people:
            self._expect(self.office.credit.get(who, 0), *asked("credit_of", who))
            self._check_number(who, *asked("ticket_of", who))

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

    def _asked(self, block: TrialBlock, state: StateView, function: str, who: str, where: str) -> int:
        """Return what a view answers to the next caller."""
        workload, people = block.workload, self.trial.people
        data = self.contract.call_data(function, *([people[who].address] if who else []))
        env = workload.chain.env(workload.block)
        caller, address = next(self._callers).address, self.trial.address
        answer = execute_message(state, env, sender=caller, address=address, input=data, gas=VIEW_GAS)
        limit = f" with a limit of {VIEW_GAS:,}" if answer.error == "out of gas" else ""
        if answer.error is not None or len(answer.output) != 32:
            raise Lost(f"{where} gives no number: {answer.error or f'{len(answer.output)} bytes'}{limit}")
        return int.from_bytes(answer.output, "big")


def _short(number: int) -> str:
    return str(number) if number < 2**64 else f"{number:#x}"[:12] + "…"
