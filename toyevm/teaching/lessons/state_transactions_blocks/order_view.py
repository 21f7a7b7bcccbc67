"""A block in some order, as a picture: its transactions from top to bottom, and what they leave behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, FAINT, HERE, LEFT, PANEL, PAPER, READ
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH, arrow, box, heading, note, text
from toyevm.teaching.lessons.state_transactions_blocks.hashes import short_hash
from toyevm.teaching.lessons.state_transactions_blocks.order import OrderOutcome, Shuffle, run_order

TOP = 62
CARD_WIDTH, CARD_HEIGHT, CARD_STEP = 430, 40, 48
WORLD_X, WORLD_WIDTH = 500, 446


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One transaction; `number`, from 0, is its name, whatever its position."""

    number: int
    label: str
    status: str = ""
    gas: int = 0


@dataclass(frozen=True, slots=True)
class OrderPicture:
    """Everything the picture says.

    Args:
        letter: a short name for the state root; "" when the block was refused, or stands alone.
        seen, roots: how many orders and different roots there were before this one and with it; 0 when it stands alone.
    """

    rows: tuple[OrderRow, ...]
    balances: tuple[tuple[str, int], ...]
    problem: str
    letter: str
    state_root: bytes
    transactions_root: bytes
    seen: int
    roots: int


def show_order(shuffle: Shuffle, order: Sequence[int]) -> Picture:
    """Return the block in this order as a picture."""
    outcome = run_order(shuffle, order)
    return picture_of(shuffle, outcome, (), 0)


def picture_of(shuffle: Shuffle, outcome: OrderOutcome, roots: Sequence[bytes], seen: int) -> Picture:
    """Draw an outcome; with a history, a root is called P, Q, R, … in the order in which it was first seen."""
    results = outcome.rows or [("", 0)] * len(outcome.order)
    header = outcome.header
    shown = OrderPicture(
        rows=tuple(
            OrderRow(number, shuffle.labels[number], status, gas)
            for number, (status, gas) in zip(outcome.order, results, strict=True)
        ),
        balances=tuple(outcome.balances.items()),
        problem=outcome.problem,
        letter=chr(ord("P") + roots.index(header.state_root)) if header and seen else "",
        state_root=header.state_root if header else b"",
        transactions_root=header.transactions_root if header else b"",
        seen=seen,
        roots=len(roots),
    )
    return Picture(draw_order(shown), order_text(shown))


def order_text(shown: OrderPicture) -> str:
    """Return the text twin: a line for each transaction, then the world after, the roots, and what was seen so far."""
    lines = [f"position {at}  tx {row.number}  {_line(row)}" for at, row in enumerate(shown.rows)]
    if shown.problem:
        lines.append(f"not a block: {shown.problem}")
    else:
        lines.append("after       " + "   ".join(f"{name} {amount:,}" for name, amount in shown.balances))
        lines.append(
            f"roots       state {shown.letter + ' = ' if shown.letter else ''}{short_hash(shown.state_root)}   "
            f"transactions {short_hash(shown.transactions_root)}"
        )
    return "\n".join([*lines, f"seen        {_seen(shown)}"] if shown.seen else lines)


def _line(row: OrderRow) -> str:
    return f"{row.label:<28} {row.status:<8} {row.gas:>7,} gas" if row.status else row.label


def _seen(shown: OrderPicture) -> str:
    plural = "s" if shown.seen > 1 else ""
    return f"{shown.seen} order{plural}, {shown.roots} different state root{'s' if shown.roots != 1 else ''}"


def draw_order(shown: OrderPicture) -> str:
    """Return the picture as SVG."""
    height = TOP + max(CARD_STEP * len(shown.rows), 22 * len(shown.balances), 148) + 10
    body = [
        heading(MARGIN, 30, "the block, from first to last"),
        heading(WORLD_X, 30, "the tokens after it"),
        note(WIDTH - MARGIN, 30, f"seen so far: {_seen(shown)}", anchor="end") if shown.seen else "",
        *(part for at, row in enumerate(shown.rows) for part in _card(at, row)),
        *_world(shown, height),
    ]
    return svg.figure(WIDTH, height, order_text(shown).replace("\n", "; "), body)


def _card(position: int, row: OrderRow) -> list[str]:
    y, failed = TOP - 14 + position * CARD_STEP, row.status not in ("success", "")
    paint = FAILED if failed else LEFT if row.status else PANEL
    return [
        note(MARGIN + 8, y + 25, str(position), anchor="middle"),
        box(MARGIN + 24, y, CARD_WIDTH, CARD_HEIGHT, paint, stroke=1.5, dashed=not row.status),
        text(MARGIN + 36, y + 25, f"tx {row.number}", size=13, bold=True, ink=paint.ink),
        text(MARGIN + 84, y + 25, row.label, size=14, ink=PAPER.ink),
        text(MARGIN + 16 + CARD_WIDTH, y + 18, row.status, size=13, bold=True, ink=paint.ink, anchor="end"),
        text(MARGIN + 16 + CARD_WIDTH, y + 33, f"{row.gas:,} gas" if row.gas else "", size=12, mono=True,
             ink=paint.ink, anchor="end"),
    ]  # fmt: skip


def _world(shown: OrderPicture, height: float) -> list[str]:
    top = TOP - 14
    frame = box(WORLD_X, top, WORLD_WIDTH, height - top - 14, FAILED if shown.problem else PANEL)
    if shown.problem:
        return [
            frame,
            text(WORLD_X + 14, top + 30, "not a block: every computer refuses it", bold=True, ink=FAILED.ink),
            *(text(WORLD_X + 14, top + 56 + 20 * line, words, ink=FAILED.ink)
              for line, words in enumerate(shown.problem.split(": ", 1))),
        ]  # fmt: skip
    names = [
        part
        for line, (name, amount) in enumerate(shown.balances)
        for part in (
            text(WORLD_X + 14, top + 26 + 22 * line, name, size=14),
            text(WORLD_X + 176, top + 26 + 22 * line, f"{amount:,}", size=14, mono=True, bold=True, anchor="end"),
        )
    ]
    left, middle, inset = WORLD_X + 232, top + 62, 52 if shown.letter else 14
    return [
        frame,
        *names,
        arrow([(WORLD_X + 190, middle), (left - 4, middle)], READ.line),
        box(left, top + 24, 198, 76, HERE, stroke=1.5),
        text(left + 14, top + 72, shown.letter, size=34, bold=True),
        note(left + inset, top + 48, "state root"),
        text(left + inset, top + 72, short_hash(shown.state_root), size=15, mono=True, bold=True),
        note(left, top + 126, "transactions root"),
        text(left, top + 146, short_hash(shown.transactions_root), size=13, mono=True, ink=FAINT.ink),
    ]
