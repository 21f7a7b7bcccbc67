"""A claim speaks of all cases; an experiment runs some of them. The verdict is computed from these.

    nothing was run       untested: all figures of every case are assumed
    every case holds      true, as far as these cases go
    no case holds         false
    some do               true if: the conditions of those that hold; the claim as it was said is refuted

A case counts if something was run for it: one of its figures was measured or simulated. One case that fails refutes a
sentence about all; no number of cases proves it. That is why a verdict is shown with its cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from toyevm.bench.compare.figures import Tag, TaggedFigure


class Ruled(StrEnum):
    """What became of a claim."""

    TRUE = "true"
    TRUE_IF = "true if"
    FALSE = "false"
    UNTESTED = "untested"


@dataclass(frozen=True)
class ClaimCase:
    """The claim in one case.

    Attributes:
        condition: under which it is tried, as it would stand behind "if".
        holds: whether it is so, read off what was run.
        figures: what was run for it, by name.
    """

    condition: str
    holds: bool
    figures: Mapping[str, TaggedFigure]

    @property
    def was_run(self) -> bool:
        """Whether at least one figure was measured or simulated, so that the case could have come out otherwise."""
        return any(figure.tag is not Tag.ASSUMED for figure in self.figures.values())


@dataclass(frozen=True)
class ClaimEvidence:
    """All cases of a claim."""

    cases: tuple[ClaimCase, ...]

    @property
    def counted(self) -> tuple[ClaimCase, ...]:
        """The cases for which something was run."""
        return tuple(case for case in self.cases if case.was_run)

    @property
    def ruled(self) -> Ruled:
        """Return the verdict.

        >>> from toyevm.bench.compare.figures import measured
        >>> wet = {"water": measured(3, "mm")}
        >>> ClaimEvidence((ClaimCase("it rains", True, wet), ClaimCase("it snows", False, wet))).ruled.value
        'true if'
        """
        holding = [case.holds for case in self.counted]
        if not holding:
            return Ruled.UNTESTED
        return Ruled.TRUE if all(holding) else Ruled.TRUE_IF if any(holding) else Ruled.FALSE

    @property
    def verdict(self) -> str:
        """Return the verdict in words.

        >>> from toyevm.bench.compare.figures import measured
        >>> wet = {"water": measured(3, "mm")}
        >>> ClaimEvidence((ClaimCase("it rains", True, wet), ClaimCase("it snows", False, wet))).verdict
        'true if it rains; not if it snows'
        """
        if self.ruled is not Ruled.TRUE_IF:
            return self.ruled.value
        yes, no = ([case.condition for case in self.counted if case.holds is holds] for holds in (True, False))
        return f"true if {', or '.join(yes)}; not if {', or '.join(no)}"


@dataclass(frozen=True)
class PopularClaim:
    """A sentence of the kind the press writes, and an experiment that could refute it.

    Attributes:
        id: its name in commands.
        sentence: as it is said.
        lesson: the number of the lesson that teaches what is behind it.
        experiment: what is run, in a sentence.
        cases: runs it.
        confusion: which two things the sentence confuses.
    """

    id: str
    sentence: str
    lesson: str
    experiment: str
    cases: Callable[[], tuple[ClaimCase, ...]] = field(repr=False)
    confusion: str = ""


def audit(claim: PopularClaim) -> ClaimEvidence:
    """Run a claim's experiment."""
    return ClaimEvidence(claim.cases())
