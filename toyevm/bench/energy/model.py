"""Two questions that are often taken for one: an average, and what one transaction more would add.

*Allocation* shares out all the energy of a chain among its transactions: it falls when there are more of them, though
nothing else changes. *Marginal* is what one more takes: on a chain by proof of work, not one hash more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from toyevm.bench.compare.figures import rounded
from toyevm.bench.energy.inputs import INPUTS, Measured
from toyevm.charts import BLACK, INKS, Chart, say
from toyevm.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

JOULES_PER_TWH = 3.6e15
WORK, STAKE = "energy by proof of work", "energy by proof of stake"
BEFORE = "L1 transactions before the Merge"
DAYS, SECONDS_A_DAY = 365, 86_400
Values = Mapping[str, float]
Formula = Callable[[Values, Measured], float]


@dataclass(frozen=True)
class JoulesModel:
    """Joules a transaction as a function of some inputs.

    Attributes:
        system: "proof of work", "proof of stake" or "layer".
        question: "allocation" or "marginal".
        uses: the names of its inputs.
    """

    system: str
    question: str
    uses: tuple[str, ...]
    formula: Formula


def _allocated(name: str, traffic: str = "L1 transactions") -> Formula:
    return lambda values, _: values[name] * JOULES_PER_TWH / (values[traffic] * DAYS)


def _by_all_nodes(values: Values, measured: Measured) -> float:
    """One transaction more is executed by every node; nobody mines or stakes more for it."""
    return measured.execute * values["a core"] * values["nodes"]


def _layer_allocated(values: Values, measured: Measured) -> float:
    """Its share of what L1 allocates to a transaction, and of the power that the layer's own servers draw."""
    on_l1 = values["layer's share of an L1 transaction"] * _allocated(STAKE)(values, measured)
    return on_l1 + values["layer's servers"] / values["layer's transactions"]


def _layer_marginal(values: Values, measured: Measured) -> float:
    """Executed by each node of the layer, aborts included, and proved once; L1 executes nothing of it."""
    once = measured.execute * measured.executions * values["layer's nodes"] + measured.prove
    return once * values["a core"]


MODELS = {
    (each.system, each.question): each
    for each in (
        JoulesModel("proof of work", "allocation", (WORK, BEFORE), _allocated(WORK, BEFORE)),
        JoulesModel("proof of work", "marginal", ("a core", "nodes"), _by_all_nodes),
        JoulesModel("proof of stake", "allocation", (STAKE, "L1 transactions"), _allocated(STAKE)),
        JoulesModel("proof of stake", "marginal", ("a core", "nodes"), _by_all_nodes),
        JoulesModel(
            "layer", "allocation",
            (STAKE, "L1 transactions", "layer's share of an L1 transaction", "layer's servers",
             "layer's transactions"),
            _layer_allocated,
        ),
        JoulesModel("layer", "marginal", ("a core", "layer's nodes"), _layer_marginal),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """Joules a transaction: the least and the most that the ranges allow, and with every input in its middle."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Swing:
    """What one input does to an estimate when it goes through its range, all others in the middle."""

    name: str
    at_low: float
    at_high: float

    @property
    def factor(self) -> float:
        """How many times as large the larger is."""
        return max(self.at_low, self.at_high) / min(self.at_low, self.at_high)


def model_of(system: str, question: str) -> JoulesModel:
    """Return a model.

    Raises:
        InputError: there is none for this system or question.
    """
    if (system, question) not in MODELS:
        raise InputError(f"{system!r}, {question!r}", "energy", " | ".join(f"{a}, {b}" for a, b in MODELS))
    return MODELS[system, question]


def estimate(system: str, question: str, measured: Measured, given: Values | None = None) -> Estimate:
    """Return joules a transaction; `given` replaces ranges by numbers."""
    model, fixed = model_of(system, question), dict(given or {})
    ranges = [(fixed[name],) if name in fixed else (INPUTS[name].low, INPUTS[name].high) for name in model.uses]
    corners = [model.formula(dict(zip(model.uses, corner, strict=True)), measured) for corner in product(*ranges)]
    return Estimate(min(corners), model.formula(_middles(model, fixed), measured), max(corners))


def tornado(system: str, question: str, measured: Measured) -> list[Swing]:
    """Return what each input does alone, the one that matters most first."""
    model = model_of(system, question)
    return sorted(_swings(model, measured), key=lambda swing: -swing.factor)


def _swings(model: JoulesModel, measured: Measured) -> Iterator[Swing]:
    for name in model.uses:
        ends = INPUTS[name].low, INPUTS[name].high
        yield Swing(name, *(model.formula(_middles(model, {name: end}), measured) for end in ends))


def _middles(model: JoulesModel, fixed: Values) -> dict[str, float]:
    return {name: fixed.get(name, INPUTS[name].middle) for name in model.uses}


def tornado_chart(system: str, question: str, measured: Measured) -> Chart:
    """Return the swings as bars, the largest on top, and as words."""
    swings, middle = tornado(system, question, measured), estimate(system, question, measured).middle
    title = f"{system}, {question}: joules a transaction (log scale; assumed ranges)"
    lines = [f"{title}; {rounded(middle)} J with every input in its middle"]
    lines += [f"{_with_range(swing.name)}: {rounded(swing.at_low)} J to {rounded(swing.at_high)} J" for swing in swings]
    return Chart(
        partial(_draw, title, swings, middle), title, "; ".join(lines), "\n".join(lines), height=1.2 + 0.5 * len(swings)
    )


def _with_range(name: str) -> str:
    each = INPUTS[name]
    return f"{name} ({each.low:,.10g} to {each.high:,.10g} {each.unit})"


def _draw(title: str, swings: list[Swing], middle: float, figure: Figure) -> None:
    axes = figure.subplots()
    for place, swing in enumerate(swings):
        low, high = sorted((swing.at_low, swing.at_high))
        axes.barh(place, high - low, left=low, color=INKS[0])
        say(axes, rounded(low), (low, place), BLACK, shift=(-3, -3), ha="right")
        say(axes, rounded(high), (high, place), BLACK, shift=(3, -3), ha="left")
    axes.axvline(middle, color=BLACK, linewidth=1)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: rounded(value))
    axes.set_yticks(range(len(swings)), [_with_range(swing.name).replace(" (", "\n(") for swing in swings])
    axes.set_title(title)
    axes.invert_yaxis()
    ends = [end for swing in swings for end in (swing.at_low, swing.at_high)]
    axes.set_xlim(min(ends) / 3, max(ends) * 3)  # room for the numbers beside the bars
    axes.set_xlabel("joules a transaction")
