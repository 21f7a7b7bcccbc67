"""What the cells of lesson 14 run: both bets, the answers of real contracts, and the mixed block as messages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.rollups.interop.cluster import Cluster, SentMessage
from toyevm.rollups.interop.forgery import FORGER, exchange, forged_call
from toyevm.rollups.interop.messages import ExecutingMessage, initiating_message, logs_in, sent_payload
from toyevm.rollups.interop.swap import Swap, SwapOutcome, SwapTimes
from toyevm.rollups.interop.validity import BlockRefusal, Supervisor
from toyevm.rollups.sidechain.sidechain import Sidechain
from toyevm.sealing import seal_block
from toyevm.state import Account
from toyevm.teaching.lab.turns import call
from toyevm.teaching.lessons.bridges.answers_bridge import ANN, TRUE
from toyevm.teaching.lessons.bridges.port import PEOPLE, PortMessage, open_port
from toyevm.units import ETHER
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import SLOT_SECONDS

FEES = ETHER // 100  # what each needs on the sidechain besides
HELD = {"Cleo": 10, "Ann": 5, "Bob": 5}  # ether: a deposit, or what a deposit paid for
TOO_MUCH = 10_000  # tokens


def _bicycle_sold() -> Sidechain:
    """Return the sidechain after Ann has paid Bob with a deposit, and L1 has lost the deposit."""
    people = ("Ann", "Bob", "Cleo")
    others = {wallet(name).address: Account(balance=FEES) for name in people}
    side = Sidechain({"Pia": ETHER}, users=people, confirmations=2, others=others)
    for name in ("Cleo", "Ann"):
        side.deposit(name, HELD[name] * ETHER)
        for _ in range(2):
            side.l1.mine()
        side.produce()
    side.transfer("Ann", "Bob", HELD["Bob"] * ETHER)
    side.produce()
    side.l1.reorg(3, keep=False)
    for _ in range(3):
        side.l1.mine()
    return side


@cache
def bicycle() -> str:
    """Return what L1 says to Bob and Cleo, whoever comes first."""
    rows = []
    for order in (("Bob", "Cleo"), ("Cleo", "Bob")):
        side = _bicycle_sold()
        before = f"escrow {side.escrow // ETHER}, on the sidechain {side.supply // ETHER}"
        burns = {name: side.burn(name, HELD[name] * ETHER) for name in order}
        side.produce()
        side.checkpoint()
        answers = [(name, side.exit(burn)) for name, burn in burns.items()]
        said = [f"{who} is " + (f"paid {HELD[who]}" if it.accepted else f"refused: {it.reason}") for who, it in answers]
        rows.append(f"{before}: {', then '.join(said)}")
    return "; ".join(rows)


def swap_of(ann: int, bob: int, shown: int, reaction: int = 3) -> SwapOutcome:
    """Play a swap; all times in blocks after both have locked.

    Args:
        ann: with this block, Ann's lock ends.
        bob: and Bob's.
        shown: after this block, Ann sends her claim.
        reaction: how many blocks Bob needs, from seeing the secret to sending a claim.
    """
    times = (SLOT_SECONDS * each for each in (ann, bob, shown, reaction))
    return Swap(Cluster(PEOPLE), SwapTimes(*times)).play()


def gains(outcome: SwapOutcome) -> str:
    """Return what each has more, or less, of Ann's 30 tokens and of Bob's 20."""
    both = (("Ann", outcome.ann), ("Bob", outcome.bob))
    said = (f"{name} {first:+d} on the sidechain, {second:+d} on the validium" for name, (first, second) in both)
    return "; ".join(said)


@cache
def one_evening() -> str:
    """Return what comes of a swap whose locks end together."""
    return ". ".join(f"Ann claims after block {shown}: {gains(swap_of(12, 12, shown))}" for shown in (4, 10))


def real_answers(accepts: object) -> str:
    """Return what real contracts and the rule about blocks say to four claims of Mallory's, once `accepts` decides."""
    decision = None
    with suppress(InputError):
        decision = call(accepts, TRUE, ANN, set())
    if decision is None:
        return "Patch `accepts` first. Then run this cell again."
    rows, port = [], open_port()
    own = port.burn("Mallory", "sidechain", "rollup", 1)
    port.relay("Mallory", own)
    rows.append(("her own burn, again", port.relay("Mallory", own)))
    rows.append(("a log of her own contract", port.relay("Mallory", _imitated(port.cluster))))
    other = port.burn("Mallory", "sidechain", "validium", 7)
    rows.append(("a burn for the validium", port.relay("Mallory", replace(other, destination="rollup"))))
    late = port.burn("Mallory", "sidechain", "rollup", 1)
    port.wait_days(7)
    rows.append(("a burn of more than 7 days ago", port.relay("Mallory", late)))
    return "\n".join(f"{what:<31} {said}" for what, said in rows)


def _imitated(cluster: Cluster) -> PortMessage:
    """Have Mallory's contract on the sidechain log 900 tokens for her, byte for byte as the messenger would."""
    call = forged_call(cluster.chain_id("sidechain"), cluster.chain_id("rollup"), wallet("Mallory").address, 900)
    cluster.submit("Mallory", "sidechain", FORGER, sent_payload(call))
    cluster.tick()
    log = initiating_message(call.source, cluster.members["sidechain"].chain.entries[-1].sealed, 0)
    return PortMessage(SentMessage(log, call), "sidechain", "rollup", 900, "Mallory")


@cache
def mixed_messages() -> str:
    """Return what another chain can believe of the mixed block: its logs, one of them with its identifier."""
    work = APPLICATIONS["mixed"](40)
    result = BACKENDS.named("sequential").execute_block(work.pre, work.block, RunConfig(work.chain)).result
    sealed = seal_block(work.chain, work.block, result, work.pre.apply(result.diff))
    logs, silent = logs_in(sealed), sum(not receipt.logs for receipt in sealed.receipts)
    sent = initiating_message(work.chain.chain_id, sealed, 0)
    said = sent.identifier
    supervisor, chains = Supervisor([work.chain.chain_id]), {work.chain.chain_id: [sealed] * (said.block_number + 1)}
    both = (ExecutingMessage(said, payload, 0) for payload in (sent.payload_hash, bytes(32)))
    verdict, other = (supervisor.refusal(chains, each, said.timestamp + SLOT_SECONDS) or "valid" for each in both)
    rows = [
        f"the mixed block: {len(sealed.receipts)} transactions, {len(logs)} logs; {silent} transactions have none",
        f"log 0: contract 0x{said.origin.hex()[:8]}…, block {said.block_number}, chain {said.chain_id}",
        f"another chain executes it as a message:   {verdict}",
        f"the same place, other content:            {other}",
    ]
    return "\n".join(rows)


class CircleRun(NamedTuple):
    """Why blocks of one second are not valid that execute messages of each other; empty if they are."""

    believed: str  # if circles are not looked for
    refused: str


@cache
def circle(sidechain: str, validium: str) -> CircleRun:
    """Let Mallory burn 10,000 tokens on two layers in one second, and mint them there.

    Args:
        sidechain: what her block there does first, "relay" or "burn".
        validium: and there.
    """
    relay_first = [layer for layer, first in (("sidechain", sidechain), ("validium", validium)) if first == "relay"]
    found = []
    for ignoring in ([BlockRefusal.CIRCLE], []):
        cluster = Cluster(PEOPLE, ignoring=ignoring)
        exchange(cluster, "Mallory", TOO_MUCH, relay_first)
        found.append(", ".join(sorted(set(map(str, cluster.settle().refusals.values())))))
    return CircleRun(*found)
