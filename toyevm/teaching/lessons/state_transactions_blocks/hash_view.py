"""Two fingerprints side by side, bit for bit: what a small change of the input does to a hash."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import PANEL, WRITTEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, box, heading, note
from toyevm.teaching.lessons.state_transactions_blocks.hashes import changed_bits, short_hash

CELL, PER_ROW, TOP = 11, 64, 62


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
        x, y = MARGIN + CELL * (place % PER_ROW), TOP + (CELL + 2) * (place // PER_ROW)
        paint = WRITTEN if place in changed else PANEL
        cells.append(box(x, y, CELL - 2, CELL, paint, radius=0))
        if place in changed:  # not by colour alone
            cells.append(svg.strokes([((x, y + CELL), (x + CELL - 2, y))], WRITTEN.ink))
    body = [
        heading(MARGIN, 26, f"{len(changed)} of {size} bits are different"),
        note(MARGIN, 46, f"{short_hash(before)} against {short_hash(after)}; struck: a bit that turned over"),
        *cells,
    ]
    height = TOP + (CELL + 2) * (-(-size // PER_ROW)) + 14
    return Picture(
        svg.figure(2 * MARGIN + CELL * PER_ROW, height, f"Bits of two hashes. {twin}".replace("\n", "; "), body),
        twin,
    )
