"""What lies on L1 is what people have a claim to, whatever happens; and when it is not, the books say so."""

from __future__ import annotations

import pytest

from tests.rollups.sidechain.worlds import STAKES
from toyevm.rollups.sidechain import Sidechain
from toyevm.rollups.sidechain.attacks import LEAVING, LOCKED, forge_checkpoint, set_scene
from toyevm.rollups.sidechain.chain import GATEWAY
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet


def test_what_comes_to_the_gateway_without_a_burn_is_a_stray() -> None:
    side = Sidechain(STAKES)
    side.contracts.deposit(wallet("Ann"), ETHER, GATEWAY)
    side.l1.mine()
    side.produce()
    assert (side.books.strays, side.books.leaving, side.books.missing) == (ETHER, 0, 0)


def test_a_theft_is_missing_in_the_books() -> None:
    side = set_scene(STAKES).side
    assert (side.books.missing, side.books.leaving) == (0, LEAVING)
    forge_checkpoint(side, ["Pia", "Quinn"])
    assert (side.books.escrow, side.books.missing, side.books.leaving) == (0, LOCKED, LEAVING)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("keep", [True, False])
def test_a_deposit_in_the_place_of_a_lost_block_is_credited(depth: int, keep: bool) -> None:
    side = Sidechain(STAKES)
    for _ in range(depth):
        side.l1.mine()
    side.produce()
    side.l1.reorg(depth, keep)
    side.deposit("Bob", ETHER)
    side.produce()
    assert (side.balance("Bob"), side.books.missing, side.books.arriving) == (ETHER, 0, 0)


def test_a_deposit_that_comes_again_after_a_reorg_is_credited_once() -> None:
    side = Sidechain(STAKES)
    side.deposit("Ann", ETHER)
    side.produce()
    side.l1.reorg(1)
    side.l1.mine()
    side.produce()
    assert (side.balance("Ann"), side.books.missing) == (ETHER, 0)


@pytest.mark.parametrize("keep", [True, False])
def test_after_l1_has_lost_a_checkpoint_burns_leave_under_the_next_one(keep: bool) -> None:
    side = Sidechain(STAKES)
    side.deposit("Ann", 10 * ETHER)
    side.produce()
    burn = side.burn("Ann", ETHER)
    side.produce()
    assert side.checkpoint().accepted
    side.l1.reorg(1, keep)
    side.produce()
    late = side.burn("Ann", 2 * ETHER)
    side.produce()
    answer = side.checkpoint()
    assert answer.accepted is not keep  # the lost one has come back first, if it was kept
    if keep:
        assert side.checkpoint().accepted
    for each in (burn, late):
        assert side.exit(each).accepted
    assert side.escrow == 7 * ETHER
