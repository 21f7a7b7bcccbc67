"""Lesson 01 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

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
LESSON = "01-the-machine"
CELLS, FIGURES, SMALLEST = 20, ["gas-chart", "persist-run", "out-of-gas"], (100, 100)


@pytest.fixture
def stepper(page: Any) -> Any:
    """The first stepper of the lesson, at its first step."""
    found = page.locator(".jp-OutputArea-output:has(button:has-text('forward'))").first
    found.scroll_into_view_if_needed()
    first = found.get_by_role("button", name="first")
    if first.is_enabled():
        first.click()
    shows(found, "Step 1 of 8")
    return found


@pytest.fixture
def in_words(stepper: Any) -> tuple[Any, int]:
    return stepper, 0


def test_forward_shows_what_the_next_step_took_and_left(stepper: Any, tmp_path: Path) -> None:
    forward = stepper.get_by_role("button", name="forward")
    for step in (2, 3):
        forward.click()
        shows(stepper, f"Step {step} of 8")
    shown = picture(stepper)
    assert "MUL" in shown
    assert "[taken a 7, taken b 5]" in shown
    assert "[left 35 (0x23)]" in shown
    shows(stepper, "taken: a")
    stepper.screenshot(path=artefacts(tmp_path) / "lesson-01-stepper.png")
    stepper.page.screenshot(path=artefacts(tmp_path) / "lesson-01-page.png")


def test_back_undoes_what_forward_did(stepper: Any) -> None:
    before = picture(stepper)
    stepper.get_by_role("button", name="forward").click()
    shows(stepper, "Step 2 of 8")
    assert picture(stepper) != before
    stepper.get_by_role("button", name="back").click()
    shows(stepper, "Step 1 of 8")
    assert picture(stepper) == before


def test_without_the_mouse_the_arrow_keys_are_enough(stepper: Any) -> None:
    handle = stepper.locator(".noUi-handle").first
    handle.focus()
    for _ in range(4):
        handle.press("ArrowRight")
    shows(stepper, "Step 5 of 8")
    assert "memory   byte 0" in picture(stepper)


def test_at_the_end_there_is_no_step_further(stepper: Any) -> None:
    stepper.get_by_role("button", name="last").click()
    shows(stepper, "Step 8 of 8")
    shows(stepper, "the call is over")
    stepper.locator("button:has-text('forward')[disabled]").wait_for()


def test_a_breakpoint_leads_to_the_next_step_with_that_instruction(stepper: Any) -> None:
    stepper.get_by_label("stop at").select_option("RETURN")
    stepper.get_by_role("button", name="run").click()
    shows(stepper, "Step 8 of 8")


def test_code_in_the_words_of_a_bet_is_set_as_code(page: Any) -> None:
    bet = page.locator(".jp-OutputArea-output:has(input[type=radio])").first
    bet.locator("code", has_text="PUSH1 2  PUSH1 3  SUB").wait_for()
    assert "`" not in bet.inner_text()
