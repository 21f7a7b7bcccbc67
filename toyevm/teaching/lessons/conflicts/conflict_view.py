"""Conflicts as pictures: who touches which location, who waits for whom, and which pairs of a large block meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from toyevm.analysis.conflicts import ConflictMatrix, HotSpot, Lens
from toyevm.analysis.dependencies import DependencyGraph
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAINT, NORMAL, PANEL, PAPER, READ, WRITTEN, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.conflicts.conflict_words import (
    LEFT_OUT,
    NO_MEETING,
    counted,
    describe_graph,
    describe_matrix,
    matrix_rows,
)
from toyevm.teaching.lessons.conflicts.studies import PLAIN, Study, meeting_locations

NAMES = 250  # room for the names of locations
MOST_NODES, ROWS = 100, 10  # of a graph; nodes that stand above each other
PAINTS: Mapping[str, Paint] = {"R": READ, "W": WRITTEN, "RW": WRITTEN, ".": PANEL}


def show_matrix(study: Study, lens: Lens = PLAIN) -> Picture:
    """Return the read/write matrix: a column for each transaction, a row for each location where two of them meet."""
    return Picture(_draw_matrix(study, lens), describe_matrix(study, lens))


def _draw_matrix(study: Study, lens: Lens) -> str:
    rows, left_out = matrix_rows(study, lens)
    column = min(64.0, (WIDTH - NAMES - MARGIN) / max(1, study.size))
    top, tall = 74, 26
    bottom = top + tall * max(1, len(rows))
    body = [
        svg.heading(MARGIN, 26, "who touches what"),
        svg.box(198, 14, 30, 16, READ), svg.note(234, 27, "R read"),
        svg.box(298, 14, 30, 16, WRITTEN), svg.note(334, 27, "RW read and written"),
        svg.note(WIDTH - MARGIN, 27, LEFT_OUT, anchor="end"),
    ]  # fmt: skip
    for tx_index, title in enumerate(study.titles):
        x = NAMES + column * (tx_index + 0.5)
        if column >= 22:
            body.append(svg.note(x, top - 24, str(tx_index), anchor="middle"))
        if column >= 7 * len(title) and title != str(tx_index):
            body.append(svg.text(x, top - 8, title, size=12, anchor="middle"))
    for line, (name, cells) in enumerate(rows):
        y = top + tall * line
        body.append(svg.text(NAMES - 10, y + 17, name, anchor="end"))
        body.append(svg.box(NAMES, y, column * study.size, tall - 4, PANEL, radius=0))
        for tx_index, cell in enumerate(cells):
            if cell != ".":
                body += _cell(NAMES + column * tx_index, y, column, tall - 4, cell)
    if not rows:
        body.append(svg.note(NAMES, top + 17, NO_MEETING))
    if left_out:
        body.append(svg.note(NAMES, bottom + 14, f"and {left_out} more locations"))
    label = "who touches what; " + "; ".join(describe_matrix(study, lens).split("\n"))
    return svg.figure(WIDTH, bottom + 24, label, body)


def _cell(x: float, y: float, width: float, height: float, cell: str) -> list[str]:
    half = 0 if "W" in cell else height / 2  # told apart by shape too: what is only read is half as tall
    drawn = [svg.box(x + 0.5, y + half, width - 1, height - half, PAINTS[cell], stroke=0.6, radius=0)]
    if width >= 18:
        paint = PAINTS[cell]
        drawn = [svg.box(x + 1, y, width - 2, height, paint, radius=2)]
        drawn.append(svg.text(x + width / 2, y + 16, cell, size=12, bold=True, ink=paint.ink, anchor="middle"))
    return drawn


def show_graph(study: Study, lens: Lens = PLAIN) -> Picture:
    """Return the dependency graph in layers, the critical path in orange; of more than 100 nodes only the layers."""
    graph = study.graph(lens)
    draw = _draw_graph if graph.size <= MOST_NODES else _draw_layers
    return Picture(draw(study, graph, lens), describe_graph(study, lens))


def _heading(study: Study, lens: Lens) -> list[str]:
    return [
        svg.heading(MARGIN, 26, "who waits for whom"),
        svg.note(200, 26, counted(lens)),
        svg.text(WIDTH - MARGIN, 26, f"at best {study.speedup(lens):.1f}×", size=18, bold=True, anchor="end"),
    ]


def _draw_graph(study: Study, graph: DependencyGraph, lens: Lens) -> str:
    path = study.path(lens).tx_indexes
    chain = set(path) if len(path) > 1 else set()
    columns = [_in_columns(layer, graph) for layer in graph.layers]
    count = sum(map(len, columns))
    step = min(120.0, (WIDTH - 2 * MARGIN) / max(1, count))
    width, height = step * (0.7 if step > 30 else 0.8), 20
    rows = max((len(column) for layer in columns for column in layer), default=1)
    at: dict[int, tuple[float, float]] = {}
    body, x = _heading(study, lens), float(MARGIN)
    for depth, layer in enumerate(columns):
        if depth % 2 == 0 and step > 8:
            body.append(svg.box(x - 8, 38, step * len(layer), 28 * rows + 4, PANEL, stroke=0, radius=0))
        for column in layer:
            gap = 28 * (rows - len(column)) / 2
            at |= {tx_index: (x, 44 + gap + 28 * row) for row, tx_index in enumerate(column)}
            x += step
    edges, steps = dict.fromkeys((each.before, each.after) for each in graph.dependencies), set(pairwise(path))
    for ink, on_path in ((FAINT.line, False), (CRITICAL.line, True)):
        pairs = [pair for pair in edges if (pair in steps) == on_path]
        lines = [
            ((at[before][0] + width, at[before][1] + height / 2), (at[after][0], at[after][1] + height / 2))
            for before, after in pairs
        ]
        body.append(svg.strokes(lines, ink, width=2.5 if on_path else 1.2))
    for tx_index, (left, top) in at.items():
        paint, title = CRITICAL if tx_index in chain else NORMAL, study.titles[tx_index]
        body.append(svg.box(left, top, width, height, paint))
        names = (f"{tx_index} {title}", title, str(tx_index)) if title != str(tx_index) else (title,)
        words = next((one for one in names if 7.2 * len(one) < width), "")
        body.append(svg.text(left + width / 2, top + 14, words, size=12, ink=PAPER.ink, anchor="middle"))
    bottom = 44 + 28 * rows
    body.append(
        svg.note(MARGIN, bottom + 12, "a layer can run at once; time goes to the right; orange: the critical path")
    )
    return svg.figure(WIDTH, bottom + 24, "; ".join(describe_graph(study, lens).split("\n")), body)


def _in_columns(layer: Sequence[int], graph: DependencyGraph) -> list[list[int]]:
    """Return a layer as columns of at most ROWS nodes, each node near those it waits for."""
    ordered = sorted(layer, key=lambda i: (sum(graph.predecessors[i]) / max(1, len(graph.predecessors[i])), i))
    return [ordered[at : at + ROWS] for at in range(0, len(ordered), ROWS)]


def _draw_layers(study: Study, graph: DependencyGraph, lens: Lens) -> str:
    sizes = [len(layer) for layer in graph.layers]
    step, tall = (WIDTH - 2 * MARGIN) / len(sizes), 120
    body = _heading(study, lens)
    for depth, size in enumerate(sizes):
        height = max(1.0, round(tall * size / max(sizes), 1))
        stroke = 1 if step >= 3 else 0
        body.append(
            svg.box(MARGIN + step * depth, 44 + tall - height, step * 0.9, height, NORMAL, stroke=stroke, radius=0)
        )
        if step >= 26:
            body.append(svg.note(MARGIN + step * (depth + 0.45), 44 + tall + 14, str(size), anchor="middle"))
    words = (
        f"{len(sizes)} layers, each can run at once; time goes to the right; the tallest has {max(sizes)} transactions"
    )
    body.append(svg.note(MARGIN, 44 + tall + 32, words))
    return svg.figure(WIDTH, 44 + tall + 44, "; ".join(describe_graph(study, lens).split("\n")), body)


def show_pairs(studies: Mapping[str, Study], lens: Lens = PLAIN) -> Picture:
    """Return the pairs of each block: a dot for each pair that conflicts, the later transaction downwards."""
    side, step = 200, 232
    body, lines = [], []
    for number, (title, study) in enumerate(studies.items()):
        matrix, left, top = study.matrix(lens), MARGIN + step * (number % 4), 36 + 292 * (number // 4)
        dot = side / max(1, study.size)
        dots = [
            (left + dot * start, top + dot * after, dot * length, dot)
            for after, row in enumerate(matrix.rows)
            for start, length in _runs(row)
        ]
        summary, stripes = f"{matrix.share:.1%} of pairs, at best {study.speedup(lens):.1f}×", _stripes(study, lens)
        body += [
            svg.heading(left, top - 10, title),
            svg.box(left, top, side, side, PANEL, radius=0),
            svg.blots(dots, READ.line),
            svg.text(left, top + side + 18, summary, size=12),
            svg.note(left, top + side + 34, stripes.partition(":")[0]),
        ]
        lines.append(f"{title:<16} {summary}; {_meetings(matrix)}; {stripes}")
    height = 36 + 292 * -(-len(studies) // 4) - 56
    label = "pairs that conflict, a dot for each; " + "; ".join(lines)
    return Picture(svg.figure(WIDTH, height + 14, label, body), "\n".join(lines))


def _meetings(matrix: ConflictMatrix) -> str:
    """Return how many transactions conflict at all, and which of them with most."""
    met = Counter(tx_index for pair in matrix.pairs() for tx_index in pair)
    longest = sorted(met, key=lambda tx_index: (-met[tx_index], tx_index))[:1]
    words = "".join(
        f"; transaction {tx_index} conflicts with the most: {met[tx_index]} other{'s' if met[tx_index] > 1 else ''}"
        for tx_index in longest
    )
    return f"{len(met)} of {len(matrix.rows)} conflict with another{words}"


def _stripes(study: Study, lens: Lens) -> str:
    """Return what the stripes are: the transactions that meet at one location, that at which most of them meet."""
    seen = lens.apply(study.outcome.results, study.fee_recipient)
    for location in meeting_locations(study, seen)[:1]:
        bits = sum(1 << at for at, one in enumerate(seen) if location in one.read_set or location in one.write_set)
        runs = [str(at) if length == 1 else f"{at}-{at + length - 1}" for at, length in _runs(bits)]
        return f"at {study.name(location, lens).replace(': ', ' ')}, {bits.bit_count()} meet: {', '.join(runs)}"
    return "no stripes"


def _runs(row: int) -> list[tuple[int, int]]:
    """Return where the runs of ones in a row of bits start, and how long they are.

    >>> _runs(0b10111)
    [(0, 3), (4, 1)]
    """
    found, at = [], 0
    while row >> at:
        if row >> at & 1:
            length = 1
            while row >> (at + length) & 1:
                length += 1
            found.append((at, length))
            at += length
        at += 1
    return found


def _chain_text(spot: HotSpot) -> str:
    return f"chain of {spot.chain} ({spot.waits} must wait), span without this slot: {spot.span_without}"


def show_hot_spots(study: Study, lens: Lens = PLAIN, limit: int = 5) -> Picture:
    """Return the locations with the longest chains as bars, and the span that would be left without each of them."""
    spots, top, tall = study.hot_spots(lens, limit), 50, 34
    longest = max((spot.chain for spot in spots), default=1)
    rows = [(study.name(spot.location, lens), spot.chain, _chain_text(spot)) for spot in spots]
    lines = [f"{name:<34} {words}" for name, _, words in rows] or ["no transaction waits"]
    body = [svg.heading(MARGIN, 26, "hot spots: the longest chain at one location")]
    for line, (name, chain, words) in enumerate(rows):
        y, width = top + tall * line, 250 * chain / longest
        body += [
            svg.text(300, y + 16, name, anchor="end"),
            svg.box(312, y, width, 22, CRITICAL, radius=0),
            svg.note(312 + width + 10, y + 16, words),
        ]
    body += [] if rows else [svg.note(MARGIN, top + 16, lines[0])]
    label = "hot spots; " + "; ".join(lines)
    return Picture(svg.figure(WIDTH, top + tall * max(1, len(rows)) + 8, label, body), "\n".join(lines))
