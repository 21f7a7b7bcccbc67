"""What the matrix is made of: attacks on systems, run for real, each with its defence in place or taken away.

What came of an attack is read off balances and clocks, and off nothing else: what each had before, what each can get
at afterwards, and how much later than usual that was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

ATTACKS = (
    "invalid root",
    "withheld data",
    "censorship",
    "2/3 collusion",
    "L1 reorg",
    "replay",
    "forged proof",
)


class MatrixVerdict(StrEnum):
    """What an attack comes to, the worst first."""

    STOLEN = "stolen"
    FROZEN = "frozen"
    DELAYED = "delayed"
    SAFE = "safe"


@dataclass(frozen=True)
class Damage:
    """What an attack did.

    Attributes:
        before: what each had, in wei, wherever it was.
        after: what each can get at, in wei, when everybody has done what they could.
        thieves: who of them attacks; the others only want what is theirs.
        delay: in seconds, how much longer it took than without the attack.
    """

    before: Mapping[str, int]
    after: Mapping[str, int]
    thieves: tuple[str, ...]
    delay: int = 0

    @property
    def verdict(self) -> MatrixVerdict:
        """Return the worst of what is true.

        >>> Damage({"Eve": 1, "Ann": 5}, {"Eve": 6, "Ann": 0}, ("Eve",)).verdict.value
        'stolen'
        """
        gain = sum(self.after[one] - self.before[one] for one in self.thieves)
        if gain > 0:
            return MatrixVerdict.STOLEN
        if any(self.after[one] < self.before[one] for one in self.before if one not in self.thieves):
            return MatrixVerdict.FROZEN
        return MatrixVerdict.DELAYED if self.delay > 0 else MatrixVerdict.SAFE


@dataclass(frozen=True)
class MatrixCell:
    """One attack on one system.

    Attributes:
        attack: one of `ATTACKS`.
        system: the layer that is attacked.
        story: what the attacker does.
        defence: what stands in their way, and `run` can leave out; None where the system has nothing of the kind.
        run: carries the attack out, on chains of its own, with the defence or without.
    """

    attack: str
    system: str
    story: str
    defence: str | None
    run: Callable[[bool], Damage]
