"""The real blocks come out the same on every backend; `python -m tests.backends.mainnet` tries more cores."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backends.mainnet import blocks, compare


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("number", [13217637, 15537394, 15752489, 17666333, 19426587, 19923400, 19929064, 19933122])
def test_a_real_block_comes_out_different(toyevm_data: Path, number: int) -> None:
    (path,) = (path for path in blocks(toyevm_data) if path.name.startswith(str(number)))
    rows = compare(path, cores=(8,), honest=False)
    assert len(rows) == 5
    assert [row for row in rows if row["differences"]] == []
    assert any(row["aborts"] for row in rows)
