"""The trust matrix: every attack on every system, as `toyevm matrix` has found it, and one of them run again.

The words stand here, so that a lesson shows them at once. A test runs every cell and compares.
"""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.errors import InputError
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAILED, FAINT, HERE, LEFT, PAPER, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH

SYSTEMS = ("sidechain", "validium", "data on L1", "zk")
NONE = "–"  # no such attack on this system
VERDICTS: Mapping[str, tuple[str, ...]] = {
    "invalid root": ("safe", "safe", NONE, "safe"),
    "withheld data": ("frozen", "frozen", "safe", "safe"),
    "censorship": ("frozen", "safe", "delayed", "safe"),
    "2/3 collusion": ("stolen", "stolen", NONE, NONE),
    "L1 reorg": ("safe", "safe", "safe", "safe"),
    "replay": ("safe", "safe", NONE, "safe"),
    "forged proof": ("safe", "safe", NONE, "safe"),
}
PAINTS: Mapping[str, Paint] = {"stolen": FAILED, "frozen": CRITICAL, "delayed": HERE, "safe": LEFT, NONE: FAINT}
COLUMN, ROW, LABEL, HEAD = 150, 38, 150, 66


def show_matrix() -> Picture:
    """Return the matrix, as picture and words."""
    lines = [f"{attack}: " + ", ".join(map(" ".join, _cells(attack))) for attack in VERDICTS]
    body = [svg.heading(MARGIN, 26, "What an attack comes to, if its system's own defence is in place")]
    body += [svg.text(LABEL + COLUMN * at + 8, HEAD - 10, name, bold=True) for at, name in enumerate(SYSTEMS)]
    for row, (attack, words) in enumerate(VERDICTS.items()):
        y = HEAD + ROW * row
        body.append(svg.text(MARGIN, y + 22, attack, bold=True))
        for at, word in enumerate(words):
            paint, x = PAINTS[word], LABEL + COLUMN * at
            body += [
                svg.box(x, y, COLUMN - 8, ROW - 6, paint),
                svg.text(x + COLUMN / 2 - 4, y + 21, word, ink=paint.ink, anchor="middle", bold=word == "stolen"),
            ]
    y = HEAD + ROW * len(VERDICTS) + 18
    body.append(svg.note(MARGIN, y, f"{NONE}: this attack does not concern the system", ink=PAPER.ink))
    return Picture(svg.figure(WIDTH, y + 18, "; ".join(lines), body), "\n".join(lines))


def _cells(attack: str) -> list[tuple[str, str]]:
    return list(zip(SYSTEMS, VERDICTS[attack], strict=True))


def attack_on(attack: str, system: str) -> str:
    """Run one attack, with the defence and without it, and return what came of it.

    Raises:
        InputError: there is no such attack, system, or cell.
    """
    from toyevm.rollups.matrix import chosen_cells

    (cell,) = chosen_cells(attack, system)
    rows = [f"{cell.story}", f"defence: {cell.defence or 'none'}"]
    for defended in (True, False):
        if defended or cell.defence:
            verdict = cell.run(defended).verdict
            rows.append(f"{'as it is' if defended else 'without the defence'}: {verdict}")
    return "\n".join(rows)


def verdict_of(attack: str, system: str) -> str:
    """Return a word of the matrix.

    Raises:
        InputError: there is no such attack or system.
    """
    if attack not in VERDICTS or system not in SYSTEMS:
        raise InputError(f"{attack!r} on {system!r}", expected=f"{' | '.join(VERDICTS)} on {' | '.join(SYSTEMS)}")
    return dict(_cells(attack))[system]
