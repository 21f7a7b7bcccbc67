"""The mixer shows what the machine did: calls, chains and speedups of real contracts, alone and beside each other."""

from __future__ import annotations

import pytest

from toyevm.errors import InputError
from toyevm.teaching.kit.palette import CRITICAL
from toyevm.teaching.lessons.applications import (
    WorkloadMixer,
    bargain,
    both_designs,
    falling_price,
    mixed_block,
    show_mix,
    show_profile,
)
from toyevm.teaching.lessons.applications.mix_profile import CROWDS, MIXED, TRANSACTIONS, profile_of_mix
from toyevm.teaching.lessons.applications.studies import WITH_TWO_DESIGNS
from toyevm.workloads.mixer import MIXABLE

HOT = ("swaps", "drop", "market", "loans", "game")


def test_each_application_of_the_mixer_is_in_the_registry() -> None:
    assert all({one.one_sum, one.spread} <= MIXABLE.keys() for one in MIXED.values())


@pytest.mark.parametrize("name", HOT)
def test_a_hot_application_alone_is_one_chain(name: str) -> None:
    assert profile_of_mix({name: 1}).speedup == 1.0


@pytest.mark.parametrize("count", range(2, 1 + len(HOT)))
def test_hot_applications_in_one_block_run_beside_each_other(count: int) -> None:
    profile = profile_of_mix(dict.fromkeys(HOT[:count], 1))
    assert profile.speedup == count
    assert [row.chain for row in profile.rows] == [row.calls for row in profile.rows]


def test_a_tenth_of_swaps_allows_for_a_speedup_of_ten() -> None:
    assert profile_of_mix({"payments": 9, "swaps": 1}).speedup == 10.0


def test_the_busier_the_crowd_the_longer_the_chain_of_the_same_payments() -> None:
    spans = [profile_of_mix({"payments": 1}, crowd).span for crowd in CROWDS]
    assert spans == sorted(spans)
    assert (spans[0], spans[-1]) == (1, 50)


@pytest.mark.parametrize("name", WITH_TWO_DESIGNS)
def test_the_design_that_spreads_is_faster_with_the_same_calls(name: str) -> None:
    one_sum, spread = (profile_of_mix({name: 1}, design=design) for design in ("one sum", "spread"))
    assert one_sum.calls == spread.calls == TRANSACTIONS
    assert spread.speedup > 8


def test_every_number_of_the_table_of_designs_is_at_most_the_bound_beside_it() -> None:
    rows = [[float(word.rstrip("×")) for word in line.split()[1:]] for line in both_designs().split("\n")[2:]]
    assert len(rows) == len(WITH_TWO_DESIGNS)
    assert all(on_cores <= bound for row in rows for bound, on_cores in zip(row[::2], row[1::2], strict=True))


def test_no_application_of_the_mixed_block_has_a_chain_longer_than_two() -> None:
    profile = mixed_block()
    assert sum(row.calls for row in profile.rows) == profile.calls == 40
    assert max(row.chain for row in profile.rows) == profile.span == 2
    assert "others" not in [row.name for row in profile.rows]


def test_pledges_are_parallel_and_loans_are_one_chain_as_liquidations_are() -> None:
    pledged, borrowed, fallen = (line.split() for line in falling_price().split("\n")[1:])
    assert (pledged[-5], pledged[-1]) == ("1", "60.0×")
    assert (borrowed[-4:-1], borrowed[-1]) == (["60", "lending:", "cash"], "1.0×")
    assert (fallen[-4:-1], fallen[-1]) == (["60", "lending:", "cash"], "1.0×")


def test_searchers_who_revert_make_a_block_faster() -> None:
    assert [line.split("best ")[1] for line in map(bargain, (2, 10, 16))] == ["4.0×", "4.8×", "8.0×"]


def test_a_picture_tells_a_chain_of_one_from_a_chain_of_two() -> None:
    picture = show_profile(mixed_block())
    assert "vouchers: 2 calls, longest chain 1, no two meet" in picture.svg
    assert "market: 2 calls, longest chain 2, most meet at market: fees" in picture.svg
    assert picture.svg.count(CRITICAL.fill) == sum(row.chain for row in mixed_block().rows if row.chain > 1)


def test_a_picture_says_the_same_as_its_words() -> None:
    picture = show_mix({"swaps": 1, "payments": 2})
    assert picture.svg.count("<rect") >= TRANSACTIONS
    for word in ("payments", "swaps", "20 of 20", "1 of 40", "at best 3.0 times"):
        assert word in picture.svg


def test_controls_and_calls_do_the_same() -> None:
    moved, called = WorkloadMixer(), WorkloadMixer()
    moved._named["swaps"].value, moved._named["crowd"].value = 5, "a few busy"
    called.set(swaps=5, crowd="a few busy")
    assert moved.text == called.text == show_mix(called.shares, "a few busy").text
    called.mix(drop=1, game=1)
    assert {name for name, share in called.shares.items() if share} == {"drop", "game"}


def test_a_mixer_without_any_share_says_so() -> None:
    mixer = WorkloadMixer()
    mixer.mix()
    assert mixer.text == "no calls: set a share above 0"


@pytest.mark.parametrize("shares", [{"chess": 1}, {"swaps": -1}, {"swaps": 0.5}, {"swaps": True}, {"swaps": 0}, {}])
def test_a_mix_that_there_is_not_is_refused(shares: dict[str, int]) -> None:
    with pytest.raises(InputError):
        profile_of_mix(shares)


@pytest.mark.parametrize("words", [{"crowd": "nobody"}, {"design": "new"}])
def test_a_crowd_or_design_that_there_is_not_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(InputError):
        profile_of_mix({"swaps": 1}, **words)
