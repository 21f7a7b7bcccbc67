"""A step as a picture: the program on the left, the stacks in the middle, memory and storage below, gas above.

Drawing is a pure function of the scene: the same record gives the same string, and all pictures of a run have one size,
so that nothing but what changed moves when the next one takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from toyevm.assembler import Instruction, instructions
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import (
    FAILED,
    FAINT,
    GAS_LEFT,
    GAS_LOST,
    GAS_NOW,
    GAS_SPENT,
    HERE,
    LEFT,
    PANEL,
    PAPER,
    READ,
    TAKEN,
    WRITTEN,
    Paint,
)
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stepper.scene import MemoryRow, SlotRow, StepScene, number, overlap, scene_of, short_address
from toyevm.teaching.kit.stepper.stage_view import (
    MEMORY_WIDTH,
    PROGRAM_WIDTH,
    ROW_HEIGHT,
    STAGE_WIDTH,
    STAGE_X,
    STAGE_Y,
    STORAGE_WIDTH,
    STORAGE_X,
    Heights,
    draw_stage,
    fails,
)
from toyevm.teaching.kit.stepper.text import extras, pc_text, reads_of, since_start, text_of
from toyevm.teaching.kit.svg import MARGIN, WIDTH, box, note, text
from toyevm.tracer import StepRecord

LINE_HEIGHT = 21
BYTE_WIDTH = 13.1


def show_step(steps: Sequence[StepRecord], index: int) -> Picture:
    """Return one step as a picture; `index` counts from 0.

    Raises:
        IndexError: when there is no such step.
    """
    scene = scene_of(steps, index)
    return Picture(draw(scene), "\n".join(text_of(scene)))


def draw(scene: StepScene) -> str:
    """Return the picture of a scene as SVG."""
    heights = Heights.of(scene)
    body = [
        *_headline(scene),
        *_gas(scene),
        *_program(scene, heights),
        *draw_stage(scene, heights),
        *_memory(scene, heights),
        *_storage(scene, heights),
        *_reads(scene, heights),
        *_legend(heights),
    ]
    return svg.figure(WIDTH, round(heights.bottom + 84), "; ".join(text_of(scene)), body)


def _headline(scene: StepScene) -> list[str]:
    record = scene.record
    return [
        text(MARGIN, 34, scene.title.capitalize(), size=18, bold=True),
        note(MARGIN, 56, pc_text(record.pc)),
        note(MARGIN, 74, f"contract {short_address(record.address)}"),
        note(MARGIN, 92, f"call depth {record.depth}") if record.depth > 1 else "",
    ]


def _gas(scene: StepScene) -> list[str]:
    """Draw a bar of what is left, the piece this step takes, and what went before."""
    record, y = scene.record, 46
    lowest = _start_of_bar(scene)
    scale = STAGE_WIDTH / max(scene.gas_start - lowest, 1)
    piece = max(record.gas_cost * scale, 5) if record.gas_cost else 0
    left = min((record.gas_after - lowest) * scale, STAGE_WIDTH - piece)
    ink = FAILED.ink if fails(scene) else WRITTEN.ink
    return [
        text(STAGE_X, 34, f"gas {record.gas_before:,} → {record.gas_after:,}", size=14, bold=True),
        text(WIDTH - MARGIN, 34, _cost(scene), size=14, bold=True, ink=ink, anchor="end"),
        box(STAGE_X, y, STAGE_WIDTH, 18, GAS_SPENT, radius=2),
        box(STAGE_X, y, left, 18, GAS_LEFT, radius=2),
        box(STAGE_X + left, y, piece, 18, GAS_LOST if fails(scene) else GAS_NOW, radius=0) if piece else "",
        text(STAGE_X + 6, y + 14, f"{record.gas_after:,} left", size=12, bold=True) if left > 110 else "",
        note(WIDTH - MARGIN - 6, y + 14, _so_far(scene, STAGE_WIDTH - left - piece), anchor="end"),
        *_piece_label(scene, STAGE_X + left + piece / 2, y + 18, ink),
        note(STAGE_X + STAGE_WIDTH / 2, 34, f"(bar starts at {lowest:,})", anchor="middle") if lowest else "",
    ]


def _so_far(scene: StepScene, room: float) -> str:
    """Return what the call has used before this step, in as many words as there is room for."""
    if not (used := scene.gas_start - scene.record.gas_before):
        return ""
    words = f"gas of this call so far: {used:,}"
    return next((said for said in (words, f"{used:,} so far") if 7 * len(said) + 12 < room), "")


def _start_of_bar(scene: StepScene) -> int:
    """Return where the bar begins: at 0, unless the run uses so little that none of its pieces could be seen."""
    spent = scene.gas_start - scene.gas_lowest
    return scene.gas_start - 3 * spent // 2 if 0 < spent < scene.gas_start // 5 else 0


def _cost(scene: StepScene) -> str:
    return f"−{scene.record.gas_cost:,}" if scene.record.gas_cost else "costs nothing"


def _piece_label(scene: StepScene, x: float, y: float, ink: str) -> list[str]:
    if not scene.gas:
        return []
    words = "this step: " + " + ".join(f"{part.amount:,} ({part.reason})" for part in scene.gas)
    half = len(words) * 3.5
    center = min(max(x, STAGE_X + half), WIDTH - MARGIN - half)
    return [svg.line((x, y), (x, y + 8), ink), text(center, y + 20, words, ink=ink, anchor="middle")]


def _program(scene: StepScene, heights: Heights) -> list[str]:
    record, top = scene.record, STAGE_Y - 16
    rows = [*instructions(record.code, record.fork), None]  # None: the end of the code
    lines = int((heights.bottom - top - 30) // LINE_HEIGHT)
    here = next((place for place, row in enumerate(rows) if row and row.pc == record.pc), len(rows) - 1)
    first = max(0, min(here - lines // 2, len(rows) - lines))
    drawn = [
        box(MARGIN, top, PROGRAM_WIDTH, heights.bottom - top, PANEL),
        text(MARGIN + 10, top + 20, "program", bold=True),
        note(MARGIN + PROGRAM_WIDTH - 10, top + 20, f"{len(record.code)} bytes", anchor="end"),
    ]
    for place, row in enumerate(rows[first : first + lines]):
        drawn += _program_line(scene, row, top + 30 + place * LINE_HEIGHT)
    return drawn


def _program_line(scene: StepScene, row: Instruction | None, y: float) -> list[str]:
    pc = row.pc if row else len(scene.record.code)
    is_here, is_next = pc == scene.record.pc, pc == scene.next_pc
    if row is None and not (is_here or is_next):
        return []
    words = [(row.opcode.name if row else "(end: stops)", PAPER.ink, is_here)]
    if row and row.immediate:
        pushed = number(int.from_bytes(row.immediate, "big"))
        words.append((f" {pushed}", LEFT.ink if is_here else PAPER.ink, is_here))
    return [
        box(MARGIN + 4, y, PROGRAM_WIDTH - 8, LINE_HEIGHT - 1, HERE, stroke=1.5) if is_here else "",
        text(MARGIN + 9, y + 15, "▶", size=12) if is_here else "",
        text(MARGIN + 48, y + 15, str(pc), size=12, mono=True, ink=FAINT.ink, anchor="end"),
        svg.runs(MARGIN + 58, y + 15, words),
        note(MARGIN + PROGRAM_WIDTH - 10, y + 15, "next", anchor="end") if is_next else "",
    ]


def _panel(x: float, width: float, title: str, remark: str, heights: Heights) -> list[str]:
    return [
        box(x, heights.panels, width, heights.bottom - heights.panels, PANEL),
        text(x + 10, heights.panels + 20, title, bold=True),
        note(x + width - 10, heights.panels + 20, remark, anchor="end"),
    ]


def _memory(scene: StepScene, heights: Heights) -> list[str]:
    size = len(scene.record.memory_after)
    verbs = [verb for verb, span in (("read", scene.read), ("written", scene.written)) if span]
    remark = " and ".join(verbs)
    drawn = _panel(STAGE_X, MEMORY_WIDTH, f"memory, {size} bytes" if size else "memory", remark, heights)
    for place, row in enumerate(scene.memory):
        drawn += _memory_row(scene, row, heights.panels + 29 + place * ROW_HEIGHT)
    return drawn if scene.memory else [*drawn, note(STAGE_X + 10, heights.panels + 43, "(empty)")]


def _memory_row(scene: StepScene, row: MemoryRow, y: float) -> list[str]:
    """Draw 32 bytes; those read or written stand on a coloured ground, and zeros are faint."""
    left, drawn = STAGE_X + 50, []
    spans = () if row.is_past else ((scene.read, READ), (scene.written, WRITTEN))
    for span, paint in spans:
        shared = overlap(span, range(row.offset, row.offset + 32))
        if shared:
            start, width = left + (shared.start - row.offset) * BYTE_WIDTH, len(shared) * BYTE_WIDTH
            drawn.append(box(start - 2, y, width + 3, ROW_HEIGHT - 2, paint, radius=2))
    bytes_ = [(f"{byte:02x}", PAPER.ink if byte else FAINT.ink, bool(byte)) for byte in row.data]
    words = [("".join(byte for byte, _, _ in run), *style) for style, run in groupby(bytes_, lambda byte: byte[1:])]
    place = "before" if row.is_past else str(row.offset)
    return [
        *drawn,
        text(left - 8, y + 14, place, size=11, mono=True, ink=FAINT.ink, anchor="end"),
        svg.runs(left, y + 14, words, size=11, width=32 * BYTE_WIDTH),
    ]


def _storage(scene: StepScene, heights: Heights) -> list[str]:
    remark = "as before the call" if fails(scene) else "of the contract"
    drawn = _panel(STORAGE_X, STORAGE_WIDTH, "storage", remark, heights)
    room = int((heights.bottom - heights.panels - 30) // ROW_HEIGHT)
    busy = next((place for place, row in enumerate(scene.slots) if row.is_read or row.is_written), 0)
    first = max(0, min(busy, len(scene.slots) - room))
    for place, row in enumerate(scene.slots[first : first + room]):
        drawn += _slot(row, heights.panels + 29 + place * ROW_HEIGHT)
    return drawn if scene.slots else [*drawn, note(STORAGE_X + 10, heights.panels + 43, "(not used by this run)")]


def _slot(row: SlotRow, y: float) -> list[str]:
    is_changed = row.before != row.after
    paint = WRITTEN if row.is_written or is_changed else READ if row.is_read else PANEL
    verb = "written" if row.is_written else "undone" if is_changed else "read" if row.is_read else since_start(row)
    value = f"{number(row.before)} → {number(row.after)}" if is_changed else number(row.before)
    name, size = f"slot {number(row.slot)}", 9 if len(value) > 14 else 12
    if size == 12 and 6.5 * len(f"{name}  {verb}") + 7.3 * len(value) < STORAGE_WIDTH - 24:
        name += f"  {verb}"  # where it has no room, the colour and the arrow say it, or the words for the picture
    return [
        box(STORAGE_X + 5, y, STORAGE_WIDTH - 10, ROW_HEIGHT - 2, paint, radius=2) if paint is not PANEL else "",
        text(STORAGE_X + 10, y + 14, name, size=min(size + 1, 12), ink=paint.ink),
        text(STORAGE_X + STORAGE_WIDTH - 10, y + 14, value, size=size, mono=True, bold=True, ink=paint.ink,
             anchor="end"),
    ]  # fmt: skip


def _reads(scene: StepScene, heights: Heights) -> list[str]:
    """Draw what the step looks at, and under it what only some steps have."""
    reads, y = reads_of(scene), heights.bottom + 25
    places, ink = ", ".join(place for place, _ in reads), READ.ink if reads else FAINT.ink
    remark = next((why for _, why in reads if why), "")
    drawn = [
        text(MARGIN, y, "reads:", ink=FAINT.ink),
        text(MARGIN + 60, y, places or "nothing from the world", ink=ink, bold=bool(places)),
        note(WIDTH - MARGIN, y, remark, ink=READ.ink, anchor="end"),
    ]
    for title, words in extras(scene)[:1]:  # no step has both a log and a refund
        drawn += [
            text(MARGIN, y + 22, f"{title}:", ink=FAINT.ink),
            text(MARGIN + 60, y + 22, words.replace("->", "→").replace("<-", ""), ink=WRITTEN.ink, bold=True),
        ]
    return drawn


LEGEND: tuple[tuple[str, Paint, int], ...] = (
    ("taken away", TAKEN, 106),
    ("left, or a copy", LEFT, 126),
    ("read, or copied from", READ, 164),
    ("written, or swapped", WRITTEN, 160),
    ("this step's gas", GAS_NOW, 130),
    ("failed", FAILED, 70),
)


def _legend(heights: Heights) -> list[str]:
    x, y, drawn = float(MARGIN), heights.bottom + 72, [""]
    for words, paint, width in LEGEND:
        drawn += [box(x, y - 11, 14, 14, paint, dashed=paint is TAKEN, radius=2), note(x + 20, y, words)]
        x += width + 10
    return drawn
