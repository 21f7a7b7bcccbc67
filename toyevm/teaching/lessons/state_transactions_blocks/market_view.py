"""A fee market under load: how full the blocks are, what the base fee does, and who is left waiting."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.chain import ELASTICITY
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.stepper.view import Picture
from toyevm.teaching.kit.svg import GAS_LEFT, PAPER, READ, WRITTEN, box, line, note, text
from toyevm.units import GWEI
from toyevm.workloads.mempool import MarketBlock

WIDTH, LEFT_EDGE, RIGHT_EDGE = 900, 176, 20
PANEL_HEIGHT, GAP, TOP = 104, 40, 40


def market_table(blocks: Sequence[MarketBlock], every: int = 1) -> str:
    """Return the numbers as a table, one row for each `every` blocks.

    >>> print(market_table([MarketBlock(0, 10**10, 9, 5, 300_000, 600_000, 4, 1, 10**9)]))
    block  base fee  arrived  included   full  waiting  of them too poor
        0     10.00        9         5    50%        4                 1
    """
    head = "block  base fee  arrived  included   full  waiting  of them too poor"
    rows = [
        f"{block.number:>5}{block.base_fee / GWEI:>10.2f}{block.arrived:>9}{block.included:>10}"
        f"{block.gas_used / block.gas_limit:>7.0%}{block.waiting:>9}{block.priced_out:>18}"
        for block in blocks[::every]
    ]
    return "\n".join([head, *rows])


def show_market(blocks: Sequence[MarketBlock], every: int = 1) -> Picture:
    """Return three panels over time: gas used, base fee, and how many wait; the twin is the table."""
    twin = market_table(blocks, every)
    bottom = TOP + 3 * PANEL_HEIGHT + 2 * GAP
    step = (WIDTH - LEFT_EDGE - RIGHT_EDGE) / len(blocks)
    body = [
        *_gas(blocks, step),
        *_curve("base fee, gwei", [block.base_fee / GWEI for block in blocks], TOP + PANEL_HEIGHT + GAP, step, WRITTEN),
        *_curve("waiting", [float(block.waiting) for block in blocks], TOP + 2 * (PANEL_HEIGHT + GAP), step, READ),
        *(note(LEFT_EDGE + step * (place + 0.5), bottom + 18, str(block.number), anchor="middle")
          for place, block in enumerate(blocks) if place % 5 == 0),
        note(WIDTH - RIGHT_EDGE, bottom + 36, "block number", anchor="end"),
    ]  # fmt: skip
    return Picture(svg.figure(WIDTH, bottom + 48, f"Fee market. {_summary(blocks)}", body), twin)


def _summary(blocks: Sequence[MarketBlock]) -> str:
    fees, waiting = [block.base_fee / GWEI for block in blocks], [block.waiting for block in blocks]
    full = sum(block.gas_used > 0.95 * block.gas_limit for block in blocks)
    return (
        f"{len(blocks)} blocks, {full} of them full; base fee from {fees[0]:.2f} gwei to at most {max(fees):.2f}, "
        f"last {fees[-1]:.2f}; at most {max(waiting)} waiting, last {waiting[-1]}"
    )


def _gas(blocks: Sequence[MarketBlock], step: float) -> list[str]:
    floor = TOP + PANEL_HEIGHT
    bars = []
    for place, block in enumerate(blocks):
        height = PANEL_HEIGHT * block.gas_used / block.gas_limit
        bars.append(box(LEFT_EDGE + step * place + 1, floor - height, step - 2, height, GAS_LEFT, radius=0))
    target = floor - PANEL_HEIGHT / ELASTICITY
    return [
        text(14, TOP + 14, "gas used", bold=True),
        note(LEFT_EDGE - 8, TOP + 6, "limit", anchor="end"),
        note(LEFT_EDGE - 8, target + 4, "target", anchor="end"),
        *bars,
        _dashes(target),
        _dashes(float(TOP)),
        line((LEFT_EDGE, floor), (WIDTH - RIGHT_EDGE, floor), PAPER.line),
    ]


def _curve(title: str, values: list[float], top: float, step: float, paint: svg.Paint) -> list[str]:
    """Draw a staircase: a block has one value from its beginning to its end."""
    most, floor = max(*values, 1.0), top + PANEL_HEIGHT
    points = []
    for place, value in enumerate(values):
        y = floor - PANEL_HEIGHT * value / most
        points += [f"{LEFT_EDGE + step * place:.1f},{y:.1f}", f"{LEFT_EDGE + step * (place + 1):.1f},{y:.1f}"]
    peak, last = values.index(max(values)), floor - PANEL_HEIGHT * values[-1] / most - 6
    x = min(max(LEFT_EDGE + step * (peak + 0.5), LEFT_EDGE + 20), WIDTH - RIGHT_EDGE - 20)
    return [
        text(14, top + 14, title, bold=True),
        note(LEFT_EDGE - 8, floor, "0", anchor="end"),
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{paint.line}" stroke-width="2.5"/>',
        line((LEFT_EDGE, floor), (WIDTH - RIGHT_EDGE, floor), PAPER.line),
        text(x, top - 6, _short(max(values)), size=12, bold=True, ink=paint.ink, anchor="middle"),
        note(WIDTH - RIGHT_EDGE, last, f"last {_short(values[-1])}", anchor="end") if peak < 0.9 * len(values) else "",
    ]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _dashes(y: float) -> str:
    return (
        f'<line x1="{LEFT_EDGE}" y1="{y:g}" x2="{WIDTH - RIGHT_EDGE}" y2="{y:g}" stroke="{PAPER.line}" '
        f'stroke-dasharray="5 4"/>'
    )
