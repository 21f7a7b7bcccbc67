"""Lesson 17 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

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
LESSON = "17-energy-and-claims"
CELLS = 19


@pytest.fixture
def player(page: Any) -> Any:
    go_to(page, "player")
    return widget(page, "one counter", "button")


@pytest.fixture
def in_words(player: Any) -> tuple[Any, int]:
    return player, 0


def test_conflicts_cost_energy(player: Any, tmp_path: Path) -> None:
    shows(player, "together 1.00 times")
    player.get_by_role("button", name="one counter").click()
    player.get_by_role("button", name="optimistic").click()
    player.get_by_role("button", name="16").click()
    shows(player, "working 12.84")
    player.get_by_role("button", name="one bargain").click()
    shows(player, "working 2.99")
    shows(player, "2.9 times as fast")
    shows(player, "in order with 16 cores switched on: working 1.00, waiting 4.50, together 5.50")
    player.screenshot(path=artefacts(tmp_path) / "lesson-17-player.png")
