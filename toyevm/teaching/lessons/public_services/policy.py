"""Does a chain fit? Five demands, six designs from the simplest on, and why a demand excludes a design.

The table is an opinion in data: each refusal has a reason that a reader can dispute. The simplest design that no demand
excludes is the advice; where none is left, two demands contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from toyevm.errors import InputError


class Question(NamedTuple):
    """What is asked, and what may be answered; the first answer asks least of a design."""

    words: str
    head: str  # of a column
    answers: tuple[str, ...]


QUESTIONS: Mapping[str, Question] = {
    "writers": Question("Who writes?", "writes", ("one office", "anybody")),
    "readers": Question("Who reads?", "reads", ("everybody", "a list of people", "nobody before a date")),
    "deletable": Question("What must be deletable?", "must be deletable", ("nothing", "contents", "every trace")),
    "trust": Question("Whom do all trust?", "is trusted", ("one office", "one office, if checked", "no single office")),
    "correction": Question("Who may correct?", "may correct", ("its writer", "a court")),
}


@dataclass(frozen=True)
class Design:
    """A way to keep entries.

    Args:
        refuses: for some answers, why this design cannot serve them.
        trusted: whom or what its users trust all the same.
        contract: which contract of this course is built so; "" if none is needed.
    """

    name: str
    refuses: Mapping[str, str]
    trusted: str
    contract: str = ""


READ_BY_ALL = "each node has every byte, so everybody can read it"
NO_SEAL = "what is in a block can be read at once"
OLD_BLOCKS = "each node keeps old blocks, with all that was sent"
HASH_STAYS = "the hash stays in old blocks: there was an entry, and when"
ONE_KEY = "only the entry's own key can change it, and a court has none"

DESIGNS = (
    Design("database", {
        "one office, if checked": "the office can change old entries, and nobody sees it",
        "no single office": "the office decides about every entry",
    }, "the office, in everything"),
    Design("database, roots on chain", {
        "anybody": "a root shows what is in it, not who was left out",
        "nobody before a date": "a root shows what was changed, not who has read",
        "every trace": "whoever compares with the root sees that something is gone",
        "no single office": "the office decides what comes under the root",
    }, "the office, to let everybody in (it cannot change old entries unseen)", "supply_chain"),
    Design("open contract", {
        "a list of people": READ_BY_ALL,
        "nobody before a date": NO_SEAL,
        "contents": OLD_BLOCKS,
        "every trace": OLD_BLOCKS,
        "a court": ONE_KEY,
    }, "whoever writes an entry, to write what is true, and whoever can change the code", "dao"),
    Design("sealed entries", {
        "everybody": "before the date, entries are hashes",
        "a list of people": "once it is opened, everybody can read it",
        "contents": "what was opened stays in its block",
        "every trace": HASH_STAYS,
        "a court": "nobody else knows what to open",
    }, "every writer, to open what they sealed", "election"),
    Design("contract with a court's key", {
        "a list of people": READ_BY_ALL,
        "nobody before a date": NO_SEAL,
        "contents": OLD_BLOCKS,
        "every trace": OLD_BLOCKS,
    }, "whoever has the court's key: it moves everything", "security_token"),
    Design("salted hash, record elsewhere", {
        "nobody before a date": "whoever keeps the record can read it at once, and nobody notices",
        "every trace": HASH_STAYS,
    }, "whoever keeps the record, to have it, to hide it and to delete it", "health_consent"),
)  # fmt: skip


class DesignVerdict(NamedTuple):
    """A design, and for each question that excludes it, the reason."""

    design: Design
    refusals: Mapping[str, str]


@dataclass(frozen=True)
class Advice:
    """What becomes of demands, an answer to each question: a verdict on every design."""

    demands: Mapping[str, str]
    verdicts: tuple[DesignVerdict, ...]

    @property
    def design(self) -> Design | None:
        """The simplest design that is left."""
        return next((each.design for each in self.verdicts if not each.refusals), None)

    @property
    def words(self) -> str:
        """The design's name, or that none is left."""
        return self.design.name if self.design else "no design"

    @property
    def lines(self) -> tuple[str, ...]:
        """The text twin, line by line."""
        rows = []
        for name, answer in self.demands.items():
            menu = " | ".join(f"[{each}]" if each == answer else each for each in QUESTIONS[name].answers)
            rows.append(f"{QUESTIONS[name].words} {name}: {menu}")
        for number, (design, refusals) in enumerate(self.verdicts, 1):
            why = " | ".join(f"{self.demands[name]}: {reason}" for name, reason in refusals.items())
            rows.append(f"{number} {design.name}: {'✗ ' + why if why else 'possible'}")
        rows.append(f"the simplest that is left: {self.words}")
        if self.design:
            rows.append(f"still trusted: {self.design.trusted}")
            rows.append(f"an example from this course: {self.design.contract or 'no contract is needed'}")
        return tuple(rows)

    def __str__(self) -> str:
        return "\n".join(self.lines)


def advise(**demands: str) -> Advice:
    """Return what is left for demands, such as `trust="no single office"`; what is not named has its first answer.

    Raises:
        InputError: no such question or answer.
    """
    for name, answer in demands.items():
        if name not in QUESTIONS:
            raise InputError(f"no question {name!r}", expected=" | ".join(QUESTIONS))
        if answer not in QUESTIONS[name].answers:
            raise InputError(f"{name}={answer!r}", expected=" | ".join(QUESTIONS[name].answers))
    asked = {name: demands.get(name, question.answers[0]) for name, question in QUESTIONS.items()}
    refusals = ({name: each.refuses[it] for name, it in asked.items() if it in each.refuses} for each in DESIGNS)
    return Advice(asked, tuple(map(DesignVerdict, DESIGNS, refusals)))
