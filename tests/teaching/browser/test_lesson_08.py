"""Lesson 08 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, go_to, shows, widget

pytestmark = pytest.mark.browser
LESSON = "08-real-cores"
CELLS = 18


@pytest.fixture
def sliders(page: Any) -> Any:
    go_to(page, "sliders")
    return widget(page, "spawned", "button")


@pytest.fixture
def in_words(sliders: Any) -> tuple[Any, int]:
    return sliders, 0


def test_what_comes_out_is_shown_when_the_student_has_said_it(sliders: Any, tmp_path: Path) -> None:
    shows(sliders, "Say first")
    sliders.screenshot(path=artefacts(tmp_path) / "lesson-08-sliders-asked.png")
    sliders.get_by_role("button", name="slower").click()
    shows(sliders, "You said slower. The model says faster.")
    sliders.get_by_role("button", name="spawned").click()
    shows(sliders, "Say first")
    sliders.get_by_role("button", name="slower").click()
    shows(sliders, "You said slower, and so does the model.")
    sliders.screenshot(path=artefacts(tmp_path) / "lesson-08-sliders.png")


def test_what_is_measured_is_shown_in_the_browser(page: Any) -> None:
    go_to(page, "grains")
    page.locator("pre", has_text="measured on this computer, now: ").first.wait_for()
