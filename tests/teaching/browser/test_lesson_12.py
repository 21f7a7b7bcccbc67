"""Lesson 12 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_a_figure_is_drawn_large_enough,
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, go_to, picture, shows, widget

pytestmark = pytest.mark.browser
LESSON = "12-polynomials"
CELLS, FIGURES, SMALLEST = 20, ["query-picture"], (600, 200)


@pytest.fixture
def player(page: Any) -> Any:
    go_to(page, "extension")
    return widget(page, "row 3", ".widget-slider")


@pytest.fixture
def in_words(player: Any) -> tuple[Any, int]:
    return player, 0


def change(player: Any, row: int, register: int) -> None:
    """Type the value of a row beside its slider."""
    readout = player.locator(".widget-readout").nth(row)
    readout.fill(str(register))
    readout.press("Enter")


def test_one_false_row_moves_all_points(player: Any, tmp_path: Path) -> None:
    shows(player, "no row changed: 32 of 32 points as before")
    player.screenshot(path=artefacts(tmp_path) / "lesson-12-true.png")
    change(player, 3, 18)
    shows(player, "row 3 changed: 0 of 32 points as before")
    assert "rows             3 10  4 18 96  2  5 26" in picture(player)
    player.screenshot(path=artefacts(tmp_path) / "lesson-12-false.png")
    player.page.screenshot(path=artefacts(tmp_path) / "lesson-12-page.png")


def test_a_slider_moves_with_the_arrow_keys(player: Any) -> None:
    change(player, 3, 17)
    shows(player, "no row changed: 32 of 32 points as before")
    player.locator(".noUi-handle").nth(7).press("ArrowRight")
    shows(player, "row 7 changed: 0 of 32 points as before")
    player.locator(".noUi-handle").nth(7).press("ArrowLeft")
    shows(player, "no row changed")
