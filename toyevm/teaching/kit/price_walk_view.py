"""The price of blob gas over time, a line for each fork's rules, on a scale where a factor is a distance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log10

from toyevm.charts import INKS
from toyevm.rollups.costs import SlotPrice
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAINT, PANEL
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.price_walk import HALF, RULES, BlobDemand
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.units import GWEI

LEFT, RIGHT, TOP, BOTTOM = 110, WIDTH - 190, 70, 330
STROKES = ("", "7 3", "2 3", "9 3 2 3")  # told apart by more than their ink
SHOWN = (0, HALF // 2, HALF, HALF + HALF // 2, 2 * HALF)  # slots of the text twin


def price_words(wei: float) -> str:
    """Return a price with three digits, in the unit that fits.

    >>> [price_words(wei) for wei in (1, 999, 31_250_000, 1.5e9, 2.34e14)]
    ['1 wei', '999 wei', '0.0312 gwei', '1.5 gwei', '234,000 gwei']
    """
    if wei < GWEI / 1_000:
        return f"{wei:,.0f} wei"
    digits = f"{float(f'{wei / GWEI:.3g}'):,f}"
    return digits.rstrip("0").rstrip(".") + " gwei"


def show_price_walk(demand: BlobDemand) -> Picture:
    """Return the price over 200 slots by the rules of each fork; the text twin is a table."""
    words = words_of(demand)
    return Picture(_draw(demand, "; ".join(words)), "\n".join(words))


def words_of(demand: BlobDemand) -> list[str]:
    """Return what is drawn, in words: the price in five slots, by the rules of each fork."""
    wanted = f"{demand.first} blobs wanted in blocks 0 to {HALF - 1}, {demand.then} after that"
    head = f"{'rules':<7}{'target':>7}{'most':>5}" + "".join(f"{f'block {slot}':>18}" for slot in SHOWN)
    lines = [f"price of blob gas (simulated): {wanted}; gas at {price_words(demand.base_fee)}", head]
    for name, walk in demand.walks.items():
        blobs = RULES[name].blobs
        assert blobs is not None
        prices = "".join(f"{price_words(walk[slot].price):>18}" for slot in SHOWN)
        lines.append(f"{name:<7}{blobs.target:>7}{blobs.maximum:>5}{prices}")
    return lines


def _draw(demand: BlobDemand, label: str) -> str:
    walks = demand.walks
    powers = [log10(each.price) for walk in walks.values() for each in walk]
    low, high = int(min(powers)), int(max(powers)) + 1
    step = max(1, (high - low) // 8)
    body = [svg.heading(MARGIN, 26, f"price of blob gas (simulated), each line {10**step:,} times the one below")]
    body += _frame(demand, low, high, step)
    ends = []
    for place, (name, walk) in enumerate(walks.items()):
        points = [(_x(each.slot), _y(each.price, low, high)) for each in walk]
        ink = INKS[place]
        body += [svg.line(start, end, ink, dashes=STROKES[place]) for start, end in pairwise(_corners(walk, points))]
        ends.append((points[-1][1], f"{name} {price_words(walk[-1].price)}", ink))
    free = TOP - 10.0
    for y, words, ink in sorted(ends):  # from the top, each below the one before
        free = max(y + 4, free + 18)
        body.append(svg.text(RIGHT + 8, free, words, ink=ink, bold=True))
    return svg.figure(WIDTH, BOTTOM + 58, label, body)


def _frame(demand: BlobDemand, low: int, high: int, step: int) -> list[str]:
    parts = [svg.box(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, PANEL, radius=0)]
    for power in range(low, high + 1, step):
        y = _y(10**power, low, high)
        parts.append(svg.line((LEFT, y), (RIGHT, y), PANEL.line, width=0.6))
        parts.append(svg.note(LEFT - 8, y + 4, price_words(10**power), anchor="end"))
    parts.append(svg.line((_x(HALF), TOP - 14), (_x(HALF), BOTTOM), FAINT.ink, width=1, dashes="4 3"))
    for slot, wanted in ((0, demand.first), (HALF, demand.then)):
        parts.append(svg.note(_x(slot) + 6, TOP - 6, f"{wanted} blobs wanted in each block"))
    parts += [
        svg.note(_x(slot), BOTTOM + 20, f"block {slot} · {slot // 5} min", anchor="middle")
        for slot in range(0, 2 * HALF + 1, HALF // 2)
    ]
    return [*parts, svg.note(MARGIN, BOTTOM + 44, "a block carries as many as wanted, up to the most its rules allow")]


def _corners(walk: Sequence[SlotPrice], points: Sequence[svg.Point]) -> list[svg.Point]:
    """Leave out what lies on a straight line: a picture of 800 slots stays small."""
    bends = [
        at for at in range(1, len(walk) - 1) if abs(points[at + 1][1] - 2 * points[at][1] + points[at - 1][1]) > 0.05
    ]
    return [points[at] for at in (0, *bends, len(walk) - 1)]


def _x(slot: float) -> float:
    return LEFT + (RIGHT - LEFT) * slot / (2 * HALF)


def _y(price: float, low: int, high: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * (log10(price) - low) / (high - low)
