"""What lesson 14 lets students do is what the layers do: messages, finality, a reorg, a swap, a circle."""

from __future__ import annotations

import pytest

from toyevm.errors import InputError
from toyevm.rollups.interop.cluster import PURSE
from toyevm.teaching.lessons.bridges.port import open_port
from toyevm.teaching.lessons.bridges.story import after_the_reorg, before_the_reorg
from toyevm.teaching.lessons.bridges.studies import circle, swap_of


def test_a_final_burn_outlives_any_reorg_and_an_early_one_does_not() -> None:
    for waits, kept in ((True, 5), (False, 0)):
        port = open_port()
        message = port.burn("Ann", "sidechain", "rollup", 5, to="Bob")
        while waits and not port.is_final(message):
            port.wait()
        port.relay("Rita", message)
        assert port.balance("Bob", "rollup") == PURSE + 5
        port.storm()
        assert port.balance("Bob", "rollup") == PURSE + kept
        assert port.cluster.books().is_balanced


def test_two_more_blocks_do_not_make_a_burn_final() -> None:
    port = open_port()
    message = port.burn("Ann", "sidechain", "rollup", 5)
    port.wait(2)
    assert not port.is_final(message)


def test_a_message_is_relayed_once_and_not_after_seven_days() -> None:
    port = open_port()
    first, second = (port.burn("Ann", "sidechain", "rollup", 5) for _ in range(2))
    assert port.relay("Rita", first) == "rollup: mints 5 for Ann"
    assert port.relay("Rita", first) == "rollup: refused, relayed already"
    port.wait_days(7)
    assert port.relay("Rita", second) == "rollup: block left out, log too old"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("burn", ("Zoe", "sidechain", "rollup", 5)),
        ("burn", ("Ann", "sidechain", "sidechain", 5)),
        ("burn", ("Ann", "moon", "rollup", 5)),
        ("burn", ("Ann", "sidechain", "rollup", 0)),
        ("burn", ("Ann", "sidechain", "rollup", True)),
        ("wait", (0,)),
        ("wait", (10**6,)),
        ("wait_days", ("7",)),
        ("relay", ("Rita", "message")),
        ("is_final", (None,)),
        ("balance", ("Ann", "moon")),
    ],
)
def test_what_cannot_be_done_in_a_port_is_refused_in_words(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(InputError):
        getattr(open_port(), name)(*arguments)


def test_a_reorg_takes_what_depends_on_it_and_nothing_else() -> None:
    before, after = before_the_reorg(), after_the_reorg()
    assert [(each.executing, each.initiating) for each in before.arrows] == [
        ("V2", "S1"), ("R3", "S2"), ("S4", "V3"), ("V5", "R4"),
    ]  # fmt: skip
    assert [name for name, _ in after.fallen] == ["R3", "R4", "R5", "R6", "V5", "V6"]
    assert after.lost == ("S2", "S3", "S4", "S5", "S6")


def test_ten_and_six_is_the_earliest_pair_of_deadlines_that_is_safe_for_both() -> None:
    def is_safe(ann: int, bob: int) -> bool:
        return bob >= 6 and all(swap_of(ann, bob, shown).words == "swapped" for shown in range(4, bob - 1))

    safe = [(ann, bob) for bob in range(4, 9) for ann in range(4, 13) if is_safe(ann, bob)]
    assert min(safe) == (10, 6)
    assert all(ann >= 10 and bob >= 6 for ann, bob in safe)
    assert swap_of(10, 5, 4).words == "Ann has lost"


def test_only_a_circle_needs_the_rule_about_circles() -> None:
    assert circle("relay", "relay") == ("", "messages that presuppose each other")
    for first in (("burn", "burn"), ("burn", "relay"), ("relay", "burn")):
        assert circle(*first).believed
