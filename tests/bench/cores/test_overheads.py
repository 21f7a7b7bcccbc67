"""The fit finds the overheads that rows were made with, and says how far off it is on others."""

from __future__ import annotations

import pytest

from toyevm.bench.cores import GRAINS, GrainRow, Overheads, break_even, fit_overheads, hold_out, predict
from toyevm.bench.cores.report import judge_predictions
from toyevm.errors import InputError

TRUE = Overheads(start=2e-3, per_task=50e-6, send=1.5e-9, efficiency=0.9)
CORES = 2


def row(grain: float, sent: int = 0, slower: float = 1.0, efficiency: float = 0.9) -> GrainRow:
    """Return what somebody would have measured whose computer is exactly as the model says, or `slower`."""
    tasks = max(4, min(2000, round(0.3 / grain)))
    one = grain * tasks
    rounds = -(-tasks // CORES)
    each = grain / efficiency + TRUE.per_task + TRUE.send * sent
    many = slower * (TRUE.start + rounds * each)
    control = one / CORES / efficiency
    return GrainRow(grain, tasks, CORES, sent, one, many, control)


ROWS = [row(grain) for grain in GRAINS]
LOADED = [row(1e-3, sent=2**bits) for bits in (16, 18, 20)]


def test_the_fit_finds_what_the_rows_were_made_with() -> None:
    found = fit_overheads([*ROWS, *LOADED])
    for name in ("start", "per_task", "send", "efficiency"):
        assert getattr(found, name) == pytest.approx(getattr(TRUE, name), rel=1e-6)


def test_rows_without_loads_say_nothing_about_bytes() -> None:
    assert fit_overheads(ROWS).send == 0


def test_an_overhead_is_never_negative() -> None:
    faster = [row(grain, slower=0.5) for grain in GRAINS]
    found = fit_overheads(faster)
    assert min(found.start, found.per_task, found.send) >= 0


def test_a_prediction_by_hand() -> None:
    overheads = Overheads(start=1.0, per_task=0.5, send=0.01, efficiency=0.5)
    assert predict(overheads, grain=2.0, tasks=5, cores=2) == 1 + 3 * (2.0 / 0.5 + 0.5)
    assert predict(overheads, grain=2.0, tasks=4, cores=2, sent=50) == 1 + 2 * (2.0 / 0.5 + 0.5 + 0.5)
    assert predict(overheads, grain=2.0, tasks=4, cores=2, efficiency=1.0) == 1 + 2 * 2.5


def test_rows_that_are_held_out_have_no_part_in_the_fit() -> None:
    honest = hold_out(ROWS)
    assert [each.row.grain for each in honest if each.fitted] == list(GRAINS[::2])
    spoiled = [row(grain, slower=3.0 if i % 2 else 1.0) for i, grain in enumerate(GRAINS)]
    off = hold_out(spoiled)
    assert [each.predicted for each in off] == pytest.approx([each.predicted for each in honest])
    assert judge_predictions(honest)["largestError"] < 1e-6
    assert judge_predictions(off)["medianError"] == pytest.approx(2 / 3), "a model that is off is found to be"


def test_a_prediction_uses_the_control_of_its_row() -> None:
    busy = [*ROWS[:-2], row(GRAINS[-2], efficiency=0.5), ROWS[-1]]
    assert judge_predictions(hold_out(busy))["largestError"] < 1e-6


def test_the_grain_at_which_two_cores_are_no_faster_than_one() -> None:
    grain = break_even(TRUE, 100, CORES)
    assert predict(TRUE, grain, 100, CORES) == pytest.approx(100 * grain)
    assert predict(TRUE, grain / 2, 100, CORES) > 100 * grain / 2
    assert predict(TRUE, grain * 2, 100, CORES) < 100 * grain * 2
    assert break_even(Overheads(0, 0, efficiency=0.5), 100, CORES) == float("inf")


@pytest.mark.parametrize("rows", [[], ROWS[:1], [*ROWS[:1], *LOADED[:1]]])
def test_too_few_rows_are_refused(rows: list[GrainRow]) -> None:
    with pytest.raises(InputError, match="rows"):
        fit_overheads(rows)


def test_rows_of_one_number_of_tasks_cannot_tell_a_start_from_a_task() -> None:
    assert ROWS[0].tasks == ROWS[1].tasks
    with pytest.raises(InputError, match="apart"):
        fit_overheads([ROWS[0], ROWS[1]])
