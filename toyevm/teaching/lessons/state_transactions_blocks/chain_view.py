"""A chain of sealed blocks as a picture; what does not fit is marked."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.results import SealedBlock
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, FAINT, LEFT, PANEL, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, arrow, box, heading, note, text
from toyevm.teaching.lessons.state_transactions_blocks.chain_faults import NAMES, Fault, find_faults
from toyevm.teaching.lessons.state_transactions_blocks.hashes import short_hash

CARD, GAP, TOP, LINE = 232, 44, 44, 24


def show_chain(blocks: Sequence[SealedBlock]) -> Picture:
    """Return the headers in a row, each with an arrow to its parent; what does not fit is marked.

    The logs bloom, of which the lesson does not speak, is shown only where it does not fit.
    """
    faults = set(find_faults(blocks))
    names = [name for name in NAMES if name != "logs bloom" or any(fault.name == name for fault in faults)]
    lines = []
    for block in blocks:
        number = block.header.number
        values = "   ".join(f"{name} {value}{_mark(number, name, faults)}" for name, value in _values(block, names))
        lines.append(f"block {number}   {values}")
    failed = "1 check fails" if len(faults) == 1 else f"{len(faults)} checks fail"
    verdict = failed if faults else "every check passes"
    twin = "\n".join([*lines, verdict])
    cards = [part for index, block in enumerate(blocks) for part in _card(index, block, faults, names)]
    width = 2 * MARGIN + CARD * len(blocks) + GAP * (len(blocks) - 1)
    ink = FAILED.ink if faults else LEFT.ink
    body = [heading(MARGIN, 28, verdict, ink=ink), *cards]
    height = TOP + 44 + LINE * len(names) + 26
    return Picture(svg.figure(width, height, f"Chain of blocks. {twin}".replace("\n", "; "), body), twin)


def _values(block: SealedBlock, names: Sequence[str]) -> list[tuple[str, str]]:
    header = block.header
    bits = sum(byte.bit_count() for byte in header.logs_bloom)
    hashes = (header.parent_hash, header.state_root, header.transactions_root, header.receipts_root)
    shown = [*map(short_hash, hashes), f"{bits} bits", short_hash(header.hash)]
    return [(name, value) for name, value in zip(NAMES, shown, strict=True) if name in names]


def _mark(number: int, name: str, faults: set[Fault]) -> str:
    return " (does not fit)" if Fault(number, name) in faults else ""


def _card(index: int, block: SealedBlock, faults: set[Fault], names: Sequence[str]) -> list[str]:
    x, number = MARGIN + (CARD + GAP) * index, block.header.number
    count = len(block.transactions)
    body = [
        box(x, TOP, CARD, 44 + LINE * len(names) + 12, PANEL),
        heading(x + 12, TOP + 24, f"block {number}"),
        note(x + CARD - 12, TOP + 24, f"{count} transaction{'s' if count != 1 else ''}", anchor="end"),
    ]
    for line, (name, value) in enumerate(_values(block, names)):
        y, is_wrong = TOP + 40 + LINE * line, Fault(number, name) in faults
        paint = FAILED if is_wrong else PANEL
        body += [
            box(x + 6, y, CARD - 12, LINE - 2, paint, stroke=1.5) if is_wrong else "",
            text(x + 12, y + 16, f"✗ {name}" if is_wrong else name, size=12, ink=paint.ink if is_wrong else FAINT.ink),
            text(x + CARD - 12, y + 16, value, size=12, mono=True, bold=is_wrong, ink=paint.ink, anchor="end"),
        ]
    if index:
        is_broken = Fault(number, "parent hash") in faults
        y, bottom = TOP + 51, TOP + 51 + LINE * (len(names) - 1)
        elbow = x - GAP / 2
        points: list[svg.Point] = [(x, y), (elbow, y), (elbow, bottom), (x - GAP, bottom)]
        body.append(arrow(points, FAILED.line if is_broken else PAPER.line))
    return body
