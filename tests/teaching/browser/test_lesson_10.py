"""Lesson 10 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

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
LESSON = "10-sidechain"
CELLS = 18


@pytest.fixture
def switches(page: Any) -> Any:
    go_to(page, "switches")
    return widget(page, "Pia 45", "button")


@pytest.fixture
def in_words(switches: Any) -> tuple[Any, int]:
    return switches, 0


def test_two_colluding_signers_steal(switches: Any, tmp_path: Path) -> None:
    shows(switches, "accepted: the true checkpoint stands on L1")
    for at in (0, 1):
        switches.get_by_role("button", name="colludes").nth(at).click()
    shows(switches, "stolen: L1 accepts the forged checkpoint")
    assert "forged checkpoint: 69 of 100" in picture(switches)
    switches.screenshot(path=artefacts(tmp_path) / "lesson-10-switches.png")


def test_a_reorg_takes_the_deposit_and_leaves_the_credit(page: Any, tmp_path: Path) -> None:
    go_to(page, "two-chains")
    chains = widget(page, "start again", "button")
    for name in ("deposit", "L1 block", "L1 block", "credit", "reorg 3"):
        chains.get_by_role("button", name=name, exact=True).click()
    shows(chains, "5 ether on the sidechain have nothing behind them")
    chains.screenshot(path=artefacts(tmp_path) / "lesson-10-two-chains.png")
    chains.get_by_role("button", name="reorg 3", exact=True).click()
    chains.get_by_role("button", name="start again").click()
    shows(chains, "every ether on the sidechain lies in the escrow")
