"""What the cells of lesson 08 print: recorded rows, the fit against rows held out, blocks, and looks one by one."""

from __future__ import annotations

from toyevm.bench.cores import PredictedRow
from toyevm.teaching.lessons.real_cores.model import FITTED, grain_table, in_time, predict_record
from toyevm.teaching.lessons.real_cores.records import BLOCKS, LOOKS, ROWS, THREADS, WHERE

KEPT_BACK = (0.003, 0.03)  # seconds: the grains of two rows that were held out


def threads_bet() -> str:
    """Return what four threads did, and two processes beside them."""
    return "; ".join(f"{name} {speedup:.2f} times as fast" for name, speedup in THREADS.items()) + f" ({WHERE})"


def tiny_bet() -> str:
    """Return what two processes did with 2,000 tasks of 10 µs."""
    row = ROWS[0]
    return f"one process {in_time(row.one)}, two {in_time(row.many)}: {row.speedup:.2f} times as fast (recorded)"


def recorded_grains() -> str:
    """Return the recorded rows as a table, without those that the student predicts later."""
    rows = [row for row in ROWS if row.grain not in KEPT_BACK]
    return f"{WHERE}, processes running already\n{grain_table(rows)}"


def held_out() -> str:
    """Return measured and predicted times, those held out marked."""
    fitted = f"{FITTED.start * 1e3:.1f} ms once, {FITTED.per_task * 1e6:.0f} µs a round, and the control"
    lines = [f"model (simulated): {fitted}; times in ms"]
    lines.append("  grain   recorded   model   error   control   lost, recorded   lost, model")
    lines += [_held_out(each) for each in predict_record()]
    return "\n".join(lines)


def _held_out(each: PredictedRow) -> str:
    """Return a row: its times, and what is above the control, which is measured and no part of the prediction."""
    many, model, control = (seconds * 1e3 for seconds in (each.row.many, each.predicted, each.row.control))
    return (
        f"{in_time(each.row.grain):>7} {many:>10.1f} {model:>7.1f} {_percent(each.error):>7} {control:>9.1f}"
        f" {many - control:>16.1f} {model - control:>13.1f}   {'' if each.fitted else 'held out'}"
    ).rstrip()


def _percent(share: float) -> str:
    return f"{round(100 * share):+}%" if round(100 * share) else "0%"


def recorded_blocks() -> str:
    """Return blocks on two processes by two plans."""
    lines = [f"{WHERE}, other programs ran, too; times in ms"]
    lines.append(
        "block              plan         tasks   one process   two processes   merge   ran again   root   control"
    )
    lines += [
        f"{row.block:<18} {row.plan:<12} {row.tasks:>5} {row.one:>13} {row.two:>15} {row.merge:>7} {row.ran_again:>11} "
        f"{row.tail:>6} {row.control:>8.2f}"
        for row in BLOCKS
    ]
    return "\n".join(lines)


def looks() -> dict[str, list[float]]:
    """Return eleven looks at the same 150 tasks of 1 ms, in ms: in one process, in two, and as the control."""
    return {name: list(times) for name, times in LOOKS.items()}
