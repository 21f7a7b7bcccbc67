"""The incarnations of a run, a row for each transaction: which were thrown away, why, and when they were validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType

from toyevm.errors import InputError
from toyevm.simulation.notation import version_name
from toyevm.simulation.run import Run, TaskSpan
from toyevm.simulation.schedule import makespan
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.marks import CROSS, TICK
from toyevm.teaching.kit.palette import FAILED, LEFT, NORMAL, PANEL, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.types import Field, Location, Version

NO_NAMES: Mapping[Location, str] = MappingProxyType({})
MOST_ROWS = 24
NAMES, RIGHT, HEAD, FOOT, ROW, CHARACTER = 190, 24, 56, 30, 30, 7.2


def show_incarnations(
    run: Run, titles: Sequence[str] = (), names: Mapping[Location, str] = NO_NAMES, heading: str = "incarnations"
) -> Picture:
    """Return a run on virtual cores as rows of bars, and as its text twin the same with times.

    Args:
        titles: of the transactions, in block order.
        names: of locations, for the reasons of aborts.

    Raises:
        InputError: a run without virtual cores.
    """
    if not run.spans:
        raise InputError("no times without virtual cores", expected="a run on virtual cores")
    return Picture(_draw(run, titles, names, heading), describe_incarnations(run, titles, names, heading))


def describe_incarnations(run: Run, titles: Sequence[str], names: Mapping[Location, str], heading: str) -> str:
    """Return the incarnations of each transaction with their times, and the times of validations."""
    lines = [f"{heading} (simulated, time in gas)", f"{_summary(run)}, end at {makespan(run.spans):,}"]
    for tx_index in range(_rows(run)):
        lines.append(_title(tx_index, titles))
        for span in (each for each in _of(run, tx_index) if each.kind == "execute"):
            lines += wrap(_sentence(run, span, names), 80, initial_indent="  ", subsequent_indent="    ")
    return "\n".join([*lines, *_left_out(run)])


def _sentence(run: Run, span: TaskSpan, names: Mapping[Location, str]) -> str:
    """Return when an incarnation ran, what became of it, and when it was validated."""
    name = version_name(Version(span.tx_index, span.incarnation))
    fate = f"{CROSS} {location_name(span.cause, names)}" if span.aborted else TICK
    checks = [
        f"{each.end:,} {CROSS if _fails(run, each) else TICK}"
        for each in _of(run, span.tx_index)
        if each.kind == "validate" and each.incarnation == span.incarnation
    ]
    validated = f"; validated {', '.join(checks)}" if checks else ""
    return f"{name} core {span.core}: {span.start:,}-{span.end:,} {fate}{validated}"


def location_name(location: Location | None, names: Mapping[Location, str] = NO_NAMES) -> str:
    """Return what a location is called; one without a name, in short.

    >>> location_name(Location(bytes(20), 5)), location_name(Location(bytes(20), Field.BALANCE))
    ('slot 5', 'balance of 0x0000…')
    """
    if location is None:
        return "unknown"
    short = f"slot {location.key:,}" if location.key < 10**6 else "a slot"
    field = "" if location.is_slot else f"{Field(location.key).name.lower()} of 0x{location.address.hex()[:4]}…"
    return names.get(location) or field or short


def _of(run: Run, tx_index: int) -> list[TaskSpan]:
    return [span for span in run.spans if span.tx_index == tx_index and span.kind in ("execute", "validate")]


def _fails(run: Run, validation: TaskSpan) -> bool:
    """Return whether a validation found its incarnation wrong: the last one of an aborted incarnation did."""
    same = [span for span in _of(run, validation.tx_index) if span.incarnation == validation.incarnation]
    last = max(span.end for span in same if span.kind == "validate")
    return validation.end == last and any(span.aborted for span in same)


def _size(run: Run) -> int:
    return max(span.tx_index for span in run.spans) + 1


def _rows(run: Run) -> int:
    return min(_size(run), MOST_ROWS)


def _left_out(run: Run) -> list[str]:
    left = _size(run) - _rows(run)
    return [f"{left} more transactions are not shown"] if left else []


def _summary(run: Run) -> str:
    validations = sum(span.kind == "validate" for span in run.spans)
    return f"{run.attempts} executions, {run.aborts} aborted, {validations} validations"


def _title(tx_index: int, titles: Sequence[str]) -> str:
    name = version_name(Version(tx_index)).partition(".")[0]
    return f"{name} = {tx_index}" + (f" {titles[tx_index]}" if tx_index < len(titles) else "")


def _draw(run: Run, titles: Sequence[str], names: Mapping[Location, str], heading: str) -> str:
    end = makespan(run.spans)
    scale = (WIDTH - MARGIN - NAMES - RIGHT) / max(end, 1)
    bottom, left_out = HEAD + ROW * _rows(run), _left_out(run)
    legend = f"striped, {CROSS}: aborted, because of this location; line: validated; dashed line: not valid"
    body = [
        svg.heading(MARGIN, 24, heading),
        svg.note(MARGIN, 44, _summary(run)),
        svg.note(WIDTH - RIGHT, 44, legend, anchor="end"),
        svg.note(MARGIN + NAMES, bottom + 18, "0"),
        svg.note(WIDTH - RIGHT, bottom + 18, f"{end:,} gas of time (simulated)", anchor="end"),
        *(svg.note(MARGIN, bottom + 38, words) for words in left_out),
    ]
    for tx_index in range(_rows(run)):
        y = HEAD + ROW * tx_index
        body.append(svg.box(MARGIN + NAMES, y + 1, WIDTH - RIGHT - MARGIN - NAMES, ROW - 2, PANEL, radius=0))
        body.append(svg.text(MARGIN, y + 20, _cut(_title(tx_index, titles), NAMES - 8), size=13))
        body += _bars(run, tx_index, y, scale, names)
    words = describe_incarnations(run, titles, names, heading).split("\n")
    return svg.figure(WIDTH, bottom + FOOT + 20 * len(left_out), "; ".join(words), body)


def _bars(run: Run, tx_index: int, y: float, scale: float, names: Mapping[Location, str]) -> Iterator[str]:
    left = MARGIN + NAMES
    for span in _of(run, tx_index):
        if span.kind == "execute":
            yield from _bar(span, left + span.start * scale, y, span.duration * scale, names)
    for span in _of(run, tx_index):
        if span.kind == "validate":
            x, fails = left + span.end * scale, _fails(run, span)
            ink, dashes = (FAILED.line, "4 3") if fails else (LEFT.line, "")
            yield svg.line((x, y + 1), (x, y + ROW - 1), ink, width=3, dashes=dashes)


def _bar(span: TaskSpan, x: float, y: float, width: float, names: Mapping[Location, str]) -> Iterator[str]:
    paint = FAILED if span.aborted else NORMAL
    yield svg.box(x, y + 3, width, ROW - 6, paint, radius=0, dashed=span.aborted)
    if span.aborted:
        yield svg.hatch(x, y + 3, width, ROW - 6, paint.line, opacity=0.4)
    name = version_name(Version(span.tx_index, span.incarnation))
    words = f"{name} {CROSS} {location_name(span.cause, names)}" if span.aborted else name
    shown = next((each for each in (words, name) if CHARACTER * len(each) + 12 < width), "")
    if shown:
        yield svg.box(x + 4, y + 7, CHARACTER * len(shown) + 4, ROW - 14, PAPER, stroke=0, radius=2)
        yield svg.text(x + 6, y + 19, shown, size=12, ink=PAPER.ink, bold=shown == name)


def _cut(words: str, width: float) -> str:
    most = int(width // CHARACTER)
    return words if len(words) <= most else words[: most - 1] + "…"
