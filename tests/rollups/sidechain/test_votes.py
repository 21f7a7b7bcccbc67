"""Stake behind a vote, counted exactly; and the tree of which a vote is the root."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.blocks import Header
from toyevm.contracts.merkle import merkle_path, merkle_root, root_above
from toyevm.errors import InputError
from toyevm.rollups.sidechain import Sidechain
from toyevm.rollups.sidechain.merkle import header_leaf
from toyevm.rollups.sidechain.validators import (
    MAX_VALIDATORS,
    Validator,
    checkpoint_threshold,
    milestone_threshold,
    validator_set,
)
from toyevm.rollups.sidechain.votes import (
    SignedVote,
    Vote,
    VoteDomain,
    VoteRefused,
    check_vote,
    count_stake,
    sign_vote,
    vote_on,
)

DOMAIN = VoteDomain(1, b"\x51" * 20)
STAKES = {"Pia": 45, "Quinn": 24, "Ravi": 15, "Sam": 10, "Tess": 6}
MEMBERS = {member.name: member for member in validator_set(STAKES).members}
BY_ADDRESS = validator_set(STAKES).stakes
VOTE = Vote("checkpoint", 1, 4, b"\xaa" * 32)


def signed(*names: str, vote: Vote = VOTE) -> SignedVote:
    return sign_vote(vote, DOMAIN, [MEMBERS[name] for name in names])


@given(st.integers(1, 10**30))
def test_the_thresholds_are_the_least_integers_that_reach_two_thirds_and_exceed_them(total: int) -> None:
    assert milestone_threshold(total) - 1 < Fraction(2 * total, 3) <= milestone_threshold(total)
    assert checkpoint_threshold(total) - 1 <= Fraction(2 * total, 3) < checkpoint_threshold(total)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_from_no_other_place(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle_path(leaves, index)
    assert root_above(leaves[index], index, path) == merkle_root(leaves)
    assert len(path) == (len(leaves) - 1).bit_length()
    if leaves[index ^ 1 : (index ^ 1) + 1] not in ([], [leaves[index]]):
        assert root_above(leaves[index], index ^ 1, path) != merkle_root(leaves)


@pytest.mark.parametrize("name", ["number", "timestamp", "transactions_root", "receipts_root"])
def test_a_leaf_tells_what_an_exit_needs(name: str) -> None:
    header = Header(number=7, timestamp=9)
    other = {"number": 8, "timestamp": 10}.get(name, b"\x77" * 32)
    assert header_leaf(replace(header, **{name: other})) != header_leaf(header)


def test_enough_stake_makes_a_vote_count_and_less_does_not() -> None:
    check_vote(signed("Pia", "Quinn"), DOMAIN, BY_ADDRESS)  # 69 of 100
    with pytest.raises(VoteRefused, match="not enough stake"):
        check_vote(signed("Pia", "Ravi", "Tess"), DOMAIN, BY_ADDRESS)  # 66


def test_two_thirds_exactly_make_a_milestone_and_no_checkpoint() -> None:
    stakes = {MEMBERS["Pia"].address: 66, MEMBERS["Sam"].address: 33}
    check_vote(signed("Pia", vote=replace(VOTE, kind="milestone")), DOMAIN, stakes)
    with pytest.raises(VoteRefused, match="not enough stake"):
        check_vote(signed("Pia"), DOMAIN, stakes)


def test_signatures_that_cannot_be_counted_are_refused_by_name() -> None:
    good = signed("Pia", "Quinn", "Ravi")
    first, second, third = good.signatures
    for signatures, reason in (
        ((second, first, third), "signers not ascending"),
        ((first, first), "signers not ascending"),
        ((first[:-1],), "malformed signatures"),
        ((bytes(65),), "signer without stake"),
        (sign_vote(VOTE, DOMAIN, [Validator("Mallory", 1)]).signatures, "signer without stake"),
    ):
        with pytest.raises(VoteRefused, match=reason):
            count_stake(SignedVote(VOTE, signatures), DOMAIN, BY_ADDRESS)
    assert count_stake(good, DOMAIN, BY_ADDRESS) == 84


@pytest.mark.parametrize("change", [{"kind": "milestone"}, {"start": 2}, {"end": 5}, {"root": bytes(32)}])
def test_a_signature_counts_for_its_own_vote_alone(change: dict[str, object]) -> None:
    other = SignedVote(replace(VOTE, **change), signed("Pia", "Quinn").signatures)  # type: ignore[arg-type]
    with pytest.raises(VoteRefused):
        check_vote(other, DOMAIN, BY_ADDRESS)


def test_a_signature_counts_under_its_own_manager_alone() -> None:
    for domain in (VoteDomain(2, DOMAIN.manager), VoteDomain(1, b"\x52" * 20)):
        with pytest.raises(VoteRefused):
            check_vote(signed("Pia", "Quinn"), domain, BY_ADDRESS)


def test_a_vote_is_on_consecutive_headers() -> None:
    headers = [Header(number=number) for number in (3, 4, 5)]
    vote = vote_on("checkpoint", headers)
    assert (vote.start, vote.end) == (3, 5)
    assert vote.root == merkle_root([header_leaf(header) for header in headers])


@pytest.mark.parametrize(
    ("stakes", "conducts"),
    [({}, {}), ({"Pia": 0}, {}), ({"Pia": 1}, {"Mallory": "silent"}), ({"Pia": 1}, {"Pia": "kind"})],
)
def test_a_set_of_validators_that_cannot_be_is_refused(stakes: dict[str, int], conducts: dict[str, str]) -> None:
    with pytest.raises(InputError):
        validator_set(stakes, conducts)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [0, MAX_VALIDATORS + 1])
def test_a_set_of_no_validators_or_of_too_many_is_refused(count: int) -> None:
    with pytest.raises(InputError, match=rf"stakes: {count} validators \(expected 1 to 100 names, each with a stake\)"):
        validator_set({f"validator {number}": 1 for number in range(count)})


def test_the_manager_takes_the_signatures_of_as_many_as_there_can_be() -> None:
    side = Sidechain({f"validator {number}": 1 for number in range(MAX_VALIDATORS)})
    side.produce()
    assert side.checkpoint().accepted
