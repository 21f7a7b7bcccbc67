"""Where the words of a picture would stand in each other's way; widths are those of DejaVu Sans, the widest in use."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

NARROW = frozenset("iljtfrI.,:;()[]|!' ")
WIDE = frozenset("mwMW%@✗✓▲≠")


def overlaps(picture: str) -> list[tuple[str, str]]:
    """Return the pairs of words that cover each other, and words that leave the figure, paired with "the edge"."""
    root = ElementTree.fromstring(picture)
    _, _, width, height = map(float, str(root.get("viewBox")).split())
    texts = [element for element in root.iter() if element.tag.endswith("text") and "".join(element.itertext())]
    boxes = [(_box(element), "".join(element.itertext())) for element in texts]
    found = [(one, other) for (a, one), (b, other) in combinations(boxes, 2) if _meet(a, b)]
    return found + [
        (words, "the edge")
        for (x, y, right, bottom), words in boxes
        if x < 0 or y < 0 or right > width or bottom > height
    ]


def _box(element: ElementTree.Element) -> tuple[float, float, float, float]:
    words, size = "".join(element.itertext()), float(element.get("font-size", 0))
    units = sum(0.34 if each in NARROW else 0.9 if each in WIDE else 0.61 for each in words)
    width = units * size * (1.1 if element.get("font-weight") else 1)
    x, y = float(element.get("x", 0)), float(element.get("y", 0))
    x -= {"start": 0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
    return x, y - 0.75 * size, x + width, y + 0.2 * size


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
