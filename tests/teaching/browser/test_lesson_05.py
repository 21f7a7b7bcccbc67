"""Lesson 05 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_a_figure_is_drawn_large_enough,
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, picture, shows

pytestmark = pytest.mark.browser
LESSON = "05-speculation"
CELLS, FIGURES, SMALLEST = 20, ["imports", "versions-table", "fee-lanes"], (90, 90)


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


@pytest.fixture
def in_words(player: Any) -> tuple[Any, int]:
    type_in(player, "A1 B1 A2 B2")
    shows(player, "B2 aborts")
    return player, 0


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
