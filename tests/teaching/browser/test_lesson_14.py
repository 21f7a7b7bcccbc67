"""Lesson 14 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

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
LESSON = "14-bridges"
CELLS, FIGURES, SMALLEST = 20, ["graph", "matrix"], (600, 200)


@pytest.fixture
def chains(page: Any) -> Any:
    go_to(page, "chains")
    return widget(page, "start again", "button")


@pytest.fixture
def in_words(chains: Any) -> tuple[Any, int]:
    return chains, 0


def test_two_blocks_on_a_deposit_survive_a_reorg_of_two_and_none_of_three(chains: Any, tmp_path: Path) -> None:
    for name in ("deposit", "L1 block", "L1 block", "credit", "reorg 2"):
        chains.get_by_role("button", name=name, exact=True).click()
    shows(chains, "every ether on the sidechain lies in the escrow")
    chains.get_by_role("button", name="reorg 3", exact=True).click()
    shows(chains, "5 ether on the sidechain have nothing behind them")
    assert "L1, lost" in picture(chains)
    chains.screenshot(path=artefacts(tmp_path) / "lesson-14-two-chains.png")
    chains.get_by_role("button", name="start again").click()


def test_a_reorg_of_the_sidechain_takes_blocks_of_others_along(page: Any, tmp_path: Path) -> None:
    go_to(page, "reorg-buttons")
    layers = widget(page, "no reorg", "button")
    layers.get_by_role("button", name="reorg S2", exact=True).click()
    shows(layers, "R3 ✗")
    layers.screenshot(path=artefacts(tmp_path) / "lesson-14-reorg-s2.png")
    layers.get_by_role("button", name="reorg V3", exact=True).click()
    shows(layers, "S4 ✗")
    layers.get_by_role("button", name="reorg S3", exact=True).click()
    shows(layers, "4 replaced (hatched), 0 of other layers")
    layers.screenshot(path=artefacts(tmp_path) / "lesson-14-reorg-s3.png")
    layers.get_by_role("button", name="no reorg").click()


def test_graph_and_matrix_are_drawn(page: Any, tmp_path: Path) -> None:
    for cell in ("graph", "matrix"):
        go_to(page, cell)
        figure = page.locator(f"svg[aria-label*='{'blocks R1' if cell == 'graph' else 'invalid root'}']").first
        figure.wait_for()
        figure.screenshot(path=artefacts(tmp_path) / f"lesson-14-{cell}.png")
