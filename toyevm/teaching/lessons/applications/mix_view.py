"""The mix as a picture: a row of calls for each application, those of its longest chain in orange."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAINT, NORMAL
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.applications.mix_profile import ApplicationRow, MixProfile, profile_of_mix

NAMES, PLACES = 100, 250  # room for names on the left, for locations on the right
TOP, TALL = 66, 34


def show_mix(shares: Mapping[str, int], crowd: str = "all alike", design: str = "one sum") -> Picture:
    """Return 60 transactions of a mix, application by application.

    Raises:
        InputError: an application, a crowd or a design that there is not, or no share above 0.
    """
    return show_profile(profile_of_mix(shares, crowd, design))


def show_profile(profile: MixProfile) -> Picture:
    """Return a profiled block as picture and words."""
    lines = profile.lines
    body = [
        svg.heading(MARGIN, 26, lines[-1]),
        svg.note(MARGIN, 46, "a box: a call, not in the block's order; orange: the longest chain, one after the other"),
        svg.note(WIDTH - PLACES, 46, "most meet at"),
    ]
    for at, row in enumerate(profile.rows):
        body += _row(row, TOP + TALL * at, profile.calls)
    height = TOP + TALL * len(profile.rows) + 8
    return Picture(svg.figure(WIDTH, height, "; ".join(lines), body), "\n".join(lines))


def _row(row: ApplicationRow, y: float, calls: int) -> list[str]:
    step = (WIDTH - NAMES - PLACES - 2 * MARGIN - 60) / calls
    drawn = [svg.text(MARGIN, y + 16, row.name, bold=True)]
    for call in range(row.calls):
        paint = CRITICAL if call < row.chain and row.chain > 1 else NORMAL
        drawn.append(svg.box(NAMES + step * call, y, step * 0.86, 22, paint, radius=1))
    words = f"{row.chain} of {row.calls}"
    drawn.append(svg.text(NAMES + step * row.calls + 6, y + 16, words, size=12))
    drawn.append(svg.note(WIDTH - PLACES, y + 16, row.place, ink=FAINT.ink))
    return drawn
