"""False places never vanish in a fold, and a query notices exactly what it arrives at."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.rollups.zk.extension import DEGREE
from toyevm.rollups.zk.field import GENERATOR, P, elements
from toyevm.rollups.zk.fri import fold
from toyevm.rollups.zk.ntt import domain, evaluate
from toyevm.rollups.zk.transcript import Transcript
from toyevm.teaching.kit.stark.folding import at_places, false_word
from toyevm.teaching.kit.stark.folds_player import FoldsPlayer
from toyevm.teaching.kit.stark.folds_view import show_folds

PLACES = st.sets(st.integers(0, 31))


@given(PLACES)
def test_a_real_fold_spoils_exactly_the_places_that_the_model_says(false: set[int]) -> None:
    """The engine folds a codeword and the same with false values; they differ where the model says."""
    coefficients = np.zeros((32, DEGREE), dtype=np.uint64)
    coefficients[:8] = elements([[k + j + 1 for j in range(DEGREE)] for k in range(8)])
    true = evaluate(coefficients, GENERATOR)
    now = true.copy()
    for place in false:
        now[place, 0] = (int(now[place, 0]) + 1 + place) % P
    folding, shift, transcript = at_places(false), GENERATOR, Transcript(b"a test")
    for order, size, expected in zip(folding.folds, folding.sizes, folding.levels[1:], strict=False):
        beta = transcript.challenges(1)[0]
        at = domain(size, shift)[: size // order]
        true, now = (fold(word.reshape(order, size // order, DEGREE), at, beta) for word in (true, now))
        assert {int(k) for k in np.flatnonzero((true != now).any(axis=1))} == expected
        shift = pow(shift, order, P)
    assert (true == true[0]).all()  # one coefficient is left


@given(PLACES, st.integers(0, 31))
def test_a_query_notices_exactly_false_places_that_fold_to_where_it_arrives(false: set[int], query: int) -> None:
    folding = at_places(false)
    assert folding.says_no(query) == any(place % 4 == query % 4 for place in false)
    assert folding.caught >= len(false)  # a fold makes a lie larger, never smaller
    assert [query % size for size in folding.sizes] == [
        min(places, key=lambda place, size=size: abs(place - query % size))  # type: ignore[misc]
        for places, size in zip(folding.opened(query), folding.sizes, strict=True)
    ]


@pytest.mark.parametrize(("size", "folds"), [(32, (2, 2, 2)), (256, (8, 8)), (2048, (8, 4))])
def test_every_number_of_the_folds_is_in_their_words(size: int, folds: tuple[int, ...]) -> None:
    picture = show_folds(false_word(5, size, folds), size // 3)
    drawn = " ".join(re.findall(r">([^<]+)</text>", picture.svg))
    numbered = set(map(str, range(64)))  # the places of a word that is short enough to have numbers
    assert set(re.findall(r"\d+", drawn)) <= set(re.findall(r"\d+", picture.text)) | numbered
    assert len(picture.svg) < 40_000


def test_the_player_moves_by_a_call() -> None:
    player = FoldsPlayer()
    player.set(query=0, false=0)
    assert player.text.endswith("the query does not notice; 0 of 32 places would")
    player.set(false=32)
    assert player.text.endswith("the query notices; 32 of 32 places would")
    with pytest.raises(InputError, match="from 0 to 31"):
        player.set(query=32)


def test_a_place_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="no place 32"):
        at_places([32])
