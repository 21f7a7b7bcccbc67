"""A block in some order, as a picture: its transactions from top to bottom, and what they leave behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toyevm.blocks import Header
from toyevm.errors import InputError
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, FAINT, HERE, LEFT, PANEL, PAPER, READ
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH, arrow, box, heading, note, text
from toyevm.teaching.lab.turns import repeat
from toyevm.teaching.lessons.state_transactions_blocks.hashes import short_hash
from toyevm.teaching.lessons.state_transactions_blocks.order import OrderOutcome, Shuffle, run_order

TOP = 62
CARD_WIDTH, CARD_HEIGHT, CARD_STEP = 430, 40, 48
WORLD_X, WORLD_WIDTH = 500, 446
ETHER_Y = 168  # below the roots


@dataclass(frozen=True, slots=True)
class OrderPicture:
    """Everything the picture says.

    Args:
        letter: a short name for the state root; "" when the block was refused, or stands alone.
        seen, roots: how many orders and different roots there were before this one and with it; 0 when it stands alone.
        ether_of: the two whose ether is shown, or none; None shows everybody's, and the transactions root.
    """

    labels: Sequence[str]
    outcome: OrderOutcome
    letter: str
    seen: int
    roots: int
    ether_of: Sequence[str] | None = None

    @property
    def ether(self) -> Mapping[str, int]:
        """The changes to show, in gwei."""
        changes = self.outcome.ether
        return changes if self.ether_of is None else {name: changes.get(name, 0) for name in self.ether_of}

    @property
    def ether_y(self) -> int:
        """Below the roots; a picture without the transactions root needs less room."""
        return ETHER_Y if self.ether_of is None else ETHER_Y - 42

    @property
    def rows(self) -> list[tuple[int, str, str, int]]:
        """The number of each transaction, its label, status and gas; the last two are empty in a refused block."""
        results = self.outcome.rows or [("", 0)] * len(self.outcome.order)
        pairs = zip(self.outcome.order, results, strict=True)
        return [(number, self.labels[number], status, gas) for number, (status, gas) in pairs]


def show_order(shuffle: Shuffle, order: Sequence[int], *, ether_of_two: tuple[str, str] | None = None) -> Picture:
    """Return the block in this order as a picture: what ran, the tokens, the state root, and the ether of two.

    Raises:
        InputError: `order` is not a permutation, or `ether_of_two` are not two of the block.
    """
    known, two = {*shuffle.names, "producer"}, ether_of_two or ()
    if ether_of_two is not None and (len(two) != 2 or not known.issuperset(two)):
        raise InputError(repeat(ether_of_two), expected=f"two of {', '.join(sorted(known))}")
    shown = OrderPicture(shuffle.labels, run_order(shuffle, order), "", 0, 0, two)
    return Picture(draw_order(shown), order_text(shown))


def picture_of(shuffle: Shuffle, outcome: OrderOutcome, roots: Sequence[bytes], seen: int) -> Picture:
    """Draw an outcome; with a history, a root is called P, Q, R, … in the order in which it was first seen."""
    letter = chr(ord("P") + roots.index(outcome.header.state_root)) if outcome.header and seen else ""
    shown = OrderPicture(shuffle.labels, outcome, letter, seen, len(roots))
    return Picture(draw_order(shown), order_text(shown))


def order_text(shown: OrderPicture) -> str:
    """Return the text twin: a line for each transaction, what is there after it, the roots, what was seen so far."""
    outcome, header = shown.outcome, shown.outcome.header
    lines = [
        f"position {at}  tx {number}  " + (f"{label:<28} {status:<8} {gas:>7,} gas" if status else label)
        for at, (number, label, status, gas) in enumerate(shown.rows)
    ]
    if header is None:
        lines.append(f"not a block: {outcome.problem}")
    else:
        letter = f"{shown.letter} = " if shown.letter else ""
        lines.append("tokens      " + "   ".join(f"{name} {amount:,}" for name, amount in outcome.balances.items()))
        if shown.ether:
            changes = "   ".join(f"{name} {gwei:+,}" for name, gwei in shown.ether.items())
            lines.append(f"ether       {changes} gwei{' (of these two)' if shown.ether_of else ''}")
        if shown.ether_of is None:
            roots = f"{short_hash(header.state_root)}   transactions {short_hash(header.transactions_root)}"
            lines.append(f"roots       state {letter}{roots}")
        else:
            lines.append(f"state root  {short_hash(header.state_root)}")
    return "\n".join([*lines, f"seen        {_seen(shown)}"] if shown.seen else lines)


def _seen(shown: OrderPicture) -> str:
    orders = f"{shown.seen} order{'s' if shown.seen > 1 else ''}"
    return f"{orders}, {shown.roots} different state roots" if shown.roots > 1 else f"{orders}, 1 state root so far"


def draw_order(shown: OrderPicture) -> str:
    """Return the picture as SVG."""
    height = TOP + max(CARD_STEP * len(shown.rows), shown.ether_y + 18 * -(-len(shown.ether) // 3)) + 10
    body = [
        heading(MARGIN, 30, "the block, from first to last"),
        heading(WORLD_X, 30, "the tokens after it"),
        note(WIDTH - MARGIN, 30, f"seen so far: {_seen(shown)}", anchor="end") if shown.seen else "",
        *(part for at, row in enumerate(shown.rows) for part in _card(at, *row)),
        *_world(shown, height),
    ]
    return svg.figure(WIDTH, height, order_text(shown).replace("\n", "; "), body)


def _card(position: int, number: int, label: str, status: str, gas: int) -> list[str]:
    y, failed = TOP - 14 + position * CARD_STEP, status not in ("success", "")
    paint = FAILED if failed else LEFT if status else PANEL
    return [
        note(MARGIN + 8, y + 25, str(position), anchor="middle"),
        box(MARGIN + 24, y, CARD_WIDTH, CARD_HEIGHT, paint, stroke=1.5, dashed=not status),
        text(MARGIN + 36, y + 25, f"tx {number}", size=13, bold=True, ink=paint.ink),
        text(MARGIN + 84, y + 25, label, size=14, ink=PAPER.ink),
        text(MARGIN + 16 + CARD_WIDTH, y + 18, status, size=13, bold=True, ink=paint.ink, anchor="end"),
        text(MARGIN + 16 + CARD_WIDTH, y + 33, f"{gas:,} gas" if gas else "", size=12, mono=True,
             ink=paint.ink, anchor="end"),
    ]  # fmt: skip


def _world(shown: OrderPicture, height: float) -> list[str]:
    top, outcome, header = TOP - 14, shown.outcome, shown.outcome.header
    frame = box(WORLD_X, top, WORLD_WIDTH, height - top - 14, PANEL if header else FAILED)
    if header is None:
        return [
            frame,
            text(WORLD_X + 14, top + 30, "not a block: every computer refuses it", bold=True, ink=FAILED.ink),
            *(text(WORLD_X + 14, top + 56 + 20 * line, words, ink=FAILED.ink)
              for line, words in enumerate(outcome.problem.split(": ", 1))),
        ]  # fmt: skip
    names = [
        part
        for line, (name, amount) in enumerate(outcome.balances.items())
        for part in (
            text(WORLD_X + 14, top + 26 + 22 * line, name, size=14),
            text(WORLD_X + 176, top + 26 + 22 * line, f"{amount:,}", size=14, mono=True, bold=True, anchor="end"),
        )
    ]
    left, middle, inset = WORLD_X + 232, top + 62, 52 if shown.letter else 14
    label = "ether of these two, gwei: " if shown.ether_of else "ether, gwei: "
    paid = [f"{'' if at else label}{name} {gwei:+,}" for at, (name, gwei) in enumerate(shown.ether.items())]
    lines = [", ".join(paid[at : at + 3]) for at in range(0, len(paid), 3)]
    ether = [note(WORLD_X + 14, top + shown.ether_y + 18 * at, line) for at, line in enumerate(lines)]
    return [
        frame,
        *names,
        *ether,
        arrow([(WORLD_X + 190, middle), (left - 4, middle)], READ.line),
        box(left, top + 24, 198, 76, HERE, stroke=1.5),
        text(left + 14, top + 72, shown.letter, size=34, bold=True),
        note(left + inset, top + 48, "state root"),
        text(left + inset, top + 72, short_hash(header.state_root), size=15, mono=True, bold=True),
        *_transactions_root(shown, header, left, top),
    ]


def _transactions_root(shown: OrderPicture, header: Header, x: float, y: float) -> list[str]:
    if shown.ether_of is not None:
        return []
    root = short_hash(header.transactions_root)
    return [
        note(x, y + 126, "transactions root"),
        text(x, y + 146, root, size=13, mono=True, ink=FAINT.ink),
    ]
