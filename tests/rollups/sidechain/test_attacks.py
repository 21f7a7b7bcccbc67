"""What attacks come to: each run on chain, each outcome read off balances before and after."""

from __future__ import annotations

from functools import partial

import pytest

from toyevm.rollups.sidechain.attacks import (
    LOCKED,
    VICTIM,
    forge_checkpoint,
    leave_gap,
    repeat_signature,
    replay_exit,
    reuse_signatures,
    run_attack,
    set_scene,
    undo_deposit,
    withhold,
)
from toyevm.rollups.sidechain.watchers import find_evidence, slash_liars
from toyevm.units import ETHER

STAKES = {name: stake * ETHER for name, stake in {"Pia": 45, "Quinn": 24, "Ravi": 15, "Sam": 10, "Tess": 6}.items()}


def test_two_thirds_of_the_stake_and_more_take_the_whole_escrow() -> None:
    report = run_attack("forged", set_scene(STAKES), partial(forge_checkpoint, signers=["Pia", "Quinn"]))
    assert (report.outcome, report.words, report.escrow) == ("stolen", "paid", (LOCKED, 0))
    assert (report.loot, report.paid) == (LOCKED, 0)


def test_less_stake_takes_nothing_whoever_has_it() -> None:
    report = run_attack("forged", set_scene(STAKES), partial(forge_checkpoint, signers=["Pia", "Ravi", "Tess"]))
    assert (report.words, report.escrow, report.loot) == ("not enough stake", (LOCKED, LOCKED), 0)


@pytest.mark.parametrize(("silent", "outcome"), [("Pia", "halted"), ("Quinn", "safe"), ("Ravi", "safe")])
def test_who_signs_nothing_halts_the_exits_if_they_have_a_third(silent: str, outcome: str) -> None:
    report = run_attack("silence", set_scene(STAKES, {silent: "silent"}), withhold)
    assert (report.outcome, report.escrow) == (outcome, (LOCKED, LOCKED))
    assert report.paid == (10 * ETHER if outcome == "safe" else 0)


def test_a_lie_about_blocks_that_were_signed_costs_the_stake_and_the_loot_is_gone_all_the_same() -> None:
    attack = partial(forge_checkpoint, signers=["Pia", "Quinn"], instead=True)
    report = run_attack("forged", set_scene(STAKES), attack, slashing=True)
    assert (report.loot, report.burned, report.profit) == (100 * ETHER, 69 * ETHER, 31 * ETHER)
    assert report.paid == 0


def test_theft_does_not_pay_where_more_is_at_stake_than_in_the_escrow_and_the_victim_gets_nothing_of_it() -> None:
    attack = partial(forge_checkpoint, signers=["Pia", "Quinn"], instead=True)
    scene = set_scene({name: 2 * stake for name, stake in STAKES.items()})
    report = run_attack("forged", scene, attack, slashing=True)
    assert (report.loot, report.burned, report.profit, report.paid) == (100 * ETHER, 138 * ETHER, -38 * ETHER, 0)


def test_a_lie_about_a_block_that_nobody_has_signed_costs_nothing() -> None:
    attack = partial(forge_checkpoint, signers=["Pia", "Quinn"])
    report = run_attack("forged", set_scene(STAKES), attack, slashing=True)
    assert (report.loot, report.burned) == (100 * ETHER, 0)


def test_watchers_find_nothing_against_the_honest() -> None:
    side = set_scene(STAKES).side
    side.checkpoint()
    side.produce()
    side.checkpoint()
    assert find_evidence(side.signed, side.contracts.domain) == []
    assert slash_liars(side) == 0


def test_after_the_liars_have_lost_their_stake_the_others_go_on() -> None:
    scene = set_scene(STAKES, {"Pia": "colluding", "Quinn": "colluding"})
    run_attack("forged", scene, partial(forge_checkpoint, signers=["Pia", "Quinn"], instead=True), slashing=True)
    side = scene.side
    assert (side.contracts.total, side.contracts.needed) == (31 * ETHER, 62 * ETHER // 3 + 1)
    side.produce()
    assert side.checkpoint(["Ravi", "Sam"]).accepted


@pytest.mark.parametrize(
    ("attack", "words"),
    [
        (leave_gap, "start is not previous end + 1"),
        (reuse_signatures, "signer without stake"),
        (partial(repeat_signature, signer="Pia"), "signers not ascending"),
    ],
    ids=["gap", "stale", "repeated"],
)
def test_signatures_that_do_not_fit_change_nothing(attack: partial[str], words: str) -> None:
    report = run_attack("signatures", set_scene(STAKES), attack)
    assert (report.words, report.outcome, report.paid) == (words, "safe", 10 * ETHER)


def test_a_burn_leaves_once_however_it_is_shown() -> None:
    scene = set_scene(STAKES)
    side = scene.side
    burn = side.burn(VICTIM, ETHER, to="Mallory")
    side.produce()
    side.checkpoint()
    assert side.exit(burn).accepted
    report = run_attack("replay", scene, partial(replay_exit, burn=burn))
    assert report.words == "exited already; no such log under the receipts root"
    assert (report.outcome, report.loot) == ("safe", 0)


@pytest.mark.parametrize("confirmations", [0, 1, 2, 3])
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_reorg_of_l1_steals_if_it_is_deeper_than_the_confirmations(confirmations: int, depth: int) -> None:
    scene = set_scene(STAKES, confirmations=confirmations)
    report = run_attack("reorg", scene, partial(undo_deposit, depth=depth))
    assert report.outcome == ("stolen" if depth > confirmations else "safe")
    assert scene.side.books.missing == (10 * ETHER if depth > confirmations else 0)
