"""A few strokes of SVG: every figure of the stepper is made of boxes, words and arrows.

A figure stands alone: no style sheet, no font or script from elsewhere. Everything that could come from a program is
escaped here, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

SANS = "system-ui, 'DejaVu Sans', Arial, sans-serif"
BOLD = ' font-weight="700"'
MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours of a box and of the words in it."""

    fill: str
    line: str
    ink: str


# Hues of Okabe and Ito, told apart by all common kinds of colour vision; darkened where they carry text, so that every
# `ink` has a contrast of at least 4.5 on its own `fill` and on white (WCAG 2.2, AA). No meaning rests on colour alone.
PAPER = Paint("#ffffff", "#767676", "#1b1b1b")
PANEL = Paint("#f6f6f4", "#b9b9b4", "#1b1b1b")
FAINT = Paint("#f6f6f4", "#b9b9b4", "#595959")
TAKEN = Paint("#ececea", "#767676", "#595959")
LEFT = Paint("#d5f0e6", "#00785a", "#00513b")
WRITTEN = Paint("#ffe2bf", "#b35900", "#7a3d00")
READ = Paint("#dcecf9", "#0b5fa5", "#084a80")
HERE = Paint("#fff2ab", "#8a6d00", "#1b1b1b")
FAILED = Paint("#f9dcd6", "#a32a12", "#8a1f0a")
GAS_LEFT = Paint("#a9cfee", "#0b5fa5", "#1b1b1b")
GAS_SPENT = Paint("#e4e4e0", "#767676", "#595959")
GAS_NOW = Paint("#e69f00", "#b35900", "#1b1b1b")
GAS_LOST = Paint("#d55e00", "#a32a12", "#1b1b1b")
PALETTE = (PAPER, PANEL, FAINT, TAKEN, LEFT, WRITTEN, READ, HERE, FAILED, GAS_LEFT, GAS_SPENT, GAS_NOW)


def text(
    x: float, y: float, words: str, *,
    size: int = 13, ink: str = PAPER.ink, mono: bool = False, bold: bool = False, anchor: str = "start",
) -> str:  # fmt: skip
    """Return words with their baseline at `y`.

    >>> text(0, 10, "<script>").partition(">")[2]
    '&lt;script&gt;</text>'
    """
    extra = f' font-family="{MONO}"' * mono + BOLD * bold
    extra += f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{ink}"{extra}>{escape(words)}</text>'


def note(x: float, y: float, words: str, *, ink: str = FAINT.ink, anchor: str = "start") -> str:
    """Return small, faint words."""
    return text(x, y, words, size=12, ink=ink, anchor=anchor)


def runs(x: float, y: float, parts: Iterable[tuple[str, str, bool]], *, size: int = 13, width: float = 0) -> str:
    """Return one line of fixed-width words in several inks: (words, ink, bold) each; `width` forces its length."""
    spans = "".join(f'<tspan fill="{ink}"{BOLD * bold}>{escape(words)}</tspan>' for words, ink, bold in parts)
    forced = f' textLength="{width:g}"' if width else ""
    return f'<text x="{x:g}" y="{y:g}" font-family="{MONO}" font-size="{size}"{forced}>{spans}</text>'


def box(
    x: float, y: float, width: float, height: float, paint: Paint, *,
    stroke: float = 1, dashed: bool = False, radius: int = 4,
) -> str:  # fmt: skip
    """Return a rectangle."""
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{max(width, 0):g}" height="{height:g}" rx="{radius}" fill="{paint.fill}" '
        f'stroke="{paint.line}" stroke-width="{stroke:g}"{dash}/>'
    )


def line(start: Point, end: Point, ink: str) -> str:
    """Return a straight line."""
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{ink}" stroke-width="2"/>'


def arrow(points: list[Point], ink: str) -> str:
    """Return a line through `points` with a head at its end; its pieces are horizontal or vertical."""
    (x1, y1), (x2, y2) = points[-2:]
    dx, dy = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    corners = [(x2, y2)] + [(x2 - 7 * dx + side * dy, y2 - 7 * dy + side * dx) for side in (-4, 4)]
    path = _points([*points[:-1], (x2 - 6 * dx, y2 - 6 * dy)])
    return (
        f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="2"/>'
        f'<polygon points="{_points(corners)}" fill="{ink}"/>'
    )


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def figure(width: int, height: int, label: str, body: Iterable[str]) -> str:
    """Return a whole figure; `label` is what a screen reader says in its place."""
    frame = box(0.5, 0.5, width - 1, height - 1, Paint("#ffffff", PANEL.line, PAPER.ink), radius=6)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" font-family="{SANS}" '
        f'style="max-width:100%;height:auto;white-space:pre">{frame}{"".join(body)}</svg>'
    )
