"""Lesson 02 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

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
LESSON = "02-state-transactions-blocks"
CELLS, FIGURES, SMALLEST = 25, ["avalanche", "merkle-build", "market", "tamper-code", "tamper-repair"], (100, 100)


@pytest.fixture
def player(page: Any) -> Any:
    """The player of the lesson, with the transactions in the order of their signing."""
    found = page.locator(".jp-OutputArea-output:has(button:has-text('swap positions'))").first
    found.scroll_into_view_if_needed()
    found.get_by_role("button", name="as signed").click()
    shows(found, "0xc6e659ca…")
    return found


@pytest.fixture
def in_words(player: Any) -> tuple[Any, int]:
    return player, 0


def test_another_order_shows_another_root(player: Any, tmp_path: Path) -> None:
    before = picture(player)
    player.get_by_role("button", name="swap positions 0 and 1").click()
    shows(player, "revert")
    after = picture(player)
    assert "position 0  tx 1  Bob pays Cleo 5" in after
    assert after.split("roots")[1].split("transactions")[0] != before.split("roots")[1].split("transactions")[0]
    player.screenshot(path=artefacts(tmp_path) / "lesson-02-order.png")
    player.page.screenshot(path=artefacts(tmp_path) / "lesson-02-page.png")


def test_an_order_that_is_no_block_is_explained(player: Any, tmp_path: Path) -> None:
    for pair in ("2 and 3", "1 and 2", "0 and 1"):  # Ann's second payment moves up past her first
        player.get_by_role("button", name=f"swap positions {pair}").click()
    shows(player, "not a block")
    shows(player, "next nonce is 0")
    player.screenshot(path=artefacts(tmp_path) / "lesson-02-no-block.png")


def test_without_the_mouse_the_keyboard_is_enough(player: Any) -> None:
    button = player.get_by_role("button", name="swap positions 1 and 2")
    button.focus()
    button.press("Enter")
    shows(player, "0x5b62fd35…")
    assert "Bob 0   Cleo 8" in picture(player)  # the tokens are those of the first order, the root is not
