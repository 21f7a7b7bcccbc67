"""Two fingerprints side by side, bit for bit: what a small change of the input does to a hash."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.stepper.view import Picture
from toyevm.teaching.kit.svg import PANEL, WRITTEN, box, note, text
from toyevm.teaching.lessons.state_transactions_blocks.order_view import short_hash

CELL, PER_ROW, LEFT_EDGE, TOP = 11, 64, 16, 62


def changed_bits(before: bytes, after: bytes) -> list[int]:
    """Return the places, from the left, at which two strings of equal length differ.

    >>> changed_bits(b"\\x01", b"\\x82")
    [0, 6, 7]
    """
    difference = int.from_bytes(before, "big") ^ int.from_bytes(after, "big")
    size = 8 * len(before)
    return [place for place in range(size) if difference >> (size - 1 - place) & 1]


def show_bits(before: bytes, after: bytes) -> Picture:
    """Return a cell for each bit, the changed ones filled."""
    changed, size = set(changed_bits(before, after)), 8 * len(before)
    twin = "\n".join(
        [
            f"first    {before.hex()}",
            f"second   {after.hex()}",
            f"changed  {len(changed)} of {size} bits ({len(changed) / size:.0%})",
        ]
    )
    cells = []
    for place in range(size):
        x, y = LEFT_EDGE + CELL * (place % PER_ROW), TOP + (CELL + 2) * (place // PER_ROW)
        paint = WRITTEN if place in changed else PANEL
        cells.append(box(x, y, CELL - 2, CELL, paint, radius=0))
        if place in changed:  # not by colour alone
            cells.append(f'<path d="M{x:g} {y + CELL:g}L{x + CELL - 2:g} {y:g}" stroke="{WRITTEN.ink}"/>')
    body = [
        text(LEFT_EDGE, 26, f"{len(changed)} of {size} bits are different", size=15, bold=True),
        note(LEFT_EDGE, 46, f"{short_hash(before)} against {short_hash(after)}; struck: a bit that turned over"),
        *cells,
    ]
    height = TOP + (CELL + 2) * (-(-size // PER_ROW)) + 14
    return Picture(
        svg.figure(2 * LEFT_EDGE + CELL * PER_ROW, height, f"Bits of two hashes. {twin}".replace("\n", "; "), body),
        twin,
    )
