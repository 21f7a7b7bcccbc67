"""Lesson 15 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, figure_of, go_to, shows, widget

pytestmark = pytest.mark.browser
LESSON = "15-applications"
CELLS = 20


@pytest.fixture
def mixer(page: Any) -> Any:
    go_to(page, "mixer")
    return widget(page, "one sum", "button")


@pytest.fixture
def in_words(mixer: Any) -> tuple[Any, int]:
    return mixer, 0


def test_a_busy_crowd_and_another_design_change_the_block(mixer: Any, tmp_path: Path) -> None:
    shows(mixer, "at best 5.0 times as fast")
    mixer.get_by_role("button", name="one busy").click()
    shows(mixer, "user 0's balance")
    mixer.get_by_role("button", name="spread").click()
    shows(mixer, "8 of 12")
    mixer.screenshot(path=artefacts(tmp_path) / "lesson-15-mixer.png")


def test_the_mixed_block_is_drawn_application_by_application(page: Any, tmp_path: Path) -> None:
    go_to(page, "mixed")
    figure = figure_of(page, "mixed")
    figure.wait_for()
    assert "at best 20.0 times as fast" in figure.get_attribute("aria-label")
    figure.screenshot(path=artefacts(tmp_path) / "lesson-15-mixed.png")
