"""Each refusal of a cluster's contracts is needed, and asked for: without it, the test that is named here fails."""

from __future__ import annotations

import pytest

from tests.rollups.interop import test_messages as messages
from tests.rollups.interop import test_swap as swap
from tests.rollups.planted import Question, fails, taken_away, unasked
from toyevm.contracts.compile import compile_vyper
from toyevm.rollups.interop import cluster
from toyevm.rollups.interop.messages import MESSENGER_CONTRACT, TOKEN_CONTRACT

LOCKS = swap.test_each_refusal_has_its_words
FOUND_BY: dict[str, dict[str, tuple[Question, ...]]] = {
    "cross_domain_messenger": {
        "to its own chain": (messages.test_a_message_to_its_own_chain_is_refused,),
        "to a messenger": (messages.test_the_messenger_is_no_target_so_nobody_speaks_in_its_name,),
        "fake origin": (messages.test_a_log_of_another_contract_is_refused,),
        "not a sent message": (messages.test_another_log_of_the_messenger_is_refused,),
        "for another chain": (messages.test_a_message_for_another_chain_is_refused,),
        "relayed already": (messages.test_a_message_is_relayed_once, messages.test_what_was_relayed_cannot_be_reported),
        "not from a messenger": (messages.test_only_a_messenger_expires_messages,),
        "never sent": (messages.test_what_was_never_sent_cannot_expire,),
        "not expired yet": (messages.test_a_report_before_its_time_is_refused,),
    },
    "cross_chain_token": {
        "not the messenger": (messages.test_nobody_but_the_messenger_has_tokens_minted,),
        "not from this token": (messages.test_a_message_of_a_person_mints_nothing,),
        "not expired": (messages.test_a_refund_needs_a_report,),
        "refunded already": (messages.test_what_was_not_relayed_in_time_is_refunded_once,),
    },
    "hash_time_lock": {
        "hash used already": (swap.test_a_secret_opens_one_lock_ever,),
        "deadline has passed": (LOCKS,),
        "no tokens": (LOCKS,),
        "no open lock": (LOCKS,),
        "too late": (LOCKS,),
        "too early": (LOCKS,),
    },
}


@pytest.mark.parametrize(("contract", "words", "source"), taken_away(FOUND_BY, every=8))
def test_a_refusal_that_is_taken_away_is_missed(
    contract: str, words: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("vyper")
    changed, first_world = compile_vyper(source, contract), cluster._first_world
    pair = {"cross_domain_messenger": (changed, TOKEN_CONTRACT), "cross_chain_token": (MESSENGER_CONTRACT, changed)}
    if contract in pair:
        monkeypatch.setattr(cluster, "_first_world", lambda people, _: first_world(people, pair[contract]))
    else:
        monkeypatch.setattr(cluster, "LOCK_CONTRACT", changed)
    assert any(map(fails, FOUND_BY[contract][words]))


def test_each_refusal_has_its_question() -> None:
    assert unasked(FOUND_BY) == []
