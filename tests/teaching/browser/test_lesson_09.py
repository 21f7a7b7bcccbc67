"""Lesson 09 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, picture, shows

pytestmark = pytest.mark.browser
LESSON = "09-batches-data-cost"
CELLS = 22


@pytest.fixture
def grid(page: Any) -> Any:
    found = page.locator(".jp-OutputArea-output:has(input[placeholder='0..63, 70'])").first
    found.scroll_into_view_if_needed()
    hide(found, "0..63")
    return found


@pytest.fixture
def in_words(grid: Any) -> tuple[Any, int]:
    return grid, 0


def hide(grid: Any, cells: str) -> None:
    field = grid.get_by_role("textbox", name="cells")
    field.fill(cells)
    field.press("Enter")


def test_one_cell_more_is_hidden_and_the_blob_is_lost(grid: Any, tmp_path: Path) -> None:
    shows(grid, "not lost: any 64 rebuild the others")
    hide(grid, "0..64")
    shows(grid, "LOST: 64 are needed")
    assert "hidden    65 of 128 cells: 0..64" in picture(grid)
    grid.screenshot(path=artefacts(tmp_path) / "lesson-09-lost.png")


def test_cells_that_there_are_not_are_refused_in_words(grid: Any) -> None:
    hide(grid, "0..200")
    grid.get_by_role("alert").filter(has_text="cells from 0 to 127, the lower one first").wait_for()
