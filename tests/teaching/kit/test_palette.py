"""Whoever has weak eyes can read the words of a picture (WCAG 2.2, contrast of at least 4.5)."""

from __future__ import annotations

import pytest

from tests.support.pictures import luminance
from toyevm.teaching.kit.palette import PALETTE, PANEL, PAPER, SHADES, Paint


@pytest.mark.parametrize("paint", [*PALETTE, *SHADES], ids=str)
def test_words_are_readable_on_their_paint_and_on_white(paint: Paint) -> None:
    for ground in (paint.fill, PAPER.fill, PANEL.fill):
        lighter, darker = sorted((luminance(paint.ink), luminance(ground)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5
