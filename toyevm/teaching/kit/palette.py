"""The colours of all pictures, each with what it means.

The hues are those of Okabe and Ito, told apart by all common kinds of colour vision; darkened where they carry text, so
that every `ink` has a contrast of at least 4.5 on its own `fill` and on white (WCAG 2.2, AA). No meaning rests on
colour alone. Hues that charts use too come from `toyevm.charts`.
"""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.charts import (
    BLACK,
    BLUE,
    DARK_BLUE,
    DARK_GREEN,
    DARK_ORANGE,
    DARK_RED,
    FAINT_GREY,
    GREEN,
    GREY,
    LIGHT_BLUE,
    LIGHT_ORANGE,
    ORANGE,
    PALE,
    RED,
    WHITE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours of a box and of the words in it."""

    fill: str
    line: str
    ink: str


PAPER = Paint(WHITE, GREY, BLACK)
PANEL = Paint(PALE, "#b9b9b4", BLACK)
PAGE = Paint(WHITE, PANEL.line, BLACK)
FAINT = Paint(PALE, PANEL.line, FAINT_GREY)
TAKEN = Paint("#ececea", GREY, FAINT_GREY)
LEFT = Paint("#d5f0e6", GREEN, DARK_GREEN)
WRITTEN = Paint("#ffe2bf", ORANGE, DARK_ORANGE)
READ = Paint("#dcecf9", BLUE, DARK_BLUE)
HERE = Paint("#fff2ab", "#8a6d00", BLACK)
FAILED = Paint("#f9dcd6", RED, DARK_RED)
VIOLET = Paint("#e9dff5", "#5b2a86", "#4a1f70")
NORMAL = Paint(LIGHT_BLUE, BLUE, BLACK)  # a task like any other
CRITICAL = Paint(LIGHT_ORANGE, ORANGE, BLACK)  # one that holds the others up
GAS_LEFT = NORMAL
GAS_SPENT = Paint("#e4e4e0", GREY, FAINT_GREY)
GAS_NOW = Paint("#e69f00", ORANGE, BLACK)
GAS_LOST = Paint("#d55e00", RED, BLACK)
GAS_BAR = Paint("#56a5dc", BLUE, READ.ink)  # its words stand beside it

# Whatever carries words; those beside the lost gas and the bars of gas stand on white.
PALETTE = (
    PAPER, PANEL, FAINT, TAKEN, LEFT, WRITTEN, READ, HERE, FAILED, VIOLET, NORMAL, CRITICAL, GAS_SPENT, GAS_NOW,
)  # fmt: skip

# The more of something there is, the darker; the number stands in it.
SHADES = tuple(Paint(fill, BLUE, BLACK) for fill in (WHITE, "#e9f2fb", "#d3e5f6", "#bdd8f2", LIGHT_BLUE))

# Of transactions that are told apart: their letters say it, too.
OF_TRANSACTIONS = (READ, WRITTEN, LEFT, VIOLET, HERE, NORMAL)
