"""Lesson 05 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.jupyter import artefacts, everything_ran, figure_of, picture, shows

pytestmark = pytest.mark.browser
LESSON = "05-speculation"


@pytest.fixture
def player(page: Any) -> Any:
    """The player with rule 1, nothing played."""
    found = page.locator(".jp-OutputArea-output:has(button:has-text('next step of A'))").first
    found.scroll_into_view_if_needed()
    type_in(found, "")
    shows(found, "Still to come: A1 A2 B1 B2.")
    return found


def type_in(player: Any, moves: str) -> None:
    field = player.get_by_label("schedule")
    field.fill(moves)
    field.press("Enter")


def test_every_cell_runs_without_a_failure(page: Any) -> None:
    everything_ran(page, more_than=20)


def test_the_student_chooses_each_step(player: Any, tmp_path: Path) -> None:
    for name in "AABBABA":
        player.get_by_role("button", name=f"next step of {name}").click()
    shows(player, "Still to come: Bw.")
    assert "Ar" in picture(player)
    player.get_by_role("button", name="take back").click()
    shows(player, "Still to come: Aw Bw.")
    player.screenshot(path=artefacts(tmp_path) / "lesson-05-steps.png")


def test_a_schedule_that_another_student_sends_plays_here(player: Any, tmp_path: Path) -> None:
    type_in(player, "Ar Ar Aw Br Br Bw Aw Bw")
    shows(player, "Wrong: Shop has 107, and should have 112.")
    player.screenshot(path=artefacts(tmp_path) / "lesson-05-broken.png")


def test_what_validation_has_caught_is_shown(player: Any, tmp_path: Path) -> None:
    type_in(player, "A1 B1 A2 B2")
    shows(player, "B2 aborts")
    shows(player, "Still to come: B1 B2.")
    player.screenshot(path=artefacts(tmp_path) / "lesson-05-aborted.png")
    player.get_by_role("button", name="next half of B").click()
    player.get_by_role("button", name="next half of B").click()
    shows(player, "Right: the same as one after the other.")


def test_without_the_mouse_the_keyboard_is_enough(player: Any) -> None:
    button = player.get_by_role("button", name="next step of B")
    button.focus()
    button.press("Enter")
    shows(player, "Br sees")
    assert "B reads Bob 100" in picture(player)


def test_the_text_form_says_what_the_picture_says(player: Any) -> None:
    type_in(player, "A1 B1 A2 B2")
    shows(player, "B2 aborts")
    shown = picture(player)
    box = player.get_by_label("as text")
    box.check()
    text = player.locator("pre").first
    text.wait_for()
    assert text.inner_text().split("\n") == shown.split("; ")
    box.uncheck()
    shows(player, "B2 aborts")


@pytest.mark.parametrize("cell", ["imports", "versions-table", "sabotage-turn", "fee-lanes"])
def test_a_figure_is_drawn_large_enough(page: Any, tmp_path: Path, cell: str) -> None:
    figure = figure_of(page, cell)
    box = figure.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 90
    figure.screenshot(path=artefacts(tmp_path) / f"lesson-05-{cell}.png")
