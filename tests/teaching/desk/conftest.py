"""A class of the sample assignment."""

from __future__ import annotations

from tests.teaching.grading.conftest import release, sample

__all__ = ["release", "sample"]
