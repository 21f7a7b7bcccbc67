"""Who of the signers does what, and what their stakes decide: a true checkpoint, none, or a forged one.

It holds no picture and no chain. The manager on L1 counts in the same way: a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toyevm.errors import InputError
from toyevm.teaching.kit.marks import CROSS, TICK

SIGNERS = ("Pia", "Quinn", "Ravi", "Sam", "Tess")
EQUAL = dict.fromkeys(SIGNERS, 20)
UNEQUAL = dict(zip(SIGNERS, (45, 24, 15, 10, 6), strict=True))
HONEST, SILENT, COLLUDES = "honest", "silent", "colludes"
ROLES = (HONEST, SILENT, COLLUDES)
ACCEPTED, HALTED, STOLEN = "accepted", "halted", "stolen"
VERDICTS = {
    ACCEPTED: "accepted: the true checkpoint stands on L1",
    HALTED: "halted: no new checkpoint can be made, and no newer burn can be withdrawn",
    STOLEN: "stolen: L1 accepts the forged checkpoint",
}


def least(total: int) -> int:
    """Return the stake that a checkpoint needs: two thirds, rounded down, and one more.

    >>> least(100), least(99)
    (67, 67)
    """
    return 2 * total // 3 + 1


def power(colluding: int, total: int) -> str:
    """Return what a group with this stake can do, if all others are honest.

    >>> [power(stake, 100) for stake in (33, 34, 66, 67)]
    ['nothing', 'halt', 'halt', 'steal']
    """
    if colluding >= least(total):
        return "steal"
    return "halt" if total - colluding < least(total) else "nothing"


@dataclass(frozen=True)
class Signing:
    """Five signers, what they have at stake (in ether), and what each of them does."""

    stakes: Mapping[str, int]
    roles: Mapping[str, str]

    def __post_init__(self) -> None:
        for name, role in self.roles.items():
            if name not in self.stakes or role not in ROLES:
                raise InputError(f"{name}={role!r}", expected=f"one of {', '.join(self.stakes)}: {' | '.join(ROLES)}")

    @property
    def total(self) -> int:
        return sum(self.stakes.values())

    @property
    def needed(self) -> int:
        return least(self.total)

    def stake_of(self, role: str) -> int:
        """Return the stake of all who do this."""
        return sum(stake for name, stake in self.stakes.items() if self.roles.get(name, HONEST) == role)

    @property
    def outcome(self) -> str:
        """What comes of it: a true checkpoint, none, or a forged one."""
        if self.stake_of(COLLUDES) >= self.needed:
            return STOLEN
        return ACCEPTED if self.stake_of(HONEST) >= self.needed else HALTED

    @property
    def lines(self) -> list[str]:
        """What a picture of it says, line by line."""
        lines = [f"stake {self.total} ether in all, a checkpoint needs {self.needed}"]
        each = (f"{name} {stake} {self.roles.get(name, HONEST)}" for name, stake in self.stakes.items())
        lines.append(", ".join(each))
        for role, words in ((HONEST, "true checkpoint"), (COLLUDES, "forged checkpoint")):
            stake = self.stake_of(role)
            lines.append(f"{words}: {stake} of {self.total} {TICK if stake >= self.needed else CROSS}")
        return [*lines, VERDICTS[self.outcome]]
