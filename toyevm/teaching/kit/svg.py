"""The writer of SVG: every picture is made of boxes, words, lines and arrows, and only here are they spelt out.

A figure stands alone: no style sheet, no font or script from elsewhere. Everything that could come from a program is
escaped here, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from toyevm.teaching.kit.palette import FAINT, PAGE, PAPER, Paint

SANS = "system-ui, 'DejaVu Sans', Arial, sans-serif"
BOLD = ' font-weight="700"'
MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
WIDTH, MARGIN = 960, 14  # of a picture as wide as a notebook's page, in pixels
HATCH = 8  # from one stroke to the next
Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # left, top, width, height


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


def heading(x: float, y: float, words: str, *, ink: str = PAPER.ink, anchor: str = "start") -> str:
    """Return the words that say what a picture, or a part of it, shows."""
    return text(x, y, words, size=15, bold=True, ink=ink, anchor=anchor)


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


def line(start: Point, end: Point, ink: str, *, width: float = 2, dashes: str = "") -> str:
    """Return a straight line; `dashes` such as "5 4": how long they are and how far apart."""
    (x1, y1), (x2, y2) = start, end
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{ink}" stroke-width="{width:g}"{dashed}/>'


def strokes(lines: Iterable[tuple[Point, Point]], ink: str, *, width: float = 1, opacity: float = 1) -> str:
    """Return many straight lines in one ink, as one shape: a picture with thousands of them stays small."""
    path = "".join(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" for (x1, y1), (x2, y2) in lines)
    faded = f' opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<path d="{path}" stroke="{ink}" stroke-width="{width:g}"{faded} fill="none"/>'


def blots(rectangles: Iterable[Rectangle], ink: str) -> str:
    """Return many small filled rectangles in one ink, as one shape."""
    path = "".join(f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.2f}h{-width:.1f}z" for x, y, width, height in rectangles)
    return f'<path d="{path}" fill="{ink}"/>'


def hatch(x: float, y: float, width: float, height: float, ink: str, *, opacity: float = 0.55) -> str:
    """Return diagonal strokes that end where their box does: what is in it does not count any more."""
    lines: list[tuple[Point, Point]] = []
    start = -height
    while start < width:
        from_, to = max(start, 0.0), min(start + height, width)
        lines.append(((x + from_, y + height - (from_ - start)), (x + to, y + height - (to - start))))
        start += HATCH
    return strokes(lines, ink, opacity=opacity)


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
    frame = box(0.5, 0.5, width - 1, height - 1, PAGE, radius=6)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" font-family="{SANS}" '
        f'style="max-width:100%;height:auto;white-space:pre">{frame}{"".join(body)}</svg>'
    )
