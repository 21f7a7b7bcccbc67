"""Lesson 16 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_a_figure_is_drawn_large_enough,
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, go_to, picture, shows, widget

pytestmark = pytest.mark.browser
LESSON = "16-public-services"
CELLS, FIGURES, SMALLEST = 20, ["clinic"], (600, 200)


@pytest.fixture
def explorer(page: Any) -> Any:
    go_to(page, "explorer")
    return widget(page, "Who writes?", "select")


@pytest.fixture
def in_words(explorer: Any) -> tuple[Any, int]:
    return explorer, 0


def test_two_demands_leave_no_design(explorer: Any, tmp_path: Path) -> None:
    shows(explorer, "The simplest that is left: database")
    explorer.get_by_label("What must be deletable?", exact=True).select_option("contents")
    explorer.get_by_label("Whom do all trust?", exact=True).select_option("no single office")
    shows(explorer, "The simplest that is left: salted hash, record elsewhere")
    explorer.screenshot(path=artefacts(tmp_path) / "lesson-16-salted-hash.png")
    explorer.get_by_label("What must be deletable?", exact=True).select_option("every trace")
    shows(explorer, "The simplest that is left: no design")
    assert "✗" in explorer.inner_html()
    assert "the simplest that is left: no design" in picture(explorer)
    explorer.screenshot(path=artefacts(tmp_path) / "lesson-16-no-design.png")
    explorer.get_by_label("What must be deletable?", exact=True).select_option("nothing")
    explorer.get_by_label("Whom do all trust?", exact=True).select_option("one office")
