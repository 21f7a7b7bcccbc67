"""The real blocks come out the same on every backend, on some number of cores.

The two that take longest, 13217637 and 17666333 (pairings), are tried on one backend each, one of either family; for
all of them, and more cores, there is `make equivalence`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backends.mainnet import blocks, compare
from tests.support.whole_backends import WHOLE_BACKENDS

ALL = [backend.name for backend in WHOLE_BACKENDS if backend.kind != "sequential"]


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "names"),
    [
        (13217637, ["dependency_dag"]),
        (15537394, ALL),
        (15752489, ALL),
        (17666333, ["optimistic"]),
        (19426587, ALL),
        (19923400, ALL),
        (19929064, ALL),
        (19933122, ALL),
    ],
)
def test_a_real_block_equals_sequential_on_the_backends(toyevm_data: Path, number: int, names: list[str]) -> None:
    (path,) = (path for path in blocks(toyevm_data) if path.name.startswith(str(number)))
    rows = compare(path, cores=(8,), honest=False, names=names)
    assert [row["backend"] for row in rows] == names
    assert [row for row in rows if row["differences"]] == []
    assert any(row["aborts"] for row in rows)
