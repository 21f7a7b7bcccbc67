"""What is asked of the contracts on L1, as one list of faults: empty for ours, not for any with a planted bug."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tests.rollups.calling_back import calling_back
from tests.rollups.planted import expect
from tests.rollups.sidechain.worlds import MEMBERS, STAKES
from toyevm.blocks import Header, Log, Receipt
from toyevm.contracts import Contract
from toyevm.crypto import SECP256K1_ORDER
from toyevm.errors import InputError
from toyevm.results import SealedBlock
from toyevm.rollups.l1 import L1Answer
from toyevm.rollups.sidechain import Sidechain
from toyevm.rollups.sidechain.chain import burn_log
from toyevm.rollups.sidechain.exits import BurnPlace, ExitProof, forge_block, prove_exit
from toyevm.rollups.sidechain.votes import SignedVote, Vote, VoteDomain, sign_vote, vote_on
from toyevm.transactions import Transaction
from toyevm.trie import ordered_trie_root
from toyevm.types import ZERO_ADDRESS
from toyevm.units import ETHER, GWEI
from toyevm.vm.instructions.calls import contract_address
from toyevm.workloads.wallets import wallet

Pair = tuple[Contract, Contract]  # the manager and the bridge
ALL = tuple(STAKES)


def opened(contracts: Pair, blocks: int = 0, **options: Any) -> Sidechain:
    """Return a sidechain with 20 ether in its escrow, half of them Ann's, half of them Bob's."""
    side = Sidechain(STAKES, compiled=contracts, **options)
    side.deposit("Ann", 10 * ETHER)
    side.deposit("Bob", 10 * ETHER)
    for _ in range(blocks):
        side.produce()
    return side


def with_burn(contracts: Pair, **options: Any) -> tuple[Sidechain, Transaction]:
    """Return one on which Ann has burned two ether, in the middle one of three blocks under a checkpoint."""
    side = opened(contracts, 1, **options)
    burn = side.burn("Ann", 2 * ETHER)
    side.produce()
    side.produce()
    assert side.checkpoint().accepted
    return side, burn


def submit(side: Sidechain, vote: Vote, signers: Sequence[str] = ALL, domain: VoteDomain | None = None) -> L1Answer:
    who = [MEMBERS[name] for name in signers]
    return side.contracts.submit_checkpoint(sign_vote(vote, domain or side.contracts.domain, who))


# The manager


def threshold_faults(contracts: Pair) -> Iterator[str]:
    """Count to the wei: totals that three divides and that it does not."""
    for total in (3, 4, 5, 99, 100, 101):
        for signed in (2 * total // 3, 2 * total // 3 + 1):
            stakes = {"Pia": signed, "Quinn": total - signed}
            side = Sidechain({name: stake for name, stake in stakes.items() if stake}, compiled=contracts)
            side.produce()
            if side.checkpoint(["Pia"]).accepted != (3 * signed > 2 * total):
                yield f"{signed} of {total}"
    side = Sidechain({"Pia": 9, "Quinn": 1}, compiled=contracts, threshold=(9, 10))
    side.produce()
    yield from expect("9 of 10, where more than nine tenths are needed", side.checkpoint(["Pia"]), "not enough stake")
    yield from expect("all", side.checkpoint(), "")


def range_faults(contracts: Pair) -> Iterator[str]:
    side = opened(contracts, 6)
    true = vote_on("checkpoint", side.headers(1)[:3])
    gap = "start is not previous end + 1"
    yield from expect("a gap", submit(side, replace(true, start=2)), gap)
    yield from expect("an overlap", submit(side, replace(true, start=0)), gap)
    yield from expect("an empty range", submit(side, replace(true, end=0)), "end before start")
    yield from expect("the next range", submit(side, true), "")
    yield from expect("the same again", submit(side, true), gap)
    yield from expect("a gap after it", submit(side, vote_on("checkpoint", side.headers(5))), gap)
    yield from expect("the range after it", submit(side, vote_on("checkpoint", side.headers(4))), "")
    yield from expect("one block", submit(side, replace(true, start=7, end=7)), "")
    ends = [side.contracts.end(number) for number in range(side.contracts.count + 1)]
    if ends != [0, 3, 6, 7] or side.contracts.root(1) != true.root:
        yield f"checkpoints are kept otherwise than they came: {ends}"


def signature_faults(contracts: Pair) -> Iterator[str]:
    side = opened(contracts, 3)
    vote = vote_on("checkpoint", side.headers(1))
    pia = sign_vote(vote, side.contracts.domain, [MEMBERS["Pia"]]).signatures[0]
    r, s, parity = pia[:32], int.from_bytes(pia[32:64], "big"), pia[64]
    other_form = r + (SECP256K1_ORDER - s).to_bytes(32, "big") + bytes([1 - parity])
    stranger = sign_vote(vote, side.contracts.domain, [MEMBERS["Mallory"]]).signatures[0]
    everybody = sign_vote(vote, side.contracts.domain, [MEMBERS[name] for name in ALL]).signatures
    lists = {
        "one signer twice": ((pia, pia), "signers not ascending"),
        "one signer in two forms": ((pia, other_form), "signers not ascending"),
        "backwards": (everybody[::-1], "signers not ascending"),
        "a stranger": ((stranger,), "signer without stake"),
        "nobody": ((bytes(65),), "signer without stake"),
        "too short": ((pia[:64],), "malformed signatures"),
        "another parity": ((pia[:64] + b"\x1b",), "malformed signatures"),
        "none": ((), "not enough stake"),
    }
    for what, (signatures, reason) in lists.items():
        yield from expect(what, side.contracts.submit_checkpoint(SignedVote(vote, signatures)), reason)


def stale_signature_faults(contracts: Pair) -> Iterator[str]:
    """Use signatures that were given for something else."""
    side = opened(contracts, 6)
    first, second = vote_on("checkpoint", side.headers(1)[:3]), vote_on("checkpoint", side.headers(4))
    others = {
        "start": replace(first, start=4),
        "end": replace(first, end=2),
        "kind": replace(first, kind="milestone"),
        "root": replace(first, root=second.root),
    }
    domain = side.contracts.domain
    members = [MEMBERS[name] for name in ALL]
    for what, vote in others.items():
        stale = sign_vote(vote, domain, members)
        if side.contracts.submit_checkpoint(SignedVote(first, stale.signatures)).accepted:
            yield f"signatures for another {what}: accepted"
    for what, elsewhere in (("contract", VoteDomain(1, bytes(20))), ("L1", VoteDomain(5, domain.manager))):
        if submit(side, first, ALL, elsewhere).accepted:
            yield f"signatures for another {what}: accepted"


def slash_faults(contracts: Pair) -> Iterator[str]:
    side = opened(contracts, 3)
    true = vote_on("checkpoint", side.headers(1))
    lie = replace(true, root=bytes(32))

    def slash(one: Vote, other: Vote, by: str = "Pia", and_by: str = "Pia") -> L1Answer:
        pair = ((one, by), (other, and_by))
        return side.contracts.slash(*(sign_vote(vote, side.contracts.domain, [MEMBERS[name]]) for vote, name in pair))

    yield from expect("one root", slash(true, true), "no two roots")
    yield from expect("two signers", slash(true, lie, "Pia", "Quinn"), "two signers")
    yield from expect("two ranges", slash(true, replace(lie, end=4)), "two signers")  # it grew: no lie
    yield from expect("a stranger", slash(true, lie, "Mallory", "Mallory"), "signer without stake")
    burnt, keeper = side.l1.account(ZERO_ADDRESS).balance, side.l1_balance("keeper")
    yield from expect("a milestone and a checkpoint", slash(replace(true, kind="milestone"), lie), "")
    if side.contracts.stake(MEMBERS["Pia"].address) or side.contracts.total != 55:
        yield "the stake of who was slashed still counts"
    if side.l1.account(ZERO_ADDRESS).balance - burnt != 45 or side.l1_balance("keeper") > keeper:
        yield "the stake is not burnt"
    yield from expect("again", slash(true, lie), "signer without stake")
    yield from expect("two milestones", slash(
        replace(true, kind="milestone"), replace(lie, kind="milestone"), "Tess", "Tess"), "")  # fmt: skip
    yield from expect("signed by who was slashed", submit(side, true), "signer without stake")
    yield from expect("signed by the rest", submit(side, true, ["Quinn", "Ravi", "Sam"]), "")


def stake_faults(contracts: Pair) -> Iterator[str]:
    side = opened(contracts, 1)
    stake = contracts[0].call_data("stake")
    side.checkpoint()
    late = side.l1.submit(wallet("Ann"), side.contracts.manager, stake, value=ETHER)
    side.l1.mine()
    if side.l1.result(late).succeeded:
        yield "stake that comes after the first checkpoint is taken"
    for threshold in ((3, 3), (4, 3), (1, 0)):
        try:
            Sidechain(STAKES, compiled=contracts, threshold=threshold)
            yield f"a share of {threshold}"
        except InputError:
            continue


# The bridge


def exit_faults(contracts: Pair) -> Iterator[str]:
    side, burn = with_burn(contracts)
    before, right = side.l1_balance("Ann"), side.prove(burn)
    header, place, nodes = right.header, right.place, right.receipt_nodes
    outside = "block not in the checkpoint"
    unproved = "no such log under the receipts root"
    wrong: list[tuple[str, ExitProof]] = [
        ("no such checkpoint", replace(right, checkpoint=0)),
        ("no such checkpoint", replace(right, checkpoint=2)),
        *((outside, replace(right, header=replace(header, number=number))) for number in (0, 1, 3, 4, 6)),
        (outside, replace(right, header=replace(header, timestamp=1))),
        (outside, replace(right, header=replace(header, receipts_root=bytes(32)))),
        (outside, replace(right, path=right.path[:1])),
        (outside, replace(right, path=right.path[::-1])),
        (outside, replace(right, path=(*right.path, bytes(32)))),
        ("malformed path", replace(right, path=(*right.path, b"\0"))),
        *((unproved, replace(right, place=place._replace(tx_index=at))) for at in (1, 2**255)),
        *((unproved, replace(right, place=place._replace(log_index=at))) for at in (1, 2**255)),
        *((unproved, replace(right, receipt_nodes=each)) for each in ((), (*nodes, b""), (nodes[0][:-1] + b"\1",))),
    ]
    for number, (reason, proof) in enumerate(wrong):
        yield from expect(f"wrong proof {number}", side.exit(proof), reason)
    yield from expect("a right one", side.exit(right), "")
    if side.l1_balance("Ann") - before != 2 * ETHER or side.escrow != 18 * ETHER:
        yield "who burned is not paid"
    yield from expect("the same again", side.exit(right), "exited already")
    aliased = replace(right, header=replace(header, number=header.number + 4))  # four leaves: the same way up
    yield from expect("under another number", side.exit(aliased), outside)
    if side.escrow != 18 * ETHER:
        yield "paid more than once"


def one_block_faults(contracts: Pair) -> Iterator[str]:
    """Leave from a second checkpoint, of one block; and from one whose only header gives itself another number."""
    side, _ = with_burn(contracts)
    burn = side.burn("Bob", ETHER)
    header = side.produce().header
    side.checkpoint()
    yield from expect("from one block", side.exit(burn), "")
    forged = forge_block(header, [(wallet("Bob").address, ETHER)])
    for number in (header.number, header.number + 3):  # before its place, and behind it
        elsewhere = replace(forged, header=replace(forged.header, number=number))
        lie = replace(vote_on("checkpoint", [elsewhere.header]), start=side.next_start, end=side.next_start)
        yield from expect("any root", submit(side, lie), "")
        proof = prove_exit(side.contracts.count, [elsewhere.header], elsewhere, BurnPlace(number, 0))
        yield from expect(f"a block {number} in another's place", side.exit(proof), "block not in the checkpoint")


def checkpoint_of(side: Sidechain, receipts: Sequence[Receipt], count: int = 1) -> tuple[list[Header], SealedBlock]:
    """Let all validators sign blocks with these receipts that nobody has executed; return headers and the last one."""
    headers = list(side.headers(side.next_start))
    for _ in range(count):
        forged = forge_block(headers[-1], [])
        root = ordered_trie_root([receipt.encode() for receipt in receipts])
        sealed = replace(forged, receipts=tuple(receipts), header=replace(forged.header, receipts_root=root))
        headers.append(sealed.header)
    assert side.post(headers).accepted
    return headers, sealed


def many_burns_faults(contracts: Pair) -> Iterator[str]:
    """Show all burns there are: of two blocks alike, two receipts alike in each, two logs alike in each."""
    side = opened(contracts, 1)
    log = burn_log(wallet("Ann").address, GWEI)
    headers, sealed = checkpoint_of(side, [Receipt(2, True, 1, (log, log))] * 2, count=3)
    for header in headers[1:]:
        block = replace(sealed, header=header)
        for tx_index, log_index in ((0, 0), (0, 1), (1, 0), (1, 1)):
            proof = prove_exit(1, headers, block, BurnPlace(header.number, tx_index, log_index))
            yield from expect(f"burn at {proof.place}", side.exit(proof), "")


def look_alike_faults(contracts: Pair) -> Iterator[str]:
    """Show logs that look like burns: of another contract, of another event, of another form."""
    side = opened(contracts, 1)
    burn = burn_log(wallet("Bob").address, ETHER)
    logs: dict[str, tuple[Log, str]] = {
        "another contract": (burn._replace(address=b"\x11" + burn.address[1:]), "not a log of the gateway"),
        "another event": (burn._replace(topics=(1, burn.topics[1])), "not a burn"),
        "no receiver": (burn._replace(topics=burn.topics[:1]), "not a burn"),
        "too many topics": (burn._replace(topics=(*burn.topics, 5)), "not a burn"),
        "too much data": (burn._replace(data=burn.data + b"\0"), "not a burn"),
        "no data": (burn._replace(data=b""), "not a burn"),
    }
    headers, sealed = checkpoint_of(side, [Receipt(2, True, 1, tuple(log for log, _ in logs.values()))])
    for index, (what, (_, reason)) in enumerate(logs.items()):
        proof = prove_exit(1, headers, sealed, BurnPlace(sealed.header.number, 0, index))
        yield from expect(what, side.exit(proof), reason)


def escrow_faults(contracts: Pair) -> Iterator[str]:
    side = opened(contracts, 1)
    amounts = (2**256 - 1, 20 * ETHER + 1, 20 * ETHER, 1)
    logs = tuple(burn_log(wallet("Bob").address, amount) for amount in amounts)
    headers, sealed = checkpoint_of(side, [Receipt(2, True, 1, logs)])
    too_small = "escrow too small"
    for index, reason in enumerate((too_small, too_small, "", too_small)):
        proof = prove_exit(1, headers, sealed, BurnPlace(sealed.header.number, 0, index))
        yield from expect(f"exit {index} of 20 ether", side.exit(proof), reason)


def reentrancy_faults(contracts: Pair) -> Iterator[str]:
    """Pay a contract that, whenever it is paid, shows the same burn again before the bridge has come to an end."""
    side = opened(contracts, 1)
    bob = wallet("Bob").address
    receiver = contract_address(bob, side.l1.account(bob).nonce)
    headers, sealed = checkpoint_of(side, [Receipt(2, True, 1, (burn_log(receiver, ETHER),))])
    proof = prove_exit(1, headers, sealed, BurnPlace(sealed.header.number, 0))
    call = contracts[1].call_data("exit", *proof.arguments)
    creation = side.l1.ask(wallet("Bob"), None, calling_back(side.contracts.bridge, call))
    assert creation.result.created_address == receiver
    yield from expect("to a contract that comes back", side.exit(proof), "")
    if side.l1.account(receiver).balance != ETHER or side.escrow != 19 * ETHER:
        yield f"who comes back is paid {side.l1.account(receiver).balance} wei"


def delay_faults(contracts: Pair) -> Iterator[str]:
    side, burn = with_burn(contracts, delay=3_600)
    posted = side.l1.now
    proof = side.prove(burn)
    yield from expect("at once", side.exit(proof), "checkpoint too young")
    side.l1.wait(3_600 - (side.l1.now - posted) - 13)
    yield from expect("a second too early", side.exit(proof), "checkpoint too young")
    yield from expect("after the delay", side.exit(proof), "")


def deposit_faults(contracts: Pair) -> Iterator[str]:
    side = opened(contracts)
    data = contracts[1].call_data("deposit", wallet("Bob").address)
    for amount in (0, GWEI - 1, GWEI + 1):
        tx = side.l1.submit(wallet("Ann"), side.contracts.bridge, data, value=amount)
        side.l1.mine()
        if side.l1.result(tx).succeeded:
            yield f"{amount} wei: taken"
    side.deposit("Ann", GWEI, to="Bob")
    numbers = range(len(side.l1.entries))
    found = [(one.nonce, one.to, one.amount) for at in numbers for one in side.contracts.deposits(at)]
    ann, bob = wallet("Ann").address, wallet("Bob").address
    if found != [(0, ann, 10 * 10**9), (1, bob, 10 * 10**9), (2, bob, 1)]:
        yield f"deposits are logged as {found}"


CHECKS: tuple[Callable[[Pair], Iterator[str]], ...] = (
    threshold_faults,
    range_faults,
    signature_faults,
    stale_signature_faults,
    slash_faults,
    stake_faults,
    exit_faults,
    one_block_faults,
    many_burns_faults,
    look_alike_faults,
    escrow_faults,
    reentrancy_faults,
    delay_faults,
    deposit_faults,
)
