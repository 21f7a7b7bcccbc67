"""The two marks that pictures and their words share: what has passed, and what has failed."""

TICK, CROSS = "✓", "✗"
