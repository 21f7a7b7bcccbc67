"""Energy as two bars: the block in order on the same cores, and the run that was chosen."""

from __future__ import annotations

from toyevm.bench.energy import RunEnergy
from toyevm.bench.energy.model import tornado_chart
from toyevm.charts import Chart
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, NORMAL, TAKEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.energy_and_claims.settings import energy_in, in_order, in_words
from toyevm.teaching.lessons.energy_and_claims.studies import RECORDED

NAMES, MOST = 90, 15  # room for names; the longest bar, in units
HEIGHT, TALL = 190, 26


def show_energy(block: str, way: str, cores: int) -> Picture:
    """Return the energy of a run beside that of the block in order on the same cores, as picture and words.

    Raises:
        InputError: a block, a way or a number of cores that the lesson does not have.
    """
    lines = in_words(block, way, cores)
    body = [
        svg.heading(MARGIN, 26, lines[0]),
        *_bar(48, "in order", in_order(block, cores)),
        *_bar(84, "this run", energy_in(block, way, cores)),
        svg.note(MARGIN, 134, lines[1]),
        svg.note(MARGIN, 154, lines[2]),
        svg.note(MARGIN, 174, f"{lines[3]}; orange: more work than one core has; grey: waiting (30 %, assumed)"),
    ]
    return Picture(svg.figure(WIDTH, HEIGHT, "; ".join(lines), body), "\n".join(lines))


def _bar(top: int, name: str, run: RunEnergy) -> list[str]:
    unit = (WIDTH - NAMES - 2 * MARGIN) / MOST
    working = run.busy * unit
    return [
        svg.text(MARGIN, top + 18, name),
        svg.box(NAMES, top, working, TALL, CRITICAL if run.busy > 1.05 else NORMAL, radius=1),
        svg.box(NAMES + working, top, max(run.idle * unit, 0.1), TALL, TAKEN, radius=1),
    ]


def layer_tornado() -> Chart:
    """Return what each input does to the joules that are shared out to a transaction of a layer."""
    return tornado_chart("layer", "allocation", RECORDED)
