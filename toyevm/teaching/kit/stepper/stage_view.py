"""The middle of the stepper's picture: the stack before, the instruction, the stack after.

Both stacks stand on one floor, so that a word that was not touched stays at its height, and only what is consumed or
new differs. Arrows lead from what the instruction takes to what it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from toyevm.teaching.kit.palette import FAILED, FAINT, HERE, LEFT, PANEL, PAPER, READ, TAKEN, WRITTEN
from toyevm.teaching.kit.stepper.scene import Mark, StackCell, StepScene, number
from toyevm.teaching.kit.stepper.text import end_text
from toyevm.teaching.kit.svg import MARGIN, WIDTH, arrow, box, line, note, text

PROGRAM_WIDTH = 208
STAGE_X, STAGE_Y = MARGIN + PROGRAM_WIDTH + 16, 126
STAGE_WIDTH = WIDTH - MARGIN - STAGE_X
CELL_WIDTH, CELL_HEIGHT, CELL_STEP = 232, 32, 36
OPERATION_WIDTH = 184
GAP = (STAGE_WIDTH - 2 * CELL_WIDTH - OPERATION_WIDTH) / 2
OPERATION_X = STAGE_X + CELL_WIDTH + GAP
AFTER_X = OPERATION_X + OPERATION_WIDTH + GAP
MEMORY_WIDTH = 476
STORAGE_X = STAGE_X + MEMORY_WIDTH + 14
STORAGE_WIDTH = WIDTH - MARGIN - STORAGE_X
ROW_HEIGHT = 20
LEAST_STACK_ROWS = 4

_PAINTS = {
    Mark.TAKEN: TAKEN,
    Mark.LEFT: LEFT,
    Mark.COPIED: READ,
    Mark.COPY: LEFT,
    Mark.SWAPPED: WRITTEN,
}


@dataclass(frozen=True, slots=True)
class Heights:
    """Where things stand, from top to bottom; the same for all steps of a run."""

    floor: float  # of the two stacks
    panels: float  # top of memory and storage
    bottom: float

    @staticmethod
    def of(scene: StepScene) -> Heights:
        """Return the heights that every step of the scene's run fits into."""
        floor = STAGE_Y + 20 + CELL_STEP * max(scene.stack_rows, LEAST_STACK_ROWS)
        panels = floor + 34
        return Heights(floor, panels, panels + 34 + ROW_HEIGHT * max(scene.memory_rows, min(scene.slot_rows, 6), 2))

    def cell(self, place_from_floor: int) -> float:
        """Return the top of a cell."""
        return self.floor - (place_from_floor + 1) * CELL_STEP


def fails(scene: StepScene) -> bool:
    """Tell whether the step takes back what its frame did."""
    return scene.record.error is not None


def draw_stage(scene: StepScene, heights: Heights) -> list[str]:
    """Return the two stacks and the instruction between them."""
    after = _ending(scene, heights) if scene.frame_ends else _stack(AFTER_X, scene.after, scene, heights)
    return [
        *(text(x, STAGE_Y, title, bold=True) for x, title in ((STAGE_X, "stack before"), (AFTER_X, "stack after"))),
        *_stack(STAGE_X, scene.before, scene, heights),
        *after,
        *_operation(scene, heights),
    ]


def _stack(x: float, cells: tuple[StackCell, ...], scene: StepScene, heights: Heights) -> list[str]:
    center = x + CELL_WIDTH / 2
    drawn = [line((x, heights.floor), (x + CELL_WIDTH, heights.floor), PAPER.ink)]
    if scene.hidden:
        drawn.append(note(center, heights.floor + 15, f"… {scene.hidden} more below", anchor="middle"))
    elif not cells:
        drawn.append(note(center, heights.floor - 12, "(empty)", anchor="middle"))
    if scene.opens_call and x == AFTER_X:
        drawn.append(note(center, STAGE_Y + 18, "waits for the call it made", anchor="middle"))
    for place, cell in enumerate(cells):
        drawn += _cell(x, heights.cell(len(cells) - 1 - place), cell, is_top=place == 0)
    return drawn


def _cell(x: float, y: float, cell: StackCell, is_top: bool) -> list[str]:
    """Draw one word: what became of it, its value, and its value in hexadecimal where that differs and fits."""
    paint, is_taken = _PAINTS.get(cell.mark, PAPER), cell.mark is Mark.TAKEN
    is_bold = cell.mark.is_touched and not is_taken
    tag = ": ".join(part for part in (cell.mark, cell.name) if part) or ("top" if is_top else "")
    right = x + CELL_WIDTH - 8
    hexadecimal = f"{cell.word:#x}" if 10 <= cell.word < 2**20 else ""
    tag_ink = paint.ink if cell.mark else FAINT.ink
    return [
        box(x, y, CELL_WIDTH, CELL_HEIGHT, paint, stroke=2 if is_bold else 1, dashed=is_taken),
        text(x + 8, y + 21, tag, size=12, ink=tag_ink, bold=is_bold),
        text(right - 58 * bool(hexadecimal), y + 21, number(cell.word), size=15, mono=True, bold=not is_taken,
             ink=paint.ink, anchor="end"),
        text(right, y + 21, hexadecimal, size=12, mono=True, ink=FAINT.ink, anchor="end") if hexadecimal else "",
    ]  # fmt: skip


def _ending(scene: StepScene, heights: Heights) -> list[str]:
    lines = wrap(end_text(scene), 30)
    height = 20 * len(lines) + 16
    top, paint = heights.floor - height, FAILED if fails(scene) else PANEL
    words = (text(AFTER_X + 10, top + 21 + 20 * place, words, ink=paint.ink) for place, words in enumerate(lines))
    return [box(AFTER_X, top, CELL_WIDTH, height, paint, dashed=True), *words]


def _operation(scene: StepScene, heights: Heights) -> list[str]:
    lines = wrap(scene.does, 25)
    height = 38 + 17 * len(lines)
    top = _operation_top(scene, heights, height)
    paint, center = FAILED if fails(scene) else HERE, OPERATION_X + OPERATION_WIDTH / 2
    return [
        *_arrows(scene, heights, top + CELL_HEIGHT / 2),
        *_side_effects(scene, heights, top + height),
        box(OPERATION_X, top, OPERATION_WIDTH, height, paint, stroke=1.5),
        text(center, top + 23, scene.record.opcode.name, size=16, mono=True, bold=True, anchor="middle"),
        *(text(center, top + 43 + 17 * place, words, size=12, ink=paint.ink, anchor="middle")
          for place, words in enumerate(lines)),
    ]  # fmt: skip


def _operation_top(scene: StepScene, heights: Heights, height: float) -> float:
    """Put the instruction beside the words it takes, or beside those it leaves, as far as there is room."""
    cells = scene.before if any(cell.mark.is_touched for cell in scene.before) else scene.after
    marked = [heights.cell(len(cells) - 1 - place) for place, cell in enumerate(cells) if cell.mark.is_touched]
    wanted = sum(marked) / len(marked) if marked else heights.floor - height - 20
    return max(STAGE_Y + 8, min(wanted, heights.floor - height + 8))


def _arrows(scene: StepScene, heights: Heights, middle: float) -> list[str]:
    right, start = OPERATION_X + OPERATION_WIDTH, STAGE_X + CELL_WIDTH
    taken = [
        arrow([(start, y), (start + GAP / 2, y), (start + GAP / 2, middle), (OPERATION_X, middle)], TAKEN.line)
        for y in _marked_middles(scene.before, heights)
    ]
    left = [
        arrow([(right, middle), (right + GAP / 2, middle), (right + GAP / 2, y), (AFTER_X, y)], LEFT.line)
        for y in _marked_middles(scene.after, heights)
    ]
    return taken + left


def _marked_middles(cells: tuple[StackCell, ...], heights: Heights) -> list[float]:
    tops = (heights.cell(len(cells) - 1 - place) for place, cell in enumerate(cells) if cell.mark.is_touched)
    return [top + CELL_HEIGHT / 2 for top in tops]


def _side_effects(scene: StepScene, heights: Heights, bottom: float) -> list[str]:
    """Draw the arrows between the instruction and memory or storage."""
    center, panel = OPERATION_X + OPERATION_WIDTH / 2, heights.panels
    out, into = center + 30, center - 30
    elbow, storage = heights.floor + 22, STORAGE_X + STORAGE_WIDTH / 2
    to_storage = [(out, bottom), (out, elbow), (storage, elbow), (storage, panel)]
    drawn = []
    if scene.written:
        drawn.append(arrow([(out, bottom), (out, panel)], WRITTEN.line))
    if scene.read and not fails(scene):
        drawn.append(arrow([(into, panel), (into, bottom)], READ.line))
    if any(row.is_written for row in scene.slots):
        drawn.append(arrow(to_storage, WRITTEN.line))
    if any(row.is_read for row in scene.slots):
        drawn.append(arrow(to_storage[::-1], READ.line))
    return drawn
