"""The child without any guard, to show that an attack works where nothing stands in its way."""

from __future__ import annotations

from toyevm.teaching.grading import child


def main() -> None:
    """Run a job with all rights."""
    child.give_up = lambda limits, user, core: None  # type: ignore[assignment]
    child.main()
