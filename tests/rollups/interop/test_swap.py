"""The atomic swap: who has claimed and who has lost, by when what was shown and how far apart the deadlines are."""

from __future__ import annotations

import pytest

from tests.rollups.planted import changed
from tests.support.clusters import outcome, town
from toyevm.contracts import Contract
from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.rollups.interop.cluster import LOCK, LOCK_CONTRACT, PURSE, Cluster
from toyevm.rollups.interop.messages import TOKEN, TOKEN_CONTRACT
from toyevm.rollups.interop.swap import ANN_GIVES, BOB_GIVES, FIRST, SECOND, SECRET, Swap, SwapOutcome, SwapTimes
from toyevm.state import Account
from toyevm.workloads.wallets import wallet

SWAPPED = SwapOutcome((-ANN_GIVES, BOB_GIVES), (ANN_GIVES, -BOB_GIVES))
NOTHING = SwapOutcome((0, 0), (0, 0))
BOB_LOST = SwapOutcome((0, BOB_GIVES), (0, -BOB_GIVES))
ANN_LOST = SwapOutcome((-ANN_GIVES, 0), (ANN_GIVES, 0))


@pytest.mark.parametrize(
    ("times", "expected", "words"),
    [
        (SwapTimes(), SWAPPED, "swapped"),
        (SwapTimes(shown=96), SWAPPED, "swapped"),  # in the last block before the deadline
        (SwapTimes(shown=None), NOTHING, "taken back"),
        (SwapTimes(shown=96, ann_deadline=120), BOB_LOST, "Bob has lost"),  # no time between the deadlines
        (SwapTimes(shown=24, ann_deadline=120), SWAPPED, "swapped"),  # only if Ann does not wait for the last moment
        (SwapTimes(shown=96, reaction=200), BOB_LOST, "Bob has lost"),  # he sleeps
        (SwapTimes(shown=24, ann_deadline=48, bob_deadline=240), BOB_LOST, "Bob has lost"),  # the wrong way round
        (SwapTimes(shown=120), ANN_LOST, "Ann has lost"),  # her claim fails, and the secret is out
        (SwapTimes(shown=12, bob_deadline=12), ANN_LOST, "Ann has lost"),  # a deadline too short for a claim
    ],
)
def test_who_loses_follows_from_the_times(times: SwapTimes, expected: SwapOutcome, words: str) -> None:
    cluster = town()
    assert Swap(cluster, times).play() == expected
    assert expected.words == words
    assert cluster.balance("Ann", FIRST) + cluster.balance("Bob", FIRST) == 2 * PURSE  # nothing is left in a lock
    assert cluster.books().is_balanced


def test_the_later_deadline_is_the_one_of_who_knows_the_secret() -> None:
    """With Bob's reaction and one block for his claim between the deadlines, no time of Ann's makes him lose."""
    for shown in (0, 12, 48, 84, 96, 108, 120, 132):
        assert Swap(town(), SwapTimes(ann_deadline=120 + 48, shown=shown)).play().words != "Bob has lost"


def test_a_secret_opens_one_lock_ever() -> None:
    cluster = town()
    Swap(cluster, SwapTimes()).play()
    with pytest.raises(InputError, match="Ann's lock: hash used already"):
        Swap(cluster, SwapTimes())


def test_a_used_secret_would_open_the_next_lock_at_once() -> None:
    guard = '    assert self.locks[secret_hash].owner == empty(address), "hash used already"\n'
    cluster = town(extra={LOCK: Account(nonce=1, code=without(guard).code)})
    assert Swap(cluster, SwapTimes()).play() == SWAPPED
    swap = Swap(cluster, SwapTimes(shown=None))
    cluster.submit("Mallory", FIRST, LOCK, LOCK_CONTRACT.call_data("claim", SECRET))  # she has read it
    cluster.tick()
    assert cluster.balance("Bob", FIRST) == PURSE + 2 * ANN_GIVES
    assert swap.play() == ANN_LOST


def late_claim(cluster: Cluster) -> Swap:
    """Bob sleeps over both deadlines; Ann takes back what is hers, and then claims what is his."""
    swap = Swap(cluster, SwapTimes())
    cluster.tick(swap.times.ann_deadline)
    cluster.submit("Ann", FIRST, LOCK, LOCK_CONTRACT.call_data("refund", swap.hash))
    cluster.submit("Ann", SECOND, LOCK, LOCK_CONTRACT.call_data("claim", SECRET))
    cluster.tick()
    return swap


def early_refund(cluster: Cluster) -> Swap:
    """Bob takes back at once what is his; Ann does not see it in time, and shows her secret."""
    swap = Swap(cluster, SwapTimes())
    cluster.submit("Bob", SECOND, LOCK, LOCK_CONTRACT.call_data("refund", swap.hash))
    cluster.tick()
    return swap


def test_a_claim_has_an_end_so_who_sleeps_keeps_what_is_theirs() -> None:
    assert late_claim(town()).play() == NOTHING
    guard = '    assert block.timestamp < self.locks[secret_hash].deadline, "too late"\n'
    assert late_claim(town(extra={LOCK: Account(nonce=1, code=without(guard).code)})).play() == BOB_LOST


def test_a_refund_has_a_beginning_so_a_claim_can_be_relied_on() -> None:
    assert early_refund(town()).play() == SWAPPED
    guard = '    assert block.timestamp >= self.locks[secret_hash].deadline, "too early"\n'
    assert early_refund(town(extra={LOCK: Account(nonce=1, code=without(guard).code)})).play() == ANN_LOST


def test_each_refusal_has_its_words() -> None:
    cluster = town()
    swap = Swap(cluster, SwapTimes(shown=None))
    claim, refund = LOCK_CONTRACT.call_data("claim", SECRET), LOCK_CONTRACT.call_data("refund", swap.hash)
    wrong = LOCK_CONTRACT.call_data("claim", keccak256(b"no"))
    assert outcome(cluster, FIRST, cluster.submit("Bob", FIRST, LOCK, wrong)) == "no open lock"
    assert outcome(cluster, SECOND, cluster.submit("Bob", SECOND, LOCK, refund)) == "too early"
    assert outcome(cluster, FIRST, cluster.submit("Mallory", FIRST, LOCK, claim)) is None  # for Bob, not for her
    assert cluster.balance("Bob", FIRST) == PURSE + ANN_GIVES
    assert outcome(cluster, FIRST, cluster.submit("Bob", FIRST, LOCK, claim)) == "no open lock"
    cluster.tick(swap.times.bob_deadline)
    assert outcome(cluster, SECOND, cluster.submit("Ann", SECOND, LOCK, claim)) == "too late"
    assert outcome(cluster, SECOND, cluster.submit("Ann", SECOND, LOCK, refund)) is None
    assert outcome(cluster, SECOND, cluster.submit("Bob", SECOND, LOCK, refund)) == "no open lock"
    assert cluster.balance("Bob", SECOND) == PURSE
    late = LOCK_CONTRACT.call_data("lock", keccak256(b"1"), TOKEN, wallet("Bob").address, 1, 1)
    assert outcome(cluster, FIRST, cluster.submit("Ann", FIRST, LOCK, late)) == "deadline has passed"
    bare = LOCK_CONTRACT.call_data("lock", keccak256(b"2"), TOKEN, wallet("Bob").address, 1, 2**40)
    assert outcome(cluster, FIRST, cluster.submit("Bob", FIRST, LOCK, bare)) is not None  # nothing approved


def take_twice(cluster: Cluster) -> None:
    """Bob takes back what he has locked; when Ann has locked as much for Mallory, he takes it back again."""
    swap = Swap(cluster, SwapTimes(shown=None))
    cluster.tick(swap.times.bob_deadline)
    refund = LOCK_CONTRACT.call_data("refund", swap.hash)
    lock = LOCK_CONTRACT.call_data("lock", keccak256(b"1"), TOKEN, wallet("Mallory").address, BOB_GIVES, 2**40)
    approve = TOKEN_CONTRACT.call_data("approve", LOCK, BOB_GIVES)
    for who, to, data in (("Bob", LOCK, refund), ("Ann", TOKEN, approve), ("Ann", LOCK, lock), ("Bob", LOCK, refund)):
        cluster.submit(who, SECOND, to, data)
        cluster.tick()


def test_a_lock_is_paid_out_once_so_nobody_has_the_tokens_of_another() -> None:
    cluster = town()
    take_twice(cluster)
    assert cluster.balance("Bob", SECOND) == PURSE
    guard = '    assert self.locks[secret_hash].open, "no open lock"\n'
    end = '    assert block.timestamp >= self.locks[secret_hash].deadline, "too early"\n'
    cluster = town(extra={LOCK: Account(nonce=1, code=without(guard + end, end).code)})
    take_twice(cluster)
    assert cluster.balance("Bob", SECOND) == PURSE + BOB_GIVES


def without(guard: str, instead: str = "") -> Contract:
    return changed("hash_time_lock", ((guard, instead),))
