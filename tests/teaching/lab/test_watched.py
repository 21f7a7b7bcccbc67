"""Bytes that are watched are the same bytes, and know what was done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from toyevm.teaching.lab.watched import Watched


@pytest.mark.parametrize(
    ("compare", "said"),
    [
        (lambda mine: mine == b"ab", True),
        (lambda mine: b"ab" == mine, True),  # noqa: SIM300 - the other way round is what is tried
        (lambda mine: mine != b"ab", False),
        (lambda mine: mine in [b"ab"], True),
    ],
)
def test_a_comparison_is_noted_and_says_what_bytes_say(compare: Callable[[Any], bool], said: bool) -> None:
    mine = Watched(b"ab")
    assert compare(mine) is said
    assert mine.others == [b"ab"]


@pytest.mark.parametrize(
    ("use", "said"), [(lambda mine: {b"ab": 1}.get(mine), 1), (lambda mine: mine.hex() == b"ab".hex(), True)]
)
def test_a_search_without_a_comparison_is_noted(use: Callable[[Any], Any], said: object) -> None:
    mine = Watched(b"ab")
    assert not mine.used
    assert use(mine) == said
    assert mine.used
