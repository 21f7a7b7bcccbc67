"""Wrong redesigns, each one change away from one that is right, and in which words each is caught.

Those that are right are the starter, the solution, and `lanes.vy`, a first idea that many teams have.

They are kept compiled in `wrong.json`; `python -m tests.teaching.redesign.wrong` renews it, with Vyper.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from toyevm.contracts.compile import compile_artefact
from toyevm.contracts.recompile import compile_source

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "course" / "capstone" / "redesign" / "tickets.vy"
SOLUTION = ROOT / "solutions" / "capstone" / "redesign" / "boards.vy"
KEPT = Path(__file__).with_name("wrong.json")


class Wrong(NamedTuple):
    """A change to a source, and a piece of the verdict."""

    old: str
    new: str
    caught: str
    source: Path = STARTER


LANES = Path(__file__).with_name("lanes.vy")
SAYS = "; the specification says "
REFUSES = "it was done; the specification refuses it, "
CLOSED = '    assert not self.isClosed, "closed"\n'
OWNER = '    assert msg.sender == self.owner, "not the owner"\n'
GIFT = "    self.tickets[to] = self.tickets[msg.sender]\n"
BURN = "    x: uint256 = 0\n    for i: uint256 in range(10**9):\n        x = unsafe_add(x, i)\n"

WRONG = {
    "oversells": Wrong('    assert self.sold < self.capacity, "sold out"\n', "", f"{REFUSES}'sold out'"),
    "keeps a ticket back": Wrong(
        "self.sold < self.capacity",
        "self.sold + 1 < self.capacity",
        "it was refused, “sold out”; the specification does it",
    ),
    "looks at one board": Wrong(
        "    for step: uint256 in range(BOARDS, bound=MOST_BOARDS):\n        board",
        "    for step: uint256 in range(1):\n        board",
        "it was refused, “sold out”; the specification does it",
        SOLUTION,
    ),
    "refunds twice": Wrong(
        "    self.freed += 1\n    self.tickets[msg.sender] = 0\n", "    self.freed += 1\n", f"{SAYS}0"
    ),
    "refunds too much": Wrong(
        "+= PRICE\n\n\n@external\ndef close",
        "+= PRICE + 1\n\n\n@external\ndef close",
        ": credit_of(owner) is ",
    ),
    "sells for nothing": Wrong("    self.credits[msg.sender] -= PRICE\n", "", "buy() by owner: credit_of(owner) is "),
    "loses revenue": Wrong("    self.revenue += PRICE\n", "", f"revenue() is 0{SAYS}10"),
    "pays nothing out": Wrong(
        "    self.credits[self.owner] += self.revenue\n", "", f": credit_of(owner) is {2**63}{SAYS}"
    ),
    "numbers by what is sold": Wrong(
        """    if self.freed > 0:
        self.freed -= 1
        return self.freeNumbers[self.freed]
    self.used += 1
    return self.used
""",
        "    return self.sold\n",
        " holds; the specification says another",
    ),
    "numbers without end": Wrong("    if self.freed > 0:\n", "    if False:\n", f"is 26{SAYS}1 to 25"),
    "numbers from 0": Wrong("    return self.used\n", "    return self.used - 1\n", f"is 0{SAYS}1 to 25"),
    "renumbers gifts": Wrong(GIFT, "    self.tickets[to] = self._free_number()\n", "ticket_of(user "),
    "gives to a holder": Wrong('    assert self.tickets[to] == 0, "has one"\n', "", f"{REFUSES}'the other has one'"),
    "takes from nobody": Wrong(
        '    assert self.tickets[msg.sender] != 0, "has none"\n    assert self.tickets[to]',
        "    assert self.tickets[to]",
        f"{REFUSES}'has none'",
    ),
    "closes twice": Wrong(OWNER + CLOSED, OWNER, f"close() by owner: {REFUSES}'closed'"),
    "lets anybody close": Wrong(OWNER + CLOSED, CLOSED, f"{REFUSES}'not the owner'"),
    "lets anybody grant": Wrong(
        OWNER + "    self.credits[who]",
        "    self.credits[who]",
        f"call 0 of the first block, grant(user 0, 10) by user 0: {REFUSES}'not the owner'",
    ),
    "sells when closed": Wrong("def buy():\n" + CLOSED, "def buy():\n", f"{REFUSES}'closed'"),
    "burns all gas": Wrong(
        "def buy():\n", "def buy():\n" + BURN, "it was refused, “out of gas” with a limit of 300,000"
    ),
    "burns gas in a view": Wrong(
        "def credit_of(who: address) -> uint256:\n",
        "def credit_of(who: address) -> uint256:\n" + BURN,
        ": credit_of(user 0) gives no number: out of gas with a limit of 500,000",
    ),
    "answers the owner otherwise": Wrong(
        "    return self.tickets[who]\n",
        "    return self.tickets[who] if msg.sender != self.owner else 1\n",
        "ticket_of(",
    ),
    "prepares in a grant": Wrong(
        "    self.credits[who] += amount\n",
        "    self.credits[who] += amount\n    self.freeNumbers[convert(who, uint256)] = 1\n",
        "it was refused, “out of gas” with a limit of 60,000; the specification does it",
    ),
    "sets credit": Wrong(
        "self.credits[who] += amount",
        "self.credits[who] = amount",
        f", 4294967296) by owner: credit_of(user 0) is 4294967296{SAYS}42949",
    ),
    "sets the owner's credit": Wrong(
        "self.credits[self.owner] += self.revenue",
        "self.credits[self.owner] = self.revenue",
        f"close() by owner: credit_of(owner) is 250{SAYS}{2**63 + 250}",
    ),
    "grants nothing when closed": Wrong(
        OWNER + "    self.credits[who]",
        OWNER + CLOSED + "    self.credits[who]",
        "call 3 of the last block, grant(user 19, 10) by owner: it was refused, “closed”; the specification does it",
    ),
    "gives to oneself": Wrong(
        'assert self.tickets[to] == 0, "has one"',
        'assert self.tickets[to] == 0 or to == msg.sender, "has one"',
        f"call 63 of the first block, give(owner) by owner: {REFUSES}'the other has one'",
    ),
    "sells nothing to the owner": Wrong(
        "def buy():\n",
        'def buy():\n    assert msg.sender != self.owner, "you own it"\n',
        "call 62 of the first block, buy() by owner: it was refused, “you own it”; the specification does it",
    ),
    "keeps 16 bits of credit": Wrong(
        "self.credits[who] += amount",
        "self.credits[who] = (self.credits[who] + amount) % 2**16",
        f"grant(owner, 9223372036854775808) by owner: credit_of(owner) is 0{SAYS}9223372036854775808",
    ),
    "counts a refund in another lane": Wrong(
        "self.laneSold[lane] -= 1", "self.laneSold[self._home(msg.sender)] -= 1", f"{SAYS}1 to 25", LANES
    ),
    "counts too few tickets": Wrong(
        "    return self._sold()\n\n\n@external\n@view\ndef rev",
        "    assert self.capacity < 5000\n    return self._sold()\n\n\n@external\n@view\ndef rev",
        "after call 0 of the first block, grant(user 0, 10) by user 0: sold() gives no number: revert",
        LANES,
    ),
    "gives to nobody": Wrong(GIFT, "", ": ticket_of(user "),
    "takes a fee from the owner": Wrong(
        "    self.revenue += PRICE\n",
        "    self.revenue += PRICE\n    if msg.sender != self.owner:\n        self.credits[self.owner] -= 1\n",
        f"by owner: credit_of(owner) is {2**63 - 20}{SAYS}{2**63}",
    ),
    "answers nobody but the owner": Wrong(
        "    return self.tickets[who]\n",
        "    return self.tickets[who] if msg.sender == self.owner else 1\n",
        "ticket_of(",
    ),
}
"""By what it does: the change, and the words in which it is caught."""


def source_of(wrong: Wrong) -> str:
    """Return the changed source; the change must be one."""
    text = wrong.source.read_text(encoding="utf-8")
    assert text.count(wrong.old) == 1, wrong.old
    return text.replace(wrong.old, wrong.new)


def compiled(names: Iterable[str]) -> dict[str, str]:
    """Return the creation code of each, by name."""
    return {name: compile_artefact(source_of(WRONG[name]), "wrong")["bytecode"] for name in names}


if __name__ == "__main__":
    kept = compiled(WRONG) | {"lanes": compile_source(LANES)["bytecode"]}
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
