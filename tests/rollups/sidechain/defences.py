"""The defences of the two contracts, one function each: true as long as the defence holds.

Each is given what makes a sidechain, so that it can be asked of contracts with a planted bug as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from tests.rollups.sidechain.worlds import MEMBERS, STAKES, VOTE
from toyevm.blocks import Receipt
from toyevm.crypto import sign
from toyevm.rollups.sidechain import Sidechain
from toyevm.rollups.sidechain.attacks import leave_gap, repeat_signature
from toyevm.rollups.sidechain.exits import BurnPlace, forge_block, prove_exit
from toyevm.rollups.sidechain.root_contracts import MANAGER, RootContracts
from toyevm.rollups.sidechain.votes import KIND_NUMBERS, SignedVote, Vote, vote_on
from toyevm.trie import ordered_trie_root
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

Make: TypeAlias = Callable[..., Sidechain]
LIE = replace(VOTE, root=b"\xbb" * 32)


def opened(make: Make, **options: object) -> Sidechain:
    """Return a sidechain with a deposit of Ann's and two blocks."""
    side = make(STAKES, **options)
    side.deposit("Ann", 10 * ETHER)
    side.produce()
    side.produce()
    return side


def refused(side: Sidechain, vote: SignedVote) -> bool:
    return not side.contracts.submit_checkpoint(vote).accepted


def counts_nobody_twice(make: Make) -> bool:
    return repeat_signature(opened(make), "Pia") != ""


def needs_more_than_two_thirds(make: Make) -> bool:
    side = make({"Pia": 66, "Quinn": 33})
    side.produce()
    return not side.checkpoint(["Pia"]).accepted


def leaves_no_gap(make: Make) -> bool:
    return leave_gap(opened(make)) != ""


def ends_after_it_starts(make: Make) -> bool:
    side = opened(make)
    return refused(side, side.sign(Vote("checkpoint", 1, 0, VOTE.root)))


def signed_by_all(contracts: RootContracts, vote: Vote) -> tuple[bytes, ...]:
    """Return everybody's signatures on what the contract itself calls the digest of a vote."""
    arguments = (KIND_NUMBERS[vote.kind], vote.start, vote.end, vote.root)
    digest = contracts.l1.call(contracts.manager, contracts.compiled[0].call_data("digest", *arguments)).output
    wallets = sorted((MEMBERS[name].wallet for name in STAKES), key=lambda each: each.address)
    parts = (sign(digest, each.private_key) for each in wallets)
    return tuple(r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([parity]) for parity, r, s in parts)


def takes_no_signatures_of_another_vote(make: Make, **change: object) -> bool:
    side = opened(make)
    vote = vote_on("checkpoint", side.headers(1))
    other = replace(vote, **change)  # type: ignore[arg-type]
    return refused(side, SignedVote(vote, signed_by_all(side.contracts, other)))


def takes_no_signatures_for_another_manager(make: Make) -> bool:
    side, other = opened(make), opened(make)
    other.contracts = RootContracts(side.l1, other.validators, compiled=side.contracts.compiled)
    return refused(side, SignedVote(VOTE, signed_by_all(other.contracts, VOTE)))


def cannot_be_bought_afterwards(make: Make) -> bool:
    side = opened(make)
    side.checkpoint()
    data = MANAGER.call_data("stake")
    tx = side.l1.submit(wallet("Bob"), side.contracts.manager, data, value=ETHER)
    side.l1.mine()
    return not side.l1.result(tx).succeeded


def spares(make: Make, one: str, other: str, second: Vote) -> bool:
    side = opened(make)
    side.contracts.slash(side.sign(VOTE, [one]), side.sign(second, [other]))
    return side.contracts.total == sum(STAKES.values())


def punishes_a_lie(make: Make) -> bool:
    return not spares(make, "Pia", "Pia", LIE)


def pays_a_burn_once(make: Make) -> bool:
    side = opened(make)
    burn = side.burn("Ann", ETHER)
    side.produce()
    side.checkpoint()
    side.exit(burn)
    side.exit(burn)
    return side.escrow == 9 * ETHER


def pays_every_burn(make: Make) -> bool:
    """Two burns in one transaction, and a third in the next one of the same block."""
    side = opened(make)
    sealed = forge_block(side.chain.head, [(wallet("Bob").address, ETHER)] * 2)
    first, second = sealed.receipts
    receipts = (replace(first, logs=first.logs * 2), second)
    sealed = replace(sealed, receipts=receipts, header=replace(sealed.header, receipts_root=root_of(receipts)))
    headers = (*side.headers(1), sealed.header)
    side.post(headers)
    for place in (BurnPlace(3, 0, 0), BurnPlace(3, 0, 1), BurnPlace(3, 1, 0)):
        side.exit(prove_exit(1, headers, sealed, place))
    return side.escrow == 7 * ETHER


def pays_for_logs_of_the_gateway_alone(make: Make) -> bool:
    side = opened(make)
    sealed = forge_block(side.chain.head, [(wallet("Bob").address, ETHER)])
    (receipt,) = sealed.receipts
    receipts = (replace(receipt, logs=(receipt.logs[0]._replace(address=b"\x77" * 20),)),)
    sealed = replace(sealed, receipts=receipts, header=replace(sealed.header, receipts_root=root_of(receipts)))
    headers = (*side.headers(1), sealed.header)
    side.post(headers)
    return not side.exit(prove_exit(1, headers, sealed, BurnPlace(3, 0))).accepted


def pays_for_blocks_under_a_checkpoint_alone(make: Make) -> bool:
    side = opened(make)
    side.checkpoint()
    sealed = forge_block(side.headers(1)[0], [(wallet("Mallory").address, 10 * ETHER)])
    side.exit(prove_exit(1, (side.headers(1)[0], sealed.header), sealed, BurnPlace(2, 0)))
    return side.escrow == 10 * ETHER


def waits_for_the_delay(make: Make) -> bool:
    side = opened(make, delay=1_000)
    burn = side.burn("Ann", ETHER)
    side.produce()
    side.checkpoint()
    return not side.exit(burn).accepted


def takes_whole_gwei_alone(make: Make) -> bool:
    side = opened(make)
    side.deposit("Ann", 10**9 + 1)
    side.produce()
    return side.books.missing == 0


def root_of(receipts: tuple[Receipt, ...]) -> bytes:
    return ordered_trie_root([receipt.encode() for receipt in receipts])


DEFENCES: dict[str, Callable[[Make], bool]] = {
    "nobody twice": counts_nobody_twice,
    "more than two thirds": needs_more_than_two_thirds,
    "no gap": leaves_no_gap,
    "end after start": ends_after_it_starts,
    "not for another root": partial(takes_no_signatures_of_another_vote, root=bytes(32)),
    "not for another start": partial(takes_no_signatures_of_another_vote, start=0),
    "not for another end": partial(takes_no_signatures_of_another_vote, end=9),
    "no milestone": partial(takes_no_signatures_of_another_vote, kind="milestone"),
    "not under another manager": takes_no_signatures_for_another_manager,
    "no stake afterwards": cannot_be_bought_afterwards,
    "punishes a lie": punishes_a_lie,
    "spares two signers": partial(spares, one="Pia", other="Quinn", second=LIE),
    "spares one root": partial(spares, one="Pia", other="Pia", second=VOTE),
    "spares another range": partial(spares, one="Pia", other="Pia", second=replace(LIE, end=5)),
    "a burn once": pays_a_burn_once,
    "every burn": pays_every_burn,
    "the gateway alone": pays_for_logs_of_the_gateway_alone,
    "a checkpoint alone": pays_for_blocks_under_a_checkpoint_alone,
    "the delay": waits_for_the_delay,
    "whole gwei": takes_whole_gwei_alone,
}
