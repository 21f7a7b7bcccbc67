"""Each refusal of the contracts on L1 is needed, and asked for: without it, the test that is named here fails."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy")

from tests.rollups.optimistic import test_contract as games
from tests.rollups.optimistic import test_planted_bugs as both
from tests.rollups.optimistic import test_rollup as rollups
from tests.rollups.optimistic import test_ways_to_settle as ways
from tests.rollups.planted import Question, fails, taken_away, unasked
from toyevm.contracts.compile import compile_vyper
from toyevm.rollups.optimistic import dispute_contract, proof_on_dispute

PLACES = {
    "optimistic_portal": (dispute_contract, "PORTAL"),
    "dispute_game": (dispute_contract, "GAME"),
    "proof_on_dispute": (proof_on_dispute, "DOUBT"),
}
WITHDRAWALS = rollups.test_a_withdrawal_takes_a_week_two_steps_and_is_paid_once
NOT_SENT = rollups.test_what_was_not_burnt_cannot_be_proven
DEPOSITS = rollups.test_a_deposit_must_be_taken_and_cannot_be_invented
PARENTS = rollups.test_a_proposal_builds_on_a_game_and_shows_its_world
LAST_STEP = games.test_at_the_last_step_a_claim_is_proven_and_not_answered
HEIGHTS = games.test_a_claim_between_items_is_not_too_high
PROPOSALS = rollups.test_a_proposal_has_its_bond_and_no_more_steps_than_a_dispute_can_halve
NOTHING = ways.test_without_a_proposal_there_is_nothing_to_doubt_to_prove_or_to_settle
BONDS = ways.test_each_side_has_its_bond_and_collects_once
WINDOW = ways.test_without_doubt_a_root_is_final_after_its_window
WRONG_ROOT = ways.test_a_wrong_root_cannot_be_proven_and_falls
SIGNATURES = ways.test_payments_that_nobody_has_signed_cannot_be_proposed


def not_the_next() -> None:
    rollups.test_a_block_that_is_not_the_next_is_refused({"number": 7})


FOUND_BY: dict[str, dict[str, tuple[Question, ...]]] = {
    "optimistic_portal": {
        "not in whole gwei": (lambda: rollups.test_parts_of_a_gwei_are_not_locked(1),),
        "not a transaction of L2": (rollups.test_what_no_block_could_take_is_not_queued,),
        "finalized already": (WITHDRAWALS,),
        "proven already": (rollups.test_who_proves_again_does_not_start_the_delay_again,),
        "no accepted root": (WITHDRAWALS,),
        "proof does not hold": (NOT_SENT,),
        "not sent on L2": (NOT_SENT,),
        "not proven": (WITHDRAWALS,),
        "root taken back": (rollups.test_nothing_is_paid_under_a_state_that_is_not_accepted_any_more,),
        "too early": (WITHDRAWALS,),
    },
    "dispute_game": {
        "not the owner": (rollups.test_the_portal_is_named_once_and_by_who_made_the_contract,),
        "no such parent": (PARENTS,),
        "the parent has fallen": (rollups.test_who_builds_on_what_falls_falls_too,),
        "deposits given back": (rollups.test_deposits_are_not_given_back,),
        "more deposits than there are": (DEPOSITS,),
        "not a block": (PROPOSALS,),
        "not the next block": (not_the_next,),
        "other deposits": (DEPOSITS,),
        "other forced transactions": (rollups.test_a_transaction_that_is_forced_comes_first_and_in_time,),
        "something is overdue": (DEPOSITS,),
        "another block comes next": (rollups.test_there_are_no_two_blocks_in_one_place,),
        "too high": (PROPOSALS, HEIGHTS),
        "not the bond": (PROPOSALS, both.wrong_bonds),
        "not at this depth": (LAST_STEP, HEIGHTS),
        "nothing to halve": (both.padding,),
        "claimed already": (both.random_games,),
        "more than one step": (LAST_STEP,),
        "another block": (both.another_block,),
        "the witness shows nothing": (both.whole_games,),
        "the claim is right": (both.whole_games,),
        "there is still time": (both.random_games,),
        "an answer is not resolved": (both.random_games,),
        "the parent is not resolved": (rollups.test_a_block_is_not_resolved_before_the_one_it_builds_on,),
        "nothing is owed": (both.whole_games,),
        "not the sequencer": (rollups.test_the_sequencer_alone_brings_blocks_until_something_is_overdue,),
        "not the state after a block": (PARENTS,),
        "no such claim": (both.random_games,),
        "resolved already": (both.random_games,),
        "nothing lies behind the root": (both.random_games,),
        "countered already": (both.another_block,),
        "time is up": (both.competition,),
    },
    "proof_on_dispute": {
        "one proposal at a time": (WINDOW,),
        "not the bond": (BONDS,),
        "malformed payments": (SIGNATURES,),
        "a payment is malformed or not signed by its payer": (SIGNATURES,),
        "nothing is proposed": (NOTHING,),
        "challenged already": (ways.test_who_doubts_what_is_right_loses_the_bond_at_once,),
        "too late": (WINDOW,),
        "the proof does not hold": (WRONG_ROOT,),
        "there is still time": (WINDOW, WRONG_ROOT),
        "nothing is owed": (BONDS,),
    },
}


@pytest.mark.parametrize(("contract", "words", "source"), taken_away(FOUND_BY, every=10))
def test_a_refusal_that_is_taken_away_is_missed(
    contract: str, words: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("vyper")
    module, name = PLACES[contract]
    monkeypatch.setattr(module, name, compile_vyper(source, contract))
    assert any(map(fails, FOUND_BY[contract][words]))


def test_our_contracts_answer_the_questions_well() -> None:
    """Those that are no tests themselves: one that fails always would find every mistake."""
    questions = {question for found in FOUND_BY.values() for several in found.values() for question in several}
    assert not [each for each in questions if not each.__name__.startswith("test_") and fails(each)]


def test_each_refusal_has_its_question() -> None:
    assert unasked(FOUND_BY) == []
