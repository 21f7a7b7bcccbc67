"""A fee market under load: how full the blocks are, what the base fee does, and who is left waiting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from toyevm.chain import ELASTICITY
from toyevm.charts import BLUE, FAINT_GREY, INKS, LIGHT_BLUE, ORANGE, Chart, say
from toyevm.units import GWEI
from toyevm.workloads.mempool import MarketBlock, Offer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def market_table(blocks: Sequence[MarketBlock], every: int = 1) -> str:
    """Return the numbers as a table, one row for each `every` blocks, and one for the highest base fee.

    >>> print(market_table([MarketBlock(0, 10**10, 9, 5, 300_000, 600_000, 4, 1, 10**9)]))
    block  base fee  arrived  included   full  waiting  of them too poor
        0     10.00        9         5    50%        4                 1
    """
    peak = max(blocks, key=lambda block: block.base_fee)
    head = "block  base fee  arrived  included   full  waiting  of them too poor"
    rows = [
        f"{block.number:>5}{block.base_fee / GWEI:>10.2f}{block.arrived:>9}{block.included:>10}"
        f"{block.gas_used / block.gas_limit:>7.0%}{block.waiting:>9}{block.priced_out:>18}"
        for at, block in enumerate(blocks)
        if at % every == 0 or block is peak
    ]
    return "\n".join([head, *rows])


def bill_of(offer: Offer, block: MarketBlock | None, last: int) -> str:
    """Return what the block that took an offer charges for a unit of gas; without one, it waits after block `last`."""
    if block is None:
        return f"still waiting after block {last}"
    base_fee, tip = block.base_fee / GWEI, offer.tip(block.base_fee) / GWEI
    return f"in block {block.number}: base fee {base_fee:.2f} + tip {tip:.2f} = {base_fee + tip:.2f} gwei per gas"


def show_market(blocks: Sequence[MarketBlock], every: int = 1) -> Chart:
    """Return three panels over time: gas used, base fee, and how many wait; the twin is the table."""
    alt = f"Fee market. {_summary(blocks)}"
    return Chart(partial(_draw, blocks), "fee market", alt, market_table(blocks, every), height=5.2)


def _summary(blocks: Sequence[MarketBlock]) -> str:
    fees, waiting = [block.base_fee / GWEI for block in blocks], [block.waiting for block in blocks]
    full = sum(block.gas_used > 0.95 * block.gas_limit for block in blocks)
    return (
        f"{len(blocks)} blocks, {full} of them full; base fee from {fees[0]:.2f} gwei to at most {max(fees):.2f}, "
        f"last {fees[-1]:.2f}; at most {max(waiting)} waiting, last {waiting[-1]}"
    )


def _draw(blocks: Sequence[MarketBlock], figure: Figure) -> None:
    gas, fee, waiting = figure.subplots(3, sharex=True)
    numbers = [block.number for block in blocks]
    gas.bar(numbers, [block.gas_used / block.gas_limit for block in blocks], width=0.9, color=LIGHT_BLUE)
    gas.set_title("gas used")
    gas.set_yticks([0, 1 / ELASTICITY, 1], ["0", "target", "limit"])
    for level in (1 / ELASTICITY, 1):
        gas.axhline(level, color=FAINT_GREY, linewidth=1, linestyle="--")
    _stairs(fee, "base fee, gwei", numbers, [block.base_fee / GWEI for block in blocks], ORANGE, INKS[1])
    _stairs(waiting, "waiting", numbers, [float(block.waiting) for block in blocks], BLUE, INKS[0])
    waiting.yaxis.set_major_formatter("{x:,.0f}")
    waiting.set_xlim(numbers[0] - 0.7, numbers[-1] + 1.7)
    waiting.set_xlabel("block number")


def _stairs(axes: Axes, title: str, numbers: Sequence[int], values: Sequence[float], colour: str, ink: str) -> None:
    """Draw a staircase: a block has one value from its beginning to its end."""
    edges = [number - 0.5 for number in [*numbers, numbers[-1] + 1]]
    axes.stairs(values, edges, baseline=None, color=colour, linewidth=2)
    axes.set_title(title)
    axes.set_ylim(0, 1.25 * max(*values, 1.0))
    peak = values.index(max(values))
    say(axes, _short(values[peak]), (numbers[peak], values[peak]), ink, ha="center", fontweight="bold")
    if peak < 0.9 * len(values):
        say(axes, f"last {_short(values[-1])}", (edges[-1], values[-1]), FAINT_GREY, shift=(0, 8), ha="right")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
