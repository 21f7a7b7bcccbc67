"""The figures of lesson 04: a block and a plan as short texts, a schedule to move about in, speedup curves."""

from __future__ import annotations

from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pictures import axes_of
from toyevm.errors import InputError
from toyevm.simulation.schedule import PRIORITIES, batch_schedule, makespan
from toyevm.teaching.kit.palette import CRITICAL, NORMAL
from toyevm.teaching.lessons.schedulers.gantt_player import GanttPlayer
from toyevm.teaching.lessons.schedulers.gantt_view import show_plan
from toyevm.teaching.lessons.schedulers.plans import holding_up, lengths_of, plan, read_job, speedups, write_plan
from toyevm.teaching.lessons.schedulers.speedup_view import TWICE, show_speedups

FIVE = read_job("A 3, B 2, C 2, D 3, E 2")
WAIT = read_job("A 4, B 2, C 1 after B, D 1 after B, E 4 after C D")


def elements(picture: str, tag: str) -> list[ElementTree.Element]:
    return [element for element in ElementTree.fromstring(picture).iter() if element.tag.endswith(tag)]


def words_of(picture: str) -> list[str]:
    return ["".join(element.itertext()) for element in elements(picture, "text")]


@pytest.mark.parametrize(
    ("text", "words"),
    [("A", "'A' cannot be read"), ("A 0", "cannot be read"), ("A 1, A 2", "cannot be read"), ("", "cannot be read"),
     ("A 1 after B, B 1", "A cannot wait for B"), ("A 1 after A", "A cannot wait for A"), ("A 1 after", "be read")],
)  # fmt: skip
def test_a_block_that_cannot_be_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_job(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("Z:1", "cannot be placed"), ("A:0", "cannot be placed"), ("A:3", "cores 1 to 2"), ("A", "cannot be placed"),
     ("A:1 A:2", "A comes twice"), ("C:1", "C waits for B"), ("B:1 C:1 E:1", "E waits for D")],
)  # fmt: skip
def test_a_plan_that_cannot_be_carried_out_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        plan(WAIT, 2, text)


@given(st.sampled_from([*PRIORITIES, "best"]), st.sampled_from([FIVE, WAIT]), st.integers(1, 3))
def test_a_written_plan_can_be_replayed(rule: str, job: Any, cores: int) -> None:
    spans = plan(job, cores, rule)
    again = plan(job, cores, write_plan(job, spans))
    assert makespan(again) <= makespan(spans)
    assert [(s.tx_index, s.core) for s in again] == [(s.tx_index, s.core) for s in spans]


@pytest.mark.parametrize("text", ["A:1, B:2", "A:1,B:2", "a:1 b:2", " A:1  b:2,"])
def test_a_plan_may_have_commas_and_small_letters(text: str) -> None:
    assert write_plan(WAIT, plan(WAIT, 2, text)) == "A:1 B:2"


def test_a_small_letter_that_is_a_name_stays_small() -> None:
    job = read_job("a 1, A 2")
    assert write_plan(job, plan(job, 2, "a:1 A:2")) == "a:1 A:2"


def test_longest_first_loses_and_waiting_wins() -> None:
    assert lengths_of(FIVE, 2, ["block order", "longest first", "best"]) == {
        "block order": 6, "longest first": 7, "best": 6,
    }  # fmt: skip
    assert set(lengths_of(WAIT, 2, [*PRIORITIES]).values()) == {8}
    assert makespan(plan(WAIT, 2, "B:1 C:1 D:2 E:2 A:1")) == 7


def test_picture_and_text_say_the_same() -> None:
    picture = show_plan(WAIT, 2, "B:1 C:2 A:1")
    lines = picture.text.split("\n")
    assert lines == [
        "6 units of time on 2 cores (simulated), no schedule ends before 7",
        "core 1: B 0-2, A 2-6",
        "core 2: C 2-3",
        "waits: C after B, D after B, E after C D",
        "orange: B then A",
        "plan: B:1 C:2 A:1",
        "still to place: D 1, E 4",
    ]
    assert unescape(str(ElementTree.fromstring(picture.svg).get("aria-label"))) == "; ".join(lines)
    words = words_of(picture.svg)
    expected = {"6 units of time on 2 cores", "no schedule ends before 7", "A 4", "B 2", "C 1", lines[-1], lines[3]}
    assert expected <= set(words)
    filled = [float(box.get("width", 0)) for box in elements(picture.svg, "rect")
              if box.get("fill") in (NORMAL.fill, CRITICAL.fill)]  # fmt: skip
    orange = [box.get("fill") == CRITICAL.fill for box in elements(picture.svg, "rect")
              if box.get("fill") in (NORMAL.fill, CRITICAL.fill)]  # fmt: skip
    assert orange == [True, False, True]  # B and A, not C
    assert filled == [pytest.approx(filled[0]), pytest.approx(filled[0] / 2), pytest.approx(filled[0] * 2)]


def test_what_holds_the_block_up_leads_from_start_to_end() -> None:
    assert [WAIT.label(i) for i in holding_up(WAIT, plan(WAIT, 2))] == ["B", "C", "D", "E"]
    assert holding_up(WAIT, ()) == []


def test_what_holds_the_block_up_leads_across_a_barrier() -> None:
    job = read_job("A 3, B 1, C 1 after B, D 3 after C, E 2 after A")
    spans = batch_schedule(job.graph, job.cost, 2, job.graph.layers)
    assert [job.label(i) for i in holding_up(job, spans)] == ["A", "E", "D"]  # 3 + 2 + 3: all of the time


@given(st.sampled_from(["A:1", "", "block order", "E:2 D:2 C:2 B:2 A:2"]))
def test_nothing_is_drawn_outside_its_figure(by: str) -> None:
    picture = show_plan(FIVE, 2, by).svg
    _, _, width, height = map(float, str(ElementTree.fromstring(picture).get("viewBox")).split())
    for box in elements(picture, "rect"):
        assert 0 <= float(box.get("x", 0)) <= float(box.get("x", 0)) + float(box.get("width", 0)) <= width
        assert 0 <= float(box.get("y", 0)) <= float(box.get("y", 0)) + float(box.get("height", 0)) <= height


def test_buttons_menus_and_field_do_what_calls_do() -> None:
    shown, twin = GanttPlayer(FIVE, by="longest first"), GanttPlayer(FIVE, by="longest first")
    assert shown.plan == "A:1 D:2 B:1 C:2 E:1"  # in the order of their starts
    shown._name.value = "D"
    shown._to[0].click()
    twin.move("D", 1)
    assert (shown.plan, shown.makespan) == (twin.plan, twin.makespan) == ("A:1 C:2 D:1 B:1 E:1", 10)
    shown._shift[0].click()
    twin.shift("D", -1)
    assert shown.plan == twin.plan == "D:1 C:2 A:1 B:1 E:1"
    shown._shift[1].click()
    twin.shift("D", 1)
    twin.shift("E", 1)  # last already
    assert shown.plan == twin.plan == "A:1 C:2 D:1 B:1 E:1"
    shown._field.value = "A:1 D:1 B:2 C:2 E:2"
    assert shown.makespan == 6
    shown._rule.value = "shortest first"
    assert shown.plan == write_plan(FIVE, plan(FIVE, 2, "shortest first")) == shown._field.value
    assert shown._repr_mimebundle_()["text/plain"] == shown.text
    shown._as_text.value = True
    assert shown._screen.value.startswith("<pre")
    assert "core 2" in shown._screen.value


def test_what_moves_before_its_neighbour_still_follows_those_it_waits_for() -> None:
    shown = GanttPlayer(WAIT)
    shown.move("D", 1)
    assert shown.makespan == 9
    shown.shift("D", -1)  # before A, and still after B on the other core
    assert shown.text.split("\n")[1] == "core 1: D 2-3, A 3-7, E 7-11"
    shown.move("E", 2)
    assert (shown.plan, shown.makespan) == ("B:2 D:1 C:2 A:1 E:2", 7)


def test_an_impossible_plan_is_explained_and_leaves_the_plan() -> None:
    shown = GanttPlayer(WAIT)
    before = shown.plan
    shown._field.value = "A:1 C:2"
    assert "C waits for B" in shown._message.value
    assert shown.plan == before
    shown._name.value = "C"
    shown._shift[0].click()
    assert "C waits for B" in shown._message.value
    shown.play(before)
    assert shown._message.value == ""
    with pytest.raises(InputError, match="'Z' is not in the plan"):
        shown.move("Z", 1)


def test_a_curve_shows_the_numbers_of_its_row() -> None:
    chain = read_job("A 1, B 1 after A, C 1 after B, D 1 after C", "chain")
    free = read_job("A 1, B 1, C 1, D 1", "free")
    assert speedups([chain, free], (1, 2, 4)) == [[1.0, 1.0, 1.0], [1.0, 2.0, 4.0]]
    picture = show_speedups([chain, free], (1, 2, 4))
    assert [line.split() for line in picture.text.split("\n")[1:]] == [
        ["chain", "1.0", "1.0", "1.0", "1.0"], ["free", "1.0", "2.0", "4.0", "4.0"],
    ]  # fmt: skip
    (axes,) = axes_of(picture)
    assert [text.get_text() for text in axes.texts] == [TWICE, "free 4.0×", "chain 1.0×"]
    assert [list(line.get_ydata()) for line in axes.lines] == [[1, 2, 4], [1, 1, 1], [1, 2, 4]]
    assert picture.alt == "Speedup over cores. " + "; ".join(picture.text.split("\n"))
