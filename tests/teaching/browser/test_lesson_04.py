"""Lesson 04 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_a_figure_is_drawn_large_enough,
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, go_to, shows

pytestmark = pytest.mark.browser
LESSON = "04-schedulers"
CELLS, FIGURES, SMALLEST = 25, ["imports", "anomaly-picture", "hub", "line", "batches-code", "real-code"], (100, 100)


@pytest.fixture
def player(page: Any) -> Any:
    """The player of the lesson, with the schedule that the order of the block gives."""
    found = page.locator(".jp-OutputArea-output:has(button:has-text('to core 1'))").first
    found.scroll_into_view_if_needed()
    type_plan(found, "A:1 B:2 C:2 D:2 E:1")
    shows(found, "8 units of time on 2 cores")
    return found


def type_plan(output: Any, plan: str) -> None:
    field = output.get_by_role("textbox", name="plan")
    field.fill(plan)
    field.press("Enter")


@pytest.fixture
def in_words(player: Any) -> tuple[Any, int]:
    return player, 0


def test_the_buttons_lead_to_the_schedule_that_no_list_finds(player: Any, tmp_path: Path) -> None:
    player.screenshot(path=artefacts(tmp_path) / "lesson-04-greedy.png")
    player.get_by_role("combobox", name="move").select_option("D")
    player.get_by_role("button", name="to core 1").click()
    shows(player, "9 units of time")  # D waits for A there, and E for D
    player.get_by_role("button", name="earlier").click()
    shows(player, "11 units of time")
    player.get_by_role("combobox", name="move").select_option("E")
    player.get_by_role("button", name="to core 2").click()
    shows(player, "7 units of time")
    player.screenshot(path=artefacts(tmp_path) / "lesson-04-best.png")
    player.page.screenshot(path=artefacts(tmp_path) / "lesson-04-page.png")


def test_without_the_mouse_the_keyboard_is_enough(player: Any) -> None:
    type_plan(player, "B:1 C:1 D:2 E:2 A:1")
    shows(player, "7 units of time on 2 cores")
    button = player.get_by_role("button", name="to core 2")
    player.get_by_role("combobox", name="move").select_option("A")
    button.focus()
    button.press("Enter")
    shows(player, "11 units of time on 2 cores")


def test_an_impossible_plan_is_explained_and_changes_nothing(player: Any) -> None:
    type_plan(player, "C:1 B:1")
    player.get_by_text("C waits for B").wait_for()
    shows(player, "8 units of time on 2 cores")


def test_the_measured_times_are_shown(page: Any, tmp_path: Path) -> None:
    go_to(page, "processes")
    table = page.locator("pre", has_text="control").filter(has_text="my plan").first
    table.wait_for()  # its text: a busy JupyterLab shows an empty frame first
    table.screenshot(path=artefacts(tmp_path) / "lesson-04-processes.png")
