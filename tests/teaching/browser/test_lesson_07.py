"""Lesson 07 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

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
LESSON = "07-block-access-lists"
CELLS = 18


@pytest.fixture
def inspector(page: Any) -> Any:
    found = page.locator(".jp-OutputArea-output:has(button:has-text('honest list'))").first
    found.scroll_into_view_if_needed()
    found.get_by_role("button", name="honest list").click()
    shows(found, "no lie found")
    return found


@pytest.fixture
def in_words(inspector: Any) -> tuple[Any, int]:
    return inspector, 0


def test_an_edit_is_a_lie_and_is_named(inspector: Any, tmp_path: Path) -> None:
    field = inspector.get_by_label("edit")
    field.fill("box: slot 2 2:41 4:50 6:55; read 1, 3")
    field.press("Enter")
    shows(inspector, "REFUSED: wrong value: box slot 2, index 2")
    assert "the list says 50" in picture(inspector)
    inspector.screenshot(path=artefacts(tmp_path) / "lesson-07-lie.png")
