"""The manager on L1: what it believes, what it refuses and in which words, whose stake it burns."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rollups.sidechain.worlds import MEMBERS, STAKES, VALIDATORS, VOTE, new_contracts, signed
from toyevm.errors import InputError
from toyevm.rollups.l1 import L1
from toyevm.rollups.sidechain.root_contracts import KEEPER, RootContracts
from toyevm.rollups.sidechain.validators import validator_set
from toyevm.rollups.sidechain.votes import SignedVote, Vote, VoteRefused, check_vote
from toyevm.types import ZERO_ADDRESS


def test_a_checkpoint_with_enough_stake_is_believed_whatever_it_says() -> None:
    contracts = new_contracts()
    assert contracts.needed == 67
    assert contracts.submit_checkpoint(signed(contracts, "Pia", "Quinn")).accepted
    assert (contracts.count, contracts.end(1)) == (1, 4)


@pytest.mark.parametrize(
    ("names", "vote", "reason"),
    [
        (("Pia", "Ravi", "Tess"), VOTE, "not enough stake"),
        (("Pia", "Quinn"), replace(VOTE, start=2), "start is not previous end + 1"),
        (("Pia", "Quinn"), replace(VOTE, start=0), "start is not previous end + 1"),
        (("Pia", "Quinn"), replace(VOTE, end=0), "end before start"),
        (("Pia", "Quinn", "Mallory"), VOTE, "signer without stake"),
    ],
)
def test_what_is_no_checkpoint_is_refused_by_name(names: tuple[str, ...], vote: Vote, reason: str) -> None:
    contracts = new_contracts()
    answer = contracts.submit_checkpoint(signed(contracts, *names, vote=vote))
    assert (answer.accepted, answer.reason, contracts.count) == (False, reason, 0)


def test_a_checkpoint_that_leaves_a_gap_or_comes_again_is_refused() -> None:
    contracts = new_contracts()
    first = signed(contracts, "Pia", "Quinn")
    assert contracts.submit_checkpoint(first).accepted
    for vote in (VOTE, replace(VOTE, start=6, end=9), replace(VOTE, start=4, end=9)):
        answer = contracts.submit_checkpoint(signed(contracts, "Pia", "Quinn", vote=vote))
        assert answer.reason == "start is not previous end + 1"
    assert contracts.submit_checkpoint(signed(contracts, *STAKES, vote=replace(VOTE, start=5, end=5))).accepted
    assert contracts.end(2) == 5


def test_signatures_are_good_for_one_vote_under_one_manager() -> None:
    contracts = new_contracts()
    stale = signed(contracts, "Pia", "Quinn", "Ravi")
    contracts.submit_checkpoint(stale)
    second = replace(VOTE, start=5, end=8)
    others = (stale.signatures, signed(contracts, *STAKES, vote=replace(second, kind="milestone")).signatures)
    for signatures in (*others, signed(new_contracts_elsewhere(), *STAKES, vote=second).signatures):
        assert not contracts.submit_checkpoint(SignedVote(second, signatures)).accepted
    assert contracts.count == 1


def new_contracts_elsewhere() -> RootContracts:
    contracts = new_contracts()
    return RootContracts(contracts.l1, validator_set({"Pia": 1}))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*MEMBERS, "cut", "broken", "odd"]), max_size=6), st.booleans())
def test_the_contract_counts_as_python_does(names: list[str], in_order: bool) -> None:
    contracts = COUNTING
    good = {name: signed(contracts, name).signatures[0] for name in MEMBERS}
    bad = {"cut": good["Pia"][:-1], "broken": bytes(65), "odd": good["Pia"][:-1] + b"\2"}
    if in_order:
        names = sorted(set(names), key=lambda name: MEMBERS[name].address if name in MEMBERS else b"\xff")
    vote = SignedVote(VOTE, tuple((good | bad)[name] for name in names))
    try:
        check_vote(vote, contracts.domain, VALIDATORS.stakes)
        expected = ""
    except VoteRefused as refusal:
        expected = refusal.reason
    answer = contracts.submit_checkpoint(vote)
    contracts.l1.reorg(1, keep=False)
    if "cut" in names:  # the contract looks at the whole length first
        assert not answer.accepted
    else:
        assert answer.reason == expected


COUNTING = new_contracts()


def test_another_threshold_is_a_matter_of_the_constructor() -> None:
    contracts = new_contracts(threshold=(9, 10))
    assert contracts.needed == 91
    assert contracts.submit_checkpoint(signed(contracts, "Pia", "Quinn", "Ravi")).reason == "not enough stake"
    with pytest.raises(InputError, match="cannot be created"):
        new_contracts(threshold=(3, 3))


def test_who_has_not_got_the_stake_is_named() -> None:
    with pytest.raises(InputError, match="stakes: Pia has not got 45 wei"):
        RootContracts(L1([KEEPER]), VALIDATORS)


@pytest.mark.parametrize("kind", ["checkpoint", "milestone"])
def test_two_roots_for_one_range_cost_the_stake(kind: str) -> None:
    contracts = new_contracts()
    lie = replace(VOTE, kind=kind, root=b"\xbb" * 32)  # type: ignore[arg-type]
    answer = contracts.slash(signed(contracts, "Pia"), signed(contracts, "Pia", vote=lie))
    assert answer.accepted
    assert contracts.stake(MEMBERS["Pia"].address) == 0
    assert (contracts.total, contracts.needed) == (55, 37)
    assert contracts.l1.account(ZERO_ADDRESS).balance == 45  # burned
    again = contracts.slash(signed(contracts, "Pia"), signed(contracts, "Pia", vote=lie))
    assert again.reason == "signer without stake"
    assert contracts.submit_checkpoint(signed(contracts, "Quinn", "Ravi")).accepted


@pytest.mark.parametrize(
    ("one", "other", "vote", "reason"),
    [
        ("Pia", "Pia", VOTE, "no two roots"),
        ("Pia", "Quinn", replace(VOTE, root=b"\xbb" * 32), "two signers"),
        ("Pia", "Pia", replace(VOTE, root=b"\xbb" * 32, end=5), "two signers"),  # of another range: another digest
        ("Mallory", "Mallory", replace(VOTE, root=b"\xbb" * 32), "signer without stake"),
    ],
)
def test_what_is_no_evidence_costs_nothing(one: str, other: str, vote: Vote, reason: str) -> None:
    contracts = new_contracts()
    answer = contracts.slash(signed(contracts, one), signed(contracts, other, vote=vote))
    assert (answer.reason, contracts.total) == (reason, 100)
