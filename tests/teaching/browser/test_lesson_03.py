"""Lesson 03 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.jupyter import artefacts, everything_ran, figure_of, shows

pytestmark = pytest.mark.browser
LESSON = "03-conflicts"


@pytest.fixture
def explorer(page: Any) -> Any:
    """The conflict explorer, with all switches as they stand in the beginning."""
    found = page.locator(".jp-OutputArea-output:has(button:has-text('by account'))").first
    found.scroll_into_view_if_needed()
    for words in ("by location", "fees aside", "all fields", "RAW only"):
        found.get_by_role("button", name=words).click()
    shows(found, "at best 12.0×")
    return found


def test_every_cell_runs_without_a_failure(page: Any) -> None:
    everything_ran(page, more_than=20)


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


def test_the_text_form_says_what_the_picture_says(explorer: Any) -> None:
    explorer.get_by_role("button", name="by account").click()
    shows(explorer, "at best 1.0×")
    said = str(explorer.locator("svg").nth(1).get_attribute("aria-label"))
    box = explorer.get_by_label("as text")
    box.check()
    text = explorer.locator("pre").first
    text.wait_for()
    assert text.inner_text().split("\n\n")[1].split("\n") == [part for part in said.split("; ") if part]
    box.uncheck()
    shows(explorer, "at best 1.0×")


@pytest.mark.parametrize("cell", ["hot", "board", "worked", "fingerprints", "extension-code"])
def test_a_figure_is_drawn_large_enough(page: Any, tmp_path: Path, cell: str) -> None:
    figure = figure_of(page, cell)
    box = figure.bounding_box()
    assert box is not None
    assert box["width"] > 400
    assert box["height"] > 60
    figure.screenshot(path=artefacts(tmp_path) / f"lesson-03-{cell}.png")
