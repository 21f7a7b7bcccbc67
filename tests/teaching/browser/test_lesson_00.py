"""Lesson 00 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_a_figure_is_drawn_large_enough,
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, figure_of, picture, shows, widget

pytestmark = pytest.mark.browser
LESSON = "00-why-blocks-are-slow"
CELLS, FIGURES, SMALLEST = 20, ["rush"], (100, 100)


@pytest.fixture
def in_words(page: Any) -> tuple[Any, int]:
    slider = widget(page, "cores", ".noUi-handle")
    shows(slider, "× on ")
    return slider, 0


def test_the_slider_shows_the_speed_up_of_the_chosen_cores(page: Any, tmp_path: Path) -> None:
    slider = widget(page, "cores", ".noUi-handle")
    shows(slider, "on 1 core")  # no later cell has set it
    handle = slider.locator(".noUi-handle").first
    handle.focus()
    handle.press("ArrowRight")
    shows(slider, "2.0× on 2 cores")
    shows(slider, "1.0× on 2 cores")
    assert "2,100,000        1.0×".replace(" ", "") in picture(slider).replace(" ", "")
    heard = slider.locator("[role=status][aria-live=polite]")
    assert "2 cores (simulated, time in gas)" in heard.text_content()
    assert heard.evaluate("region => region.closest('.jupyter-widgets').clientHeight") <= 1  # heard, not seen
    slider.screenshot(path=artefacts(tmp_path) / "lesson-00-cores.png")


def test_the_player_shows_how_an_update_is_lost(page: Any, tmp_path: Path) -> None:
    player = widget(page, "schedule")
    field = player.get_by_label("schedule")
    field.fill("A1 B1 A2 B2 C1")
    field.press("Enter")
    shows(player, "Still to come: C2.")
    player.get_by_role("button", name="next half of C").click()
    shows(player, "Wrong: Shop has 107, and should have 112.")
    shows(player, "5 ether are gone.")
    player.screenshot(path=artefacts(tmp_path) / "lesson-00-player.png")
    player.get_by_role("button", name="take back").click()
    shows(player, "Still to come: C2.")


def test_an_impossible_schedule_is_explained_and_changes_nothing(page: Any) -> None:
    player = widget(page, "schedule")
    before = picture(player)
    field = player.get_by_label("schedule")
    field.fill("A2 A1")
    field.press("Enter")
    player.get_by_role("alert").filter(has_text="A2 comes before A1").wait_for()
    assert picture(player) == before


def test_a_bet_is_noted(page: Any, tmp_path: Path) -> None:
    bet = widget(page, "both about 50×")
    bet.get_by_label("both about 50×").check()
    bet.get_by_text("Your bet: A").first.wait_for()
    bet.screenshot(path=artefacts(tmp_path) / "lesson-00-bet.png")


def test_the_rush_is_drawn(page: Any, tmp_path: Path) -> None:
    chart = figure_of(page, "rush")
    assert "38.10" in str(chart.get_attribute("alt"))
    assert chart.evaluate("image => image.naturalWidth") > 900
    chart.screenshot(path=artefacts(tmp_path) / "lesson-00-rush.png")
