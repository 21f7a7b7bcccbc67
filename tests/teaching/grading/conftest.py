"""One sample course, released once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.teaching.grading.sample import NAME, write_sample
from toyevm.teaching.grading.release import write_exercises


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a checkout with the sample assignment."""
    root = write_sample(tmp_path_factory.mktemp("sample"))
    write_exercises(root)
    return root


@pytest.fixture(scope="session")
def release(sample: Path) -> Path:
    return sample / "exercises" / NAME / f"{NAME}.ipynb"
