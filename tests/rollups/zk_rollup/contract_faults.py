"""What is asked of the contract on L1, as one list of faults: empty for ours, not for any with a planted bug.

What a proof says is asked with real proofs (`proof_faults`). Everything else is asked of a contract on an L1 whose
verifier says yes, so that no proof has to be made: what the contract itself has to check, it has to check there too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from tests.rollups.calling_back import send_calling_back
from tests.rollups.planted import expect
from toyevm.contracts import Contract
from toyevm.rollups.bridge import WEEK
from toyevm.rollups.l1 import L1_CHAIN, L1Answer
from toyevm.rollups.matrix import scenes
from toyevm.rollups.matrix.proven_payments import checked_by, say_yes
from toyevm.rollups.zk.payments.air import PaymentStatement, payments_air
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.values import BRIDGE, LIMIT, UNIT, ProvenPayment, digest_bytes
from toyevm.rollups.zk.stark import longest_proof
from toyevm.rollups.zk_rollup.precompiles import STARK_CHECKS, STARK_PROOF
from toyevm.rollups.zk_rollup.proven_batch import ProvenBatch
from toyevm.rollups.zk_rollup.rollup import ZkRollup
from toyevm.rollups.zk_rollup.root_contract import BRIDGE_ADDRESS, KEEPER
from toyevm.rollups.zk_rollup.signed_batch import SignedPayment, encode_payments, sign_payment
from toyevm.rollups.zk_rollup.statements import MAX_PAYMENTS, PARAMETERS
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

LARGEST = PaymentStatement((0,) * 8, (0,) * 8, (0,) * 8, MAX_PAYMENTS)
TRUSTING = checked_by(say_yes)
MAX_PROOF = max(longest_proof(payments_air(LARGEST), LARGEST.rows, parameters) for parameters in PARAMETERS.values())
COMMITTEE = ("Pia", "Quinn", "Ravi")
ANN, BOB = 1, 2
TOO_EARLY = "nobody has waited so long"


def equal(what: str, found: object, right: object) -> Iterator[str]:
    if found != right:
        yield f"{what}: {found!r} instead of {right!r}"


def opened(contract: Contract, **rules: Any) -> ZkRollup:
    """Return a rollup on which Ann has ten ether and Bob five, on an L1 whose verifier says yes."""
    rollup = ZkRollup(["Ann", "Bob"], **{"l1_chain": TRUSTING, "compiled": contract, **rules})
    rollup.deposit("Ann", 10 * ETHER)
    rollup.deposit("Bob", 5 * ETHER)
    assert bring(rollup).accepted
    return rollup


def unproven(rollup: ZkRollup, deposits: Sequence[ProvenPayment] | None = None) -> ProvenBatch:
    """Return the batch of the pool, and of the deposits, without a proof."""
    taken = rollup.contract.waiting if deposits is None else deposits
    made = [*(payment.proven for payment in rollup.pool), *taken]
    new_root, digest = digest_bytes(rollup.tree.after(made).root), digest_bytes(batch_digest(made))
    return ProvenBatch(new_root, digest, len(made), encode_payments(rollup.pool), len(taken), b"")


def bring(rollup: ZkRollup, **changed: Any) -> L1Answer:
    deposits = rollup.contract.waiting
    answer = rollup.contract.submit(replace(unproven(rollup, deposits), **changed))
    rollup._note(answer, deposits)
    return answer


def bring_without_queue(rollup: ZkRollup) -> L1Answer:
    answer = rollup.contract.submit(unproven(rollup, ()))
    rollup._note(answer, ())
    return answer


def credit(number: int, amount: int) -> ProvenPayment:
    """Return a deposit in the queue."""
    return ProvenPayment(BRIDGE, number, amount, None)


def overwrite(rollup: ZkRollup, name: str, value: int) -> None:
    scenes.overwrite(rollup.l1, rollup.contract.address, rollup.contract.slots[name], value)


# Accounts and deposits


def account_faults(contract: Contract) -> Iterator[str]:
    rollup = opened(contract)
    names = [BRIDGE_ADDRESS, wallet("Ann").address, wallet("Bob").address]
    yield from equal("owners", rollup.contract.owners, names)
    call, data = rollup.contract._ask, rollup.contract._contract.call_data
    others = [bytes([0x60 + number]) * 20 for number in range(3)]
    for what, owners in {
        "one again": [wallet("Ann").address],
        "one twice": [others[0], others[0]],
        "the bridge": [BRIDGE_ADDRESS],
        "nobody": [bytes(20)],
        "a part": [b"\1" * 19],
    }.items():
        answer = call(data("register", b"".join(owners)), value=len(owners) * UNIT)
        yield from expect(what, answer, "malformed owners" if what == "a part" else "registered already")
        yield from equal(f"accounts after {what}", rollup.contract.count, 3)
    for value in (0, 3 * UNIT - 1, 3 * UNIT + 1, 2 * UNIT):
        yield from expect(f"for {value} wei", call(data("register", b"".join(others)), value=value), "a unit for each")
    burnt, locked = rollup.l1.account(bytes(20)).balance, rollup.contract.locked
    yield from expect("three", call(data("register", b"".join(others)), value=3 * UNIT), "")
    yield from equal("what is burnt", rollup.l1.account(bytes(20)).balance - burnt, 3 * UNIT)
    yield from equal("what is locked", rollup.contract.locked, locked)
    yield from equal("owners", rollup.contract.owners, names + others)
    yield from equal("numbers", [rollup.contract.number(owner) for owner in names[1:] + others], [1, 2, 3, 4, 5])
    overwrite(rollup, "count", 2**14 - 1)
    yield from expect("the last", call(data("register", b"\1" * 20), value=UNIT), "")
    yield from expect("one more", call(data("register", b"\2" * 20), value=UNIT), "no account is left")
    yield from equal("the last", rollup.contract.count, 2**14)


def deposit_faults(contract: Contract) -> Iterator[str]:
    rollup = opened(contract)
    ask, data = rollup.contract._ask, rollup.contract._contract.call_data
    ann = wallet("Ann")
    for owner in (bytes(20), BRIDGE_ADDRESS, wallet("Cem").address):
        answer = ask(data("deposit", owner), ann, value=UNIT)
        yield from expect(f"for 0x{owner.hex()}", answer, "no such account")
    for value in (0, 1, UNIT - 1, UNIT + 1):
        yield from expect(f"{value} wei", rollup.deposit("Ann", value), "not in whole units")
    room = 2**28 - 1 - 15_000
    yield from equal("room", rollup.contract._slot("room"), room)
    yield from expect("a unit", rollup.deposit("Bob", UNIT), "")
    yield from expect("for another", rollup.contract.deposit(ann, 2 * UNIT, wallet("Bob").address), "")
    yield from equal("the queue", rollup.contract.waiting, [credit(BOB, 1), credit(BOB, 2)])
    yield from equal("room", rollup.contract._slot("room"), room - 3)
    yield from equal("what is locked", rollup.contract.locked, 15 * ETHER + 3 * UNIT)
    overwrite(rollup, "room", 2)
    yield from expect("too much", rollup.deposit("Ann", 3 * UNIT), "more than the bridge can give")
    yield from expect("all there is room for", rollup.deposit("Ann", 2 * UNIT), "")


def renumbering_faults(contract: Contract) -> Iterator[str]:
    """Who registers first when L1 goes back gets the number of another, and nothing of what the other locks."""
    rollup = opened(contract)
    cem, eve = wallet("Cem"), wallet("Eve")
    rollup.contract.register([cem.address])
    answer = rollup.contract.deposit(wallet("Ann"), UNIT, cem.address)
    yield from equal("Cem's number", rollup.contract.number(cem.address), 3)
    rollup.l1.reorg(2, keep=False)
    rollup.contract.register([eve.address])
    yield from equal("Eve's number", rollup.contract.number(eve.address), 3)
    again = rollup.contract._ask(answer.tx.data, wallet("Ann"), value=UNIT)
    yield from expect("the same call", again, "no such account")
    rollup.contract.register([cem.address])
    rollup.contract._ask(answer.tx.data, wallet("Ann"), value=UNIT)
    yield from equal("the queue", rollup.contract.waiting, [credit(4, 1)])


# Batches


def batch_faults(contract: Contract) -> Iterator[str]:
    rollup = opened(contract)
    yield from expect("nothing", bring(rollup), "an empty batch")
    yield from expect("a deposit that is not there", bring(rollup, taken=1), "more than the queue has")
    rollup.pay("Ann", "Bob", UNIT)
    good = encode_payments(rollup.pool)
    yield from expect("a part of a payment", bring(rollup, data=good + b"\0"), "malformed payments")
    for place in (0, 2):
        strange = good[:place] + b"\0\x09" + good[place + 2 :]
        yield from expect("an account that nobody has", bring(rollup, data=strange), "no such account")
    forged = good[:-1] + bytes([1 - good[-1]])
    unsigned = "a payment is malformed or not signed by its payer"
    yield from expect("another's signature", bring(rollup, data=forged), unsigned)
    yield from expect("the payer's name changed", bring(rollup, data=b"\0\2" + good[2:]), unsigned)
    yield from expect("the payee's name changed", bring(rollup, data=good[:2] + b"\0\1" + good[4:]), unsigned)
    before = rollup.contract.root
    answer = bring(rollup)
    yield from expect("a payment", answer, "")
    yield from equal("the root", rollup.contract.root != before, True)
    yield from equal("the root", rollup.contract.root, digest_bytes(rollup.tree.root))
    yield from equal("what a reader finds", rollup.rebuilt(), rollup.world)
    rollup.deposit("Bob", UNIT)
    rollup.deposit("Ann", 2 * UNIT)
    one = unproven(rollup, rollup.contract.waiting[:1])
    yield from expect("the first deposit alone", rollup.contract.submit(one), "")
    yield from equal("the queue", rollup.contract.waiting, [credit(ANN, 2)])
    yield from expect("one too many", rollup.contract.submit(replace(one, taken=2)), "more than the queue has")


def size_faults(contract: Contract) -> Iterator[str]:
    """The largest batch, with a proof as long as any, fits into a transaction."""
    rollup = opened(contract)
    payer, owner, chain_id = wallet("Ann"), wallet("Bob").address, rollup.contract.terms.l2_chain
    payments = [SignedPayment(ANN, BOB, 1, nonce, b"") for nonce in range(MAX_PAYMENTS + 1)]
    payments = [sign_payment(payer, chain_id, payment, owner) for payment in payments]
    rollup.pool = payments[:-1]
    batch = replace(unproven(rollup, ()), proof=Random(1).randbytes(MAX_PROOF))
    too_many = rollup.contract.submit(replace(batch, data=encode_payments(payments)))
    yield from equal("one payment too many", too_many.accepted, False)
    too_long = rollup.contract.submit(replace(batch, proof=batch.proof + b"\0"))
    yield from equal("a proof too long", too_long.accepted, False)
    answer = rollup.contract.submit(batch)
    yield from expect(f"{MAX_PAYMENTS} payments", answer, "")
    yield from equal("gas below a transaction's limit", answer.result.gas_used < 2**24, True)


def digest_faults(contract: Contract) -> Iterator[str]:
    """The verifier is asked about L1's own root, and about the digest of what is on L1: deposits, and their order."""
    asked: list[bytes] = []

    def note(data: bytes) -> bytes:
        asked.append(data)
        return (1).to_bytes(32, "big")

    rollup = opened(contract, l1_chain=checked_by(note), parameters=2)
    rollup.pay("Ann", "Bob", UNIT)
    rollup.pay("Bob", "Ann", 2 * UNIT)
    rollup.deposit("Bob", 3 * UNIT)
    rollup.deposit("Ann", UNIT)
    batch, root = unproven(rollup), rollup.contract.root
    answer = rollup.contract.submit(replace(batch, proof=b"proof", digest=b""))
    yield from expect("two payments and two deposits", answer, "")
    words = (root, batch.new_root, batch.digest, (4).to_bytes(32, "big"), (2).to_bytes(32, "big"))
    yield from equal("what the verifier was asked", asked[-1], b"".join(words) + b"proof")


def leaving_faults(contract: Contract) -> Iterator[str]:
    """Who pays the bridge is owed that much on L1, and can collect it once."""
    rollup = opened(contract)
    rollup.withdraw("Ann", 2 * ETHER)
    rollup.withdraw("Bob", UNIT)
    rollup.withdraw("Ann", ETHER)
    room = rollup.contract._slot("room")
    yield from expect("the batch", bring(rollup), "")
    owed = {name: rollup.contract.owed(wallet(name).address) for name in ("Ann", "Bob")}
    yield from equal("what is owed", owed, {"Ann": 3 * ETHER, "Bob": UNIT})
    yield from equal("room", rollup.contract._slot("room"), room + 3_001)
    before = rollup.l1_balance("Ann")
    yield from expect("Ann collects", rollup.collect("Ann"), "")
    yield from equal("what she gets", rollup.l1_balance("Ann") - before, 3 * ETHER)
    yield from expect("Ann collects again", rollup.collect("Ann"), "nothing is owed")
    yield from equal("what is locked", rollup.contract.locked, 12 * ETHER)


def request_faults(contract: Contract) -> Iterator[str]:
    """Who asks L1 is paid out in their turn, with no signature; only what cannot be paid is struck out."""
    rollup = opened(contract)
    yield from expect("without an account", rollup.contract.ask_to_leave(KEEPER, 1), "no such account")
    for amount in (0, LIMIT, 2**48 + 1):
        answer = rollup.contract.ask_to_leave(wallet("Bob"), amount)
        yield from expect(f"{amount} units", answer, "no such amount")
    yield from equal("the queue", rollup.contract.waiting, [])
    yield from expect("with nothing there", rollup.contract.dismiss(0, 0, bytes(448)), "no such request")
    rollup.deposit("Ann", UNIT)
    rollup.ask_to_leave("Bob", 2 * ETHER)
    yield from equal("the queue", rollup.contract.waiting, [credit(ANN, 1), ProvenPayment(BOB, BRIDGE, 2_000, None)])
    yield from expect("a deposit is first", rollup.dismiss(), "no such request")
    room = rollup.contract._slot("room")
    yield from expect("a batch", bring(rollup), "")
    yield from equal("what a reader finds", rollup.rebuilt(), rollup.world)
    yield from equal("what is owed", rollup.contract.owed(wallet("Bob").address), 2 * ETHER)
    yield from equal("room", rollup.contract._slot("room"), room + 2_000)
    rollup.ask_to_leave("Bob", 3 * ETHER)
    yield from expect("all that Bob has", rollup.dismiss(), "a batch can serve it")
    leaf, path = rollup.tree.leaf(BOB), b"".join(map(digest_bytes, rollup.tree.path(BOB)))
    answer = rollup.contract.dismiss(leaf.balance - 1, leaf.nonce, path)
    yield from expect("with another leaf", answer, "no such leaf under the root")
    ann, way = rollup.tree.leaf(ANN), b"".join(map(digest_bytes, rollup.tree.path(ANN)))
    yield from expect("with Ann's", rollup.contract.dismiss(*ann, way), "no such leaf under the root")
    yield from expect("a batch", bring(rollup), "")
    rollup.ask_to_leave("Bob", UNIT)
    rollup.ask_to_leave("Ann", UNIT)
    yield from expect("more than Bob has", rollup.dismiss(), "")
    yield from equal("the queue", rollup.contract.waiting, [ProvenPayment(ANN, BRIDGE, 1, None)])
    yield from expect("a batch", bring(rollup), "")
    yield from equal("what a reader finds", rollup.rebuilt(), rollup.world)
    rollup.collect("Bob")
    yield from equal("what is locked", rollup.contract.locked, 10 * ETHER + UNIT)


def reentrance_faults(contract: Contract) -> Iterator[str]:
    """An owner who calls again when it is paid gets what it is owed, and no more."""
    rollup = opened(contract)
    address = send_calling_back(rollup.l1, rollup.contract.address, lambda owner: contract.call_data("collect", owner))
    rollup.contract.deposit(wallet("Ann"), ETHER, address)
    rollup.l1.wait(WEEK)
    rollup.contract.take_back(2)
    rollup.contract.collect(address)
    yield from equal("what it has", rollup.l1.account(address).balance, ETHER)


# Without batches


def hatch_faults(contract: Contract) -> Iterator[str]:
    rollup = opened(contract, delay=1_000)
    rollup.l1.wait(9_000)
    yield from expect("a quiet time", rollup.leave("Ann"), "nobody waits")
    rollup.ask_to_leave("Bob", UNIT)
    rollup.l1.wait(1_000 - 36)
    rollup.pay("Ann", "Bob", UNIT)
    yield from expect("a batch that leaves it out", bring_without_queue(rollup), "")
    yield from expect("too early", rollup.leave("Ann"), TOO_EARLY)
    yield from expect("in time", rollup.leave("Ann"), "")
    yield from equal("what is owed", rollup.contract.owed(wallet("Ann").address), 10 * ETHER - UNIT)
    yield from expect("again", rollup.leave("Ann"), "left already")
    leaf, path = rollup.tree.leaf(BOB), b"".join(map(digest_bytes, rollup.tree.path(BOB)))
    for what, number, balance, nonce in (
        ("more", BOB, leaf.balance + 1, leaf.nonce),
        ("another nonce", BOB, leaf.balance, leaf.nonce + 1),
    ):
        answer = rollup.contract.leave(number, balance, nonce, path)
        yield from expect(what, answer, "no such leaf under the root")
    bridge, way = rollup.tree.leaf(BRIDGE), b"".join(map(digest_bytes, rollup.tree.path(BRIDGE)))
    yield from expect("as the bridge", rollup.contract.leave(BRIDGE, *bridge, way), "no such account")
    nobody = b"".join(map(digest_bytes, rollup.tree.path(3)))
    yield from expect("as nobody", rollup.contract.leave(3, 0, 0, nobody), "no such account")
    rollup.pay("Bob", "Ann", UNIT)
    yield from expect("a batch afterwards", bring(rollup), "frozen")
    yield from expect("a deposit afterwards", rollup.deposit("Bob", UNIT), "frozen")
    yield from expect("a request afterwards", rollup.ask_to_leave("Bob", UNIT), "frozen")
    yield from expect("Bob, at once", rollup.leave("Bob"), "")
    rollup.collect("Ann")
    rollup.collect("Bob")
    yield from equal("what is locked", rollup.contract.locked, 0)


def turn_faults(contract: Contract) -> Iterator[str]:
    """The time of each begins when it came into the queue, and counts as long as it is the first."""
    rollup = opened(contract, delay=1_000)
    rollup.ask_to_leave("Ann", UNIT)
    rollup.l1.wait(600)
    rollup.deposit("Bob", UNIT)
    rollup.l1.wait(1_000)
    first = rollup.contract.waiting[:1]
    yield from expect("late, but served", rollup.contract.submit(unproven(rollup, first)), "")
    rollup.world = rollup.rebuilt()
    yield from expect("the second in time", rollup.leave("Ann"), "")
    yield from expect("it is given back", rollup.contract.take_back(3), "")
    rollup = opened(contract, delay=1_000)
    rollup.ask_to_leave("Ann", UNIT)
    rollup.l1.wait(600)
    rollup.ask_to_leave("Bob", UNIT)
    yield from expect("the first", rollup.contract.submit(unproven(rollup, first)), "")
    rollup.world = rollup.rebuilt()
    rollup.l1.wait(600)
    yield from expect("the second too early", rollup.leave("Ann"), TOO_EARLY)


def queue_faults(contract: Contract) -> Iterator[str]:
    rollup = opened(contract)
    rollup.deposit("Bob", 3 * ETHER)
    rollup.l1.wait(WEEK - 24)
    yield from expect("too early", rollup.contract.take_back(2), TOO_EARLY)
    rollup.ask_to_leave("Bob", UNIT)
    yield from expect("a request", rollup.contract.take_back(3), "not a deposit")
    for place in (0, 1, 4):
        yield from expect(f"deposit {place}", rollup.contract.take_back(place), "no such deposit")
    yield from expect("the one that waits", rollup.contract.take_back(2), "")
    yield from expect("again", rollup.contract.take_back(2), "no such deposit")
    yield from equal("what is owed", rollup.contract.owed(wallet("Bob").address), 3 * ETHER)
    rollup.pay("Bob", "Ann", UNIT)
    batch = unproven(rollup, ())
    yield from expect("a batch afterwards", rollup.contract.submit(batch), "frozen")


# Who may


def operator_faults(contract: Contract) -> Iterator[str]:
    rollup = ZkRollup(["Ann", "Bob"], operator="Bob", l1_chain=TRUSTING, compiled=contract)
    rollup.deposit("Ann", ETHER)
    batch = unproven(rollup)
    yield from expect("the keeper", rollup.contract.submit(batch), "not the operator")
    yield from expect("the operator", rollup.contract.submit(batch, wallet("Bob")), "")


def committee_faults(contract: Contract) -> Iterator[str]:
    rollup = opened(contract)
    rollup.pay("Ann", "Bob", UNIT)
    members = [wallet(name) for name in COMMITTEE]
    yield from expect("without a committee", rollup.contract.submit_attested(unproven(rollup), members), "no committee")
    rollup = opened(contract, committee=COMMITTEE, quorum=2)
    rollup.pay("Ann", "Bob", UNIT)
    batch = unproven(rollup)
    yield from expect("nobody", rollup.contract.submit_attested(batch, []), "no quorum")
    yield from expect("one", rollup.contract.submit_attested(batch, members[:1]), "no quorum")
    yield from expect("one twice", rollup.contract.submit_attested(batch, members[:1] * 2), "signers not ascending")
    with_stranger = rollup.contract.submit_attested(batch, [members[0], wallet("Mallory")])
    yield from expect("a stranger", with_stranger, "not of the committee")
    claim, data = (batch.new_root, batch.digest, batch.count), rollup.contract._contract.call_data
    signatures = [rollup.contract.vouch(batch, member) for member in sorted(members, key=lambda one: one.address)]
    for what, changed in {
        "for another root": (bytes(32), *claim[1:]),
        "for another digest": (claim[0], bytes(32), claim[2]),
        "for another count": (*claim[:2], 2),
    }.items():
        answer = rollup.contract._ask(data("submit_attested", *changed, b"", b"".join(signatures[:2])))
        yield from equal(f"signed {what}", answer.accepted, False)
    for what, blob in {
        "a part": b"".join(signatures[:2]) + b"\0",
        "no signatures": bytes(130),
        "backwards": b"".join(signatures[:2][::-1]),
    }.items():
        yield from equal(what, rollup.contract._ask(data("submit_attested", *claim, b"", blob)).accepted, False)
    old = rollup.contract.root
    yield from expect("two of three", rollup.contract.submit_attested(batch, members[:2]), "")
    yield from equal("the root", rollup.contract.root, batch.new_root)
    rollup.contract.submit_attested(replace(batch, new_root=old), members)  # back again: then the signatures are of use
    overwrite(rollup, "root", 5)
    answer = rollup.contract._ask(data("submit_attested", *claim, b"", b"".join(signatures[:2])))
    yield from equal("signed for another old root", answer.accepted, False)


def other_people_faults(contract: Contract) -> Iterator[str]:
    """The word of a committee is about people: when L1 has gone back, it is of no use to whoever has their numbers."""
    rollup = opened(contract, committee=COMMITTEE, quorum=2)
    members = sorted(map(wallet, COMMITTEE), key=lambda one: one.address)[:2]
    cem, eve = wallet("Cem").address, wallet("Eve").address
    rollup.contract.register([cem, eve])
    rollup.pay("Ann", "Cem", UNIT)
    batch = unproven(rollup, ())
    signatures = b"".join(rollup.contract.vouch(batch, member) for member in members)
    data = rollup.contract._contract.call_data(
        "submit_attested", batch.new_root, batch.digest, batch.count, b"", signatures
    )
    rollup.l1.reorg(1, keep=False)
    rollup.contract.register([eve, cem])
    yield from equal("when Eve has Cem's number", rollup.contract._ask(data).accepted, False)
    rollup.l1.reorg(2, keep=False)
    rollup.contract.register([cem, eve])
    yield from expect("when Cem has it again", rollup.contract._ask(data), "")


# With real proofs


def proof_faults(contract: Contract) -> Iterator[str]:
    rollup = ZkRollup(["Ann", "Bob"], compiled=contract)
    rollup.deposit("Ann", 10 * ETHER)
    first, before = rollup.prove(), rollup.contract.root
    wrong = "the proof does not hold"
    yield from expect("another new root", rollup.contract.submit(replace(first, new_root=before)), wrong)
    yield from expect("no proof", rollup.contract.submit(replace(first, proof=b"")), wrong)
    yield from expect("a longer proof", rollup.contract.submit(replace(first, proof=first.proof + b"\0")), wrong)
    yield from equal("the root", rollup.contract.root, before)
    yield from expect("the first batch", rollup.batch(), "")
    yield from equal("the root", rollup.contract.root, first.new_root)
    rollup.deposit("Ann", 10 * ETHER)
    yield from expect("the same again", rollup.contract.submit(first), wrong)
    rollup.pay("Ann", "Bob", UNIT)
    batch = rollup.prove(())
    rollup.pool[0] = rollup.pool[0]._replace(amount=2)
    yield from equal("other payments", rollup.contract.submit(replace(batch, taken=1)).accepted, False)
    yield from expect("the batch", rollup.contract.submit(batch), "")


def lonely_faults(contract: Contract) -> Iterator[str]:
    """On an L1 without the precompiles nothing is believed: a call to nobody succeeds, and answers nothing."""
    rollup = ZkRollup(["Ann"], l1_chain=L1_CHAIN, compiled=contract)
    rollup.deposit("Ann", ETHER)
    yield from equal("a batch", rollup.contract.submit(unproven(rollup)).accepted, False)
    only_signatures = {at: row for at, row in STARK_CHECKS.items() if at != STARK_PROOF}
    chain = replace(L1_CHAIN, extra_precompiles=only_signatures)
    rollup = ZkRollup(["Ann"], l1_chain=chain, compiled=contract)
    rollup.deposit("Ann", ETHER)
    yield from expect("a batch", rollup.contract.submit(unproven(rollup)), "the proof does not hold")
    chain = replace(L1_CHAIN, extra_precompiles={STARK_PROOF: TRUSTING.precompiles[STARK_PROOF]})
    rollup = ZkRollup(["Ann"], l1_chain=chain, compiled=contract)
    rollup.deposit("Ann", ETHER)
    unsigned = "a payment is malformed or not signed by its payer"
    yield from expect("a batch", rollup.contract.submit(unproven(rollup)), unsigned)
    rollup.l1.wait(WEEK)
    yield from expect("a leaf", rollup.contract.leave(ANN, 10**6, 0, bytes(448)), "no such leaf under the root")


CHECKS = (
    account_faults,
    deposit_faults,
    renumbering_faults,
    batch_faults,
    digest_faults,
    leaving_faults,
    request_faults,
    reentrance_faults,
    hatch_faults,
    turn_faults,
    queue_faults,
    operator_faults,
    committee_faults,
    other_people_faults,
    lonely_faults,
    proof_faults,
    size_faults,
)
