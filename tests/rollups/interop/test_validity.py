"""Which blocks stand: each rule refuses by its name, and what builds on a block falls with it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.clusters import PERIOD, WEEK, changed, outcome, refusals, sent_one, take_back, town
from toyevm.crypto import keccak256
from toyevm.rollups.interop.cluster import PURSE, Cluster, SentMessage
from toyevm.rollups.interop.forgery import FORGER, RogueChain, exchange, forged_call
from toyevm.rollups.interop.messages import (
    INBOX,
    INBOX_CONTRACT,
    MESSENGER,
    TOKEN,
    MessageIdentifier,
    initiating_message,
    sent_payload,
)
from toyevm.rollups.interop.validity import EXPIRY_WINDOW, BlockRefusal
from toyevm.workloads.wallets import wallet

MALLORY = wallet("Mallory")


def one_refused(cluster: Cluster, sent: SentMessage, seconds: int = 12) -> BlockRefusal:
    """Have Mallory relay a message on the sidechain, and return why its block was replaced."""
    height = len(cluster.members["sidechain"].chain.entries)
    tx = cluster.relay("Mallory", sent, "sidechain")
    cluster.tick(seconds)
    ((layer, refusal),) = refusals(cluster)
    assert layer == "sidechain"
    assert len(cluster.members["sidechain"].chain.entries) == height + 1  # a block stands there, without transactions
    assert tx not in cluster.members["sidechain"].chain.entries[-1].sealed.transactions
    assert cluster.books().is_balanced
    return refusal


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"block_number": 10**6}, BlockRefusal.NO_SUCH_BLOCK),
        ({"log_index": 2}, BlockRefusal.NO_SUCH_LOG),
        ({"log_index": 0}, BlockRefusal.FAKE_ORIGIN),
        ({"timestamp": 1}, BlockRefusal.WRONG_TIMESTAMP),
        ({"timestamp": 10**9}, BlockRefusal.FROM_THE_FUTURE),
        ({"chain_id": 666}, BlockRefusal.UNKNOWN_CHAIN),
        ({"chain_id": 137, "block_number": 0, "timestamp": 0}, BlockRefusal.NO_SUCH_LOG),
    ],
)
def test_an_identifier_that_does_not_fit_is_refused_by_name(fields: dict[str, Any], expected: BlockRefusal) -> None:
    cluster = town()
    assert one_refused(cluster, changed(sent_one(cluster), **fields)) is expected


def test_other_content_is_refused() -> None:
    cluster = town()
    sent = sent_one(cluster)
    more = forged_call(42, 137, MALLORY.address, 500)
    assert one_refused(cluster, changed(sent, sent_payload(more))) is BlockRefusal.FAKE_PAYLOAD


def test_a_log_that_looks_like_the_messengers_is_refused() -> None:
    cluster = town()
    call = forged_call(42, 137, MALLORY.address, 500)
    cluster.submit("Mallory", "rollup", FORGER, sent_payload(call))
    cluster.tick()
    log = initiating_message(42, cluster.members["rollup"].chain.entries[-1].sealed, 0)
    assert log.payload == sent_payload(call)  # right in every byte
    sent = changed(SentMessage(log, call), origin=MESSENGER)
    assert one_refused(cluster, sent) is BlockRefusal.FAKE_ORIGIN


def test_a_chain_outside_the_dependency_set_is_refused_whatever_it_logs() -> None:
    cluster = town()
    rogue = RogueChain([MALLORY], cluster.now)
    call = forged_call(666, 137, MALLORY.address, 500)
    log = rogue.forge(MALLORY, call)
    cluster.outsiders[666] = [entry.sealed for entry in rogue.entries]
    cluster.tick()
    assert one_refused(cluster, SentMessage(log, call)) is BlockRefusal.UNKNOWN_CHAIN


def test_a_message_is_executed_in_the_last_second_of_its_time_and_not_after() -> None:
    assert EXPIRY_WINDOW == 604_800
    for late in (0, 1):
        cluster = town()
        sent = sent_one(cluster)
        tx = cluster.relay("Bob", sent)
        cluster.tick(sent.log.identifier.timestamp + WEEK + late - cluster.l1.now)
        assert cluster.now == sent.log.identifier.timestamp + WEEK + late
        if late:
            assert refusals(cluster) == [("sidechain", BlockRefusal.EXPIRED)]
        else:
            assert cluster.reason("sidechain", tx) is None


def test_a_layer_that_lags_cannot_execute_what_is_sent_later() -> None:
    cluster = town()
    cluster.send_tokens("Ann", "rollup", "validium", 5)
    cluster.tick(60, builders=[])
    (sent,) = cluster.sent("rollup")
    cluster.relay("Mallory", sent)
    cluster.build("validium", lag=1)
    cluster.settle()
    assert refusals(cluster) == [("validium", BlockRefusal.FROM_THE_FUTURE)]


def test_a_message_of_the_same_second_is_executed() -> None:
    cluster = town()
    cluster.send_tokens("Ann", "rollup", "validium", 5)
    cluster.tick(builders=[])
    (sent,) = cluster.sent("rollup")
    assert sent.log.identifier.timestamp == cluster.now
    tx = cluster.relay("Bob", sent)
    cluster.build("validium")
    cluster.settle()
    assert cluster.reason("validium", tx) is None
    assert refusals(cluster) == []


def test_two_blocks_may_execute_messages_of_each_other() -> None:
    cluster = town()
    exchange(cluster, "Ann", 7)
    graph = cluster.settle()
    assert graph.refusals == {}
    assert {(edge.executing.chain_id, edge.initiating.chain_id) for edge in graph.edges} == {(137, 43), (43, 137)}
    assert len({graph.blocks[edge.executing] for edge in graph.edges}) == 1  # of one second
    assert cluster.books() == cluster.books()._replace(in_flight=0, early=0)
    assert cluster.balance("Ann", "sidechain") == cluster.balance("Ann", "validium") == PURSE


def test_messages_that_presuppose_each_other_are_refused() -> None:
    cluster = town()
    exchange(cluster, "Mallory", 10 * PURSE, relay_first=["sidechain", "validium"])  # she has burned what nobody had
    cluster.settle()
    assert sorted(refusals(cluster)) == [("sidechain", BlockRefusal.CIRCLE), ("validium", BlockRefusal.CIRCLE)]
    assert cluster.sent("validium") == []


def test_without_the_rule_of_circles_tokens_exist_that_nobody_had() -> None:
    cluster = town(ignoring=[BlockRefusal.CIRCLE])
    exchange(cluster, "Mallory", 10 * PURSE, relay_first=["sidechain", "validium"])
    assert cluster.settle().refusals == {}
    minted, *_ = cluster.side.chain.logs(cluster.side.chain.head.number, TOKEN)
    assert int.from_bytes(minted.data, "big") == 10 * PURSE
    assert cluster.books().is_balanced  # only within the second: no end of a block shows it


@pytest.mark.parametrize("first", ["log", "claim"])
def test_a_log_of_its_own_block_counts_only_behind_it(first: str) -> None:
    """A chain belongs to its own dependency set."""
    cluster = town()
    cluster.tick(builders=[])
    number, payload = len(cluster.side.chain.entries), bytes(127) + b"\1" + b"said"
    place = MessageIdentifier(FORGER, number, 0 if first == "log" else 1, cluster.now, 137)
    claim = INBOX_CONTRACT.call_data("validate_message", *place, keccak256(payload))
    calls = [(FORGER, payload), (INBOX, claim)]
    for contract, data in calls if first == "log" else calls[::-1]:
        cluster.submit("Ann", "sidechain", contract, data)
    cluster.build("sidechain")
    cluster.settle()
    assert refusals(cluster) == ([] if first == "log" else [("sidechain", BlockRefusal.CIRCLE)])


# What falls with a block, and what stands


def test_what_builds_on_an_invalid_block_falls_with_it_and_the_rest_stands() -> None:
    cluster = town()
    honest = sent_one(cluster, "rollup", "validium")
    bad = changed(sent_one(cluster), log_index=9)
    cluster.tick(builders=[])
    cluster.relay("Mallory", bad, "sidechain")
    cluster.send_tokens("Mallory", "sidechain", "validium", 50)
    cluster.build("sidechain")
    taken = cluster.sent("sidechain")[-1]
    good = cluster.relay("Bob", honest)
    on_it = cluster.relay("Mallory", taken)
    cluster.build("validium")
    head = cluster.members["rollup"].chain.entries[-1].sealed.hash
    cluster.settle()
    assert sorted(refusals(cluster)) == [
        ("sidechain", BlockRefusal.NO_SUCH_LOG),
        ("validium", BlockRefusal.INVALID_SOURCE),
    ]
    assert cluster.members["rollup"].chain.entries[-1].sealed.hash == head
    entries = cluster.members["validium"].chain.entries
    assert entries[-1].sealed.transactions == ()
    assert cluster.books().is_balanced
    again = cluster.relay("Bob", honest)  # an honest one in the same block has to come again
    assert good.hash != on_it.hash
    assert outcome(cluster, "validium", again) is None


def test_the_blocks_after_an_invalid_one_are_made_anew_with_their_transactions() -> None:
    cluster = town()
    sent = sent_one(cluster, "sidechain", "validium")
    cluster.relay("Mallory", sent)
    cluster.tick()
    later = cluster.send_tokens("Bob", "validium", "rollup", 3)
    cluster.tick()
    assert cluster.reason("validium", later) is None
    validium = cluster.members["validium"]
    take_back(cluster, sent.log.identifier.block_number)
    assert [refusal for _, refusal in refusals(cluster)] == [BlockRefusal.NO_SUCH_LOG, BlockRefusal.INVALID_PARENT]
    assert later in validium.chain.pool  # type: ignore[attr-defined]
    cluster.tick()
    assert cluster.reason("validium", later) is None
    assert cluster.books().is_balanced
    assert cluster.balance("Ann", "validium") == PURSE


def test_a_refused_block_stays_refused_however_often_one_looks() -> None:
    cluster = town()
    one_refused(cluster, changed(sent_one(cluster), log_index=9))
    hashes = [entry.sealed.hash for entry in cluster.members["sidechain"].chain.entries]
    assert cluster.settle().refusals == {}
    assert [entry.sealed.hash for entry in cluster.members["sidechain"].chain.entries] == hashes


def test_who_asks_first_is_told_the_same() -> None:
    cluster = town()
    sent = sent_one(cluster)
    assert cluster.why_not(sent) is None
    assert cluster.why_not(changed(sent, log_index=9)) is BlockRefusal.NO_SUCH_LOG
    cluster.tick(PERIOD)
    assert cluster.why_not(sent) is BlockRefusal.EXPIRED
