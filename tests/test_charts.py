"""A chart says the same in its picture, its alternative text and its words, with matplotlib and without."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.support.pictures import axes_of, hide_ipywidgets, luminance
from toyevm.charts import BLACK, BLUE, FAINT_GREY, GREEN, INKS, ORANGE, RED, Chart, check_plot, say
from toyevm.errors import InputError


def draw(figure: Any) -> None:
    axes = figure.add_subplot()
    axes.plot([1, 2, 3], [1, 4, 9])
    say(axes, "nine", (3, 9), BLUE)


CHART = Chart(draw, "squares", 'Squares "of" 1 to 3: 1, 4, 9', "n  1  2  3\nn2 1  4  9")


def fresh() -> Chart:
    return replace(CHART)


def test_a_notebook_gets_picture_alternative_text_and_twin() -> None:
    data, about = CHART._repr_mimebundle_()
    assert data["text/plain"] == str(CHART) == CHART.text
    assert about["image/png"]["alt"] == CHART.alt
    assert b64decode(data["image/png"]) == CHART.png
    assert CHART.png is not None
    assert CHART.png.startswith(b"\x89PNG")


def test_jupyterlab_gets_the_alternative_text_too() -> None:
    """It shows a PNG without one; so there is a widget, which it prefers."""
    from ipywidgets.widgets.widget import _instances

    data, _ = CHART._repr_mimebundle_()
    shown = _instances[data["application/vnd.jupyter.widget-view+json"]["model_id"]].value
    alt = re.search(r'<img alt="([^"]*)" src="data:image/png;base64,', shown)
    assert alt is not None
    assert unescape(alt[1]) == CHART.alt


def test_without_ipywidgets_there_is_still_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    hide_ipywidgets(monkeypatch)
    data, about = fresh()._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert about["image/png"]["alt"] == CHART.alt


def test_without_matplotlib_the_words_stand_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    chart = fresh()
    assert chart._repr_mimebundle_() == {"text/plain": CHART.text}
    with pytest.raises(InputError, match="matplotlib is not installed"):
        chart.save(tmp_path / "squares.png")


def test_the_style_of_the_charts_stays_with_the_charts() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    assert fresh().png
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_numbers_give_the_same_file_which_carries_its_words(tmp_path: Path, kind: str) -> None:
    first, second = tmp_path / f"first.{kind}", tmp_path / f"second.{kind.upper()}"
    CHART.save(first)
    fresh().save(second)
    assert first.read_bytes() == second.read_bytes()
    assert b"1 to 3: 1, 4, 9" in first.read_bytes()


@pytest.mark.parametrize(
    ("name", "words"), [("squares.gif", ".png or .svg"), ("squares", ".png or .svg"), ("nowhere/x.png", "no folder")]
)
def test_a_file_that_could_not_be_written_is_refused_before_the_work(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_plot(tmp_path / name)


def test_a_folder_of_that_name_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match=r"cannot write .*folder\.png"):
        CHART.save(tmp_path / "folder.png")


@pytest.mark.parametrize("ink", sorted({*INKS, BLACK, FAINT_GREY, BLUE, ORANGE, GREEN, RED}))
def test_words_of_a_chart_can_be_read_on_white(ink: str) -> None:
    assert 1.05 / (luminance(ink) + 0.05) >= 4.5


def test_words_stand_where_they_were_put() -> None:
    (axes,) = axes_of(CHART)
    assert [(words.get_text(), words.xy) for words in axes.texts] == [("nine", (3, 9))]
