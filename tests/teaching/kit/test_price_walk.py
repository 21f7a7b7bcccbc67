"""The blob market of lesson 09: what is drawn is what the rules say, and the words say the same."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from toyevm.errors import InputError
from toyevm.forks import BPO2
from toyevm.rollups.costs import reserve_price
from toyevm.teaching.kit.price_walk import HALF, RULES, BlobDemand
from toyevm.teaching.kit.price_walk_player import PriceWalk
from toyevm.teaching.kit.price_walk_view import BOTTOM, TOP, price_words, show_price_walk
from toyevm.units import GWEI


def prices(demand: BlobDemand, slot: int) -> dict[str, int]:
    return {name: walk[slot].price for name, walk in demand.walks.items()}


def test_every_walk_begins_at_the_same_price_and_has_all_slots() -> None:
    demand = BlobDemand(start=GWEI)
    assert all(GWEI <= price < 1.001 * GWEI for price in prices(demand, 0).values())
    assert {len(walk) for walk in demand.walks.values()} == {2 * HALF + 1}


def test_the_same_demand_is_above_the_target_of_one_fork_and_below_that_of_another() -> None:
    after = prices(BlobDemand(first=10, start=GWEI), HALF)
    assert after["Cancun"] > after["Prague"] > after["BPO1"] > after["BPO2"]
    assert after["BPO1"] == pytest.approx(GWEI, rel=1e-3)  # 10 is its target


def test_a_block_carries_no_more_than_it_may() -> None:
    most = {name: walk[0].blobs for name, walk in BlobDemand(first=24).walks.items()}
    assert most == {name: fork.blobs.maximum for name, fork in RULES.items()}


def test_since_osaka_empty_blocks_do_not_lower_the_price_beyond_its_reserve() -> None:
    demand = BlobDemand(first=0, then=0, base_fee=16 * GWEI, start=100 * GWEI)
    last = prices(demand, 2 * HALF)
    assert max(last["Cancun"], last["Prague"]) < GWEI / 2
    assert 0.85 * GWEI < last["BPO2"] < reserve_price(BPO2, 16 * GWEI)


@pytest.mark.parametrize(
    "demand",
    [BlobDemand(), BlobDemand(0, 0, start=1), BlobDemand(24, 24, base_fee=100 * GWEI, start=100 * GWEI)],
    ids=["as shown", "nothing", "all there is"],
)
def test_the_picture_has_a_line_for_each_fork_inside_its_frame(demand: BlobDemand) -> None:
    picture = show_price_walk(demand)
    root = ElementTree.fromstring(picture.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "; ".join(picture.text.split("\n"))
    lines = [element for element in root.iter() if element.tag.endswith("line") and element.get("stroke-width") == "2"]
    assert len({line.get("stroke") for line in lines}) == len(RULES)
    assert all(TOP - 0.1 <= float(line.get(end, "")) <= BOTTOM + 0.1 for line in lines for end in ("y1", "y2"))
    words = {"".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")}
    for name, price in prices(demand, 2 * HALF).items():
        assert f"{name} {price_words(price)}" in words


def test_the_table_says_the_prices_of_the_slots() -> None:
    demand = BlobDemand(first=21, then=3)
    lines = show_price_walk(demand).text.split("\n")
    assert [line.split()[0] for line in lines[2:]] == list(RULES)
    for name, line in zip(RULES, lines[2:], strict=True):
        assert line.endswith(price_words(demand.walks[name][2 * HALF].price))


def test_the_sliders_change_what_is_drawn() -> None:
    pytest.importorskip("ipywidgets")
    player = PriceWalk()
    assert player.demand == BlobDemand()
    player.set(6, 0, start="1 wei", gas="10 gwei")
    assert player.demand == BlobDemand(6, 0, base_fee=10 * GWEI, start=1)
    assert player.text == show_price_walk(player.demand).text
    for wrong in ({"first": 25}, {"start": "2 gwei"}, {"price": 1}):
        with pytest.raises(InputError):
            player.set(**wrong)
