"""One sample course, released once for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.teaching.grading.sample import NAME, write_sample
from toyevm.teaching.grading.release import write_exercises


@pytest.fixture(scope="session")
def sample() -> Iterator[Path]:
    """The root of a checkout with the sample assignment, in a folder that any user may read: a marking child is one."""
    with TemporaryDirectory(prefix="toyevm-sample-") as folder:
        Path(folder).chmod(0o755)
        root = write_sample(Path(folder))
        write_exercises(root)
        yield root


@pytest.fixture(scope="session")
def release(sample: Path) -> Path:
    return sample / "exercises" / NAME / f"{NAME}.ipynb"
