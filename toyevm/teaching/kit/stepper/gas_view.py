"""Where the gas of a run went: one bar for each kind of instruction, the dearest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAINT, GAS_BAR
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stepper.gas_parts import PASSED, gas_parts
from toyevm.teaching.kit.svg import MARGIN
from toyevm.tracer import StepRecord

_LABEL, _BAR, _ROW = 110, 430, 26


def gas_by_opcode(steps: Sequence[StepRecord]) -> dict[str, tuple[int, int]]:
    """Return for each opcode how often it ran and what it cost in all, the dearest first.

    Gas that a call takes along is counted where it is spent.
    """
    totals: dict[str, tuple[int, int]] = {}
    for step, following in zip_longest(steps, steps[1:]):
        own = sum(part.amount for part in gas_parts(step, following) if part.reason != PASSED)
        count, gas = totals.get(step.opcode.name, (0, 0))
        totals[step.opcode.name] = count + 1, gas + own
    return dict(sorted(totals.items(), key=lambda item: (-item[1][1], item[0])))


def show_gas(steps: Sequence[StepRecord]) -> Picture:
    """Return the bars, and as their text twin a table."""
    totals = gas_by_opcode(steps)
    return Picture(_draw(totals), gas_table(totals))


def gas_table(totals: Mapping[str, tuple[int, int]]) -> str:
    """Return the numbers of the bars.

    >>> print(gas_table({"SSTORE": (1, 22_100), "PUSH1": (2, 6)}))
    opcode        times        gas   share
    SSTORE            1     22,100  100.0%
    PUSH1             2          6    0.0%
    all               3     22,106
    """
    whole = sum(gas for _, gas in totals.values())
    rows = [f"{name:<12}{count:>7,}{gas:>11,}{gas / max(whole, 1):>8.1%}" for name, (count, gas) in totals.items()]
    times = sum(count for count, _ in totals.values())
    return "\n".join(
        [f"{'opcode':<12}{'times':>7}{'gas':>11}{'share':>8}", *rows, f"{'all':<12}{times:>7,}{whole:>11,}"]
    )


def _draw(totals: Mapping[str, tuple[int, int]]) -> str:
    whole = max(sum(gas for _, gas in totals.values()), 1)
    most = max((gas for _, gas in totals.values()), default=0) or 1
    body = [svg.heading(MARGIN, 26, f"where {whole:,} gas went, by opcode")]
    for line, (name, (count, gas)) in enumerate(totals.items()):
        y = 40 + line * _ROW
        width = gas / most * _BAR
        times = f"{count} ×" if count > 1 else ""
        body += [
            svg.text(MARGIN, y + 16, name, size=13, mono=True),
            svg.text(_LABEL + 40, y + 16, times, size=12, ink=FAINT.ink, anchor="end"),
            svg.box(_LABEL + 50, y + 2, max(width, 1), _ROW - 6, GAS_BAR, radius=1),
            svg.text(_LABEL + 58 + width, y + 16, f"{gas:,}  ({gas / whole:.1%})", size=13, mono=True),
        ]
    label = "Bar chart. " + "; ".join(f"{name}: {gas:,} gas, {gas / whole:.1%}" for name, (_, gas) in totals.items())
    return svg.figure(760, 52 + _ROW * len(totals), label, body)
