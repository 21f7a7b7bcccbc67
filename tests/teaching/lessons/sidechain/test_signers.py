"""Stake decides, not the number of signers; and the picture says no number that its words do not say."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product

import pytest

from toyevm.errors import InputError
from toyevm.teaching.lessons.sidechain.signers_player import SignerSwitches
from toyevm.teaching.lessons.sidechain.signers_view import show_signing
from toyevm.teaching.lessons.sidechain.stakes import EQUAL, ROLES, SIGNERS, UNEQUAL, Signing, least, power


@pytest.mark.parametrize("total", [*range(1, 40), 99, 100, 101])
def test_a_checkpoint_needs_more_than_two_thirds_and_no_ether_more_than_that(total: int) -> None:
    assert least(total) - 1 <= Fraction(2 * total, 3) < least(total)


@pytest.mark.parametrize("total", [3, 7, 99, 100, 101])
def test_power_grows_with_stake(total: int) -> None:
    powers = [power(stake, total) for stake in range(total + 1)]
    assert powers == sorted(powers, key=("nothing", "halt", "steal").index)
    assert powers[0] == "nothing"
    assert powers[total] == "steal"


@pytest.mark.parametrize("roles", list(product(ROLES, repeat=5)))
def test_one_of_three_things_happens_whoever_does_what(roles: tuple[str, ...]) -> None:
    signing = Signing(UNEQUAL, dict(zip(SIGNERS, roles, strict=True)))
    stake = {role: sum(UNEQUAL[name] for name, each in signing.roles.items() if each == role) for role in ROLES}
    expected = "stolen" if stake["colludes"] >= 67 else "accepted" if stake["honest"] >= 67 else "halted"
    assert signing.outcome == expected


def test_three_of_five_equal_signers_halt_and_two_of_five_unequal_ones_steal() -> None:
    assert Signing(EQUAL, dict.fromkeys(SIGNERS[:3], "colludes")).outcome == "halted"
    assert Signing(UNEQUAL, dict.fromkeys(SIGNERS[:2], "colludes")).outcome == "stolen"
    assert Signing(UNEQUAL, dict.fromkeys(SIGNERS[2:], "colludes")).outcome == "accepted"


def test_every_number_of_the_picture_is_in_its_words() -> None:
    switches = SignerSwitches()
    switches.set(Pia="colludes", Tess="silent")
    assert "forged checkpoint: 45 of 100 ✗" in switches.text
    drawn = re.findall(r"\d+", " ".join(re.findall(r">([^<]+)</text>", switches.picture.svg)))
    assert set(drawn) <= set(re.findall(r"\d+", switches.text))


def test_a_role_or_signer_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="honest"):
        SignerSwitches().set(Pia="asleep")
    with pytest.raises(InputError, match="Pia"):
        show_signing(Signing(EQUAL, {"Zoe": "honest"}))
