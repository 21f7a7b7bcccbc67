"""The word of all claims outside the domain equals its formula."""

from __future__ import annotations

import numpy as np
import pytest

from toyevm.rollups.zk import deep, field, merkle
from toyevm.rollups.zk.parallel import ALONE, Team

RANDOM = np.random.default_rng(1)


def drawn(*shape: int) -> field.Elements:
    return RANDOM.integers(0, field.P, shape, dtype=np.uint64)


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("points", [1, 3, deep.DEEP_ROWS + 1])
def test_the_word_equals_its_clear_twin(points: int, processes: int) -> None:
    """All columns at one point, some of the trace's at the next."""
    rows, at = (merkle.pack(drawn(points, 4)), merkle.pack(drawn(points, 10))), drawn(points)
    rows[0][0], rows[1][-1] = field.P - 1, 0
    opened = [deep.Opened(drawn(5), columns, drawn(len(columns), 5), drawn(len(columns), 5)) for columns in (
        list(range(14)), [0, 3])]  # fmt: skip
    team = Team(processes) if processes > 1 else ALONE
    assert (deep.deep_word(rows, at, opened, team) == deep.deep_word_slowly(rows, at, opened)).all()
