"""Orders that make money: a sandwich and a back-run, to the wei, by a market maker written down once more."""

from __future__ import annotations

from dataclasses import replace

from tests.support.paper_pool import PaperPool
from tests.support.planted import changed
from toyevm.contracts import contract_source
from toyevm.units import ETHER
from toyevm.workloads.attacks import ATTACKS, play
from toyevm.workloads.attacks.back_run.attack import back_run
from toyevm.workloads.attacks.sandwich.attack import sandwich

M = 10**6 * ETHER  # of each token, in each pool


def pools(number: int) -> list[PaperPool]:
    return [PaperPool((M, M)) for _ in range(number)]


def test_a_sandwich_takes_what_the_user_lost_to_the_wei() -> None:
    """The user gets 8,060 WETH less than with nobody before them; the producer ends with 9,352 DAI more."""
    pool, quiet = pools(2)
    bought = pool.sell(0, 50_000 * ETHER)
    received = pool.sell(0, 100_000 * ETHER)
    gain = pool.sell(1, bought) - 50_000 * ETHER
    sheet = ATTACKS["sandwich"]()
    assert sheet.change("producer", "DAI") == gain == 9_352_622451581972194044
    assert sheet.change("producer", "WETH") == 0
    assert sheet.change("user", "DAI") == -100_000 * ETHER
    assert sheet.change("user", "WETH") == received
    assert (quiet.sell(0, 100_000 * ETHER) - received) // ETHER == 8_060
    assert sheet.failures == {}


def test_a_least_amount_leaves_the_user_as_they_were_and_costs_the_producer_two_fees() -> None:
    (pool,) = pools(1)
    loss = 50_000 * ETHER - pool.sell(1, pool.sell(0, 50_000 * ETHER))
    sheet = ATTACKS["sandwich"](defended=True)
    assert sheet.failures == {1: "too little"}
    assert sheet.change("user", "DAI") == sheet.change("user", "WETH") == 0
    assert sheet.change("producer", "DAI") == -loss == -285_367125449931930582
    assert sheet.change("producer", "WETH") == 0


def test_a_careful_user_trades_where_nobody_is_before_them() -> None:
    """The defence does not stop trade: the same swap goes through in a block of its own."""
    scene = sandwich(True)
    sheet = play(replace(scene, blocks=(replace(scene.blocks[0], calls=scene.blocks[0].calls[1:2]),)))
    assert sheet.failures == {}
    assert sheet.change("user", "WETH") == pools(1)[0].sell(0, 100_000 * ETHER)


def test_without_the_line_of_the_defence_the_sandwich_is_eaten_again() -> None:
    line = 'assert taken >= max(least, 1), "too little"'
    assert contract_source("amm").count(line) == 2
    open_pool = changed("amm", ((line, "pass"),), everywhere=True)
    assert play(sandwich(True, open_pool)).change("producer", "DAI") == 9_352_622451581972194044


def test_a_back_run_levels_two_pools_and_leaves_the_user_what_they_got() -> None:
    pool, other = pools(2)
    received = pool.sell(0, 100_000 * ETHER)
    gain = pool.sell(1, other.sell(0, 45_000 * ETHER)) - 45_000 * ETHER
    sheet = ATTACKS["back_run"]()
    assert sheet.change("producer", "DAI") == gain == 4_457_319523917990355447
    assert sheet.change("producer", "WETH") == 0
    assert sheet.change("user", "WETH") == received
    tilts = [sheet.change(name, "DAI") - sheet.change(name, "WETH") for name in ("pool", "other pool")]
    assert 0 < tilts[0] - tilts[1] < 15_000 * ETHER  # 190,661 and 0 before the back-run


def test_a_split_swap_gives_the_user_more_and_the_back_run_a_loss() -> None:
    pool, other = pools(2)
    received = pool.sell(0, 50_000 * ETHER) + other.sell(0, 50_000 * ETHER)
    loss = 45_000 * ETHER - pool.sell(1, other.sell(0, 45_000 * ETHER))
    sheet = ATTACKS["back_run"](defended=True)
    assert sheet.change("producer", "DAI") == -loss == -3_786_315701229069101065
    assert sheet.change("user", "WETH") == received > ATTACKS["back_run"]().change("user", "WETH")
    assert sheet.failures == {}


def test_without_the_second_half_of_the_split_the_back_run_pays_again() -> None:
    (pool, other), scene = pools(2), back_run(True)
    pool.sell(0, 50_000 * ETHER)
    gain = pool.sell(1, other.sell(0, 45_000 * ETHER)) - 45_000 * ETHER
    first, _, buys, _ = scene.blocks[0].calls
    last = back_run(False).blocks[0].calls[-1]
    sheet = play(replace(scene, blocks=(replace(scene.blocks[0], calls=(first, buys, last)),)))
    assert sheet.change("producer", "DAI") == gain > 0
