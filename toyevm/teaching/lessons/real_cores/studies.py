"""What the cells of lesson 08 print: recorded rows, the fit against rows held out, blocks, and looks one by one."""

from __future__ import annotations

from toyevm.bench.cores import hold_out
from toyevm.teaching.lessons.real_cores.model import FITTED, grain_table, in_time
from toyevm.teaching.lessons.real_cores.records import BLOCKS, LOOKS, ROWS, SENT, THREADS, WHERE


def threads_bet() -> str:
    """Return what four threads did, and two processes beside them."""
    return "; ".join(f"{name} {speedup:.2f} times as fast" for name, speedup in THREADS.items()) + f" ({WHERE})"


def tiny_bet() -> str:
    """Return what two processes did with 2,000 tasks of 10 µs."""
    row = ROWS[0]
    return f"one process {in_time(row.one)}, two {in_time(row.many)}: {row.speedup:.2f} times as fast (recorded)"


def recorded_grains() -> str:
    """Return the recorded rows as a table."""
    return f"{WHERE}, processes running already\n{grain_table(ROWS)}"


def held_out() -> str:
    """Return measured and predicted times, those held out marked."""
    fitted = f"{FITTED.start * 1e3:.1f} ms once, {FITTED.per_task * 1e6:.0f} µs a round, and the control"
    lines = [f"model: {fitted}", "  grain   recorded   model (simulated)   error"]
    lines += [
        f"{in_time(each.row.grain):>7} {in_time(each.row.many):>10} {in_time(each.predicted):>19} {each.error:>+7.0%}"
        f"   {'' if each.fitted else 'held out'}".rstrip()
        for each in hold_out(ROWS)
    ]
    return "\n".join(lines)


def sent_bytes() -> str:
    """Return what bytes that go with a task cost: 150 tasks of 1 ms."""
    rows = [next(row for row in ROWS if row.tasks == 150), *SENT]
    lines = ["bytes a task   two processes   speedup   (recorded)"]
    return "\n".join([*lines, *(f"{row.sent:>12,} {in_time(row.many):>15} {row.speedup:>9.2f}" for row in rows)])


def recorded_blocks() -> str:
    """Return blocks on two processes by two plans."""
    lines = [f"{WHERE}, other programs ran, too"]
    lines.append("block              plan           one ms   two ms   ran again   state root ms   control")
    lines += [
        f"{row.block:<18} {row.plan:<13} {row.one:>7} {row.two:>8} {row.ran_again:>11} {row.tail:>15} "
        f"{row.control:>9.2f}"
        for row in BLOCKS
    ]
    return "\n".join(lines)


def looks() -> dict[str, list[float]]:
    """Return eleven looks at the same 150 tasks of 1 ms, in ms: in one process, in two, and as the control."""
    return {name: list(times) for name, times in LOOKS.items()}
