"""The whole way: in by a deposit, about on the sidechain, out by a burn; and what its validators decide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rollups.sidechain.worlds import STAKES
from toyevm.backends import BACKENDS
from toyevm.errors import InputError
from toyevm.rollups.sidechain import Sidechain
from toyevm.rollups.sidechain.votes import vote_on
from toyevm.transactions import Transaction
from toyevm.units import ETHER


def with_burn(**options: object) -> tuple[Sidechain, Transaction]:
    """Return a sidechain on which Ann has had ten ether and burned one, under no checkpoint yet."""
    side = Sidechain(STAKES, **options)  # type: ignore[arg-type]
    side.deposit("Ann", 10 * ETHER)
    side.produce()
    burn = side.burn("Ann", ETHER)
    side.produce()
    return side, burn


@pytest.mark.parametrize("backend", [backend.name for backend in BACKENDS if backend.kind != "settlement"])
def test_money_comes_moves_and_goes(backend: str) -> None:
    side = Sidechain(STAKES, backend=backend)
    side.deposit("Ann", 10 * ETHER, to="Bob")
    side.produce()
    assert (side.balance("Ann"), side.balance("Bob"), side.escrow) == (0, 10 * ETHER, 10 * ETHER)
    side.transfer("Bob", "Ann", 3 * ETHER)
    side.produce()
    assert side.balance("Ann") == 3 * ETHER
    burn = side.burn("Ann", ETHER)
    side.produce()
    before = side.l1_balance("Ann")
    assert side.checkpoint().accepted
    assert side.exit(burn).accepted
    assert (side.l1_balance("Ann") - before, side.escrow) == (ETHER, 9 * ETHER)
    assert side.books.missing == 0


def test_a_deposit_waits_for_its_confirmations() -> None:
    side = Sidechain(STAKES, confirmations=2)
    side.deposit("Ann", ETHER)
    for expected in (0, 0, ETHER, ETHER):
        side.produce()
        assert side.balance("Ann") == expected
        assert side.books.missing == 0
        side.l1.mine()


def test_a_burn_is_paid_once_and_only_under_a_checkpoint() -> None:
    side, burn = with_burn()
    with pytest.raises(InputError, match="block 2 is under no checkpoint yet"):
        side.exit(burn)
    side.checkpoint()
    assert side.exit(burn).accepted
    answer = side.exit(burn)
    assert (answer.reason, side.escrow) == ("exited already", 9 * ETHER)


def test_an_exit_waits_as_long_as_the_bridge_says() -> None:
    side, burn = with_burn(delay=86_400)
    side.checkpoint()
    assert side.exit(burn).reason == "checkpoint too young"
    side.l1.wait(86_400)
    assert side.exit(burn).accepted


def test_blocks_are_final_on_the_sidechain_before_they_are_under_a_checkpoint() -> None:
    side, _ = with_burn()
    assert not side.milestone(["Pia", "Ravi"])  # 60
    assert side.milestone(["Pia", "Quinn"])
    assert (side.final, side.contracts.count) == (2, 0)


def test_enough_silent_stake_stops_checkpoints_and_exits() -> None:
    side, burn = with_burn(conducts={"Pia": "silent"})  # 45 of 100
    assert side.checkpoint().reason == "not enough stake"
    with pytest.raises(InputError, match="under no checkpoint"):
        side.exit(burn)
    assert side.escrow == 10 * ETHER


def test_names_that_sign_nothing_are_refused() -> None:
    side, burn = with_burn()
    with pytest.raises(InputError, match="signers: 'Mallory' is no validator"):
        side.checkpoint(["Mallory"])
    with pytest.raises(InputError, match="there is no block 3 yet"):
        side.headers(3)
    with pytest.raises(InputError, match="is in no block of the sidechain"):
        side.exit(side.burn("Ann", 1))
    assert burn


@pytest.mark.parametrize("stake", [0, -1, 1.5, "40", None])
def test_a_stake_is_a_whole_number_of_wei(stake: Any) -> None:
    with pytest.raises(InputError, match=r"Pia: a stake of .* wei"):
        Sidechain({"Pia": stake})


@pytest.mark.parametrize("confirmations", [-1, 1.5, "1"])
def test_confirmations_are_a_number_of_blocks(confirmations: Any) -> None:
    with pytest.raises(InputError, match=r"confirmations: .* at least 0"):
        Sidechain(STAKES, confirmations=confirmations)


def test_headers_begin_at_a_block_that_is_there() -> None:
    side, _ = with_burn()
    for start in (-1, 99, "a"):
        with pytest.raises(InputError, match=f"there is no block {start} yet .expected 0 to 2"):
            side.headers(start)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="a vote on no block"):
        side.post([])


def test_what_is_under_a_checkpoint_of_strangers_only_they_know() -> None:
    side, burn = with_burn()
    signed = side.sign(vote_on("checkpoint", side.headers(1)))
    assert side.contracts.submit_checkpoint(signed).accepted
    with pytest.raises(InputError, match="nobody here knows the blocks under checkpoint 1"):
        side.exit(burn)
