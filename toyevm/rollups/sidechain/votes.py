"""What validators sign: that a range of blocks has this Merkle root. Signed by enough stake, it is believed.

A *milestone* makes blocks final on the sidechain; a *checkpoint* is posted on L1, and exits are proved against it. Both
say the same of the same blocks, so whoever signs two roots for one range has signed a lie, and has left the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from toyevm.blocks import Header
from toyevm.contracts.abi import encode_arguments
from toyevm.contracts.merkle import merkle_root
from toyevm.crypto import keccak256, recover_address, sign
from toyevm.errors import InputError, InvalidSignature, ToyevmError
from toyevm.rollups.sidechain.merkle import header_leaf
from toyevm.rollups.sidechain.validators import Validator, checkpoint_threshold, milestone_threshold
from toyevm.types import Address, Hash32

VoteKind = Literal["checkpoint", "milestone"]
KIND_NUMBERS: Mapping[VoteKind, int] = {"checkpoint": 1, "milestone": 2}
SIGNATURE_SIZE = 65  # r and s, a word each, and the parity


class VoteRefused(ToyevmError):
    """Signatures that do not make a vote count; `reason` is one of those that the contract on L1 gives."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class VoteDomain:
    """Where a signature counts: under one manager contract on one L1, and nowhere else."""

    l1_chain_id: int
    manager: Address


@dataclass(frozen=True)
class Vote:
    """The claim that blocks `start` to `end`, both included, have this Merkle root."""

    kind: VoteKind
    start: int
    end: int
    root: Hash32

    def digest(self, domain: VoteDomain) -> Hash32:
        """Return what is signed; the contract computes the same."""
        numbers = (KIND_NUMBERS[self.kind], self.start, self.end)
        return keccak256(encode_arguments(domain.l1_chain_id, domain.manager, *numbers, self.root))

    def conflicts_with(self, other: Vote) -> bool:
        """Tell whether nobody honest signs both."""
        return (self.start, self.end) == (other.start, other.end) and self.root != other.root  # of either kind


@dataclass(frozen=True)
class SignedVote:
    """A vote and its signatures, in ascending order of the signers' addresses."""

    vote: Vote
    signatures: tuple[bytes, ...]


def vote_on(kind: VoteKind, headers: Sequence[Header]) -> Vote:
    """Return the true vote about consecutive headers; raise InputError if there are none."""
    if not headers:
        raise InputError("a vote on no block", expected="at least one")
    return Vote(kind, headers[0].number, headers[-1].number, merkle_root([header_leaf(each) for each in headers]))


def sign_vote(vote: Vote, domain: VoteDomain, signers: Iterable[Validator]) -> SignedVote:
    """Return the vote signed by these validators."""
    digest = vote.digest(domain)
    return SignedVote(vote, tuple(_sign(digest, each) for each in sorted(signers, key=lambda each: each.address)))


def _sign(digest: Hash32, signer: Validator) -> bytes:
    y_parity, r, s = sign(digest, signer.wallet.private_key)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([y_parity])


def signer_of(vote: Vote, domain: VoteDomain, signature: bytes) -> Address:
    """Return who signed.

    Raises:
        VoteRefused: "malformed signatures" when it has another size or parity; "signer without stake" when nobody did.
    """
    if len(signature) != SIGNATURE_SIZE or signature[64] > 1:
        raise VoteRefused("malformed signatures")
    r, s = (int.from_bytes(signature[at : at + 32], "big") for at in (0, 32))
    try:
        return recover_address(vote.digest(domain), signature[64], r, s)
    except InvalidSignature:
        raise VoteRefused("signer without stake") from None


def count_stake(signed: SignedVote, domain: VoteDomain, stakes: Mapping[Address, int]) -> int:
    """Return the stake behind a vote, as the contract counts it.

    Raises:
        VoteRefused: one of the signatures cannot be counted.
    """
    found, last = 0, b""
    for signature in signed.signatures:
        signer = signer_of(signed.vote, domain, signature)
        if signer <= last:
            raise VoteRefused("signers not ascending")
        if not stakes.get(signer):
            raise VoteRefused("signer without stake")
        found, last = found + stakes[signer], signer
    return found


def check_vote(signed: SignedVote, domain: VoteDomain, stakes: Mapping[Address, int]) -> None:
    """Check that enough stake is behind a vote: two thirds for a milestone, and one wei more for a checkpoint.

    Raises:
        VoteRefused: with the first reason.
    """
    needed = milestone_threshold if signed.vote.kind == "milestone" else checkpoint_threshold
    if count_stake(signed, domain, stakes) < needed(sum(stakes.values())):
        raise VoteRefused("not enough stake")
