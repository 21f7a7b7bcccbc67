"""Hashes as people compare them: by their beginning, or bit for bit, which shows what a small change does."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import PANEL, WRITTEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, box, heading, note

CELL, PER_ROW, TOP = 11, 64, 62


def short_hash(value: bytes) -> str:
    """Return a hash as people compare it: its beginning.

    >>> short_hash(bytes.fromhex("56e81f171bcc55a6") + bytes(24))
    '0x56e81f17…'
    """
    return f"0x{value[:4].hex()}…"


def changed_bits(before: bytes, after: bytes) -> list[int]:
    """Return the positions, from the left, at which two strings of equal length differ.

    >>> changed_bits(b"\\x01", b"\\x82")
    [0, 6, 7]
    """
    difference, size = int.from_bytes(before, "big") ^ int.from_bytes(after, "big"), 8 * len(before)
    return [bit for bit in range(size) if difference >> (size - 1 - bit) & 1]


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
    for bit in range(size):
        x, y = MARGIN + CELL * (bit % PER_ROW), TOP + (CELL + 2) * (bit // PER_ROW)
        paint = WRITTEN if bit in changed else PANEL
        cells.append(box(x, y, CELL - 2, CELL, paint, radius=0))
        if bit in changed:  # not by colour alone
            cells.append(svg.strokes([((x, y + CELL), (x + CELL - 2, y))], WRITTEN.ink))
    body = [
        heading(MARGIN, 26, f"{len(changed)} of {size} bits are different"),
        note(MARGIN, 46, f"{short_hash(before)} against {short_hash(after)}; struck: a bit that changed"),
        *cells,
    ]
    height = TOP + (CELL + 2) * (-(-size // PER_ROW)) + 14
    return Picture(
        svg.figure(2 * MARGIN + CELL * PER_ROW, height, f"Bits of two hashes. {twin}".replace("\n", "; "), body),
        twin,
    )
