"""The ratios of a benchmark as a picture, and the same numbers in words."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from toyevm.errors import InputError

Report = dict[str, Any]

FORMATS = (".png", ".svg")  # both can carry a description
COLOURS = {"toyevm": "#0072b2", "EELS": "#e69f00"}  # Okabe and Ito: told apart by all, and in grey
OTHER = "#999999"


def check_plot(path: Path, reference: str, version: str | None) -> None:
    """Raise InputError, before anything is measured, when the picture could not be drawn."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"cannot draw {str(path)!r}", "--plot", f"a file name that ends in {' or '.join(FORMATS)}")
    if not path.parent.is_dir():
        raise InputError(f"no folder {str(path.parent)!r}", "--plot")
    if find_spec("matplotlib") is None:
        raise InputError("matplotlib is not installed", "--plot", "pip install 'toyevm[course]'")
    if version is None:
        raise InputError(f"{reference} is not installed, so there is nothing to compare with", "--plot")


def plot_speedups(report: Report, path: Path) -> str:
    """Draw how many times as fast as py-evm each row is; return the same in words, which the file carries as well.

    Raises:
        InputError: when the file cannot be written.
    """
    from matplotlib.figure import Figure

    bars = _bars(report)
    names = list(bars[0][1])
    figure = Figure(figsize=(8, 0.6 + 0.55 * len(bars)), layout="constrained")
    axes = figure.add_subplot()
    height = 0.8 / len(names)
    for i, name in enumerate(names):
        places = [row + (i - (len(names) - 1) / 2) * height for row in range(len(bars))]
        ratios = [speedups[name] for _, speedups in bars]
        away = [ratio - 1 for ratio in ratios]  # bars begin at py-evm: to the left is slower
        drawn = axes.barh(places, away, height * 0.9, left=1, label=name, color=COLOURS.get(name, OTHER))
        axes.bar_label(drawn, [_ratio(ratio) for ratio in ratios], padding=3, fontsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.margins(x=0.12, y=0.02)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(range(len(bars)), [label for label, _ in bars])
    axes.invert_yaxis()
    axes.set_xlabel("times as fast as py-evm (logarithmic scale, measured CPU time)")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.legend(loc="outside upper left", ncols=len(names), frameon=False)
    text = describe_speedups(report)
    try:
        figure.savefig(path, dpi=150, metadata={"Title": "Times as fast as py-evm", "Description": text})
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror}", "--plot") from error
    return f"{path}: {text}"


def describe_speedups(report: Report) -> str:
    """Return what the picture shows, in words."""
    rows = (
        f"{label}: " + ", ".join(f"{name} {_ratio(speedup)}" for name, speedup in speedups.items())
        for label, speedups in _bars(report)
    )
    return "bars, on a logarithmic scale: how many times as fast as py-evm. " + "; ".join(rows) + "."


def _bars(report: Report) -> list[tuple[str, dict[str, float]]]:
    """Return the groups of bars, from top to bottom: message calls, their mean, whole transactions."""
    rows = [(row["program"], row["speedup"]) for row in report["rows"] if row["level"] == "message"]
    rows += [("geometric mean", report["geometricMean"])] * (len(rows) > 1)
    rows += [(row["program"], row["speedup"]) for row in _blocks(report)]
    return [(label, _compared(speedups)) for label, speedups in rows]


def _ratio(speedup: float) -> str:
    """Return a ratio with two digits that count.

    >>> _ratio(83.4), _ratio(7.66), _ratio(0.348)
    ('83x', '7.7x', '0.35x')
    """
    return f"{speedup:.0f}x" if speedup >= 10 else f"{speedup:.2g}x"


def _blocks(report: Report) -> list[Report]:
    return [row for row in report["rows"] if row["level"] == "transaction"]


def _compared(speedups: dict[str, float]) -> dict[str, float]:
    """Leave out the machine that the others are compared with: py-evm is as fast as itself."""
    return {name: speedup for name, speedup in speedups.items() if name != "py-evm"}
