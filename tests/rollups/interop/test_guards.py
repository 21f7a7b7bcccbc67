"""Each guard against a theft: with it, the attack brings nothing; without it, Mallory has more than was hers."""

from __future__ import annotations

import pytest

from tests.rollups.interop import attacks
from tests.rollups.interop.attacks import AMOUNT, Attack
from tests.rollups.interop.faults import MESSENGER_FAULTS, THEFTS, TOKEN_FAULTS, messenger_with, token_with
from tests.support.clusters import sent_one, town
from toyevm.rollups.interop.cluster import PURSE, Cluster
from toyevm.rollups.interop.validity import BlockRefusal
from toyevm.workloads.wallets import wallet

ON_THE_MESSENGER: dict[str, Attack] = {
    "a log of anybody is taken for the messenger's": attacks.relay_log_of_her_contract,
    "a log is not claimed": attacks.relay_without_any_log,
    "delivered on every chain": attacks.relay_everywhere,
    "delivered as often as one asks": attacks.relay_twice,
    "the messenger speaks for anybody": attacks.have_the_messenger_expire_it,
    "anybody says that a message has expired": attacks.expire_it_herself,
    "what was never sent expires": attacks.expire_what_was_never_sent,
    "a message expires while it can be delivered": attacks.expire_too_early,
    "what was delivered is reported as not": attacks.report_what_was_delivered,
}
ON_THE_TOKEN: dict[str, Attack] = {
    "anybody mints": attacks.mint,
    "anybody's message mints": attacks.send_a_mint,
    "refunded without having expired": attacks.refund_at_once,
    "refunded as often as one asks": attacks.refund_twice,
    "sent without being burned": attacks.send,
}
ON_THE_RULES: dict[BlockRefusal, Attack] = {
    BlockRefusal.UNKNOWN_CHAIN: attacks.relay_from_a_rogue_chain,
    BlockRefusal.EXPIRED: attacks.relay_what_was_refunded,
    BlockRefusal.WRONG_TIMESTAMP: attacks.relay_what_was_refunded_as_new,
    BlockRefusal.NO_SUCH_BLOCK: attacks.relay_from_no_block,
    BlockRefusal.NO_SUCH_LOG: attacks.reorganise_the_source,
    BlockRefusal.FAKE_ORIGIN: attacks.relay_log_of_her_contract_as_the_messengers,
    BlockRefusal.FAKE_PAYLOAD: attacks.relay_without_any_log,
    BlockRefusal.INVALID_SOURCE: attacks.pass_on_what_an_invalid_block_has_sent,
}
ALL = {**ON_THE_MESSENGER, **ON_THE_TOKEN, **ON_THE_RULES}


def loot(cluster: Cluster) -> int:
    """Return how many tokens Mallory has on all layers beyond what was hers."""
    return sum(cluster.balance("Mallory", layer) for layer in cluster.members) - 3 * PURSE


@pytest.mark.parametrize("guard", ALL)
def test_with_every_guard_the_attack_brings_nothing(guard: str) -> None:
    cluster = town()
    ALL[guard](cluster)
    assert loot(cluster) <= 0
    assert cluster.books().is_balanced


@pytest.mark.parametrize("guard", ON_THE_MESSENGER)
def test_without_a_guard_of_the_messenger_it_is_a_theft(guard: str) -> None:
    check_theft(town(contracts=messenger_with(guard)), ON_THE_MESSENGER[guard])


@pytest.mark.parametrize("guard", ON_THE_TOKEN)
def test_without_a_guard_of_the_token_it_is_a_theft(guard: str) -> None:
    check_theft(town(contracts=token_with(guard)), ON_THE_TOKEN[guard])


@pytest.mark.parametrize("rule", ON_THE_RULES)
def test_without_a_rule_it_is_a_theft(rule: BlockRefusal) -> None:
    check_theft(town(ignoring=[rule]), ON_THE_RULES[rule])


def check_theft(cluster: Cluster, attack: Attack) -> None:
    attack(cluster)
    books = cluster.books()
    assert loot(cluster) + books.in_flight >= AMOUNT
    assert books.missing <= -AMOUNT
    assert not books.is_balanced


def test_without_the_rule_of_time_tokens_are_spent_before_they_are_burned() -> None:
    cluster = town(ignoring=[BlockRefusal.FROM_THE_FUTURE])
    attacks.relay_before_it_is_sent(cluster)
    assert cluster.books().early == AMOUNT
    assert not cluster.books().is_balanced
    kept = town()
    attacks.relay_before_it_is_sent(kept)
    assert kept.books().is_balanced


def test_without_a_nonce_the_second_of_two_equal_messages_is_lost() -> None:
    cluster = town(contracts=messenger_with("two equal messages are one"))
    for _ in range(2):
        sent = sent_one(cluster, name="Ann", amount=AMOUNT)
        cluster.relay("Bob", sent)
        cluster.tick()
    assert cluster.balance("Ann", "sidechain") == PURSE + AMOUNT
    assert cluster.books().missing == AMOUNT


def test_every_guard_is_taken_away_here() -> None:
    assert {*ON_THE_MESSENGER, "two equal messages are one"} == set(MESSENGER_FAULTS)
    assert set(ON_THE_TOKEN) == set(TOKEN_FAULTS)
    assert {*ON_THE_RULES, BlockRefusal.FROM_THE_FUTURE} == set(THEFTS)
    assert wallet("Mallory").address == attacks.MALLORY.address
