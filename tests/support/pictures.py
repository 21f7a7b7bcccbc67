"""What tests of pictures and widgets share."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from toyevm.charts import Chart


def luminance(colour: str) -> float:
    """Return how bright a colour such as "#a0b0c0" is, from 0 to 1 (WCAG 2, relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def axes_of(chart: Chart) -> list[Any]:
    """Return what a chart has drawn, panel by panel, so that a test can read the numbers off it."""
    from matplotlib.figure import Figure

    figure = Figure()
    chart.draw(figure)
    figure.canvas.draw()
    return list(figure.axes)


def hide_ipywidgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `import ipywidgets` fail, as where it is not installed."""
    original = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "ipywidgets":
            raise ImportError(name)
        return original(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
