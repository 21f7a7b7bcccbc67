"""The town answers as its contracts do, and what a theft needs is what the model of stakes says."""

from __future__ import annotations

from itertools import combinations

import pytest

from toyevm.contracts.merkle import merkle_root
from toyevm.errors import InputError
from toyevm.rollups import settlements
from toyevm.rollups.sidechain.merkle import header_leaf
from toyevm.teaching.kit.named_tree import root_of
from toyevm.teaching.kit.runs import run_on
from toyevm.teaching.lessons.sidechain.blocks import MIXED_AT, mixed, side_blocks
from toyevm.teaching.lessons.sidechain.stakes import EQUAL, SIGNERS, UNEQUAL, least
from toyevm.teaching.lessons.sidechain.studies import MEASURES, measure_taken, three_of_five
from toyevm.teaching.lessons.sidechain.town import LOCKED, open_town, ready_town
from toyevm.workloads.workload import Workload

GROUPS = [group for size in range(1, 6) for group in combinations(SIGNERS, size)]


@pytest.mark.parametrize("stakes", [UNEQUAL, EQUAL], ids=["unequal", "equal"])
def test_the_contract_counts_stake_as_the_switches_do(stakes: dict[str, int]) -> None:
    town = open_town(stakes)
    for group in GROUPS:
        answer = town.copy().checkpoint(town.blocks[4:8], group)
        assert ("accepts" in answer) == (sum(stakes[name] for name in group) >= least(100)), group


def test_the_theft_moves_the_escrow_and_nothing_else_stops_it() -> None:
    town = ready_town()
    forged = town.invent({"Mallory": LOCKED})
    assert town.checkpoint([forged], ["Pia", "Quinn"]) == "L1 accepts the checkpoint of block 8"
    assert (town.escrow, town.balance("Mallory")) == (LOCKED, 0)
    assert town.exit(forged, 0) == "L1 pays Mallory 100 ether"
    assert (town.escrow, town.balance("Mallory")) == (0, LOCKED)
    assert town.exit(forged, 0) == "L1 refuses: exited already"


def test_slashing_takes_the_stake_of_who_signed_twice_and_gives_nothing_back() -> None:
    town = ready_town()
    town.checkpoint([town.invent({"Mallory": LOCKED})], ["Pia", "Quinn"])
    town.slash()
    assert [town.stake(name) for name in SIGNERS] == [0, 0, 15, 10, 6]
    assert town.escrow == LOCKED  # no exit yet, and no compensation


def test_who_signs_a_false_block_is_a_liar_whatever_else_is_in_the_checkpoint() -> None:
    town = ready_town()
    town.checkpoint([town.blocks[8]], ["Tess"])
    town.milestone(town.blocks[8:9], SIGNERS)
    assert town.liars == set()
    town.checkpoint([town.invent({"Mallory": 1})], ["Sam"])
    town.checkpoint([town.blocks[8], town.invent({"Mallory": 1}, number=9)], ["Pia"])
    assert town.liars == {"Pia", "Sam"}
    assert ready_town().liars == set()


def test_who_signed_only_one_root_for_these_blocks_keeps_their_stake() -> None:
    town = ready_town()
    forged = [town.blocks[8], town.invent({"Mallory": LOCKED}, number=9)]
    town.checkpoint(forged, ["Pia", "Quinn"])
    assert town.exit(forged[1], 0) == "L1 pays Mallory 100 ether"
    assert town.slash() == ["nobody has signed two roots for the same blocks"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((6, 0, 0), "pays Cleo 7 ether"),
        ((6, 1, 0), "no such log under the receipts root"),
        ((6, 2, 0), "not a log of the gateway"),
        ((6, 3, 0), "pays Dan 2 ether"),
        ((6, 3, 1), "pays Bob 5 ether"),
        ((6, 3, 2), "no such log under the receipts root"),
        ((6, 4, 0), "no proof can be made"),
    ],
)
def test_each_exit_of_block_6_is_answered_by_the_bridge(place: tuple[int, int, int], words: str) -> None:
    town = ready_town()
    assert words in town.exit(town.blocks[place[0]], *place[1:])


def test_three_of_five_halt_and_each_measure_ends_as_the_lesson_says() -> None:
    assert three_of_five().count("refuses: not enough stake") == 2
    assert [measure_taken(name).outcome for name in MEASURES] == ["stolen", "stolen", "stolen", "halted"]
    assert measure_taken("slash").thieves_stake == 0


def test_each_measure_is_tried_against_the_theft_of_the_lesson_at_block_8() -> None:
    for name in MEASURES:
        said = dict(measure_taken(name).said)
        assert said["forged checkpoint"] in ("L1 accepts the checkpoint of block 8", "L1 refuses: not enough stake")


def test_the_mixed_block_does_on_the_sidechain_what_it_does_elsewhere() -> None:
    workload: Workload = mixed()
    assert side_blocks()[MIXED_AT].transactions == workload.block.transactions
    alone = run_on("sequential", workload, 1).result.results
    assert settlements.__doc__  # imported, it registers the backend
    settled = run_on("sidechain", workload, 1).result.results
    assert [each.diff for each in settled] == [each.diff for each in alone]
    assert [each.logs for each in side_blocks()[MIXED_AT].receipts] == [each.logs for each in alone]
    assert [each.succeeded for each in side_blocks()[MIXED_AT].receipts] == [each.succeeded for each in alone]


def test_the_lessons_root_is_the_root_of_the_chains_checkpoint() -> None:
    found = [header_leaf(block.header) for block in side_blocks()[4:8]]
    assert root_of(found) == merkle_root(found)


def test_a_copy_of_a_town_goes_its_own_way() -> None:
    town = ready_town()
    other = town.copy()
    other.checkpoint([other.invent({"Mallory": 1})], ["Pia", "Quinn"])
    assert (town.next_block, other.next_block) == (8, 9)


@pytest.mark.parametrize("burns", [{"Zoe": 0}, {"Zoe": True}, {"Zoe": 2**60}, "Zoe", {1: 1}])
def test_a_burn_that_cannot_be_is_refused(burns: object) -> None:
    with pytest.raises(InputError):
        ready_town().invent(burns)  # type: ignore[arg-type]


@pytest.mark.parametrize("blocks", [[], [1], None, "block"])
def test_what_is_no_block_is_refused(blocks: object) -> None:
    with pytest.raises(InputError):
        ready_town().checkpoint(blocks)  # type: ignore[arg-type]
