"""An interleaving as a picture: a lane for each transaction, a column for each move, the balances below.

A blue box is where a transaction runs, with what it saw; an orange one where it writes, with what it left; a dashed red
one where it was aborted. The rows below say who owns how much after each move, and the last column what the order of
the block would have led to.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from toyevm.simulation.interleaver import Event
from toyevm.simulation.notation import letter
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.interleaving.scene import InterleavingScene
from toyevm.teaching.kit.palette import FAILED, FAINT, LEFT, PANEL, PAPER, READ, WRITTEN, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH

NAMES, LAST, LANE, ROW = 150, 128, 58, 24
NARROW, WIDE = 84, 120


def show_interleaving(scene: InterleavingScene) -> Picture:
    """Return the picture, and as its text twin a table with a row for each move."""
    return Picture(_draw(scene), describe_interleaving(scene))


def describe_interleaving(scene: InterleavingScene) -> str:
    """Return what the picture shows, in words."""
    names = list(scene.watched.values())
    widths = [max(len(name), 4) for name in names]
    happened = [(str(event.move), _sentence(scene, event)) for event in scene.play.events]
    wide = max([len(words) for _, words in happened] + [len("one after the other:")])

    def row(first: str, words: str, values: Sequence[str]) -> str:
        cells = "".join(f"  {value:>{width}}" for value, width in zip(values, widths, strict=True))
        return f"{first:<4}  {words:<{wide}}{cells}".rstrip()

    lines = [f"{letter(i)} is {title}" for i, title in enumerate(scene.titles)]
    lines += [row("move" if _has_steps(scene) else "half", "what happens", names), row("", "before", _row(scene, None))]
    lines += [
        row(half, words, _row(scene, event)) for (half, words), event in zip(happened, scene.play.events, strict=True)
    ]
    lines.append(
        row("", "one after the other:", [scene.shown(scene.play.expected.read(p).value) for p in scene.watched])
    )
    return "\n".join([*lines, *verdict(scene)])


def verdict(scene: InterleavingScene) -> list[str]:
    """Say how the end differs from what it should be; money made or lost is named."""
    play = scene.play
    if not play.is_complete:
        to_come = play.missing_steps if _has_steps(scene) else play.missing
        return [f"Still to come: {' '.join(map(str, to_come))}."]
    wrong = play.wrong(list(scene.watched))
    if not wrong:
        return ["Right: the same as one after the other."]
    lines = [
        f"Wrong: {scene.watched[place]} has {scene.shown(has)}, and should have {scene.shown(should)}."
        for place, (has, should) in wrong.items()
    ]
    off = sum(int(has) - int(should) for has, should in wrong.values())
    if off:
        fate = "came from nowhere" if off > 0 else "are gone"
        lines.append(f"{scene.shown(abs(off))} {scene.unit_name} {fate}.")
    return lines


def _sentence(scene: InterleavingScene, event: Event) -> str:
    name, values = letter(event.move.tx_index), _values(scene, event)
    if event.stale:
        return f"{name} is aborted: it has seen an old {_stale(scene, event)}"
    if event.move.is_single:
        return f"{name} {'reads' if event.move.runs else 'writes'} {', '.join(values) or 'nothing of this'}"
    return f"{name} {'runs: it sees' if event.move.runs else 'writes'} {', '.join(values) or 'nothing of this'}"


def _values(scene: InterleavingScene, event: Event) -> list[str]:
    seen = {place: read.value for place, read in event.seen.items()}
    found = seen if event.move.runs else event.wrote
    return scene.values([place for place in found if place in scene.watched], found)


def _stale(scene: InterleavingScene, event: Event) -> str:
    return ", ".join(scene.watched.get(place, str(place)) for place in event.stale)


def _row(scene: InterleavingScene, event: Event | None) -> list[str]:
    world = scene.play.pre if event is None else event.world
    return [scene.shown(world.read(place).value) for place in scene.watched]


def _draw(scene: InterleavingScene) -> str:
    count = max(len(scene.play.events), 2 * len(scene.titles))
    column = max(NARROW, min(WIDE, (WIDTH - NAMES - LAST - 2 * MARGIN) / (count + 1)))
    width = round(NAMES + LAST + 2 * MARGIN + column * (count + 1))
    rows_top = 48 + LANE * len(scene.titles)
    body = [svg.heading(MARGIN, 28, _title(scene))]
    body += [part for i, title in enumerate(scene.titles) for part in _lane(scene, i, title, column, width)]
    body += _rows(scene, rows_top, column, width)
    bottom = rows_top + 30 + ROW * len(scene.watched)
    says = verdict(scene)
    paint = FAINT if not scene.play.is_complete else LEFT if says[0].startswith("Right") else FAILED
    body += [
        svg.text(MARGIN, bottom + 22 + 19 * i, words, size=15, bold=True, ink=paint.ink) for i, words in enumerate(says)
    ]
    label = "; ".join(describe_interleaving(scene).split("\n"))
    return svg.figure(width, bottom + 16 + 19 * max(len(says), 3), label, body)


def _has_steps(scene: InterleavingScene) -> bool:
    return any(event.move.is_single for event in scene.play.events)


def _title(scene: InterleavingScene) -> str:
    if _has_steps(scene):
        return "single steps: read by read (r), write by write (w)"
    return "two halves: run (read and work out), then write"


def _x(place: int, column: float) -> float:
    """Return where a move stands; place 0 is what was before."""
    return MARGIN + NAMES + place * column


def _lane(scene: InterleavingScene, tx_index: int, title: str, column: float, width: int) -> list[str]:
    y = 44 + LANE * tx_index
    moves = [(x, event) for x, event in enumerate(scene.play.events, start=1) if event.move.tx_index == tx_index]
    body = [
        svg.box(MARGIN, y, width - 2 * MARGIN, LANE - 6, PANEL),
        svg.text(MARGIN + 10, y + 22, letter(tx_index), size=16, bold=True),
        svg.note(MARGIN + 10, y + 40, title),
    ]
    middle = y + (LANE - 6) / 2
    for (place, event), (after, follower) in pairwise(moves):
        if event.incarnation == follower.incarnation:
            body.append(svg.line((_x(place, column) + column - 4, middle), (_x(after, column), middle), PAPER.line))
    for place, event in moves:
        body += _move(scene, event, _x(place, column), y, column)
    return body


def _move(scene: InterleavingScene, event: Event, x: float, y: float, column: float) -> list[str]:
    paint = FAILED if event.stale else READ if event.move.runs else WRITTEN
    verb = "aborts" if event.stale else "sees" if event.move.runs else "writes"
    values = [f"old {_stale(scene, event)}"] if event.stale else _values(scene, event)
    words = [f"{event.move} {verb}", *(values if len(values) < 3 else [" ".join(values[:-1]), values[-1]])]
    return [
        svg.box(x + 2, y + 3, column - 6, LANE - 12, paint, stroke=1.5, dashed=bool(event.stale)),
        *(
            svg.text(x + 8, y + 17 + 13 * line, word, size=12, ink=paint.ink, bold=line == 0)
            for line, word in enumerate(words)
        ),
    ]


def _rows(scene: InterleavingScene, top: float, column: float, width: int) -> list[str]:
    last = width - MARGIN - LAST
    body = [svg.note(_x(0, column) + column / 2, top + 14, "before", anchor="middle")]
    body += [
        svg.note(_x(place, column) + column / 2, top + 14, f"after {event.move}", anchor="middle")
        for place, event in enumerate(scene.play.events, start=1)
    ]
    body += [svg.note(last + LAST / 2, top + 14, "one after the other", anchor="middle")]
    worlds = [scene.play.pre, *(event.world for event in scene.play.events)]
    wrong = scene.play.wrong(list(scene.watched)) if scene.play.is_complete else {}
    for line, (place, name) in enumerate(scene.watched.items()):
        y = top + 20 + ROW * line
        body.append(svg.text(MARGIN + 10, y + 16, f"{name} ({scene.unit_name})"))
        values = [world.read(place).value for world in worlds]
        for step, value in enumerate(values):
            is_new = step > 0 and value != values[step - 1]
            is_wrong = place in wrong and step == len(values) - 1
            paint = FAILED if is_wrong else WRITTEN if is_new else None
            body += _value(scene.shown(value), _x(step, column), y, column, paint)
        body += _value(scene.shown(scene.play.expected.read(place).value), last, y, LAST, None)
    return body


def _value(words: str, x: float, y: float, column: float, paint: Paint | None) -> list[str]:
    ink = paint.ink if paint else PAPER.ink
    return [
        svg.box(x + 4, y + 1, column - 10, ROW - 3, paint, radius=2) if paint else "",
        svg.text(x + column / 2 - 1, y + 16, words, mono=True, ink=ink, bold=paint is not None, anchor="middle"),
    ]
