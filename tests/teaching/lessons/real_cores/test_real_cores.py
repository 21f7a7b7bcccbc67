"""Lesson 08: what the prose says of the record is in the record; the model in pictures is the model of the bench."""

from __future__ import annotations

from statistics import mean, median

import numpy as np
import pytest

from tests.teaching.lab.bank import REPOSITORY
from toyevm.bench.cores import break_even, hold_out, predict
from toyevm.errors import InputError
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.real_cores import GrainSliders, grains_here, held_out, looks, show_grain
from toyevm.teaching.lessons.real_cores.answers_cut import BEST, CONFLICTS, COSTS, LEAST
from toyevm.teaching.lessons.real_cores.answers_cut import cut as judge_cut
from toyevm.teaching.lessons.real_cores.answers_report import cheat, honest
from toyevm.teaching.lessons.real_cores.answers_times import (
    CONTROL,
    EXECUTION,
    FITTED,
    ONE,
    ROOT,
    TASKS,
    TWO,
    overhead,
    slower,
    tail,
)
from toyevm.teaching.lessons.real_cores.grain_view import SAY_FIRST
from toyevm.teaching.lessons.real_cores.live_view import control_is_usable
from toyevm.teaching.lessons.real_cores.model import FITTED as MODEL
from toyevm.teaching.lessons.real_cores.model import GrainChoice, predict_record, read_grain
from toyevm.teaching.lessons.real_cores.reading import read_decimal
from toyevm.teaching.lessons.real_cores.records import BLOCKS, FIRST, LOOKS, ROWS, START, THREADS


def test_the_numbers_of_the_turns_are_those_of_the_record() -> None:
    row = next(row for row in ROWS if row.tasks == TASKS)
    assert [round(seconds * 1e3, 1) for seconds in (row.one, row.many, row.control)] == [ONE, TWO, CONTROL]
    assert MODEL.per_task * 1e6 == pytest.approx(FITTED)
    payments = next(row for row in BLOCKS if row.block == "token payments")
    assert (round(payments.one), round(payments.tail)) == (EXECUTION, ROOT)
    assert payments.one / payments.transactions * 1e3 == pytest.approx(55, abs=0.5)


def test_the_printed_model_is_the_fit_of_the_bench_rounded() -> None:
    """So whoever adds up what is printed has the table's numbers, and they are those of the bench within 1 %."""
    for mine, bench in zip(predict_record(), hold_out(ROWS), strict=True):
        assert mine.predicted == pytest.approx(bench.predicted, rel=0.01)
        assert mine.fitted == bench.fitted
        rounds = -(-mine.row.tasks // 2)
        assert mine.predicted * 1e3 == pytest.approx(1.0 + rounds * 0.072 + mine.row.control * 1e3, abs=1e-6)


def test_the_held_out_table_shows_what_is_lost_above_the_measured_control() -> None:
    line = next(line for line in held_out().splitlines() if line.startswith("   3 ms"))
    assert line.split() == "3 ms 86.3 87.9 +2% 85.1 1.2 2.8 held out".split()
    lost = [(row.many - row.control - 0.001) * 1e6 / -(-row.tasks // 2) for row in ROWS]
    assert (round(min(lost)), round(max(lost), -1)) == (7, 480)


def test_an_overhead_near_the_right_one_is_not_right() -> None:
    taken = [mine / 10 for mine in range(900, 1200) if overhead(mine / 10).status is Status.RIGHT]
    assert (min(taken), max(taken)) == (103.0, 103.4)


def test_a_tail_needs_two_digits_after_the_point() -> None:
    def takes(four: float, many: float) -> bool:
        return tail((four, many)).status is Status.RIGHT

    assert [four for four in range(180, 220) if takes(four / 100, 3.1)] == [203]
    assert [many for many in range(290, 320) if takes(2.03, many / 100)] == [309, 310]


def test_an_honest_report_is_three_medians_and_nothing_beside_them() -> None:
    """Every look of every row but the median is refused, and so are the rows in any other order."""
    middle = [median(times) for times in LOOKS.values()]
    assert honest(middle).status is Status.RIGHT
    for place, times in enumerate(LOOKS.values()):
        for look in {*times, mean(times), *middle} - {middle[place]}:
            assert honest([*middle[:place], look, *middle[place + 1 :]]).status is Status.WRONG, (place, look)


def test_the_record_says_what_the_prose_says() -> None:
    prose = (REPOSITORY / "course/08-real-cores/08-real-cores.ipynb").read_text(encoding="utf-8")
    assert f"{FIRST} ms" in prose
    assert [f"{START[way] * 1e3:.0f} ms" in prose for way in ("forked", "spawned")] == [True, True]
    tiny = ROWS[0]
    assert (tiny.tasks, round(tiny.many * 1e3, 1), round(tiny.control_speedup, 2)) == (2000, 80.2, 1.70)
    assert THREADS["two processes"] > 1.7
    again = {row.plan: row.ran_again for row in BLOCKS if row.block == "mainnet 17666333"}
    assert again == {"by conflicts": 3, "batches": 717}
    assert max(abs(each.error) for each in hold_out(ROWS) if not each.fitted) < 0.15


def test_the_model_of_the_sliders_is_that_of_the_bench() -> None:
    for grain, tasks in ((10, 2000), (300, 7), (100_000, 3)):
        assert GrainChoice(grain, tasks).two == pytest.approx(predict(MODEL, grain / 1e6, tasks, 2))
    limit = break_even(MODEL, 2000, 2) * 1e6
    assert GrainChoice(int(limit * 0.95), 2000).speedup < 1 < GrainChoice(int(limit * 1.05), 2000).speedup


@pytest.mark.parametrize("wrong", [(0, 5), (10, 0), (True, 5), (10, 5, "now"), (10, "5"), (10, 5, [])])
def test_a_choice_that_there_is_not_is_refused(wrong: tuple[object, ...]) -> None:
    with pytest.raises(InputError):
        GrainChoice(*wrong)  # type: ignore[arg-type]


def test_the_sliders_show_what_the_call_shows() -> None:
    sliders = GrainSliders()
    sliders.set("10 µs", "2,000", "forked", "slower")
    assert sliders.text == show_grain(10, 2000, "forked", "slower").text
    sliders.set(say="slower", grain="30 µs")  # in whatever order: moving the grain does not take back what is said
    assert sliders.text == show_grain(30, 2000, "forked", "slower").text
    assert "You said slower, and so does the model." in sliders.text
    assert sliders.picture.svg.count("aria-label") == 1


def test_the_sliders_say_what_comes_out_only_when_the_student_has() -> None:
    sliders = GrainSliders()
    asked = sliders.picture
    sliders.set(say="slower")
    assert "You said slower. The model says faster." in sliders.text
    sliders.set(start="spawned")
    for picture in (asked, sliders.picture):
        assert picture.text.endswith(SAY_FIRST)
        assert not any(
            word in picture.text + picture.svg for word in ("speedup 0", "speedup 1", "in all", "the model says")
        )
        assert "circles" not in picture.svg  # the record would say it, too
    assert f"{START['spawned'] * 1e3:.0f} ms to start them, 1.0 ms once" in sliders.text


def test_where_the_record_contradicts_the_model_the_student_is_not_told_to_be_wrong() -> None:
    text = show_grain(100, 2000, say="slower").text
    assert text.endswith("You said slower. The model says faster. The record says slower: here the model is off.")
    assert "record says" not in show_grain(100, 2000, "spawned", "slower").text
    assert "record says" not in show_grain(300, 1, say="slower").text  # 500 tasks were recorded


def test_a_turn_takes_numbers_of_other_libraries_and_grains_in_words() -> None:
    assert honest([np.median(times) for times in LOOKS.values()]).status is Status.RIGHT
    assert slower((np.int64(10_000), np.int32(50), "spawned")).status is Status.RIGHT
    assert slower(("10 ms", "50", "spawned")).status is Status.RIGHT
    assert [read_grain(words) for words in ("1.5 ms", "30µs", "2 s", "2", "ms")] == [1_500, 30, 2_000_000, None, None]
    for wrong in (True, float("nan"), 10**400, "3", None):
        with pytest.raises(InputError):
            read_decimal(wrong, "ms")


def test_a_block_beside_a_control_that_is_none_comes_with_a_warning() -> None:
    assert [control_is_usable(control, 2) for control in (0.99, 1.2, 2.0, 2.39)] == [False, True, True, False]


def test_a_grain_without_a_unit_is_refused_in_one_line() -> None:
    sliders = GrainSliders()
    with pytest.raises(InputError, match=r"^grain=10000 \(expected '10 µs' \|") as caught:
        sliders.set(grain=10000)
    assert "\n" not in str(caught.value)
    assert sliders.choice.grain == 1_000
    with pytest.raises(InputError, match="say='maybe'"):
        show_grain(10, 2000, say="maybe")


def test_only_one_pair_of_looks_cheats() -> None:
    assert len([1 for one in LOOKS["one"] for two in LOOKS["two"] if one / two > 2]) == 1
    assert looks()["one"] == list(LOOKS["one"])
    for one in LOOKS["one"]:
        for two in LOOKS["two"]:
            assert (cheat((one, two)).status is Status.RIGHT) == (one / two > 2)
    assert median(LOOKS["one"]) / median(LOOKS["two"]) == pytest.approx(1.075, abs=0.001)


def partitions(left: list[int]) -> list[list[list[int]]]:
    if not left:
        return [[]]
    first, *rest = left
    found = []
    for smaller in partitions(rest):
        found.append([[first], *smaller])
        found += [[*smaller[:at], [first, *smaller[at]], *smaller[at + 1 :]] for at in range(len(smaller))]
    return found


def test_of_all_cuts_the_turn_takes_those_that_end_first() -> None:
    """All 4,140 ways to cut eight transactions, judged by rules that the turn does not share."""

    def good(tasks: list[list[int]]) -> bool:
        together = all(any({a, b} <= set(task) for task in tasks) for a, b in CONFLICTS)
        return together and min(sum(COSTS[i] for i in task) for task in tasks) >= LEAST and len(tasks) == 2

    cuts = partitions(list(range(8)))
    ends = {str(tasks): max(sum(COSTS[i] for i in task) for task in tasks) for tasks in cuts if good(tasks)}
    assert min(ends.values()) == BEST
    accepted = [str(tasks) for tasks in cuts if judge_cut(tasks).status is Status.RIGHT]
    assert sorted(accepted) == sorted(tasks for tasks, end in ends.items() if end == BEST)


def test_what_is_measured_here_is_shown_and_not_stored() -> None:
    here = grains_here(grains=(1e-3,))
    assert "1 ms" in here.text
    assert "1 ms" not in here._repr_mimebundle_()["text/plain"]
