"""What Mallory does to a cluster: each attack is a theft where the guard that it is named after is missing."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.clusters import PERIOD, changed, sent_one, take_back
from toyevm.rollups.interop.cluster import Cluster, SentMessage
from toyevm.rollups.interop.forgery import FORGER, RogueChain, forged_call
from toyevm.rollups.interop.messages import (
    MESSENGER,
    MESSENGER_CONTRACT,
    TOKEN,
    InitiatingMessage,
    SentCall,
    initiating_message,
    sent_payload,
)
from toyevm.workloads.wallets import wallet

MALLORY = wallet("Mallory")
AMOUNT = 50


def relay(cluster: Cluster, sent: SentMessage, layer: str = "sidechain", seconds: int = 12) -> None:
    cluster.relay("Mallory", sent, layer)
    cluster.tick(seconds)


def own(cluster: Cluster) -> SentMessage:
    """Send tokens of hers from the rollup to the sidechain."""
    return sent_one(cluster, amount=AMOUNT, name="Mallory")


def wish() -> SentCall:
    """What she would like to have been sent from the rollup to the sidechain."""
    return forged_call(42, 137, MALLORY.address, AMOUNT)


def forged_log(cluster: Cluster) -> SentMessage:
    """Have her contract log what she would like."""
    cluster.submit("Mallory", "rollup", FORGER, sent_payload(wish()))
    cluster.tick()
    log = initiating_message(42, cluster.members["rollup"].chain.entries[-1].sealed, 0)
    return SentMessage(log, wish())


def made_up(cluster: Cluster, **fields: int) -> SentMessage:
    """Return what she would like, with the identifier of something else."""
    log = InitiatingMessage(own(cluster).log.identifier._replace(**fields), sent_payload(wish()))
    return SentMessage(log, wish())


def report(cluster: Cluster, call: SentCall) -> None:
    """Have it reported as undelivered, and the report relayed."""
    cluster.report_undelivered("Mallory", call)
    cluster.tick()
    relay(cluster, cluster.sent("sidechain")[-1], "rollup")


def refund(cluster: Cluster, call: SentCall) -> None:
    cluster.refund("Mallory", call)
    cluster.tick()


def send_as_person(cluster: Cluster, layer: str, destination: int, target: bytes, message: bytes) -> SentMessage | None:
    """Send a message of her own; return it, if the messenger took it."""
    before = len(cluster.sent(layer))
    data = MESSENGER_CONTRACT.call_data("send_message", destination, target, message)
    cluster.submit("Mallory", layer, MESSENGER, data)
    cluster.tick()
    return cluster.sent(layer)[-1] if len(cluster.sent(layer)) > before else None


# On contracts


def relay_log_of_her_contract(cluster: Cluster) -> None:
    relay(cluster, forged_log(cluster))


def relay_without_any_log(cluster: Cluster) -> None:
    relay(cluster, made_up(cluster))


def relay_everywhere(cluster: Cluster) -> None:
    sent = own(cluster)
    for layer in ("sidechain", "validium"):
        relay(cluster, sent, layer)


def relay_twice(cluster: Cluster) -> None:
    sent = own(cluster)
    for _ in range(2):
        relay(cluster, sent)


def have_the_messenger_expire_it(cluster: Cluster) -> None:
    """Have the messenger of the sidechain send, in its own name, that what it delivers has expired."""
    sent = own(cluster)
    expire = MESSENGER_CONTRACT.call_data("expire_message", sent.call.hash, 2**40)
    back = MESSENGER_CONTRACT.call_data("send_message", 42, MESSENGER, expire)
    order = send_as_person(cluster, "rollup", 137, MESSENGER, back)
    if order is not None:
        relay(cluster, order)
        relay(cluster, cluster.sent("sidechain")[-1], "rollup")
    refund(cluster, sent.call)
    relay(cluster, sent)


def expire_it_herself(cluster: Cluster) -> None:
    sent = own(cluster)
    expire = MESSENGER_CONTRACT.call_data("expire_message", sent.call.hash, 2**40)
    cluster.submit("Mallory", "rollup", MESSENGER, expire)
    cluster.tick()
    refund(cluster, sent.call)
    relay(cluster, sent)


def expire_what_was_never_sent(cluster: Cluster) -> None:
    cluster.tick(PERIOD + 1)
    report(cluster, wish())
    refund(cluster, wish())


def expire_too_early(cluster: Cluster) -> None:
    sent = own(cluster)
    report(cluster, sent.call)
    refund(cluster, sent.call)
    relay(cluster, sent)


def report_what_was_delivered(cluster: Cluster) -> None:
    sent = own(cluster)
    relay(cluster, sent)
    cluster.tick(PERIOD)
    cluster.report_undelivered("Mallory", sent.call)
    cluster.tick()
    for told in cluster.sent("sidechain"):
        relay(cluster, told, "rollup")
    refund(cluster, sent.call)


def mint(cluster: Cluster) -> None:
    cluster.submit("Mallory", "sidechain", TOKEN, wish().message)
    cluster.tick()


def send_a_mint(cluster: Cluster) -> None:
    sent = send_as_person(cluster, "rollup", 137, TOKEN, wish().message)
    assert sent is not None
    relay(cluster, sent)


def refund_at_once(cluster: Cluster) -> None:
    sent = own(cluster)
    refund(cluster, sent.call)
    relay(cluster, sent)


def refund_twice(cluster: Cluster) -> None:
    sent = own(cluster)
    cluster.tick(PERIOD + 1)
    report(cluster, sent.call)
    for _ in range(2):
        refund(cluster, sent.call)


def send(cluster: Cluster) -> None:
    relay(cluster, own(cluster))


# On rules


def relay_from_a_rogue_chain(cluster: Cluster) -> None:
    rogue = RogueChain([MALLORY], cluster.now)
    call = forged_call(666, 137, MALLORY.address, AMOUNT)
    log = rogue.forge(MALLORY, call)
    cluster.outsiders[666] = [entry.sealed for entry in rogue.entries]
    cluster.tick()
    relay(cluster, SentMessage(log, call))


def relay_before_it_is_sent(cluster: Cluster) -> None:
    cluster.send_tokens("Mallory", "rollup", "validium", AMOUNT)
    cluster.tick(60, builders=[])
    cluster.relay("Mallory", cluster.sent("rollup")[-1])
    cluster.build("validium", lag=30)
    cluster.settle()


def relay_what_was_refunded(cluster: Cluster, **fields: int) -> None:
    sent = own(cluster)
    cluster.tick(PERIOD + 1)
    report(cluster, sent.call)
    refund(cluster, sent.call)
    relay(cluster, changed(sent, **fields))


def relay_what_was_refunded_as_new(cluster: Cluster) -> None:
    relay_what_was_refunded(cluster, timestamp=cluster.now + PERIOD)


def relay_from_no_block(cluster: Cluster) -> None:
    relay(cluster, made_up(cluster, block_number=10**6))


def relay_from_no_log(cluster: Cluster) -> None:
    relay(cluster, made_up(cluster, log_index=99))


def relay_log_of_her_contract_as_the_messengers(cluster: Cluster) -> None:
    relay(cluster, changed(forged_log(cluster), origin=MESSENGER))


def reorganise_the_source(cluster: Cluster) -> None:
    """Send and relay; then the source comes to prefer a branch on which nothing was sent."""
    sent = sent_one(cluster, "sidechain", "validium", AMOUNT, "Mallory")
    relay(cluster, sent, "validium")
    take_back(cluster, sent.log.identifier.block_number)


def pass_on_what_an_invalid_block_has_sent(cluster: Cluster) -> None:
    bad = made_up(cluster, log_index=99)
    cluster.tick(builders=[])
    cluster.relay("Mallory", bad, "sidechain")
    cluster.send_tokens("Mallory", "sidechain", "validium", 2 * AMOUNT)
    cluster.build("sidechain")
    cluster.relay("Mallory", cluster.sent("sidechain")[-1])
    cluster.build("validium")
    cluster.settle()


Attack = Callable[[Cluster], None]
