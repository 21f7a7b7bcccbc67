"""Hashes as pictures: two of them bit for bit, and a small Merkle tree: what a path needs, what its verifier makes.

Level 0 holds the leaves, the hashes of the entries; each level above is half as long; the last is the root alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAINT, HERE, LEFT, PANEL, PAPER, READ, TAKEN, WRITTEN, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, box, heading, line, note, text
from toyevm.teaching.lessons.state_transactions_blocks.hashes import changed_bits, short_hash

Levels = Sequence[Sequence[bytes]]
WIDTH, ROW, BOX_HEIGHT = 760, 84, 40
CELL, PER_ROW, TOP = 11, 64, 62
_WORDS = {"leaf": "known", "given": "in the path", "made": "recomputed", "": "not needed"}
_PAINTS: dict[str, Paint] = {"leaf": HERE, "given": READ, "made": LEFT, "": TAKEN}


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


def path_roles(levels: Levels, leaf: int | None) -> list[list[str]]:
    """Return for each hash what it is to somebody who checks the path of `leaf`: leaf, given, made, or "".

    >>> path_roles([[b"a", b"b", b"c", b"d"], [b"ab", b"cd"], [b"abcd"]], 2)
    [['', '', 'leaf', 'given'], ['given', 'made'], ['made']]
    """
    roles = [[""] * len(level) for level in levels]
    if leaf is None:
        return roles
    for height, level in enumerate(roles):
        position = leaf >> height
        level[position] = "made" if height else "leaf"
        if len(level) > 1:
            level[position ^ 1] = "given"
    return roles


def show_tree(levels: Levels, labels: Sequence[str], leaf: int | None = None) -> Picture:
    """Return the tree above `labels`; with `leaf`, from 0, the path that proves this one is marked."""
    roles = path_roles(levels, leaf)
    lines = []
    for height, level in reversed(list(enumerate(levels))):
        name = "root" if height == len(levels) - 1 else f"level {height}"
        hashes = [
            f"{short_hash(digest)}{f' ({_WORDS[role]})' if role else ''}"
            for digest, role in zip(level, roles[height], strict=True)
        ]
        lines.append(f"{name:<8} {_in_pairs(hashes)}")
    lines.append(f"entries  {_in_pairs(labels)}")
    twin = "\n".join(lines)
    return Picture(_draw(levels, labels, roles, twin, is_marked=leaf is not None), twin)


def _in_pairs(words: Sequence[str]) -> str:
    """Return words with those together that are hashed together: "[a, b]  [c, d]"."""
    return "  ".join(f"[{', '.join(words[at : at + 2])}]" for at in range(0, len(words), 2))


def _draw(levels: Levels, labels: Sequence[str], roles: list[list[str]], twin: str, is_marked: bool) -> str:
    body: list[str] = []
    bottom = 20 + ROW * (len(levels) - 1)
    for height, level in enumerate(levels):
        y = bottom - ROW * height
        for position, digest in enumerate(level):
            x = _center(position, len(level))
            if height:
                below = y + ROW - 1
                ends = [(_center(child, 2 * len(level)), below) for child in (2 * position, 2 * position + 1)]
                body += [line((x, y + BOX_HEIGHT), end, PAPER.line) for end in ends]
            body += _node(x, y, digest, roles[height][position], is_marked)
    for position, label in enumerate(labels):
        x = _center(position, len(labels))
        body.append(line((x, bottom + BOX_HEIGHT), (x, bottom + 62), PAPER.line))
        body.append(text(x, bottom + 78, label, size=15, bold=True, anchor="middle"))
    return svg.figure(WIDTH, bottom + 96, "Merkle tree. " + twin.replace("\n", "; "), body)


def _center(position: int, count: int) -> float:
    return MARGIN + (WIDTH - 2 * MARGIN) * (position + 0.5) / count


def _node(x: float, y: float, digest: bytes, role: str, is_marked: bool) -> list[str]:
    paint = _PAINTS[role] if is_marked else WRITTEN
    remark = _WORDS[role] if is_marked else ""
    return [
        box(x - 62, y, 124, BOX_HEIGHT, paint, stroke=2 if role else 1, dashed=is_marked and not role),
        text(x, y + (17 if remark else 25), short_hash(digest), size=13, mono=True, ink=paint.ink, anchor="middle"),
        note(x, y + 33, remark, ink=paint.ink if role else FAINT.ink, anchor="middle") if remark else "",
    ]
