"""What holds for every lesson in a browser. A lesson's module imports these tests, so its page opens only once.

The module says what they need: LESSON; CELLS (there are more code cells than that); FIGURES, cells that draw, larger
than SMALLEST pixels; and a fixture `in_words`, an output with the box "as text" and the number of one of its pictures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.jupyter import artefacts, everything_ran, figure_of


def test_every_cell_runs_without_a_failure(page: Any, request: pytest.FixtureRequest) -> None:
    everything_ran(page, more_than=request.module.CELLS)


def test_the_text_form_says_what_the_picture_says(in_words: tuple[Any, int]) -> None:
    output, number = in_words
    shown = str(output.locator("svg").nth(number).get_attribute("aria-label"))
    lines = [line for line in shown.split("; ") if line]
    box = output.get_by_label("as text")
    box.check()
    text = output.locator("pre", has_text=lines[0]).first
    text.wait_for()
    written = text.inner_text()
    assert (written.split("\n\n")[number] if number else written).split("\n") == lines
    box.uncheck()
    output.locator("svg").nth(number).wait_for()
    assert output.locator("svg").nth(number).get_attribute("aria-label") == shown


def test_a_figure_is_drawn_large_enough(page: Any, tmp_path: Path, figure: str, request: pytest.FixtureRequest) -> None:
    drawn = figure_of(page, figure)
    box = drawn.bounding_box()
    assert box is not None
    width, height = request.module.SMALLEST
    assert box["width"] > width
    assert box["height"] > height
    drawn.screenshot(path=artefacts(tmp_path) / f"lesson-{request.module.LESSON[:2]}-{figure}.png")
