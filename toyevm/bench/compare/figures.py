"""A figure says where it is from: measured here, simulated, or assumed. Without that there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from toyevm.errors import InputError


class Tag(StrEnum):
    """How a figure came about, the strongest first."""

    MEASURED = "measured"  # on this computer, now: another one has another
    SIMULATED = "simulated"  # in virtual time, or on chains of the course: the same everywhere
    ASSUMED = "assumed"  # somebody else's, or a choice: with its source and date


@dataclass(frozen=True)
class TaggedFigure:
    """A number with its unit and its tag; make one with `measured`, `simulated` or `assumed`.

    Attributes:
        source: of what is assumed, with a year; for the others what was run, where that needs saying.

    Raises:
        InputError: what is assumed has no dated source.

    >>> str(assumed(12, "s", "Ethereum's consensus specification, 2020"))
    '12 s (assumed)'
    """

    value: float
    unit: str
    tag: Tag
    source: str = ""

    def __post_init__(self) -> None:
        if self.tag is Tag.ASSUMED and not re.search(r"\b(19|20)\d\d\b", self.source):
            raise InputError(repr(self.source), f"source of {self.value} {self.unit}", "a source with its year")

    def __str__(self) -> str:
        return f"{short(self.value)} {self.unit} ({self.tag})"

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON; an exact whole number stays one."""
        told = {"source": self.source} if self.source else {}
        return {"value": self.value, "unit": self.unit, "tag": self.tag.value} | told


def measured(value: float, unit: str, source: str = "") -> TaggedFigure:
    """Return a figure that was measured on this computer."""
    return TaggedFigure(value, unit, Tag.MEASURED, source)


def simulated(value: float, unit: str, source: str = "") -> TaggedFigure:
    """Return a figure that a simulation gave."""
    return TaggedFigure(value, unit, Tag.SIMULATED, source)


def assumed(value: float, unit: str, source: str) -> TaggedFigure:
    """Return a figure that is somebody else's, or a choice."""
    return TaggedFigure(value, unit, Tag.ASSUMED, source)


def weakest(value: float, unit: str, *parts: TaggedFigure) -> TaggedFigure:
    """Return a figure that was computed from others: it is worth no more than the weakest of them.

    >>> weakest(780, "s", measured(12, "s"), assumed(768, "s", "the protocol, 2020")).tag.value
    'assumed'
    """
    worst = max(parts, key=lambda part: list(Tag).index(part.tag))
    sources = dict.fromkeys(part.source for part in parts if part.source)
    return TaggedFigure(value, unit, worst.tag, "; ".join(sources))


def short(number: float) -> str:
    """Return a number in three digits, or whole where it is larger.

    >>> short(303612), short(12.8), short(0.004567), short(0)
    ('303,612', '12.8', '0.00457', '0')
    """
    return f"{number:,.0f}" if abs(number) >= 100 or number == 0 else f"{number:.3g}"


def rounded(number: float) -> str:
    """Return a number in three digits, written out: an estimate knows no more.

    >>> rounded(141_781_000), rounded(0.01622)
    ('142,000,000', '0.0162')
    """
    return short(float(f"{number:.3g}"))


def plain(value: Any) -> Any:
    """Return a report with its figures as JSON."""
    match value:
        case TaggedFigure():
            return value.as_json()
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case _:
            return value
