"""Lesson 06 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, go_to, picture, shows

pytestmark = pytest.mark.browser
LESSON = "06-block-stm"
CELLS = 19


@pytest.fixture
def player(page: Any) -> Any:
    """The player without rule 2, nothing played."""
    go_to(page, "player-two")
    found = page.locator(".jp-Cell:has-text('without_new_locations') .jp-OutputArea-output:has(button)").first
    found.scroll_into_view_if_needed()
    type_in(found, "")
    shows(found, "nothing has happened")
    return found


def type_in(player: Any, moves: str) -> None:
    field = player.get_by_label("moves")
    field.fill(moves)
    field.press("Enter")


@pytest.fixture
def in_words(player: Any) -> tuple[Any, int]:
    type_in(player, "0 0 1 1")
    shows(player, "after event 4")
    return player, 0


def test_each_button_says_what_comes_next_and_does_it(player: Any, tmp_path: Path) -> None:
    for core, words in ((0, "A.0 starts"), (0, "A.0 reads Shop"), (1, "B.0 starts"), (1, "B.0 reads Shop")):
        player.get_by_role("button", name=f"core {core}: {words}").click()
    shows(player, "after event 4")
    player.get_by_role("button", name="back").click()
    shows(player, "after event 3")
    player.screenshot(path=artefacts(tmp_path) / "lesson-06-lanes.png")


def test_an_order_that_another_student_sends_ends_wrong_here_too(player: Any, tmp_path: Path) -> None:
    type_in(player, "0 0 1 1 1 1 1 0 0 0 0 0 0 0 0 1 1 1 1 1 0")
    shows(player, "Wrong: Shop has 108, and should have 115.")
    player.screenshot(path=artefacts(tmp_path) / "lesson-06-wrong.png")
    assert "107" in picture(player)


def test_without_the_mouse_the_keyboard_is_enough(player: Any) -> None:
    button = player.get_by_role("button", name="core 1: B.0 starts")
    button.focus()
    button.press("Enter")
    shows(player, "after event 1")
