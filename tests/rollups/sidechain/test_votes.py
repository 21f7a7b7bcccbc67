"""Votes count by stake, exactly: two thirds for a milestone, one wei more for a checkpoint, nobody twice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.blocks import Header
from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.rollups.sidechain.merkle import header_leaf, merkle_path, merkle_root, root_above
from toyevm.rollups.sidechain.validators import Validator, checkpoint_threshold, milestone_threshold, validators
from toyevm.rollups.sidechain.votes import (
    SignedVote,
    VoteDomain,
    VoteKind,
    VoteRefused,
    check_vote,
    count_stake,
    sign_vote,
    vote_on,
)

DOMAIN = VoteDomain(1, b"\x77" * 20)
HEADERS = [Header(number=number, timestamp=2 * number) for number in range(5, 9)]
SET = validators(40, 30, 20, 10)
CHECKPOINT = vote_on("checkpoint", HEADERS)


@given(st.integers(1, 10**30))
def test_thresholds_are_exact(total: int) -> None:
    milestone, checkpoint = milestone_threshold(total), checkpoint_threshold(total)
    assert Fraction(milestone) >= Fraction(2 * total, 3) > milestone - 1
    assert Fraction(checkpoint) > Fraction(2 * total, 3) >= checkpoint - 1


@given(st.integers(1, 10**30), st.integers(0, 10**30))
def test_silent_stake_stops_checkpoints_from_one_third(total: int, silent: int) -> None:
    silent = min(silent, total)
    assert (total - silent < checkpoint_threshold(total)) == (Fraction(silent) >= Fraction(total, 3))


@pytest.mark.parametrize(
    ("kind", "count", "reason"),
    [
        ("milestone", 2, None),  # 70 of 100
        ("checkpoint", 2, None),
        ("checkpoint", 1, "not enough stake"),
        ("checkpoint", 0, "not enough stake"),
    ],
)
def test_a_vote_needs_its_threshold(kind: VoteKind, count: int, reason: str | None) -> None:
    signed = sign_vote(vote_on(kind, HEADERS), DOMAIN, SET.members[:count])
    if reason is None:
        check_vote(signed, DOMAIN, SET.stakes)
    else:
        with pytest.raises(VoteRefused, match=reason):
            check_vote(signed, DOMAIN, SET.stakes)


def test_on_the_boundary_a_milestone_counts_and_a_checkpoint_does_not() -> None:
    thirds = validators(1, 1, 1)
    milestone = sign_vote(vote_on("milestone", HEADERS), DOMAIN, thirds.members[:2])
    checkpoint = sign_vote(CHECKPOINT, DOMAIN, thirds.members[:2])
    assert count_stake(milestone, DOMAIN, thirds.stakes) == 2
    check_vote(milestone, DOMAIN, thirds.stakes)
    with pytest.raises(VoteRefused, match="not enough stake"):
        check_vote(checkpoint, DOMAIN, thirds.stakes)


def _refusal(signed: SignedVote, domain: VoteDomain = DOMAIN) -> str:
    with pytest.raises(VoteRefused) as refused:
        check_vote(signed, domain, SET.stakes)
    return refused.value.reason


def test_each_reason_for_refusal_has_a_name() -> None:
    signed = sign_vote(CHECKPOINT, DOMAIN, SET.members)
    first, second, *rest = signed.signatures
    stranger = sign_vote(CHECKPOINT, DOMAIN, [Validator("a stranger", 10**9)]).signatures
    assert _refusal(replace(signed, signatures=(first, first, second, *rest))) == "signers not ascending"
    assert _refusal(replace(signed, signatures=(second, first, *rest))) == "signers not ascending"
    assert _refusal(replace(signed, signatures=stranger)) == "signer without stake"
    assert _refusal(replace(signed, signatures=(bytes(65),))) == "signer without stake"
    assert _refusal(replace(signed, signatures=(first[:64],))) == "malformed signatures"
    assert _refusal(replace(signed, signatures=())) == "not enough stake"


def test_a_signature_counts_for_its_own_vote_alone() -> None:
    signed = sign_vote(CHECKPOINT, DOMAIN, SET.members)
    others = [
        replace(CHECKPOINT, kind="milestone"),
        replace(CHECKPOINT, start=4),
        replace(CHECKPOINT, end=9),
        replace(CHECKPOINT, root=bytes(32)),
    ]
    for vote in others:
        assert _refusal(SignedVote(vote, signed.signatures)) in ("signer without stake", "signers not ascending")
    for domain in (VoteDomain(2, DOMAIN.manager), VoteDomain(1, b"\x78" * 20)):
        assert _refusal(signed, domain) in ("signer without stake", "signers not ascending")


def test_two_roots_for_one_range_conflict() -> None:
    lie = replace(CHECKPOINT, root=bytes(32))
    assert CHECKPOINT.conflicts_with(lie)
    assert replace(CHECKPOINT, kind="milestone").conflicts_with(lie)
    assert not CHECKPOINT.conflicts_with(replace(CHECKPOINT, kind="milestone"))
    assert not CHECKPOINT.conflicts_with(replace(lie, end=9))


@given(st.integers(1, 40), st.data())
def test_every_leaf_has_a_path_to_the_root(count: int, data: st.DataObject) -> None:
    leaves = [keccak256(bytes([number])) for number in range(count)]
    index = data.draw(st.integers(0, count - 1))
    path, root = merkle_path(leaves, index), merkle_root(leaves)
    assert root_above(leaves[index], index, path) == root
    assert root_above(leaves[index], index ^ 1, path) != root or not path
    assert root_above(keccak256(b"another"), index, path) != root


def test_a_leaf_depends_on_what_exits_rely_on() -> None:
    header = HEADERS[0]
    changed = [
        replace(header, number=1),
        replace(header, timestamp=1),
        replace(header, transactions_root=bytes(32)),
        replace(header, receipts_root=bytes(32)),
        replace(header, state_root=b"\1" * 32),
    ]
    assert len({header_leaf(each) for each in (header, *changed)}) == 6


def test_a_validator_without_stake_is_refused() -> None:
    with pytest.raises(InputError, match=r"Ann: a stake of 0 wei \(expected at least 1 wei\)"):
        Validator("Ann", 0)
