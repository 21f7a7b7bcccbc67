"""The message graph: blocks in rows, and an arrow from each block that executes a message to the one that sent it."""

from __future__ import annotations

from math import hypot

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAILED, FAINT, LEFT, PAPER, READ, TAKEN, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH, Point
from toyevm.teaching.lessons.bridges.port import LAYERS, LETTERS
from toyevm.teaching.lessons.bridges.story import Arrow, MessageStory

BOX, STEP, HEIGHT, LABEL, HEAD, ROW = 74, 122, 36, 112, 52, 104
TURN = {"R": 0, "S": 1, "V": 2}  # which row


def show_messages(story: MessageStory) -> Picture:
    """Return the graph of a story, as picture and words."""
    lines = story.lines
    body = [svg.heading(MARGIN, 26, "An arrow leads from the block that executes to the block that sent")]
    for layer in LAYERS:
        y = HEAD + ROW * TURN[LETTERS[layer]]
        body.append(svg.text(MARGIN, y + 23, layer, bold=True))
        body += [svg.line(*_between(at, y), FAINT.line) for at in range(1, story.columns)]
    body += [piece for name in story.blocks for piece in _block(story, name)]
    body += [piece for each in story.arrows for piece in _arrow(each)]
    y = HEAD + ROW * 2 + HEIGHT + 26
    counts = f"{len(story.lost)} replaced (hatched), {len(story.fallen)} of other layers no longer valid (red, ✗)"
    legend = f"{counts}; green: stands" if story.lost else "a number beside an arrow: tokens"
    body.append(svg.note(MARGIN, y, legend, ink=PAPER.ink))
    return Picture(svg.figure(WIDTH, y + 18, "; ".join(lines), body), "\n".join(lines))


def _between(at: int, y: float) -> tuple[Point, Point]:
    x = LABEL + STEP * (at - 1) + BOX
    return (x, y + HEIGHT / 2), (x + STEP - BOX, y + HEIGHT / 2)


def _corner(name: str) -> Point:
    return LABEL + STEP * (int(name[1:]) - 1), HEAD + ROW * TURN[name[0]]


def _block(story: MessageStory, name: str) -> list[str]:
    x, y = _corner(name)
    fallen = dict(story.fallen)
    paint: Paint = READ
    if story.lost:
        paint = TAKEN if name in story.lost else FAILED if name in fallen else LEFT
    drawn = [svg.box(x, y, BOX, HEIGHT, paint, dashed=paint is TAKEN)]
    if paint is TAKEN:
        drawn.append(svg.hatch(x, y, BOX, HEIGHT, paint.line))
    words = f"{name} ✗" if paint is FAILED else name
    return [*drawn, svg.text(x + BOX / 2, y + 23, words, ink=paint.ink, anchor="middle", bold=True)]


def _arrow(arrow: Arrow) -> list[str]:
    (x1, y1), (x2, y2) = _corner(arrow.executing), _corner(arrow.initiating)
    down = y2 > y1
    start = (x1 + BOX / 2 - 8, y1 + (HEIGHT if down else 0))
    end = (x2 + BOX / 2 + 8, y2 + (0 if down else HEIGHT))
    ink = CRITICAL.line
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    ux, uy = dx / length, dy / length
    barbs = [
        svg.line((end[0] - 10 * ux - side * 5 * uy, end[1] - 10 * uy + side * 5 * ux), end, ink) for side in (-1, 1)
    ]
    far = abs(TURN[arrow.executing[0]] - TURN[arrow.initiating[0]]) > 1
    at = 0.22 if far else 0.5  # a long arrow crosses a row in its middle
    x, y = start[0] + at * dx + 12, start[1] + at * dy + (14 if down else -2)
    words = svg.note(x, y, arrow.words.split(" ")[0], ink=PAPER.ink)
    return [svg.line(start, end, ink), *barbs, words]
