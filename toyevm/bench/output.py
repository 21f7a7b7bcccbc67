"""A benchmark's report for people: a table, and a picture with the same numbers in words."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from toyevm.errors import InputError

Report = dict[str, Any]

FORMATS = (".png", ".svg")  # both can carry a description
COLOURS = {"toyevm": "#0072b2", "EELS": "#e69f00"}  # Okabe and Ito: told apart by all, and in grey
OTHER = "#999999"


def print_bench_vm(report: Report) -> None:
    """Print a report of `run_bench_vm` as a table; "x" is how many times as fast as py-evm."""
    from rich.console import Console

    environment, cache = report["environment"], report["compileCache"]
    packages = (environment["machines"] | environment["keccak"]).items()
    console = Console(highlight=False)
    console.print(_table(report))
    console.print("A call is timed from when its state and message are there. py-evm keeps its state in a trie.")
    for row in _blocks(report):
        libraries = ", ".join(f"{library} in {name}" for name, library in environment["signatures"].items())
        console.print(
            f"{row['program']}: a block of {row['transactions']} signed ERC-20 transfers, from bytes to the state after"
            f" it, senders recovered by {libraries}. Not in the mean, which is of message calls.",
            markup=False,
        )
    console.print(
        f"compile cache: {cache['functions']} functions hold {cache['tracedBytes'] / 1000:.0f} kB, "
        f"{cache['sourceCharacters'] / 1000:.0f} kB of it source (measured: {cache['how']})",
        markup=False,
    )
    console.print(f"{environment['python']}, {environment['cpu']}, {environment['cores']} cores, {environment['fork']}")
    console.print(", ".join(f"{name} {found}" for name, found in packages), markup=False)
    for name in environment["missing"]:
        console.print(f"not measured: {name}", markup=False)


def _table(report: Report) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    names, means = list(report["environment"]["machines"]), _compared(report["geometricMean"])
    compared = list(_compared(report["rows"][0]["speedup"]))
    title = f"One message call (measured: CPU time, median of {report['environment']['repeats']})"
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in (*names, "spread", *(f"{name} x" for name in compared)):
        table.add_column(heading, justify="right", no_wrap=True)

    def add(row: Report) -> None:
        times = (duration(row["seconds"][name]) for name in names)
        ratios = (f"{row['speedup'][name]:.2f}" for name in compared)
        table.add_row(row["program"], *times, f"{max(row['spread'].values()):.0%}", *ratios)

    for row in report["rows"]:
        if row["level"] == "message":
            add(row)
    if means:
        table.add_section()
        table.add_row("geometric mean", *("" for _ in names), "", *(f"{means[name]:.2f}" for name in compared))
    table.add_section()
    for row in _blocks(report):
        add(row)
    return table


def _blocks(report: Report) -> list[Report]:
    return [row for row in report["rows"] if row["level"] == "transaction"]


def _compared(speedups: dict[str, float]) -> dict[str, float]:
    """Leave out the machine that the others are compared with: py-evm is as fast as itself."""
    return {name: speedup for name, speedup in speedups.items() if name != "py-evm"}


def duration(seconds: float) -> str:
    """Return a time for people.

    >>> duration(0.01234), duration(0.000056)
    ('12.3 ms', '56 µs')
    """
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


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
