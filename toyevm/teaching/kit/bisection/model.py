"""A dispute over a range of states: they agree on its first, and differ on its last; each round halves it.

It knows the rules, and neither pictures nor who is right. In the end L1 runs the one step that is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toyevm.errors import InputError
from toyevm.teaching.kit.bisection.eight_steps import PROGRAM, STEPS, honest, step_on_l1
from toyevm.teaching.kit.bisection.proposers import Claims
from toyevm.teaching.kit.marks import CROSS, TICK

AGREE, DISAGREE = "agree", "disagree"
FORM = "agree or disagree, for each round one"


@dataclass(frozen=True)
class Bisection:
    """A dispute between a proposer and a challenger.

    Args:
        name: the proposer's.
        claims: the states as the proposer claims them.
        answers: what the challenger has said to the middle states so far.
    """

    name: str
    claims: Claims
    answers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.ranges) <= len(self.answers):
            raise InputError(f"{len(self.answers)} answers", "the dispute", f"at most {len(self.ranges) - 1}")

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """The range at the beginning, and after each answer; nothing after one step is left."""
        ranges = [(0, STEPS)]
        for answer in self.answers:
            low, high = ranges[-1]
            if high - low == 1:
                break
            middle = (low + high) // 2
            ranges.append((middle, high) if answer == AGREE else (low, middle))
        return ranges

    @property
    def range(self) -> tuple[int, int]:
        return self.ranges[-1]

    @property
    def middle(self) -> int | None:
        """The state that is asked about now; None when one step is left."""
        low, high = self.range
        return None if high - low == 1 else (low + high) // 2

    @property
    def shown(self) -> set[int]:
        """The states that the proposer has shown."""
        asked = {sum(each) // 2 for each in self.ranges if each[1] - each[0] > 1}
        return {0, STEPS} | asked

    @property
    def disputed(self) -> int | None:
        """The step that L1 runs, if only one is left."""
        return self.range[0] if self.middle is None else None

    @property
    def verdict(self) -> str:
        """What L1 finds, once it has run the step: right or wrong."""
        low, high = self.range
        return step_on_l1(self.claims[low], self.claims[high])

    @property
    def convicted(self) -> bool:
        """Whether the proposer has lost."""
        return self.disputed is not None and self.verdict != "right"

    @property
    def mistake(self) -> int | None:
        """The first state to which the challenger has given another answer than the truth."""
        for (low, high), answer in zip(self.ranges, self.answers, strict=False):
            middle = (low + high) // 2
            is_true = self.claims[middle].hash == honest()[middle].hash
            if is_true != (answer == AGREE):
                return middle
        return None

    @property
    def lines(self) -> list[str]:
        """What a picture of it says, line by line."""
        lines = [f"{self.name} claims state 8: {self._both(STEPS)}"]
        for (low, high), answer in zip(self.ranges, self.answers, strict=False):
            middle = (low + high) // 2
            lines.append(f"range {low} to {high}: {self._claim(middle)} · you {answer}")
        low, high = self.range
        if self.middle is not None:
            return [*lines, f"range {low} to {high}: {self._claim(self.middle)} · do you agree?"]
        lines.append(f"step {low} is left, {PROGRAM[low]}: from {self.claims[low].words} to {self.claims[high].words}")
        if self.convicted:
            return [*lines, f"{TICK} L1 runs step {low}, and gets something else: {self.name} loses the bond to you"]
        return [*lines, f"{CROSS} L1 runs step {low}, and gets the same: you lose your bond to {self.name}"]

    def _claim(self, at: int) -> str:
        return f"state {at} is {self._both(at)}"

    def _both(self, at: int) -> str:
        """Return a state as it is claimed, and beside its digits those that the challenger has computed."""
        return f"{self.claims[at].words} ({self.claims[at].short}, yours {honest()[at].short})"


def read_answers(text: str) -> tuple[str, ...]:
    """Return the answers of a text.

    >>> read_answers("agree, Disagree")
    ('agree', 'disagree')

    Raises:
        InputError: one of them cannot be read, or there are too many.
    """
    return checked_answers(re.split(r"[\s,]+", text.strip()) if text.strip() else [])


def checked_answers(answers: Sequence[object]) -> tuple[str, ...]:
    """Return answers as they are written here, or refuse them."""
    words = tuple(each.strip().casefold() if isinstance(each, str) else f"a {type(each).__name__}" for each in answers)
    for word in words:
        if word not in (AGREE, DISAGREE):
            raise InputError(f"{word!r:.40}", "answers", FORM)
    if len(words) > STEPS:
        raise InputError(f"{len(words)} answers", "the dispute", "at most 3")
    return words
