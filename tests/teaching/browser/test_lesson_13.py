"""Lesson 13 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

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
LESSON = "13-zk-rollup"
CELLS, FIGURES, SMALLEST = 22, ["trace", "column", "payment"], (600, 200)


@pytest.fixture
def rules(page: Any) -> Any:
    go_to(page, "map")
    return widget(page, "column", ".widget-dropdown")


@pytest.fixture
def in_words(rules: Any) -> tuple[Any, int]:
    return rules, 0


def type_in(output: Any, slider: int, value: int) -> None:
    """Type a value beside a slider."""
    readout = output.locator(".widget-readout").nth(slider)
    readout.fill(str(value))
    readout.press("Enter")


def test_a_changed_cell_breaks_two_rules(rules: Any, tmp_path: Path) -> None:
    shows(rules, "nothing is changed")
    rules.locator("select").first.select_option("bob")
    type_in(rules, 0, 4)
    type_in(rules, 1, 1)
    shows(rules, "row 4, bob: 37 becomes 38: 2 values are not 0")
    assert "row 3: 1, row 4: 1" in picture(rules)
    rules.screenshot(path=artefacts(tmp_path) / "lesson-13-rules.png")


def test_a_flipped_bit_meets_another_check_in_another_part(page: Any, tmp_path: Path) -> None:
    go_to(page, "tamper")
    tamper = widget(page, "byte", ".widget-slider")
    shows(tamper, "the verifier: accepted")
    type_in(tamper, 0, 100)
    shows(tamper, "first to say no: constraints")
    tamper.screenshot(path=artefacts(tmp_path) / "lesson-13-tamper.png")
    type_in(tamper, 0, 600)
    shows(tamper, "first to say no: trace rows")
    page.screenshot(path=artefacts(tmp_path) / "lesson-13-page.png")


def test_a_query_is_followed_through_the_folds(page: Any, tmp_path: Path) -> None:
    go_to(page, "folds")
    folds = widget(page, "query", ".widget-slider")
    shows(folds, "a query at place 21")
    type_in(folds, 1, 3)
    shows(folds, "3 of 32 places are false")
    folds.screenshot(path=artefacts(tmp_path) / "lesson-13-folds.png")


def test_the_growth_is_drawn(page: Any, tmp_path: Path) -> None:
    go_to(page, "growth")
    for cell in ("growth", "payment", "trace"):
        go_to(page, cell)
        page.wait_for_timeout(300)
        page.screenshot(path=artefacts(tmp_path) / f"lesson-13-{cell}-page.png")
