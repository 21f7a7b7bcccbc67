"""How contracts are held to what they promise: random stories, and planted mistakes that each check must find.

`make stories` tells 10,000 of each (`TOYEVM_STORIES`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from copy import copy
from functools import wraps
from typing import Any, TypeVar, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.support.planted import changed
from toyevm.contracts import Contract, load_contract

Opening = TypeVar("Opening", bound=Callable[..., tuple[Any, ...]])  # returns a stage, and what is on it
Story = Sequence[tuple[Any, ...]]
Check = Callable[[Contract, Story], Any]
Mistake = tuple[str, str, str, Check, Story]  # contract, a piece of its source, what stands there instead, who finds it

stories = settings(
    max_examples=int(os.environ.get("TOYEVM_STORIES", "20")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TOLD: dict[tuple[str, str, str], Mistake] = {}  # every story in which a mistake is planted, once


def opened_once(opening: Opening) -> Opening:
    """Let a stage, and what is on it, be made once for the same contracts and terms; each story gets a copy."""
    made: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    @wraps(opening)
    def open_again(*terms: Any) -> tuple[Any, ...]:
        key = (
            opening.__globals__["Stage"],
            *(one.creation_code if isinstance(one, Contract) else one for one in terms),
        )
        if key not in made:
            made[key] = opening(*terms)
        stage, *places = made[key]
        return copy(stage), *places

    return cast(Opening, open_again)


def after(opening: Story, steps: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return lists of steps, most of them behind an opening: without one, few stories get to where money moves."""
    beginnings = st.sampled_from([(), opening, opening, opening])
    return st.tuples(beginnings, st.lists(steps, min_size=2, max_size=10)).map(lambda parts: [*parts[0], *parts[1]])


def find(mistake: Mistake) -> None:
    """Assert that a check is content with a contract, and not with one that has the mistake."""
    name, old, new, check, story = mistake
    wrong = changed(name, ((old, new),), everywhere=True)
    check(load_contract(name), story)
    with pytest.raises(AssertionError):
        check(wrong, story)


def mistakes(*planted: Mistake) -> pytest.MarkDecorator:
    """Parametrize a test that calls `find` by the mistakes; its name says what they are in.

    A compiler takes a second for each: of every contract the first is found in `make test`, all in `make whole`.
    """
    rows, seen = [], set[str]()
    for one in planted:
        TOLD.setdefault((one[0], one[3].__name__, repr(one[4])), one)
        words = f"{one[0]}: {one[1]} -> {one[2]}"[:80]
        rows.append(pytest.param(one, id=words, marks=[pytest.mark.whole] if one[0] in seen else []))
        seen.add(one[0])
    return pytest.mark.parametrize("mistake", rows)
