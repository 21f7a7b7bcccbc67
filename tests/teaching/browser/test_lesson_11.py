"""Lesson 11 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.every_lesson import (  # noqa: F401 - pytest runs them here
    test_every_cell_runs_without_a_failure,
    test_the_text_form_says_what_the_picture_says,
)
from tests.teaching.browser.jupyter import artefacts, go_to, picture, shows, widget

pytestmark = pytest.mark.browser
LESSON = "11-optimistic-rollup"
CELLS = 22


@pytest.fixture
def game(page: Any) -> Any:
    go_to(page, "game")
    return widget(page, "start again", "button")


@pytest.fixture
def in_words(game: Any) -> tuple[Any, int]:
    return game, 0


def test_three_answers_lead_to_the_step_and_convict(game: Any, tmp_path: Path) -> None:
    shows(game, "state 4 is stack [92, 7]")
    game.screenshot(path=artefacts(tmp_path) / "lesson-11-begin.png")
    for word in ("disagree", "agree", "agree"):
        game.get_by_role("button", name=word, exact=True).click()
    shows(game, "Mallory loses the bond to you")
    assert "step 3 is left" in picture(game)
    game.screenshot(path=artefacts(tmp_path) / "lesson-11-convicted.png")
    game.get_by_role("button", name="start again").click()
    shows(game, "do you agree?")


def test_another_proposer_lies_elsewhere(game: Any, tmp_path: Path) -> None:
    game.get_by_role("button", name="Zoe").click()
    shows(game, "Zoe claims state 8")
    for word in ("agree", "agree", "agree"):
        game.get_by_role("button", name=word, exact=True).click()
    shows(game, "you lose your bond to Zoe")
    game.screenshot(path=artefacts(tmp_path) / "lesson-11-lost.png")
    game.get_by_role("button", name="Mallory").click()


def test_a_second_player_hides_where_they_lie(game: Any, tmp_path: Path) -> None:
    game.get_by_role("button", name="player 2").click()
    slider = game.get_by_role("slider").first
    slider.press("ArrowRight")
    game.screenshot(path=artefacts(tmp_path) / "lesson-11-second.png")
    game.get_by_role("button", name="hand over").click()
    slider.wait_for(state="hidden")
    for word in ("disagree", "disagree", "agree"):
        game.get_by_role("button", name=word, exact=True).click()
    shows(game, "player 2 loses the bond to you")
    game.get_by_role("button", name="Mallory").click()


def test_the_step_in_dispute_stands_in_the_stepper(page: Any, tmp_path: Path) -> None:
    go_to(page, "race-step")
    stepper = widget(page, "forward ▶", "button")
    shows(stepper, "SLOAD")
    stepper.screenshot(path=artefacts(tmp_path) / "lesson-11-stepper.png")
