"""The fee market: who gets in, in which order, and what the price does about it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from toyevm.blocks import Header
from toyevm.chain import next_base_fee
from toyevm.units import GWEI
from toyevm.workloads.mempool import Offer, build_block, run_market

ANN, BOB, CLEO = (bytes([byte]) * 20 for byte in (1, 2, 3))


def offer(sender: bytes, max_fee: int, max_tip: int, nonce: int = 0, gas: int = 10, arrived: int = 0) -> Offer:
    return Offer(sender, nonce, gas, max_fee, max_tip, arrived)


offers = st.lists(
    st.builds(
        Offer,
        sender=st.sampled_from([ANN, BOB, CLEO]),
        nonce=st.integers(0, 3),
        gas=st.integers(1, 40),
        max_fee=st.integers(0, 30),
        max_tip=st.integers(0, 30),
        arrived=st.integers(0, 2),
    ),
    max_size=12,
    unique_by=lambda made: (made.sender, made.nonce),
)


def test_a_high_maximum_with_a_small_tip_buys_no_better_place() -> None:
    generous, patient = offer(ANN, max_fee=100, max_tip=1), offer(BOB, max_fee=20, max_tip=5)
    assert build_block([generous, patient], base_fee=10, gas_limit=100) == [patient, generous]


def test_who_cannot_pay_the_base_fee_waits_even_if_there_is_room() -> None:
    assert build_block([offer(ANN, max_fee=9, max_tip=9)], base_fee=10, gas_limit=100) == []


def test_the_base_fee_eats_into_a_tip_that_the_maximum_does_not_cover() -> None:
    assert [offer(ANN, max_fee=30, max_tip=4).tip(base_fee) for base_fee in (26, 27, 30, 31)] == [4, 3, 0, -1]


def test_a_sender_who_bids_more_for_a_later_nonce_is_not_reordered() -> None:
    first, second = offer(ANN, 30, 1, nonce=0), offer(ANN, 30, 9, nonce=1)
    between = offer(BOB, 30, 5)
    assert build_block([second, between, first], base_fee=10, gas_limit=100) == [between, first, second]


def test_a_nonce_that_has_to_wait_holds_up_those_behind_it() -> None:
    poor, rich = offer(ANN, 9, 1, nonce=0), offer(ANN, 30, 9, nonce=1)
    assert build_block([poor, rich], base_fee=10, gas_limit=100) == []
    large, small = offer(ANN, 30, 9, nonce=0, gas=200), offer(ANN, 30, 9, nonce=1)
    assert build_block([large, small], base_fee=10, gas_limit=100) == []


def test_what_does_not_fit_does_not_stop_what_does() -> None:
    large, small = offer(ANN, 30, 9, gas=90), offer(BOB, 30, 5, gas=20)
    third = offer(CLEO, 30, 1, gas=10)
    assert build_block([large, small, third], base_fee=10, gas_limit=100) == [large, third]


def test_equal_tips_are_served_in_order_of_arrival() -> None:
    late, early = offer(ANN, 30, 5, arrived=2), offer(BOB, 30, 5, arrived=1)
    assert build_block([late, early], base_fee=10, gas_limit=100) == [early, late]


@given(offers, st.integers(0, 20), st.integers(0, 120))
def test_every_block_keeps_the_rules_of_the_market(waiting: list[Offer], base_fee: int, gas_limit: int) -> None:
    chosen = build_block(waiting, base_fee, gas_limit)
    assert sum(one.gas for one in chosen) <= gas_limit
    assert all(one in waiting and one.tip(base_fee) >= 0 for one in chosen)
    assert len({(one.sender, one.nonce) for one in chosen}) == len(chosen)
    for sender in (ANN, BOB, CLEO):
        nonces = sorted(one.nonce for one in waiting if one.sender == sender)
        taken = [one.nonce for one in chosen if one.sender == sender]
        assert taken == nonces[: len(taken)]
    room = gas_limit - sum(one.gas for one in chosen)
    for sender in {one.sender for one in waiting}:  # nobody who could be next was forgotten
        left = [one for one in waiting if one.sender == sender and one not in chosen]
        front = min(left, key=lambda one: one.nonce, default=None)
        assert front is None or front.tip(base_fee) < 0 or front.gas > room


@given(offers, st.integers(0, 20), st.randoms(use_true_random=False))
def test_the_order_in_which_offers_are_listed_does_not_matter(
    waiting: list[Offer], base_fee: int, random: object
) -> None:
    shuffled = list(waiting)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert build_block(shuffled, base_fee, 100) == build_block(waiting, base_fee, 100)


def test_a_market_from_the_same_seed_is_the_same() -> None:
    assert run_market([1, 4, 1], seed=3) == run_market([1, 4, 1], seed=3)
    assert run_market([1, 4, 1], seed=3) != run_market([1, 4, 1], seed=4)


def test_the_base_fee_is_that_of_the_protocol() -> None:
    blocks = run_market([0.5, 4, 4, 4, 0, 0], seed=1)
    for before, after in pairwise(blocks):
        parent = Header(gas_limit=before.gas_limit, gas_used=before.gas_used, base_fee_per_gas=before.base_fee)
        assert after.base_fee == next_base_fee(parent)
        assert abs(after.base_fee - before.base_fee) <= before.base_fee // 8 + 1


def test_nobody_gets_lost_between_arrival_and_block() -> None:
    blocks = run_market([1, 5, 5, 0.2, 0], seed=2)
    assert sum(block.arrived for block in blocks) == sum(block.included for block in blocks) + blocks[-1].waiting
    assert all(block.included == len(block.offers) and block.priced_out <= block.waiting for block in blocks)
    assert all(block.gas_used == sum(one.gas for one in block.offers) for block in blocks)


def test_a_rush_moves_the_price() -> None:
    blocks = run_market([0.8] * 5 + [4] * 10, seed=0)
    assert blocks[-1].base_fee > 2 * blocks[5].base_fee
    assert blocks[4].base_fee < blocks[0].base_fee


def test_an_extra_offer_comes_when_it_says() -> None:
    mine = Offer(ANN, 0, 21_000, 1_000 * GWEI, 900 * GWEI, arrived=2)
    blocks = run_market([1, 1, 1, 1], seed=5, extra=[mine])
    assert [mine in block.offers for block in blocks] == [False, False, True, False]
    assert blocks[2].offers[0] == mine
