"""The figures of lesson 00 are pure functions: pictures and their text twins are tested without a browser."""

from __future__ import annotations

from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pictures import axes_of
from tests.workloads.test_transfers import executed
from toyevm.errors import InputError
from toyevm.simulation.interleaver import play
from toyevm.teaching.kit.interleaving.player import InterleavingPlayer
from toyevm.teaching.kit.interleaving.scene import InterleavingScene, balances
from toyevm.teaching.kit.interleaving.view import show_interleaving, verdict
from toyevm.teaching.kit.job import Job, job_of
from toyevm.teaching.kit.lanes_view import describe_lanes, show_lanes
from toyevm.teaching.kit.palette import CRITICAL, NORMAL
from toyevm.teaching.lessons.why_blocks_are_slow.cores_player import CoresSlider
from toyevm.teaching.lessons.why_blocks_are_slow.load import LoadRow
from toyevm.teaching.lessons.why_blocks_are_slow.load_view import show_load
from toyevm.types import Location
from toyevm.workloads.transfers import block_of, mixed, read_payments
from toyevm.workloads.workload import PRODUCER


def job(title: str = "block", to_shop: int = 0, count: int = 8) -> Job:
    workload = mixed(count, to_shop=to_shop)
    return job_of(title, executed(workload).results, PRODUCER)


def shapes(picture: str, tag: str) -> list[ElementTree.Element]:
    return [element for element in ElementTree.fromstring(picture).iter() if element.tag.endswith(tag)]


def words_of(picture: str) -> list[str]:
    return ["".join(element.itertext()) for element in shapes(picture, "text")]


def label_of(picture: str) -> str:
    return unescape(str(ElementTree.fromstring(picture).get("aria-label")))


APART, CHAIN = job("apart"), job("chain", to_shop=8)


# Lanes


@given(st.integers(1, 12), st.integers(0, 8))
def test_the_picture_shows_every_transaction_within_its_width(cores: int, to_shop: int) -> None:
    picture = show_lanes([job(to_shop=to_shop)], cores)
    boxes = [box for box in shapes(picture.svg, "rect") if box.get("fill") in {NORMAL.fill, CRITICAL.fill}]
    assert len(boxes) == 8
    left, right = 76, 960 - 18
    assert min(float(box.get("x", 0)) for box in boxes) == left
    assert all(float(box.get("x", 0)) + float(box.get("width", 0)) <= right + 1 for box in boxes)


def test_picture_and_text_say_the_same() -> None:
    picture = show_lanes([APART, CHAIN], 4)
    assert label_of(picture.svg).split("; ") == picture.text.split("\n") == str(picture).split("\n")
    assert {"4.0× on 4 cores", "1.0× on 4 cores", "orange: the longest chain, 8 of 8"} <= set(words_of(picture.svg))
    assert "chain     168,000     168,000      1.0×    25%" in picture.text


def test_without_chains_the_picture_does_not_give_the_riddle_away() -> None:
    picture = show_lanes([APART, CHAIN], 4, chains=False)
    assert "longest" not in picture.svg + picture.text
    assert CRITICAL.fill not in picture.svg


def test_a_short_block_is_listed_core_by_core() -> None:
    workload = block_of(read_payments("Ann>Shop, Bob>Shop, Cleo>Dan"))
    short = job_of("short", executed(workload).results, PRODUCER, ["first", "second", "third"])
    lines = describe_lanes([short], 2).split("\n")
    assert lines[-3:] == [
        "core 1: first 0-21,000, second 21,000-42,000",
        "core 2: third 0-21,000",
        "longest chain: first then second",
    ]
    assert {"first", "second", "third"} <= set(words_of(show_lanes([short], 2).svg))


def test_several_short_blocks_are_told_apart_in_words() -> None:
    workload = block_of(read_payments("Ann>Shop, Bob>Shop"))
    results = executed(workload).results
    lines = describe_lanes([job_of(title, results, PRODUCER) for title in ("slot", "delta")], 1).split("\n")
    assert [line for line in lines if line.endswith(":")] == ["slot:", "delta:"]
    assert [lines[i + 1][:7] for i, line in enumerate(lines) if line.endswith(":")] == ["core 1:"] * 2


def test_an_empty_block_can_be_drawn() -> None:
    assert "block           0           0      0.0×     0%" in label_of(show_lanes([job(count=0)], 3).svg)


# The slider


def test_moving_the_slider_changes_picture_text_and_numbers() -> None:
    slider = CoresSlider([APART, CHAIN], chains=True)
    before = slider._screen.value
    slider.set(8)
    assert slider.speedups == {"apart": 8.0, "chain": 1.0}
    assert slider._screen.value == show_lanes([APART, CHAIN], 8).svg != before
    slider._as_text.value = True
    assert slider._screen.value.startswith("<pre")
    assert "8 cores" in slider._screen.value
    assert slider._repr_mimebundle_()["text/plain"] == slider.text == describe_lanes([APART, CHAIN], 8)


@pytest.mark.parametrize("cores", [0, 101, 2.5, None])
def test_cores_that_the_slider_does_not_have_are_refused(cores: Any) -> None:
    with pytest.raises(InputError, match="a whole number from 1 to 100"):
        CoresSlider([APART]).set(cores)


def test_a_slider_for_no_block_is_refused() -> None:
    with pytest.raises(InputError, match="no blocks"):
        CoresSlider([])


# Interleavings

SHOP = "Ann>Shop 5, Bob>Shop 7, Cleo>Dan 2"


def scene(schedule: str, text: str = SHOP) -> InterleavingScene:
    workload = block_of(read_payments(text), base_fee=0, tip=0)
    watched = balances(workload.names, [PRODUCER])
    return InterleavingScene(play(workload.pre, workload.block, schedule), tuple(text.split(", ")), watched)


def player(schedule: str = "") -> InterleavingPlayer:
    workload = block_of(read_payments(SHOP), base_fee=0, tip=0)
    watched: dict[Location, str] = balances(workload.names, [PRODUCER])
    return InterleavingPlayer(workload.pre, workload.block, SHOP.split(", "), watched, schedule)


@pytest.mark.parametrize(
    ("schedule", "text", "expected"),
    [
        ("A1 B1 A2 B2 C1 C2", SHOP, ["Wrong: Shop has 107, and should have 112.", "5 ether are gone."]),
        ("A1 A2 B1 C1 B2 C2", SHOP, ["Right: the same as one after the other."]),
        ("A1 A2", SHOP, ["Still to come: B1 B2 C1 C2."]),
        ("A1 B1 B2 A2", "Ann>Shop 5, Shop>Dan 9",
         ["Wrong: Shop has 105, and should have 96.", "9 ether came from nowhere."]),
    ],
)  # fmt: skip
def test_the_verdict_names_who_and_how_much(schedule: str, text: str, expected: list[str]) -> None:
    assert verdict(scene(schedule, text)) == expected
    picture = show_interleaving(scene(schedule, text))
    assert set(expected) <= set(words_of(picture.svg))
    assert picture.text.split("\n")[-len(expected) :] == expected
    assert label_of(picture.svg).split("; ") == picture.text.split("\n")


def test_what_a_transaction_saw_stands_in_its_box() -> None:
    words = words_of(show_interleaving(scene("A1 B1 A2 B2")).svg)
    assert words.count("Shop 100") == 2
    assert {"A1 sees", "B1 sees", "A2 writes", "B2 writes", "Shop 105", "Shop 107"} <= set(words)


@given(st.sampled_from(["", "A1", "A1 B1 C1", "A1 B1 C1 A2 B2 C2", "C1 C2 B1 A1 B2 A2"]))
def test_nothing_is_drawn_outside_its_figure(schedule: str) -> None:
    picture = ElementTree.fromstring(show_interleaving(scene(schedule)).svg)
    _, _, width, height = map(float, str(picture.get("viewBox")).split())
    for box in shapes(ElementTree.tostring(picture, "unicode"), "rect"):
        assert 0 <= float(box.get("x", 0)) <= float(box.get("x", 0)) + float(box.get("width", 0)) <= width
        assert 0 <= float(box.get("y", 0)) <= float(box.get("y", 0)) + float(box.get("height", 0)) <= height


def test_amounts_that_are_no_whole_ether_are_rounded_not_cut_off() -> None:
    workload = block_of(read_payments("Ann>Bob"))  # with a fee
    watched = balances(workload.names, [PRODUCER])
    picture = show_interleaving(InterleavingScene(play(workload.pre, workload.block, "A1 A2"), ("Ann>Bob",), watched))
    assert "Ann 98.9998" in words_of(picture.svg)


def test_buttons_and_field_do_what_calls_do() -> None:
    shown = player()
    buttons = list(shown._next.values())
    for button, schedule in zip([0, 1, 0, 1], ["A1", "A1 B1", "A1 B1 A2", "A1 B1 A2 B2"]):
        buttons[button].click()
        assert shown.schedule == shown._field.value == schedule
    assert [button.disabled for button in buttons] == [True, True, False]
    shown._undo.click()
    assert shown.schedule == "A1 B1 A2"
    shown._field.value = "a1 c1"
    assert (shown.schedule, shown._field.value) == ("A1 C1", "A1 C1")
    assert shown._repr_mimebundle_()["text/plain"] == shown.text
    shown._as_text.value = True
    assert shown._screen.value.startswith("<pre")


def test_an_impossible_schedule_leaves_what_was_played() -> None:
    shown = player("A1 B1")
    shown._field.value = "A2"
    assert "A2 comes before A1" in shown._message.value
    assert shown.schedule == "A1 B1"
    shown.play("A1 A2")
    assert shown._message.value == ""
    with pytest.raises(InputError, match="occurs twice"):
        shown.play("A1 A1")


# Load

ROWS = [LoadRow(1, 40, 20, 20, 10.0), LoadRow(2, 5, 20, 5, 11.25), LoadRow(3, 0, 5, 0, 12.66)]


def test_the_bars_are_as_high_as_their_numbers() -> None:
    chart = show_load(ROWS, room=20)
    arrived, included, waiting, fees = axes_of(chart)
    heights = [[bar.get_height() for bar in axes.patches] for axes in (arrived, included, waiting, fees)]
    assert heights == [[40, 5, 0], [20, 20, 5], [20, 5, 0], [10.0, 11.25, 12.66]]
    assert [text.get_text() for text in fees.texts] == ["10", "11", "13"]
    assert chart.alt == "Bar chart. " + "; ".join(chart.text.split("\n"))


def test_no_block_at_all_can_be_drawn() -> None:
    chart = show_load([], room=20)
    assert "room for 20" in chart.alt
    assert chart.png
