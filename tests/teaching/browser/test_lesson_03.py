"""Lesson 03 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_a_figure_is_drawn_large_enough,
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, shows

pytestmark = pytest.mark.browser
LESSON = "03-conflicts"
CELLS, FIGURES, SMALLEST = 20, ["hot", "board", "worked", "fingerprints", "extension-code"], (400, 60)


@pytest.fixture
def explorer(page: Any) -> Any:
    """The conflict explorer, with all switches as they stand in the beginning."""
    found = page.locator(".jp-OutputArea-output:has(button:has-text('by account'))").first
    found.scroll_into_view_if_needed()
    for words in ("by location", "fees aside", "all fields", "RAW only"):
        found.get_by_role("button", name=words).click()
    shows(found, "at best 12.0×")
    return found


@pytest.fixture
def in_words(explorer: Any) -> tuple[Any, int]:
    explorer.get_by_role("button", name="by account").click()
    shows(explorer, "at best 1.0×")
    return explorer, 1


def test_a_switch_changes_both_pictures(explorer: Any, tmp_path: Path) -> None:
    explorer.screenshot(path=artefacts(tmp_path) / "lesson-03-locations.png")
    explorer.get_by_role("button", name="by account").click()
    shows(explorer, "at best 1.0×")
    shows(explorer, "token")
    explorer.screenshot(path=artefacts(tmp_path) / "lesson-03-accounts.png")
    explorer.page.screenshot(path=artefacts(tmp_path) / "lesson-03-page.png")
    explorer.get_by_role("button", name="by location").click()
    explorer.get_by_role("button", name="fees count").click()
    shows(explorer, "producer's balance")


def test_without_the_mouse_the_keyboard_is_enough(explorer: Any) -> None:
    button = explorer.get_by_role("button", name="by account")
    button.focus()
    button.press("Enter")
    shows(explorer, "at best 1.0×")
