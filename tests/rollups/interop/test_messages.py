"""What the contracts of a cluster do: messages arrive once, where they are to go, from whom they say."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.support.clusters import PERIOD, WEEK, changed, outcome, refusals, sent_one, town
from toyevm.errors import InputError
from toyevm.rollups.interop.cluster import PURSE
from toyevm.rollups.interop.forgery import FORGER, forged_call
from toyevm.rollups.interop.messages import (
    MESSENGER,
    MESSENGER_CONTRACT,
    SENT,
    TOKEN,
    TOKEN_CONTRACT,
    payload_of,
    sent_payload,
    transfer_in,
)
from toyevm.rollups.interop.validity import BlockId, BlockRefusal
from toyevm.workloads.wallets import wallet

LAYERS = ("rollup", "sidechain", "validium")
MALLORY = wallet("Mallory").address


@pytest.mark.parametrize(("source", "destination"), list(permutations(LAYERS, 2)))
def test_tokens_go_from_every_layer_to_every_other(source: str, destination: str) -> None:
    cluster = town()
    sent = sent_one(cluster, source, destination, 5)
    assert cluster.books().in_flight == 5
    assert cluster.balance("Ann", source) == PURSE - 5
    tx = cluster.relay("Bob", sent)
    assert outcome(cluster, destination, tx) is None
    assert cluster.balance("Ann", destination) == PURSE + 5
    assert (cluster.supply(source), cluster.supply(destination)) == (3 * PURSE - 5, 3 * PURSE + 5)
    assert cluster.books().is_balanced
    assert cluster.books().in_flight == 0


def test_a_payload_is_what_the_messenger_logs() -> None:
    cluster = town()
    sent = sent_one(cluster)
    assert sent.log.payload == sent_payload(sent.call)
    assert sent.log.payload[:32] == SENT.to_bytes(32, "big")
    head = cluster.members["rollup"].chain.entries[sent.log.identifier.block_number]
    logs = [log for result in head.results for log in result.logs]
    assert payload_of(logs[sent.log.identifier.log_index]) == sent.log.payload
    assert transfer_in(sent.call) == (wallet("Ann").address, wallet("Ann").address, 5)


def test_both_ends_know_a_message_by_the_same_hash() -> None:
    cluster = town()
    sent = sent_one(cluster)
    call = MESSENGER_CONTRACT.call_data("hash_of", *sent.call)
    assert cluster.side.chain.call(MESSENGER, call).output == sent.call.hash
    assert cluster.slot("rollup", MESSENGER, "sent_at", sent.call.hash) == sent.log.identifier.timestamp


def test_two_equal_transfers_are_two_messages() -> None:
    cluster = town()
    one, other = sent_one(cluster), sent_one(cluster)
    for sent in (one, other):
        assert outcome(cluster, "sidechain", cluster.relay("Bob", sent)) is None
    assert cluster.balance("Ann", "sidechain") == PURSE + 10


# Each refusal by its name


def test_a_message_is_relayed_once() -> None:
    cluster = town()
    sent = sent_one(cluster)
    assert outcome(cluster, "sidechain", cluster.relay("Bob", sent)) is None
    assert outcome(cluster, "sidechain", cluster.relay("Mallory", sent)) == "relayed already"


def test_a_message_is_relayed_once_within_a_block() -> None:
    cluster = town()
    sent = sent_one(cluster)
    one, other = cluster.relay("Bob", sent), cluster.relay("Mallory", sent)
    cluster.tick()
    assert [cluster.reason("sidechain", tx) for tx in (one, other)] == [None, "relayed already"]


def test_a_message_for_another_chain_is_refused() -> None:
    cluster = town()
    sent = sent_one(cluster)
    assert outcome(cluster, "validium", cluster.relay("Mallory", sent, "validium")) == "for another chain"


def test_a_message_to_its_own_chain_is_refused() -> None:
    cluster = town()
    assert outcome(cluster, "rollup", cluster.send_tokens("Ann", "rollup", "rollup", 5)) == "to its own chain"


def test_a_log_of_another_contract_is_refused() -> None:
    cluster = town()
    sent = changed(sent_one(cluster), origin=FORGER)
    assert outcome(cluster, "sidechain", cluster.relay("Mallory", sent)) == "fake origin"


def test_another_log_of_the_messenger_is_refused() -> None:
    cluster = town()
    sent = sent_one(cluster)
    cluster.relay("Bob", sent)
    cluster.tick()
    relayed = cluster.members["sidechain"].chain.entries[-1].results[0].logs[2]
    assert relayed.address == MESSENGER
    other = changed(sent, payload_of(relayed), log_index=2, chain_id=137)
    assert outcome(cluster, "validium", cluster.relay("Mallory", other, "validium")) == "not a sent message"


def test_nobody_but_the_messenger_has_tokens_minted() -> None:
    cluster = town()
    mint = forged_call(42, 137, MALLORY, 77).message
    assert outcome(cluster, "sidechain", cluster.submit("Mallory", "sidechain", TOKEN, mint)) == "not the messenger"


def test_a_message_of_a_person_mints_nothing() -> None:
    cluster = town()
    mint = forged_call(42, 137, MALLORY, 77)
    data = MESSENGER_CONTRACT.call_data("send_message", 137, TOKEN, mint.message)
    cluster.submit("Mallory", "rollup", MESSENGER, data)
    cluster.tick()
    (sent,) = cluster.sent("rollup")
    assert outcome(cluster, "sidechain", cluster.relay("Mallory", sent)) == "not from this token"
    assert refusals(cluster) == []  # the message is a true one; what it asks for is not


def test_the_messenger_is_no_target_so_nobody_speaks_in_its_name() -> None:
    cluster = town()
    data = MESSENGER_CONTRACT.call_data("send_message", 137, MESSENGER, b"")
    assert outcome(cluster, "rollup", cluster.submit("Mallory", "rollup", MESSENGER, data)) == "to a messenger"


def test_more_than_there_is_cannot_be_burned() -> None:
    cluster = town()
    assert outcome(cluster, "rollup", cluster.send_tokens("Ann", "rollup", "sidechain", PURSE + 1)) is not None
    assert cluster.supply("rollup") == 3 * PURSE


# What becomes of a message that nobody relays


def test_what_was_not_relayed_in_time_is_refunded_once() -> None:
    cluster = town()
    sent = sent_one(cluster)
    cluster.tick(PERIOD + 1)
    report = cluster.report_undelivered("Ann", sent.call)
    assert outcome(cluster, "sidechain", report) is None
    (told,) = cluster.sent("sidechain")
    assert outcome(cluster, "rollup", cluster.relay("Ann", told)) is None
    assert outcome(cluster, "rollup", cluster.refund("Bob", sent.call)) is None
    assert cluster.balance("Ann", "rollup") == PURSE
    assert outcome(cluster, "rollup", cluster.refund("Bob", sent.call)) == "refunded already"
    assert cluster.books().is_balanced
    cluster.relay("Mallory", sent)
    cluster.tick()
    assert refusals(cluster) == [("sidechain", BlockRefusal.EXPIRED)]
    assert cluster.books().is_balanced


def test_a_refund_needs_a_report() -> None:
    cluster = town()
    sent = sent_one(cluster)
    cluster.tick(PERIOD + 1)
    assert outcome(cluster, "rollup", cluster.refund("Ann", sent.call)) == "not expired"


def test_a_report_before_its_time_is_refused() -> None:
    cluster = town()
    sent = sent_one(cluster)
    cluster.tick(WEEK + 1)  # no block may relay it any more, but there is a day of margin
    cluster.report_undelivered("Ann", sent.call)
    cluster.tick()
    (told,) = cluster.sent("sidechain")
    assert outcome(cluster, "rollup", cluster.relay("Ann", told)) == "not expired yet"


def test_what_was_relayed_cannot_be_reported() -> None:
    cluster = town()
    sent = sent_one(cluster)
    cluster.relay("Bob", sent)
    cluster.tick()
    cluster.tick(PERIOD + 1)
    report = cluster.report_undelivered("Mallory", sent.call)
    assert outcome(cluster, "sidechain", report) == "relayed already"


def test_what_was_never_sent_cannot_expire() -> None:
    cluster = town()
    cluster.tick(PERIOD + 1)
    cluster.report_undelivered("Mallory", forged_call(42, 137, MALLORY, 77))
    cluster.tick()
    (told,) = cluster.sent("sidechain")
    assert outcome(cluster, "rollup", cluster.relay("Mallory", told)) == "never sent"


def test_only_a_messenger_expires_messages() -> None:
    cluster = town()
    sent = sent_one(cluster)
    data = MESSENGER_CONTRACT.call_data("expire_message", sent.call.hash, 2**40)
    assert outcome(cluster, "rollup", cluster.submit("Mallory", "rollup", MESSENGER, data)) == "not from a messenger"


def test_only_tokens_are_refunded() -> None:
    cluster = town()
    cluster.submit("Ann", "rollup", MESSENGER, MESSENGER_CONTRACT.call_data("send_message", 137, FORGER, b"\1" * 128))
    cluster.tick()
    with pytest.raises(InputError, match="not a message of the token"):
        cluster.refund("Ann", cluster.sent("rollup")[0].call)


def test_unknown_names_are_refused_in_one_line() -> None:
    cluster = town()
    with pytest.raises(InputError, match="no layer 'moon'"):
        cluster.send_tokens("Ann", "rollup", "moon", 1)
    with pytest.raises(InputError, match="in no block"):
        cluster.reason("rollup", cluster.send_tokens("Ann", "rollup", "sidechain", 1))


def test_the_messages_are_a_graph_of_blocks() -> None:
    cluster = town()
    sent = sent_one(cluster)
    cluster.relay("Bob", sent)
    graph = cluster.tick()
    (edge,) = graph.edges
    assert edge.initiating == BlockId(42, sent.log.identifier.block_number)
    assert edge.executing == BlockId(137, len(cluster.members["sidechain"].chain.entries) - 1)
    assert graph.blocks[edge.initiating] == sent.log.identifier.timestamp <= graph.blocks[edge.executing]
    assert graph.refusals == {}
    assert set(graph.blocks) == {
        BlockId(member.chain.chain.chain_id, number)
        for member in cluster.members.values()
        for number in range(len(member.chain.entries))
    }


def test_token_moves_as_erc20_says() -> None:
    cluster = town()
    bob = wallet("Bob").address
    cluster.submit("Ann", "validium", TOKEN, TOKEN_CONTRACT.call_data("approve", bob, 30))
    cluster.tick()
    pull = TOKEN_CONTRACT.call_data("transferFrom", wallet("Ann").address, bob, 20)
    assert outcome(cluster, "validium", cluster.submit("Bob", "validium", TOKEN, pull)) is None
    assert outcome(cluster, "validium", cluster.submit("Bob", "validium", TOKEN, pull)) is not None
    assert cluster.balance("Bob", "validium") == PURSE + 20
