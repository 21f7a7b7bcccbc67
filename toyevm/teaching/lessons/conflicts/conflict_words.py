"""Conflicts in words: the read/write matrix and the dependency graph as text, which pictures carry and answers show."""

from __future__ import annotations

from toyevm.analysis.conflicts import Lens
from toyevm.teaching.lessons.conflicts.studies import PLAIN, Study, meeting_locations

MOST_ROWS, MOST_COLUMNS = 10, 40  # rows of a matrix; transactions of which its text names each
LETTERS = {(True, False): "R", (False, True): "W", (True, True): "RW", (False, False): "."}
LEGEND = "R: read, RW: read and written"
LEFT_OUT = "a location that only one transaction touches is left out"
NO_MEETING = "no two transactions meet"


def matrix_rows(study: Study, lens: Lens = PLAIN) -> tuple[list[tuple[str, list[str]]], int]:
    """Return name and cells of each row of the matrix, and how many more rows there would be."""
    seen = lens.apply(study.outcome.results, study.fee_recipient)
    meetings = meeting_locations(study, seen)
    rows = [
        (study.name(location, lens), [LETTERS[location in one.read_set, location in one.write_set] for one in seen])
        for location in meetings[:MOST_ROWS]
    ]
    return rows, len(meetings) - len(rows)


def describe_matrix(study: Study, lens: Lens = PLAIN) -> str:
    """Return the read/write matrix; of a wide one only how many read and write each location."""
    rows, left_out = matrix_rows(study, lens)
    wide = max([8, *(len(name) for name, _ in rows)])
    if study.size <= MOST_COLUMNS:
        lines = [f"{'location':<{wide}}  " + " ".join(f"{i:>2}" for i in range(study.size))]
        lines += [f"{name:<{wide}}  " + " ".join(f"{cell:>2}" for cell in cells) for name, cells in rows]
        lines += [LEGEND] * bool(rows)
    else:
        lines = [f"{study.size} transactions"]
        for name, cells in rows:
            reads, writes = sum("R" in cell for cell in cells), sum("W" in cell for cell in cells)
            lines.append(f"{name:<{wide}}  read by {reads}, written by {writes}")
    lines += [NO_MEETING] * (not rows) + [f"and {left_out} more locations"] * bool(left_out)
    titles = [f"{i} {title}" for i, title in enumerate(study.titles[:MOST_COLUMNS]) if title != str(i)]
    return "\n".join([*lines, *[f"columns: {', '.join(titles)}"] * bool(titles), LEFT_OUT])


def counted(lens: Lens) -> str:
    """Return what counts as a conflict; of the plain lens no more than a reader knows before there are others."""
    return "counting only RAW" if lens == PLAIN else f"counting {lens}"


def describe_graph(study: Study, lens: Lens = PLAIN) -> str:
    """Return the numbers of the graph, and of a small one each arrow."""
    graph, path = study.graph(lens), study.path(lens).tx_indexes
    waits = sum(bool(before) for before in graph.predecessors)
    lines = [
        f"speedup at best {study.speedup(lens):.1f}× ({graph.size} transactions, span {len(path)}), {counted(lens)}",
        f"{waits} of {graph.size} wait for another, in layers of {', '.join(map(str, map(len, graph.layers[:20])))}"
        + (" …" if len(graph.layers) > 20 else ""),
    ]
    if graph.size <= MOST_COLUMNS:
        arrows = dict.fromkeys((each.before, each.after) for each in graph.dependencies)
        lines.append("arrows: " + (", ".join(f"{before}→{after}" for before, after in sorted(arrows)) or "none"))
    if len(path) > 1:
        shown = [str(i) for i in path[:12]] + ["…"] * (len(path) > 12)
        lines.append(f"critical path: {' → '.join(shown)}")
    return "\n".join(lines)


def seen_through(block: Study, lens: Lens) -> str:
    """Return what a lens shows of a block, as text."""
    return f"{lens}\nat best {block.speedup(lens):.1f}×\n\n{describe_matrix(block, lens)}"
