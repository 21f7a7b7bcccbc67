"""Validators and their stake: who signs for the sidechain, and how much of the stake has to.

Polygon PoS is the model. Its staking contract on Ethereum accepts a checkpoint when the signers hold at least
`total * 2 / 3 + 1` of the stake, in integers (`checkSignatures` of StakeManager.sol in 0xPolygon/pos-contracts, 2020).
A milestone, which no contract sees, needs two thirds (x/milestone in 0xPolygon/heimdall-v2, 2025: first
`total * 2 / 3`, later one more).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from toyevm.errors import InputError
from toyevm.types import Address
from toyevm.workloads.wallets import Wallet, wallet

Conduct = Literal["honest", "colluding", "silent"]
MAX_VALIDATORS = 100  # as many signatures as the manager on L1 takes
CONDUCTS: tuple[Conduct, ...] = ("honest", "colluding", "silent")


@dataclass(frozen=True)
class Validator:
    """Somebody with stake in the sidechain, in wei, and what they do: sign what is true, what pays, or nothing."""

    name: str
    stake: int
    conduct: Conduct = "honest"

    def __post_init__(self) -> None:
        if not isinstance(self.stake, int) or self.stake < 1:
            raise InputError(
                f"a stake of {self.stake!r:.80} wei", where=self.name, expected="a whole number, at least 1"
            )

    @property
    def wallet(self) -> Wallet:
        return wallet(self.name)

    @property
    def address(self) -> Address:
        return self.wallet.address


@dataclass(frozen=True)
class ValidatorSet:
    """All validators of a sidechain."""

    members: tuple[Validator, ...]

    @cached_property
    def stakes(self) -> Mapping[Address, int]:
        return {member.address: member.stake for member in self.members}

    @cached_property
    def total(self) -> int:
        return sum(member.stake for member in self.members)

    def acting(self, *conducts: Conduct) -> tuple[Validator, ...]:
        """Return the members of these conducts, in the order of the set."""
        return tuple(member for member in self.members if member.conduct in conducts)

    def stake_of(self, *conducts: Conduct) -> int:
        """Return the stake of all members of these conducts, in wei."""
        return sum(member.stake for member in self.acting(*conducts))


def validator_set(stakes: Mapping[str, int], conducts: Mapping[str, Conduct] | None = None) -> ValidatorSet:
    """Return the validators of these names and stakes, in wei; who is not named in `conducts` is honest.

    Raises:
        InputError: nobody has a stake, or too many have; or `conducts` names somebody who has none, or does something
            unheard of.

    >>> validator_set({"Pia": 5, "Quinn": 3}, {"Quinn": "silent"}).stake_of("honest")
    5
    """
    conducts = conducts or {}
    if not 1 <= len(stakes) <= MAX_VALIDATORS:
        raise InputError(f"{len(stakes)} validators", "stakes", f"1 to {MAX_VALIDATORS} names, each with a stake")
    for name, conduct in conducts.items():
        if name not in stakes or conduct not in CONDUCTS:
            known = f"one of {', '.join(stakes)}, each {' | '.join(CONDUCTS)}"
            raise InputError(f"{name}: {conduct!r}", "conducts", known)
    return ValidatorSet(tuple(Validator(name, stake, conducts.get(name, "honest")) for name, stake in stakes.items()))


def milestone_threshold(total: int) -> int:
    """Return the least stake that is two thirds of `total`.

    >>> milestone_threshold(99), milestone_threshold(100), milestone_threshold(101)
    (66, 67, 68)
    """
    return -(-2 * total // 3)


def checkpoint_threshold(total: int, numerator: int = 2, denominator: int = 3) -> int:
    """Return the least stake with which the manager on L1 accepts a checkpoint: two thirds, and one wei.

    >>> checkpoint_threshold(99), checkpoint_threshold(100), checkpoint_threshold(101)
    (67, 67, 68)
    """
    return total * numerator // denominator + 1
