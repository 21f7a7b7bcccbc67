"""Three layers that believe each other's messages, and what a test does with them."""

from __future__ import annotations

from typing import Any

from toyevm.rollups.interop.cluster import Cluster, SentMessage
from toyevm.rollups.interop.forgery import FORGER, FORGER_CODE
from toyevm.rollups.interop.messages import InitiatingMessage
from toyevm.rollups.interop.validity import BlockRefusal
from toyevm.state import Account
from toyevm.transactions import Transaction

PEOPLE = ("Ann", "Bob", "Mallory")
WEEK, PERIOD = 7 * 86_400, 8 * 86_400


def town(**options: Any) -> Cluster:
    """Return a cluster in which Mallory has a contract that logs what it is told."""
    return Cluster(PEOPLE, **{"extra": {FORGER: Account(nonce=1, code=FORGER_CODE)}, **options})


def sent_one(
    cluster: Cluster, source: str = "rollup", destination: str = "sidechain", amount: int = 5, name: str = "Ann"
) -> SentMessage:
    """Send tokens, and return the message once it is in a block."""
    tx = cluster.send_tokens(name, source, destination, amount)
    cluster.tick()
    assert cluster.reason(source, tx) is None
    return cluster.sent(source)[-1]


def outcome(cluster: Cluster, layer: str, tx: Transaction, seconds: int = 12) -> str | None:
    """Have a transaction put into a block, and return why it failed; None if it did not."""
    cluster.tick(seconds)
    return cluster.reason(layer, tx)


def refusals(cluster: Cluster) -> list[tuple[str, BlockRefusal]]:
    """Return which layers' blocks were replaced, and why."""
    return [(cluster.names[block.chain_id], refusal) for block, refusal in cluster.refused]


def changed(sent: SentMessage, payload: bytes | None = None, **fields: Any) -> SentMessage:
    """Return a message with another payload, or other values in its identifier."""
    identifier = sent.log.identifier._replace(**fields)
    return SentMessage(InitiatingMessage(identifier, sent.log.payload if payload is None else payload), sent.call)


def take_back(cluster: Cluster, number: int) -> None:
    """Have the sidechain prefer a branch without what was in its blocks from this one on."""
    cluster.reorg("sidechain", cluster.side.chain.head.number - number + 1)
    cluster.settle()
