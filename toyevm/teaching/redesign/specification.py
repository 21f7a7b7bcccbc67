"""The specification of the tickets, to be run: what each function answers, call by call, in the order of the block.

A contract may keep what it likes where it likes. What it answers must be this. The numbers of tickets are its own
choice, within bounds that `comparison` has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

PRICE = 10


class TicketCall(NamedTuple):
    """A call of the contract: who calls which function, about whom (`grant`, `give`), and for how much (`grant`)."""

    sender: str
    function: str
    who: str = ""
    amount: int = 0

    def __str__(self) -> str:
        words = [self.who, *([str(self.amount)] if self.function == "grant" else [])] if self.who else []
        return f"{self.function}({', '.join(words)}) by {self.sender}"


@dataclass
class TicketOffice:
    """All that there is to know; people are names."""

    owner: str
    capacity: int
    credit: dict[str, int] = field(default_factory=dict)
    holders: set[str] = field(default_factory=set)
    revenue: int = 0
    is_closed: bool = False

    @property
    def sold(self) -> int:
        return len(self.holders)

    def answer(self, call: TicketCall) -> str:
        """Do what is asked and return "", or return why it is refused; then nothing has changed."""
        why = self._refusal(call)
        if why:
            return why
        match call.function:
            case "grant":
                self._add(call.who, call.amount)
            case "buy":
                self.holders.add(call.sender)
                self.revenue += PRICE
                self._add(call.sender, -PRICE)
            case "give":
                self.holders.remove(call.sender)
                self.holders.add(call.who)
            case "refund":
                self.holders.remove(call.sender)
                self.revenue -= PRICE
                self._add(call.sender, PRICE)
            case "close":
                self._add(self.owner, self.revenue)
                self.revenue, self.is_closed = 0, True
        return ""

    def _refusal(self, call: TicketCall) -> str:
        is_owner, has_one = call.sender == self.owner, call.sender in self.holders
        reasons = {
            "grant": {"not the owner": not is_owner},
            "buy": {
                "closed": self.is_closed,
                "has one": has_one,
                "too little credit": self.credit.get(call.sender, 0) < PRICE,
                "sold out": self.sold >= self.capacity,
            },
            "give": {"has none": not has_one, "the other has one": call.who in self.holders},
            "refund": {"closed": self.is_closed, "has none": not has_one},
            "close": {"not the owner": not is_owner, "closed": self.is_closed},
        }
        return next((why for why, is_so in reasons[call.function].items() if is_so), "")

    def _add(self, who: str, amount: int) -> None:
        self.credit[who] = self.credit.get(who, 0) + amount
