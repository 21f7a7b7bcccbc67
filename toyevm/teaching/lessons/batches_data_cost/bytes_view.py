"""Where the bytes of a transfer go: a bar for each encoding, stacked by what the bytes are for."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.errors import InputError
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAINT, HERE, LEFT, NORMAL, PAPER, READ, TAKEN, VIOLET, WRITTEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH

PAINTS = (READ, WRITTEN, LEFT, VIOLET, HERE, NORMAL, TAKEN)
NAMES, ROW, BAR, TOP = 210, 44, 26, 92
LONGEST = WIDTH - NAMES - 210  # room for two figures behind the longest bar
OTHER = "other"

Sizes = Mapping[str, Mapping[str, float]]  # by encoding, then by part: bytes for each transfer


def show_byte_parts(sizes: Sizes, compressed: Mapping[str, float] | None = None) -> Picture:
    """Return a bar for each encoding: the parts that take the most bytes by name, the small ones together.

    Args:
        sizes: encoding -> part -> bytes for each transfer.
        compressed: encoding -> bytes for each transfer after the best compressor: a mark on the bar.

    Raises:
        InputError: there is nothing to show.
    """
    if not sizes or not any(sum(parts.values()) for parts in sizes.values()):
        raise InputError("no bytes to show", expected="an encoding with a part")
    rows = gathered(sizes)
    marks = dict(compressed or {})
    words = words_of(rows, marks)
    return Picture(_draw(rows, marks, "; ".join(words)), "\n".join(words))


def gathered(sizes: Sizes) -> dict[str, dict[str, float]]:
    """Keep as many parts as there are colours, the largest in all encodings; add up the others.

    >>> rows = gathered({"one": {f"part {size}": size for size in range(1, 9)}})
    >>> list(rows["one"].items())[-2:]
    [('part 3', 3), ('other', 3)]
    """
    totals: dict[str, float] = {}
    for parts in sizes.values():
        for part, size in parts.items():
            totals[part] = max(totals.get(part, 0), size)
    by_size = sorted(totals, key=lambda part: -totals[part])
    kept = by_size if len(by_size) <= len(PAINTS) else by_size[: len(PAINTS) - 1]
    rows = {}
    for name, parts in sizes.items():
        row = {part: parts.get(part, 0) for part in kept}
        rest = sum(size for part, size in parts.items() if part not in kept)
        rows[name] = row | ({OTHER: rest} if len(kept) < len(by_size) else {})
    return rows


def words_of(rows: Sizes, marks: Mapping[str, float]) -> list[str]:
    """Return the table: parts as columns, encodings as rows."""
    parts = list(next(iter(rows.values())))
    wide = max(len("bytes a transfer"), *map(len, rows))
    ends = ["all", *(["compressed"] if marks else [])]
    lines = [f"{'bytes a transfer':<{wide}}" + "".join(f"  {part:>6}" for part in [*parts, *ends])]
    for name, row in rows.items():
        values = [*row.values(), sum(row.values()), *([marks.get(name)] if marks else [])]
        cells = zip([*parts, *ends], values, strict=True)
        lines.append(f"{name:<{wide}}" + "".join(f"  {_digits(value):>{max(6, len(head))}}" for head, value in cells))
    return lines


def _digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _draw(rows: Sizes, marks: Mapping[str, float], label: str) -> str:
    most = max(sum(row.values()) for row in rows.values())
    paints = dict(zip(next(iter(rows.values())), PAINTS, strict=False))
    body = [svg.heading(MARGIN, 26, "bytes for each transfer")]
    x = float(MARGIN)
    for part, paint in paints.items():
        body += [svg.box(x, 42, 14, 14, paint, radius=2), svg.note(x + 20, 54, part)]
        x += 36 + 7 * len(part)
    if marks:
        body.append(svg.note(MARGIN, 78, "thick line: all of it, compressed"))
    for place, (name, row) in enumerate(rows.items()):
        body += _bar(name, row, marks.get(name), TOP + ROW * place, LONGEST / most)
    return svg.figure(WIDTH, TOP + ROW * len(rows) + 8, label, body)


def _bar(name: str, row: Mapping[str, float], mark: float | None, y: float, scale: float) -> list[str]:
    parts, x = [svg.text(NAMES - 10, y + 18, name, anchor="end")], float(NAMES)
    for (_, size), paint in zip(row.items(), PAINTS, strict=False):
        if size:
            parts.append(svg.box(x, y, size * scale, BAR, paint, radius=1))
        if size * scale >= 30:
            parts.append(svg.text(x + size * scale / 2, y + 18, f"{size:.3g}", ink=paint.ink, anchor="middle"))
        x += size * scale
    parts.append(svg.text(x + 8, y + 18, _digits(sum(row.values())), bold=True))
    if mark is not None:
        at = NAMES + mark * scale
        parts.append(svg.line((at, y - 5), (at, y + BAR + 5), PAPER.ink, width=4))
        parts.append(svg.note(x + 60, y + 18, f"compressed {mark:.1f}", ink=FAINT.ink))
    return parts
